"""What the checks must know of the cluster that the objects are for, besides the objects."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from generator.core.checks.podsecurity.policy import Policy

_NOWHERE: Final[Mapping[str, Policy]] = MappingProxyType({})


class Target(NamedTuple):
    """The minor version of its API server, and what namespaces that are made elsewhere demand of pods."""

    minor: int = 35
    policies: Mapping[str, Policy] = _NOWHERE


DEFAULT: Final = Target()
