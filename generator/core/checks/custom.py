"""Objects against the definitions of their kinds, as the API server holds them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from generator.core.checks import versions
from generator.core.checks.finding import Finding, of_violation, status_is_ignored
from generator.core.checks.target import Target
from generator.core.manifests import Manifest
from generator.diagnostics import Related, Severity

if TYPE_CHECKING:
    from generator.core.checks.crds.definitions import Definition


def valid(manifests: Sequence[Manifest], target: Target) -> Iterator[Finding]:
    """Every custom resource is what the API server takes, as far as its definition is known."""
    unevaluated: dict[str, tuple[Manifest, int]] = {}
    for manifest in manifests:
        if manifest.kind in versions.kinds(target.minor):
            continue
        if (definition := target.resources.find(manifest)) is not None:
            yield from _of_version(manifest, definition)
            yield from _of_shape(manifest, definition, target, unevaluated)
    if unevaluated:
        yield _rules_in_cel(unevaluated)


def _of_version(manifest: Manifest, definition: Definition) -> Iterator[Finding]:
    """The version is served, and the scope is that of the definition."""
    name = manifest.identity.api_version.rpartition("/")[2]
    served = [f"{definition.group}/{one}" for one, version in definition.versions.items() if version.served]
    defined = (Related(definition.span, "defined here"),)
    version = definition.versions.get(name)
    if version is None or not version.served:
        message = f"{definition.kind} is not served in this version"
        yield Finding(
            "api-version",
            manifest,
            ("apiVersion",),
            message,
            manifest.identity.api_version,
            " or ".join(served),
            related=defined,
        )
    elif version.deprecated:
        message = version.warning or f"{manifest.kind} is deprecated"
        yield Finding(
            "deprecated", manifest, ("apiVersion",), message, severity=Severity.WARNING, related=defined
        )
    if manifest.identity.namespace and not definition.namespaced:
        message = f"{definition.kind} belongs to the whole cluster, so the API server ignores its namespace"
        place = ("metadata", "namespace")
        yield Finding("scope", manifest, place, message, severity=Severity.WARNING, related=defined)


def _of_shape(
    manifest: Manifest, definition: Definition, target: Target, unevaluated: dict[str, tuple[Manifest, int]]
) -> Iterator[Finding]:
    """Fields, values and lists are what the schema says."""
    from generator.core.checks.crds import defaults

    name = manifest.identity.api_version.rpartition("/")[2]
    version = definition.versions.get(name)
    shape = target.resources.shape(definition, name, target.minor) if version and version.served else None
    if shape is None or version is None:
        return
    if version.has_status and manifest.body.get("status"):
        yield status_is_ignored(manifest)
    body = {key: value for key, value in manifest.body.items() if key != "status" or not version.has_status}
    try:
        complete = defaults.filled(body, shape.schema)
    except defaults.TooLarge:
        yield Finding("size", manifest, (), "the defaults of its definition make it too large to check")
        return
    for violation in shape.violations(complete):
        yield of_violation(manifest, violation)
    rules = 0
    for path, value, schema in defaults.nodes(complete, shape.schema):
        rules += len(schema.get("x-kubernetes-validations") or ())
        for index in defaults.twins(value, schema) if isinstance(value, list) else ():
            keys = schema.get("x-kubernetes-list-map-keys")
            same = f"has the same {' and '.join(keys)} as" if keys else "is the same as"
            message = f"this entry {same} one before it, which the API server refuses"
            yield Finding("duplicate-entry", manifest, (*path, index), message)
    if rules:
        unevaluated.setdefault(manifest.kind, (manifest, rules))


def _rules_in_cel(unevaluated: dict[str, tuple[Manifest, int]]) -> Finding:
    """One word about all rules that only the server evaluates."""
    kinds = ", ".join(f"{kind} ({rules})" for kind, (_, rules) in unevaluated.items())
    first, _ = next(iter(unevaluated.values()))
    message = (
        f"the definitions of these kinds have rules in CEL, which only the API server evaluates: {kinds}"
    )
    help = (
        'everything else about them is checked; `severity: { check/cel-rules: "off" }` in gen.yaml hides this'
    )
    return Finding("cel-rules", first, ("kind",), message, help=help, severity=Severity.WARNING)
