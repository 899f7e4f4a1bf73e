"""What a change does to the objects of an environment, field by field and in a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from generator.core.manifests import Manifest
from generator.core.review import access, availability, data, exposure, immutable, rollout
from generator.core.review.effects import Effect, Impact
from generator.core.review.objects import ObjectChange, Objects, changes

Rule = Callable[[ObjectChange, Objects, Objects], Iterator[Effect]]

# Every rule looks at one object that changes, with all the objects before and after at hand.
RULES: Final[tuple[Rule, ...]] = (
    immutable.refused,
    availability.replicas,
    availability.disruption,
    availability.services,
    availability.moved,
    exposure.services,
    exposure.pods,
    exposure.networks,
    exposure.ingresses,
    access.roles,
    access.bindings,
    access.security_levels,
    data.volumes,
    data.claims,
    data.references,
    rollout.restarts,
    rollout.versions,
)


def review(before: Sequence[Manifest], after: Sequence[Manifest]) -> list[ObjectChange]:
    """Every object that differs between two states of an environment, the worst impact first.

    Each comes with its effects, worst first. A field without an effect of its own changes in place.
    """
    old, new = Objects(before), Objects(after)
    found = []
    for change in changes(old, new):
        effects = [effect for rule in RULES for effect in rule(change, old, new)]
        effects += _rest(change, effects)
        found.append(change._replace(effects=tuple(sorted(effects, key=lambda e: e.impact))))
    return sorted(found, key=lambda change: (change.impact, change.order))


def _rest(change: ObjectChange, effects: list[Effect]) -> Iterator[Effect]:
    """What is said of an object, and of its fields, that no rule had anything to say about."""
    if change.before is None:
        yield Effect(Impact.ADDED, "the object is created")
    elif change.after is None:
        yield Effect(
            Impact.REMOVED,
            "no longer rendered: `kubectl apply` leaves it in the cluster, "
            "Argo CD and Flux delete it if they prune",
        )
    elif left := change.without(effects):
        yield Effect(Impact.IN_PLACE, "updated in place", left)
