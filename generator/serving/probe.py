"""Sends the requests and keeps what came back, with the time each took."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from generator.diagnostics import Diagnostic, DiagnosticError, Exit
from generator.serving import images
from generator.serving.client import Client
from generator.serving.dtypes import DType
from generator.serving.models import Model, Prediction, Scored, Signature
from generator.serving.requests import Request
from generator.serving.tensors import Tensor

_ENOUGH = 3  # requests lost in a row before no more are sent


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request got: outputs by name, or the reason why there are none.

    `lost` says that the reason is not the model's: the server could not be asked. A classification's outputs
    are `classes` and `scores`, a regression's is `values`.
    """

    request: Request
    seconds: float
    outputs: Mapping[str, Tensor] = field(default_factory=dict)
    version: int | None = None
    problems: tuple[Diagnostic, ...] = ()
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """All answers in the order of the requests, and the seconds from the first call to the last answer.

    A request that was not sent any more, because those before it were lost, is lost without a reason.
    """

    answers: tuple[Answer, ...]
    seconds: float

    @property
    def latencies(self) -> list[float]:
        """Seconds of the requests that were answered, shortest first."""
        return sorted(answer.seconds for answer in self.answers if not answer.problems)

    def percentile(self, share: float) -> float:
        """The latency that this share of the answered requests, 0 to 1, did not exceed (nearest rank)."""
        latencies = self.latencies
        return latencies[max(0, min(len(latencies) - 1, -int(-share * len(latencies) // 1) - 1))]


def run(
    client: Client,
    model: Model,
    signature: Signature,
    requests: Sequence[Request],
    parallel: int = 1,
    done: Callable[[], None] = lambda: None,
) -> Run:
    """Send every request, `parallel` at a time; `done` is called after each.

    Of several requests the first is sent once more beforehand, uncounted, because a model's first call does
    work that the next ones do not. A refused request is kept with its reason, and so is one that was lost;
    after several that were lost in a row no more are sent. Raises `DiagnosticError` when all were lost.
    """
    row = 0  # of lost ones

    def ask(request: Request) -> Answer:
        nonlocal row
        if row >= max(_ENOUGH, parallel):
            return Answer(request, 0.0, lost=True)
        answer = _ask(client, model, signature, request)
        row = row + 1 if answer.lost else 0
        done()
        return answer

    if len(requests) > 1:
        _answered([_ask(client, model, signature, requests[0])])
    start = time.perf_counter()
    with ThreadPoolExecutor(parallel) as pool:
        answers = tuple(pool.map(ask, requests))
    return Run(_answered(answers), time.perf_counter() - start)


def _answered(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """The answers. Raises the first one's problems when the server could not be asked at all."""
    if answers and all(answer.lost for answer in answers):
        raise DiagnosticError(answers[0].problems, Exit.UNKNOWN)
    return tuple(answers)


def _ask(client: Client, model: Model, signature: Signature, request: Request) -> Answer:
    start = time.perf_counter()
    try:
        prediction = _METHODS[signature.method](client, model, signature.name, request)
    except DiagnosticError as error:
        if error.status is not Exit.NO:
            if error.status is not Exit.UNKNOWN:
                raise
            return Answer(request, time.perf_counter() - start, problems=error.diagnostics, lost=True)
        told = [d._replace(message=f"{request.name}: {d.message}") for d in error.diagnostics]
        problems = (*told, *_suspicions(request))
        return Answer(request, time.perf_counter() - start, problems=problems)
    return Answer(request, time.perf_counter() - start, prediction.outputs, prediction.version)


def _predict(client: Client, model: Model, signature: str, request: Request) -> Prediction:
    return client.predict(model, request.inputs, signature)


def _classify(client: Client, model: Model, signature: str, request: Request) -> Prediction:
    rows = client.classify(model, request.examples, signature)
    labels: list[list[str]] = [[scored.label for scored in row] for row in rows]
    outputs = {"scores": Tensor.of([[_score(scored) for scored in row] for row in rows], DType.FLOAT)}
    if any(map(any, labels)):
        outputs["classes"] = Tensor.of(labels, DType.STRING)
    return Prediction(outputs)


def _score(scored: Scored) -> float:
    return scored.score


def _regress(client: Client, model: Model, signature: str, request: Request) -> Prediction:
    values = client.regress(model, request.examples, signature)
    return Prediction({"values": Tensor.of(values, DType.FLOAT)})


_METHODS = {"predict": _predict, "classify": _classify, "regress": _regress}


def _suspicions(request: Request) -> list[Diagnostic]:
    """What may be wrong with the files of a refused request."""
    return [
        Diagnostic(
            "verify/truncated-image",
            f"{name} stops before the image's end",
            found=f"{len(content)} bytes without the format's end mark",
            help="copy or download the image again",
        )
        for name, content in request.raw.items()
        if images.truncated(content)
    ]
