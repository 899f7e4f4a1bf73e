"""What a namespace demands of its pods: a level and a version of the standard, for each of three modes.

The rules are those of `k8s.io/pod-security-admission/api`: the labels are
`pod-security.kubernetes.io/{enforce,audit,warn}`, each with a second one that ends in `-version`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from generator.core.checks.podsecurity.control import Level

PREFIX: Final = "pod-security.kubernetes.io/"
MODES: Final = ("enforce", "audit", "warn")
LABELS: Final = tuple(f"{PREFIX}{mode}{end}" for mode in MODES for end in ("", "-version"))
LATEST: Final = "latest"
_VERSION: Final = re.compile(r"v1\.(0|[1-9][0-9]{0,3})")
_STRICTNESS: Final = list(Level)


class Standard(NamedTuple):
    """A level, by the standard of one minor version of Kubernetes; None is the latest that the server has."""

    level: Level = Level.PRIVILEGED
    minor: int | None = None

    def __str__(self) -> str:
        return self.level if self.minor is None else f"{self.level}:v1.{self.minor}"


class Policy(NamedTuple):
    """What becomes of a pod that is not up to a standard: refused, audited or warned about."""

    enforce: Standard = Standard()
    audit: Standard = Standard()
    warn: Standard = Standard()

    def demands(self) -> Iterator[tuple[str, Standard]]:
        """What each mode demands; a standard comes once, under the strictest mode."""
        seen = set()
        for mode in ("enforce", "warn", "audit"):
            standard: Standard = getattr(self, mode)
            if standard.level is not Level.PRIVILEGED and standard not in seen:
                seen.add(standard)
                yield mode, standard


def problem(label: str, value: str) -> str:
    """What a label of Pod Security must be, if its value is not valid; else nothing."""
    if label.endswith("-version"):
        right = value == LATEST or _VERSION.fullmatch(value) is not None
        expected = f"{LATEST}, or v1. and a number"
    else:
        right, expected = value in list(Level), f"one of {', '.join(Level)}"
    return "" if right else expected


def of_labels(labels: Mapping[str, str]) -> Policy:
    """The policy of a namespace with these labels, which `problem` has found nothing wrong with."""
    found = {mode: _standard(labels, mode) for mode in MODES}
    enforced, warned = found["enforce"], found["warn"]
    stricter = _STRICTNESS.index(enforced.level) > _STRICTNESS.index(warned.level)
    if f"{PREFIX}warn" not in labels and f"{PREFIX}enforce" in labels and stricter:
        minor = warned.minor if f"{PREFIX}warn-version" in labels else enforced.minor
        found["warn"] = Standard(enforced.level, minor)
    return Policy(**found)


def _standard(labels: Mapping[str, str], mode: str) -> Standard:
    version = _VERSION.fullmatch(labels.get(f"{PREFIX}{mode}-version", LATEST))
    level = Level(labels.get(f"{PREFIX}{mode}", Level.PRIVILEGED))
    return Standard(level, int(version[1]) if version else None)
