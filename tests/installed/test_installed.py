"""What somebody meets who has nothing but Python and the wheel."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest

from generator import __version__
from generator.sources import starters
from tests.cluster.kubectl import Kubectl
from tests.installed.conftest import ROOT, Install
from tests.registry.sealing import key_pair
from tests.rights import pythons
from tests.serving.servers import grpc_server

pytestmark = pytest.mark.installed

EXTRAS = sorted(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"])
MEGABYTE = 1_000_000


def lowest() -> str:
    """Constraints that allow only the oldest versions of what gen asks for."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    pairs = [re.match(r"([a-z0-9-]+)>=([0-9.]+)", line) for line in asked]
    assert all(pairs)
    return "\n".join(f"{pair[1]}=={pair[2]}" for pair in pairs if pair)


def begin(install: Install, folder: Path, starter: str, **how: str) -> Path:
    """A project that an installed gen has made, rendered and checked; raises `AssertionError`."""
    gen = install(**how)
    said = gen.must("init", "shop", "--starter", starter, cwd=folder)
    steps = [line.split() for line in said.partition("Next:")[2].strip().splitlines()]
    assert steps[0] == ["cd", "shop"]
    project = folder / "shop"
    assert steps[1][0] == "gen"
    gen.must(*steps[1][1:], cwd=project)
    assert list((project / "rendered/dev").glob("*.yaml"))
    gen.must("check", "--all", cwd=project)
    gen.must("schema", "--check", cwd=project)
    assert "--starter" in gen.must("init", "--help", cwd=project)
    return project


@pytest.mark.parametrize("starter", ["bare", "tensorflow-serving", "web"])
@pytest.mark.parametrize("python", pythons())
def test_every_python_makes_and_renders_every_starter(
    install: Install, tmp_path: Path, python: str, starter: str
) -> None:
    begin(install, tmp_path, starter, python=python)


def test_the_oldest_versions_that_are_allowed_do(install: Install, tmp_path: Path) -> None:
    begin(install, tmp_path, "tensorflow-serving", constraints=lowest())


def test_a_starter_is_the_same_files_whether_installed_or_not(install: Install, tmp_path: Path) -> None:
    project = begin(install, tmp_path, "tensorflow-serving")
    for folder in ("templates", "values", "schema"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file():
                assert (project / path.relative_to(ROOT)).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("system", ["azure-pipelines", "github"])
def test_pipelines_are_written_by_an_installed_gen(install: Install, tmp_path: Path, system: str) -> None:
    project = begin(install, tmp_path, "tensorflow-serving")
    written = install().must("ci", system, "--force", cwd=project)
    assert sorted(line.partition(" ")[0] for line in written.splitlines()) == sorted(starters.ci(system))


def test_the_version_is_that_of_the_sources(install: Install, tmp_path: Path) -> None:
    assert install().must("--version", cwd=tmp_path) == f"gen {__version__}\n"


def test_a_bare_install_is_small(install: Install) -> None:
    """Without pip and setuptools, which the virtual environment brings."""
    packages = install().packages
    own = ("pip", "setuptools", "pkg_resources", "_distutils_hack")
    files = (path for path in packages.rglob("*") if path.is_file())
    counted = [path for path in files if not path.relative_to(packages).parts[0].startswith(own)]
    assert 10 * MEGABYTE < sum(path.stat().st_size for path in counted) <= 45 * MEGABYTE


def test_others_see_its_types(install: Install, tmp_path: Path) -> None:
    (tmp_path / "user.py").write_text("from generator import __version__\nreveal_type(__version__)\n")
    mypy = Path(sys.executable).with_name("mypy")
    gen = install()
    ran = gen(str(mypy), "--python-executable", gen.venv / "bin/python", "user.py", cwd=tmp_path)
    assert re.search(r'Revealed type is "(builtins\.)?str"', ran.stdout), ran.stdout


@pytest.mark.parametrize(
    ("extra", "command"),
    [
        ("verify", ["verify", "--server", "127.0.0.1:1", "--model", "gan"]),
        ("cluster", ["verify", "--env", "dev"]),
        ("cluster", ["diff", "--env", "dev"]),
        ("seal", ["seal", "--env", "azure", "--certificate", "cert.pem"]),
        ("watch", ["render", "--env", "dev", "--watch"]),
    ],
    ids=["verify", "verify-env", "diff", "seal", "watch"],
)
def test_a_bare_install_says_which_extra_to_install(
    install: Install, tmp_path: Path, extra: str, command: list[str]
) -> None:
    project = begin(install, tmp_path, "tensorflow-serving")
    sealed(project)
    ran = install()("gen", *command, cwd=project, **CREDENTIALS)
    assert ran.returncode == 3
    assert "error[install/extra]" in ran.stderr
    assert f"pip install 'gen-manifests[{extra}]'" in ran.stderr
    assert sorted({extra, *EXTRAS}) == EXTRAS


CREDENTIALS = {"GEN_REGISTRY_USERNAME": "user", "GEN_REGISTRY_PASSWORD": "synthetic"}


def sealed(project: Path) -> None:
    """Make azure's pull secret a sealed one, and put the controller's certificate into the project."""
    (project / "cert.pem").write_text(key_pair().certificate)
    values = project / "values/azure.yaml"
    values.write_text(values.read_text().replace("mode: secret", "mode: sealed"))


def test_the_extra_for_sealing_seals(install: Install, tmp_path: Path) -> None:
    project = begin(install, tmp_path, "tensorflow-serving", extra="seal")
    sealed(project)
    ran = install(extra="seal")(
        "gen", "seal", "--env", "azure", "--certificate", "cert.pem", cwd=project, **CREDENTIALS
    )
    assert ran.returncode == 0, ran.stderr
    said = install(extra="seal").must("render", "--env", "azure", cwd=project)
    assert "rendered/azure/20-sealedsecret-acr.yaml" in said


def test_the_extra_for_verifying_asks_over_grpc(install: Install, tmp_path: Path) -> None:
    asked: list[str] = []

    def refuse(method: str, request: bytes, context: object) -> bytes:
        asked.append(method)
        raise RuntimeError

    with grpc_server(refuse) as address:
        ran = install(extra="verify")("gen", "verify", "--server", address, "--model", "gan", cwd=tmp_path)
    assert asked == ["GetModelStatus"]
    assert ran.returncode == 1
    assert "the model or the server has an error" in ran.stderr


@pytest.mark.cluster
@pytest.mark.parametrize("starter", ["web", "tensorflow-serving"])
def test_a_cluster_takes_what_is_rendered_and_the_extra_sees_no_difference(
    install: Install, tmp_path: Path, empty_cluster: Kubectl, starter: str
) -> None:
    project = begin(install, tmp_path, starter, extra="cluster")
    for said in empty_cluster.must("apply", "-f", project / "rendered/dev/").splitlines():
        assert said.endswith(" created")
    ran = install(extra="cluster")(
        "gen", "diff", "--env", "dev", cwd=project, KUBECONFIG=str(empty_cluster.kubeconfig)
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
