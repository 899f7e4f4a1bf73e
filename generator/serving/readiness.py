"""Waiting for a model: only a version that is AVAILABLE answers, whatever the status of the call says."""

from __future__ import annotations

import time
from collections.abc import Callable

from generator.diagnostics import Diagnostic, DiagnosticError, Exit
from generator.serving.client import Client
from generator.serving.failures import Code, ServingError
from generator.serving.models import Model, State, Version

_POLL = 1.0  # seconds between questions
_MAY_COME = {Code.NOT_FOUND, Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED}


def available(
    client: Client, model: Model, wait: float = 0.0, tell: Callable[[str], None] = lambda text: None
) -> list[Version]:
    """The versions of a model once one of them is available, asked for up to `wait` seconds.

    `tell` hears what is being waited for. Raises `DiagnosticError`: verify/not-ready while it loads,
    verify/load-failed when the server gave up, and what the client raises, such as verify/unreachable.
    """
    end = time.monotonic() + wait
    while True:
        problem: DiagnosticError
        try:
            versions = client.versions(model)
            if any(v.state is State.AVAILABLE for v in versions):
                return versions
            problem = _not_available(client, model, versions, wait)
        except ServingError as error:
            if error.code not in _MAY_COME:
                raise
            problem = _absent(client, model, error)
        if time.monotonic() + _POLL > end or problem.diagnostics[0].rule == "verify/load-failed":
            raise problem
        tell(problem.diagnostics[0].message)
        time.sleep(_POLL)


def _not_available(client: Client, model: Model, versions: list[Version], wait: float) -> DiagnosticError:
    states = "; ".join(map(str, versions)) or "no versions"
    if versions and all(v.state is State.END and v.error for v in versions):
        rule, says = "verify/load-failed", f"{client.target} could not load model {model}"
        help = "the model's files or the server's version do not fit; the server's log says more"
    else:
        rule, says = "verify/not-ready", f"no version of model {model} at {client.target} is available"
        help = "give it time with --wait 5m" if not wait else "give it more time with --wait"
    return DiagnosticError([Diagnostic(rule, says, found=states, help=help)], Exit.NO)


def _absent(client: Client, model: Model, error: ServingError) -> DiagnosticError:
    """Not found, told apart: a version that the model lacks, or a name that nothing has."""
    if error.code is not Code.NOT_FOUND or model.version is None:
        return error
    try:
        others = client.versions(Model(model.name))
    except ServingError:
        return error
    problem = Diagnostic(
        "verify/not-found",
        f"{client.target} serves model {model.name}, but not its version {model.version}",
        found="; ".join(map(str, others)),
        help="give one of these with --version, or leave it out for the latest",
    )
    return DiagnosticError([problem], Exit.NO)
