"""What a cluster holds of an environment, and what it would make of it, by server-side dry run."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from generator.cluster import ownership
from generator.cluster.client import Answer
from generator.cluster.objects import Objects
from generator.cluster.ownership import Conflict
from generator.core.manifests import Manifest
from generator.core.review import fields
from generator.core.review.availability import SCALED, autoscaler
from generator.core.review.effects import ABSENT
from generator.core.review.objects import Objects as Rendered
from generator.core.secrets import APPLIED

# What the server keeps for itself.
_SERVERS: Final = ("managedFields", "resourceVersion", "uid", "creationTimestamp", "generation", "selfLink")
_CANNOT: Final = "cannot patch resource"  # of the API server's authorisation; admission says something else
_NO_DRY_RUN: Final = "does not support dry run"  # of an admission webhook
_REPLICAS: Final = ("f:spec", "f:replicas")


class State(NamedTuple):
    """One object: as rendered, as it is live (None: not there), and as it would be.

    `unchecked` says why the server could not be asked what it would be; `refusal` is its answer where it
    would refuse; `conflicts` are fields that would be taken from others. `scaled` is whether an autoscaler
    sets its replicas, `kept` how many of them gen has stated so far and hands over.
    """

    manifest: Manifest
    live: dict[str, Any] | None
    result: dict[str, Any]
    unchecked: str = ""
    refusal: Answer | None = None
    conflicts: tuple[Conflict, ...] = ()
    scaled: bool = False
    kept: int | None = None

    @property
    def before(self) -> Manifest | None:
        return self.manifest.showing(plain(self.live)) if self.live is not None else None

    @property
    def after(self) -> Manifest:
        return self.manifest.showing(plain(self.result))

    @property
    def forbidden(self) -> bool:
        """Whether the right to patch is missing."""
        return self.unchecked == FORBIDDEN

    @property
    def settled(self) -> bool:
        """Whether an apply would change nothing, neither a field nor who owns it."""
        return (
            self.live is not None
            and not (self.unchecked or self.refusal or self.conflicts)
            and self.kept is None
            and not ownership.taken_over(self.live, self.scaled)
            and ownership.same_owners(self.live, self.result)
            and plain(self.live) == plain(self.result)
        )


NOWHERE: Final = "would be created; not checked by the server"
FORBIDDEN: Final = "compared without the server, because you have no permission to patch"


def states(objects: Objects, manifests: Sequence[Manifest]) -> Iterator[State]:
    """Every object of an environment, in apply order; nothing in the cluster is changed."""
    rendered = Rendered(manifests)
    for manifest in rendered.all:
        scaled = (
            manifest.identity.kind in SCALED
            and "replicas" not in manifest.body.get("spec", {})
            and autoscaler(manifest, rendered) is not None
        )
        yield state(objects, manifest, scaled)


def state(objects: Objects, manifest: Manifest, scaled: bool = False) -> State:
    """One object as it is and as it would be; nothing in the cluster is changed."""
    live = objects.get(*manifest.identity)
    body, taken, kept = manifest.body, [], None
    if live is not None:
        taken = ownership.taken_over(live, scaled)
        if scaled and ownership.owns(live, _REPLICAS, scaled):
            kept = live["spec"]["replicas"]
            body = {**body, "spec": {**body["spec"], "replicas": kept}}
    answer = objects.apply(body, dry_run=True)
    conflicts: tuple[Conflict, ...] = ()
    if answer.status == 409:
        found = (ownership.conflict(cause, taken) for cause in causes(answer))
        conflicts = tuple(one for one in found if one)
        answer = objects.apply(body, dry_run=True, force=True)
    if answer.fine:
        result = _taken_over(objects, answer.body, taken) if taken else answer.body
        return State(manifest, live, result, conflicts=conflicts, scaled=scaled, kept=kept)
    made = State(manifest, live, _laid_over(live or {}, body), scaled=scaled, kept=kept)
    if answer.status == 404:
        return made._replace(unchecked=NOWHERE)
    if answer.status == 403 and _CANNOT in answer.message:
        return made._replace(unchecked=FORBIDDEN)
    if answer.status == 400 and _NO_DRY_RUN in answer.message:
        return made._replace(unchecked=f"not checked by the server: {answer.message}")
    return made._replace(refusal=answer, conflicts=conflicts)


def _taken_over(objects: Objects, result: dict[str, Any], taken: Sequence[ownership.Entry]) -> dict[str, Any]:
    """What an apply makes of an object once gen owns what others have applied: fields left out go.

    `kubectl apply` owns defaults too; the server is asked which of them come back.
    """
    left = ownership.without_left(result, taken)
    answer = objects.replace(left, dry_run=True)
    return answer.body if answer.fine else left


def differing(live: dict[str, Any], manifest: Manifest) -> tuple[str, ...]:
    """The rendered fields that are live with another value, compared without asking the server.

    What a Secret holds is not compared.
    """
    hidden = ("data", "stringData") if manifest.identity.kind == "Secret" else ()
    body = {key: value for key, value in manifest.body.items() if key not in hidden}
    found = fields.differing(plain(live), plain(_laid_over(live, body)), manifest.kind)
    # The API server leaves out what is empty.
    return tuple(one.name for one in found if one.before is not ABSENT or one.after not in ({}, [], None))


def causes(answer: Answer) -> list[dict[str, Any]]:
    """What stands behind an answer, as of 409: a cause for each field that somebody else owns."""
    return answer.body.get("details", {}).get("causes") or []


def plain(body: dict[str, Any]) -> dict[str, Any]:
    """An object without what the server keeps for itself, and what `kubectl apply` has noted in it."""
    metadata = {k: v for k, v in body.get("metadata", {}).items() if k not in _SERVERS}
    if APPLIED in (notes := metadata.get("annotations") or {}):
        metadata["annotations"] = {k: v for k, v in notes.items() if k != APPLIED}
        metadata = {k: v for k, v in metadata.items() if k != "annotations" or v}
    return {k: v for k, v in body.items() if k != "status"} | {"metadata": metadata}


def _laid_over(live: Any, wanted: Any) -> Any:
    """What is live with what is rendered laid over it, where the server cannot be asked."""
    if isinstance(live, list) and isinstance(wanted, list) and len(live) == len(wanted):
        return [_laid_over(old, new) for old, new in zip(live, wanted, strict=True)]
    if not (isinstance(live, dict) and isinstance(wanted, dict)):
        return copy.deepcopy(wanted)
    return {**live, **{key: _laid_over(live.get(key), value) for key, value in wanted.items()}}
