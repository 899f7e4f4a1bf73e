"""The pull secret on a real API server, with the real controller of sealed-secrets and the real CRDs."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cluster.kubectl import Kubectl
from tests.conftest import Gen
from tests.registry import controller
from tests.registry.conftest import PASSWORD, SERVER, mode, token
from tests.registry.sealing import key_pair

pytestmark = pytest.mark.cluster

SEALED = "rendered/azure/20-sealedsecret-acr.yaml"
IDS = '{clientId: "00000000-0000-0000-0000-000000000001", tenantId: "00000000-0000-0000-0000-000000000002"}'


def in_namespace(project: Path, namespace: str) -> None:
    """Move the azure environment to a namespace that is there already."""
    path = project / "values/azure.yaml"
    path.write_text(f"{path.read_text()}\nnamespace:\n  name: {namespace}\n  create: false\n")


def as_kubectl_makes_it(kubectl: Kubectl, username: str, password: str) -> dict[str, str]:
    """The data of the Secret that `kubectl create secret docker-registry` makes."""
    login = (f"--docker-username={username}", f"--docker-password={password}")
    asked = ("create", "secret", "docker-registry", "acr", f"--docker-server={SERVER}", *login)
    made: dict[str, str] = json.loads(kubectl.must(*asked, "--dry-run=client", "-o", "json"))["data"]
    return made


@pytest.mark.parametrize(
    "password", [PASSWORD, "simple", "tab\tand \x7f \b\f \u2028 <&>", 'qu"ote\\', "ü/€/😀", "a:b:c="]
)
def test_the_secret_is_the_one_that_kubectl_makes(
    serving: Path, gen: Gen, kubectl: Kubectl, namespace: str, tmp_path: Path, password: str
) -> None:
    in_namespace(serving, namespace)
    (tmp_path / "c.json").write_text(json.dumps(token(value=password)))
    ran = gen("render", "--env", "azure", "--registry-credentials", str(tmp_path / "c.json"))
    assert (ran.status, ran.err) == (0, "")
    kubectl.must("apply", "-f", str(serving / "rendered/"))
    stored = kubectl.get("secret", "acr", namespace)
    assert stored["type"] == "kubernetes.io/dockerconfigjson"
    assert stored["data"] == as_kubectl_makes_it(kubectl, "gan-pull", password)
    pod = kubectl.get("deployment", "gan", namespace)["spec"]["template"]["spec"]
    assert pod["imagePullSecrets"] == [{"name": "acr"}]


@pytest.fixture(scope="module")
def certificate(
    kubectl: Kubectl, program: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The certificate of a running sealed-secrets controller."""
    crd = "helm/sealed-secrets/crds/bitnami.com_sealedsecrets.yaml"
    for path in controller.custom_resources(
        "registry/sealed-secrets", "github.com/bitnami/sealed-secrets", crd
    ):
        kubectl.must("apply", "-f", path)
    kubectl.must("wait", "--for=condition=Established", "crd/sealedsecrets.bitnami.com")
    folder = tmp_path_factory.mktemp("controller")
    with controller.running(kubectl, program("controller"), folder) as ask:
        yield ask()


def sealed(gen: Gen, tmp_path: Path, certificate: str) -> None:
    """Seal for azure, and render it."""
    (tmp_path / "cert.pem").write_text(certificate)
    (tmp_path / "c.json").write_text(json.dumps(token()))
    files = (str(tmp_path / "cert.pem"), "--registry-credentials", str(tmp_path / "c.json"))
    for ran in (gen("seal", "--env", "azure", "--certificate", *files), gen("render", "--env", "azure")):
        assert ran.status == 0, ran.err


def eventually(look: Callable[[], Any]) -> Any:
    """What is seen as soon as something is seen, within half a minute."""
    deadline = time.monotonic() + 30
    while not (seen := look()):
        assert time.monotonic() < deadline, "nothing was seen"
        time.sleep(0.1)
    return seen


def refusal(kubectl: Kubectl, namespace: str) -> str:
    """Why the controller does not unseal."""

    def look() -> str:
        status = kubectl.get("sealedsecret", "acr", namespace).get("status", {})
        failed = [c for c in status.get("conditions", []) if (c["type"], c["status"]) == ("Synced", "False")]
        return str(failed[0]["message"]) if failed else ""

    return str(eventually(look))


@pytest.mark.parametrize("scope", ["strict", "namespace-wide", "cluster-wide"])
def test_the_controller_unseals_the_very_bytes(
    serving: Path, gen: Gen, kubectl: Kubectl, namespace: str, tmp_path: Path, certificate: str, scope: str
) -> None:
    in_namespace(serving, namespace)
    mode(serving, f"{{mode: sealed, scope: {scope}}}")
    sealed(gen, tmp_path, certificate)
    kubectl.must("apply", "-f", str(serving / "rendered/"))
    eventually(lambda: kubectl("get", "secret", "acr", "-n", namespace).returncode == 0)
    stored = kubectl.get("secret", "acr", namespace)
    assert stored["type"] == "kubernetes.io/dockerconfigjson"
    assert stored["data"] == as_kubectl_makes_it(kubectl, "gan-pull", PASSWORD)
    assert stored["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "gen"


def test_a_certificate_of_another_controller_is_no_use(
    serving: Path, gen: Gen, kubectl: Kubectl, namespace: str, tmp_path: Path, certificate: str
) -> None:
    in_namespace(serving, namespace)
    mode(serving, "{mode: sealed}")
    sealed(gen, tmp_path, key_pair().certificate)
    kubectl.must("apply", "-f", str(serving / "rendered/"))
    assert "no key could decrypt secret" in refusal(kubectl, namespace)
    assert kubectl("get", "secret", "acr", "-n", namespace).returncode != 0


def test_a_strict_secret_is_not_unsealed_in_another_namespace(
    serving: Path, gen: Gen, kubectl: Kubectl, namespace: str, tmp_path: Path, certificate: str
) -> None:
    mode(serving, "{mode: sealed}")
    sealed(gen, tmp_path, certificate)
    moved = (serving / SEALED).read_text().replace("namespace: gan", f"namespace: {namespace}")
    kubectl.must("apply", "-f", "-", stdin=moved)
    assert "no key could decrypt secret" in refusal(kubectl, namespace)
    in_namespace(serving, namespace)
    ran = gen("render", "--env", "azure")
    assert ran.status == 1, "gen sees it before the cluster does"
    assert "error[seal/other]" in ran.err


@pytest.fixture(scope="module")
def operator(kubectl: Kubectl) -> None:
    """The custom resources of the External Secrets Operator."""
    names = ("external-secrets.io_externalsecrets", "generators.external-secrets.io_acraccesstokens")
    package = "github.com/external-secrets/external-secrets"
    files = (f"config/crds/bases/{name}.yaml" for name in names)
    for path in controller.custom_resources("registry/external-secrets", package, *files):
        kubectl.must("apply", "--server-side", "-f", path)
    for name in ("externalsecrets.external-secrets.io", "acraccesstokens.generators.external-secrets.io"):
        kubectl.must("wait", "--for=condition=Established", f"crd/{name}")


@pytest.mark.parametrize(
    "auth",
    [
        f"{{workloadIdentity: {IDS}}}",
        '{managedIdentity: {identityId: "00000000-0000-0000-0000-000000000001"}}',
        '{servicePrincipal: {tenantId: "00000000-0000-0000-0000-000000000002", secretName: principal}}',
    ],
)
def test_the_operator_s_resources_admit_ours(
    serving: Path, gen: Gen, kubectl: Kubectl, namespace: str, operator: None, auth: str
) -> None:
    in_namespace(serving, namespace)
    mode(serving, f'{{mode: external, scope: "repository:gan-serving:pull", auth: {auth}}}')
    assert gen("render", "--env", "azure").status == 0
    kubectl.must("apply", "-f", str(serving / "rendered/"), "--validate=strict")
    kind = "acraccesstokens.generators.external-secrets.io"
    generator = kubectl.get(kind, "acr", namespace)["spec"]
    assert list(generator["auth"]) == [auth.partition(":")[0].strip("{")]
    assert (generator["registry"], generator["scope"]) == (SERVER, "repository:gan-serving:pull")
    consumer = kubectl.get("externalsecret", "acr", namespace)["spec"]
    assert consumer["dataFrom"][0]["sourceRef"]["generatorRef"]["name"] == "acr"
    assert consumer["refreshInterval"] == "30m"
    annotations = kubectl.get("serviceaccount", "gan", namespace)["metadata"].get("annotations", {})
    federated = "azure.workload.identity/client-id" in annotations
    assert federated == ("workloadIdentity" in auth)


def test_what_the_operator_would_fill_in_is_a_docker_configuration(serving: Path, gen: Gen) -> None:
    mode(serving, f"{{mode: external, auth: {{workloadIdentity: {IDS}}}}}")
    gen("render", "--env", "azure")
    text = (serving / "rendered/azure/20-externalsecret-acr.yaml").read_text()
    template = yaml.safe_load(text)["spec"]["target"]["template"]["data"][".dockerconfigjson"]
    auth = base64.b64encode(b"u:p").decode()
    for mark, value in (
        ('{{ printf "%s:%s" .username .password | b64enc }}', auth),
        ("{{ .username }}", "u"),
        ("{{ .password }}", "p"),
    ):
        assert mark in template
        template = template.replace(mark, value)
    assert json.loads(template) == {"auths": {SERVER: {"username": "u", "password": "p", "auth": auth}}}
