"""Whether a folder of models is one that TensorFlow Serving serves, before it goes into an image.

MODELS/NAME/VERSION/saved_model.pb, with the variables beside it
(https://www.tensorflow.org/guide/saved_model#the_savedmodel_format_on_disk). A server that finds no version
waits for ever and opens no port, so what is wrong here is hard to see there.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from generator.diagnostics import Diagnostic, Severity, Source, Span
from generator.project import shown

_LAYOUT: Final = "put each model there: NAME/VERSION/saved_model.pb"
_PROGRAMS: Final = ("saved_model.pb", "saved_model.pbtxt")
_SHARD: Final = re.compile(r"variables[.]data-([0-9]{5})-of-([0-9]{5})")


def check(folder: Path, served: Iterable[str]) -> Iterator[Diagnostic]:
    """What is wrong with a folder of models; `served` are the names that the server is asked for."""
    if not folder.is_dir():
        yield _bad(folder, "there is no such folder of models", _LAYOUT)
        return
    models = _folders(folder)
    for name in served:
        if name not in (model.name for model in models):
            yield _absent(folder, name)
    if not models:
        yield _bad(folder, "there is no model in it", _LAYOUT)
    for model in models:
        yield from _model(model)
    yield from _unreadable(folder)


def _model(folder: Path) -> Iterator[Diagnostic]:
    versions = [path for path in _folders(folder) if path.name.isascii() and path.name.isdigit()]
    if not versions:
        found = ", ".join(path.name for path in _folders(folder)) or "no folder"
        help = f"name the folder of each version by a number: {shown(folder)}/1/saved_model.pb"
        yield _bad(folder, f"the model has no version; it holds {found}", help)
    for version in versions:
        yield from _version(version)


def _version(folder: Path) -> Iterator[Diagnostic]:
    if not any((folder / name).is_file() and (folder / name).stat().st_size for name in _PROGRAMS):
        yield _bad(folder, "there is no saved_model.pb in it", "export the model with tf.saved_model.save")
    variables = folder / "variables"
    if not variables.is_dir():
        message = f"{shown(variables)}/ is not there, so the model has no weights but constants"
        yield Diagnostic("provision/no-variables", message, _at(folder), Severity.WARNING)
        return
    names = {path.name for path in variables.iterdir()}
    shards = [match for name in names if (match := _SHARD.fullmatch(name))]
    many = max((int(match[2]) for match in shards), default=1)
    wanted = {"variables.index"} | {f"variables.data-{n:05}-of-{many:05}" for n in range(many)}
    if missing := sorted(wanted - names):
        yield _bad(variables, f"{missing[0]} is missing", "copy the whole folder that was exported")


def _unreadable(folder: Path) -> Iterator[Diagnostic]:
    """What the server cannot read in its container: links lead nowhere there, and it is not the owner."""
    for path in sorted(folder.rglob("*")):
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            yield _bad(path, "it is a link, which leads nowhere in an image", "copy what it leads to")
        elif mode & (wanted := 0o005 if stat.S_ISDIR(mode) else 0o004) != wanted:
            message = "only its owner or group may read it, and the server is neither"
            yield _bad(path, message, f"chmod -R a+rX {shown(folder)}")


def _folders(folder: Path) -> list[Path]:
    """Folders that are not hidden, by name."""
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def _absent(folder: Path, name: str) -> Diagnostic:
    return Diagnostic(
        "provision/model-elsewhere",
        f"the model `{name}` is served, and {shown(folder)}/{name}/ is not there",
        _at(folder),
        Severity.WARNING,
        help=f"put its versions into {shown(folder)}/{name}/, unless it comes from a volume or an address",
    )


def _bad(path: Path, message: str, help: str) -> Diagnostic:
    return Diagnostic("provision/model", f"{shown(path)}: {message}", _at(path), help=help)


def _at(path: Path) -> Span:
    return Source(shown(path)).span()
