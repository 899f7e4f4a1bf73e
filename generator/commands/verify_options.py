"""The options of `gen verify`: which server, how it is reached, what is asked, and how it is shown."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

TOKEN = "GEN_SERVING_TOKEN"  # noqa: S105 - the name of a variable, not its value


class Official(StrEnum):
    """What the official package's client is for: to ask in place of gen's own, or to be compared with it."""

    ONLY = "only"
    COMPARE = "compare"


def _option(text: str, metavar: str | None = None) -> Any:
    return typer.Option(metavar=metavar, help=text)


def _number(text: str) -> Any:
    return typer.Option(min=1, metavar="N", help=text)


def _flag(name: str, text: str) -> Any:
    return typer.Option(f"--{name}", help=text)


Inputs = Annotated[
    list[str] | None,
    typer.Argument(metavar="[INPUT]…", help="Images, .json, .ndjson, .npy, .npz, folders, patterns, or -."),
]
Server = Annotated[str | None, _option("The server's gRPC port.", "HOST:PORT")]
Rest = Annotated[str | None, _option("The server's REST API, instead of gRPC.", "URL")]
Env = Annotated[
    str | None, typer.Option("--env", "-e", metavar="ENV", help="The environment whose Service to query.")
]
Context = Annotated[str | None, _option("The kubeconfig context; by default the current one.", "NAME")]
PortForward = Annotated[bool, _flag("port-forward", "Always reach the Service through a port-forward.")]
ModelName = Annotated[str | None, _option("The name of the served model.", "NAME")]
Number = Annotated[int | None, _option("The model version; by default the latest.", "N")]
Label = Annotated[str | None, _option("The label of the model version.", "NAME")]
Signature = Annotated[str | None, _option("The signature to call.", "NAME")]
Expect = Annotated[Path | None, _option("Expectations in YAML, as under `verify` in the values.", "FILE")]
Record = Annotated[Path | None, _option("Record images, version and answers, as JSON without times.", "FILE")]
Batch = Annotated[int, _number("Images or lines to send per request.")]
Parallel = Annotated[int, _number("Requests to send in parallel.")]
Wait = Annotated[str, _option("How long to wait for the model, such as 5m.", "TIME")]
Timeout = Annotated[str, _option("The time limit for one call, including retries.", "TIME")]
Top = Annotated[int, _number("How many scores to show per row.")]
Labels = Annotated[Path | None, _option("Class names, one per line.", "FILE")]
Rows = Annotated[bool, _flag("rows", "Send predictions over REST in row format.")]
OfficialClient = Annotated[
    Official | None,
    typer.Option("--official", help="Use the official client, or both clients and compare their answers."),
]
Tls = Annotated[bool, _flag("tls", "Use TLS; each of the four options below implies it.")]
Ca = Annotated[Path | None, _option("Trust this certificate authority (PEM).", "FILE")]
Cert = Annotated[Path | None, _option("The client certificate (PEM).", "FILE")]
Key = Annotated[Path | None, _option("The client key (PEM).", "FILE")]
ServerName = Annotated[str | None, _option("The name in the server's certificate.", "NAME")]
TokenFile = Annotated[Path | None, _option(f"A gateway's bearer token; alternatively, set {TOKEN}.", "FILE")]
