"""Names of files, keys and objects that are more than names."""

from __future__ import annotations

import json
from dataclasses import replace

from tests.hard.trees.tree import BASE, Entry, Tree

FORGED = "error[forged/line]: FORGED"
ODD = {
    "an escape": "\x1b[2J\x1b]0;FORGED\x07", "a line break": f"a\n{FORGED}\n", "a carriage return": f"a\r{FORGED}",
    "a command for GitHub": "a\n::set-output name=FORGED::x", "a mask": "::add-mask::FORGED",
    "a command for Azure": "##vso[task.setvariable variable=FORGED]x", "a group": "##[error]FORGED",
    "a C1 sign": "a\x9b31mFORGED", "a line separator": "a\u2028FORGED", "a next line": "a\x85FORGED",
    "reversed text": "\u202edegroF", "hidden text": "a\u200b\u2060\ufeffb", "tags": "a\U000e0041\U000e0042",
    "half a pair": "a\udcffb", "an option": "--output=x", "a blank": " ", "a tilde": "~", "braces": "{{ 7 * 7 }}",
    "quotes": "'\"`$(id)`", "a percent sign": "%s%n%2e%2e%2f", "a long name": "x" * 200, "a dot": "a.", "points": "...",
    "a rendered header": "a.yaml.j2\n---\nkind: ClusterRoleBinding",
}  # fmt: skip
MANIFEST = str(BASE["templates/configmap.yaml.j2"])


COMMANDS = ("check --all", "explain name", "list", "render --all", "schema --check")


def _values(text: str) -> dict[str, Entry]:
    """A text as key, as value, and as the name of an object."""
    plain = json.dumps(text.encode("utf-8", "replace").decode())
    return {"values/dev.yaml": f"{plain}: {plain}\ndata: {{ {plain}: {plain} }}\nname: {plain}\n"}


_EACH = [
    *(Tree(f"a template is called {what}", {f"templates/{name}.yaml.j2": MANIFEST}) for what, name in ODD.items()),
    *(Tree(f"a broken template is called {what}", {f"templates/{name}.yaml.j2": "{{"}) for what, name in ODD.items()),
    *(Tree(f"an environment is called {what}", {f"values/{name}.yaml": "name: [\n"}) for what, name in ODD.items()),
    *(Tree(f"a folder of values is called {what}", {f"values/{name}/dev.yaml": "name: [\n"}) for what, name in ODD.items()),
    *(Tree(f"a schema is called {what}", {f"schema/{name}.json": "{"}) for what, name in ODD.items()),
    *(Tree(f"keys and values are {what}", _values(name)) for what, name in ODD.items()),
    *(Tree(f"a foreign file is called {what}", {f"rendered/dev/{name}": "x", f"rendered/{name}.yaml": "x"}) for what, name in ODD.items()),
    *(
        Tree(f"a rule says {what}", {
            "schema/rules.yaml": json.dumps({"r": {
                "message": name.encode("utf-8", "replace").decode(), "assert": "name == 'x'", "at": "name",
                "help": name.encode("utf-8", "replace").decode(), "example": {"name": "y"},
            }})
        }, refused=True)
        for what, name in ODD.items()
    ),
    *(
        Tree(f"a schema describes by {what}", {"schema/values.schema.json": json.dumps({
            "type": "object", "title": name.encode("utf-8", "replace").decode(), "properties": {"name": {
                "type": "integer", "description": name.encode("utf-8", "replace").decode(), "enum": [name.encode("utf-8", "replace").decode()],
            }},
        })}, refused=True)
        for what, name in ODD.items()
    ),
]  # fmt: skip

TREES = [replace(tree, commands=COMMANDS) for tree in _EACH]
