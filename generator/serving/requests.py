"""From what files hold to the calls to make: names filled in, types as declared, instances in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any

from generator.serving.dtypes import DType
from generator.serving.files import Piece
from generator.serving.models import Example, Signature
from generator.serving.tensors import Tensor, invalid


@dataclass(frozen=True, slots=True)
class Request:
    """One call: tensors by input for predict, examples for classify and regress.

    `rows` names the instances of the batch, where they came one by one; `raw` holds those sent as bytes.
    """

    name: str
    inputs: Mapping[str, Tensor] = field(default_factory=dict)
    examples: Sequence[Example] = ()
    rows: tuple[str, ...] = ()
    raw: Mapping[str, bytes] = field(default_factory=dict)


def build(pieces: Iterable[Piece], signature: Signature, batch: int = 1) -> list[Request]:
    """The requests for a signature, `batch` instances in each. Raises `DiagnosticError` (verify/input)."""
    size = 1 if any(spec.shape == () for spec in signature.inputs.values()) else batch
    make = _predict if signature.method == "predict" else _examine
    return [make(chunk, signature) for chunk in _chunks(pieces, size)]


def _chunks(pieces: Iterable[Piece], size: int) -> Iterator[list[Piece]]:
    """Rows that follow each other together, up to `size`; every other piece alone."""
    for row, group in groupby(pieces, key=lambda piece: piece.row):
        while chunk := list(islice(group, size if row else 1)):
            yield chunk


def _predict(chunk: list[Piece], signature: Signature) -> Request:
    first = chunk[0]
    if not first.row:
        return Request(first.name, signature.typed(_columns(first, signature)))
    rows = [_row(piece, signature) for piece in chunk]
    columns = {
        name: rows[0][name] if spec.shape == () else [row[name] for row in rows]
        for name, spec in signature.inputs.items()
    }
    return Request(
        _name(chunk),
        signature.typed(columns),
        rows=tuple(piece.name for piece in chunk),
        raw={piece.name: piece.value for piece in chunk if isinstance(piece.value, bytes)},
    )


def _examine(chunk: list[Piece], signature: Signature) -> Request:
    """Examples are features by name, a row each; a whole request is a list of them, as REST has it."""
    found: list[Any] = [piece.value for piece in chunk]
    if not chunk[0].row:
        whole = found[0].get("examples") if isinstance(found[0], dict) else found[0]
        found = whole if isinstance(whole, list) else found
    if not all(isinstance(example, dict) for example in found):
        raise invalid(
            f"{chunk[0].name} holds no examples, which signature {signature.name} takes",
            'give JSON such as {"examples": [{"feature": 1.5}]}',
        )
    return Request(_name(chunk), examples=found, rows=tuple(p.name for p in chunk if p.row))


def _columns(piece: Piece, signature: Signature) -> Mapping[str, Any]:
    """The inputs by name of a whole request: REST's two formats, a mapping, or the one input alone."""
    value = piece.value
    if isinstance(value, dict):
        if value.keys() <= {"signature_name", "inputs"} and "inputs" in value:
            return _columns(Piece(piece.name, value["inputs"]), signature)
        if value.keys() <= {"signature_name", "instances"} and "instances" in value:
            value = value["instances"]
        else:
            return value
    if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        rows = [_row(Piece(f"{piece.name}, instance {i}", row), signature) for i, row in enumerate(value, 1)]
        return {name: [row[name] for row in rows] for name in signature.inputs}
    return {_only(piece.name, signature): value}


def _row(piece: Piece, signature: Signature) -> Mapping[str, Any]:
    """One instance as a value by input."""
    value = piece.value
    if isinstance(value, bytes) and piece.row:
        return {_only(piece.name, signature, DType.STRING): value}
    if not isinstance(value, dict):
        return {_only(piece.name, signature): value}
    if value.keys() != signature.inputs.keys():
        raise invalid(
            f"{piece.name} gives {', '.join(value) or 'nothing'}, signature {signature.name} takes "
            f"{', '.join(signature.inputs)}"
        )
    return value


def _only(name: str, signature: Signature, dtype: DType | None = None) -> str:
    """The signature's one input, of this type if one is asked for."""
    specs = list(signature.inputs.items())
    if len(specs) == 1 and dtype in (None, specs[0][1].dtype):
        return specs[0][0]
    declared = ", ".join(f"{key}: {spec}" for key, spec in specs)
    raise invalid(
        f"{name} can be sent as bytes only to a model with one string input"
        if dtype
        else f"{name} names no input, and signature {signature.name} has several",
        f"the inputs are {declared}; give them by name in .json or .npz",
    )


def _name(chunk: Sequence[Piece]) -> str:
    return chunk[0].name if len(chunk) == 1 else f"{chunk[0].name} … {chunk[-1].name}"
