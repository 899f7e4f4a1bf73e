"""`gen render` as a user sees it: what is written, what is left alone, what is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Gen, tree, write

CONFIG = "25-configmap-gan.yaml"


def test_says_what_happened_and_how_to_apply(project: Path, gen: Gen) -> None:
    ran = gen("render", "--env", "prod")
    assert ran.out.splitlines() == [
        "prod: 1 created",
        f"  + rendered/prod/{CONFIG}",
        "Apply with:",
        "  kubectl apply -f rendered/prod/   (selected: kubectl apply -f rendered/)",
    ]
    write(project, {"values/prod.yaml": "data: {mode: live}\n"})
    assert gen("render", "--env", "prod").out.splitlines()[:2] == [
        "prod: 1 changed",
        f"  ~ rendered/prod/{CONFIG}",
    ]
    assert gen("render", "--env", "prod").out.splitlines()[0] == "prod: 1 unchanged"


def test_several_environments(project: Path, gen: Gen) -> None:
    ran = gen("render", "--env", "dev", "-e", "prod", "--format", "json")
    told = json.loads(ran.out)
    assert [e["apply"] for e in told["environments"]] == [
        f"kubectl apply -f rendered/{e}/" for e in ("dev", "prod")
    ]
    assert [e["created"] for e in told["environments"]] == [[CONFIG], [CONFIG]]
    assert told["diagnostics"] == []


def test_one_environment_is_selected_by_links(project: Path, gen: Gen) -> None:
    gen("render", "--env", "dev")
    link = project / "rendered" / CONFIG
    assert str(link.readlink()) == f"dev/{CONFIG}"
    gen("render", "--env", "prod")
    assert str(link.readlink()) == f"prod/{CONFIG}"
    gen("render", "--all")
    assert not link.is_symlink()


def test_a_file_for_a_tool_is_not_selected(project: Path, gen: Gen) -> None:
    write(project, {"templates/kind-cluster.config.j2": "kind: Cluster\nname: {{ name }}\n"})
    gen("render", "--env", "dev")
    assert (project / "rendered/dev/kind-cluster.config").is_file()
    assert [path.name for path in (project / "rendered").glob("*") if path.is_symlink()] == [CONFIG]
    assert gen("check", "--env", "dev").status == 0


def test_kubectl_reads_the_selected_environment(project: Path, gen: Gen, local_kubectl: str) -> None:
    gen("render", "--env", "prod")
    command = [local_kubectl, "label", "--local", "-f", "rendered/", "zz=1", "-o", "json"]
    shown = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert (shown["kind"], shown["data"]) == ("ConfigMap", {"mode": "prod"})


def test_files_no_longer_rendered_are_removed(project: Path, gen: Gen) -> None:
    gen("render", "--env", "dev")
    write(project, {"values/base.yaml": "name: other\n"})
    ran = gen("render", "--env", "dev")
    assert "  - rendered/dev/25-configmap-gan.yaml" in ran.out
    assert list(tree(project / "rendered/dev")) == ["25-configmap-other.yaml"]
    assert [path.name for path in project.glob("rendered/*.yaml")] == ["25-configmap-other.yaml"]


def test_environments_no_longer_there_are_removed_by_all(project: Path, gen: Gen) -> None:
    gen("render", "--all")
    (project / "values/prod.yaml").unlink()
    assert "prod: 1 removed" in gen("render", "--all").out
    assert list(tree(project / "rendered")) == [f"dev/{CONFIG}"]


def test_foreign_files_are_left_alone_and_named(project: Path, gen: Gen) -> None:
    write(project, {"rendered/dev/50-mine.yaml": "a: b\n", "rendered/dev/NOTES.txt": "x"})
    ran = gen("render", "--env", "dev")
    assert ran.status == 0
    assert "warning[output/foreign]: rendered/dev/50-mine.yaml was not written by gen" in ran.err
    assert "NOTES" not in ran.err
    assert (project / "rendered/dev/50-mine.yaml").read_text() == "a: b\n"


def test_a_name_taken_by_a_foreign_file_is_an_error(project: Path, gen: Gen) -> None:
    write(project, {f"rendered/dev/{CONFIG}": "a: b\n"})
    ran = gen("render", "--all")
    assert ran.status == 1
    assert f"error[output/taken]: rendered/dev/{CONFIG} was not written by gen" in ran.err
    assert tree(project / "rendered") == {f"dev/{CONFIG}": "a: b\n"}


def test_a_link_in_the_place_of_a_file_is_not_followed(project: Path, gen: Gen) -> None:
    target = project / "precious"
    target.write_text("keep")
    (project / "rendered/dev").mkdir(parents=True)
    (project / "rendered/dev" / CONFIG).symlink_to(target)
    assert gen("render", "--env", "dev").status == 1
    assert target.read_text() == "keep"


def test_one_bad_environment_keeps_all_from_being_written(project: Path, gen: Gen) -> None:
    gen("render", "--all")
    before = tree(project / "rendered")
    write(project, {"values/dev.yaml": "data: {mode: new}\n", "values/prod.yaml": "data: {mode: 3}\n"})
    ran = gen("render", "--all")
    assert ran.status == 1
    assert "only in: prod" in ran.err
    assert tree(project / "rendered") == before


def test_a_killed_render_is_completed_by_the_next(project: Path, gen: Gen) -> None:
    gen("render", "--env", "dev")
    rendered = project / "rendered/dev"
    good = (rendered / CONFIG).read_text()
    write(project / "rendered", {".gen-stage/0/half": "x", "dev/gone.yaml": good})
    ran = gen("check", "--env", "dev")
    assert (ran.status, "error[drift/interrupted]" in ran.err) == (1, True)
    gen("render", "--env", "dev")
    assert tree(project / "rendered") == {f"dev/{CONFIG}": good}
    assert gen("check", "--env", "dev").status == 0


def test_output_writes_straight_into_a_folder(project: Path, gen: Gen, tmp_path: Path) -> None:
    out = tmp_path / "branch"
    ran = gen("render", "--env", "dev", "--output", str(out))
    assert ran.out.splitlines()[-1] == "  kubectl apply -f ../branch/"
    assert list(tree(out)) == [CONFIG]
    assert not (project / "rendered").exists()
    assert gen("check", "--env", "dev", "--output", str(out)).status == 0
    assert gen("render", "--all", "--output", str(out)).status == 2


def test_works_from_a_sub_folder_and_with_project(project: Path, gen: Gen, monkeypatch: object) -> None:
    os.chdir(project / "templates")
    assert "../rendered/dev" in gen("render", "--env", "dev").out
    os.chdir("/")
    assert gen("check", "--env", "dev", "--project", str(project)).status == 0


def test_wrong_usage(project: Path, gen: Gen, tmp_path: Path) -> None:
    ran = gen("render")
    assert (ran.status, "this project has dev, prod" in ran.err) == (2, True)
    ran = gen("render", "--env", "prd")
    assert (ran.status, "did you mean `prod`?" in ran.err) == (2, True)
    assert gen("render", "--env", "dev", "--all").status == 2
    assert gen("render", "--env", "dev", "--project", str(tmp_path)).status == 2
    assert gen("no-such-command").status == 2


def test_no_schema_is_said(project: Path, gen: Gen) -> None:
    (project / "schema/values.schema.json").unlink()
    ran = gen("render", "--all")
    assert (ran.status, "error[project/no-schema]" in ran.err) == (1, True)


def test_templates_are_not_read_through_links_that_lead_outside(
    project: Path, gen: Gen, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("password")
    (project / "templates/_secret.j2").symlink_to(tmp_path / "secret")
    ran = gen("render", "--all")
    assert (ran.status, "the link leads outside" in ran.err, "password" in ran.err) == (1, True, False)


def test_a_read_only_folder_is_said(project: Path, gen: Gen) -> None:
    (project / "rendered").write_text("not a folder")
    ran = gen("render", "--all")
    assert (ran.status, "error[output/failed]: cannot write to rendered" in ran.err) == (3, True)


def test_windows_line_breaks_and_byte_order_marks_change_nothing(project: Path, gen: Gen) -> None:
    gen("render", "--all")
    for path in [*project.glob("values/*"), *project.glob("templates/*")]:
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert gen("check", "--all").status == 0


def test_rendering_loads_no_client(project: Path) -> None:
    script = (
        "import sys\nfrom generator.cli import app\n"
        "try:\n    app(['render', '--all'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(json.loads(ran.stderr.replace("'", '"')))
    assert "jinja2" in loaded
    assert not loaded & {
        "kubernetes",
        "grpc",
        "google",
        "tensorflow",
        "numpy",
        "jsonschema",
        "rich",
        "requests",
        "ssl",
    }


@pytest.mark.parametrize("place", ["templates/loop.yaml.j2", "schema/loop.schema.json", "values/dev.yaml"])
def test_a_link_that_leads_in_circles_is_no_source(project: Path, gen: Gen, place: str) -> None:
    (project / place).unlink(missing_ok=True)
    (project / place).symlink_to(Path(place).name)
    for command in ("check", "render"):
        ran = gen(command, "--all")
        assert (ran.status, f"cannot read {place}: Too many levels" in ran.err) == (1, True), ran.err


@pytest.mark.parametrize("place", ["rendered", "rendered/dev"])
def test_a_link_that_leads_in_circles_is_no_output(project: Path, gen: Gen, place: str) -> None:
    (project / place).parent.mkdir(exist_ok=True)
    (project / place).symlink_to(Path(place).name)
    ran = gen("render", "--env", "dev")
    assert (ran.status, "error[output/link]" in ran.err) == (1, True), ran.err
    assert gen("check", "--env", "dev").status == 1
    assert gen("explain", "rendered/dev/25-configmap-gan.yaml:1").status == 2
