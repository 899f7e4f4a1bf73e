"""SavedModels as TensorFlow runs them, with the names, versions, labels and errors of a model server."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

AVAILABLE, END = 30, 50


class Refused(Exception):
    """A call that the server answers with a status other than OK."""

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        self.code = code
        self.message = message[:1024]
        super().__init__(message)


@dataclass
class Version:
    """One loaded version, or the reason why it is not."""

    number: int
    path: Path
    error: str = ""
    signatures: Mapping[str, Any] = field(default_factory=dict)  # SignatureDef messages
    _loaded: Any = None

    def load(self) -> Version:
        try:
            saved = saved_model_pb2.SavedModel.FromString((self.path / "saved_model.pb").read_bytes())
            self.signatures = {
                name: definition
                for name, definition in saved.meta_graphs[0].signature_def.items()
                if not name.startswith("__")
            }
            self._loaded = tf.saved_model.load(str(self.path))
        except Exception as error:
            self.error = f"{type(error).__name__}: {error}"
        return self

    @property
    def state(self) -> int:
        return END if self.error else AVAILABLE

    def signature(self, name: str) -> Any:
        name = name or "serving_default"
        if name not in self.signatures:
            raise Refused(grpc.StatusCode.FAILED_PRECONDITION, f'Serving signature key "{name}" not found.')
        return self.signatures[name]

    def run(self, signature: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The outputs of a signature. Raises `Refused` as the model server words it."""
        expected = set(self.signature(signature).inputs)
        extra, missing = sorted(set(inputs) - expected), sorted(expected - set(inputs))
        if extra or missing:
            raise Refused(
                grpc.StatusCode.INVALID_ARGUMENT,
                f"input size does not match signature: {len(inputs)}!={len(expected)} "
                f"Sent extra: {{{','.join(extra)}}}. Missing but required: {{{','.join(missing)}}}.",
            )
        try:
            return dict(self._loaded.signatures[signature or "serving_default"](**inputs))
        except tf.errors.OpError as error:
            raise Refused(_status(error.error_code), error.message) from None
        except (TypeError, ValueError) as error:
            raise Refused(grpc.StatusCode.INVALID_ARGUMENT, str(error)) from None


class Models:
    """Versions of models by their names, and the labels of versions."""

    def __init__(
        self, versions: Mapping[str, list[Version]], labels: Mapping[str, Mapping[str, int]]
    ) -> None:
        self._versions = versions
        self._labels = labels

    @classmethod
    def under(cls, root: Path) -> Models:
        """Every version of every model under a folder."""
        models = list(root.iterdir())
        return cls(
            {model.name: load(model) for model in models},
            {model.name: _labels(model / "labels.json") for model in models},
        )

    def status(self, name: str, version: int | None) -> list[Version]:
        found = [v for v in self._versions.get(name, []) if version in (None, v.number)]
        if not found:
            what = "any versions" if version is None else f"version {version}"
            raise Refused(grpc.StatusCode.NOT_FOUND, f"Could not find {what} of model {name}")
        return found

    def find(self, name: str, version: int | None, label: str | None) -> Version:
        """The version that answers a request."""
        if not name:
            raise Refused(grpc.StatusCode.INVALID_ARGUMENT, "ModelSpec has no name specified.")
        if label:
            version = self._labels.get(name, {}).get(label)
            if version is None:
                message = f"Unrecognized servable version label: {label}"
                raise Refused(grpc.StatusCode.INVALID_ARGUMENT, message)
        found = [
            v for v in self._versions.get(name, []) if v.state == AVAILABLE and version in (None, v.number)
        ]
        if not found:
            which = f"Latest({name})" if version is None else f"Specific({name}, {version})"
            raise Refused(grpc.StatusCode.NOT_FOUND, f"Servable not found for request: {which}")
        return found[-1]


def load(model: Path, chosen: Callable[[list[int]], list[int]] = lambda numbers: numbers) -> list[Version]:
    """The versions in the folder of a model that `chosen` picks from all numbers, loaded, in rising order."""
    numbers = sorted(int(path.name) for path in model.iterdir() if path.name.isdigit())
    return [Version(number, model / str(number)).load() for number in chosen(numbers)]


def _labels(path: Path) -> dict[str, int]:
    return json.loads(path.read_text()) if path.exists() else {}


def _status(number: int) -> grpc.StatusCode:
    return next(code for code in grpc.StatusCode if code.value[0] == number)
