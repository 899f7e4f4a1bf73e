"""`gen verify`: ask a deployed model for real predictions, and judge them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

import typer

from generator.commands import verify_access, verify_record
from generator.commands import verify_environment as environment
from generator.commands import verify_options as options
from generator.commands.options import OutputFormat, ProjectDir
from generator.commands.verify_access import Access, Clients
from generator.core.durations import seconds
from generator.diagnostics import Diagnostic, DiagnosticError, Exit, usage
from generator.report import verification, verification_json
from generator.report.progress import Progress
from generator.report.reporter import Format, Reporter
from generator.serving import Model, Security, expectations_file
from generator.serving.expectations import Expectations
from generator.serving.verdict import Check
from generator.serving.verification import Plan, Verification, Watch, verify


def run(
    ctx: typer.Context,
    inputs: options.Inputs = None,
    server: options.Server = None,
    rest: options.Rest = None,
    env: options.Env = None,
    project: ProjectDir = None,
    context: options.Context = None,
    port_forward: options.PortForward = False,
    model: options.ModelName = None,
    version: options.Number = None,
    label: options.Label = None,
    signature: options.Signature = None,
    expect: options.Expect = None,
    record: options.Record = None,
    batch: options.Batch = 1,
    parallel: options.Parallel = 1,
    wait: options.Wait = "0s",
    timeout: options.Timeout = "10s",
    top: options.Top = 5,
    labels: options.Labels = None,
    rows: options.Rows = False,
    official: options.OfficialClient = None,
    tls: options.Tls = False,
    ca: options.Ca = None,
    cert: options.Cert = None,
    key: options.Key = None,
    server_name: options.ServerName = None,
    token_file: options.TokenFile = None,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Request real predictions from a deployed TensorFlow Serving model, and check them.

    Exits with 0 if all expectations hold, 1 if one does not, and 3 if gen could not find out.
    """
    security = Security(tls, ca, cert, key, server_name, verify_access.token(token_file))
    access = Access(security, seconds(timeout), rows, official)
    if [server, rest, env].count(None) != 2:
        raise usage(
            "verify/target", "exactly one server is required", "give one of --env, --server and --rest"
        )
    deployed = environment.read(project, env) if env else None
    plan = Plan(
        _model(model or (environment.only_model(deployed) if deployed else None), version, label),
        signature,
        tuple(inputs or ()),
        batch,
        parallel,
        seconds(wait),
        *_expected(expect, deployed),
    )
    names = verify_access.read(labels).splitlines() if labels else []
    reporter = ctx.find_root().ensure_object(Reporter)
    with ExitStack() as stack:
        way: environment.Reached | None = None
        if deployed:
            way = stack.enter_context(environment.reached(deployed, context, port_forward, plan.wait))
            server, rest = way.addresses
            reporter.result([f"reached {way.way}"], {"way": way.way})
        clients = stack.enter_context(access.clients(server, rest, way.pods if way else ()))
        found = _verified(clients, plan, reporter, way.pods if way else ())
        if record is not None:
            verify_record.write(record, found, deployed, way)
    # As plain data, a tensor takes many times its bytes.
    data = verification_json.plain(found) if reporter.format is Format.JSON else {}
    reporter.result(verification.lines(found, top, names), data)
    _judge(found)


def _verified(clients: Clients, plan: Plan, reporter: Reporter, pods: Sequence[str]) -> Verification:
    """What was found; says by whom it was asked, and which pods were, where that is no matter of course."""
    if clients.official:
        reporter.result([f"asked by {clients.official}"], {"official": clients.official})
    with Progress() as progress:
        watch = Watch(progress.waiting, progress.total, progress.done)
        found = verify(clients.first, plan, watch, clients.beside)
    if len(pods) > 1:
        reporter.result([f"moved on to {', then '.join(pods[1:])}"], {"pods": list(pods)})
    return found


def _expected(file: Path | None, deployed: environment.Deployed | None) -> tuple[Expectations, Path]:
    """What is expected, and the folder that its files are relative to; a file replaces an environment's."""
    if file is not None:
        return expectations_file.from_file(file), file.parent
    return (deployed.expected, deployed.root) if deployed else (Expectations(), Path())


def _judge(found: Verification) -> None:
    """Raises `DiagnosticError` with every expectation that does not hold."""
    unmet = [check for check in found.checks if not check.holds]
    if unmet:
        problems = chain.from_iterable(check.problems or [_unmet(check)] for check in unmet)
        raise DiagnosticError(problems, Exit.UNKNOWN if all(check.unknown for check in unmet) else Exit.NO)


def _model(name: str | None, version: int | None, label: str | None) -> Model:
    if not name:
        help = "give its name, as --model_name of the server, with --model"
        raise usage("verify/model", "no model is given", help)
    if version is not None and label:
        raise usage("verify/model", "--version and --label both choose the version", "give one of them")
    return Model(name, version, label)


def _unmet(check: Check) -> Diagnostic:
    return Diagnostic(
        "verify/expectation",
        f"{check.subject} is not as expected",
        found=check.found,
        expected=check.expected,
        help="look at the input, the model's version and the expectation; one of the three is wrong",
    )
