"""Renders that are killed, or run side by side, or find no room: nothing is torn or mixed, all is mended."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.budget import budget
from tests.hard.projects import command, gen, make, tree, write
from tests.rights import NAMESPACE, renounce

KILLS = int(os.environ.get("GEN_KILLS", budget(8, 100)))
ENVIRONMENTS = [f"fleet/e{n:02}" for n in range(12)]
OBJECT = """\
apiVersion: v1
kind: ConfigMap
metadata: {{ name: {name} }}
data:
{{% for n in range(200) %}}
  line-{{{{ n }}}}: {{{{ text }}}}
{{% endfor %}}
"""
# Each version changes a file, adds one and removes one.
VERSIONS = {
    "one": ("a", "b", "c"),
    "two": ("b", "c", "d", "e"),
    "three": ("e", "f", "a"),
}


def sources(root: Path, version: str) -> None:
    """Make the project one that renders a version."""
    shutil.rmtree(root / "templates", ignore_errors=True)
    templates = {f"{name}.yaml.j2": OBJECT.format(name=name) for name in VERSIONS[version]}
    make(root, dict.fromkeys(ENVIRONMENTS, f"text: {version}\n"), templates)


def rendered(root: Path) -> dict[str, dict[str, bytes]]:
    """The files of each environment."""
    return {name: tree(root / "rendered" / name) for name in ENVIRONMENTS}


@pytest.fixture
def whole(tmp_path: Path) -> dict[str, dict[str, bytes]]:
    """What every version renders to in one environment, when nothing disturbs it."""
    made = {}
    for version in VERSIONS:
        root = tmp_path / version
        sources(root, version)
        assert gen(root, "render", "--all").returncode == 0
        made[version] = rendered(root)[ENVIRONMENTS[0]]
    return made


def test_a_killed_render_leaves_nothing_torn_and_the_next_one_mends(
    tmp_path: Path, whole: dict[str, dict[str, bytes]]
) -> None:
    draw = random.Random(5)
    root = tmp_path / "project"
    sources(root, "one")
    start = time.monotonic()
    assert gen(root, "render", "--all").returncode == 0
    duration = time.monotonic() - start
    landed = interrupted = round_ = 0
    while_writing = 0.02  # seconds; shorter after each render that ended before it was killed
    while landed < KILLS and round_ < 5 * KILLS:
        version = draw.choice([*VERSIONS])
        sources(root, version)
        if round_ % 5 == 1:  # every environment is a new one
            shutil.rmtree(root / "rendered")
        # Most are killed around the moment when the prepared change becomes valid.
        writing = round_ % 4 != 0
        delay = draw.uniform(0, while_writing) if writing else draw.uniform(0.2, 0.9) * duration
        was_killed = killed(root, delay, writing)
        landed += was_killed
        if writing:
            while_writing *= 1.05 if was_killed else 0.8
        now = rendered(root)
        interrupted += is_interrupted(root)
        assert [name for name in ENVIRONMENTS if not is_sound(root, name, now[name], whole)] == []
        if round_ % 10 == 9:
            assert gen(root, "render", "--all").returncode == 0
            assert all(files == whole[version] for files in rendered(root).values())
            assert gen(root, "check", "--all").returncode == 0
        round_ += 1
    print(f"{landed} of {round_} renders killed, {interrupted} of them between two files")  # noqa: T201
    assert landed >= KILLS


def killed(root: Path, delay: float, writing: bool) -> bool:
    """Start a render, kill it a while later, or a while after it began to write; whether it still ran."""
    process = subprocess.Popen(
        command(root, "render", "--all"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    stage = root / "rendered" / ".gen-stage"
    while writing and process.poll() is None and not is_staged(stage):
        time.sleep(0.0005)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def is_staged(stage: Path) -> bool:
    """Whether a render has prepared the change of its last environment."""
    with suppress(OSError):
        return len(list(stage.iterdir())) == len(ENVIRONMENTS)
    return False


def is_interrupted(root: Path) -> bool:
    return (root / "rendered" / ".gen-stage").exists()


def is_sound(root: Path, name: str, files: dict[str, bytes], whole: dict[str, dict[str, bytes]]) -> bool:
    """Whether a folder is one whole version, or marked as interrupted with every file whole."""
    shown = {file: content for file, content in files.items() if "/" not in file}
    if is_interrupted(root):
        return all(content in [v.get(file) for v in whole.values()] for file, content in shown.items())
    return shown in whole.values() or not (root / "rendered" / name).exists()


@pytest.mark.parametrize("count", [2, 8])
def test_renders_side_by_side_do_not_mix(
    count: int, tmp_path: Path, whole: dict[str, dict[str, bytes]]
) -> None:
    versions = [[*VERSIONS][n % len(VERSIONS)] for n in range(count)]
    output = tmp_path / "output"
    roots = [tmp_path / f"p{n}" for n in range(count)]
    for root, version in zip(roots, versions, strict=True):
        sources(root, version)
    for _ in range(3):
        lines = [command(root, "render", "--env", ENVIRONMENTS[0], "--output", str(output)) for root in roots]
        running = [subprocess.Popen(line, stdout=subprocess.DEVNULL) for line in lines]
        assert [process.wait(timeout=60) for process in running] == [0] * count
        assert tree(output) in whole.values()


def test_a_full_disk_changes_nothing(tmp_path: Path, whole: dict[str, dict[str, bytes]]) -> None:
    root = tmp_path / "project"
    sources(root, "one")
    assert gen(root, "render", "--all").returncode == 0
    sources(root, "two")
    ran = subprocess.run(
        command(root, "render", "--all"), capture_output=True, text=True, preexec_fn=only_small_files
    )
    assert ran.returncode == 3
    assert "error[output/failed]" in ran.stderr
    assert all(files == whole["one"] for files in rendered(root).values())
    assert gen(root, "render", "--all").returncode == 0
    assert all(files == whole["two"] for files in rendered(root).values())


def only_small_files() -> None:
    """Let every file end at 1,000 bytes, as a disk does that is full."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))


@pytest.mark.mount
@pytest.mark.parametrize(("ballast", "statuses"), [(0, (0, 3)), (24_000, (3,))])
def test_a_small_disk_changes_nothing(
    ballast: int, statuses: tuple[int, ...], tmp_path: Path, whole: dict[str, dict[str, bytes]]
) -> None:
    root, disk, after = tmp_path / "project", tmp_path / "disk", tmp_path / "after"
    disk.mkdir()
    sources(root, "two")
    script = (
        'mount -t tmpfs -o size=32k tmpfs "$0"; head -c "$1" /dev/zero > "$0/ballast"; shift;'
        f' status=0; "$@" || status=$?; cp -r "$0" {after}; exit $status'
    )
    line = command(root, "render", "--env", ENVIRONMENTS[0], "--output", str(disk))
    ran = subprocess.run(
        [*NAMESPACE, "sh", "-euc", script, disk, str(ballast), *line], capture_output=True, text=True
    )
    assert ran.returncode in statuses, ran.stderr
    assert ran.returncode == 0 or "No space left on device" in ran.stderr
    (after / "ballast").unlink()
    assert tree(after) == (whole["two"] if ran.returncode == 0 else {})


def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    root = tmp_path / "project"
    sources(root, "one")
    write(root, "rendered", "a file where the folder should be\n")
    ran = gen(root, "render", "--env", ENVIRONMENTS[0])
    assert ran.returncode == 3
    assert "error[output/failed]" in ran.stderr
    assert "rendered" in ran.stderr


def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    root = tmp_path / "project"
    sources(root, "one")
    (root / "rendered").mkdir(mode=0o500)
    line = command(root, "render", "--env", ENVIRONMENTS[0])
    ran = subprocess.run(line, capture_output=True, text=True, preexec_fn=renounce)
    assert ran.returncode == 3
    assert "error[output/failed]" in ran.stderr


def test_a_folder_that_disappears_is_no_traceback(tmp_path: Path) -> None:
    root = tmp_path / "project"
    for round_ in range(6):
        sources(root, "one" if round_ % 2 else "two")
        process = subprocess.Popen(
            command(root, "render", "--all"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        while process.poll() is None:
            shutil.rmtree(root / "rendered", ignore_errors=True)
        assert process.stderr is not None
        told = process.stderr.read()
        process.stderr.close()
        assert process.returncode in (0, 3), told
        assert "internal/bug" not in told
    assert gen(root, "render", "--all").returncode == 0
    assert gen(root, "check", "--all").returncode == 0


def test_a_new_environment_arrives_whole_or_not_at_all(tmp_path: Path) -> None:
    root = tmp_path / "project"
    sources(root, "one")
    fleet = root / "rendered" / "fleet"
    leftover = write(root / "rendered" / ".gen-stage" / "0", "25-configmap-z.yaml", "half")
    assert gen(root, "render", "--env", ENVIRONMENTS[0]).returncode == 0
    assert not leftover.parent.exists()
    assert sorted(path.name for path in fleet.iterdir()) == ["e00"]
    assert len(tree(fleet / "e00")) == len(VERSIONS["one"])


def test_links_in_the_output_are_not_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "project", tmp_path / "outside"
    outside.mkdir()
    sources(root, "one")
    precious = write(outside, "precious.yaml", "precious\n")
    folder = root / "rendered" / ENVIRONMENTS[0]
    folder.mkdir(parents=True)
    (folder / "25-configmap-a.yaml").symlink_to(precious)
    ran = gen(root, "render", "--env", ENVIRONMENTS[0])
    assert ran.returncode == 1
    assert "error[output/taken]" in ran.stderr
    assert precious.read_text() == "precious\n"
    (folder / "25-configmap-a.yaml").unlink()
    for leftover in (".gen-stage", ".gen-commit", "../.gen-stage"):
        (folder / leftover).symlink_to(outside)
        ran = gen(root, "render", "--env", ENVIRONMENTS[0])
        assert "internal/bug" not in ran.stderr
        assert tree(outside) == {"precious.yaml": b"precious\n"}
        (folder / leftover).unlink(missing_ok=True)


@pytest.mark.parametrize(
    "name", ["con", "fleet/nul", "aux.x/a", "COM1", "-x", "a b", "a.", "größe", "a'b", "x" * 241]
)
def test_environments_that_are_no_folder_everywhere_are_refused(name: str, tmp_path: Path) -> None:
    root = make(tmp_path, {name: 'name: a\ndata: { k: "1" }\n', "fine": ""})
    ran = gen(root, "render", "--all")
    assert (ran.returncode, "error[project/name]" in ran.stderr) == (2, True)
    assert not (root / "rendered").exists()


@pytest.mark.parametrize("name", ["x" * 240, "a.yaml", "console", "1", "a_b-C.9", "_shared/a"])
def test_odd_environment_names_that_are_fine(name: str, tmp_path: Path) -> None:
    root = make(tmp_path, {name: 'name: a\ndata: { k: "1" }\n'})
    for _ in range(2):
        assert gen(root, "render", "--all").returncode == 0
    assert len(tree(root / "rendered" / name)) == 1


def test_long_and_like_names_get_files_of_their_own(tmp_path: Path) -> None:
    names = ["x" * 253, "x" * 252 + "y", "con", "nul", "aux", "prn", "a.b", "a-b"]
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ n }} }\n"
    template = f"{{% for n in names %}}\n---\n{head}{{% endfor %}}\n"
    custom = "apiVersion: x.example/v1\nkind: X\nmetadata: { name: a }\n"
    root = make(tmp_path, {"dev": f"names: {names}\n"}, {"a.yaml.j2": template, "b.yaml.j2": custom})
    ran = gen(root, "render", "--env", "dev")
    assert ran.returncode == 0, ran.stderr
    made = [path.name for path in (root / "rendered" / "dev").iterdir()]
    assert len({name.lower() for name in made}) == len(names) + 1
    assert max(map(len, made)) < 255


def test_environments_that_differ_in_case_only_are_refused(tmp_path: Path) -> None:
    values = 'name: a\ndata: { k: "1" }\n'
    root = make(tmp_path, {"Prod": values, "prod": values})
    ran = gen(root, "render", "--all")
    assert ran.returncode == 2
    assert "Prod" in ran.stderr
