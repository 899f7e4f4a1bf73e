"""Objects against the schemas of one pinned Kubernetes version, offline and strictly.

The schemas are vendored in `generator/openapi/`; its README says how they were made. What has none there
(a custom resource) is named once in a warning.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pkgutil import get_data  # far quicker to import than importlib.resources
from typing import Any, Final

from generator.core.checks.finding import Finding
from generator.core.manifests import Manifest
from generator.core.patterns import linear
from generator.core.violations import Violation, plainly, violations
from generator.diagnostics import Severity

VERSION: Final = "v1.35"
_REFERENCE: Final = re.compile(r'"#/definitions/([^"]+)"')


def valid(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """Every object is what the API server of the pinned version takes."""
    strangers: dict[str, Manifest] = {}
    for manifest in manifests:
        kind = manifest.kind
        validator = _validator(kind)
        if validator is None:
            strangers.setdefault(kind, manifest)
        elif not validator.is_valid(manifest.body):
            found = violations(_reference(kind), manifest.body) or plainly(validator, manifest.body)
            for violation in found:
                yield _finding(manifest, violation)
    if strangers:
        known, unknown = _sorted_out(strangers)
        for kind, hint in known.items():
            yield Finding(
                "api-version",
                strangers[kind],
                ("apiVersion",),
                f"Kubernetes {VERSION} has no {kind}",
                help=hint,
            )
        if unknown:
            message = f"no schema to check these kinds with: {', '.join(unknown)}"
            help = f"they are not part of Kubernetes {VERSION}; everything else about them is checked"
            first = strangers[unknown[0]]
            yield Finding("no-schema", first, (), message, help=help, severity=Severity.WARNING)


def knows(manifest: Manifest) -> bool:
    """Whether `valid` has checked the shape of an object."""
    return _validator(manifest.kind) is not None


def _sorted_out(strangers: dict[str, Manifest]) -> tuple[dict[str, str], list[str]]:
    """Kinds that Kubernetes has, but not in this version of their API; and kinds that it does not know."""
    known: dict[str, str] = {}
    unknown: list[str] = []
    for kind, manifest in strangers.items():
        api_version, name = manifest.identity.api_version, manifest.identity.kind
        served = [k.split(" ")[0] for k in _document()[0] if k.endswith(f" {name}")]
        built_in = "." not in api_version.split("/")[0] or api_version.split("/")[0].endswith(".k8s.io")
        if built_in and served:
            known[kind] = f"it is served as {' or '.join(served)}"
        elif built_in and "." not in api_version.split("/")[0]:
            known[kind] = "core API groups have no such kind"
        else:
            unknown.append(kind)
    return known, unknown


def _finding(manifest: Manifest, violation: Violation) -> Finding:
    message = violation.message
    if violation.found == "null":
        message = "is empty (null): leave the field out, or give it a value"
    return Finding(
        f"api-{violation.kind}",
        manifest,
        violation.path,
        message,
        violation.found,
        violation.expected,
        violation.help,
        key=violation.key,
    )


@cache
def _document() -> tuple[dict[str, str], dict[str, str]]:
    """The kinds with the names of their definitions, and the JSON of every definition by name.

    The file has a definition a line. There are six hundred, and few objects reach more than a hundred: only
    those are parsed.
    """
    text = (get_data("generator.openapi", f"{VERSION}.json") or b"").decode()
    head, _, rest = text.partition(',\n"definitions": {\n')
    definitions = (line.rstrip(",").split(": ", 1) for line in rest.splitlines()[:-2])
    kinds: dict[str, str] = json.loads(head + "}")["kinds"]
    return kinds, {name.strip('"'): definition for name, definition in definitions}


@cache
def schema(kind: str) -> dict[str, Any] | None:
    """The schema of a kind with every definition that it reaches."""
    kinds, definitions = _document()
    if kind not in kinds:
        return None
    reached: dict[str, Any] = {}
    waiting = [kinds[kind]]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached[name] = json.loads(definitions[name])
            waiting += _REFERENCE.findall(definitions[name])
    return {"$ref": f"#/definitions/{kinds[kind]}", "definitions": reached}


@cache
def _validator(kind: str) -> Any:
    import jsonschema_rs

    found = schema(kind)
    return None if found is None else jsonschema_rs.Draft202012Validator(found, offline=True)


@cache
def _reference(kind: str) -> Any:
    import jsonschema

    found = schema(kind)
    assert found is not None
    return linear(jsonschema.Draft202012Validator)(found)
