"""What a check found, before anybody has looked up the lines behind it."""

from __future__ import annotations

from typing import NamedTuple

from generator.core import paths, secrets
from generator.core.manifests import Manifest
from generator.core.paths import Path
from generator.core.values import Values
from generator.core.wording import Violation
from generator.diagnostics import Diagnostic, Related, Severity


class Finding(NamedTuple):
    """A rule broken by a field of an object; with `key`, by the field's name."""

    rule: str
    manifest: Manifest
    path: Path
    message: str
    found: str = ""
    expected: str = ""
    help: str = ""
    severity: Severity = Severity.ERROR
    key: bool = False
    related: tuple[Related, ...] = ()

    def diagnostic(self, values: Values) -> Diagnostic:
        """The finding with its template line, and the values lines that were bound there."""
        trace = self.manifest.trace(self.path, self.key)
        name = paths.show(self.path)
        field = f", field `{name}`" if name and f"`{name}" not in self.message else ""
        return Diagnostic(
            f"check/{self.rule}",
            f"{self.manifest.identity}{field}: {self.message}",
            secrets.unquoted(trace.span)
            if secrets.hides(self.manifest.identity.kind, self.path)
            else trace.span,
            self.severity,
            (*self.related, *values.related(trace.values, self.key)),
            self.found,
            self.expected,
            self.help,
            object=self.manifest.identity.address,
            path=name,
        )


def of_violation(manifest: Manifest, violation: Violation, hint: str = "") -> Finding:
    """What a schema forbids in an object; a `hint` takes the place of the schema's own help."""
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
        hint or violation.help,
        key=violation.key,
    )


def status_is_ignored(manifest: Manifest) -> Finding:
    """A status that has no effect."""
    message = "the API server keeps a status of its own, and ignores this one"
    help = "leave the status out"
    return Finding("status", manifest, ("status",), message, help=help, severity=Severity.WARNING, key=True)
