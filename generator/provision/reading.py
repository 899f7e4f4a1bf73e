"""What a plan reads of an environment, each value checked for what it becomes in a script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from generator.core import paths
from generator.core.paths import Path
from generator.core.settings import Pin
from generator.diagnostics import Collector, Diagnostic
from generator.pipeline import Rendering
from generator.provision.names import Form
from generator.provision.steps import Constant

_WORKLOADS: Final = ("Deployment", "StatefulSet", "DaemonSet")


class Reading:
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
        """The image's reference, repository and tag, which a container has to run, be it by a digest."""
        repository, tag = self.text(self.pin.repository), self.text(self.pin.tag)
        reference = f"{server}/{repository}:{tag}" if server else f"{repository}:{tag}"
        images = sorted({image for file in self.rendering.files for image in _images(file.manifest.body)})
        if not any(image == reference or image.startswith(f"{reference}@") for image in images):
            message, found = f"no container runs {reference}", ", ".join(images) or "no image"
            span = self.rendering.values.span(self.pin.repository)
            self.problems.add(Diagnostic("provision/image", message, span, found=found))
        return reference, repository, tag


def specs(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every mapping of an object that has containers: the specs of its pods."""
    if isinstance(value, Mapping):
        if isinstance(value.get("containers"), list):
            yield value
        for below in value.values():
            yield from specs(below)


def _images(body: Mapping[str, Any]) -> Iterator[str]:
    for spec in specs(body):
        containers: Sequence[Any] = [*spec["containers"], *(spec.get("initContainers") or ())]
        yield from (str(one.get("image")) for one in containers if isinstance(one, Mapping))
