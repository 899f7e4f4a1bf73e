"""`gitops` in gen.yaml: what `gen render` and `gen check` make of the folder of the engine's objects."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from tests.conftest import Gen, tree, write

GITOPS = """\
gitops:
  name: models
  repository: https://git.example.com/ml/models.git
  ENGINE
"""
FLUX = GITOPS.replace("ENGINE", "flux: {}")
SET = GITOPS.replace("ENGINE", "argocd: { applicationSet: true }")


# Nobody listens there.
KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters: [{ name: a, cluster: { server: "http://127.0.0.1:9" } }]
contexts: [{ name: a, context: { cluster: a, user: a } }]
users: [{ name: a, user: {} }]
current-context: a
"""


def folders(project: Path) -> list[str]:
    return sorted(tree(project / "rendered/_gitops")) if (project / "rendered/_gitops").exists() else []


def test_one_environment_is_rendered_and_selected_as_without_an_engine(project: Path, gen: Gen) -> None:
    write(project, {"gen.yaml": FLUX})
    ran = gen("render", "--env", "dev")
    assert (ran.status, ran.err.count("error")) == (0, 0)
    assert ran.out.endswith(
        "  kubectl apply -f rendered/dev/   (selected: kubectl apply -f rendered/)\n"
        "Or once, and the GitOps engine applies what is committed from then on:\n"
        "  kubectl apply -f rendered/_gitops/dev/\n"
    )
    assert folders(project) == ["dev/70-gitrepository-models.yaml", "dev/70-kustomization-models-dev.yaml"]
    links = [str(path.readlink()) for path in (project / "rendered").glob("*.yaml")]
    assert links == ["dev/25-configmap-gan.yaml"]


def test_a_change_of_the_settings_is_drift_with_its_source(project: Path, gen: Gen) -> None:
    write(project, {"gen.yaml": FLUX})
    assert gen("render", "--all").status == 0
    assert "2 environments clean" in gen("check", "--all").out
    write(project, {"gen.yaml": FLUX.replace("models.git", "other.git")})
    ran = gen("check", "--env", "dev")
    assert ran.status == 1
    assert "+   url: https://git.example.com/ml/other.git    ← gen.yaml:3" in ran.out
    assert ran.err.count("error[drift/changed]") == 1


@pytest.mark.parametrize("after", [SET, "", FLUX + "  environments: [prod]\n"], ids=["set", "none", "fewer"])
def test_what_is_not_rendered_any_more_is_removed(project: Path, gen: Gen, after: str) -> None:
    write(project, {"gen.yaml": FLUX})
    assert gen("render", "--all").status == 0
    foreign = project / "rendered/_gitops/dev/mine.yaml"
    foreign.write_text("kind: Mine\n")
    write(project, {"gen.yaml": after})
    assert gen("check", "--all").err.count("error[drift/stale]") == (2 if after.startswith(FLUX) else 4)
    assert gen("render", "--all").status == 0
    left = [name for name in folders(project) if name != "dev/mine.yaml"]
    kept = ["prod/70-gitrepository-models.yaml", "prod/70-kustomization-models-prod.yaml"]
    assert left == (["70-applicationset-models.yaml"] if after == SET else kept if after else [])
    assert foreign.read_text() == "kind: Mine\n"
    assert gen("check", "--all").status == 0


def test_an_environment_that_is_gone_leaves_nothing_behind(project: Path, gen: Gen) -> None:
    write(project, {"gen.yaml": FLUX})
    assert gen("render", "--all").status == 0
    (project / "values/prod.yaml").unlink()
    assert gen("render", "--all").status == 0
    assert [name for name in folders(project) if name.startswith("prod")] == []


def test_an_application_set_has_every_environment(project: Path, gen: Gen) -> None:
    write(project, {"gen.yaml": SET, "values/fraud/eu.yaml": "{}\n"})
    assert gen("render", "--all").status == 0
    made = yaml.safe_load((project / "rendered/_gitops/70-applicationset-models.yaml").read_text())
    [generator] = made["spec"]["generators"]
    assert [one["path"] for one in generator["list"]["elements"]] == [
        "rendered/dev",
        "rendered/fraud/eu",
        "rendered/prod",
    ]
    write(project, {"values/more.yaml": "{}\n"})
    assert gen("render", "--env", "more").status == 0
    assert "drift/changed" in gen("check", "--all").err


def test_a_wave_of_a_template_stays(project: Path, gen: Gen) -> None:
    template = project / "templates/configmap.yaml.j2"
    waved = 'metadata:\n  annotations: { argocd.argoproj.io/sync-wave: "-1", a: b }'
    template.write_text(template.read_text().replace("metadata:", waved))
    write(project, {"gen.yaml": SET})
    assert gen("render", "--env", "dev").status == 0
    made = yaml.safe_load((project / "rendered/dev/25-configmap-gan.yaml").read_text())
    assert made["metadata"]["annotations"] == {"argocd.argoproj.io/sync-wave": "-1", "a": "b"}


def test_lines_are_explained_by_gen_yaml(project: Path, gen: Gen) -> None:
    write(project, {"gen.yaml": FLUX})
    assert gen("render", "--all").status == 0
    place = "rendered/_gitops/dev/70-gitrepository-models.yaml"
    number = (project / place).read_text().splitlines().index(
        "  url: https://git.example.com/ml/models.git"
    ) + 1
    ran = gen("explain", f"{place}:{number}")
    assert (ran.status, "gen.yaml:3:15" in ran.out) == (0, True), ran.out + ran.err


def test_programs_get_the_folders(project: Path, gen: Gen) -> None:
    write(project, {"gen.yaml": FLUX})
    found = json.loads(gen("render", "--all", "--format", "json").out)["environments"]
    assert [one["name"] for one in found] == ["dev", "prod", "_gitops/dev", "_gitops/prod"]


def test_an_environment_cannot_take_the_folder(project: Path, gen: Gen) -> None:
    write(project, {"values/_gitops/dev.yaml": "{}\n"})
    ran = gen("render", "--all")
    assert (ran.status, "error[project/name]" in ran.err) == (2, True), ran.err


def test_commands_that_ask_a_cluster_work_on_one_environment(
    project: Path, gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, {"gen.yaml": FLUX, "kubeconfig": KUBECONFIG})
    monkeypatch.setenv("KUBECONFIG", str(project / "kubeconfig"))
    assert gen("render", "--all").status == 0
    for command in ("status", "diff"):
        ran = gen(command, "--env", "dev")
        assert (ran.status, "internal/bug" in ran.err) == (3, False), ran.err


def test_with_output_only_the_environment_is_written(project: Path, gen: Gen, tmp_path: Path) -> None:
    write(project, {"gen.yaml": FLUX})
    assert gen("render", "--env", "dev", "--output", tmp_path / "out").status == 0
    assert folders(project) == []
    assert sorted(tree(tmp_path / "out")) == ["25-configmap-gan.yaml"]


def test_an_error_in_an_environment_keeps_the_engine_s_objects_back(project: Path, gen: Gen) -> None:
    write(project, {"gen.yaml": FLUX, "values/prod.yaml": "nme: x\n"})
    shutil.rmtree(project / "rendered", ignore_errors=True)
    (project / "templates/configmap.yaml.j2").write_text("a: {{ nowhere }}\n")
    assert gen("render", "--all").status == 1
    assert folders(project) == []
