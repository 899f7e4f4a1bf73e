"""The same bytes from the same sources: on any Python, in any locale, with any seed, time zone or umask."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.hard.projects import command, environment, make, tree, write
from tests.rights import other_pythons

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = """\
apiVersion: hard.example/v1
kind: Every
metadata:
  name: NAME-{{ name | lower }}
spec:
  digest: {{ nested | digest }}
  json: {{ nested | tojson }}
  yaml: {{ nested | toyaml }}
  sorted: {{ nested.keys() | sort }}
  unique: {{ list | unique | list }}
  ratio: {{ 1 / 3 }}
  upper: {{ "straße ıİ" | upper }}
  all: {{ nested }}
"""
VALUES = """\
name: A
list: [b, a, ü, a, "İ", ß]
nested: { z: 1.5, w: [3, 2, 1], "é": { b: true, a: "line\\n\\u2028" } }
"""
SURROUNDINGS: dict[str, dict[str, str]] = {
    "seed 0": {"PYTHONHASHSEED": "0"},
    "seed 4242": {"PYTHONHASHSEED": "4242"},
    "C locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "Turkish locale": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
    "Latin locale": {"LC_ALL": "de_DE.ISO-8859-1", "PYTHONUTF8": "0"},
    "far east": {"TZ": "Pacific/Kiritimati"},
    "far west": {"TZ": "Etc/GMT+12"},
    "optimised": {"PYTHONOPTIMIZE": "2"},
    "narrow": {"COLUMNS": "20", "TERM": "dumb", "NO_COLOR": "1"},
}

RENDERING = (
    "jinja2 markupsafe jsonschema jsonschema-rs jsonschema-specifications referencing rpds-py attrs "
    "typing-extensions pyyaml typer click shellingham annotated-doc"
).split()


def project(root: Path, backwards: bool = False) -> Path:
    """The sources, written in one order or the other."""
    parts = {f"{name}.yaml.j2": TEMPLATE.replace("NAME", name) for name in ("b", "a")}
    names = sorted(parts, reverse=backwards)
    for name in names:
        write(root, f"templates/{name}", parts[name])
    return make(root, {"dev": VALUES, "kind": VALUES.replace("A", "B")}, parts)


def rendered(
    root: Path,
    extra: Mapping[str, str] | None = None,
    python: str = sys.executable,
    umask: int = 0o022,
) -> dict[str, bytes]:
    """What a render in some surroundings writes."""
    shutil.rmtree(root / "rendered", ignore_errors=True)
    line = [python, *command(root, "render", "--all")[1:]]
    ran = subprocess.run(line, capture_output=True, umask=umask, env=environment(**extra or {}))
    assert ran.returncode == 0, ran.stderr.decode(errors="replace")
    return tree(root / "rendered")


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_the_surroundings_change_no_byte(name: str, tmp_path: Path) -> None:
    root = project(tmp_path / "project")
    plain = rendered(root)
    assert len(plain) == 4
    assert rendered(root, SURROUNDINGS[name]) == plain


@pytest.mark.parametrize("umask", [0o000, 0o027, 0o077])
def test_the_mask_of_modes_changes_no_byte(umask: int, tmp_path: Path) -> None:
    root = project(tmp_path / "project")
    assert rendered(root, umask=umask) == rendered(root)


def test_the_order_in_which_files_were_made_changes_no_byte(tmp_path: Path) -> None:
    forwards, backwards = project(tmp_path / "one"), project(tmp_path / "two", backwards=True)
    assert rendered(forwards) == rendered(backwards)


def test_the_folder_and_the_way_to_it_change_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project(tmp_path / "a folder, ünd more")
    plain = rendered(root)
    monkeypatch.chdir(root.parent)
    assert rendered(Path(root.name)) == plain
    (tmp_path / "link").symlink_to(root)
    assert rendered(tmp_path / "link") == plain


@pytest.mark.pythons
@pytest.mark.skipif(not other_pythons(), reason="no other supported Python is installed")
def test_another_python_writes_the_same_bytes(tmp_path: Path) -> None:
    root = project(tmp_path / "project")
    plain = rendered(root)
    python = other_pythons()[-1]
    venv = ROOT / ".cache" / "other-python"
    other = venv / "bin" / "python"
    if not other.exists():
        subprocess.run([python, "-m", "venv", str(venv)], check=True)
    listed = str(write(tmp_path, "pins", pins()))
    line = [str(other), "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--requirement"]
    subprocess.run([*line, listed], check=True)
    assert rendered(root, {"PYTHONPATH": str(ROOT)}, str(other)) == plain


def pins() -> str:
    """The part of the lock file that rendering needs."""
    kept: list[str] = []
    keep = False
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        if line and not line.startswith((" ", "#")):
            keep = line.partition("==")[0] in RENDERING
        if keep and not line.strip().startswith("#"):
            kept.append(line)
    return "\n".join(kept) + "\n"
