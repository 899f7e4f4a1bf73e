"""Whether a record of `gen verify` holds what an environment has in git: its digest, values and answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from generator.core import paths, promotion
from generator.core.review.entries import shown as one_line
from generator.core.settings import Settings
from generator.core.values import Values
from generator.diagnostics import Diagnostic, DiagnosticError, Source, Span, usage
from generator.project import shown
from generator.sources import disk

_TEXTS: Final = {"type": "array", "items": {"type": "string"}}
_ANSWER: Final = {
    "type": "object",
    "required": ["version", "outputs", "problems"],
    "properties": {"outputs": {"type": "object"}, "problems": {"type": "array"}},
}
_RECORD: Final = {
    "type": "object",
    "required": "environment values rendered running version answers unanswered holds".split(),
    "properties": {
        "environment": {"type": "string"},
        "values": {"type": "object"},
        "rendered": _TEXTS,
        "running": {"type": "object", "additionalProperties": _TEXTS},
        "answers": {"type": "array", "items": _ANSWER},
        "unanswered": {"type": "array"},
        "holds": {"type": "boolean"},
    },
}


def check(file: Path, environment: str, values: Values, settings: Settings) -> None:
    """Raises `DiagnosticError` with everything in which a record and the environment in git differ."""
    record = _read(file, environment)
    problems = [*_values(record, environment, values, settings), *_answers(record)]
    if record["environment"] != environment:
        problems.append(_unverified("it belongs to another environment", record["environment"], environment))
    digest = values.get(settings.pin.digest) if settings.pin else None
    if settings.pin is None or not isinstance(digest, str):
        help = f"gen pin --env {environment}; then deploy and verify it again"
        problems.append(_unverified("the values hold no digest, so any image may run", help=help))
    else:
        span = values.span(settings.pin.digest)
        problems += [problem._replace(span=span) for problem in _images(record, digest)]
    if problems:
        place = Source(shown(file)).span()
        raise DiagnosticError(p if p.span else p._replace(span=place) for p in problems)


def _read(file: Path, environment: str) -> Mapping[str, Any]:
    """Raises `DiagnosticError` where the file is not a record of an environment."""
    import jsonschema_rs

    text = disk.file(file, shown(file)).text
    try:
        record = json.loads(text)
        is_record = jsonschema_rs.is_valid(_RECORD, record)
    except (ValueError, RecursionError):
        is_record, record = False, {}
    if not is_record:
        help = f"make one: gen verify --env {environment} --record {shown(file)}"
        raise usage("promote/record", f"{shown(file)} is not a record of an environment", help)
    found: Mapping[str, Any] = record
    return found


def _values(
    record: Mapping[str, Any], environment: str, values: Values, settings: Settings
) -> Iterator[Diagnostic]:
    """What is promoted has to be what was verified."""
    now = promotion.carried(settings.promote, values.tree)
    for difference in promotion.differences(record["values"], now):
        name = str(difference.path[0])
        was, found = (one_line(None if value is promotion.ABSENT else value) for value in difference[1:])
        message = f"`{name}` of {environment} is another value than the one verified"
        span = values.span(paths.parse(name) or ())
        yield _unverified(message, found or "", was or "", span=span)


def _answers(record: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """The model has to have answered, everything as expected, and by the one version."""
    answers = record["answers"]
    if not record["holds"] or record["unanswered"] or any(answer["problems"] for answer in answers):
        yield _unverified("an expectation did not hold", "holds: false", "holds: true")
    if not any(answer["outputs"] for answer in answers):
        help = "give gen verify inputs, in the values or on the command line"
        yield _unverified("no request was sent to the model", "no answer", "an answer", help=help)
    others = {answer["version"] for answer in answers} - {record["version"], None}  # REST does not say
    if others:
        found = ", ".join(sorted(map(str, others)))
        yield _unverified("another version of the model answered", found, str(record["version"]))


def _images(record: Mapping[str, Any], digest: str) -> Iterator[Diagnostic]:
    """The digest in git has to be in the manifests, and be all that ran of that image."""
    rendered = [image for image in record["rendered"] if image.endswith(f"@{digest}")]
    if not rendered:
        found = ", ".join(record["rendered"]) or "no image"
        yield _unverified("the digest in git is not the one that was rendered", found, digest)
        return
    names = {_repository(image) for image in rendered}
    ran = {
        one
        for image, ids in record["running"].items()
        if _repository(image) in names or any(_repository(one) in names for one in ids)
        for one in ids
    }
    others = sorted(one for one in ran if one.rpartition("@")[2] != digest)
    if others or not ran:
        found = ", ".join(one or "an image without a digest" for one in others) or "nothing of that image"
        yield _unverified("the running image is not the one that the digest in git names", found, digest)


def _repository(image: str) -> str:
    """The name of an image without its tag, its digest and what runtimes write in front of it."""
    name = image.rpartition("://")[2].partition("@")[0].removeprefix("docker.io/").removeprefix("library/")
    folder, slash, last = name.rpartition("/")
    return folder + slash + last.partition(":")[0]


def _unverified(
    message: str, found: str = "", expected: str = "", help: str = "", span: Span | None = None
) -> Diagnostic:
    return Diagnostic(
        "promote/unverified",
        f"not verified: {message}",
        span,
        found=found,
        expected=expected,
        help=help or "deploy what is in git, and verify it again",
    )
