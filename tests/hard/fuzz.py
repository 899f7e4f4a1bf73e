"""Generated and mutated templates, values and schemas, and what must hold for each of them.

Everything is drawn from a seed, so that a failure can be had again: `python -m tests.hard.fuzz SEED COUNT`.
All mutations start from tests/hard/corpus/: what failed once stays there, and `tests.hard.grow` adds to it.
"""

from __future__ import annotations

import json
import random
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from generator.core.tree import Texts
from generator.diagnostics import DiagnosticError, Source
from generator.pipeline import Pipeline, Rendering
from generator.report import as_json, text
from tests.hard.expressions import Grammar

CORPUS = Path(__file__).parent / "corpus"
IN_ORDER = 3  # the first texts of each kind have nothing wrong with them
KINDS = ("template", "values", "schema")

_WORDS = (
    "{{ }} {% %} {# #} {{- -}} {%- -%} | ( ) [ ] { } , : - ' \" \\ \n \t \r \x00 \x85 \u2028 \ufeff \ud7ff "
    "😀 \U0010fe0a \U0010fe00 \U0010fe0b & * ! !!str <<: ? > |- >+ # --- ... %YAML @ ` ~ null yes 0x1 1e3 "
    ".inf 9999999999 for in if else endif endfor set macro endmacro call endcall include import extends "
    "block with namespace range loop self caller not and or is in $ref $dynamicRef allOf oneOf items default "
    "properties additionalProperties pattern (a+)+$ unevaluatedProperties type const enum true false"
).split(" ")


class Input(NamedTuple):
    """One project: a template, a values file and a schema."""

    template: str
    values: str
    schema: str


def seeds() -> dict[str, list[str]]:
    """The texts of the corpus by kind, in a fixed order."""
    return {kind: [p.read_bytes().decode() for p in sorted((CORPUS / kind).iterdir())] for kind in KINDS}


def inputs(seed: int, count: int) -> Iterator[Input]:
    """Inputs drawn from a seed: one of the three parts is mutated, or the template is made by the grammar."""
    draw = random.Random(seed)
    known = seeds()
    for _ in range(count):
        # What is not mutated is in order, so that the mutation gets far.
        parts = {"template": draw.choice(known["template"][:IN_ORDER]), "values": known["values"][0]}
        parts["schema"] = draw.choice(known["schema"][:2])
        kind = draw.choice((*KINDS, "grammar"))
        if kind == "grammar":
            parts["template"] = Grammar(draw).template()
        else:
            parts[kind] = mutated(draw, draw.choice(known[kind]), known[kind])
        yield Input(parts["template"], parts["values"], parts["schema"])


def mutated(draw: random.Random, source: str, others: list[str]) -> str:
    """A text with a few pieces deleted, doubled, replaced, or taken from another one."""
    for _ in range(draw.choice((1, 1, 2, 3, 8))):
        start = draw.randrange(len(source) + 1)
        end = min(len(source), start + draw.choice((0, 1, 2, 5, 20, 100)))
        piece = source[start:end]
        other = draw.choice(others)
        at = draw.randrange(len(other) + 1)
        new = draw.choice(
            (
                "",
                piece * 2,
                piece * draw.choice((3, 50)),
                draw.choice(_WORDS),
                other[at : at + 40],
                piece[::-1],
            )
        )
        source = source[:start] + new + source[end:]
    return source[:100_000]


def run(given: Input) -> Rendering:
    """What an input renders to. Raises `DiagnosticError`."""
    line = Pipeline(Texts({"schema/values.schema.json": given.schema, "templates/t.yaml.j2": given.template}))
    return line.render("dev", [Source("values/dev.yaml", given.values)])


def judge(given: Input) -> str:
    """What is wrong with how an input was taken: nothing, or a complaint."""
    try:
        rendering = run(given)
    except DiagnosticError as error:
        return _shown(error)
    except BaseException:
        return traceback.format_exc()
    for file in rendering.files:
        if (read := yaml.load(file.content, yaml.CSafeLoader)) != file.manifest.body:
            return f"wrote {file.manifest.body!r}, which reads {read!r}"
    return ""


def _shown(error: DiagnosticError) -> str:
    """Every problem can be shown in every format, and is the input's fault."""
    for problem in error.diagnostics:
        try:
            lines = map(str, (*text.full(problem), *text.concise(problem)))
            shown = "\n".join(lines) + json.dumps(as_json.plain(problem))
        except Exception:
            return traceback.format_exc()
        if problem.rule.startswith("internal/"):
            return shown
    return "" if error.diagnostics else "an error without a diagnostic"


def main(seed: int, count: int) -> None:
    from tests.hard.bounded import each

    for given, complaint in each(judge, list(inputs(seed, count))):
        if complaint:
            sys.stdout.write(f"{complaint}\n{json.dumps(given._asdict(), indent=1)[:3000]}\n{'-' * 80}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
