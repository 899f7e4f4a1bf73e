"""Reads gen.yaml: what each section says, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from generator.core import own_schemas, paths, values
from generator.core.checks import versions
from generator.core.paths import Path
from generator.core.settings import (
    Accept,
    Azure,
    Cluster,
    Gitops,
    Ignore,
    Pin,
    Provision,
    PullSecret,
    Settings,
    Verify,
)
from generator.core.values import Values
from generator.diagnostics import Collector, Diagnostic, Source, Span

_VERSIONS: Final = [f"1.{minor}" for minor in versions.MINORS]


def read(source: Source | None) -> Settings:
    """The settings in a source; None stands for a project without gen.yaml.

    Raises `DiagnosticError` with everything that is wrong with them.
    """
    if source is None:
        return Settings()
    layer = values.read(source)
    given = Values(layer.data, (layer,))
    own_schemas.check(given, "settings")
    tree = given.tree
    with Collector() as problems:
        if tree.get("kubernetes", _VERSIONS[0]) not in _VERSIONS:
            problems.add(_unknown_version(tree["kubernetes"], given.span(("kubernetes",))))
        for index, path in enumerate(tree.get("customResources", ())):
            if not _is_inside(path):
                problems.add(_outside(path, given.span(("customResources", index))))
        problems.add(*_gitops_problems(given))
        for name in ("models", "dockerfile"):
            if not _is_inside(path := tree.get("provision", {}).get(name, name)):
                problems.add(_outside(path, given.span(("provision", name))))
        for number, ignore in enumerate(tree.get("ignore", ())):
            if not ignore.keys() & {"object", "path"}:
                problems.add(_unbounded(given.span(("ignore", number, "rule"))))
    return Settings(
        tree.get("kubernetes", ""),
        tuple(path.rstrip("/") for path in tree.get("customResources", ())),
        tree.get("podSecurity", {}),
        tree.get("severity", {}),
        tuple(_ignore(given, number) for number in range(len(tree.get("ignore", ())))),
        tuple(map(_accept, tree.get("accept", ()))),
        {name: _cluster(given, name) for name in tree.get("environments", {})},
        _pull_secret(tree.get("pullSecret")),
        _verify(tree.get("verify")),
        _pin(tree.get("pin")),
        tuple(tuple(path.split(".")) for path in tree.get("promote", ())),
        _gitops(tree.get("gitops")),
        _provision(tree.get("provision", {})),
        given,
    )


def _ignore(given: Values, number: int) -> Ignore:
    entry = given.tree["ignore"][number]
    return Ignore(
        entry["rule"],
        entry["reason"],
        given.span(("ignore", number, "rule")),
        entry.get("object", ""),
        entry.get("path", ""),
        tuple(entry.get("environments", ())),
    )


def _accept(entry: Mapping[str, Any]) -> Accept:
    environments = tuple(entry.get("environments", ()))
    return Accept(entry["rule"], entry["object"], entry["until"], entry["reason"], environments)


def _cluster(given: Values, name: str) -> Cluster:
    cluster = given.tree["environments"][name]["cluster"]
    return Cluster(given.span(("environments", name, "cluster")), **cluster)


def _pull_secret(section: Mapping[str, Any] | None) -> PullSecret | None:
    if section is None:
        return None
    return PullSecret(paths.parse(section["loginServer"]) or (), _path(section, "sealed"))


def _verify(section: Mapping[str, Any] | None) -> Verify | None:
    if section is None:
        return None
    return Verify(section["ports"], *(_path(section, name) for name in ("service", "models", "expectations")))


def _pin(section: Mapping[str, Any] | None) -> Pin | None:
    if section is None:
        return None
    repository, tag, digest = (paths.parse(section[name]) or () for name in ("repository", "tag", "digest"))
    return Pin(repository, tag, digest, _path(section, "loginServer"))


def _gitops(section: Mapping[str, Any] | None) -> Gitops | None:
    if section is None:
        return None
    flux, argocd = section.get("flux"), section.get("argocd", {})
    return Gitops(
        "argocd" if flux is None else "flux",
        section["name"],
        section.get("path", "").rstrip("/"),
        tuple(section.get("environments", ("*",))),
        argocd.get("applicationSet", False),
        (flux or {}).get("shards", 0),
    )


def _gitops_problems(given: Values) -> Iterator[Diagnostic]:
    section = given.tree.get("gitops", {})
    if section and len({"flux", "argocd"} & section.keys()) != 1:
        help = "flux: {}\nor\nargocd: {}"
        yield Diagnostic("settings/gitops", "name one GitOps engine", given.span(("gitops",)), help=help)
    if "path" in section and not _is_inside(section["path"]):
        yield _outside(section["path"], given.span(("gitops", "path")))


def _provision(section: Mapping[str, Any]) -> Provision:
    known, azure = Provision(), section.get("azure")
    models, dockerfile = section.get("models", known.models), section.get("dockerfile", known.dockerfile)
    if azure is None:
        return Provision(models, dockerfile)
    group, location, cluster = (paths.parse(azure[n]) or () for n in ("resourceGroup", "location", "cluster"))
    others = ("registrySku", "nodeCount", "nodeSize", "workloadIdentity", "subscription")
    return Provision(
        models, dockerfile, Azure(group, location, cluster, *(_path(azure, name) for name in others))
    )


def _path(section: Mapping[str, str], name: str) -> Path | None:
    return paths.parse(section[name]) if name in section else None


def _is_inside(path: str) -> bool:
    """Whether a path leads down from the project's root on every system, as far as its text tells."""
    steps = path.rstrip("/").split("/")
    return not any(step in ("", ".", "..") or "\\" in step or ":" in step for step in steps)


def _unknown_version(version: str, span: Span) -> Diagnostic:
    known = ", ".join(f'"{one}"' for one in _VERSIONS)
    message = f"gen has no schemas of Kubernetes {version}"
    return Diagnostic("settings/kubernetes", message, span, expected=f"one of {known}")


def _outside(path: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "settings/path",
        f"`{path}` is not a path below the project's root",
        span,
        help="write it relative to the folder of gen.yaml, with `/` and without `..`: crds/monitoring",
    )


def _unbounded(span: Span) -> Diagnostic:
    return Diagnostic(
        "settings/ignore",
        "this would ignore every finding of the rule",
        span,
        help="add the object (Kind/name) or the path that it is about, or lower the rule under `severity`",
    )
