"""What the values are for: what changes with them, and what follows from them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.pipeline import Rendering
from tests.conftest import Gen
from tests.product.conftest import ROOT, Render


def objects(rendering: Rendering) -> dict[str, Any]:
    """The objects by their kinds."""
    return {file.manifest.identity.kind: file.manifest.body for file in rendering.files}


def server(rendering: Rendering) -> dict[str, Any]:
    container: dict[str, Any] = pod(rendering)["spec"]["containers"][0]
    return container


def pod(rendering: Rendering) -> dict[str, Any]:
    template: dict[str, Any] = objects(rendering)["Deployment"]["spec"]["template"]
    return template


def flags(rendering: Rendering) -> dict[str, str]:
    return dict(argument.removeprefix("--").split("=", 1) for argument in server(rendering)["args"])


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project of this repository, to be changed."""
    for folder in ("schema", "templates", "values"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "gen.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load(copy: Path, environment: str, file: str) -> Any:
    return yaml.safe_load((copy / "rendered" / environment / file).read_text())


def test_a_newcomer_changes_the_model_the_image_and_the_port(copy: Path, gen: Gen) -> None:
    base = copy / "values/base.yaml"
    text = base.read_text()
    for line, changed in (
        ("  gan: {}\n", "  digits: {}\n"),
        ("  repository: gan-serving\n", "  repository: digits-serving\n"),
        ("  grpc: 8500\n", "  grpc: 9500\n"),
    ):
        assert text.count(line) == 1, "one line of values/base.yaml says it"
        text = text.replace(line, changed)
    base.write_text(text)
    assert gen("render", "--all").status == 0
    for environment, offered in (("dev", 9500), ("kind", 9500), ("azure", 9000)):
        container = load(copy, environment, "40-deployment-gan.yaml")["spec"]["template"]["spec"][
            "containers"
        ][0]
        assert container["image"].endswith("digits-serving:1.0.0")
        assert {"--model_name=digits", "--model_base_path=/models/digits", "--port=9500"} <= set(
            container["args"]
        )
        assert container["readinessProbe"]["httpGet"]["path"] == "/v1/models/digits/metadata"
        service = load(copy, environment, "35-service-gan.yaml")
        assert service["spec"]["ports"][0] | {"nodePort": 0} == {
            "name": "grpc",
            "port": offered,
            "targetPort": "grpc",
            "nodePort": 0,
        }


@pytest.mark.parametrize("name", ["dev", "kind", "azure"])
def test_environment_files_are_short(name: str) -> None:
    assert len((ROOT / f"values/{name}.yaml").read_text().splitlines()) < 60


def test_kind_forwards_to_the_node_ports_of_the_service() -> None:
    forwarded = yaml.safe_load((ROOT / "rendered/kind/kind-cluster.config").read_text())
    service = yaml.safe_load((ROOT / "rendered/kind/35-service-gan.yaml").read_text())
    mappings = forwarded["nodes"][0]["extraPortMappings"]
    assert [m["containerPort"] for m in mappings] == [p["nodePort"] for p in service["spec"]["ports"]]
    assert {m["listenAddress"] for m in mappings} == {"127.0.0.1"}


def test_azure_is_inside_the_network_unless_clients_are_listed(render: Render) -> None:
    internal = "service.beta.kubernetes.io/azure-load-balancer-internal"
    service: dict[str, Any] = {"type": "LoadBalancer"}
    made = objects(render({"service": service}))["Service"]
    assert made["metadata"]["annotations"][internal] == "true"
    service["loadBalancer"] = {"internal": False, "sourceRanges": ["203.0.113.0/24"]}
    made = objects(render({"service": service}))["Service"]
    assert made["metadata"]["annotations"][internal] == "false"
    assert made["spec"]["loadBalancerSourceRanges"] == ["203.0.113.0/24"]


@pytest.mark.parametrize(
    ("cpu", "threads"), [(1, 1), ("500m", 1), ("1500m", 2), ("1.5", 2), (4, 4), ("4000m", 4)]
)
def test_threads_follow_from_the_limit(cpu: int | str, threads: int, render: Render) -> None:
    made = render({"resources": {"requests": {"cpu": "100m"}, "limits": {"cpu": cpu}}})
    given = flags(made)
    assert (
        given["tensorflow_intra_op_parallelism"] == given["tensorflow_inter_op_parallelism"] == str(threads)
    )
    assert given["grpc_max_threads"] == given["rest_api_num_threads"] == str(4 * threads)
    assert {"name": "MALLOC_ARENA_MAX", "value": str(2 * threads)} in server(made)["env"]


def test_what_is_given_by_name_counts(render: Render) -> None:
    values = {
        "server": {"flags": {"grpc_max_threads": 7}},
        "pod": {"env": {"MALLOC_ARENA_MAX": "1"}},
    }
    made = render(values)
    assert flags(made)["grpc_max_threads"] == "7"
    assert server(made)["env"] == [{"name": "MALLOC_ARENA_MAX", "value": "1"}]


def test_a_change_of_what_is_read_once_rolls_the_pods(render: Render) -> None:
    def template(size: int) -> dict[str, Any]:
        return pod(render({"batching": {"max_batch_size": size}}))

    assert template(8) == template(8)
    assert template(8)["metadata"]["annotations"] != template(16)["metadata"]["annotations"]


def test_a_change_of_what_the_server_reads_again_does_not(render: Render) -> None:
    def template(latest: int, **polling: int) -> dict[str, Any]:
        values = {"models": {"gan": {"versions": {"latest": latest}}}, "server": {"flags": polling}}
        return pod(render(values))

    assert template(1) != template(2)
    assert template(1, model_config_file_poll_wait_seconds=60) == template(
        2, model_config_file_poll_wait_seconds=60
    )


def test_an_autoscaler_has_the_say_on_replicas(render: Render) -> None:
    made = objects(render({"replicas": 3, "autoscaling": {"minReplicas": 2, "maxReplicas": 4}}))
    assert "replicas" not in made["Deployment"]["spec"]
    assert made["HorizontalPodAutoscaler"]["spec"]["minReplicas"] == 2


def test_a_rollout_may_take_as_long_as_the_start_may(render: Render) -> None:
    values = {
        "probes": {"startup": {"periodSeconds": 10, "failureThreshold": 90}},
        "rollout": {"pullSeconds": 60},
    }
    assert objects(render(values))["Deployment"]["spec"]["progressDeadlineSeconds"] == 960


def test_the_image_is_named_whole(render: Render) -> None:
    digest = f"sha256:{'0' * 64}"
    values = {"registry": {"loginServer": "r.azurecr.io"}, "image": {"digest": digest}}
    assert server(render(values))["image"] == f"r.azurecr.io/gan-serving:1.0.0@{digest}"
    values["image"]["tag"] = None  # type: ignore[assignment]
    made = render(values)
    assert server(made)["image"] == f"r.azurecr.io/gan-serving@{digest}"
    assert "app.kubernetes.io/version" not in pod(made)["metadata"]["labels"]
