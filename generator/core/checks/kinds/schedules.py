"""Cron schedules and time zones, as CronJobs take them.

Schedules are read as `github.com/robfig/cron/v3`'s standard parser does.
"""

from __future__ import annotations

import re
from typing import Final

from generator.core.checks.forms import Form

_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DAYS: Final = "sun mon tue wed thu fri sat".split()
_FIELDS: Final[tuple[tuple[int, int, dict[str, int]], ...]] = (
    (0, 59, {}),
    (0, 23, {}),
    (1, 31, {}),
    (1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    (0, 6, {name: number for number, name in enumerate(_DAYS)}),
)
_DESCRIPTORS: Final = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_EVERY: Final = re.compile(r"@every [+-]?([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+")


def _is_schedule(text: str) -> bool:
    if "TZ" in text:
        return False
    if text.startswith("@"):
        return text in _DESCRIPTORS or bool(_EVERY.fullmatch(text))
    fields = text.split()
    return len(fields) == len(_FIELDS) and all(map(_is_field, fields, _FIELDS))


def _is_field(text: str, limits: tuple[int, int, dict[str, int]]) -> bool:
    """A list of ranges with steps; empty entries of it are dropped."""
    return all(_is_range(part, *limits) for part in text.split(",") if part)


def _is_range(text: str, least: int, most: int, names: dict[str, int]) -> bool:
    span, slash, step = text.partition("/")
    first, dash, last = span.partition("-")
    if slash and not (step.isascii() and step.isdigit() and int(step[:9]) > 0):
        return False
    if first in ("*", "?"):
        return not dash
    start = _number(first, names)
    end = _number(last, names) if dash else (most if slash else start)
    return start is not None and end is not None and least <= start <= end <= most


def _number(text: str, names: dict[str, int]) -> int | None:
    if text.lower() in names:
        return names[text.lower()]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _is_zone(text: str) -> bool:
    parts = text.split("/")
    return (
        text.lower() != "local"
        and all(re.fullmatch(r"(?!-)(?!\.\.?\Z)[A-Za-z._0-9+-]{1,14}", part) for part in parts)
        and bool(_AREA.fullmatch(text))
    )


# Which zones there are the server's own data say; what is no area of it at all can be told without them.
_AREA: Final = re.compile(
    r"(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|Mexico|Pacific|US)/.+"
    r"|UTC|UCT|GMT|GMT[+-]?0|Greenwich|Universal|Zulu|CET|CST6CDT|EET|EST|EST5EDT|HST|MET|MST|MST7MDT|PST8PDT|WET"
    r"|Cuba|Egypt|Eire|Factory|GB|GB-Eire|Hongkong|Iceland|Iran|Israel|Jamaica|Japan|Kwajalein|Libya|NZ|NZ-CHAT|Navajo"
    r"|PRC|Poland|Portugal|ROC|ROK|Singapore|Turkey|W-SU"
)

SCHEDULE: Final = Form(
    _is_schedule,
    "five fields (minute, hour, day, month, weekday), as in `*/5 3 * * 1-5`, or `@daily` and its like",
)
TIME_ZONE: Final = Form(_is_zone, "a time zone of the IANA database, as in `Europe/Berlin`")
