"""What is asked and answered about a served model: names, versions, signatures, results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from generator.diagnostics import usage
from generator.serving.dtypes import DType
from generator.serving.tensors import Tensor, invalid

Example = Mapping[str, Any]
"""One tf.train.Example: features by name, each a value or a list of values."""


@dataclass(frozen=True, slots=True)
class Model:
    """A served model by name; at most one of `version` and `label` chooses among its versions."""

    name: str
    version: int | None = None
    label: str | None = None

    def __str__(self) -> str:
        if self.version is not None:
            return f"{self.name} version {self.version}"
        return f"{self.name} label {self.label}" if self.label else self.name


class State(IntEnum):
    """Where a version is in its life (get_model_status.proto); only AVAILABLE answers."""

    UNKNOWN = 0
    START = 10
    LOADING = 20
    AVAILABLE = 30
    UNLOADING = 40
    END = 50

    @classmethod
    def _missing_(cls, value: object) -> State:
        """A state that a newer server may know."""
        return cls.UNKNOWN

    @classmethod
    def named(cls, name: str) -> State:
        return cls.__members__.get(name, cls.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a model as the server reports it; `error` is empty when nothing went wrong."""

    number: int
    state: State
    error: str = ""

    def __str__(self) -> str:
        return f"version {self.number} {self.state.name}{f': {self.error}' if self.error else ''}"


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """The type and shape that a signature declares; a dimension of -1 and a shape of None are unknown."""

    dtype: DType
    shape: tuple[int, ...] | None

    def accepts(self, shape: tuple[int, ...]) -> bool:
        """Whether a tensor of this shape may be sent or come back."""
        return self.shape is None or (
            len(self.shape) == len(shape)
            and all(mine in (-1, its) for mine, its in zip(self.shape, shape, strict=True))
        )

    def typed(self, name: str, value: Any) -> Tensor:
        """The value as a tensor of this type. Raises `DiagnosticError` (verify/input)."""
        tensor = Tensor.of(value, self.dtype)
        if not self.accepts(tensor.shape):
            raise invalid(
                f"input {name} has the shape {list(tensor.shape)}, but the signature wants {self}",
                "a dimension of -1 may have any length, and the first one is the batch",
            )
        return tensor

    def __str__(self) -> str:
        return f"{self.dtype} {'[…]' if self.shape is None else list(self.shape)}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a model; `method` is predict, classify or regress."""

    name: str
    inputs: Mapping[str, TensorSpec]
    outputs: Mapping[str, TensorSpec]
    method: str = "predict"

    def typed(self, inputs: Mapping[str, Any]) -> dict[str, Tensor]:
        """The inputs as tensors of the declared types.

        Raises `DiagnosticError` (verify/input) for other names, types and shapes.
        """
        if inputs.keys() != self.inputs.keys():
            raise invalid(
                f"signature {self.name} takes {_names(self.inputs)}, but was given {_names(inputs)}",
                "the inputs are " + ", ".join(f"{name}: {spec}" for name, spec in self.inputs.items()),
            )
        return {name: spec.typed(name, inputs[name]) for name, spec in self.inputs.items()}


@dataclass(frozen=True, slots=True)
class Metadata:
    """The signatures of the version that answered."""

    model: Model
    version: int
    signatures: Mapping[str, Signature]

    def signature(self, name: str | None = None) -> Signature:
        """The signature of a name; without one serving_default, or the only one there is.

        Raises `DiagnosticError` (verify/signature) that names those there are.
        """
        if name is None:
            name = next(iter(self.signatures)) if len(self.signatures) == 1 else "serving_default"
        if name in self.signatures:
            return self.signatures[name]
        raise usage(
            "verify/signature",
            f"model {self.model} has no signature {name}",
            f"give one of these with --signature: {', '.join(self.signatures)}"
            if self.signatures
            else "export the model with a signature",
        )


@dataclass(frozen=True, slots=True)
class Prediction:
    """The outputs by name, and the version that computed them where the protocol tells (gRPC does)."""

    outputs: Mapping[str, Tensor]
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """One class of a classification; servers may leave the label out."""

    label: str
    score: float


def method_of(method_name: str) -> str:
    """`tensorflow/serving/predict` as `predict`; names that are none of TensorFlow's stay as they are."""
    return method_name.removeprefix("tensorflow/serving/")


def _names(inputs: Mapping[str, object]) -> str:
    return ", ".join(sorted(inputs)) or "nothing"
