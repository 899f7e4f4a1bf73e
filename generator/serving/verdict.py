"""Judges what came back, one expectation at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.core.counting import counted
from generator.diagnostics import Diagnostic
from generator.serving.expectations import Expectations, Expected
from generator.serving.models import TensorSpec
from generator.serving.probe import Answer, Run
from generator.serving.tensors import Tensor, flattened

_NAMED = 10  # requests without an answer


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation and whether it held; `found` is what was there, `problems` why there was nothing."""

    subject: str
    expected: str
    holds: bool
    found: str
    problems: tuple[Diagnostic, ...] = ()
    unknown: bool = False  # it was not found out whether it holds


def judge(
    run: Run, version: int | None, expected: Expectations, by_request: Sequence[Mapping[str, Expected]]
) -> list[Check]:
    """Every check of a run; `by_request` holds what is expected of each answer's outputs."""
    checks = list(_version(version, expected.minimum_version))
    for answer, own in zip(run.answers, by_request, strict=True):
        checks += () if answer.lost else _answer(answer, own)
    return [*checks, *_complete(run), *_latency(run, expected.latency)]


def _complete(run: Run) -> Iterator[Check]:
    """Whether every request got an answer; those that did not are named."""
    lost = [answer for answer in run.answers if answer.lost]
    if lost:
        names = ", ".join(answer.request.name for answer in lost[:_NAMED])
        more = f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else ""
        problem = Diagnostic(
            "verify/unanswered",
            f"{len(lost)} of {len(run.answers)} requests got no answer",
            found=names + more,
            help="the answers above were judged; send these again once the server can be reached",
        )
        reasons = next((answer.problems for answer in lost if answer.problems), ())
        yield Check("requests", "an answer to each", False, problem.message, (problem, *reasons), True)


def _version(version: int | None, minimum: int | None) -> Iterator[Check]:
    if minimum is not None:
        holds = version is not None and version >= minimum
        yield Check("model", f"version at least {minimum}", holds, f"version {version}")


def _latency(run: Run, limit: float | None) -> Iterator[Check]:
    if limit is not None and run.latencies:
        found = run.percentile(0.95)
        yield Check("requests", f"95 of 100 answered within {limit:g} s", found <= limit, f"{found:.3f} s")


def _answer(answer: Answer, expected: Mapping[str, Expected]) -> Iterator[Check]:
    if answer.problems:
        yield Check(answer.request.name, "an answer", False, "refused", answer.problems)
        return
    for name in sorted(expected.keys() - answer.outputs.keys()):
        yield Check(answer.request.name, f"an output {name}", False, ", ".join(answer.outputs) or "none")
    for name, tensor in answer.outputs.items():
        yield from _output(f"{answer.request.name}: {name}", tensor, expected.get(name, Expected()))


def _output(subject: str, tensor: Tensor, expected: Expected) -> Iterator[Check]:
    if expected.shape is not None:
        holds = TensorSpec(tensor.dtype, expected.shape).accepts(tensor.shape)
        yield Check(subject, f"shape {list(expected.shape)}", holds, f"shape {list(tensor.shape)}")
    if expected.finite and tensor.dtype.floating:
        odd = (value for block in tensor.blocks() for value in block if not math.isfinite(value))
        first, more = next(odd, None), sum(1 for _ in odd)
        found = f"{more + 1} of {tensor.size} are not, such as {first}" if first is not None else ""
        yield Check(subject, "only finite numbers", first is None, found or f"{tensor.size} values")
    if expected.argmax is not None:
        best = argmax(tensor)
        holds = bool(best) and set(best) == {expected.argmax}
        yield Check(subject, f"argmax {expected.argmax}", holds, f"argmax {', '.join(map(str, best))}")
    if expected.equals is not None:
        yield _equal(subject, tensor, expected)


def argmax(tensor: Tensor) -> list[int]:
    """The index of the first highest value along the last dimension, for each row of the others."""
    values, width = tensor.values(), tensor.shape[-1] if tensor.shape else 1
    rows = [values[i : i + width] for i in range(0, len(values), width)] if width else []
    return [max(range(width), key=row.__getitem__) for row in rows]


def _equal(subject: str, tensor: Tensor, expected: Expected) -> Check:
    shape, wanted = flattened(expected.equals)
    says = f"values within {expected.tolerance:g}" if tensor.dtype.floating else "the values given"
    if shape != tensor.shape:
        return Check(subject, f"{says}, shape {list(shape)}", False, f"shape {list(tensor.shape)}")
    pairs = list(zip(tensor.values(), wanted, strict=True))
    wrong = [i for i, (found, want) in enumerate(pairs) if not _close(found, want, expected.tolerance)]
    if not wrong:
        return Check(subject, says, True, counted(len(pairs), "value"))
    found, want = pairs[wrong[0]]
    return Check(subject, says, False, f"{len(wrong)} of {len(pairs)} differ: {found!r} for {want!r}")


def _close(found: Any, wanted: Any, tolerance: float) -> bool:
    """Whether two elements are the same; numbers are, unless both are whole, within the tolerance."""
    if isinstance(wanted, str):
        return bool(found == wanted.encode())
    if not isinstance(found, float) or not isinstance(wanted, float | int):
        return isinstance(found, bool) is isinstance(wanted, bool) and bool(found == wanted)
    if math.isfinite(found) and math.isfinite(wanted):
        return bool(abs(found - wanted) <= tolerance * max(1.0, abs(wanted)))
    return bool(found == wanted) or (math.isnan(found) and math.isnan(wanted))
