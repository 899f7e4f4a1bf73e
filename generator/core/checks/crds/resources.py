"""The custom resources that a project knows, and its objects against their schemas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from generator.core import bounds
from generator.core.manifests import Manifest
from generator.core.tree import Tree, names
from generator.core.violations import Explainer
from generator.core.walker import Walker
from generator.core.wording import Violation
from generator.diagnostics import Collector, Diagnostic, DiagnosticError, Source, Span

if TYPE_CHECKING:  # most projects have no custom resources, and pay for none of these
    from generator.core.checks.crds.definitions import Definition, Version

_KIND: Final = "CustomResourceDefinition"
_ENDINGS: Final = (".yaml", ".yml", ".json")


class Shape(NamedTuple):
    """What one version of a custom resource must look like."""

    schema: Mapping[str, Any]
    validator: Any

    def violations(self, data: Any) -> list[Violation]:
        """Everything that is wrong with an object."""
        if self.validator.is_valid(data):
            return []
        return Explainer(Walker({"": self.schema}), "").violations(self.validator, data)


class CustomResources:
    """Definitions by group and kind. The texts of a project are read when an object needs them.

    Reading the definitions of a large operator takes a second, and few objects need more than one or two.
    """

    def __init__(
        self, load: Callable[[], Iterable[Source]] = tuple, rendered: Iterable[Definition] = ()
    ) -> None:
        self._load = load
        self._found: dict[tuple[str, str], Definition | None] = {
            (definition.group, definition.kind): definition for definition in rendered
        }
        self._read: dict[Source, list[Definition]] = {}
        self._shapes: dict[tuple[str, str, str, int], Shape] = {}

    def beside(self, manifests: Sequence[Manifest]) -> CustomResources:
        """These, and those that are defined by objects of the same rendering."""
        made = [manifest for manifest in manifests if manifest.identity.kind == _KIND]
        if not made:
            return self
        other = CustomResources(lambda: self.sources, _readable(made))
        other._read = self._read
        return other

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The texts of the project that may hold definitions."""
        return tuple(self._load())

    def find(self, manifest: Manifest) -> Definition | None:
        """The definition of an object's kind. Raises `DiagnosticError` for a text that cannot be read."""
        group, kind = manifest.identity.api_version.rpartition("/")[0], manifest.identity.kind
        if not group or not kind:
            return None
        if (group, kind) not in self._found:
            self._found[group, kind] = self._find(group, kind)
        return self._found[group, kind]

    def _find(self, group: str, kind: str) -> Definition | None:
        found = [one for source in self._about(group, kind) for one in self._definitions(source)]
        same = [one for one in found if (one.group, one.kind) == (group, kind)]
        if any(one._replace(span=same[0].span) != same[0] for one in same):
            message = f"{kind} of the group {group} is defined differently at {same[0].span}"
            raise DiagnosticError([Diagnostic("check/crd-duplicate", message, same[-1].span)])
        return same[0] if same else None

    def shape(self, definition: Definition, version: str, minor: int) -> Shape | None:
        """What an object must look like, or None where the definition does not say."""
        found: Version = definition.versions[version]
        if found.schema is None:
            return None
        key = (definition.group, definition.kind, version, minor)
        if key not in self._shapes:
            self._shapes[key] = _shape(definition, found, minor)
        return self._shapes[key]

    def _about(self, group: str, kind: str) -> list[Source]:
        """The texts that name a kind: no other can define it."""
        return [source for source in self.sources if kind in source.text and group in source.text]

    def _definitions(self, source: Source) -> list[Definition]:
        from generator.core.checks.crds import definitions

        if source not in self._read:
            self._read[source] = definitions.read(source)
        return self._read[source]


def load(project: Tree, paths: Sequence[str], span: Callable[..., Span]) -> CustomResources:
    """What the files and folders of a project define; `span` is where a setting stands.

    Raises `DiagnosticError` for a path where there is nothing; the files are read when they are needed.
    """
    with Collector() as problems:
        for index, path in enumerate(paths):
            if not project.holds(path) and not project.names(path):
                message = f"there is no file or folder `{path}`"
                problems.add(Diagnostic("settings/path", message, span("customResources", index)))
    return CustomResources(lambda: _texts(project, paths))


def _texts(project: Tree, paths: Sequence[str]) -> Iterator[Source]:
    size = 0
    for path in paths:
        is_file = path.endswith(_ENDINGS)
        found = [project.read(path)] if is_file else _in_folder(project, path)
        for source in found:
            size += len(source.text)
            if size > bounds.DEFINITIONS:
                message = f"more than {bounds.DEFINITIONS >> 20} MiB of CustomResourceDefinitions"
                raise DiagnosticError([Diagnostic("check/crd-invalid", message, source.span())])
            yield source


def _in_folder(project: Tree, path: str) -> Iterator[Source]:
    with Collector() as problems:
        for name in names(project, path, problems):
            if name.endswith(_ENDINGS):
                yield project.read(name)


def _readable(manifests: Sequence[Manifest]) -> Iterator[Definition]:
    """The definitions among objects that can be used; what is wrong with others is for other checks."""
    from generator.core.checks.crds import definitions

    for manifest in manifests:
        try:
            yield definitions.of_data(manifest.body, manifest.trace(()).span)
        except DiagnosticError:
            continue


def _shape(definition: Definition, version: Version, minor: int) -> Shape:
    import jsonschema_rs

    from generator.core.checks.crds import structural
    from generator.core.checks.crds.formats import CHECKS

    assert version.schema is not None
    try:
        schema = structural.convert(version.schema, minor, version.replicas)
        validator = jsonschema_rs.Draft202012Validator(
            schema, offline=True, validate_formats=True, formats=CHECKS
        )
    except (TypeError, AttributeError, ValueError, jsonschema_rs.ValidationError) as error:
        message = f"the schema of {definition.kind} is not a structural schema"
        problem = Diagnostic(
            "check/crd-invalid", message, definition.span, found=str(error).partition("\n")[0]
        )
        raise DiagnosticError([problem]) from None
    return Shape(schema, validator)
