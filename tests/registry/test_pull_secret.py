"""`gen render` and `gen check` with a pull secret that is filled on this machine."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
import yaml

from tests.conftest import Gen, tree, write
from tests.registry.conftest import PASSWORD, SECRET, SERVER, Git, days_from_now, mode, token


def render(gen: Gen, credentials: Path, *more: str) -> str:
    ran = gen("render", "--env", "azure", "--registry-credentials", str(credentials), *more)
    assert ran.status == 0, ran.err
    return ran.out + ran.err


def docker_config(path: Path) -> dict[str, object]:
    data = yaml.safe_load(path.read_text())["data"][".dockerconfigjson"]
    held: dict[str, object] = json.loads(base64.b64decode(data))
    return held


def test_the_secret_is_written_for_nobody_else_and_selected(
    serving: Path, gen: Gen, git: Git, credentials: Path
) -> None:
    assert f"+ {SECRET}" in render(gen, credentials)
    path = serving / SECRET
    assert path.stat().st_mode & 0o777 == 0o600
    auth = base64.b64encode(f"gan-pull:{PASSWORD}".encode()).decode()
    entry = {"username": "gan-pull", "password": PASSWORD, "auth": auth}
    assert docker_config(path) == {"auths": {SERVER: entry}}
    assert (serving / "rendered/20-secret-acr.yaml").resolve() == path
    assert "secret" not in git(serving, "status", "--short", "--untracked-files=all")


def test_without_credentials_all_else_is_rendered_and_the_file_named(serving: Path, gen: Gen) -> None:
    ran = gen("render", "--env", "azure")
    assert ran.status == 0
    assert f"warning[registry/missing]: {SECRET} is missing" in ran.err
    assert "= help: gen render --env azure --registry-credentials FILE" in ran.err
    assert "check/absent" not in ran.err
    assert not (serving / SECRET).exists()
    assert (serving / "rendered/azure/40-deployment-gan.yaml").exists()
    assert gen("check", "--env", "azure").status == 0


def test_the_command_names_the_folder_that_was_asked_for(serving: Path, gen: Gen) -> None:
    ran = gen("render", "--env", "azure", "--output", "out")
    assert "gen render --env azure --output out --registry-credentials FILE" in ran.err


def test_one_written_earlier_stays_and_follows_the_values(serving: Path, gen: Gen, credentials: Path) -> None:
    render(gen, credentials)
    before = docker_config(serving / SECRET)
    write(
        serving, {"values/base.yaml": (serving / "values/base.yaml").read_text() + "\nlabels:\n  team: v\n"}
    )
    assert "drift/changed" in gen("check", "--env", "azure").err
    ran = gen("render", "--env", "azure")
    assert (ran.status, ran.err) == (0, "")
    assert yaml.safe_load((serving / SECRET).read_text())["metadata"]["labels"]["team"] == "v"
    assert docker_config(serving / SECRET) == before
    assert (serving / "rendered/20-secret-acr.yaml").exists()
    assert gen("check", "--env", "azure").status == 0


def test_one_of_another_registry_is_told(serving: Path, gen: Gen, credentials: Path) -> None:
    render(gen, credentials)
    path = serving / "values/azure.yaml"
    path.write_text(path.read_text().replace(f"loginServer: {SERVER}", "loginServer: other.azurecr.io"))
    ran = gen("render", "--env", "azure")
    assert ran.status == 0
    assert "warning[registry/other-server]" in ran.err


def test_it_goes_when_another_mode_is_chosen(serving: Path, gen: Gen, credentials: Path) -> None:
    render(gen, credentials)
    mode(serving, "{mode: none}")
    gen("render", "--env", "azure")
    assert not [name for name in tree(serving / "rendered") if "secret" in name]
    assert not (serving / "rendered/20-secret-acr.yaml").is_symlink()


def test_a_file_that_others_can_read_is_closed(serving: Path, gen: Gen, credentials: Path) -> None:
    render(gen, credentials)
    (serving / SECRET).chmod(0o644)
    assert gen("render", "--env", "azure").status == 0
    assert (serving / SECRET).stat().st_mode & 0o777 == 0o600


def test_a_broken_file_is_replaced_or_named(serving: Path, gen: Gen, credentials: Path) -> None:
    render(gen, credentials)
    header = (serving / SECRET).read_text().split("\n")[0]
    (serving / SECRET).write_text(f"{header}\nkind: Secret\ndata: [hunter2\n")
    ran = gen("check", "--env", "azure")
    assert "hunter2" not in ran.out + ran.err
    assert "registry/missing" in ran.err
    render(gen, credentials)
    assert docker_config(serving / SECRET)


def test_credentials_of_another_registry_are_refused(serving: Path, gen: Gen, tmp_path: Path) -> None:
    data = {"loginServer": "other.azurecr.io", "accessToken": PASSWORD}
    (tmp_path / "c.json").write_text(json.dumps(data))
    ran = gen("render", "--env", "azure", "--registry-credentials", str(tmp_path / "c.json"))
    assert ran.status == 1
    assert "error[registry/other-server]: the credentials are not for ganregistry.azurecr.io" in ran.err
    assert "found: other.azurecr.io" in ran.err
    assert not tree(serving / "rendered")


def test_what_credentials_say_of_their_end_is_passed_on(serving: Path, gen: Gen, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text(json.dumps({"loginServer": SERVER, "accessToken": PASSWORD}))
    assert "these credentials work for 3 hours" in render(gen, path)
    path.write_text(json.dumps(token(expiry=(soon := days_from_now(9)))))
    assert f"the password of `gan-pull` expires on {soon}" in render(gen, path)
    path.write_text(json.dumps(token(expiry=days_from_now(-1))))
    ran = gen("render", "--env", "azure", "--registry-credentials", str(path))
    assert ran.status == 1
    assert "error[registry/expired]: the password of `gan-pull` expired on" in ran.err


def test_credentials_from_the_environment(serving: Path, gen: Gen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEN_REGISTRY_USERNAME", "me")
    monkeypatch.setenv("GEN_REGISTRY_PASSWORD", PASSWORD)
    assert gen("render", "--all").err == ""
    assert docker_config(serving / SECRET)["auths"]


def test_credentials_that_nothing_waits_for_are_told(serving: Path, gen: Gen, credentials: Path) -> None:
    ran = gen("render", "--all", "--registry-credentials", str(credentials))
    assert ran.status == 0
    assert "warning[registry/unused]" in ran.err
    assert "only in: dev, kind" in ran.err
    assert (serving / SECRET).exists()


def test_a_project_that_names_no_registry(project: Path, gen: Gen) -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: pull}\ntype: kubernetes.io/dockerconfigjson\n"
    write(project, {"templates/pull.yaml.j2": secret})
    ran = gen("render", "--env", "dev")
    assert (ran.status, "error[registry/settings]" in ran.err) == (1, True)
    assert "loginServer: PATH" in ran.err
    write(project, {"gen.yaml": "pullSecret: { loginServer: images.host }\n"})
    ran = gen("render", "--env", "dev")
    assert (ran.status, "error[registry/no-login-server]" in ran.err) == (1, True)
    write(project, {"values/base.yaml": "name: gan\nimages: { host: example.azurecr.io }\n"})
    ran = gen("render", "--env", "dev")
    assert (ran.status, "warning[registry/missing]" in ran.err) == (0, True)


def test_explain_shows_no_bytes(serving: Path, gen: Gen, credentials: Path) -> None:
    render(gen, credentials)
    lines = (serving / SECRET).read_text().split("\n")
    number = next(n for n, line in enumerate(lines, 1) if ".dockerconfigjson" in line)
    ran = gen("explain", f"{SECRET}:{number}")
    assert ran.status == 0
    assert ".dockerconfigjson: ***" in ran.out
    assert ran.err == ""
