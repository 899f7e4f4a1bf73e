"""What is printed is printed safely, whatever a text holds and in whichever field it stands."""

from __future__ import annotations

import ast
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.core.compare import DiffLine
from generator.diagnostics import Diagnostic, Related, Source
from generator.report import as_json, diff, line, streams, text
from generator.report.line import Line, Painted
from tests.conftest import Gen, write

PACKAGE = Path(__file__).parents[2] / "generator"
HOSTILE = [
    "\x1b[31mred",
    "\x1b]0;title\x07", "\x9b31m", "a\rb", "a\nb", "a\x85b", "a\u2028b", "\u202eevil", "a\u200bb",
    "\ufeff", "\u2066x", "a\U000e0041b", "a\u3164b", "a\U000e0100b", "\ud800", "\x00", "\x7f", "a\xa0b",
    "::set-output name=x::y", "  ::add-mask::x", "\t::error::x", "x\n::stop-commands::y", "##[error]x",
    "x ##vso[task.setvariable variable=a]b", "##VSO[x]", "##teamcity[x]", ":::", "##", "::",
]  # fmt: skip
anything = st.text() | st.sampled_from(HOSTILE) | st.lists(st.sampled_from(HOSTILE)).map("".join)


def is_safe(shown: str) -> bool:
    """Whether one line as it is written can do nothing but be read."""
    carried_out = shown.lstrip().startswith("::") or re.search(r"##\w*\[", shown)
    return shown.isprintable() and not carried_out


@given(st.lists(anything), st.booleans())
@example(["::", "add-mask::x"], False)
@example(["#", "#[error]"], False)
@example(["##vso", "[x]"], False)
@example([":", ":set-output"], False)
def test_a_line_is_safe_whatever_its_parts_hold(parts: list[str], painted: bool) -> None:
    made = Line(*(Painted("bold", part) if painted else part for part in parts))
    assert is_safe(str(made))
    uncoloured = re.sub("\x1b\\[[0-9;]+m", "", made.shown(colour=True))
    assert uncoloured.isprintable()


@given(anything)
def test_what_is_harmless_is_shown_as_it_is(given_text: str) -> None:
    plain = "".join(c for c in given_text if (c.isascii() and c.isalnum()) or c in " äß漢😀é")
    assert str(Line(plain)) == plain


@given(anything)
def test_json_is_safe_and_reads_as_the_same(given_text: str) -> None:
    for ascii_only in (False, True):
        shown = line.json_text({given_text: [given_text]}, ascii_only)
        assert is_safe(shown)
        assert json.loads(shown) == {given_text: [given_text]}


def every_field(evil: str) -> Diagnostic:
    """A diagnostic with a text in every field that can hold one."""
    source = Source(f"values/{evil}.yaml", f"{evil}\n{evil}\n")
    span = source.span(len(evil) // 2, len(evil))
    related = (Related(Source(evil, evil).span(), evil),)
    return Diagnostic(
        f"rule/{evil}",
        evil,
        span,
        related=related,
        found=evil,
        expected=evil,
        help=evil,
        environments=(evil,),
    )


@pytest.mark.parametrize("form", [text.full, text.concise])
@given(evil=anything)
def test_a_diagnostic_is_safe_in_every_field(form: object, evil: str) -> None:
    assert callable(form)
    assert all(is_safe(str(one)) for one in form(every_field(evil)))
    assert is_safe(line.json_text(as_json.plain(every_field(evil)), ascii_only=False))


@given(anything)
def test_a_problem_begins_where_gen_begins_it(evil: str) -> None:
    """No text of a stranger begins a line, so that none can look like another problem."""
    heads = [str(one) for one in text.full(every_field(evil))][1:-1]
    assert all(head.startswith("  ") for head in heads)


@given(anything)
def test_a_diff_is_safe(evil: str) -> None:
    lines = [DiffLine(sign, evil, ((Source(evil), 1),)) for sign in " -+@"]
    assert all(is_safe(str(one)) for one in diff.shown(evil, lines))


def test_a_text_is_one_line_on_a_stream() -> None:
    stream = io.StringIO()
    streams.put(stream, HOSTILE)
    assert stream.getvalue().count("\n") == len(HOSTILE)
    assert all(map(is_safe, stream.getvalue().split("\n")))


def writers() -> Iterator[str]:
    """Where the package names a standard stream or prints."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Attribute)
                and node.attr in ("stdout", "stderr")
                and ast.unparse(node.value) == "sys"
            ):
                yield path.relative_to(PACKAGE).as_posix()
            if isinstance(node, ast.Name) and node.id in ("print", "echo", "secho"):
                yield path.relative_to(PACKAGE).as_posix()


def test_only_the_report_writes_to_a_stream() -> None:
    numbers_only = "commands/fleet.py"  # how many of how many, on a terminal
    streams_made = "__main__.py"
    help_texts = "commands/help.py"  # through the same function
    outside = {name for name in writers() if not name.startswith("report/")}
    assert outside <= {numbers_only, streams_made, help_texts, "cli.py"}


def test_usage_errors_are_safe(gen: Gen) -> None:
    for evil in HOSTILE:
        if "\0" not in evil:
            for arguments in (
                [evil],
                ["render", f"--{evil}"],
                ["render", "--format", evil],
                ["render", "--env", evil],
            ):
                ran = gen(*arguments)
                assert ran.status == 2, arguments
                assert all(map(is_safe, (ran.out + ran.err).split("\n")))


def test_a_hostile_project_is_shown_safely(project: Path, gen: Gen) -> None:
    for evil in (each for each in HOSTILE if "\0" not in each and "\ud800" not in each):
        name = evil.replace("/", "")
        key = json.dumps(evil)
        write(
            project,
            {
                "values/dev.yaml": f"name: {key}\n{key}: {key}\n",
                f"templates/{name}.yaml.j2": f"{{{{ {evil} }}}}",
            },
        )
        for command in (
            "check --env dev",
            "render --env dev",
            "list",
            "explain name",
            "check --env dev --format concise",
        ):
            ran = gen(*command.split())
            shown = (ran.out + ran.err).split("\n")
            assert all(map(is_safe, shown)), [one for one in shown if not is_safe(one)]
        (project / "templates" / f"{name}.yaml.j2").unlink()
