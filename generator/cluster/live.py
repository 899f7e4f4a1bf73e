"""What a cluster holds of an environment, and what it would make of it, by server-side dry run."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from generator.cluster.client import Answer
from generator.cluster.objects import Objects
from generator.core.manifests import Manifest
from generator.core.review import fields
from generator.core.review.effects import ABSENT
from generator.core.review.objects import Objects as Rendered

# What the server keeps for itself.
_SERVERS: Final = ("managedFields", "resourceVersion", "uid", "creationTimestamp", "generation", "selfLink")
_CANNOT: Final = "cannot patch resource"  # of the API server's authorisation; admission says something else


class State(NamedTuple):
    """One object: as rendered, as it is live (None: not there), and as it would be.

    `unchecked` says why the server could not be asked what it would be; `refusal` is its answer where it
    would refuse; `conflicts` are the managers that own fields which would be taken from them.
    """

    manifest: Manifest
    live: dict[str, Any] | None
    result: dict[str, Any]
    unchecked: str = ""
    refusal: Answer | None = None
    conflicts: tuple[str, ...] = ()

    @property
    def before(self) -> Manifest | None:
        return self.manifest.showing(_plain(self.live)) if self.live is not None else None

    @property
    def after(self) -> Manifest:
        return self.manifest.showing(_plain(self.result))


def states(objects: Objects, manifests: Sequence[Manifest]) -> Iterator[State]:
    """Every object of an environment, in apply order; nothing in the cluster is changed."""
    for manifest in Rendered(manifests).all:
        yield _state(objects, manifest)


def _state(objects: Objects, manifest: Manifest) -> State:
    live = objects.get(*manifest.identity)
    body = manifest.body
    answer = objects.apply(body, dry_run=True)
    conflicts: tuple[str, ...] = ()
    if answer.status == 409:
        conflicts = tuple(cause.get("message", "") for cause in _causes(answer))
        answer = objects.apply(body, dry_run=True, force=True)
    if answer.fine:
        return State(manifest, live, answer.body, conflicts=conflicts)
    assumed = _laid_over(live or {}, body)
    if answer.status == 404:
        return State(manifest, live, assumed, "would be created; not checked by the server")
    if answer.status == 403 and _CANNOT in answer.message:
        return State(manifest, live, assumed, "compared without the server, which does not let you patch")
    return State(manifest, live, assumed, refusal=answer, conflicts=conflicts)


def differing(live: dict[str, Any], manifest: Manifest) -> tuple[str, ...]:
    """The rendered fields that are live with another value, compared without asking the server.

    What a Secret holds is not compared.
    """
    hidden = ("data", "stringData") if manifest.identity.kind == "Secret" else ()
    body = {key: value for key, value in manifest.body.items() if key not in hidden}
    found = fields.differing(_plain(live), _plain(_laid_over(live, body)), manifest.kind)
    # The API server leaves out what is empty.
    return tuple(one.name for one in found if one.before is not ABSENT or one.after not in ({}, [], None))


def _causes(answer: Answer) -> list[dict[str, Any]]:
    return answer.body.get("details", {}).get("causes") or []


def _plain(body: dict[str, Any]) -> dict[str, Any]:
    """An object without what the server keeps for itself."""
    metadata = {k: v for k, v in body.get("metadata", {}).items() if k not in _SERVERS}
    return {k: v for k, v in body.items() if k != "status"} | {"metadata": metadata}


def _laid_over(live: Any, wanted: Any) -> Any:
    """What is live with what is rendered laid over it, where the server cannot be asked."""
    if isinstance(live, list) and isinstance(wanted, list) and len(live) == len(wanted):
        return [_laid_over(old, new) for old, new in zip(live, wanted, strict=True)]
    if not (isinstance(live, dict) and isinstance(wanted, dict)):
        return copy.deepcopy(wanted)
    return {**live, **{key: _laid_over(live.get(key), value) for key, value in wanted.items()}}
