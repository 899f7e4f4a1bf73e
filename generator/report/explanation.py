"""Chains of origins, and what values do, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from generator.core import paths
from generator.core.effects import Effects, Use
from generator.core.explain import LineChain, ObjectChain, Reason, ValueChain
from generator.core.layout import File
from generator.core.secrets import hides
from generator.diagnostics import Span
from generator.report.as_json import position
from generator.report.line import printable
from generator.report.places import place

_LISTED = 12  # so many uses of a value are listed


def of_line(chain: LineChain, path: str) -> Iterator[str]:
    """A rendered line, its field, its template line, the values behind it, and why it is there."""
    yield f"{path}:{chain.line}"
    yield f"    {printable(chain.file.lines[chain.line - 1][0])}"
    yield f"  field     {chain.file.manifest.identity}, {paths.show(chain.field)}"
    source = "***" if hides(chain.file.manifest.identity.kind, chain.field) else _source_line(chain.template)
    yield f"  template  {place(chain.template)}    {source}"
    if not chain.values:
        yield "  value     none; it is written in the template"
    for value in chain.values:
        yield from _of_value(value)
    for reason in chain.reasons:
        yield from _of_reason(reason)


def of_object(chain: ObjectChain, path: str) -> Iterator[str]:
    """An object, the template that makes it, the values that it is called by, and why it is there."""
    yield path
    yield f"  object    {chain.file.manifest.identity}"
    yield f"  template  {place(chain.template)}"
    for value in chain.values:
        yield from _of_value(value)
    for reason in chain.reasons:
        yield from _of_reason(reason)
    if not chain.reasons:
        yield "  because   it depends on no condition"


def of_value(
    chain: ValueChain, environment: str, effects: Effects, rules: Sequence[str] = ()
) -> Iterator[str]:
    """A value in an environment, where it comes from, what is made from it, and what it decides."""
    yield f"{environment}:"
    yield from _of_value(chain)
    yield from _listed("used in", _lines(effects.used, environment))
    yield from _listed("decides", _lines(effects.decided, environment, whole=True))
    asked = (f"{place(span)}    {_source_line(span)}    (makes nothing here)" for span in effects.silent)
    yield from _listed("asked in", asked)
    yield from (f"  checked   by rule/{name}" for name in rules)
    if effects.none:
        yield "  unused    nothing that is rendered depends on it"


def of_place(where: str, environment: str, uses: Sequence[Use]) -> Iterator[str]:
    """A line of a template, and what it writes or decides over in an environment."""
    yield f"{where} in {environment}:"
    yield from _listed("writes", _lines(uses, environment, whole=True))
    if not uses:
        yield "  writes    nothing here"


def _listed(word: str, lines: Iterable[str]) -> Iterator[str]:
    shown = list(lines)
    yield from (f"  {word:<9} {text}" for text in shown[:_LISTED])
    if len(shown) > _LISTED:
        yield f"  {'':<9} and {len(shown) - _LISTED} more"


def _lines(uses: Sequence[Use], environment: str, whole: bool = False) -> Iterator[str]:
    """The lines; with `whole`, an object of which all lines are among them as one."""
    for _, group in groupby(
        sorted(uses, key=lambda use: (use.file.name, use.line)), lambda use: use.file.name
    ):
        inside = list(group)
        file = inside[0].file
        if whole and len(inside) > 1 and len(inside) == sum(path is not None for _, path in file.lines):
            yield f"{environment}/{printable(file.name)}    all of {file.manifest.identity}"
            continue
        for use in inside:
            text = printable(file.lines[use.line - 1][0].strip())
            yield f"{environment}/{printable(file.name)}:{use.line}    {text}"


def plain_line(chain: LineChain, path: str) -> dict[str, Any]:
    """A line's chain as data."""
    return {
        "path": path,
        "line": chain.line,
        "object": chain.file.manifest.identity._asdict(),
        "field": paths.show(chain.field),
        "template": position(chain.template),
        "values": [_plain(value) for value in chain.values],
        "because": [_plain_reason(reason) for reason in chain.reasons],
    }


def plain_object(chain: ObjectChain, path: str) -> dict[str, Any]:
    """An object's chain as data."""
    return {
        "path": path,
        "object": chain.file.manifest.identity._asdict(),
        "template": position(chain.template),
        "values": [_plain(value) for value in chain.values],
        "because": [_plain_reason(reason) for reason in chain.reasons],
    }


def plain_value(
    chain: ValueChain, environment: str, effects: Effects, rules: Sequence[str] = ()
) -> dict[str, Any]:
    """A value's chain as data."""
    return {
        "environment": environment,
        **_plain(chain),
        "used": plain_uses(effects.used, environment),
        "decides": plain_uses(effects.decided, environment),
        "conditions": [position(span) for span in effects.silent],
        "rules": [f"rule/{name}" for name in rules],
    }


def plain_uses(uses: Sequence[Use], environment: str) -> list[dict[str, Any]]:
    """Rendered lines as data."""
    return [{"path": f"{environment}/{use.file.name}", "line": use.line} for use in uses]


def _of_value(chain: ValueChain, lead: str = "value") -> Iterator[str]:
    name = paths.show(chain.path)
    yield f"  {lead:<9} {name} = {_short(chain.value)}" if chain.known else f"  {lead:<9} {name} is not set"
    for index, origin in enumerate(reversed(chain.origins)):
        text = _source_line(origin.span)
        says = "removes it" if origin.removed else "" if index == 0 else "overridden"
        yield f"            {place(origin.span)}    {text}{f'    ({says})' if says else ''}"


def _of_reason(reason: Reason) -> Iterator[str]:
    yield f"  because   {place(reason.span)}    {_source_line(reason.span)}"
    for chain in reason.values:
        name = paths.show(chain.path)
        where = f"    {place(chain.origins[-1].span)}" if chain.origins else ""
        if chain.known:
            yield f"            {name} = {_short(chain.value)}{where}"
        else:
            yield f"            {name} is not set{f'{where}    (removed)' if where else ''}"


def _plain(chain: ValueChain) -> dict[str, Any]:
    origins = [{**position(o.span), **({"removed": True} if o.removed else {})} for o in chain.origins]
    known = {"is": chain.value} if chain.known else {"set": False}
    return {"value": paths.show(chain.path), **known, "origins": origins}


def _plain_reason(reason: Reason) -> dict[str, Any]:
    return {**position(reason.span), "values": [_plain(value) for value in reason.values]}


def _source_line(span: Span) -> str:
    if span.source.sensitive:
        return "***"
    if not span.source.text:
        return "(the name of the file)"
    return printable(span.source.text.split("\n")[span.line - 1].strip())


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return printable(text if len(text) <= 100 else text[:99] + "…")


def header(file: File) -> str:
    """What there is to say of a file's first line."""
    return f"the header that gen writes; the object is made by templates/{printable(file.manifest.template)}"
