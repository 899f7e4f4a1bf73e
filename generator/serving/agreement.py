"""Whether gen's client and the official one got the same answers: versions, signatures and every output.

Outputs are compared bit by bit. Of doubles, only what float32 shows of them counts.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from generator.diagnostics import Diagnostic
from generator.serving.dtypes import DType
from generator.serving.models import Metadata, Version
from generator.serving.probe import Answer, Run
from generator.serving.tensors import Tensor
from generator.serving.verdict import Check

_EXPECTED = "as the official client was answered"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one client was told of the model, and its answers."""

    versions: Sequence[Version]
    metadata: Metadata
    run: Run


def judge(ours: Asked, theirs: Asked) -> Iterator[Check]:
    """A check of what the server says of the model, and one for each request, in their order."""
    yield _check("versions", _unlike(ours.versions, theirs.versions))
    yield _check("signatures", _unlike(ours.metadata, theirs.metadata))
    for one, other in zip(ours.run.answers, theirs.run.answers, strict=True):
        if not one.lost:  # requests that gen's own client lost are named in any case
            yield _lost(other) if other.lost else _check(one.request.name, _answers(one, other))


def _check(subject: str, difference: str) -> Check:
    """What holds if there is no difference."""
    problem = Diagnostic(
        "verify/disagree",
        f"{subject}: gen's client and the official one got different answers",
        found=difference,
        help="ask again: a model may be non-deterministic; if it stays so, report it with the request",
    )
    return Check(subject, _EXPECTED, not difference, difference or "alike", (problem,) if difference else ())


def _lost(answer: Answer) -> Check:
    found = "the official client got no answer"
    problem = Diagnostic("verify/unanswered", f"{answer.request.name}: {found}", help="ask again")
    return Check(answer.request.name, _EXPECTED, False, found, (problem, *answer.problems), True)


def _unlike(one: Any, other: Any) -> str:
    """Two things that differ, ours first."""
    return "" if one == other else f"{_said(one)} for {_said(other)}"


def _said(thing: Any) -> str:
    return "; ".join(map(str, thing)) if isinstance(thing, list | tuple) else str(thing)


def _answers(one: Answer, other: Answer) -> str:
    """The first difference of two answers, or nothing."""
    return (
        _unlike(_outcome(one), _outcome(other))
        or _unlike(f"version {one.version}", f"version {other.version}")
        or _unlike(sorted(one.outputs), sorted(other.outputs))
        or next(
            filter(None, (_tensors(name, one.outputs[name], other.outputs[name]) for name in one.outputs)), ""
        )
    )


def _outcome(answer: Answer) -> str:
    return ", ".join(problem.rule for problem in answer.problems) or "an answer"


def _tensors(name: str, one: Tensor, other: Tensor) -> str:
    """How two outputs differ: in type or shape, or how many elements and which one first."""
    if str(one) != str(other):
        return f"{name}: {one} for {other}"
    if one.content == other.content:
        return ""
    shown = zip(_bits(one), _bits(other), strict=True)
    differing = [index for index, (mine, its) in enumerate(shown) if mine != its]
    if not differing:
        return ""
    first = differing[0]
    (mine,), (its,) = one.part(first, first + 1), other.part(first, first + 1)
    return f"{name}: {len(differing)} of {one.size} differ, first at {first}: {mine!r:.80} for {its!r:.80}"


def _bits(tensor: Tensor) -> Iterator[bytes]:
    """Each element as bytes; a double as the float32 that is nearest to it."""
    if isinstance(tensor.content, tuple):
        yield from tensor.content
        return
    narrow = tensor.dtype is DType.DOUBLE
    content = array("f", tensor.values()).tobytes() if narrow else tensor.content
    size = DType.FLOAT.size if narrow else tensor.dtype.size
    yield from (content[start : start + size] for start in range(0, len(content), size))
