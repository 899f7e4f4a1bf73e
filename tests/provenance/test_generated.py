"""The laws of provenance, tried on templates that nobody has thought of, and on some that are meant badly."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from generator.core import manifests, serialise, templates, values
from generator.core.templates import Templates
from generator.core.values import Values
from generator.diagnostics import DiagnosticError, Source
from tests.budget import budget
from tests.provenance.experiment import Made, Table, experiment
from tests.provenance.grammar import HEAD, VALUES, Grammar
from tests.provenance.mutations import Mutation, trees

ROUNDS, EACH = budget((2, 5), (12, 90))  # of which most render

OPTIONAL: dict[str, list[object]] = {"extra": [1], "other": ["o"], "path": ["/x"]}


def complete(tree: dict[str, object]) -> Values:
    layer = values.read(Source("values/law.yaml", serialise.dump(tree)))
    return Values(tree, (layer,))


MUTATIONS = [Mutation(path, how, complete(tree)) for path, how, tree in trees(VALUES, OPTIONAL)]


def maker(files: dict[str, str]) -> Callable[[Values], Made]:
    """What the template `law.yaml.j2` makes of values."""
    made = Templates({name: Source(f"templates/{name}", text) for name, text in files.items()})

    def make(complete: Values) -> Made:
        text = made.render("law.yaml.j2", templates.context(complete))
        return [(text, manifests.bind(manifests.parse(text), text))]

    return make


def tried(name: str, files: dict[str, str]) -> Table | None:
    """What the experiment says of templates; None where they do not render."""
    make = maker(files)
    try:
        made = make(complete(VALUES))
    except DiagnosticError:
        return None
    assert all(text.traced.text == text.text for text, _ in made), files
    return experiment(name, make, complete(VALUES), MUTATIONS)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_sources_of_generated_templates_are_complete(round_: int) -> None:
    rendered = 0
    for seed in range(round_ * EACH, (round_ + 1) * EACH):
        template = Grammar(random.Random(seed)).template()
        table = tried(f"template {seed}", {"law.yaml.j2": template})
        if table is not None:
            rendered += 1
            assert (table.missing, table.unused) == ([], []), template
    assert rendered > EACH / 2


NASTY = {
    "_part.j2": """\
{% for m, s in models | dictsort %}
{% if s.path is defined %}
{{ prefix }}-{{ m }}: {{ shown(s.path) }}
{% else %}
{{ prefix }}-{{ m }}-none: {{ loop.index }}
{% endif %}
{% endfor %}
""",
    "_macros.j2": """\
{% set width = conf.deep.a + 1 %}
{% macro shown(x) -%}
{% for part in x.split("/") if part %}{{ part | upper }}{% if not loop.last %}.{% endif %}{% endfor %}
{%- endmacro %}
{% macro walk(items, depth) %}
{% if items %}
d{{ depth }}: {{ items[0] }}
{{ walk(items[1:], depth + 1) }}
{% endif %}
{% endmacro %}
{% macro wrap(title) %}
{{ title }}:
  in: {{ caller(width) }}
{% endmacro %}
""",
    "_base.j2": HEAD + "{% block top %}\n  base: {{ name }}\n{% endblock %}\n{% block end %}{% endblock %}\n",
    "law.yaml.j2": """\
{% extends "_base.j2" if not conf.extra is defined else "_base.j2" %}
{% import "_macros.j2" as m with context %}
{% from "_macros.j2" import shown with context %}
{% block top %}
{{ super() }}
{% set prefix = "p" ~ count %}
{% filter indent(2, true) %}
{% include "_part.j2" %}
{% endfilter %}
{% endblock %}
{% block end %}
{% import "_macros.j2" as m with context %}
{% set ns = namespace(total=0, names=[]) %}
{% for key, model in models | dictsort %}
{% set ns.total = ns.total + model.size %}
{% if model.size > 1 %}{% set ns.names = ns.names + [key] %}{% endif %}
{% endfor %}
  total: {{ ns.total }}
  large: {{ ns.names }}
  {{ m.walk(list, 0) }}
{% set text %}
{% for n in numbers | sort %}{{ n }}{{ "" if loop.last else "," }}{% endfor %}
{% endset %}
  text: {{ text | trim | replace(",", "-") }}
  hash: {{ text | digest }}
  {% call(w) m.wrap("wrapped") %}{{ w }}-{{ tag }}{% endcall %}
  tree:
{% for item in [list, [numbers, conf.tags]] recursive %}
{% if item is string or item is number %}
  - {{ item }}
{% else %}
{{ loop(item) }}
{%- endif %}
{% endfor %}
{% set a, b = (name, tag) if flag else (tag, name) %}
  pair: {{ a }}/{{ b }}
{% set cycle = cycler("x", "y") %}
  cycles: {{ cycle.next() }}{{ cycle.next() if conf.deep.on else "-" }}{{ cycle.current }}
  groups: {{ models.values() | groupby("size") | map("last") | map("length") | list }}
  keyed: {{ {"k": 1, tag: 2}[tag] }}
  sums: {{ models.values() | sum(attribute="size") }} of {{ models | length }}
  max: {{ models | dictsort(by="key") | map("last") | map(attribute="size") | max }}
  joined: {{ models.values() | selectattr("path", "defined") | map(attribute="path") | join("+") }}
  merged: {{ conf | combine({"level": tag}, conf.deep) }}
{% for k in conf %}
  has-{{ k }}: {{ k in ("level", "deep") }}
{% endfor %}
{% endblock %}
""",
}


def test_sources_of_nasty_templates_are_complete() -> None:
    table = tried("nasty", NASTY)
    assert table is not None
    assert (table.missing, table.unused) == ([], [])
    assert table.leaves > 25
    assert table.precision >= 0.5  # it asks for much that makes no difference
