"""The settings of a project, from gen.yaml at its root: what is not a value of any environment.

The file is optional. settings.schema.json beside this module types it, and it is read as strictly as values
are. It comes with pull requests: it can accept findings and name paths, but it cannot weaken a rule that
protects secrets or the form of the output.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from generator.core import own_schemas, paths, values
from generator.core.checks import versions
from generator.core.checks.target import Target
from generator.core.nearest import did_you_mean
from generator.core.paths import Path
from generator.core.values import Values
from generator.diagnostics import Collector, Diagnostic, Source, Span

NAME: Final = "gen.yaml"
_VERSIONS: Final = [f"1.{minor}" for minor in versions.MINORS]

Level = Literal["error", "warning", "off"]


class Ignore(NamedTuple):
    """Findings that the project accepts. Empty patterns match everything; `*` matches any text."""

    rule: str
    reason: str
    span: Span
    object: str = ""
    path: str = ""
    environments: tuple[str, ...] = ()


class Accept(NamedTuple):
    """An impact of a change that `gen review` lets through, up to a day (`YYYY-MM-DD`)."""

    rule: str
    object: str
    until: str
    reason: str
    environments: tuple[str, ...] = ()

    def covers(self, rule: str, object: str, environment: str, today: str) -> bool:
        """Whether it lets an impact on an object (`Kind/name`) of an environment through."""
        here = not self.environments or any(matches(name, environment) for name in self.environments)
        return rule == self.rule and today <= self.until and here and matches(self.object, object)


class Cluster(NamedTuple):
    """The cluster that an environment belongs to: a pattern of its context, and its API server's URL."""

    span: Span
    context: str = ""
    server: str = ""


class PullSecret(NamedTuple):
    """Where the values hold the registry's host, and where `gen seal` puts what it has encrypted."""

    login_server: Path
    sealed: Path | None = None


class Pin(NamedTuple):
    """Where the values hold the parts of an image; `gen pin` writes the digest."""

    repository: Path
    tag: Path
    digest: Path
    login_server: Path | None = None


class Azure(NamedTuple):
    """Where the values say what an environment on Azure is made of."""

    resource_group: Path
    location: Path
    cluster: Path
    registry_sku: Path | None = None
    node_count: Path | None = None
    node_size: Path | None = None
    workload_identity: Path | None = None
    subscription: Path | None = None


class Provision(NamedTuple):
    """What `gen provision` makes the image of, relative to the project, and what it needs of the values."""

    models: str = "models"
    dockerfile: str = "Dockerfile"
    azure: Azure | None = None


class Verify(NamedTuple):
    """What `gen verify --env` looks for: port names by protocol, and the paths of values."""

    ports: Mapping[str, str]
    service: Path | None = None
    models: Path | None = None
    expectations: Path | None = None


class Gitops(NamedTuple):
    """What the objects of a GitOps engine say: `flux` or `argocd`, and which environments they are for.

    `path` is the folder of the project in its repository, empty for the top. `shards` is 0 for none.
    """

    engine: str
    name: str
    path: str = ""
    environments: tuple[str, ...] = ("*",)
    application_set: bool = False
    shards: int = 0

    @property
    def title(self) -> str:
        """The engine's name as its makers write it."""
        return {"flux": "Flux", "argocd": "Argo CD"}[self.engine]

    def covers(self, environment: str) -> bool:
        """Whether the engine applies an environment."""
        return any(matches(pattern, environment) for pattern in self.environments)


class Settings(NamedTuple):
    """Everything that gen.yaml says; the defaults are those of a project without one."""

    kubernetes: str = ""
    custom_resources: tuple[str, ...] = ()
    pod_security: Mapping[str, str] = {}
    severity: Mapping[str, Level] = {}
    ignore: tuple[Ignore, ...] = ()
    accept: tuple[Accept, ...] = ()
    clusters: Mapping[str, Cluster] = {}
    pull_secret: PullSecret | None = None
    verify: Verify | None = None
    pin: Pin | None = None
    promote: tuple[Path, ...] = ()  # a step `*` stands for any name
    gitops: Gitops | None = None
    provision: Provision = Provision()
    values: Values = Values({}, ())

    @property
    def target(self) -> Target:
        """The cluster that manifests are checked for."""
        minor = int(self.kubernetes.rpartition(".")[2] or versions.DEFAULT)
        return Target(minor, self.pod_security)

    def span(self, *path: str | int) -> Span:
        """Where a setting stands in gen.yaml, or the nearest one above it."""
        return self.values.span(path)

    def check(self, environments: Iterable[str]) -> None:
        """Raises `DiagnosticError` for every environment in gen.yaml that the project does not have."""
        known = set(environments)
        with Collector() as problems:
            for name in self.clusters:
                if name not in known:
                    problems.add(_stranger(name, self.values.span(("environments", name), key=True), known))
            for index, name in enumerate(self.gitops.environments if self.gitops else ()):
                if not any(matches(name, one) for one in known):
                    problems.add(_stranger(name, self.span("gitops", "environments", index), known))
            for number, ignore in enumerate(self.ignore):
                for index, name in enumerate(ignore.environments):
                    if not any(matches(name, one) for one in known):
                        span = self.span("ignore", number, "environments", index)
                        problems.add(_stranger(name, span, known))


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


def matches(pattern: str, text: str) -> bool:
    """Whether a text is what a pattern says, in which `*` stands for any text. Takes linear time."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == first
    *middle, last = rest
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        if (at := text.find(part, at, end)) < 0:
            return False
        at += len(part)
    return True


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


def _stranger(name: str, span: Span, known: Iterable[str]) -> Diagnostic:
    hint = did_you_mean(name, known)
    return Diagnostic("settings/environment", f"there is no environment `{name}`", span, help=hint)
