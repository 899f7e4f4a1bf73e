"""Which fields of an object hold secret bytes, and the rule that no committed value may end in one.

Values and templates are committed, and whoever can read the repository can read them. So bytes that come from
there are no secret any more, whatever becomes of the rendered file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from generator.core import paths
from generator.core.manifests import Manifest
from generator.core.paths import Path
from generator.core.values import Values
from generator.diagnostics import Collector, Diagnostic, Span

KIND: Final = "Secret"
DATA: Final = ("data", "stringData")
APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"  # a copy of the object as it was applied
_HELP: Final = (
    "take the value out of the repository and replace it, because the history keeps it; create the Secret by "
    "hand, commit a SealedSecret instead, or let the External Secrets Operator create it"
)


def hides(kind: str, path: Path) -> bool:
    """Whether a field of an object of this kind holds secret bytes."""
    if kind != KIND:
        return False
    return (len(path) > 1 and path[0] in DATA) or path[:3] == ("metadata", "annotations", APPLIED)


def check(manifests: Iterable[Manifest], values: Values) -> None:
    """Raises `DiagnosticError` with every value that would end in a Secret, without quoting it."""
    with Collector() as problems:
        for manifest in manifests:
            if manifest.identity.kind == KIND:
                problems.add(*_committed(manifest, values))


def unquoted(span: Span) -> Span:
    """The span in its source, of which nothing is shown."""
    return span._replace(source=span.source._replace(sensitive=True))


def _committed(manifest: Manifest, values: Values) -> Iterator[Diagnostic]:
    found: dict[Path, Path] = {}
    for field, _ in paths.leaves(manifest.body):
        if hides(KIND, field):
            for path in manifest.trace(field).values:
                found.setdefault(path, field)
    for path, field in found.items():
        name, end = paths.show(path), f"`{paths.show(field)}` of the {manifest.identity}"
        yield Diagnostic(
            "secret/committed",
            f"the value `{name}` is committed, and would end up in {end}",
            unquoted(values.span(path)),
            help=_HELP,
            object=manifest.identity.address,
            path=paths.show(field),
        )
