"""Credentials of a registry, recognised by the shape of their JSON.

Known are what `az acr credential show`, `az acr token create`, `az acr token credential generate`,
`az acr login --expose-token` and `az ad sp create-for-rbac` print, and the `config.json` of docker
(https://docs.docker.com/reference/cli/docker/login/). Of what was read, messages repeat user names, servers
and dates, and nothing else.
"""

from __future__ import annotations

import base64
import binascii
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from generator.diagnostics import Diagnostic, DiagnosticError, Source, Span, usage
from generator.project import shown
from generator.registry import PREFIX

USER_OF_TOKENS: Final = "00000000-0000-0000-0000-000000000000"  # ACR takes a token as this user's password
_LASTS: Final = "3 hours"  # a refresh token of ACR
_LARGEST: Final = 1 << 20  # bytes
_EXPECTED: Final = (
    "the JSON that `az acr credential show`, `az acr token create`, `az acr token credential generate`, "
    "`az acr login --expose-token` or `az ad sp create-for-rbac` prints, or a docker config.json"
)


@dataclass(frozen=True, slots=True)
class Login:
    """A user of a registry, with what the credentials say of themselves; empty is what they do not say."""

    username: str
    password: str = field(repr=False)
    server: str = ""  # the login server
    registry: str = ""  # the name of the registry, where only that is known
    expires: str = ""  # RFC 3339
    lasts: str = ""  # how long from when they were made, in words

    def fits(self, server: str) -> bool:
        """Whether these credentials are for a login server, as far as they say."""
        name, _, domain = server.partition(".")
        if self.server:
            return self.server == server
        # NAME.azurecr.io, or NAME-HASH.azurecr.io where the registry has a domain name label.
        labelled = name.partition("-")[0] == self.registry
        return not self.registry or not domain.startswith("azurecr.") or labelled


@dataclass(frozen=True, slots=True)
class Credentials:
    """The logins that somebody gave, and the place that they came from."""

    logins: tuple[Login, ...]
    origin: Span
    asked: bool = True  # given on the command line rather than found in the environment

    def choose(self, server: str) -> Login:
        """The login for a login server. Raises `DiagnosticError` where there is none."""
        for login in self.logins:
            if login.fits(server):
                return login
        theirs = sorted({login.server or f"the registry {login.registry}" for login in self.logins})
        problem = Diagnostic(
            "registry/other-server",
            f"the credentials are not for {server}",
            self.origin,
            found=", ".join(theirs),
            expected=server,
            help="give the credentials of that registry, or correct the registry in the values",
        )
        raise DiagnosticError([problem])


def given(place: str | None, environment: Mapping[str, str]) -> Credentials | None:
    """The credentials at a path, or on standard input for `-`; else those of the environment; else None.

    Those are GEN_REGISTRY_USERNAME and GEN_REGISTRY_PASSWORD. Raises `DiagnosticError` for what cannot be
    read, is not known, or is incomplete.
    """
    if place is not None:
        return read(place)
    username, password = (environment.get(PREFIX + name, "") for name in ("USERNAME", "PASSWORD"))
    if not username and not password:
        return None
    if not username or not password:
        missing = "USERNAME" if password else "PASSWORD"
        raise usage("usage/credentials", f"{PREFIX}{missing} is not set, but the other one is")
    span = Source(f"the environment variables {PREFIX}*", sensitive=True).span()
    return Credentials((Login(username, password),), span, asked=False)


def read(place: str) -> Credentials:
    """The credentials in a file, or on standard input for `-`. Raises `DiagnosticError`."""
    source, raw = contents(place)
    try:
        data = json.loads(raw)  # UTF-8, or the UTF-16 that a Windows shell writes
    except (ValueError, RecursionError):
        raise _refused(source, "this is not JSON", "az prints it with --output json") from None
    return Credentials(tuple(_logins(data, source)), source.span())


def contents(place: str) -> tuple[Source, bytes]:
    """What a file holds, or standard input for `-`, and a source that quotes nothing of it.

    Raises `DiagnosticError` where it cannot be read, or is too large.
    """
    source = Source("standard input" if place == "-" else shown(Path(place)), sensitive=True)
    try:
        raw = sys.stdin.buffer.read(_LARGEST + 1) if place == "-" else _bytes(Path(place))
    except OSError as error:
        raise _unreadable(source, error.strerror or str(error)) from None
    if len(raw) > _LARGEST:
        raise _unreadable(source, f"larger than {_LARGEST >> 20} MiB")
    return source, raw


def _unreadable(source: Source, reason: str) -> DiagnosticError:
    message = f"cannot read {source.path}: {reason}"
    return DiagnosticError([Diagnostic("file/unreadable", message, source.span())])


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_LARGEST + 1)


def _logins(data: Any, source: Source) -> list[Login]:
    for keys, reader in _SHAPES:
        if isinstance(data, dict) and any(keys <= data.keys() for keys in keys):
            try:
                logins = [login for login in reader(data) if _complete(login)]
            except _Refused as error:
                raise _refused(source, *error.args) from None
            except (KeyError, TypeError, ValueError, AttributeError):
                raise _refused(
                    source, "this looks like credentials, but a part is missing or malformed"
                ) from None
            if logins:
                return logins
            raise _refused(
                source,
                "there is no password in it",
                "Azure shows a password once, when it is made; make a new one: "
                "az acr token credential generate --name TOKEN --registry NAME --password1",
            )
    raise _refused(source, "these credentials are in no known format")


def _complete(login: Login) -> bool:
    if not all(isinstance(text, str) for text in (login.username, login.password, login.expires)):
        raise TypeError
    return bool(login.username and login.password)


class _Refused(Exception):
    """Credentials of a known shape that cannot be used; the arguments are the message and a hint."""


def _exposed_token(data: Any) -> Iterator[Login]:
    token = data.get("refreshToken") or data["accessToken"]
    yield Login(data.get("username") or USER_OF_TOKENS, token, _host(data["loginServer"]), lasts=_LASTS)


def _token(data: Any) -> Iterator[Login]:
    """A repository-scoped token; its resource id tells which registry it belongs to."""
    _, found, rest = str(data.get("id", "")).partition("/registries/")
    registry = rest.partition("/")[0].lower() if found else ""
    yield _best(data["credentials"], data["credentials"].get("username") or data["name"], registry)


def _passwords(data: Any) -> Iterator[Login]:
    """The admin user, who is called as the registry is, or a token's newly made passwords."""
    admin = any(entry.get("name") == "password" for entry in data["passwords"])
    yield _best(data, data["username"], data["username"].lower() if admin else "")


def _best(data: Any, username: str, registry: str) -> Login:
    """The password that lasts longest."""
    known = [entry for entry in data["passwords"] if entry.get("value")]
    if not known:
        return Login(username, "")
    best = max(known, key=lambda entry: entry.get("expiry") or "9999")
    datetime.fromisoformat(best.get("expiry") or "9999-01-01")
    return Login(username, best["value"], registry=registry, expires=best.get("expiry") or "")


def _principal(data: Any) -> Iterator[Login]:
    if "appId" in data:
        yield Login(data["appId"], data.get("password") or "")
    else:
        yield Login(data["clientId"], data["clientSecret"])


def _docker(data: Any) -> Iterator[Login]:
    logins = [login for pair in (data.get("auths") or {}).items() for login in _docker_entry(*pair)]
    if not logins and (data.get("credsStore") or data.get("credHelpers")):
        raise _Refused(
            "a credential helper of this machine keeps the passwords, not this file",
            "gen runs no helper; give what az prints, such as: az acr login --name NAME --expose-token",
        )
    yield from logins


def _docker_entry(server: str, entry: Any) -> Iterator[Login]:
    host = _host(server)
    if entry.get("identitytoken"):
        yield Login(USER_OF_TOKENS, entry["identitytoken"], host, lasts=_LASTS)
    elif entry.get("auth"):
        username, _, password = _decoded(entry["auth"]).partition(":")
        yield Login(username, password, host)
    elif entry.get("password"):
        yield Login(entry["username"], entry["password"], host)


def _decoded(auth: str) -> str:
    try:
        return base64.b64decode(auth, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise _Refused("an `auth` in it is not the base64 of USER:PASSWORD") from None


def _host(server: str) -> str:
    return server.partition("://")[2].partition("/")[0].lower() or server.partition("/")[0].lower()


# Each shape by the keys that it has for sure: any of these sets, the first shape that has one.
_SHAPES: Final[tuple[tuple[tuple[set[str], ...], Callable[[Any], Iterator[Login]]], ...]] = (
    (({"loginServer", "accessToken"}, {"loginServer", "refreshToken"}), _exposed_token),
    (({"credentials", "scopeMapId"}, {"credentials", "name"}), _token),
    (({"username", "passwords"},), _passwords),
    (({"appId"}, {"clientId", "clientSecret"}), _principal),
    (({"auths"}, {"credsStore"}, {"credHelpers"}), _docker),
)


def _refused(source: Source, message: str, help: str = "") -> DiagnosticError:
    problem = Diagnostic(
        "registry/credentials",
        f"no credentials in {source.path}: {message}",
        source.span(),
        expected=_EXPECTED,
        help=help,
    )
    return DiagnosticError([problem])
