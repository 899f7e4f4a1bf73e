"""The settings of a project, from gen.yaml at its root: what is not a value of any environment.

The file is optional. settings.schema.json beside this module types it, and it is read as strictly as values
are. It comes with pull requests: it can accept findings and name paths, but it cannot weaken a rule that
protects secrets or the form of the output.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple

from generator.core.checks import versions
from generator.core.checks.target import Target
from generator.core.nearest import did_you_mean
from generator.core.paths import Path
from generator.core.values import Values
from generator.diagnostics import Collector, Diagnostic, Span

NAME: Final = "gen.yaml"

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

    def engine(self, environment: str) -> Gitops | None:
        """The GitOps engine that applies an environment, if one does."""
        return self.gitops if self.gitops and self.gitops.covers(environment) else None

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


def _stranger(name: str, span: Span, known: Iterable[str]) -> Diagnostic:
    hint = did_you_mean(name, known)
    return Diagnostic("settings/environment", f"there is no environment `{name}`", span, help=hint)
