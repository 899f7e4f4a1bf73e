"""Values that nothing depends on: no rendered line, no condition of a template, no rule and no command."""

from __future__ import annotations

from collections.abc import Iterator

from generator.core import paths
from generator.core.effects import Index
from generator.core.paths import Path
from generator.core.settings import Settings
from generator.diagnostics import Diagnostic, Severity
from generator.pipeline import Pipeline, Rendering


def find(line: Pipeline, rendering: Rendering) -> Iterator[Diagnostic]:
    """A warning for each value of a values file that changes nothing, whatever it is."""
    index, values = Index(rendering.files, rendering.texts), rendering.values
    context = values.context
    needed = list(_of_commands(line.settings))
    for path, _ in paths.leaves(values.tree):
        said = values.said([path])
        if not said or any(path[: len(known)] == known for known in needed):
            continue
        if index.effects(path).none and not line.rules.reading(path, context):
            yield Diagnostic(
                "check/unused-value",
                f"nothing depends on `{paths.show(path)}`",
                said[0],
                Severity.WARNING,
                help="remove it, or use it in a template",
                path=paths.show(path),
            )


def _of_commands(settings: Settings) -> Iterator[Path]:
    """The values that commands other than `gen render` need."""
    found: list[Path | None] = []
    if settings.pull_secret is not None:
        found += (settings.pull_secret.login_server, settings.pull_secret.sealed)
    if settings.verify is not None:
        found += (settings.verify.service, settings.verify.models, settings.verify.expectations)
    if settings.pin is not None:
        found += settings.pin
    if settings.provision.azure is not None:
        found += settings.provision.azure
    return (path for path in found if path is not None)
