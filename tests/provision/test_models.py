"""`gen provision --check`: a folder of models before it goes into an image."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Gen

VERSION = "models/gan/1"


def test_a_whole_model_is_fit(home: Path, gen: Gen) -> None:
    ran = gen("provision", "--env", "kind", "--check")
    assert (ran.status, ran.out, ran.err) == (0, "models: fit for an image\n", "")


def rename(new: str) -> Callable[[], object]:
    return lambda: Path(VERSION).rename(f"models/gan/{new}")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda: shutil.rmtree("models"), "models: there is no such folder of models"),
        (lambda: shutil.rmtree("models/gan"), "models: there is no model in it"),
        (rename("v1"), "models/gan: the model has no version; it holds v1"),
        (rename("1.0"), "models/gan: the model has no version; it holds 1.0"),
        (rename("²"), "models/gan: the model has no version; it holds ²"),
        (lambda: Path(VERSION, "saved_model.pb").unlink(), "models/gan/1: there is no saved_model.pb in it"),
        (
            lambda: Path(VERSION, "saved_model.pb").write_bytes(b""),
            "models/gan/1: there is no saved_model.pb in it",
        ),
        (
            lambda: Path(VERSION, "variables/variables.index").unlink(),
            "models/gan/1/variables: variables.index is missing",
        ),
        (
            lambda: Path(VERSION, "variables/variables.data-00000-of-00001").rename(
                f"{VERSION}/variables/variables.data-00000-of-00002"
            ),
            "models/gan/1/variables: variables.data-00001-of-00002 is missing",
        ),
        (lambda: Path(VERSION, "saved_model.pb").chmod(0o640), "only its owner or group may read it"),
        (lambda: Path(VERSION, "assets").symlink_to("/etc"), "models/gan/1/assets: it is a link"),
    ],
)
def test_what_a_server_could_not_serve_is_an_error(
    harm: Callable[[], object], said: str, home: Path, gen: Gen
) -> None:
    harm()
    ran = gen("provision", "--env", "kind", "--check")
    assert (ran.status, ran.out) == (1, "")
    assert "error[provision/model]: " in ran.err
    assert said in ran.err


def test_a_model_under_another_name_is_a_warning(home: Path, gen: Gen) -> None:
    Path("models/gan").rename("models/export")
    ran = gen("provision", "--env", "kind", "--check")
    assert ran.status == 0
    assert "warning[provision/model-elsewhere]: the model `gan` is served, and models/gan/ is not" in ran.err


def test_a_model_without_variables_is_a_warning(home: Path, gen: Gen) -> None:
    shutil.rmtree(Path(VERSION, "variables"))
    ran = gen("provision", "--env", "kind", "--check")
    assert (ran.status, "warning[provision/no-variables]" in ran.err) == (0, True)


def test_the_dockerfile_is_looked_for(home: Path, gen: Gen) -> None:
    Path("Dockerfile").unlink()
    ran = gen("provision", "--env", "kind", "--check")
    assert (ran.status, "error[provision/dockerfile]: Dockerfile is not there" in ran.err) == (1, True)
