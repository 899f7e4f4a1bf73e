"""Objects of two states, paired by what tells them apart in a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from generator.core import mask
from generator.core.checks.pods import Pod, pods
from generator.core.manifests import Identity, Manifest
from generator.core.review.effects import ABSENT, Effect, Field, Impact
from generator.core.review.fields import differing

Key = tuple[str, str, str, str]  # API group, kind, namespace, name: the version is no part of an identity


class Objects:
    """The objects of one state of an environment."""

    def __init__(self, manifests: Sequence[Manifest]) -> None:
        self.all = [manifest for manifest in manifests if manifest.applied]
        self.by_key = {_key(manifest.identity): manifest for manifest in self.all}

    def of(self, *kinds: str) -> Iterator[Manifest]:
        """The objects of some kinds."""
        return (manifest for manifest in self.all if manifest.identity.kind in kinds)

    def named(self, kind: str, namespace: str, name: str) -> Manifest | None:
        """The object of a kind and name in a namespace."""
        return next(
            (m for m in self.of(kind) if (m.identity.namespace, m.identity.name) == (namespace, name)), None
        )

    @cached_property
    def pods(self) -> list[Pod]:
        """Every pod that these objects run."""
        return pods(self.all)


class ObjectChange(NamedTuple):
    """An object before and after (None where there is none), the fields that differ, and the effects."""

    identity: Identity
    before: Manifest | None
    after: Manifest | None
    fields: tuple[Field, ...] = ()
    effects: tuple[Effect, ...] = ()
    order: int = 0

    @property
    def impact(self) -> Impact:
        """The worst impact of all."""
        return min((effect.impact for effect in self.effects), default=Impact.IN_PLACE)

    @property
    def old(self) -> dict[str, Any]:
        return self.before.body if self.before else {}

    @property
    def new(self) -> dict[str, Any]:
        return self.after.body if self.after else {}

    def below(self, *prefix: str) -> tuple[Field, ...]:
        """The fields that differ at or below a path, or above it where a whole branch comes or goes."""
        return tuple(f for f in self.fields if _meets(f, prefix))

    def without(self, effects: Sequence[Effect]) -> tuple[Field, ...]:
        """The fields that no effect names."""
        named = {field.name for effect in effects for field in effect.fields}
        return tuple(field for field in self.fields if field.name not in named)


def get(body: Any, *steps: str, default: Any = None) -> Any:
    """A value inside of a body, or the default where the way to it ends."""
    for step in steps:
        if not isinstance(body, dict) or step not in body:
            return default
        body = body[step]
    return default if body is None else body


def changes(before: Objects, after: Objects) -> Iterator[ObjectChange]:
    """Every object that comes, goes or differs, in apply order; the values of Secrets are hidden."""
    keys = dict.fromkeys((*after.by_key, *before.by_key))
    for order, key in enumerate(keys):
        old, new = before.by_key.get(key), after.by_key.get(key)
        present = new or old
        assert present is not None
        change = ObjectChange(present.identity, old, new, order=order)
        if old is None or new is None:
            yield change
        elif old.body != new.body:
            bodies = mask.objects(old.body, new.body)
            if fields := differing(*bodies, new.kind):
                yield change._replace(fields=fields)


def _key(identity: Identity) -> Key:
    group = identity.api_version.rpartition("/")[0]
    return group, identity.kind, identity.namespace, identity.name


def _meets(field: Field, prefix: tuple[str, ...]) -> bool:
    path = field.after_at if field.after is not ABSENT else field.before_at
    if path[: len(prefix)] == prefix:
        return True
    whole = field.before is ABSENT or field.after is ABSENT
    return whole and prefix[: len(path)] == path
