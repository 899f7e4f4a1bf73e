"""What a release uploads: whole, small, and the same whichever way it is built."""

from __future__ import annotations

import tarfile
import tomllib
import zipfile
from email.parser import Parser

import pytest

from generator import __version__
from tests.installed.conftest import ROOT, Distributions

pytestmark = pytest.mark.installed

MEGABYTE = 1_000_000


def test_the_wheel_of_the_sdist_is_the_wheel_of_the_tree(distributions: Distributions) -> None:
    assert distributions.wheel.read_bytes() == distributions.wheel_of_the_tree.read_bytes()


def test_the_wheel_holds_every_file_of_the_package(distributions: Distributions) -> None:
    folders = [ROOT / "generator", *(ROOT / "generator").rglob("*")]
    links = [path for path in folders if path.is_symlink() and path.is_dir()]
    files = [*folders, *(file for link in links for file in link.rglob("*"))]  # rglob does not follow links
    expected = {
        f"{path.relative_to(ROOT)}": path.read_bytes()
        for path in files
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(distributions.wheel) as wheel:
        held = {name: wheel.read(name) for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == expected
    assert "generator/starters/tensorflow-serving/templates/deployment.yaml.j2" in held


def test_the_wheel_says_what_the_project_says(distributions: Distributions) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    with zipfile.ZipFile(distributions.wheel) as wheel:
        [name] = (name for name in wheel.namelist() if name.endswith("/METADATA"))
        metadata = Parser().parsestr(wheel.read(name).decode())
        assert any(name.endswith("/licenses/LICENSE") for name in wheel.namelist())
    assert (metadata["Name"], metadata["Version"]) == ("gen-manifests", __version__)
    assert metadata["Requires-Python"] == project["requires-python"]
    assert set(metadata.get_all("Provides-Extra", [])) == set(project["optional-dependencies"])
    assert metadata.get_all("Classifier") == project["classifiers"]
    assert metadata["License-Expression"] == "Apache-2.0"
    assert "pip install gen-manifests" in str(metadata.get_payload())


def test_the_sdist_holds_what_a_build_needs_and_no_more(distributions: Distributions) -> None:
    with tarfile.open(distributions.sdist) as sdist:
        tops = {name.split("/")[1] for name in sdist.getnames()}
    assert tops == {
        *{".gitignore", "CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml"},
        *{"examples", "generator"},
    }


def test_the_wheel_is_small(distributions: Distributions) -> None:
    assert distributions.wheel.stat().st_size <= MEGABYTE
