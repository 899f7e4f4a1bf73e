"""Values that a layer takes away by leaving the place after a key empty, which is easily done by accident."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.core import nodes, paths
from generator.core.paths import Path
from generator.core.values import Values
from generator.core.wording import shown
from generator.diagnostics import Diagnostic, Related, Severity


def warnings(values: Values) -> Iterator[Diagnostic]:
    """A warning for each key with nothing after it that removes what a layer below says."""
    for number, layer in enumerate(values.layers):
        for path in _nulls(layer.data, ()):
            found = nodes.find(layer.root, path)
            if found is None or found[0] is None or not isinstance(found[1], nodes.Scalar) or found[1].text:
                continue
            below = values._replace(layers=values.layers[:number], default=lambda _: None)
            origins = [origin for origin in below.origins(path) if not origin.removed]
            if origins:
                key = found[0]
                now = _now(values.tree, path)
                yield Diagnostic(
                    "values/removed",
                    f"`{paths.show(path)}` is empty, which removes it",
                    layer.source.span(key.start, key.end),
                    Severity.WARNING,
                    related=(Related(origins[-1].span, "removes this"),),
                    found=now,
                    help=f"give it a value, or write `{key.text}: null` to remove it on purpose",
                )


def _nulls(tree: dict[str, Any], path: Path) -> Iterator[Path]:
    for key, value in tree.items():
        if value is None:
            yield (*path, key)
        elif isinstance(value, dict):
            yield from _nulls(value, (*path, key))


def _now(tree: Any, path: Path) -> str:
    try:
        return f"the default applies: {shown(paths.get(tree, path))}"
    except KeyError:
        return "nothing is left of it"
