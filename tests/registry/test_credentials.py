"""Every shape that credentials come in, and every reason to refuse one."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest

from generator.diagnostics import DiagnosticError
from generator.registry.credentials import USER_OF_TOKENS, Login, given, read
from tests.registry.conftest import PASSWORD, SERVER, token

ADMIN = {
    "passwords": [{"name": "password", "value": PASSWORD}, {"name": "password2", "value": "other"}],
    "username": "ganregistry",
}
GENERATED = token()["credentials"]
EXPOSED = {"accessToken": PASSWORD, "loginServer": SERVER, "refreshToken": PASSWORD}
PRINCIPAL = {"appId": "id", "displayName": "gan", "password": PASSWORD, "tenant": "t"}
AUTH = base64.b64encode(f"u:{PASSWORD}:x".encode()).decode()


def loaded(tmp_path: Path, data: Any) -> tuple[Login, ...]:
    path = tmp_path / "c.json"
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return read(str(path)).logins


@pytest.mark.parametrize(
    ("data", "login"),
    [
        (ADMIN, Login("ganregistry", PASSWORD, registry="ganregistry")),
        (token(), Login("gan-pull", PASSWORD, registry="ganregistry")),
        (GENERATED, Login("gan-pull", PASSWORD)),
        (EXPOSED, Login(USER_OF_TOKENS, PASSWORD, SERVER, lasts="3 hours")),
        (
            {"accessToken": PASSWORD, "loginServer": SERVER},
            Login(USER_OF_TOKENS, PASSWORD, SERVER, lasts="3 hours"),
        ),
        (PRINCIPAL, Login("id", PASSWORD)),
        ({"clientId": "id", "clientSecret": PASSWORD, "tenantId": "t"}, Login("id", PASSWORD)),
        ({"auths": {f"https://{SERVER}/v1/": {"auth": AUTH}}}, Login("u", f"{PASSWORD}:x", SERVER)),
        ({"auths": {SERVER: {"username": "u", "password": PASSWORD}}}, Login("u", PASSWORD, SERVER)),
        (
            {"auths": {SERVER: {"auth": "eDo=", "identitytoken": PASSWORD}}},
            Login(USER_OF_TOKENS, PASSWORD, SERVER, lasts="3 hours"),
        ),
    ],
)
def test_shapes(tmp_path: Path, data: Any, login: Login) -> None:
    assert loaded(tmp_path, data) == (login,)


def test_the_password_that_lasts_longest_is_taken(tmp_path: Path) -> None:
    passwords = [
        {"name": "password1", "value": "a", "expiry": "2026-01-01T00:00:00+00:00"},
        {"name": "password2", "value": "b", "expiry": "2027-01-01T00:00:00+00:00"},
        {"name": "password3", "value": None, "expiry": None},
    ]
    [login] = loaded(tmp_path, {"username": "t", "passwords": passwords})
    assert (login.password, login.expires) == ("b", "2027-01-01T00:00:00+00:00")


def test_utf_16_of_a_windows_shell_is_read(tmp_path: Path) -> None:
    assert loaded(tmp_path, json.dumps(PRINCIPAL).encode("utf-16")) == (Login("id", PASSWORD),)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"hunter2", "this is not JSON"),
        (b"[" * 100_000, "this is not JSON"),
        ({"hunter2": "hunter2"}, "these credentials are in no known format"),
        (["hunter2"], "these credentials are in no known format"),
        (token(value=None), "there is no password in it"),
        (token(expiry="hunter2"), "a part is missing or malformed"),
        (token(value={"hunter2": 1}), "a part is missing or malformed"),
        ({"credentials": None, "name": "x"}, "a part is missing or malformed"),
        ({"auths": {SERVER: {"auth": "hunter2!"}}}, "is not the base64 of USER:PASSWORD"),
        ({"auths": {SERVER: {}}, "credsStore": "osxkeychain"}, "a credential helper of this machine keeps"),
        ({"credHelpers": {SERVER: "acr-env"}}, "a credential helper of this machine keeps"),
        ({"auths": {}}, "there is no password in it"),
    ],
)
def test_refusals_repeat_nothing_that_was_read(tmp_path: Path, data: Any, reason: str) -> None:
    with pytest.raises(DiagnosticError) as caught:
        loaded(tmp_path, data)
    [problem] = caught.value.diagnostics
    assert problem.rule == "registry/credentials"
    assert reason in problem.message
    assert "hunter2" not in repr(problem)


def test_no_file_and_no_password_are_told(tmp_path: Path) -> None:
    with pytest.raises(DiagnosticError, match=r"cannot read .*absent\.json: No such file"):
        read(str(tmp_path / "absent.json"))
    (tmp_path / "large.json").write_bytes(b" " * (2 << 20))
    with pytest.raises(DiagnosticError, match="larger than 1 MiB"):
        read(str(tmp_path / "large.json"))
    with pytest.raises(DiagnosticError, match="GEN_REGISTRY_USERNAME is not set"):
        given(None, {"GEN_REGISTRY_PASSWORD": "p"})
    assert given(None, {}) is None


def test_the_environment_gives_credentials_of_any_server() -> None:
    credentials = given(None, {"GEN_REGISTRY_USERNAME": "u", "GEN_REGISTRY_PASSWORD": PASSWORD})
    assert credentials is not None
    assert credentials.choose("any.example.com") == Login("u", PASSWORD)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO(json.dumps(PRINCIPAL).encode())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(raw))
    assert read("-").logins == (Login("id", PASSWORD),)


@pytest.mark.parametrize(
    ("login", "server", "fits"),
    [
        (Login("u", "p", server=SERVER), SERVER, True),
        (Login("u", "p", server=SERVER), "other.azurecr.io", False),
        (Login("u", "p", registry="ganregistry"), SERVER, True),
        (Login("u", "p", registry="ganregistry"), "ganregistry-a1b2c3.azurecr.io", True),
        (Login("u", "p", registry="ganregistry"), "ganregistry.azurecr.cn", True),
        (Login("u", "p", registry="ganregistry"), "other.azurecr.io", False),
        (Login("u", "p", registry="ganregistry"), "images.example.com", True),  # a domain of one's own
        (Login("u", "p"), "other.azurecr.io", True),
    ],
)
def test_which_server_credentials_are_for(login: Login, server: str, fits: bool) -> None:
    assert login.fits(server) is fits


def test_the_right_login_of_several_is_chosen(tmp_path: Path) -> None:
    auths = {name: {"username": name, "password": "p"} for name in ("a.azurecr.io", SERVER)}
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"auths": auths}))
    assert read(str(path)).choose(SERVER).username == SERVER
    with pytest.raises(DiagnosticError, match=r"not for b\.azurecr\.io"):
        read(str(path)).choose("b.azurecr.io")


def test_no_representation_shows_a_password() -> None:
    assert PASSWORD not in repr(Login("u", PASSWORD))
