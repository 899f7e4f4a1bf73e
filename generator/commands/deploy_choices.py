"""What a person decides about a plan: whose fields and objects are taken, what is removed or made anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.cluster.objects import Objects
from generator.cluster.plan import KEPT, Gone, Plan, can_recreate, only_as_new
from generator.commands.live_problems import problems, refused
from generator.core.manifests import Identity
from generator.core.values import Values
from generator.diagnostics import Diagnostic, DiagnosticError, Exit, Severity, usage

# What ends a deployment before it begins, unless it was decided.
_BLOCKING = ("live/forbidden", "live/nowhere", "live/conflict", "live/foreign")


@dataclass(frozen=True, slots=True)
class Choices:
    """The options of `gen deploy` that decide something; objects are written KIND/NAME."""

    force: bool = False
    adopt: bool = False
    recreate: tuple[str, ...] = ()
    prune: bool = False
    prune_also: tuple[str, ...] = ()

    def recreated(self, plan: Plan) -> list[Identity]:
        """The objects that may be deleted and created again.

        Raises `DiagnosticError` (live/object) for those that are not rendered, and those that hold something.
        """
        found = []
        for name in self.recreate:
            named = [state for state in plan.states if _is(state.manifest.identity, name)]
            if not named:
                raise usage("live/object", f"--recreate {name}: the environment renders no such object")
            for state in named:
                if not can_recreate(state):
                    message = f"--recreate {name}: what it holds would be lost, or not come back as it was"
                    raise usage("live/object", message, "move its contents first, and delete it with kubectl")
                found.append(state.manifest.identity)
        return found

    def removed(self, plan: Plan) -> list[Gone]:
        """What is removed of the objects that are rendered no more.

        Raises `DiagnosticError` (live/prune-everything, live/object).
        """
        for name in self.prune_also:
            if not self.prune:
                raise usage("live/object", f"--prune-also {name} has no effect without --prune")
        if not self.prune:
            return []
        known = plan.inventory.entries
        if known and not known.keys() & {entry.key for entry in plan.rendered}:
            message = (
                "nothing that was applied before is rendered any more, so --prune would remove all of it"
            )
            help = "deploy without --prune first; delete the old objects when the new ones serve"
            problem = Diagnostic("live/prune-everything", message, help=help)
            raise DiagnosticError([problem], Exit.USAGE)
        return [gone for gone in plan.gone if not gone.why and self._named(gone)]

    def _named(self, gone: Gone) -> bool:
        at = gone.entry.identity
        return at.kind not in KEPT or any(_is(at, name) for name in self.prune_also)

    def judged(self, plan: Plan, objects: Objects, values: Values) -> Iterator[Diagnostic]:
        """What is to be known of a plan; errors are what was not decided, and what cannot be."""
        recreated = {identity.address for identity in self.recreated(plan)}
        removed = {gone.entry.identity.address for gone in self.removed(plan)}
        decided = {"live/conflict": self.force, "live/foreign": self.adopt}
        states = {state.manifest.identity.address: state for state in plan.states}
        for problem in problems(plan, values):
            if problem.rule == "live/refused" and only_as_new(objects, states[problem.object]):
                if problem.object not in recreated:
                    state = states[problem.object]
                    yield refused(state, _way(state.manifest.identity, can_recreate(state)))
            elif problem.rule in _BLOCKING and not decided.get(problem.rule):
                yield problem._replace(severity=Severity.ERROR)
            elif problem.rule != "live/gone" or problem.object not in removed:
                yield problem


def _way(identity: Identity, safe: bool) -> str:
    name = f"{identity.kind}/{identity.name}"
    if safe:
        return f"undo the change; or --recreate {name} deletes the object and creates it again"
    return f"undo the change; or move to a new object of another name, as {name} holds what would be lost"


def _is(identity: Identity, name: str) -> bool:
    """Whether KIND/NAME, or KIND/NAMESPACE/NAME, stands for an object."""
    short = f"{identity.kind}/{identity.name}"
    return name.lower() in (short.lower(), identity.address.lower())
