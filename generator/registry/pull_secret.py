"""The pull secret whose bytes are never part of a rendering: filled in where the files are written.

A template makes a Secret of type kubernetes.io/dockerconfigjson without data. It is filled with the
credentials that the user gives, or else with those in the file that an earlier run wrote.
"""

from __future__ import annotations

import base64
import json
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from generator import output
from generator.core import documents, nodes, paths
from generator.core.layout import File
from generator.diagnostics import Collector, Diagnostic, DiagnosticError, Severity, Source, Span
from generator.pipeline import Rendering
from generator.project import shown
from generator.registry import sealed
from generator.registry.guard import Guard

if TYPE_CHECKING:
    from generator.registry.credentials import Credentials, Login

TYPE: Final = "kubernetes.io/dockerconfigjson"
KEY: Final = ".dockerconfigjson"
_SETTINGS: Final = """add to gen.yaml, with the path of the value that holds the registry's host:
pullSecret:
  loginServer: PATH"""


class PullSecrets(NamedTuple):
    """Completes renderings: with these credentials, or with what was written earlier."""

    credentials: Credentials | None = None
    guard: Guard | None = None  # nothing is to be written

    def complete(self, rendering: Rendering, folder: Path, command: str) -> Rendering:
        """The rendering as it is to be written to a folder; `command` is what renders it.

        Raises `DiagnosticError` for credentials that do not fit and for a Secret that git would commit.
        """
        files: list[File] = []
        with Collector(list(rendering.warnings)) as problems:
            problems.add(*sealed.check(rendering))
            for file in rendering.files:
                waiting = waits(file)
                filled = self._fill(file, rendering, folder, command, problems) if waiting else file
                files += [filled] if filled else []
            if self.credentials and self.credentials.asked and not any(map(waits, rendering.files)):
                problems.add(_unused(self.credentials))
            if self.guard is not None:
                self.guard.check(folder, files)
        return rendering._replace(files=tuple(files), warnings=tuple(problems.diagnostics))

    def _fill(
        self, file: File, rendering: Rendering, folder: Path, command: str, problems: Collector
    ) -> File | None:
        server = login_server(rendering, file)
        if self.credentials:
            login = self.credentials.choose(server)
            problems.add(*lasting(login, self.credentials, time.time()))
            return _filled(file, docker_config(server, login))
        content = _stored(folder / file.name)
        if content is None:
            problems.add(_missing(file, server, _place(rendering), folder, command))
        elif server not in _servers(content):
            problems.add(_outdated(file, server, _place(rendering), folder, command))
        return _filled(file, content) if content is not None else None


def waits(file: File) -> bool:
    """Whether a file shows a pull secret that is to be filled."""
    body = file.manifest.body
    return file.private and body.get("type") == TYPE and not body.get("data") and not body.get("stringData")


def login_server(rendering: Rendering, file: File) -> str:
    """The host of the registry that a pull secret is for, from the value that gen.yaml names.

    Raises `DiagnosticError` where gen.yaml names none, and where the value is no text.
    """
    named = rendering.settings.pull_secret
    if named is None:
        span = file.manifest.trace(("type",)).span
        message = f"gen.yaml does not say which registry the {file.manifest.identity} is for"
        raise DiagnosticError([Diagnostic("registry/settings", message, span, help=_SETTINGS)])
    found = rendering.values.get(named.login_server)
    if isinstance(found, str) and found:
        return found
    path = paths.show(named.login_server)
    problem = Diagnostic(
        "registry/no-login-server",
        f"the {file.manifest.identity} needs to know its registry, and `{path}` is not set",
        rendering.values.span(named.login_server),
        help=f"set {path}; for ACR: az acr show --name NAME --query loginServer --output tsv",
    )
    raise DiagnosticError([problem])


def docker_config(server: str, login: Login) -> bytes:
    """The docker configuration for one registry, byte for byte what `kubectl create secret` makes.

    https://kubernetes.io/docs/concepts/configuration/secret/#docker-config-secrets, in Go's JSON: the fields
    in the order of its struct, and HTML characters escaped.
    """
    auth = base64.b64encode(f"{login.username}:{login.password}".encode()).decode()
    entry = {"username": login.username, "password": login.password, "auth": auth}
    text = json.dumps({"auths": {server: entry}}, ensure_ascii=False, separators=(",", ":"))
    for character in "&<>\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode()


def _filled(file: File, content: bytes) -> File:
    body = {**file.manifest.body, "data": {KEY: base64.b64encode(content).decode()}}
    return file.showing(body)


def _stored(path: Path) -> bytes | None:
    """The docker configuration in a file that was written earlier; None where there is none."""
    if (written := output.stored(path)) is None:
        return None
    source = Source(shown(path), written.decode(errors="replace"), sensitive=True)
    try:
        body = nodes.plain(documents.parse_one(source), source)
        return base64.b64decode(body["data"][KEY], validate=True)
    except (DiagnosticError, KeyError, TypeError, ValueError):
        return None


def _servers(content: bytes) -> list[str]:
    try:
        return list(json.loads(content)["auths"])
    except (ValueError, KeyError, TypeError):
        return []


def lasting(login: Login, credentials: Credentials, now: float) -> list[Diagnostic]:
    """What there is to say of credentials that end; `now` in seconds since 1970.

    Raises `DiagnosticError` where they have ended.
    """
    if login.lasts:
        message = f"these credentials work for {login.lasts}; pods that pull later fail"
        help = "for more than a trial, use a repository-scoped token: az acr token create"
        return [Diagnostic("registry/expires", message, credentials.origin, Severity.WARNING, help=help)]
    if not login.expires:
        return []
    if datetime.fromisoformat(login.expires).timestamp() < now:
        message = f"the password of `{login.username}` expired on {login.expires}"
        help = f"make a new one: az acr token credential generate --name {login.username} --registry NAME"
        raise DiagnosticError([Diagnostic("registry/expired", message, credentials.origin, help=help)])
    message = f"the password of `{login.username}` expires on {login.expires}"
    help = "create a new one before then, render, and apply"
    return [Diagnostic("registry/expires", message, credentials.origin, Severity.WARNING, help=help)]


def _place(rendering: Rendering) -> Span:
    """The line that says which registry it is."""
    named = rendering.settings.pull_secret
    return rendering.values.span(named.login_server if named else ())


def _missing(file: File, server: str, place: Span, folder: Path, command: str) -> Diagnostic:
    return Diagnostic(
        "registry/missing",
        f"{shown(folder / file.name)} is missing; without the {file.manifest.identity} no pod can pull "
        f"from {server}",
        place,
        Severity.WARNING,
        help=f"{command} --registry-credentials FILE"
        "\nFILE, or - for standard input, holds what `az acr token create` prints",
    )


def _outdated(file: File, server: str, place: Span, folder: Path, command: str) -> Diagnostic:
    return Diagnostic(
        "registry/other-server",
        f"{shown(folder / file.name)} holds credentials of another registry than {server}",
        place,
        Severity.WARNING,
        help=f"{command} --registry-credentials FILE",
    )


def _unused(credentials: Credentials) -> Diagnostic:
    return Diagnostic(
        "registry/unused",
        "credentials were given, but no Secret needs them",
        credentials.origin,
        Severity.WARNING,
        help=f"gen fills a Secret of type {TYPE} that a template makes without data",
    )
