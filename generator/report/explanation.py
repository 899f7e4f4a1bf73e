"""A chain of origins, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from generator.core import paths
from generator.core.explain import LineChain, ValueChain
from generator.core.layout import File
from generator.core.secrets import hides
from generator.diagnostics import Span
from generator.report.as_json import position
from generator.report.line import printable
from generator.report.places import place

_LISTED = 12  # so many uses of a value are listed


def header(file: File) -> Iterator[str]:
    """What there is to say of a file's first line."""
    yield f"the header that gen writes; the object is made by templates/{file.manifest.template}"


def of_line(chain: LineChain, path: str) -> Iterator[str]:
    """A rendered line, its field, its template line, and the values behind it."""
    yield f"{path}:{chain.line}"
    yield f"    {printable(chain.file.lines[chain.line - 1][0])}"
    yield f"  field     {chain.file.manifest.identity}, {paths.show(chain.field)}"
    source = "***" if hides(chain.file.manifest.identity.kind, chain.field) else _source_line(chain.template)
    yield f"  template  {place(chain.template)}    {source}"
    if not chain.values:
        yield "  values    none; the template says it"
    for value in chain.values:
        yield from _of_value(value)


def of_value(chain: ValueChain, environment: str, used: Sequence[tuple[File, int]]) -> Iterator[str]:
    """A value in an environment, where it comes from and where it goes to."""
    yield f"{environment}:"
    yield from _of_value(chain)
    for file, number in used[:_LISTED]:
        text = printable(file.lines[number - 1][0].strip())
        yield f"  used in   {environment}/{file.name}:{number}    {text}"
    if len(used) > _LISTED:
        yield f"            and {len(used) - _LISTED} lines more"
    if not used:
        yield "  used in   no rendered line"


def plain_line(chain: LineChain, path: str) -> dict[str, Any]:
    """A line's chain as data."""
    return {
        "path": path,
        "line": chain.line,
        "object": chain.file.manifest.identity._asdict(),
        "field": paths.show(chain.field),
        "template": position(chain.template),
        "values": [_plain(value) for value in chain.values],
    }


def plain_value(chain: ValueChain, environment: str, used: Sequence[tuple[File, int]]) -> dict[str, Any]:
    """A value's chain as data."""
    lines = [{"path": f"{environment}/{file.name}", "line": number} for file, number in used]
    return {"environment": environment, **_plain(chain), "used": lines}


def _of_value(chain: ValueChain) -> Iterator[str]:
    yield f"  value     {paths.show(chain.path)} = {_short(chain.value)}"
    for index, origin in enumerate(reversed(chain.origins)):
        text = _source_line(origin.span)
        says = "removes it" if origin.removed else "" if index == 0 else "overridden"
        yield f"            {place(origin.span)}    {text}{f'    ({says})' if says else ''}"


def _plain(chain: ValueChain) -> dict[str, Any]:
    origins = [{**position(o.span), **({"removed": True} if o.removed else {})} for o in chain.origins]
    return {"value": paths.show(chain.path), "is": chain.value, "origins": origins}


def _source_line(span: Span) -> str:
    return printable(span.source.text.split("\n")[span.line - 1].strip())


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return printable(text if len(text) <= 100 else text[:99] + "…")
