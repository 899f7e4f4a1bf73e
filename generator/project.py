"""A project: which environments it has, the sources of each, and where it is on the disk.

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

from generator.cache import Cache
from generator.core import tree
from generator.core.gitops import FOLDER
from generator.core.kept import Kept
from generator.core.nearest import did_you_mean
from generator.core.tree import Tree
from generator.diagnostics import Collector, Diagnostic, Source, usage
from generator.pipeline import Pipeline
from generator.sources.disk import Disk

BASE: Final = "base.yaml"
_ELSEWHERE: Final = {
    "gen.yml": "gen.yaml",
    "schema/rules.yml": "schema/rules.yaml",
    "schema/values.schema.yaml": "schema/values.schema.json",
    "schema/values.schema.yml": "schema/values.schema.json",
}
_PORTABLE: Final = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_-])?")
_LONGEST: Final = 240  # files beside it have up to 15 characters more in their names, and 255 is the most
_DEVICES: Final = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


class Project:
    """The project in a tree."""

    def __init__(self, tree: Tree, store: Kept | None = None) -> None:
        self.tree = tree
        self.store = store

    @cached_property
    def environments(self) -> list[str]:
        """Every environment: the name of its values file below `values/`, without the ending.

        Raises `DiagnosticError` for names that could be taken for something else.
        """
        with Collector() as problems:
            found = [name.removeprefix("values/") for name in tree.names(self.tree, "values", problems)]
            problems.add(*self._misnamed(found))
        return sorted(name.removesuffix(".yaml") for name in found if _is_environment(name))

    def _misnamed(self, values: list[str]) -> Iterator[Diagnostic]:
        """Files that nobody reads, for an ending that is nearly the right one."""
        found = [f"values/{name}" for name in values if name.endswith(".yml")]
        for name in (*found, *filter(self.tree.holds, _ELSEWHERE)):
            right = _ELSEWHERE.get(name) or f"{name.rpartition('.')[0]}.yaml"
            message = f"{name} is not read; its name should be {right}"
            yield Diagnostic("project/ending", message, Source(name).span(), help=f"mv {name} {right}")

    @cached_property
    def line(self) -> Pipeline:
        """The line with this project's schema and templates. Raises `DiagnosticError` for broken ones."""
        line = Pipeline(self.tree, self.store)
        line.settings.check(self.environments)
        return line

    def layers(self, environment: str) -> Iterator[Source]:
        """The values files of an environment, lowest first.

        Every base.yaml on the way, what `gen seal` wrote, then its own.
        """
        *below, own = self.layer_names(environment)
        yield from (self.tree.read(name) for name in below if self.tree.holds(name))
        yield self.tree.read(own)

    @staticmethod
    def layer_names(environment: str) -> list[str]:
        """The names of the values files of an environment, lowest first; all but the last may be absent."""
        folder = "values"
        names = [f"{folder}/{BASE}"]
        for parent in environment.split("/")[:-1]:
            folder += f"/{parent}"
            names.append(f"{folder}/{BASE}")
        return [*names, sealed(environment), f"values/{environment}.yaml"]

    def choose(self, names: list[str] | None, everything: bool) -> list[str]:
        """The environments that a command line asks for. Raises `DiagnosticError` (usage) for others."""
        known = self.environments
        _refuse_unportable(known)
        if everything and not names:
            return known
        if everything or not names:
            listed = ", ".join(known[:9]) + (" …" if len(known) > 9 else "")
            problem = "use either --env or --all" if everything else "which environment?"
            raise usage(
                "usage/environment", problem, f"give --env NAME or --all; this project has {listed or 'none'}"
            )
        for name in names:
            if name not in known:
                hint = did_you_mean(name, known)
                raise usage("usage/environment", f"there is no values/{name}.yaml", hint)
        return list(dict.fromkeys(names))


class DiskProject(Project):
    """The project below a folder, and where it is rendered to."""

    def __init__(self, root: Path, store: Kept | None = None) -> None:
        self._cache = Cache(root)
        super().__init__(Disk(root), self._cache.read() if store is None else store)
        self.root = root

    @property
    def has_line(self) -> bool:
        """Whether the line is there already, so that nothing can be wrong with it."""
        return "line" in self.__dict__

    def again(self, keep_line: bool) -> DiskProject:
        """The project as it is on the disk now; with the line that it has where nothing but values changed.

        Raises `DiagnosticError` where the line does not fit the environments that there are now.
        """
        new = DiskProject(self.root, self.store)
        if keep_line and self.has_line:
            self.line.settings.check(new.environments)
            new.line = self.line
        return new

    def keep(self) -> None:
        """Keep for the next run what this one has compiled."""
        if self.store is not None and self.store.grown:
            self._cache.write(self.store)

    @property
    def rendered(self) -> Path:
        return self.root / "rendered"


def sealed(environment: str) -> str:
    """The name of the values file that `gen seal` writes for an environment."""
    folder, _, name = f"values/{environment}".rpartition("/")
    return f"{folder}/_{name}.sealed.yaml"


def is_environment_name(name: str) -> bool:
    """Whether an environment may be called so."""
    parts = name.split("/")
    return all(map(_is_portable, parts)) and _is_environment(f"{name}.yaml")


def _is_environment(name: str) -> bool:
    last = name.rpartition("/")[2]
    return last.endswith(".yaml") and last != BASE and not last.startswith("_")


def _refuse_unportable(environments: list[str]) -> None:
    """Not every system takes every name for a folder, and some take two that differ in case for one."""
    first: dict[str, str] = {}
    for name in environments:
        if name.startswith(f"{FOLDER}/"):
            message = f"the environment `{name}` would share its folder with the GitOps engine's objects"
            raise usage("project/name", message, f"call the folder values/{FOLDER}/ something else")
        if not all(map(_is_portable, name.split("/"))):
            message = f"the environment `{name}` has a name that is not a valid folder name on every system"
            help = "use at most 240 letters, digits, `-`, `_` and `.`, and not the name of a Windows device"
            raise usage("project/name", message, help)
        if (other := first.setdefault(name.lower(), name)) != name:
            message = f"the environments {other} and {name} differ only in case"
            raise usage("project/alike", message, "rename one of them")


def _is_portable(name: str) -> bool:
    device = name.lower().partition(".")[0] in _DEVICES  # of Windows, whatever follows the point
    return len(name) <= _LONGEST and not device and bool(_PORTABLE.fullmatch(name))


def find(start: Path | None) -> DiskProject:
    """The project of a folder given, or of the current folder or one above it.

    Raises `DiagnosticError` (usage) where there is none.
    """
    candidates = [start] if start is not None else [Path.cwd(), *Path.cwd().parents]
    for folder in candidates:
        if (folder / "templates").is_dir() and (folder / "values").is_dir():
            return DiskProject(folder.absolute())
    where = shown(start) if start is not None else "this folder, or any above it,"
    raise usage(
        "project/not-found", f"{where} has no templates/ and values/", "choose one with --project DIR"
    )


def real(path: Path) -> Path:
    """Where links lead; unlike `resolve`, it leaves those that lead in circles to whoever reads the file."""
    return Path(os.path.realpath(path))


def shown(path: Path | str) -> str:
    """A path as people best find it: relative to the current folder where that is shorter."""
    relative = os.path.relpath(path)
    return str(path) if relative.count("..") > 3 else relative
