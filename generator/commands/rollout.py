"""Waiting for the objects of an environment, and what is told of those that are not current."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from generator.cluster.kstatus import State
from generator.diagnostics import Diagnostic, DiagnosticError, Exit, Severity
from generator.report import rollout as text
from generator.report.reporter import Reporter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.cluster.objects import Objects
    from generator.cluster.waiting import Found, Limits
    from generator.core.manifests import Manifest


def wait(
    reporter: Reporter,
    environment: str,
    objects: Objects,
    manifests: Iterable[Manifest],
    limits: Limits,
) -> list[Found]:
    """The objects once they are current or are waited for no more, shown meanwhile.

    Ctrl-C shows what is known, says what goes on by itself, and ends the program. Raises `DiagnosticError`.
    """
    from generator.cluster import waiting
    from generator.report.live_table import LiveTable

    with LiveTable(reporter) as shown:
        try:
            return waiting.wait(objects, manifests, limits, shown)
        except KeyboardInterrupt:
            shown.close()
            reporter.diagnostics([_interrupted(environment, shown.found)])
            reporter.result([], {"objects": text.plain(shown.found)})
            raise


def report(reporter: Reporter, environment: str, cluster: str, found: Sequence[Found]) -> None:
    """Show the objects. Raises `DiagnosticError` with what keeps those that are not current."""
    data = {"environment": environment, "cluster": cluster, "objects": text.plain(found)}
    reporter.result(text.lines(f"{environment} in {cluster}", found), data)
    problems = list(_problems(environment, found))
    if any(problem.severity is Severity.ERROR for problem in problems):
        answered = any(one.status.state not in (State.CURRENT, State.UNKNOWN) for one in found)
        raise DiagnosticError(problems, Exit.NO if answered else Exit.UNKNOWN)
    reporter.diagnostics(problems)


def _problems(environment: str, found: Sequence[Found]) -> Iterator[Diagnostic]:
    for one in found:
        about = Diagnostic(
            *_words(one),
            span=one.manifest.trace(("kind",)).span,
            found="\n".join(one.reasons),
            object=one.manifest.identity.address,
        )
        if one.status.state is not State.CURRENT:
            yield about._replace(help=_help(environment, one))
        if one.differs:
            yield about._replace(
                rule="rollout/differs",
                message=f"{one.manifest.identity}: the cluster's value differs from the rendered one",
                severity=Severity.WARNING,
                found=", ".join(one.differs),
                help=f"see what differs: gen diff --env {environment}",
            )


def _words(one: Found) -> tuple[str, str]:
    """The rule that an object breaks, and the message."""
    what, status = str(one.manifest.identity), one.status
    match status.state:
        case State.FAILED:
            return "rollout/failed", f"{what} has failed: {status.message}"
        case State.ABSENT:
            return "rollout/absent", f"{what} is not in the cluster"
        case State.UNKNOWN:
            return "rollout/unknown", f"the state of {what} could not be determined: {status.message}"
        case _:
            late = f" ({one.given_up})" if one.given_up else ""
            return "rollout/in-progress", f"{what} is {status.state}{late}: {status.message}"


def _help(environment: str, one: Found) -> str:
    match one.status.state:
        case State.FAILED:
            return "correct the cause, and apply the environment again"
        case State.ABSENT:
            return f"apply the environment; gen diff --env {environment} shows what that does"
        case State.UNKNOWN:
            return "ask for the permission that the message names, or try again when the cluster answers"
        case _:
            return f"give it time: gen status --env {environment} --wait 10m"


def _interrupted(environment: str, found: Sequence[Found]) -> Diagnostic:
    waiting = [str(one.manifest.identity) for one in found if not one.settled]
    return Diagnostic(
        "rollout/interrupted",
        "waiting was interrupted; what was applied stays applied, and the cluster goes on by itself",
        severity=Severity.WARNING,
        found=f"not current yet: {', '.join(waiting)}" if waiting else "",
        help=f"gen status --env {environment} --wait 10m continues to wait",
    )
