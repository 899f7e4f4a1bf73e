"""The whole verification as one line: wait, read the signature, build the requests, ask, judge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator.serving import agreement, files, probe, readiness, requests, verdict
from generator.serving.agreement import Asked
from generator.serving.client import Client
from generator.serving.expectations import Case, Expectations, Expected
from generator.serving.files import Piece
from generator.serving.models import Metadata, Model, Signature, Version
from generator.serving.requests import Request


@dataclass(frozen=True, slots=True)
class Plan:
    """What to verify. `places` are inputs as `files.read` takes them; they replace those of `expected`.

    `base` is the folder that the files of `expected` are relative to, `wait` seconds for the model to load.
    """

    model: Model
    signature: str | None = None
    places: tuple[str, ...] = ()
    batch: int = 1
    parallel: int = 1
    wait: float = 0.0
    expected: Expectations = field(default_factory=Expectations)
    base: Path = Path()


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told how it goes: what is waited for, how many requests there are, and each that is done."""

    waiting: Callable[[str], None] = lambda text: None
    total: Callable[[int], None] = lambda count: None
    done: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found: the versions, the signature used, all answers and every check."""

    target: str
    model: Model
    versions: tuple[Version, ...]
    metadata: Metadata
    signature: Signature | None
    run: probe.Run
    checks: tuple[verdict.Check, ...]

    @property
    def holds(self) -> bool:
        return all(check.holds for check in self.checks)


def verify(client: Client, plan: Plan, watch: Watch, beside: Client | None = None) -> Verification:
    """Verify a served model. Raises `DiagnosticError` for what ends the verification before its verdict.

    Another client that is asked `beside` gets the same requests, and has to get the same answers.
    """
    versions = readiness.available(client, plan.model, plan.wait, watch.waiting)
    metadata = client.metadata(plan.model)
    name = plan.signature or plan.expected.signature
    asked = bool(plan.places or plan.expected.cases)
    signature = metadata.signature(name) if asked or name else None
    built = _build(plan, signature) if signature is not None else []
    watch.total(len(built) * (1 if beside is None else 2))

    def run(client: Client) -> probe.Run:
        if signature is None:
            return probe.Run((), 0.0)
        return probe.run(client, plan.model, signature, [r for r, _ in built], plan.parallel, watch.done)

    found = run(client)
    checks = verdict.judge(found, metadata.version, plan.expected, [outputs for _, outputs in built])
    if beside is not None:
        theirs = Asked(beside.versions(plan.model), beside.metadata(plan.model), run(beside))
        checks += agreement.judge(Asked(versions, metadata, found), theirs)
    return Verification(client.target, plan.model, tuple(versions), metadata, signature, found, tuple(checks))


def _build(plan: Plan, signature: Signature) -> list[tuple[Request, Mapping[str, Expected]]]:
    """The requests, each with what its own outputs have to be."""
    if plan.places:
        return [
            (r, plan.expected.outputs) for r in requests.build(files.read(plan.places), signature, plan.batch)
        ]
    return [
        (request, case.outputs)
        for number, case in enumerate(plan.expected.cases, 1)
        for request in requests.build(_pieces(case, number, plan.base), signature, plan.batch)
    ]


def _pieces(case: Case, number: int, base: Path) -> list[Piece]:
    if case.file is not None:
        return files.read_below(base, case.file)
    return [Piece(f"input {number}", files.decoded(case.value, f"input {number}"))]
