"""How `gen verify` asks a server: by which clients, over which protocol, and with which secrets."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from generator.commands.verify_options import TOKEN, Official
from generator.diagnostics import usage
from generator.serving import Client, Security

OFFICIAL = "tensorflow-serving-api"
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Clients:
    """The client that is asked first, and the one beside it that has to get the same answers.

    `official` names the official package with its version, where one of them is its client.
    """

    first: Client
    beside: Client | None = None
    official: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """What the options say of connections, whatever the server's address is; `timeout` in seconds."""

    security: Security
    timeout: float
    rows: bool = False
    official: Official | None = None

    @contextmanager
    def clients(self, server: str | None, rest: str | None, pods: Sequence[str]) -> Iterator[Clients]:
        """Clients of the gRPC port `server` or of the REST API `rest`. Raises `DiagnosticError`."""
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # what went wrong is said in a diagnostic, once
        if self.security.token and not self._private(server, rest):
            problem = "the token would be sent unencrypted"
            raise usage("verify/plain-token", problem, "use --tls or an https URL")
        name = f"{server or rest} ({pods[0]})" if pods else ""
        with ExitStack() as stack:
            if server is not None:
                yield self._over_grpc(stack, server, name)
            elif self.official:
                problem = "the official client speaks gRPC, and the server is asked over REST"
                raise usage(
                    "verify/official", problem, "give the gRPC port with --server, or leave out --official"
                )
            else:
                client = Client.rest(rest or "", self.security, self.timeout, self.rows, name)
                yield Clients(stack.enter_context(client))

    def _over_grpc(self, stack: ExitStack, server: str, name: str) -> Clients:
        """The clients that are asked for: gen's own, the official one, or both."""
        if self.official is None:
            return Clients(stack.enter_context(Client.grpc(server, self.security, self.timeout, name)))
        official = stack.enter_context(Client.official(server, self.security, self.timeout, name))
        package = f"{OFFICIAL} {version(OFFICIAL)}"
        if self.official is Official.ONLY:
            return Clients(official, official=package)
        own = stack.enter_context(Client.grpc(server, self.security, self.timeout, name))
        return Clients(own, official, package)

    def _private(self, server: str | None, rest: str | None) -> bool:
        """Whether nobody on the way can read what is sent."""
        host = urlsplit(rest or f"//{server}").hostname
        return self.security.encrypted or (rest or "").startswith("https:") or host in _LOOPBACK


def token(file: Path | None) -> str | None:
    """A gateway's token from a file, or else from the environment. Raises `DiagnosticError` (verify/file)."""
    return read(file).strip() if file else os.environ.get(TOKEN)


def read(file: Path) -> str:
    """The text of a file that an option names. Raises `DiagnosticError` (verify/file)."""
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise usage("verify/file", f"{file} cannot be read: {error}", "give a text file in UTF-8") from None
