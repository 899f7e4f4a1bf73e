"""A hunt for a marked password over every command, mode, format and fault; one closed file may hold it.

Searched are what commands print, every file of the project and of the temporary folder, the objects of git,
and what other programs are started with; for the password as it is, and in every form that a tool gives it.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from generator.registry.credentials import USER_OF_TOKENS, Login
from generator.registry.pull_secret import docker_config
from tests.conftest import Gen, write
from tests.registry.conftest import SECRET, SERVER, Git, days_from_now, mode, token
from tests.registry.sealing import key_pair

MARK = 'hunt/Ed+p4ss<w0rd>&"\\é='
USERS = ("gan-pull", USER_OF_TOKENS, "ganregistry", "id", "")
FORMATS = ("text", "concise", "json")


def forms() -> Iterator[bytes]:
    """The password in every form; base64 of a text that holds it is another by where it begins."""
    plain = MARK.encode()
    yield from (plain, quote(MARK).encode(), quote_plus(MARK).encode(), plain.hex().encode())
    yield from (json.dumps(MARK)[1:-1].encode(), json.dumps(MARK, ensure_ascii=False)[1:-1].encode())
    yield repr(MARK)[1:-1].encode()
    for user in USERS:
        config = docker_config(SERVER, Login(user, MARK))
        yield from (config, base64.b64encode(config))
        yield base64.b64encode(f"{user}:{MARK}".encode()).rstrip(b"=")
    for shift in range(3):  # its ends depend on what stands before and after
        yield base64.b64encode(b"x" * shift + plain)[4:-4]


FORMS = tuple(forms())


def found(content: bytes) -> list[bytes]:
    """The forms that a content holds."""
    return [form for form in FORMS if form in content]


class Hunt:
    """A project to run commands in, and the traces that they leave."""

    def __init__(self, root: Path, gen: Gen, git: Git, places: list[Path]) -> None:
        self.root, self.gen, self.git, self.places = root, gen, git, places

    def run(self, *arguments: str) -> int:
        ran = self.gen(*arguments)
        assert not found(f"{ran.out}{ran.err}".encode()), arguments
        return ran.status

    def search(self) -> None:
        """Assert that the password is in no file but closed and ignored ones, and in no object of git."""
        for place in (self.root, *self.places):
            for path in place.rglob("*"):
                if path.is_file() and not path.is_symlink() and found(path.read_bytes()):
                    assert path.stat().st_mode & 0o777 == 0o600, path
                    assert self.git(self.root, "check-ignore", "--no-index", str(path)), path
        self.git(self.root, "add", "--all")
        self.git(self.root, "commit", "--quiet", "--allow-empty", "--message", "all")
        everything = ["git", "-C", str(self.root), "cat-file", "--batch-all-objects", "--batch"]
        assert not found(subprocess.run(everything, capture_output=True, check=True).stdout)


@pytest.fixture
def hunt(serving: Path, gen: Gen, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hunt:
    """A hunt in which git tells what it was started with, and the temporary folder is watched."""
    watched = [tmp_path / "started", tmp_path / "temporary"]
    for place in watched:
        place.mkdir()
    shim = tmp_path / "bin/git"
    real = shutil.which("git")
    write(shim.parent, {"git": f'#!/bin/sh\n{{ echo "$@"; env; }} >> {watched[0]}/git\nexec {real} "$@"\n'})
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", f"{shim.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("TMPDIR", str(watched[1]))
    return Hunt(serving, gen, git, watched)


def good() -> dict[str, Any]:
    """Credentials of every shape."""
    auth = base64.b64encode(f"id:{MARK}".encode()).decode()
    return {
        "token": token(value=MARK, expiry=days_from_now(9)),
        "admin": {"username": "ganregistry", "passwords": [{"name": "password", "value": MARK}]},
        "exposed": {"loginServer": SERVER, "accessToken": MARK, "refreshToken": MARK},
        "principal": {"appId": "id", "password": MARK, "tenant": "t"},
        "docker": {"auths": {SERVER: {"auth": auth}}},
        "identity": {"auths": {SERVER: {"auth": auth, "identitytoken": MARK}}},
    }


def bad() -> dict[str, Any]:
    """Credentials with a fault each."""
    return {
        "expired": token(value=MARK, expiry=days_from_now(-9)),
        "odd": token(value=MARK, expiry=MARK),
        "elsewhere": {"loginServer": "other.azurecr.io", "accessToken": MARK},
        "shapeless": {MARK: MARK},
        "listed": [MARK],
        "nested": {"username": {"x": MARK}, "passwords": [{"value": [MARK]}]},
        "encoded": {"auths": {SERVER: {"auth": MARK}}},
        "helped": {"auths": {SERVER: {"note": MARK}}, "credsStore": MARK},
        "plain": MARK.encode(),
        "cut": json.dumps(token(value=MARK)).encode()[:-20],
        "latin": json.dumps(token(value=MARK), ensure_ascii=False).encode("latin-1"),
    }


def files(folder: Path, credentials: dict[str, Any]) -> list[str]:
    """Each of the credentials in a file, closed as a careful user's are."""
    folder.mkdir()
    for name, data in credentials.items():
        (folder / name).write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return [str(folder / name) for name in credentials]


def test_good_credentials_in_every_command_and_format(hunt: Hunt, tmp_path: Path) -> None:
    for path, form in product(files(tmp_path / "good", good()), FORMATS):
        shown = ("--env", "azure", "--format", form)
        assert hunt.run("render", *shown, "--registry-credentials", path) == 0
        assert found((hunt.root / SECRET).read_bytes()), "the hunt knows the form that is written"
        base = (hunt.root / "values/base.yaml").read_text()
        write(hunt.root, {"values/base.yaml": f"{base}\nlabels:\n  team: {form}\n"})
        assert hunt.run("check", *shown) == 1, "the diff shows the Secret's file too"
        write(hunt.root, {"values/base.yaml": base})
    hunt.search()


def test_every_line_of_the_secret_explained(hunt: Hunt, tmp_path: Path) -> None:
    [path] = files(tmp_path / "good", {"token": token(value=MARK)})
    assert hunt.run("render", "--env", "azure", "--registry-credentials", path) == 0
    lines = (hunt.root / SECRET).read_text().splitlines()
    for number in range(1, len(lines) + 1):
        assert hunt.run("explain", f"{SECRET}:{number}") == 0
    for form in FORMATS:
        assert hunt.run("explain", f"{SECRET}:{len(lines)}", "--format", form) == 0
    hunt.search()


def test_bad_credentials_in_every_command_and_format(hunt: Hunt, tmp_path: Path) -> None:
    mode(hunt.root, "{mode: secret}")
    (tmp_path / "cert.pem").write_text(key_pair().certificate)
    for path, form in product(files(tmp_path / "bad", bad()), FORMATS):
        more = ("--format", form, "--registry-credentials", path)
        assert hunt.run("render", "--all", *more) == 1
        assert hunt.run("seal", "--env", "azure", "--certificate", str(tmp_path / "cert.pem"), *more) != 0
        assert hunt.run("seal", "--env", "azure", "--certificate", path, *more) != 0
    hunt.search()


@pytest.mark.parametrize("pull_secret", ["{mode: secret}", "{mode: sealed}", "{mode: none}", "{mode: odd}"])
def test_every_mode_with_credentials_of_the_environment(
    hunt: Hunt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pull_secret: str
) -> None:
    monkeypatch.setenv("GEN_REGISTRY_USERNAME", "id")
    monkeypatch.setenv("GEN_REGISTRY_PASSWORD", MARK)
    (tmp_path / "cert.pem").write_text(key_pair().certificate)
    mode(hunt.root, pull_secret)
    for form in FORMATS:
        for command in (
            ("seal", "--env", "azure", "--certificate", str(tmp_path / "cert.pem")),
            ("render", "--env", "azure"),
            ("check", "--all"),
            ("list",),
            ("explain", "registry.pullSecret.mode"),
            ("render", "--env", "azure", "--output", str(tmp_path / "elsewhere")),
        ):
            hunt.run(*command, "--format", form)
    hunt.search()


def refuse_ignoring(root: Path) -> None:
    (root / ".gitignore").write_text("/rendered/*.yaml\n")


def take_the_name(root: Path) -> None:
    write(root, {SECRET: "kind: Secret\n"})


def break_a_value(root: Path) -> None:
    (root / "values/dev.yaml").write_text("replicas: no\n")


def break_a_template(root: Path) -> None:
    write(root, {"templates/registry/secret.yaml.j2": "kind: Secret\ndata: {{ nothing }}\n"})


def break_git(root: Path) -> None:
    (root / ".git/HEAD").write_text("x")


@pytest.mark.parametrize(
    "fault", [refuse_ignoring, take_the_name, break_a_value, break_a_template, break_git]
)
def test_faults_of_the_project(hunt: Hunt, tmp_path: Path, fault: Callable[[Path], None]) -> None:
    [path] = files(tmp_path / "good", {"token": token(value=MARK)})
    fault(hunt.root)
    for form in FORMATS:
        assert hunt.run("render", "--all", "--format", form, "--registry-credentials", path) != 0
    assert not [p for p in hunt.root.rglob("*") if p.is_file() and found(p.read_bytes())]
    if fault is not break_git:
        hunt.search()


def test_a_bug_of_ours_tells_nothing(hunt: Hunt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(server: str, login: Login) -> bytes:
        raise RuntimeError(login.password, server)

    monkeypatch.setattr("generator.registry.pull_secret.docker_config", fails)
    [path] = files(tmp_path / "good", {"token": token(value=MARK)})
    for form in FORMATS:
        more = ("--format", form, "--registry-credentials", path)
        assert hunt.run("render", "--env", "azure", *more) == 3
    hunt.search()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_killed_at_any_time(hunt: Hunt, tmp_path: Path, how: signal.Signals) -> None:
    """What a killed run leaves behind is closed and ignored too, whatever the umask."""
    [path] = files(tmp_path / "good", {"token": token(value=MARK)})
    command = [str(Path(sys.executable).parent / "gen"), "render", "--env", "azure"]
    for attempt in range(8):
        run = subprocess.Popen(
            [*command, "--registry-credentials", path],
            umask=0,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        time.sleep(0.06 * attempt)
        run.send_signal(how)
        out, err = run.communicate()
        assert not found(out + err)
        hunt.search()
        shutil.rmtree(hunt.root / "rendered", ignore_errors=True)


def test_a_full_disk(hunt: Hunt, tmp_path: Path) -> None:
    [path] = files(tmp_path / "good", {"token": token(value=MARK)})
    gen = Path(sys.executable).parent / "gen"
    path_without_shim = os.environ["PATH"].partition(":")[2]
    command = f"ulimit -f 0; exec {gen} render --env azure --registry-credentials {path}"
    ran = subprocess.run(
        ["bash", "-c", command], capture_output=True, env={**os.environ, "PATH": path_without_shim}
    )
    assert ran.returncode != 0
    assert b"error[output/failed]" in ran.stderr or b"error[git/failed]" in ran.stderr
    assert not found(ran.stdout + ran.stderr)
    hunt.search()
