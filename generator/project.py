"""A project on disk: where it is, which environments it has, and the text of its sources.

templates/  *.yaml.j2, and what they include      values/  base.yaml, <env>.yaml, folders of them
schema/     values.schema.json, rules.yaml          rendered/  what the line makes
gen.yaml    settings, where there are any
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Final

from generator.core import bounds
from generator.core.bindings import RESERVED
from generator.core.nearest import did_you_mean
from generator.core.rules import NAME as RULES
from generator.core.schema import NAME as SCHEMA
from generator.core.schema import OVERLAY, SCHEMAS
from generator.core.settings import NAME as SETTINGS
from generator.diagnostics import Collector, Diagnostic, DiagnosticError, Source, usage
from generator.pipeline import Line

BASE: Final = "base.yaml"
_PORTABLE: Final = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_-])?")
_LONGEST: Final = 240  # files beside it have up to 15 characters more in their names, and 255 is the most
_DEVICES: Final = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


class Project:
    """The project below a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def rendered(self) -> Path:
        return self.root / "rendered"

    @cached_property
    def environments(self) -> list[str]:
        """Every environment: the path of its values file below `values/`, without the ending."""
        folder = self.root / "values"
        found = (p.relative_to(folder) for p in _walk(folder) if p.suffix == ".yaml" and p.name != BASE)
        return sorted(p.with_suffix("").as_posix() for p in found if not p.name.startswith(("_", ".")))

    @cached_property
    def line(self) -> Line:
        """The line with this project's schema and templates. Raises `DiagnosticError` for broken ones."""
        if not (self.root / "schema" / SCHEMA).is_file():
            problem = Diagnostic("project/no-schema", f"there is no schema/{SCHEMA} in {shown(self.root)}")
            raise DiagnosticError([problem])
        configuration = self.root / SETTINGS
        line = Line(
            self._sources("schema", (SCHEMAS, RULES)),
            self._sources("templates"),
            read(configuration, self.root) if os.path.lexists(configuration) else None,
        )
        line.settings.check(self.environments)
        return line

    def layers(self, environment: str) -> Iterator[Source]:
        """The values files of an environment, lowest first.

        Every base.yaml on the way, what `gen seal` wrote, then its own.
        """
        folder = self.root / "values"
        *parents, name = environment.split("/")
        for parent in ("", *parents):
            folder /= parent
            if (base := folder / BASE).is_file():
                yield read(base)
        if (sealed := self.sealed(environment)).is_file():
            yield read(sealed)
        yield read(folder / f"{name}.yaml")

    def sealed(self, environment: str) -> Path:
        """The values file that `gen seal` writes for an environment."""
        own = self.root / "values" / f"{environment}.yaml"
        return own.with_name(f"_{own.stem}.sealed.yaml")

    def choose(self, names: list[str] | None, everything: bool) -> list[str]:
        """The environments that a command line asks for. Raises `DiagnosticError` (usage) for others."""
        known = self.environments
        _refuse_unportable(known)
        if everything and not names:
            return known
        if everything or not names:
            listed = ", ".join(known[:9]) + (" …" if len(known) > 9 else "")
            problem = "say either --env or --all" if everything else "which environment?"
            raise usage(
                "usage/environment", problem, f"give --env NAME or --all; this project has {listed or 'none'}"
            )
        for name in names:
            if name not in known:
                hint = did_you_mean(name, known)
                raise usage(
                    "usage/environment", f"there is no values/{name}.yaml in {shown(self.root)}", hint
                )
        return list(dict.fromkeys(names))

    def _sources(self, folder: str, endings: tuple[str, ...] = ("",)) -> dict[str, Source]:
        top = self.root / folder
        sources: dict[str, Source] = {}
        with Collector() as problems:
            for path in _walk(top):
                if path.name.endswith(endings) and path.name != OVERLAY:
                    with problems.catch():
                        sources[path.relative_to(top).as_posix()] = read(path, top)
        return sources


def _refuse_unportable(environments: list[str]) -> None:
    """Not every system takes every name for a folder, and some take two that differ in case for one."""
    first: dict[str, str] = {}
    for name in environments:
        if not all(map(_is_portable, name.split("/"))):
            message = f"the environment `{name}` has a name that not every system takes for a folder"
            help = "use at most 240 letters, digits, `-`, `_` and `.`, and not the name of a Windows device"
            raise usage("project/name", message, help)
        if (other := first.setdefault(name.lower(), name)) != name:
            message = f"the environments {other} and {name} differ in nothing but upper and lower case"
            raise usage("project/alike", message, "give one of the two another name")


def _is_portable(name: str) -> bool:
    device = name.lower().partition(".")[0] in _DEVICES  # of Windows, whatever follows the point
    return len(name) <= _LONGEST and not device and bool(_PORTABLE.fullmatch(name))


def find(start: Path | None) -> Project:
    """The project of a folder given, or of the current folder or one above it.

    Raises `DiagnosticError` (usage) where there is none.
    """
    candidates = [start] if start is not None else [Path.cwd(), *Path.cwd().parents]
    for folder in candidates:
        if (folder / "templates").is_dir() and (folder / "values").is_dir():
            return Project(folder.absolute())
    where = shown(start) if start is not None else "this folder, or any above it,"
    raise usage("project/not-found", f"{where} has no templates/ and values/", "say which with --project DIR")


def read(path: Path, within: Path | None = None) -> Source:
    """The text of a source file, without a byte order mark and with `\\n` line breaks.

    Raises `DiagnosticError` where it cannot be read, is no UTF-8, is too large, leads outside `within` by a
    symbolic link, or holds a character that no source may hold.
    """
    name = shown(path)
    if within is not None and not real(path).is_relative_to(real(within)):
        raise _unreadable(Source(name), "the link leads outside of its folder")
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _unreadable(Source(name), error.strerror or str(error)) from None
    if len(raw) > bounds.TEXT:
        raise _unreadable(Source(name), f"larger than {bounds.TEXT >> 20} MiB")
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        readable = raw[: error.start].decode("utf-8-sig", "replace")
        source = Source(name, readable + "\ufffd")
        problem = Diagnostic(
            "file/not-utf-8", f"byte 0x{raw[error.start]:02x} is no UTF-8", source.span(len(readable))
        )
        raise DiagnosticError([problem]) from None
    source = Source(name, text)
    if match := RESERVED.search(text):
        problem = Diagnostic(
            "file/reserved", "a character that gen reserves for itself", source.span(match.start())
        )
        raise DiagnosticError([problem])
    return source


def real(path: Path) -> Path:
    """Where links lead; unlike `resolve`, it leaves those that lead in circles to whoever reads the file."""
    return Path(os.path.realpath(path))


def shown(path: Path) -> str:
    """A path as people best find it: relative to the current folder where that is shorter."""
    relative = os.path.relpath(path)
    return str(path) if relative.count("..") > 3 else relative


def _unreadable(source: Source, reason: str) -> DiagnosticError:
    return DiagnosticError(
        [Diagnostic("file/unreadable", f"cannot read {source.path}: {reason}", source.span())]
    )


def _walk(folder: Path) -> Iterator[Path]:
    """Every file below a folder, hidden ones left out, in an order that no file system decides."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(parent) / name
