"""`gen provision --run`: the steps in order, what is done passed over, and nothing destroyed by chance."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import write
from tests.provision.conftest import Provision
from tests.provision.world import World

MAKES = ("az group create", "az acr create", "az acr build", "az aks create", "az acr token create")


def made(world: World) -> list[str]:
    """The beginnings of all calls that make something."""
    return [start for line in world.said for start in MAKES if line.startswith(start)]


def test_a_kind_cluster_is_built_loaded_and_applied_to(provision: Provision, world: World) -> None:
    ran = provision("--env", "kind", "--run", "--yes")
    assert (ran.returncode, ran.stdout) == (0, "9 steps taken\n"), ran.stderr
    assert [line for line in world.said if not line.startswith(("docker info", "kind get"))] == [
        "docker build --tag gan-serving:1.0.0 --file Dockerfile models",
        "kind create cluster --name gan --config rendered/kind/kind-cluster.config --wait 2m",
        "kind load docker-image --name gan gan-serving:1.0.0",
        "kubectl --context kind-gan apply --filename rendered/kind/",
        "kubectl --context kind-gan --namespace gan-kind rollout status deployment/gan --timeout 20m",
        "gen verify --env kind --context kind-gan --wait 2m",
    ]
    assert Path("rendered/kind/kind-cluster.config").is_file()


def test_azure_is_built_once(provision: Provision, world: World) -> None:
    assert provision("--env", "azure", "--run", "--yes").returncode == 0
    assert made(world) == list(MAKES)
    assert Path("rendered/azure/20-secret-acr.yaml").stat().st_mode & 0o777 == 0o600
    again = provision("--env", "azure", "--run", "--yes")
    assert (again.returncode, again.stderr.count("done already")) == (0, 7)
    assert made(world) == list(MAKES)  # nothing new
    assert world.said.count("kubectl --context gan apply --filename rendered/azure/") == 2
    assert "not a secret" not in again.stderr + again.stdout


def test_a_script_does_what_its_steps_do(provision: Provision, world: World) -> None:
    script = provision("--env", "azure").stdout
    provision("--env", "azure", "--run", "--yes")
    by_steps = world.calls
    world.forget()
    Path("rendered/azure/20-secret-acr.yaml").unlink()
    ran = subprocess.run(["bash"], input=script, env=world.environment, text=True, capture_output=True)
    assert ran.returncode == 0, ran.stderr
    assert sorted(world.calls) == sorted(by_steps)  # both ends of a pipe start at once


@pytest.mark.parametrize(
    ("answers", "help"),
    [
        ({"az_account_show": 1}, "az login"),
        (
            {"az_provider_show": "NotRegistered"},
            "az provider register --namespace Microsoft.ContainerRegistry --wait",
        ),
        ({"az_vm_list-skus": ""}, "az vm list-skus --location westeurope --output table"),
        ({"az_vm_list-usage": "96\t100"}, "choose fewer or other nodes with gen set"),
        ({"az_acr_check-name": "false"}, "choose another login server with gen set"),
        ({"az_acr_show_--name_ganregistry_--query_loginServer": "ganregistry-abc.azurecr.io"}, "gen set"),
    ],
)
def test_what_stands_in_the_way_is_named_with_what_mends_it(
    answers: dict[str, str | int], help: str, provision: Provision, world: World
) -> None:
    world.answer(**answers)
    ran = provision("--env", "azure", "--run", "--yes")
    assert ran.returncode == 1
    assert f"  help: {help}" in ran.stderr
    assert "error[provision/failed]: step " in ran.stderr
    assert "go on with: gen provision --env azure --run" in ran.stderr
    assert "az aks create" not in made(world)


def test_the_right_to_pull_is_asked_of_an_owner_where_it_cannot_be_given(
    provision: Provision, home: Path, world: World
) -> None:
    text = (home / "values/azure.yaml").read_text()
    write(home, {"values/azure.yaml": text.replace("mode: secret\n    name: acr", "mode: none")})
    world.answer(az_aks_update=1)
    ran = provision("--env", "azure", "--run", "--yes")
    assert (
        "  help: az role assignment create --role AcrPull --assignee-object-id 00000000-1111 "
        "--scope /subscriptions/1/registries/ganregistry" in ran.stderr
    )
    world.answer()
    assert provision("--env", "azure", "--run", "--yes").returncode == 0
    assert provision("--env", "azure", "--run", "--yes").returncode == 0
    assert [line for line in world.said if "--attach-acr ganregistry" in line][1:] == [
        "az aks update --resource-group gan --name gan --attach-acr ganregistry --output none"
    ]
    assert not any("token create" in line for line in world.said)


def test_each_step_is_asked_for(provision: Provision, world: World) -> None:
    ran = provision("--env", "kind", "--run", typed="y\nn\n")
    assert (ran.returncode, world.said) == (0, ["docker info --format {{.ServerVersion}}"])
    assert ran.stdout.endswith("1 step taken, 8 left: gen provision --env kind --run\n")
    assert 'gen provision --env "$ENVIRONMENT" --check' in ran.stdout
    nobody = provision("--env", "kind", "--run", typed="y\n")
    assert (nobody.returncode, "error[provision/not-approved]" in nobody.stderr) == (2, True)
    assert provision("--env", "kind", "--run", typed="a\n").stdout.endswith("9 steps taken\n")


def test_the_models_are_looked_at_before_anything_is_built(
    provision: Provision, home: Path, world: World
) -> None:
    (home / "models/gan/1/saved_model.pb").unlink()
    ran = provision("--env", "kind", "--run", "--yes")
    assert ran.returncode == 1
    assert "error[provision/model]: models/gan/1: there is no saved_model.pb in it" in ran.stderr
    assert not any(line.startswith("docker build") for line in world.said)


def test_nothing_is_destroyed_unless_its_name_is_typed(provision: Provision, world: World) -> None:
    provision("--env", "azure", "--run", "--yes")
    world_before = len(world.calls)
    for typed in ("", "yes\n", "azure\n"):
        ran = provision("--env", "azure", "--destroy", "--run", "--yes", typed=typed)
        assert (ran.returncode, "error[provision/name-typed]" in ran.stderr) == (2, True)
    script = provision("--env", "azure", "--destroy").stdout
    ran = subprocess.run(["bash"], input=script, env=world.environment, text=True, capture_output=True)
    assert (ran.returncode, "help: bash SCRIPT gan" in ran.stderr) == (1, True)
    assert len(world.calls) == world_before
    ran = provision("--env", "azure", "--destroy", "--run", typed="gan\n")
    assert ran.returncode == 0, ran.stderr
    deleted = [line.partition(" --")[0] for line in world.said if " delete" in line]
    assert deleted == [
        "az acr token delete",
        "kubectl config delete-context gan",
        "az aks delete",
        "az acr repository delete",
        "az acr delete",
        "az group delete",
    ]
    assert not Path("rendered/azure/20-secret-acr.yaml").exists()
    again = provision("--env", "azure", "--destroy", "--run", typed="gan\n")  # nothing is there any more
    assert again.returncode == 0
    assert [line.partition(" --")[0] for line in world.said if " delete" in line] == [*deleted, deleted[1]]


def test_what_others_have_is_kept(provision: Provision, world: World) -> None:
    provision("--env", "azure", "--run", "--yes")
    world.answer(az_acr_repository_list="shop", az_resource_list="/subscriptions/1/registries/ganregistry")
    assert provision("--env", "azure", "--destroy", "--run", typed="gan\n").returncode == 0
    deleted = [line.partition(" --")[0] for line in world.said if " delete" in line]
    assert "az aks delete" in deleted
    assert {"az acr delete", "az group delete"}.isdisjoint(deleted)


def test_a_kind_cluster_is_destroyed(provision: Provision, world: World) -> None:
    provision("--env", "kind", "--run", "--yes")
    assert provision("--env", "kind", "--destroy", "--run", typed="gan\n").returncode == 0
    assert world.said[-1] == "docker image rm --force gan-serving:1.0.0"
    assert "kind delete cluster --name gan" in world.said


def test_the_script_is_data_for_programs(provision: Provision) -> None:
    found = json.loads(provision("--env", "kind", "--format", "json").stdout)
    assert found["script"].startswith("#!/usr/bin/env bash\n")
    assert found["steps"][4] == "5/9 cluster"
