"""`gen promote`: carry what was verified in one environment to another, and show what that does there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as File
from typing import Annotated

import typer

from generator.commands import editing, verified
from generator.commands.editing import Change
from generator.commands.options import OutputFormat, ProjectDir
from generator.commands.pair import Pair
from generator.core import paths, promotion, values
from generator.core.edit import REMOVE
from generator.core.paths import Path
from generator.core.promotion import ABSENT, Difference
from generator.core.review.effects import ABSENT as NO_FIELD
from generator.core.review.entries import shown
from generator.core.values import Values
from generator.diagnostics import Diagnostic, DiagnosticError, usage
from generator.project import DiskProject, find
from generator.report import review as text
from generator.report import review_json
from generator.report.reporter import Format, Reporter
from generator.report.review import Review

_SETTINGS = """add to gen.yaml the paths of the values that are verified in one environment, and go to others:
promote:
  - PATH  # of the tag
  - PATH  # of the digest"""
_LISTED = 20  # so many values that stay different are shown to people


def run(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="FROM", help="The environment that was verified.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="The environment to promote to.")],
    verified_by: Annotated[
        File | None,
        typer.Option(
            "--verified",
            metavar="FILE",
            help="Promote only if this record of gen verify --env FROM --record FILE matches git.",
        ),
    ] = None,
    project: ProjectDir = None,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Copy what was verified in one environment to another, and show the effect there.

    gen.yaml lists the values under `promote`. Everything is checked first; on failure, nothing is written.
    """
    found = find(project)
    reporter = ctx.find_root().ensure_object(Reporter)
    found.choose([source, target], everything=False)
    if source == target:
        raise usage("promote/same", f"{source} has what {target} has", "give two environments")
    settings = found.line.settings
    if not settings.promote:
        raise usage("promote/settings", "gen.yaml does not say what is promoted", _SETTINGS)
    given = found.line.values(source, found.layers(source))
    if verified_by is not None:
        verified.check(verified_by, source, given, settings)
    changes = list(_changes(found, settings.promote, given, target))

    def agree(new: DiskProject) -> None:
        _show(found, new, (source, target), given, reporter)

    editing.write(found, f"values/{target}.yaml", changes, [target], reporter, agree)


def _changes(
    project: DiskProject, promoted: tuple[Path, ...], given: Values, target: str
) -> Iterator[Change]:
    """What to change in the target's own file, so that it has the promoted values of the source."""
    *inherited, own = project.layers(target)
    below = values.merge(inherited).tree
    now = project.line.values(target, [*inherited, own]).tree
    mine = values.read(own).data
    for path in promotion.expand(promoted, given.tree, now):
        pair = promotion.at(given.tree, path), promotion.at(now, path)
        for found in promotion.differences(*pair, path):
            if found.first is not ABSENT:
                yield Change(found.path, found.first)
            elif promotion.at(below, found.path) is not ABSENT:
                yield Change(found.path, None)  # null takes away what is inherited
            elif promotion.at(mine, found.path) is not ABSENT:
                yield Change(found.path, REMOVE)


def _show(
    before: DiskProject, new: DiskProject, names: tuple[str, str], given: Values, reporter: Reporter
) -> None:
    """Show the review of the target, and what is still different. Raises `DiagnosticError`."""
    source, target = names
    made = new.line.values(target, new.layers(target))
    promoted = list(promotion.expand(new.line.settings.promote, given.tree, made.tree))
    left = list(promotion.differences(given.tree, made.tree))
    if missed := [one for one in left if any(one.path[: len(path)] == path for path in promoted)]:
        raise DiagnosticError(_inherited(one, made, source) for one in missed)
    [reviewed] = Pair(before, new).review([target], whole=False)
    review = Review(f"{target} as it is", f"{target} with what {source} has", [reviewed])
    reporter.diagnostics(reviewed.problems)
    plain = [
        {"path": paths.show(one.path), source: _text(one.first), target: _text(one.second)} for one in left
    ]
    reporter.result(text.lines(review), {"review": review_json.plain(review), "notCarried": plain})
    reporter.result(_left(left, source, target), {})


def _left(left: list[Difference], source: str, target: str) -> Iterator[str]:
    """Where the two environments stay different, for people."""
    if not left:
        return
    yield ""
    yield f"Not promoted, and different in {source} and {target}:"
    for one in left[:_LISTED]:
        first, second = (_text(value) or "absent" for value in (one.first, one.second))
        yield f"  {paths.show(one.path)}: {first}, {second}"
    if len(left) > _LISTED:
        yield f"  and {len(left) - _LISTED} more; --format json lists all of them"
    yield ""


def _text(value: object) -> str | None:
    return shown(NO_FIELD if value is ABSENT else value)


def _inherited(one: Difference, made: Values, source: str) -> Diagnostic:
    return Diagnostic(
        "promote/inherited",
        f"`{paths.show(one.path)}` would not be what {source} has",
        made.span(one.path),
        found=_text(one.second) or "absent",
        expected=_text(one.first) or "absent",
        help="what this environment inherits is merged with it; change it by hand",
        path=paths.show(one.path),
    )
