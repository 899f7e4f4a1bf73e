"""Messages about templates: where they point, how the template came there, and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Gen, write

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n"
MACROS = """\
{% macro deep(x) %}
k: {{ x.y }}
{% endmacro %}
{% macro outer(x) %}
{{ deep(x) }}
{% endmacro %}
{% macro named() %}
k: {{ name }}
{% endmacro %}
"""


def refused(project: Path, gen: Gen, body: str) -> str:
    """What is said of a template with such a body."""
    write(project, {"templates/configmap.yaml.j2": HEAD + body, "templates/_m.j2": MACROS})
    ran = gen("render", "--env", "dev")
    assert ran.status == 1, ran.out
    return ran.err


@pytest.mark.parametrize(
    ("body", "help"),
    [
        ("  x: {{ .Values.image.tag }}\n", "values have no prefix"),
        ("  x: {{ Values.image.tag }}\n", "values have no prefix"),
        ("  x: {{ .Release.Name }}\n", "there is no release"),
        ("  x: {{ name | quote }}\n", "values need no quotes"),
        ("  x: {{ quote .Values.name }}\n", "values need no quotes"),
        ("  x: {{ data | to_yaml }}\n", "write the value by itself"),
        ("  x: {{ data | toYaml | nindent 4 }}\n", "indentation of its line"),
        ("  x: {{ data | nindent(4) }}\n", "indentation of its line"),
        ("  x: {{ name | ternary('a', 'b') }}\n", "`a if condition else b`"),
        ("  x: {{ name | regex_replace('a', 'b') }}\n", "`| replace(old, new)`"),
        ('{{- include "x" . }}\n', "import macros"),
        ("{{- if .Values.x }}\n  x: 1\n{{- end }}\n", "statements are written in `{% … %}`"),
        ("{{- range .Values.list }}\n  x: 1\n{{- end }}\n", "statements are written in `{% … %}`"),
        ("  x: {{ $name }}\n", "has no `$`"),
        ("{{/* note */}}\n", "a comment is written"),
        ('  x: {{ name | default "y" }}\n', "go in parentheses"),
        ("  x: {{ lookup('env', 'HOME') }}\n", "templates see the values and nothing else"),
        ("{% if name %}\n  x: 1\n", "close it with `{% endif %}`"),
    ],
)
def test_what_to_write_instead(project: Path, gen: Gen, body: str, help: str) -> None:
    assert help in refused(project, gen, body)


def test_a_block_that_is_not_closed_is_shown_where_it_was_opened(project: Path, gen: Gen) -> None:
    told = refused(project, gen, "{% for x in [1] %}\n{% if x %}\n  x: 1\n{% endfor %}\n")
    assert "`endfor` appears while `if` is still open" in told
    assert "templates/configmap.yaml.j2:7:4  opened here" in told
    told = refused(project, gen, "{% if name %}\n  x: 1\n")
    assert "`if` is never closed\n  --> templates/configmap.yaml.j2:6:4" in told


def test_an_error_in_a_macro_shows_the_calls_that_led_there(project: Path, gen: Gen) -> None:
    body = '{% import "_m.j2" as m with context %}\n  {{ m.outer(name) }}\n'
    told = refused(project, gen, body)
    places = [line.split()[0] for line in told.split("\n") if "called here" in line]
    assert "--> templates/_m.j2:2:7" in told
    assert places == ["templates/configmap.yaml.j2:7:6", "templates/_m.j2:5:4"]


def test_a_file_imported_without_the_values(project: Path, gen: Gen) -> None:
    told = refused(project, gen, '{% import "_m.j2" as m %}\n  {{ m.named() }}\n')
    assert "imported without the values" in told
    assert "did you mean" not in told
