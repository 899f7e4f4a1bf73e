"""Templates that leave the sandbox, reach for files, or never end. tests/hard/hostile.py has hundreds more."""

from __future__ import annotations

from tests.hard.hostile import BOMBS, ESCAPES, PATHS
from tests.hard.trees.tree import Tree

HEAD = "apiVersion: hard.example/v1\nkind: Hostile\nmetadata: { name: a }\nspec:\n"
VALUES = {"values/base.yaml": "name: gan\ns: text\nmap: {a: {b: 1}}\nlist: [1, 2, 3]\n"}


def _template(body: str) -> dict[str, str]:
    return {**VALUES, "templates/t.yaml.j2": HEAD + body}


TREES = [
    *(Tree(f"an expression: {text}", _template(f"  k: {{{{ {text} }}}}\n"), refused=True) for text in ESCAPES[::12]),
    *(Tree(f"a path: {text}", _template(text + "\n"), refused=True) for text in PATHS),
    *(Tree(f"a bomb: {name}", _template(body), commands=("check --env dev",)) for name, body in [*BOMBS.items()][::8]),
    Tree("nested results are filtered", _template("  k: {{ range(100000)|map('string')|map('list')|list|sum(start=[])|length }}\n")),
    Tree("a header is a document", _template("  a: b\n---\n# Made by gen\n---\nkind: Secret\n"), refused=True),
    Tree("pasted structure", _template("  a: {{ 'x\\n---\\nkind: Secret' | safe }}\n")),
    Tree("an unknown tag", _template("  a: !!python/object/apply:os.system ['touch ../outside/ran']\n"), refused=True),
    Tree("a secret in an odd spelling", {"templates/t.yaml.j2": "apiVersion: v1\nkind: secret\nmetadata: { name: a }\nstringData: { p: FORGED }\n"}, refused=True),
    Tree("a list of Secrets", {"templates/t.yaml.j2": "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: { name: a }\n  stringData: { p: x }\n"}),
    Tree("a list of a kind's own name", {"templates/t.yaml.j2": "apiVersion: v1\nkind: SecretList\nitems:\n- metadata: { name: a }\n  stringData: { p: x }\n"}),
    Tree("a tool file climbs out", {"templates/..%2f..%2fx.config.j2": "x: 1\n"}),
    Tree("a tool file is called like a program", {"templates/Makefile.config.j2": "all: 1\n"}),
    Tree("an object's name climbs out", _template("  a: 1\n").copy() | {"templates/n.yaml.j2": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ../../../outside/made }\n"}, refused=True),
    Tree("an object's kind climbs out", {"templates/n.yaml.j2": "apiVersion: x.example/v1\nkind: ../../x\nmetadata: { name: a }\n"}, refused=True),
    Tree("ten thousand objects", {"templates/n.yaml.j2": "{% for n in range(3000) %}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: a-{{ n }} }\n{% endfor %}\n"}),
]  # fmt: skip
