"""Which steps an environment takes, and the values that they work on: from its rendering alone.

What it runs on follows from what it is: kind where it renders the configuration of a kind cluster, Azure
where its values name an AKS cluster.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from generator.core.layout import File
from generator.core.settings import Azure
from generator.diagnostics import Diagnostic, usage
from generator.pipeline import Rendering
from generator.provision import names
from generator.provision.reading import Reading, specs
from generator.provision.steps import Constant, Step, choose

_PULL_SECRET: Final = "kubernetes.io/dockerconfigjson"  # noqa: S105 - a type
_SETTINGS: Final = """add to gen.yaml, with the paths of values:
pin:
  loginServer: PATH
  repository: PATH
  tag: PATH
  digest: PATH"""
_NOTHING: Final = "render the configuration of a kind cluster, or set `provision.azure` in gen.yaml"


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
    reading = Reading(rendering, rendering.settings.pin)
    with reading.problems:
        made = _plan(reading, local_build)
        for name, value in made.constants.items():
            for text in [value] if isinstance(value, str) else value:
                if not text.isprintable():
                    reading.problems.add(_unprintable(name, text))
    return made


def _plan(reading: Reading, local_build: bool) -> Plan:
    rendering, azure = reading.rendering, reading.rendering.settings.provision.azure
    cluster = next((file for file in rendering.files if _is_kind(file.manifest.body)), None)
    if cluster is not None:
        return _kind(reading, cluster)
    if azure is not None and rendering.values.get(azure.cluster) is not None:
        return _azure(reading, azure, local_build)
    message = f"nothing says what {rendering.environment} runs on"
    raise usage("provision/nothing", message, _NOTHING)


def _kind(reading: Reading, file: File) -> Plan:
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


def _azure(reading: Reading, azure: Azure, local_build: bool) -> Plan:
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
        "imagePullSecrets" in spec for f in reading.rendering.files for spec in specs(f.manifest.body)
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


def _aks_options(reading: Reading, azure: Azure, size: str) -> list[str]:
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


def _unprintable(name: str, text: str) -> Diagnostic:
    message = f"a value has a character that nobody sees: {text!a}"
    return Diagnostic(
        "provision/character", message, help=f"it would be {name} in the script; change the value"
    )
