"""Objects that make a GitOps engine apply the environments: Flux's or Argo CD's, as gen.yaml says it.

They are made by the line from templates that belong to gen, with gen.yaml in the place of the values, so that
every line of theirs can be asked where it comes from.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from pkgutil import get_data
from typing import Any, Final

from generator.core import layout, manifests
from generator.core.layout import File
from generator.core.manifests import Manifest
from generator.core.settings import Gitops, Settings
from generator.core.templates import Templates, context
from generator.core.values import Values
from generator.diagnostics import Diagnostic, DiagnosticError, Severity, Source

FOLDER: Final = "_gitops"  # below `rendered/`: one folder an environment, and what is about all of them
WAVE: Final = "argocd.argoproj.io/sync-wave"
_TEMPLATES: Final = ("argocd", "argocd-set", "flux")
_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?([.][a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_LONGEST: Final = 63  # characters: engines write the names into labels


class Engine:
    """The objects of a project's GitOps engine. Raises `DiagnosticError` for names that none can have."""

    def __init__(self, settings: Settings, said: Gitops) -> None:
        self._settings = settings
        self._said = said
        self._templates = Templates({layout.own(name): _template(name) for name in _TEMPLATES})

    def of_environment(self, environment: str) -> tuple[tuple[File, ...], Values]:
        """The files for one environment, and what they were made from."""
        more = {"ignore": "".join(f"{line}\n" for line in fetched(self._said.path))}
        return self._made(self._said.engine, {**self._application(environment), **more})

    def of_all(self, environments: Iterable[str]) -> tuple[tuple[File, ...], Values]:
        """The file for all environments together, and what it was made from."""
        elements = [self._application(name) for name in environments if self._said.covers(name)]
        return self._made("argocd-set", {"applications": elements})

    def _made(self, template: str, more: dict[str, Any]) -> tuple[tuple[File, ...], Values]:
        given = self._settings.values
        values = given._replace(tree={**given.tree, **more})
        rendered = self._templates.render(layout.own(template), context(values))
        return layout.files(manifests.bind(manifests.parse(rendered), rendered)), values

    def _application(self, environment: str) -> dict[str, Any]:
        """What differs from one environment to the next."""
        name = f"{self._said.name}-{environment.replace('/', '.')}"
        if len(name) > _LONGEST or not _NAME.fullmatch(name) or "." in environment:
            raise DiagnosticError([_unnameable(environment, name, self._settings)])
        cluster = self._settings.clusters.get(environment)
        made: dict[str, Any] = {
            "name": name,
            "path": "/".join(filter(None, (self._said.path, "rendered", environment))),
            "server": cluster.server if cluster and cluster.server else "https://kubernetes.default.svc",
        }
        if self._said.shards:
            made["shard"] = f"shard{zlib.crc32(name.encode()) % self._said.shards + 1}"
        return made


def fetched(path: str) -> Iterator[str]:
    """The lines of a `.gitignore` that leave only what is applied, for a project at a path."""
    place = ""
    for step in (*filter(None, path.split("/")), "rendered"):
        yield f"{place}/*"
        place += f"/{step}"
        yield f"!{place}"
    yield f"{place}/{FOLDER}"


def in_waves(manifest: Manifest) -> Manifest:
    """The object with the wave of a sync that its place in the apply order gives it, unless it names one."""
    metadata = manifest.body.get("metadata")
    if not manifest.applied or not isinstance(metadata, dict):
        return manifest
    annotations = metadata.get("annotations") or {}
    if not isinstance(annotations, dict) or WAVE in annotations:
        return manifest
    waved = {**annotations, WAVE: str(layout.rank(manifest.identity.kind))}
    return manifest.showing({**manifest.body, "metadata": {**metadata, "annotations": waved}})


def undelivered(objects: Iterable[Manifest]) -> Iterator[Diagnostic]:
    """A warning for each Secret: git does not hold it, so no engine finds it there."""
    for manifest in objects:
        if manifest.identity.kind == "Secret":
            yield Diagnostic(
                "check/gitops-secret",
                f"git does not hold {manifest.identity}, so the GitOps engine will not create it",
                manifest.trace(("kind",)).span,
                Severity.WARNING,
                help="seal it, have it made in the cluster, or apply it by hand and ignore this",
                object=manifest.identity.address,
            )


def _template(name: str) -> Source:
    file = f"{name}.yaml.j2"
    return Source(f"gen/gitops/{file}", (get_data("generator.core.gitops", file) or b"").decode())


def _unnameable(environment: str, name: str, settings: Settings) -> Diagnostic:
    return Diagnostic(
        "settings/gitops-name",
        f"no object of the GitOps engine can be called {name}",
        settings.span("gitops", "name"),
        help=f"use at most {_LONGEST} lower-case letters, digits and `-`, also in the name of {environment};"
        " or leave the environment out, under gitops.environments",
    )
