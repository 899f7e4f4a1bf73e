"""What stands between an environment and its cluster, as diagnostics at the lines behind it."""

from __future__ import annotations

from collections.abc import Iterator

from generator.cluster import ownership
from generator.cluster.field_sets import path
from generator.cluster.live import FORBIDDEN, NOWHERE, State, plain
from generator.cluster.ownership import Conflict
from generator.cluster.plan import KEPT, Gone, Plan
from generator.core.values import Values
from generator.diagnostics import Diagnostic, Related, Severity


def problems(plan: Plan, values: Values) -> Iterator[Diagnostic]:
    """Everything to know before a plan is applied; only what makes that impossible is an error."""
    for state in plan.states:
        yield from _stands_against(state, plan)
        for conflict in state.conflicts:
            yield _conflict(state, conflict, values)
        if state.kept is not None:
            yield _handed_over(state, state.kept)
    for state, gone in plan.scaled_back():
        owner = Conflict(str(gone.entry.identity), ".spec.replicas", "scale")
        if all(one.field != owner.field for one in state.conflicts):
            yield _conflict(state, owner, values)
    for state in plan.foreign():
        yield _foreign(state)
    for gone in plan.gone:
        yield _gone(gone)


def _stands_against(state: State, plan: Plan) -> Iterator[Diagnostic]:
    """Why an object cannot be applied, or what the server was not asked."""
    identity = state.manifest.identity
    if (state.live or {}).get("metadata", {}).get("deletionTimestamp"):
        where = f" --namespace {identity.namespace}" if identity.namespace else ""
        help = f"wait: kubectl wait --for=delete {identity.kind.lower()}/{identity.name}{where}"
        yield _about(state, "live/deleting", f"the {identity} is being deleted", Severity.ERROR, help=help)
    elif state.refusal is not None:
        yield refused(state)
    elif state.unchecked == NOWHERE:
        every = [one.manifest.identity for one in plan.states]
        spaces = {one.name for one in every if one.kind == "Namespace"}
        group = identity.api_version.rpartition("/")[0]
        yield _nowhere(state, identity.namespace in spaces or (group, identity.kind) in set(_defined(plan)))
    elif state.unchecked:
        yield _unchecked(state)


def _defined(plan: Plan) -> Iterator[tuple[str, str]]:
    """The kinds that the environment itself defines."""
    for state in plan.states:
        if state.manifest.identity.kind == "CustomResourceDefinition":
            spec = state.manifest.body.get("spec", {})
            yield spec.get("group", ""), spec.get("names", {}).get("kind", "")


def refused(state: State, help: str = "") -> Diagnostic:
    """What the server refuses, in its words unless they may quote what a Secret holds."""
    assert state.refusal is not None
    told = "" if state.manifest.identity.kind == "Secret" else f" {state.refusal.message}"
    return _about(
        state,
        "live/refused",
        f"the cluster would refuse the {state.manifest.identity}",
        Severity.ERROR,
        found=f"{state.refusal.status}{told}" if told else f"HTTP {state.refusal.status}",
        help=help or "correct the rendering; a field that cannot be updated needs a new object",
    )


def _nowhere(state: State, follows: bool) -> Diagnostic:
    """`follows`: its namespace, or its kind, is applied before it."""
    identity = state.manifest.identity
    if not follows:
        message = f"{identity}: its namespace or its kind is not in the cluster, and is not rendered either"
        help = "create the namespace, or the CustomResourceDefinition, first"
        return _about(state, "live/nowhere", message, help=help)
    help = "its namespace or kind is applied first; then the server is asked"
    return _about(state, "live/unchecked", f"{identity}: {NOWHERE}", help=help)


def _unchecked(state: State) -> Diagnostic:
    rule = "live/forbidden" if state.unchecked == FORBIDDEN else "live/unchecked"
    help = "defaults, admission and fields that are removed are not seen"
    if rule == "live/forbidden":
        help = f"the verb patch is needed, also for a dry run; {help}"
    return _about(state, rule, f"{state.manifest.identity}: {state.unchecked}", help=help)


def _conflict(state: State, conflict: Conflict, values: Values) -> Diagnostic:
    """A field that is another manager's, at the line of the values behind it."""
    trace = state.manifest.trace(path(state.manifest.body, conflict.field))
    read = trace.values
    help = "leave it out of the template, or take it with --force-conflicts"
    if conflict.field == ".spec.replicas" and conflict.subresource == "scale" and state.live is not None:
        running = plain(state.live)["spec"].get("replicas")
        help = f"{running} are wanted now: render that number, or take it with --force-conflicts"
    return Diagnostic(
        "live/conflict",
        f"{state.manifest.identity}: {conflict.manager} owns a field that is rendered with another value",
        values.span(read[0]) if read else trace.span,
        Severity.WARNING,
        tuple([Related(trace.span, "rendered here")] if read else []),
        found=str(conflict),
        help=help,
        object=state.manifest.identity.address,
        path=conflict.field.removeprefix("."),
    )


def _handed_over(state: State, replicas: int) -> Diagnostic:
    return _about(
        state,
        "live/handover",
        f"the {replicas} replicas of the {state.manifest.identity} are handed over to its autoscaler",
        help="gen deploy keeps their number; `kubectl apply` would first take them to 1",
    )


def _foreign(state: State) -> Diagnostic:
    assert state.live is not None
    owners = ", ".join(ownership.managers(state.live)) or "nobody that is recorded"
    return _about(
        state,
        "live/foreign",
        f"the {state.manifest.identity} is there already, and neither gen nor kubectl has applied it",
        found=f"its fields are owned by {owners}",
        help="make sure that it is yours, and take it over with --adopt",
    )


def _gone(gone: Gone) -> Diagnostic:
    help = "gen deploy --prune removes it"
    if gone.why:
        help = f"it is left alone: {gone.why}"
    elif gone.entry.identity.kind in KEPT:
        help = f"it is removed only by name: gen deploy --prune-also {gone.name}"
    return Diagnostic(
        "live/gone",
        f"the {gone.entry.identity} was applied, is still there, and is rendered no more",
        None,
        Severity.WARNING,
        help=help,
        object=gone.entry.identity.address,
    )


def _about(
    state: State,
    rule: str,
    message: str,
    severity: Severity = Severity.WARNING,
    found: str = "",
    help: str = "",
) -> Diagnostic:
    span, address = state.manifest.trace(("kind",)).span, state.manifest.identity.address
    return Diagnostic(rule, message, span, severity, found=found, help=help, object=address)
