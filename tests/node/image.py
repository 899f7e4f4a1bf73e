"""The images that the node pulls: Python, TensorFlow, the model server's stand-in, and versions of models.

Python and its libraries come from this machine, TensorFlow from the peer's environment (`make peer`). The two
large layers are kept in `.cache/node/blobs`, by names that stand for what is in them.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import platform
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.cluster.programs import PROGRAMS, ROOT, locked, obtain
from tests.node.layers import Layer, Tree, image, kept, layer

CACHE = ROOT / ".cache" / "node"
BLOBS = CACHE / "blobs"
MODELS = CACHE / "models"
PEER = ROOT / ".cache" / "peer"
PACKAGES = "opt/packages"
SERVER = "usr/bin/tensorflow_model_server"
# The images by tag, and the models in each: NAME/VERSION as under /models.
TAGS = {
    "1.0.0": ("gan/1",),
    "1.1.0": ("gan/2",),
    "2.0.0": ("gan/1", "gan/2", "digits-v2/3", "digits-v2/4", "words/5"),
}
_LAUNCHER = """#!/usr/local/bin/python3 -B
import sys
sys.path[:0] = ["/opt/gen", "/opt/packages"]
from tests.node.model_server import main
main(sys.argv[1:])
"""
_PARTS = [
    "schema/flags.schema.json",
    *(f"tests/{name}" for name in ("__init__.py", "node/__init__.py", "node/model_server.py")),
    *(f"tests/peer/{name}" for name in ("__init__.py", "rest.py", "served.py", "server.py")),
]
_NOT_RUN = {"test", "lib2to3", "idlelib", "tkinter", "site-packages", "ensurepip", "turtledemo"}


@contextmanager
def _alone() -> Iterator[None]:
    """Keep other runs from making the same files at the same time: they find what this one has made."""
    BLOBS.mkdir(parents=True, exist_ok=True)
    with locked(CACHE / "image.lock"):
        yield


@_alone()
def model_servers(tags: Iterable[str] = TAGS) -> dict[str, bytes]:
    """The manifests of the images with these tags."""
    base = kept(BLOBS, f"base-{_key(_python().encode(), _source(_base, _place))}", _base)
    requirements = (ROOT / "tests/peer/requirements.txt").read_bytes()
    site = kept(BLOBS, f"site-{_key(requirements, _python().encode(), _source(_site))}", _site)
    server = layer(BLOBS, _server)
    config = {"Entrypoint": [f"/{SERVER}"], "Env": ["PATH=/usr/local/bin:/usr/bin"]}
    return {tag: image(BLOBS, [base, site, server, *map(_model, TAGS[tag])], config) for tag in tags}


@_alone()
def pause() -> bytes:
    """The manifest of the image that holds a pod's namespaces."""
    program = obtain(PROGRAMS["pause"], lambda text: None)
    return image(BLOBS, [layer(BLOBS, lambda tree: tree.file(program, "pause"))], {"Entrypoint": ["/pause"]})


@_alone()
def models() -> Path:
    """The folder of the models, their samples and what TensorFlow computes for them, made unless it is there.

    `scores.json` holds the scores of `samples/image_0.jpg` by version; no two models have one in common.
    """
    return _models()


def _models() -> Path:
    scripts = ("tests/peer/make_models.py", "tests/node/make_versions.py")
    made = MODELS / _key(*((ROOT / script).read_bytes() for script in scripts))
    if not made.is_dir():
        part = MODELS / f"part-{os.getpid()}"
        part.mkdir(parents=True)
        command = [str(PEER / "bin/python"), "-m", "tests.node.make_versions", str(part)]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        part.rename(made)
    return made


def _model(name: str) -> Layer:
    folder = _models() / name
    return layer(BLOBS, lambda tree: tree.all(folder, f"models/{name}"))


def _server(tree: Tree) -> None:
    launcher = CACHE / "tensorflow_model_server"
    launcher.write_text(_LAUNCHER)
    os.utime(launcher, (0, 0))
    tree.file(launcher, SERVER, program=True)
    for name in _PARTS:
        tree.file(ROOT / name, f"opt/gen/{name}")


def _base(tree: Tree) -> None:
    """Python as the peer runs it, under /usr/local, and every shared library that it or TensorFlow needs."""
    program = Path(os.path.realpath(PEER / "bin/python"))
    version = f"python{'.'.join(_python().split('.')[:2])}"
    library = program.parents[1] / "lib" / version
    tree.file(program, f"usr/local/bin/{version}")
    tree.link("usr/local/bin/python3", version)
    tree.all(library, f"usr/local/lib/{version}", lambda path: path.parts[0] in _NOT_RUN)
    for name in ("lib", "lib64"):
        tree.link(name, f"usr/{name}")
    modules = [*library.rglob("*.so"), *_packages().rglob("*.so*"), program, Path("/bin/true")]
    for shown, real in sorted(_needed(modules).items()):
        tree.file(real, shown)
    for name in ("tmp", "models", "etc", "proc", "sys", "dev"):
        tree.folder(name)


def _site(tree: Tree) -> None:
    tree.all(
        _packages(), PACKAGES, lambda path: "include" in path.parts or path.parts[0] in ("pip", "setuptools")
    )


def _packages() -> Path:
    return next((PEER / "lib").glob("python3.*/site-packages"))


def _needed(files: list[Path]) -> dict[str, Path]:
    """The shared libraries outside of the peer that these files load, by their places in the image."""
    found = {}
    for start in range(0, len(files), 200):
        listed = subprocess.run(["ldd", *files[start : start + 200]], capture_output=True, text=True).stdout
        for path in re.findall(r"^\s*(?:\S+ => )?(/\S+) \(0x", listed, re.MULTILINE):
            if not Path(path).is_relative_to(PEER) and "site-packages" not in path:
                found[_place(Path(path))] = Path(os.path.realpath(path))
    return found


def _place(library: Path) -> str:
    """Where the loader looks for it, wherever Python was built to find it."""
    if library.is_relative_to("/usr/lib") or library.is_relative_to("/usr/lib64"):
        return str(library).lstrip("/")
    if library.is_relative_to("/lib") or library.is_relative_to("/lib64"):
        return f"usr{library}"
    return f"usr/lib/{platform.machine()}-linux-gnu/{library.name}"


@cache
def _python() -> str:
    """The version of the peer's Python."""
    script = "import platform; print(platform.python_version())"
    return subprocess.run(
        [PEER / "bin/python", "-c", script], capture_output=True, text=True, check=True
    ).stdout.strip()


def _key(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def _source(*functions: Callable[..., object]) -> bytes:
    return "".join(map(inspect.getsource, functions)).encode()
