"""A project whose files are damaged, gone, or something else than files: always a result or a diagnostic."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from tests.budget import budget
from tests.conftest import Gen
from tests.hard.fuzz import mutated, seeds

ROUNDS = budget(12, 60)
COMMANDS = (
    "check --all",
    "render --all",
    "render --env dev",
    "schema --check",
    "explain name",
    "explain configmap/gan:data --env prod",
    "explain rendered/dev/25-configmap-gan.yaml:5",
    "list",
)
RULES = "r: {message: m, assert: name is defined, at: name, help: h, example: {name: null}}\n"


def damaged(draw: random.Random, path: Path) -> None:
    """Put something else in the place of a file."""
    text = path.read_text()
    path.unlink()
    kind = draw.choice(("mutated", "mutated", "mutated", "bytes", "folder", "link", "gone", "other"))
    if kind == "mutated":
        path.write_bytes(mutated(draw, text, seeds()["values"]).encode("utf-8", "surrogatepass"))
    elif kind == "bytes":
        path.write_bytes(draw.randbytes(draw.choice((0, 1, 50))))
    elif kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to(draw.choice(("/etc/passwd", "nowhere", path.name, "..")))
    elif kind == "other":
        path.write_text(draw.choice(("[]", "a", "1", '""', "{}", "null", "- a", "true", "\x00")))


@pytest.mark.parametrize("seed", range(3))
def test_damage_is_told(project: Path, gen: Gen, seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    (project / "schema/rules.yaml").write_text(RULES)
    assert gen("render", "--all").status == 0
    sound = tmp_path / "sound"
    shutil.copytree(project, sound, symlinks=True)
    files = [path.relative_to(sound) for path in sorted(sound.rglob("*")) if path.is_file()]
    for _ in range(ROUNDS):
        for entry in project.iterdir():
            shutil.rmtree(entry)
        shutil.copytree(sound, project, symlinks=True, dirs_exist_ok=True)
        for file in draw.sample(files, draw.choice((1, 1, 2))):
            if (project / file).is_file():  # the other one may have been its folder, or a link to it
                damaged(draw, project / file)
        for command in draw.sample(COMMANDS, 3):
            ran = gen(*command.split())
            assert ran.status in (0, 1, 2, 3)
            assert "internal/bug" not in ran.err, f"{command}: {ran.err}"
