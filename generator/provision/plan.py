"""Which steps an environment takes, and the values that they work on: from its rendering alone.

What it runs on follows from what it is: kind where it renders the configuration of a kind cluster, Azure
where its values name an AKS cluster.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from generator.core import paths
from generator.core.layout import File
from generator.core.paths import Path
from generator.core.settings import Azure, Pin
from generator.diagnostics import Collector, Diagnostic, usage
from generator.pipeline import Rendering
from generator.provision import names
from generator.provision.names import Form
from generator.provision.steps import Constant, Step, choose

_WORKLOADS: Final = ("Deployment", "StatefulSet", "DaemonSet")
_PULL_SECRET: Final = "kubernetes.io/dockerconfigjson"  # noqa: S105 - a type
_SETTINGS: Final = """add to gen.yaml, with the paths of values:
pin:
  loginServer: PATH
  repository: PATH
  tag: PATH
  digest: PATH"""
_NOTHING: Final = "render the configuration of a kind cluster (a *.config.j2 template), or set `provision.azure` in gen.yaml"


class Plan(NamedTuple):
    """The steps, their values, and the name of the cluster, which is typed to destroy it."""

    platform: str
    steps: tuple[Step, ...]
    constants: Mapping[str, Constant]
    cluster: str


def plan(rendering: Rendering, local_build: bool) -> Plan:
    """The plan of an environment; with `local_build`, images for Azure are built by docker and pushed.

    Raises `DiagnosticError` with everything that stands against it.
    """
    if rendering.settings.pin is None:
        raise usage("provision/settings", "gen.yaml does not say where the values hold the image", _SETTINGS)
    reading = _Reading(rendering, rendering.settings.pin)
    with reading.problems:
        made = _plan(reading, local_build)
        for name, value in made.constants.items():
            for text in [value] if isinstance(value, str) else value:
                if not text.isprintable():
                    reading.problems.add(_unprintable(name, text))
    return made


def _plan(reading: _Reading, local_build: bool) -> Plan:
    rendering, azure = reading.rendering, reading.rendering.settings.provision.azure
    cluster = next((file for file in rendering.files if _is_kind(file.manifest.body)), None)
    if cluster is not None:
        return _kind(reading, cluster)
    if azure is not None and rendering.values.get(azure.cluster) is not None:
        return _azure(reading, azure, local_build)
    message = f"nothing says what {rendering.environment} runs on"
    raise usage("provision/nothing", message, _NOTHING)


class _Reading:
    """What plans read of an environment, and what is wrong with it."""

    def __init__(self, rendering: Rendering, pin: Pin) -> None:
        self.rendering = rendering
        self.pin = pin
        self.problems = Collector()

    def text(self, path: Path | None, form: Form | None = None, default: str | None = None) -> str:
        """The text of a value. A missing one is a problem unless there is a default; so is another form."""
        value = self.rendering.values.get(path) if path else None
        if value is None and default is not None:
            return default
        if isinstance(value, str) and value and (form is None or form.holds(value)):
            return value
        span = self.rendering.values.span(path or ())
        shown = paths.show(path or ())
        words = form.words if form else "a text"
        message = f"`{shown}` is not set" if value is None else f"`{shown}` is no name that Azure takes"
        found = "" if value is None else str(value)
        self.problems.add(
            Diagnostic("provision/name", message, span, found=found, expected=words, path=shown)
        )
        return ""

    def count(self, path: Path | None, default: int) -> int:
        value = self.rendering.values.get(path) if path else None
        if value is None:
            return default
        if isinstance(value, int) and 0 < value <= 1000:
            return int(value)
        span, shown = self.rendering.values.span(path or ()), paths.show(path or ())
        message = f"`{shown}` is no number of nodes"
        self.problems.add(Diagnostic("provision/name", message, span, expected="1 to 1000", path=shown))
        return default

    def common(self, image: str) -> dict[str, Constant]:
        """The values of the steps that all platforms have."""
        environment, settings = self.rendering.environment, self.rendering.settings.provision
        return {
            "ENVIRONMENT": environment,
            "MODELS": settings.models,
            "DOCKERFILE": settings.dockerfile,
            "IMAGE": image,
            "WORKLOADS": [
                f"{i.namespace or 'default'}/{i.kind.lower()}/{i.name}"
                for i in (file.manifest.identity for file in self.rendering.files)
                if i.kind in _WORKLOADS
            ],
        }

    def shared(self, *names: str) -> Iterator[str]:
        """Those of the last steps that have something to do."""
        has = {
            "wait": bool(self.common("")["WORKLOADS"]),
            "verify": self.rendering.settings.verify is not None,
        }
        return (name for name in names if has.get(name, True))

    def image(self, server: str) -> tuple[str, str, str]:
        """The image's reference, repository and tag, which a container of the environment has to run."""
        repository, tag = self.text(self.pin.repository), self.text(self.pin.tag)
        reference = f"{server}/{repository}:{tag}" if server else f"{repository}:{tag}"
        images = sorted({image for file in self.rendering.files for image in _images(file.manifest.body)})
        if not any(image.startswith(reference.rpartition(":")[0]) for image in images):
            message, found = f"no container runs {reference}", ", ".join(images) or "no image"
            span = self.rendering.values.span(self.pin.repository)
            self.problems.add(Diagnostic("provision/image", message, span, found=found))
        return reference, repository, tag


def _kind(reading: _Reading, file: File) -> Plan:
    pin, values = reading.pin, reading.rendering.values
    server = values.get(pin.login_server) if pin.login_server else None
    image, _, _ = reading.image(server if isinstance(server, str) else "")
    name = str(file.manifest.body.get("name") or "kind")
    constants = {
        **reading.common(image),
        "CLUSTER": name,
        "CONTEXT": f"kind-{name}",
        "CONFIGURATION": f"rendered/{reading.rendering.environment}/{file.name}",
    }
    steps = (
        "tools",
        "models",
        "render",
        "image",
        "cluster",
        "load",
        *reading.shared("apply", "wait", "verify"),
    )
    return Plan("kind", choose("kind", steps), constants, name)


def _azure(reading: _Reading, azure: Azure, local_build: bool) -> Plan:
    group, location = (
        reading.text(azure.resource_group, names.GROUP),
        reading.text(azure.location, names.LOCATION),
    )
    cluster = reading.text(azure.cluster, names.CLUSTER)
    if names.too_long(group, cluster, location):
        message = "the resource group, the cluster and the location have names that are too long together"
        span = reading.rendering.values.span(azure.cluster)
        expected = "at most 80 characters for MC_GROUP_CLUSTER_LOCATION, where AKS puts the nodes"
        reading.problems.add(Diagnostic("provision/name", message, span, expected=expected))
    server = reading.text(reading.pin.login_server, names.LOGIN_SERVER)
    image, repository, tag = reading.image(server)
    secret = next((f for f in reading.rendering.files if f.manifest.body.get("type") == _PULL_SECRET), None)
    size = reading.text(azure.node_size, names.SIZE, "")
    subscription = reading.text(azure.subscription, names.SUBSCRIPTION, "")
    constants = {
        **reading.common(image),
        "SUBSCRIPTION": subscription,
        "LOCATION": location,
        "GROUP": group,
        "REGISTRY": names.registry(server),
        "LOGIN_SERVER": server,
        "SKU": reading.text(azure.registry_sku, names.SKU, "Basic"),
        "REPOSITORY": repository,
        "TAG": tag,
        "CLUSTER": cluster,
        "NODES": str(reading.count(azure.node_count, 2)),
        "SIZE": size,
        "AKS_OPTIONS": _aks_options(reading, azure, size),
        "CONTEXT": _context(reading.rendering, cluster),
        "TOKEN": names.token(cluster, repository),
        "SECRET": f"rendered/{reading.rendering.environment}/{secret.name}" if secret else "",
    }
    pulls = any(
        "imagePullSecrets" in spec for f in reading.rendering.files for spec in _specs(f.manifest.body)
    )
    access = ["token", "secret"] if secret else [] if pulls else ["attach"]
    steps = (
        *("login", *(["subscription"] if subscription else []), "providers", *(["quota"] if size else [])),
        *(
            "models",
            "render",
            "group",
            "registry",
            "push" if local_build else "image",
            "cluster",
            "credentials",
        ),
        *(*access, "pin", *reading.shared("apply", "wait", "verify")),
    )
    return Plan("azure", choose("azure", steps), constants, cluster)


def _aks_options(reading: _Reading, azure: Azure, size: str) -> list[str]:
    wanted = reading.rendering.values.get(azure.workload_identity) if azure.workload_identity else None
    identity = ["--enable-oidc-issuer", "--enable-workload-identity"] if wanted is True else []
    return ["--tier", "free", *(["--node-vm-size", size] if size else []), *identity]


def _context(rendering: Rendering, cluster: str) -> str:
    """The context that gen.yaml expects of the environment, or what az calls it."""
    expected = rendering.settings.clusters.get(rendering.environment)
    named = expected.context if expected else ""
    return cluster if not named or "*" in named else named


def _is_kind(body: Mapping[str, Any]) -> bool:
    return str(body.get("apiVersion")).startswith("kind.x-k8s.io/") and body.get("kind") == "Cluster"


def _specs(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every mapping of an object that has containers: the specs of its pods."""
    if isinstance(value, Mapping):
        if isinstance(value.get("containers"), list):
            yield value
        for below in value.values():
            yield from _specs(below)


def _images(body: Mapping[str, Any]) -> Iterator[str]:
    for spec in _specs(body):
        containers: Sequence[Any] = [*spec["containers"], *(spec.get("initContainers") or ())]
        yield from (str(one.get("image")) for one in containers if isinstance(one, Mapping))


def _unprintable(name: str, text: str) -> Diagnostic:
    message = f"a value has a character that nobody sees: {text!a}"
    return Diagnostic(
        "provision/character", message, help=f"it would be {name} in the script; change the value"
    )
