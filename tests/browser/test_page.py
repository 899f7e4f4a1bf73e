"""The page of `gen review --format html` in a real browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Gen
from tests.review.conftest import commit, repository
from tests.review.test_review import change

ROOT = Path(__file__).parent.parent.parent
PYTHON = ROOT / ".cache/browser/bin/python"

__all__ = ["repository"]  # a fixture
pytestmark = pytest.mark.browser


def look(page: str, folder: Path) -> dict[str, Any]:
    """What a reviewer sees of a page in Chromium; the screenshots are left in the folder."""
    if not PYTHON.exists() or shutil.which("chromium") is None:
        leave_out = pytest.fail if os.environ.get("GEN_REQUIRE_ALL") else pytest.skip
        leave_out("needs Playwright (make browser) and Debian's chromium (apt-get install chromium)")
    path = folder / "review.html"
    path.write_text(page)
    command = [str(PYTHON), "-m", "tests.browser.look", str(path), str(folder)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    seen: dict[str, Any] = json.loads(ran.stdout)
    return seen


def test_a_reviewer_finds_what_matters(repository: Path, gen: Gen, tmp_path: Path, update: bool) -> None:
    for name in ("public", "tag", "memory"):
        change(repository, name)
    seen = look(gen("review", "main", "--format", "html").out, tmp_path)
    assert seen["said"] == []
    assert seen["title"].startswith("the work tree against main: exposure 1")
    assert "outside" in seen["picture"]
    assert any("restart" in text for text in seen["picture"])
    assert seen["focused"].startswith("exposureService gan")
    assert "reachable from the internet" in seen["open"]
    assert seen["rows"] > 20
    assert any("values/azure.yaml" in source for source in seen["sources"])
    assert seen["cleared"] == seen["status"]
    assert seen["searched"] != seen["status"]
    if update:
        for theme in ("light", "dark"):
            shutil.copy(tmp_path / f"review-{theme}.png", ROOT / "docs/how-to")


def test_a_fleet_stays_usable(repository: Path, gen: Gen, tmp_path: Path) -> None:
    for number in range(1000):
        own = f"name: model-{number:04}\nnamespace: {{name: model-{number:04}}}\n"
        (repository / f"values/model-{number:04}.yaml").write_text(own)
    commit(repository, "A fleet")
    change(repository, "tag")
    page = gen("review", "HEAD", "--format", "html").out
    assert len(page.encode()) <= 5_000_000
    seen = look(page, tmp_path)
    assert seen["said"] == []
    assert seen["cards"] == 100
    assert seen["more"]


def test_hostile_values_do_not_run(repository: Path, gen: Gen, tmp_path: Path) -> None:
    evil = json.dumps("</script><script>console.log('run')</script><img src=//evil.example onerror=alert(1)>")
    (repository / "templates/configmap-evil.yaml.j2").write_text(
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: evil, namespace: gan}}\ndata: {{x: {evil}}}\n"
    )
    commit(repository, "Evil")
    other = (repository / "templates/configmap-evil.yaml.j2").read_text().replace("run", "run again")
    (repository / "templates/configmap-evil.yaml.j2").write_text(other)
    seen = look(gen("review", "HEAD", "--format", "html").out, tmp_path)
    assert seen["said"] == []
    assert "<script>" in seen["open"]
