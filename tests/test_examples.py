"""The files for CI systems and editors, those in examples/ and our own: valid, and doing what they say."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator import __version__
from tests.conftest import Gen

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
CI = ROOT / "generator/starters/_ci"
GITHUB = CI / "github/dot_github/workflows/gen.yaml"
AZURE = CI / "azure-pipelines/azure-pipelines/gen.yaml"
DEPLOY = [path.with_name("deploy.yaml") for path in (GITHUB, AZURE)]
WORKFLOWS = [GITHUB, DEPLOY[0], *sorted((ROOT / ".github/workflows").glob("*.yaml"))]
FORMS = [ROOT / ".github/ISSUE_TEMPLATE" / name for name in ("bug.yml", "feature.yml")]
PUBLISHED = [
    *((path, "github-workflows") for path in WORKFLOWS),
    *((path, "github-issue-forms") for path in FORMS),
    (ROOT / ".github/ISSUE_TEMPLATE/config.yml", "github-issue-config"),
    (ROOT / ".github/dependabot.yml", "dependabot"),
    *((path, "azure-pipelines") for path in (AZURE, DEPLOY[1])),
]


@pytest.mark.go
def test_actionlint_finds_nothing(program: Callable[[str], Path]) -> None:
    ran = subprocess.run([program("actionlint"), *WORKFLOWS], capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (0, "")


@pytest.mark.parametrize(("path", "schema"), PUBLISHED, ids=lambda value: getattr(value, "name", value))
def test_each_holds_to_its_published_schema(path: Path, schema: str) -> None:
    program = str(Path(sys.executable).with_name("check-jsonschema"))
    options = ["--builtin-schema", f"vendor.{schema}"]
    if schema == "azure-pipelines":
        # Its schema knows booleans as texts, and patterns as JavaScript reads them without the flag u.
        options += ["--data-transform", "azure-pipelines", "--regex-variant", "nonunicode"]
    ran = subprocess.run([program, *options, str(path)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout


def test_actions_are_pinned_to_commits() -> None:
    used = re.findall(r"uses: (\S+)", GITHUB.read_text() + DEPLOY[0].read_text())
    assert len(used) == 7
    assert [action for action in used if not re.search(r"@[0-9a-f]{40}$", action)] == []


def test_a_deployment_keeps_no_password() -> None:
    workflow = yaml.safe_load(DEPLOY[0].read_text())
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["deploy"]["permissions"]["id-token"] == "write"  # the login by OIDC
    assert "pull_request" not in workflow[True]
    text = "".join(path.read_text() for path in DEPLOY)
    assert not re.search(r"secrets\.|password:|creds:|AZURE_CREDENTIALS", text)


@pytest.mark.parametrize("path", DEPLOY, ids=["github", "azure"])
def test_a_deployment_takes_steps_that_there_are(path: Path, gen: Gen) -> None:
    names = re.findall(r"--step ([a-z]+)", path.read_text())
    assert names == ["models", "image", "pin", "credentials", "apply", "wait", "verify"]
    options = [option for name in names for option in ("--step", name)]
    assert gen("provision", "--env", "azure", "--project", ROOT, *options).status == 0


def test_pull_requests_from_forks_get_no_secret() -> None:
    workflow = yaml.safe_load(GITHUB.read_text())
    assert set(workflow[True]) == {"pull_request"}  # YAML 1.1 reads `on` as true
    assert workflow["permissions"] == {"contents": "read"}
    assert "secrets." not in GITHUB.read_text() + AZURE.read_text()
    comment = workflow["jobs"]["comment"]
    assert "head.repo.full_name == github.repository" in comment["if"]
    assert "checkout" not in json.dumps(comment)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_are_given_as_little_as_they_need(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        assert 0 < job["timeout-minutes"] <= 180, name
        for step in job["steps"]:
            if "checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False, name


def test_ci_runs_the_targets_that_there_are() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    text = "".join(path.read_text() for path in WORKFLOWS)
    run = [target for line in re.findall(r"run: make ([a-z -]+)", text) for target in line.split()]
    assert {"test", "test-installed", "lint", "types", "dist"} <= set(run) <= set(targets)


def test_the_tag_of_a_release_is_held_against_the_one_place_of_the_version(tmp_path: Path) -> None:
    [step] = (
        step
        for step in yaml.safe_load((ROOT / ".github/workflows/release.yaml").read_text())["jobs"]["build"][
            "steps"
        ]
        if "__version__" in step.get("run", "")
    )
    (tmp_path / "generator").mkdir()
    shutil.copy(ROOT / "generator/__init__.py", tmp_path / "generator")
    changelog = (ROOT / "CHANGELOG.md").read_text()
    (tmp_path / "CHANGELOG.md").write_text(
        changelog.replace("## Unreleased", f"## {__version__} - 2026-01-01")
    )

    def status(tag: str) -> int:
        line = ["bash", "-e", "-c", step["run"]]
        return subprocess.run(line, cwd=tmp_path, env={**os.environ, "GITHUB_REF_NAME": tag}).returncode

    assert status(f"v{__version__}") == 0
    assert (tmp_path / "notes.md").read_text().strip() in changelog
    assert status("v99.0.0") == 1


def test_each_hook_of_pre_commit_is_a_command(project: Path, gen: Gen) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert gen("render", "--all").status == gen("schema").status == 0
    for hook in hooks:
        program, *arguments = hook["entry"].split()
        assert (program, gen(*arguments).status) == ("gen", 0), hook["id"]
        assert re.match(hook["files"], "values/dev.yaml")
        assert not re.match(hook["files"], "docs/values.md")


@pytest.mark.parametrize("path", [GITHUB, AZURE, *DEPLOY], ids=lambda path: f"{path.parts[-3]}-{path.name}")
def test_every_command_of_gen_is_one_that_there_is(path: Path, gen: Gen) -> None:
    for command, options in re.findall(r"\bgen ([a-z]+)((?: --[a-z-]+)*)", path.read_text()):
        help = gen(command, "--help")
        assert help.status == 0, command
        assert all(option in help.out for option in options.split())


def test_the_problem_matcher_reads_what_gen_prints(project: Path, gen: Gen) -> None:
    text = (EXAMPLES / "vscode/tasks.json").read_text()
    [task] = json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))["tasks"]
    pattern = task["problemMatcher"]["pattern"]
    (project / "values/dev.yaml").write_text("name: [1]\n")
    ran = gen(*task["command"].split()[1:])
    match = re.match(pattern["regexp"], ran.err.splitlines()[0])
    assert match is not None
    assert (match[pattern["file"]], match[pattern["line"]]) == ("values/dev.yaml", "1")
    assert (match[pattern["severity"]], match[pattern["code"]]) == ("error", "schema/type")


class Threads(BaseHTTPRequestHandler):
    """The threads of a pull request, as Azure DevOps keeps them."""

    kept: list[dict[str, Any]]
    asked: list[str]

    def do_GET(self) -> None:
        self._answer({"value": self.kept})

    def do_POST(self) -> None:
        thread = self._body()
        comments = [{"id": 1, "content": one["content"]} for one in thread["comments"]]
        self.kept.append({"id": len(self.kept) + 1, "comments": comments})
        self._answer(thread)

    def do_PATCH(self) -> None:
        thread, comment = map(int, re.findall(r"/threads/(\d+)/comments/(\d+)\?", self.path)[0])
        self.kept[thread - 1]["comments"][comment - 1]["content"] = self._body()["content"]
        self._answer({})

    def _body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, data: Any) -> None:
        self.asked.append(f"{self.command} {self.headers['Authorization']}")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(data).encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def azure() -> Iterator[tuple[type[Threads], dict[str, str]]]:
    """A server with one thread of somebody else, and the environment of a pipeline that talks to it."""

    class Kept(Threads):
        kept = [{"id": 1, "comments": [{"id": 1, "content": "Nice work"}]}]  # noqa: RUF012
        asked: list[str] = []  # noqa: RUF012

    with ThreadingHTTPServer(("127.0.0.1", 0), Kept) as server:
        threading.Thread(target=server.serve_forever).start()
        yield (
            Kept,
            {
                "SYSTEM_COLLECTIONURI": f"http://127.0.0.1:{server.server_port}/",
                "SYSTEM_TEAMPROJECTID": "project",
                "BUILD_REPOSITORY_ID": "repository",
                "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
                "SYSTEM_ACCESSTOKEN": "token",
            },
        )
        server.shutdown()


def test_a_comment_is_written_once_and_then_again(
    azure: tuple[type[Threads], dict[str, str]], tmp_path: Path
) -> None:
    server, environment = azure
    page = tmp_path / "review.md"
    for text in ("<!-- gen review -->\nfirst", "<!-- gen review -->\nsecond"):
        page.write_text(text)
        command = [sys.executable, str(AZURE.with_name("comment.py")), str(page)]
        subprocess.run(command, env={**os.environ, **environment}, check=True)
    contents = [comment["content"] for thread in server.kept for comment in thread["comments"]]
    assert contents == ["Nice work", "<!-- gen review -->\nsecond"]
    assert {asked.partition(" ")[2] for asked in server.asked} == {"Bearer token"}
