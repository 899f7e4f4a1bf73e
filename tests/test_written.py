"""The law of the output: what kubectl reads from a folder is exactly what gen has checked."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.output import APPLIED
from generator.project import DiskProject
from tests.conftest import CASES, COMMON, Gen, write
from tests.product.conftest import ROOT

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ name }}\ndata: {{ data }}\n"
EVIL = "\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: evil}\nstringData: {a: b}\n"

# What a template may be called. Each is refused, or is a template like any other.
NAMES = [
    f"a{EVIL.replace('/', '_')}.yaml.j2",
    "a\n---\nkind: Secret\n#.yaml.j2",
    "a\r---\rkind: Secret\r#.yaml.j2",
    "a\x85kind: Secret.yaml.j2",
    "a\u2028kind: Secret.yaml.j2",
    "a\u2029---.yaml.j2",
    "a\x0bkind: Secret.yaml.j2",
    "a\x0ckind: Secret.yaml.j2",
    "a\x1b[2Jb.yaml.j2",
    "a\u202eb.yaml.j2",
    "a\ufeffb.yaml.j2",
    "a\U0010fe00b.yaml.j2",
    "---.yaml.j2",
    "a; b: c # d.yaml.j2",
    "%YAML 1.1.yaml.j2",
    "größe ✓ 模型.yaml.j2",
    "{{ name }}.yaml.j2",
    "a\\nb.yaml.j2",
    "...yaml.j2",
]
VALUES = [EVIL, "---", "...", "# x", "a\n--- !!x", "%TAG ! x", "\u2028---", "a: b", "\x85", "*a", "&a b"]


def strict(folder: Path) -> list[Any]:
    """The objects in every file of a folder that kubectl reads, in its order; several documents are read."""
    read: list[Any] = []
    for path in sorted(folder.iterdir() if folder.is_dir() else (), key=lambda p: os.fsencode(p.name)):
        if path.name.endswith(APPLIED) and not path.is_dir():
            read += [one for one in yaml.load_all(path.read_bytes(), _Strict) if one is not None]
    return read


class _Strict(yaml.SafeLoader):
    """PyYAML's loader, which refuses a key that stands twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        assert len(keys) == len(set(keys)), keys
        return super().construct_mapping(node, deep)


def kubectl(folder: Path) -> list[Any]:
    """The objects that kubectl reads from a folder, asked for a change that needs no cluster."""
    command = ["kubectl", "label", "--local", "-f", f"{folder}/", "law=kept", "-o", "json"]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    decoder, at, read = json.JSONDecoder(), 0, []
    while at < len(ran.stdout.rstrip()):
        one, at = decoder.raw_decode(ran.stdout, at)
        at += len(ran.stdout[at:]) - len(ran.stdout[at:].lstrip())
        read.append(one)
    return read


def labelled(body: dict[str, Any]) -> dict[str, Any]:
    """An object with the label that kubectl was told to set."""
    body = copy.deepcopy(body)
    body["metadata"].setdefault("labels", {})["law"] = "kept"
    return body


def checked(root: Path, environment: str) -> list[Any]:
    """The objects of an environment that went through the checks."""
    project = DiskProject(root)
    rendering = project.line.render(environment, project.layers(environment))
    return [file.manifest.body for file in rendering.files if file.name.endswith(APPLIED)]


def hold(root: Path, environments: list[str]) -> None:
    for environment in environments:
        expected = checked(root, environment)
        for folder in (root / "rendered" / environment, root / "rendered"):
            if folder.name != "rendered" or len(environments) == 1:
                assert strict(folder) == expected
                if expected:
                    assert kubectl(folder) == [labelled(body) for body in expected]


CORPUS = [case for case in sorted(CASES.iterdir()) if (case / "templates").is_dir() and case != COMMON]


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_holds_for_the_golden_cases(case: Path, tmp_path: Path, gen: Gen) -> None:
    root = tmp_path / "project"
    shutil.copytree(COMMON, root)
    shutil.copytree(case, root, dirs_exist_ok=True)
    for environment in DiskProject(root).environments:
        if gen("render", "--env", environment, "--project", root).status == 0:
            hold(root, [environment])


def test_holds_for_this_repository(tmp_path: Path, gen: Gen) -> None:
    for name in ("schema", "templates", "values", "gen.yaml"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, tmp_path / name)
    for environment in ("dev", "kind"):
        assert gen("render", "--env", environment, "--project", tmp_path).status == 0
        hold(tmp_path, [environment])


@pytest.mark.parametrize("name", NAMES, ids=ascii)
@pytest.mark.parametrize("folder", ["", "sub", "sub\n---\nkind: Secret\n"], ids=ascii)
def test_holds_for_every_name_of_a_template(project: Path, gen: Gen, name: str, folder: str) -> None:
    (project / "templates" / folder).mkdir(exist_ok=True)
    (project / "templates/configmap.yaml.j2").unlink()
    write(project, {f"templates/{folder}/{name}" if folder else f"templates/{name}": CONFIG})
    ran = gen("render", "--env", "dev")
    assert ran.status in (0, 1)
    if ran.status == 0:
        hold(project, ["dev"])
    else:
        assert "error[file/name]" in ran.err
        assert not (project / "rendered").exists() or list((project / "rendered").iterdir()) == []


@pytest.mark.parametrize("value", VALUES, ids=ascii)
def test_holds_for_every_value(project: Path, gen: Gen, value: str) -> None:
    write(project, {"values/dev.yaml": f"data: {{mode: {json.dumps(value)}}}\n"})
    assert gen("render", "--env", "dev").status == 0
    hold(project, ["dev"])


@pytest.mark.parametrize("kind", ["List", "WidgetList", "Widget", "ConfigMap"])
def test_an_object_with_items_is_a_list_to_kubectl(project: Path, gen: Gen, kind: str) -> None:
    hidden = "items: [{apiVersion: v1, kind: Secret, metadata: {name: hidden}}]\n"
    text = f"apiVersion: x.example/v1\nkind: {kind}\nmetadata: {{name: a}}\n{hidden}"
    write(project, {"templates/list.yaml.j2": text})
    ran = gen("check", "--env", "dev")
    assert (ran.status, "error[check/list]" in ran.err) == (1, True)
