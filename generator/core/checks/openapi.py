"""Objects against the schemas of one Kubernetes version, offline and strictly.

The schemas are vendored in `generator/openapi/`; its README says how they were made. What has none there
(a custom resource without its definition) is named once in a warning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

from generator.core.checks import versions
from generator.core.checks.finding import Finding, of_violation, status_is_ignored
from generator.core.checks.target import DEFAULT, Target
from generator.core.manifests import Manifest
from generator.core.violations import Explainer
from generator.core.walker import Walker
from generator.core.wording import Violation
from generator.diagnostics import Severity

_UNREADABLE: Final = ("type", "unknown-key")


def valid(manifests: Sequence[Manifest], target: Target = DEFAULT) -> Iterator[Finding]:
    """Every object is what the API server takes."""
    strangers: dict[str, Manifest] = {}
    for manifest in manifests:
        kind = manifest.kind
        validator = _validator(kind, target.minor)
        if validator is None and target.resources.find(manifest) is None:
            strangers.setdefault(kind, manifest)
        elif validator is not None and not validator.is_valid(manifest.body):
            for violation in _violations(manifest, target.minor):
                known = violation.kind == "unknown-key"
                hint = versions.of_field(kind, violation.path, target.minor) if known else ""
                yield of_violation(manifest, violation, hint)
        if validator is not None and manifest.body.get("status"):
            yield status_is_ignored(manifest)
    yield from _unknown(strangers, target)


def _unknown(strangers: dict[str, Manifest], target: Target) -> Iterator[Finding]:
    """Kinds that have no schema: those that this version of Kubernetes lacks, and those it never had."""
    version = versions.shown(target.minor)
    known, unknown = _sorted_out(strangers, target.minor)
    for kind, hint in known.items():
        message = f"Kubernetes {version} has no {kind}"
        yield Finding("api-version", strangers[kind], ("apiVersion",), message, help=hint)
    if unknown:
        message = f"no schema to check these kinds with: {', '.join(unknown)}"
        help = (
            f"they are not part of Kubernetes {version}; everything else about them is checked. Give their "
            "CustomResourceDefinitions under `customResources` in gen.yaml"
        )
        first = strangers[unknown[0]]
        yield Finding("no-schema", first, (), message, help=help, severity=Severity.WARNING)


def knows(manifest: Manifest, target: Target = DEFAULT) -> bool:
    """Whether `valid` has checked the shape of an object."""
    return _validator(manifest.kind, target.minor) is not None


def accepts(manifest: Manifest, target: Target = DEFAULT) -> bool:
    """Whether `valid` finds nothing wrong with the shape of an object."""
    validator = _validator(manifest.kind, target.minor)
    return (
        validator is None
        or bool(validator.is_valid(manifest.body))
        or not _violations(manifest, target.minor)
    )


def _violations(manifest: Manifest, minor: int) -> list[Violation]:
    """What is wrong with an object; of its status, which is ignored, only what cannot be read at all."""
    validator = _validator(manifest.kind, minor)
    found = _explainer(manifest.kind, minor).violations(validator, manifest.body)
    return [v for v in found if v.path[:1] != ("status",) or (v.kind in _UNREADABLE and v.found != "null")]


def _sorted_out(strangers: dict[str, Manifest], minor: int) -> tuple[dict[str, str], list[str]]:
    """Kinds that Kubernetes has, but not here, with what to write; and kinds that it does not have."""
    known: dict[str, str] = {}
    unknown: list[str] = []
    for kind, manifest in strangers.items():
        api_version, name = manifest.identity.api_version, manifest.identity.kind
        group = api_version.rpartition("/")[0]
        built_in = "." not in group or group.endswith(".k8s.io")
        served = [k.split(" ")[0] for k in versions.kinds(minor) if k.endswith(f" {name}")]
        if hint := versions.of_kind(kind, minor):
            known[kind] = hint
        elif built_in and served:
            known[kind] = f"it is served as {' or '.join(served)}"
        elif "." not in group:
            known[kind] = "core API groups have no such kind"
        else:
            unknown.append(kind)
    return known, unknown


@cache
def _validator(kind: str, minor: int) -> Any:
    import jsonschema_rs

    found = versions.schema(kind, minor)
    return None if found is None else jsonschema_rs.Draft202012Validator(found, offline=True)


@cache
def _explainer(kind: str, minor: int) -> Explainer:
    return Explainer(Walker({"": versions.schema(kind, minor)}), "")
