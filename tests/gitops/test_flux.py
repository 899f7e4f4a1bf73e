"""What gen renders for Flux, reconciled by Flux itself from a git server: a commit is what deploys."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cluster import keeper
from tests.cluster.kubectl import Kubectl
from tests.cluster.process import Server
from tests.conftest import Gen
from tests.gitops import flux
from tests.gitops.git_server import serving
from tests.gitops.repository import ROOT, Repository
from tests.registry import controller
from tests.registry.conftest import PASSWORD, SERVER, token

pytestmark = pytest.mark.cluster

SETTINGS = """
gitops:
  name: models
  repository: {url}/project.git
  environments: [dev, kind]
  flux: {{ interval: 1s, timeout: 6s, shards: {shards} }}
"""
BAD = "rendered/dev/35-service-gan.yaml"


class Flux(NamedTuple):
    """The project in its repository, the cluster, and the controllers in between."""

    repository: Repository
    kubectl: Kubectl
    servers: list[Server]
    gen: Gen

    def run(self, *arguments: object) -> None:
        ran = self.gen(*arguments, "--project", self.repository.tree)
        assert ran.status == 0, ran.err

    def eventually(self, what: str, look: Callable[[], Any]) -> Any:
        return flux.eventually(self.kubectl, what, self.servers, look)

    def deployed(self, message: str, environment: str = "dev") -> None:
        """Commit, push, and return when all of it is live and healthy."""
        commit = self.repository.push(message)
        name = f"models-{environment}"
        look = lambda: flux.is_ready(flux.kustomization(self.kubectl, name), commit)  # noqa: E731
        self.eventually(f"{message} in {environment}", look)

    def deployment(self) -> dict[str, Any]:
        return self.kubectl.get("deployment", "gan", "gan-dev")

    def image(self) -> str:
        return str(self.deployment()["spec"]["template"]["spec"]["containers"][0]["image"])


@pytest.fixture(scope="module")
def started(
    can_run_clusters: None,
    user_kubectl: Path,
    program: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Repository, Kubectl, list[Server]]]:
    """Flux with two shards on a control plane of its own, and this repository's project in a repository."""
    folder = tmp_path_factory.mktemp("flux")
    tree = folder / "project"
    for name in ("schema", "templates", "values"):
        shutil.copytree(ROOT / name, tree / name)
    shutil.copy(ROOT / ".gitignore", tree)
    with keeper.running() as kubeconfig, serving(folder) as url:
        kubectl = Kubectl(user_kubectl, kubeconfig)
        settings = (ROOT / "gen.yaml").read_text() + SETTINGS.format(url=url, shards=2)
        (tree / "gen.yaml").write_text(settings)
        with flux.running(kubectl, program, folder / "controllers", shards=2) as servers:
            yield Repository.begin(tree, folder / "project.git"), kubectl, servers


@pytest.fixture
def dev(started: tuple[Repository, Kubectl, list[Server]], gen: Gen) -> Flux:
    """The environment dev, deployed and healthy, whatever a test before has left."""
    made = Flux(*started, gen)
    shutil.rmtree(made.repository.tree / "values")
    shutil.copytree(ROOT / "values", made.repository.tree / "values")
    made.run("render", "--all")
    made.kubectl.must("apply", "-R", "-f", made.repository.tree / "rendered/_gitops")
    made.deployed("As it is in the project")
    return made


def test_a_commit_is_live_and_healthy(dev: Flux) -> None:
    dev.run("set", "image.tag=2.0.0", "--env", "dev")
    dev.deployed("Release 2.0.0")
    assert dev.image() == "gan-serving:2.0.0"
    assert dev.deployment()["status"]["readyReplicas"] == 1


def test_environments_are_spread_over_the_shards_and_each_is_deployed(dev: Flux) -> None:
    dev.deployed("Both", "kind")
    shards = {one["metadata"]["labels"]["sharding.fluxcd.io/key"] for one in flux.kustomizations(dev.kubectl)}
    assert shards == {"shard1", "shard2"}


def test_a_file_that_is_gone_is_pruned(dev: Flux) -> None:
    dev.run("set", "disruptionBudget.maxUnavailable=1", "--env", "dev")
    dev.deployed("A budget")
    assert dev.kubectl.get("poddisruptionbudget", "gan", "gan-dev")
    dev.run("set", "--unset", "disruptionBudget", "--env", "dev")
    dev.deployed("No budget")
    absent = ("get", "poddisruptionbudget", "gan", "-n", "gan-dev", "--ignore-not-found")
    assert dev.kubectl.must(*absent) == ""


def test_a_change_by_hand_is_undone(dev: Flux) -> None:
    dev.kubectl.must("scale", "deployment", "gan", "-n", "gan-dev", "--replicas=3")
    dev.eventually("one replica again", lambda: dev.deployment()["spec"]["replicas"] == 1)
    dev.kubectl.must("delete", "service", "gan", "-n", "gan-dev")
    exists = lambda: dev.kubectl("get", "service", "gan", "-n", "gan-dev").returncode == 0  # noqa: E731
    dev.eventually("the service again", exists)


def test_a_commit_that_the_server_refuses_changes_nothing(dev: Flux, monkeypatch: pytest.MonkeyPatch) -> None:
    """gen would not render it: somebody has edited the output, and a new image comes with it."""
    before = dev.deployment()
    dev.run("set", "image.tag=3.0.0", "--env", "dev")
    broken = dev.repository.tree / BAD
    broken.write_text(broken.read_text().replace("type: ClusterIP", "type: Clusterip"))
    commit = dev.repository.push("A commit that cannot be applied")

    def refused() -> str:
        found = flux.kustomization(dev.kubectl, "models-dev")
        tried = found["status"].get("lastAttemptedRevision", "").endswith(commit)
        return (
            str(flux.condition(found).get("message", ""))
            if tried and not flux.is_ready(found, commit)
            else ""
        )

    reason = dev.eventually("refused", lambda: "Unsupported value" in refused() and refused())
    assert "Service/gan-dev/gan" in reason
    after = dev.deployment()
    assert (after["metadata"]["generation"], dev.image()) == (
        before["metadata"]["generation"],
        "gan-serving:1.0.0",
    )
    assert after["status"]["readyReplicas"] == 1
    monkeypatch.setenv("KUBECONFIG", str(dev.kubectl.kubeconfig))
    told = dev.gen("status", "--env", "dev", "--project", dev.repository.tree)
    assert (told.status, "Kustomization flux-system/models-dev is in progress" in told.err) == (1, True), (
        told.err
    )
    assert "Unsupported value" in told.err
    ran = dev.gen("check", "--env", "dev", "--project", dev.repository.tree)
    assert (ran.status, "drift/changed" in ran.err) == (1, True), (
        "the check of the pull request says it before"
    )


def test_an_image_that_cannot_be_pulled_leaves_the_old_pods_running(dev: Flux) -> None:
    dev.run("set", "image.tag=absent", "--env", "dev")
    dev.repository.push("An image that is not there")

    def unhealthy() -> bool:
        found = flux.condition(flux.kustomization(dev.kubectl, "models-dev"))
        return found.get("reason") == "HealthCheckFailed" and "Deployment/gan-dev/gan" in found["message"]

    dev.eventually("unhealthy", unhealthy)
    status = dev.deployment()["status"]
    assert (status["readyReplicas"], status["updatedReplicas"], status["replicas"]) == (1, 1, 2)


def test_links_and_tool_files_of_rendered_do_no_harm(dev: Flux) -> None:
    """Links select an environment for kubectl and are not committed; a tool's configuration is no object."""
    tracked = dev.repository.git("ls-files", "rendered").splitlines()
    assert "rendered/kind/kind-cluster.config" in tracked
    assert [name for name in tracked if name.count("/") == 1] == []
    dev.deployed("Nothing more", "kind")
    stored = json.loads(dev.kubectl.must("get", "all", "-n", "gan-kind", "-o", "json"))["items"]
    assert {one["kind"] for one in stored} >= {"Service", "Deployment", "Pod"}


def with_pull_secret(dev: Flux, text: str) -> None:
    """Let the pods of dev pull with a Secret: YAML of `pullSecret`."""
    values = dev.repository.tree / "values/dev.yaml"
    registry = f"registry:\n  loginServer: {SERVER}\n  pullSecret: {text}\n"
    values.write_text(f"{values.read_text()}\n{registry}")


def test_a_sealed_pull_secret_comes_through(
    dev: Flux, program: Callable[[str], Path], tmp_path: Path
) -> None:
    """git holds the ciphertext, Flux applies it, and the real controller of sealed-secrets opens it."""
    definition = "helm/sealed-secrets/crds/bitnami.com_sealedsecrets.yaml"
    for path in controller.custom_resources(
        "registry/sealed-secrets", "github.com/bitnami/sealed-secrets", definition
    ):
        dev.kubectl.must("apply", "-f", path)
    dev.kubectl.must("wait", "--for=condition=Established", "crd/sealedsecrets.bitnami.com")
    with controller.running(dev.kubectl, program("controller"), tmp_path) as ask:
        (tmp_path / "cert.pem").write_text(ask())
        (tmp_path / "token.json").write_text(json.dumps(token()))
        with_pull_secret(dev, "{ mode: sealed, name: acr }")
        files = (tmp_path / "cert.pem", "--registry-credentials", tmp_path / "token.json")
        dev.run("seal", "--env", "dev", "--certificate", *files)
        dev.run("render", "--env", "dev")
        dev.deployed("A sealed pull secret")
        opened = lambda: dev.kubectl("get", "secret", "acr", "-n", "gan-dev").returncode == 0  # noqa: E731
        dev.eventually("opened", opened)
    stored = dev.kubectl.get("secret", "acr", "gan-dev")
    assert stored["type"] == "kubernetes.io/dockerconfigjson"
    assert PASSWORD not in dev.repository.git("log", "-p", "--all")
    assert dev.deployment()["spec"]["template"]["spec"]["imagePullSecrets"] == [{"name": "acr"}]


def test_what_the_external_secrets_operator_needs_comes_through(dev: Flux) -> None:
    """No operator runs here: that its resources arrive as they are in git is what is shown."""
    names = ("external-secrets.io_externalsecrets", "generators.external-secrets.io_acraccesstokens")
    files = (f"config/crds/bases/{name}.yaml" for name in names)
    for path in controller.custom_resources(
        "registry/external-secrets", "github.com/external-secrets/external-secrets", *files
    ):
        dev.kubectl.must("apply", "--server-side", "-f", path)
    dev.kubectl.must("wait", "--for=condition=Established", "crd", "--all")
    identity = "00000000-0000-0000-0000-000000000001"
    with_pull_secret(
        dev, f'{{ mode: external, name: acr, auth: {{ managedIdentity: {{ identityId: "{identity}" }} }} }}'
    )
    dev.run("render", "--env", "dev")
    dev.deployed("An external pull secret")
    kind = "acraccesstokens.generators.external-secrets.io"
    assert dev.kubectl.get(kind, "acr", "gan-dev")["spec"]["registry"] == SERVER
    assert dev.kubectl.get("externalsecret", "acr", "gan-dev")["spec"]["refreshInterval"] == "30m"
