"""A verification as plain data for `--format json`."""

from __future__ import annotations

import math
from typing import Any

from generator.report import as_json
from generator.serving import Signature, Tensor, Version
from generator.serving.models import TensorSpec
from generator.serving.probe import Answer, Run
from generator.serving.rest_json import encoded
from generator.serving.verification import Verification


def plain(found: Verification) -> dict[str, Any]:
    """What was found, with times in seconds."""
    return {
        "target": found.target,
        "model": found.model.name,
        "versions": [_version(version) for version in found.versions],
        "signature": found.signature.name if found.signature else None,
        "signatures": {name: _signature(s) for name, s in found.metadata.signatures.items()},
        "answers": [_answer(answer) for answer in found.run.answers if not answer.lost],
        "unanswered": [answer.request.name for answer in found.run.answers if answer.lost],
        "timing": _timing(found.run),
        "checks": [
            {"subject": c.subject, "expected": c.expected, "found": c.found, "holds": c.holds}
            for c in found.checks
        ],
        "holds": found.holds,
    }


def _version(version: Version) -> dict[str, Any]:
    return {"version": version.number, "state": version.state.name, "error": version.error}


def _signature(signature: Signature) -> dict[str, Any]:
    return {
        "method": signature.method,
        "inputs": {name: _spec(spec) for name, spec in signature.inputs.items()},
        "outputs": {name: _spec(spec) for name, spec in signature.outputs.items()},
    }


def _spec(spec: TensorSpec) -> dict[str, Any]:
    return {"dtype": str(spec.dtype), "shape": None if spec.shape is None else list(spec.shape)}


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "input": answer.request.name,
        "seconds": answer.seconds,
        "version": answer.version,
        "outputs": {name: _tensor(tensor) for name, tensor in answer.outputs.items()},
        "problems": [as_json.plain(problem) for problem in answer.problems],
    }


def _tensor(tensor: Tensor) -> dict[str, Any]:
    return {"dtype": str(tensor.dtype), "shape": list(tensor.shape), "values": _value(tensor.tolist())}


def _value(value: Any) -> Any:
    """What JSON can say: numbers that it lacks as text, bytes as text or, if they are none, as base64."""
    if isinstance(value, list):
        return [_value(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    try:
        return value.decode() if isinstance(value, bytes) else value
    except UnicodeDecodeError:
        return encoded(value)


def _timing(run: Run) -> dict[str, Any]:
    shares = {f"p{share}": run.percentile(share / 100) for share in (50, 95, 99)} if run.latencies else {}
    return {"requests": len(run.answers), "seconds": run.seconds, **shares}
