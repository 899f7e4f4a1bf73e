"""Hostile templates are refused, or answered within bounds; none reaches Python or a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.core.tree import Texts
from generator.diagnostics import DiagnosticError, Source
from generator.pipeline import Pipeline
from tests.budget import budget
from tests.hard.bounded import each
from tests.hard.hostile import BOMBS, ESCAPES, PATHS
from tests.hard.projects import gen, make, tree, write

HEAD = "apiVersion: hard.example/v1\nkind: Hostile\nmetadata:\n  name: a\nspec:\n"
VALUES = "s: text\nmap: {a: {b: 1}}\nlist: [1, 2, 3]\n"


def answer(body: str) -> str:
    """The rule that a template was refused with, or what it rendered to."""
    try:
        line = Pipeline(
            Texts({"schema/values.schema.json": '{"type": "object"}', "templates/t.yaml.j2": HEAD + body})
        )
        rendering = line.render("dev", [Source("values/dev.yaml", VALUES)])
    except DiagnosticError as error:
        return error.diagnostics[0].rule
    return "".join(file.content.decode() for file in rendering.files)


@pytest.mark.parametrize("expression", ESCAPES)
def test_an_expression_does_not_leave_the_sandbox(expression: str) -> None:
    assert answer(f"  k: {{{{ {expression} }}}}\n").startswith(("template/", "manifest/", "file/"))


# Each costs a second or two, up to a bound that most of them meet.
@pytest.mark.parametrize("name", budget([*BOMBS][::6], [*BOMBS]))
def test_a_template_does_not_use_up_the_machine(name: str) -> None:
    def judge(body: str) -> str:
        answer(body)
        return ""

    assert [complaint for _, complaint in each(judge, [BOMBS[name]]) if complaint] == []


@pytest.mark.parametrize("statement", PATHS)
def test_a_template_reads_nothing_outside_of_its_folder(statement: str, tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", "secret.j2", "  leaked: secret\n")
    root = make(tmp_path / "project", {"dev": VALUES}, {"t.yaml.j2": HEAD + statement + "\n"})
    ran = gen(root, "render", "--env", "dev")
    assert ran.returncode == 1
    assert "error[template/" in ran.stderr
    for link, target in (("outside.j2", outside), ("folder", outside.parent)):
        (root / "templates" / link).symlink_to(target)
    ran = gen(root, "render", "--env", "dev")
    assert ran.returncode == 1
    assert "error[template/" in ran.stderr or "the link leads outside of its folder" in ran.stderr
    assert tree(root / "rendered") == {}


def test_captured_text_stays_bound_under_autoescape() -> None:
    body = "{% autoescape true %}{% set x %}{{ evil }}{% endset %}  k: {{ x }}{% endautoescape %}\n"
    assert answer('{% set evil = "a\\n  injected: true" %}' + body) == "template/syntax"


def test_a_value_that_looks_like_a_token_is_only_a_value() -> None:
    forged = "'\\U0010fe0a\\U0010fe00\\U0010fe0b'"
    made = answer(
        f"  first: {{{{ 'secret' }}}}\n  second: {{{{ {forged} }}}}\n  third: a{{{{ {forged} }}}}b\n"
    )
    assert made.count("secret") == 1


@pytest.mark.parametrize(
    "expression", ["'1e999'|float", "'nan'|float", "2 ** 63", "-(2 ** 63) - 1", "'\\ud800'"]
)
def test_what_no_reader_takes_is_not_written(expression: str) -> None:
    assert answer(f"  k: {{{{ [{expression}] }}}}\n") == "manifest/value"
    assert answer(f"  k: a{{{{ {expression} }}}}b\n") == "manifest/value"


def test_keys_that_are_one_text_do_not_replace_each_other() -> None:
    assert answer("  k: {{ {1: 1, '1': 2} }}\n") == "manifest/value"
