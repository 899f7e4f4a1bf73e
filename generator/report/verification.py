"""A verification for people: versions, signature, an answer a line, latencies, and every check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from generator.serving import Signature, Tensor
from generator.serving.probe import Answer, Run
from generator.serving.verdict import Check
from generator.serving.verification import Verification

_ROWS = 10  # of one output; a larger one is cut
_VALUES = 6  # of an output that is no list of scores


def lines(found: Verification, top: int, labels: Sequence[str]) -> Iterator[str]:
    """The lines to show; `top` scores of a row, by their labels where there are any."""
    yield f"model {found.model} at {found.target}"
    yield from (f"  {version}" for version in found.versions)
    signatures = found.metadata.signatures.values() if found.signature is None else [found.signature]
    for signature in signatures:
        yield from _signature(signature)
    for answer in found.run.answers:
        if answer.lost:
            continue
        yield from _answer(answer, top, labels)
    yield from _timing(found.run)
    yield from map(_check, found.checks)
    if found.checks:
        yield f"{sum(check.holds for check in found.checks)} of {len(found.checks)} expectations hold"


def _signature(signature: Signature) -> Iterator[str]:
    yield f"signature {signature.name} ({signature.method})"
    yield from (f"  takes {name}: {spec}" for name, spec in signature.inputs.items())
    yield from (f"  gives {name}: {spec}" for name, spec in signature.outputs.items())


def _answer(answer: Answer, top: int, labels: Sequence[str]) -> Iterator[str]:
    version = f", version {answer.version}" if answer.version is not None else ""
    refused = ", refused" if answer.problems else ""
    yield f"{answer.request.name}: {_milliseconds(answer.seconds)}{version}{refused}"
    for name, tensor in answer.outputs.items():
        if scores(tensor):
            yield from _scores(name, answer, top, labels)
        else:
            yield f"  {name} {tensor}: {preview(tensor)}"


def scores(tensor: Tensor) -> bool:
    """Whether a tensor reads as a row of scores for each instance: numbers from 0 to 1, several in a row."""
    many = len(tensor.shape) == 2 and tensor.shape[0] > 0 and tensor.shape[1] > 1
    return (
        many
        and tensor.dtype.floating
        and all(0 <= value <= 1 for block in tensor.blocks() for value in block)
    )


def ranked(row: Sequence[float], top: int) -> list[int]:
    """The indices of the highest values, highest first."""
    return sorted(range(len(row)), key=lambda i: -row[i])[:top]


def _scores(name: str, answer: Answer, top: int, labels: Sequence[str]) -> Iterator[str]:
    tensor, instances = answer.outputs[name], answer.request.rows
    length, width = tensor.shape
    classes = answer.outputs.get("classes")
    for number in range(min(length, _ROWS)):
        span = number * width, (number + 1) * width
        row, known = tensor.part(*span), [_value(c) for c in classes.part(*span)] if classes else labels
        of = f" of {instances[number]}" if len(instances) == length > 1 else ""
        yield f"  {name}{of}: " + ", ".join(f"{_label(i, known)} {row[i]:.4f}" for i in ranked(row, top))
    if length > _ROWS:
        yield f"  {name}: {length - _ROWS} more rows"


def _label(index: int, labels: Sequence[str]) -> str:
    return labels[index] if index < len(labels) else f"[{index}]"


def preview(tensor: Tensor) -> str:
    """The first values of a tensor, cut where they are long."""
    shown = [_value(value) for value in tensor.part(0, _VALUES)]
    return ", ".join(shown) + (", …" if tensor.size > _VALUES else "")


def _value(value: Any) -> str:
    if isinstance(value, bytes):
        text = value.decode("utf-8", "replace")
        return text if len(text) <= 60 else f"{text[:60]}…"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _timing(run: Run) -> Iterator[str]:
    if len(run.answers) > 1 and run.latencies:
        shares = ", ".join(f"p{share} {_milliseconds(run.percentile(share / 100))}" for share in (50, 95, 99))
        rate = len(run.latencies) / run.seconds
        yield f"{len(run.answers)} requests in {run.seconds:.2f} s, {rate:.1f} a second; latency {shares}"


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def _check(check: Check) -> str:
    mark = "holds" if check.holds else "FAILS"
    return f"{mark}  {check.subject}: {check.expected} ({check.found})"
