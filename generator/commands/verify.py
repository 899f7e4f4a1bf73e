"""`gen verify`: ask a deployed model for real predictions, and judge them."""

from __future__ import annotations

import os
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

import typer

from generator.commands import verify_options as options
from generator.commands.options import OutputFormat
from generator.diagnostics import Diagnostic, DiagnosticError, Exit, usage
from generator.report import verification, verification_json
from generator.report.progress import Progress
from generator.report.reporter import Format, Reporter
from generator.serving import Client, Model, Security, expectations_file
from generator.serving.expectations import Expectations, seconds
from generator.serving.verdict import Check
from generator.serving.verification import Plan, Watch, verify

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def run(
    ctx: typer.Context,
    inputs: options.Inputs = None,
    server: options.Server = None,
    rest: options.Rest = None,
    model: options.ModelName = None,
    version: options.Number = None,
    label: options.Label = None,
    signature: options.Signature = None,
    expect: options.Expect = None,
    batch: options.Batch = 1,
    parallel: options.Parallel = 1,
    wait: options.Wait = "0s",
    timeout: options.Timeout = "10s",
    top: options.Top = 5,
    labels: options.Labels = None,
    rows: options.Rows = False,
    tls: options.Tls = False,
    ca: options.Ca = None,
    cert: options.Cert = None,
    key: options.Key = None,
    server_name: options.ServerName = None,
    token_file: options.TokenFile = None,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Ask a deployed TensorFlow Serving model for real predictions and judge them.

    Exits with 0 when everything expected holds, 1 when something does not, 3 when it could not be found out.
    """
    security = Security(tls, ca, cert, key, server_name, _token(token_file))
    plan = Plan(
        _model(model, version, label),
        signature,
        tuple(inputs or ()),
        batch,
        parallel,
        seconds(wait),
        expectations_file.from_file(expect) if expect else Expectations(),
        expect.parent if expect else Path(),
    )
    names = _lines(labels) if labels else []
    with _client(server, rest, security, seconds(timeout), rows) as client, Progress() as progress:
        found = verify(client, plan, Watch(progress.waiting, progress.total, progress.done))
    reporter = ctx.find_root().ensure_object(Reporter)
    reporter.result(verification.lines(found, top, names), verification_json.plain(found))
    unmet = [check for check in found.checks if not check.holds]
    if unmet:
        raise DiagnosticError(
            chain.from_iterable(check.problems or [_unmet(check)] for check in unmet), Exit.NO
        )


def _model(name: str | None, version: int | None, label: str | None) -> Model:
    if not name:
        raise usage(
            "verify/model",
            "which model is not said",
            "give its name, as --model_name of the server, with --model",
        )
    if version is not None and label:
        raise usage("verify/model", "--version and --label both choose the version", "give one of them")
    return Model(name, version, label)


def _client(server: str | None, rest: str | None, security: Security, timeout: float, rows: bool) -> Client:
    if (server is None) == (rest is None):
        raise usage(
            "verify/target",
            "one server has to be given",
            "give --server HOST:8500 or --rest http://HOST:8501",
        )
    if security.token and not _private(server, rest, security):
        raise usage(
            "verify/plain-token",
            "the token would be sent where others can read it",
            "use --tls or an https URL",
        )
    if server is not None:
        return Client.grpc(server, security, timeout)
    return Client.rest(rest or "", security, timeout, rows)


def _private(server: str | None, rest: str | None, security: Security) -> bool:
    """Whether nobody on the way can read what is sent."""
    host = urlsplit(rest or f"//{server}").hostname
    return security.encrypted or (rest or "").startswith("https:") or host in _LOOPBACK


def _token(file: Path | None) -> str | None:
    return _read(file).strip() if file else os.environ.get(options.TOKEN)


def _lines(file: Path) -> list[str]:
    return _read(file).splitlines()


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise usage("verify/file", f"{file} cannot be read: {error}", "give a text file in UTF-8") from None


def _unmet(check: Check) -> Diagnostic:
    return Diagnostic(
        "verify/expectation",
        f"{check.subject} is not as expected",
        found=check.found,
        expected=check.expected,
        help="look at the input, the model's version and the expectation; one of the three is wrong",
    )
