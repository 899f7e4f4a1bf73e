"""What the checks must know of the cluster that the objects are for, besides the objects."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from generator.core.checks import versions
from generator.core.checks.crds.resources import CustomResources


class Target(NamedTuple):
    """The cluster: the minor version of its API server, and what its namespaces enforce.

    `levels` are the Pod Security levels of namespaces that are not made here, by their names;
    `resources` are the kinds that it knows besides its own.
    """

    minor: int = versions.DEFAULT
    levels: Mapping[str, str] = MappingProxyType({})
    resources: CustomResources = CustomResources()


DEFAULT: Final = Target()
