"""What a set of objects must fulfil before it is written: one module a family, each check one function.

Structure comes first; the later checks rely on it and do not run on objects of the wrong shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from generator.core.checks import (
    contents,
    custom,
    identity,
    images,
    links,
    names,
    openapi,
    podsecurity,
    references,
    stored,
    traffic,
    typed,
)
from generator.core.checks.finding import Finding
from generator.core.checks.target import DEFAULT, Target
from generator.core.manifests import Manifest
from generator.core.values import Values
from generator.diagnostics import Collector, Diagnostic, Judge

Check = Callable[..., Iterable[Finding]]

# A family runs as a whole; the next one runs only when it found no error.
FAMILIES: Final[tuple[tuple[Check, ...], ...]] = (
    (identity.complete,),
    (openapi.valid, custom.valid),
    (
        identity.unique,
        typed.valid,
        names.object_names,
        names.unknown_labels,
        names.data_keys,
        references.mounts,
        references.probe_ports,
        traffic.services,
        traffic.ingresses,
        links.autoscalers,
        links.keys,
        images.references,
        references.absent,
        stored.stored,
        contents.sizes,
        podsecurity.labels,
        podsecurity.admitted,
    ),
)

# These ask about objects of any shape. The rest of the last family relies on the shapes of Kubernetes' own
# objects, and a custom resource may share a kind or a field with one of those.
_OF_ANY_SHAPE: Final = (
    *(*FAMILIES[0], *FAMILIES[1]),
    *(identity.unique, names.object_names, names.unknown_labels, references.absent),
)


# These depend on the cluster that the objects are for.
_OF_A_TARGET: Final = (
    *(openapi.valid, custom.valid, typed.valid, names.unknown_labels, references.absent, stored.stored),
    podsecurity.admitted,
)


def findings(family: Iterable[Check], manifests: Sequence[Manifest], target: Target) -> Iterator[Finding]:
    """What the checks of a family find; the families before it have found no error."""
    shaped = [manifest for manifest in manifests if openapi.knows(manifest, target)]
    for check in family:
        asked = manifests if check in _OF_ANY_SHAPE else shaped
        yield from check(asked, target) if check in _OF_A_TARGET else check(asked)


def run(
    manifests: Sequence[Manifest], values: Values, judge: Judge | None = None, target: Target = DEFAULT
) -> list[Diagnostic]:
    """The warnings about a set of objects. Raises `DiagnosticError` with the errors of a family.

    `judge` may change a diagnostic, or drop it.
    """
    warnings: list[Diagnostic] = []
    target = target._replace(resources=target.resources.beside(manifests))
    for family in FAMILIES:
        with Collector(warnings, judge) as problems:
            for finding in findings(family, manifests, target):
                problems.add(finding.diagnostic(values))
    return warnings
