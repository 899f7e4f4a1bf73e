"""Jobs and CronJobs."""

from __future__ import annotations

import re
from typing import Final

from generator.core.checks import forms
from generator.core.checks.constraints import (
    Fault,
    Faults,
    Rule,
    Value,
    absent,
    among,
    at_most,
    between,
    form,
    needs,
    one_of,
    show,
)
from generator.core.checks.kinds.schedules import SCHEDULE, TIME_ZONE

_BATCH: Final = "io.k8s.api.batch.v1."
_CRON_NAME: Final = 52  # characters; a Job of it has eleven more
_LABEL: Final = 63  # characters of a label's value
_INDEXED: Final = 100_000
_COUNTS: Final = (
    "parallelism",
    "completions",
    "activeDeadlineSeconds",
    "backoffLimit",
    "ttlSecondsAfterFinished",
    "backoffLimitPerIndex",
    "maxFailedIndexes",
)


def _restarts(value: Value) -> Faults:
    spec = (value.get("template") or {}).get("spec") or {}
    policy = spec.get("restartPolicy") or "Always"
    place = ("template", "spec", "restartPolicy") if "restartPolicy" in spec else ("template", "spec")
    if policy == "Always":
        found = "" if "restartPolicy" in spec else "none, which means Always"
        yield Fault(
            "value",
            place,
            "the pods of a Job cannot have the restart policy Always",
            found or '"Always"',
            "`OnFailure` or `Never`",
        )
    elif policy == "OnFailure" and value.get("podFailurePolicy") is not None:
        yield Fault(
            "exclusive",
            place,
            "a podFailurePolicy judges pods that are not restarted",
            show(policy),
            "`Never`",
        )


def _indexes(value: Value) -> Faults:
    """What belongs to an indexed Job, and what such a Job needs."""
    if value.get("completionMode") != "Indexed":
        for field in ("backoffLimitPerIndex", "maxFailedIndexes", "successPolicy"):
            if value.get(field) is not None:
                yield Fault("exclusive", (field,), "it needs completionMode: Indexed")
        return
    completions, failed = value.get("completions"), value.get("maxFailedIndexes")
    if completions is None:
        yield Fault("required", (), "`completions` is required with completionMode: Indexed")
    if failed is not None and failed > min(_INDEXED, _INDEXED if completions is None else completions):
        yield Fault(
            "range", ("maxFailedIndexes",), "more than can fail", show(failed), f"at most {completions}"
        )
    if value.get("parallelism", 1) > _INDEXED:
        yield Fault(
            "range", ("parallelism",), "out of range", show(value["parallelism"]), f"at most {_INDEXED}"
        )
    if completions is not None and completions > _INDEXED and "backoffLimitPerIndex" in value:
        yield from _many(value, failed)


def _many(value: Value, failed: int | None) -> Faults:
    """A Job of very many indexes fails and runs in parallel a little less."""
    if failed is None:
        yield Fault("required", (), f"`maxFailedIndexes` is required with more than {_INDEXED} completions")
    yield from between("maxFailedIndexes", 0, _INDEXED // 10)(value)
    yield from between("parallelism", 0, _INDEXED // 10)(value)


def _failures(value: Value) -> Faults:
    policy = value.get("podFailurePolicy")
    if "maxFailedIndexes" in value and "backoffLimitPerIndex" not in value:
        yield Fault("required", (), "`backoffLimitPerIndex` is required with `maxFailedIndexes`")
    if policy is None:
        return
    if value.get("podReplacementPolicy", "Failed") != "Failed":
        yield Fault(
            "exclusive",
            ("podReplacementPolicy",),
            "it must be Failed with a podFailurePolicy",
            show(value["podReplacementPolicy"]),
            "`Failed`",
        )
    spec = (value.get("template") or {}).get("spec") or {}
    names = [c.get("name") for f in ("containers", "initContainers") for c in spec.get(f) or ()]
    for index, rule in enumerate(policy.get("rules") or ()):
        place = ("podFailurePolicy", "rules", index)
        if rule.get("action") == "FailIndex" and "backoffLimitPerIndex" not in value:
            yield Fault("exclusive", (*place, "action"), "it needs `backoffLimitPerIndex`", "FailIndex")
        name = (rule.get("onExitCodes") or {}).get("containerName")
        if name is not None and name not in names:
            yield Fault(
                "required",
                (*place, "onExitCodes", "containerName"),
                "the template has no such container",
                show(name),
            )


def _successes(value: Value) -> Faults:
    completions = value.get("completions")
    for index, rule in enumerate((value.get("successPolicy") or {}).get("rules") or ()):
        place = ("successPolicy", "rules", index)
        wanted, count = rule.get("succeededIndexes"), rule.get("succeededCount")
        total = None if wanted is None or completions is None else _total(wanted, completions)
        if wanted is not None and completions is not None and total is None:
            expected = f"indexes below {completions} in ascending order, as in `0,2-3`"
            yield Fault(
                "value", (*place, "succeededIndexes"), "not a list of indexes", show(wanted), expected
            )
        for limit, what in ((completions, "completions"), (total, "indexes listed")):
            if count is not None and limit is not None and count > limit:
                yield Fault(
                    "range",
                    (*place, "succeededCount"),
                    f"more than the {what}",
                    show(count),
                    f"at most {limit}",
                )
                break


def _total(text: str, completions: int) -> int | None:
    """How many indexes a text like `0,2-3` lists, or None where it is no such text."""
    total, last = 0, -1
    for part in text.split(",") if text else ():
        match = re.fullmatch(r"([0-9]{1,9})(?:-([0-9]{1,9}))?", part)
        if match is None:
            return None
        first = int(match[1])
        end = int(match[2]) if match[2] else first
        if not (last < first <= end < completions) or (match[2] and first == end):
            return None
        total, last = total + end - first + 1, end
    return total


def _one_cause(value: Value) -> Faults:
    causes = value.get("onExitCodes") is not None, bool(value.get("onPodConditions"))
    if sum(causes) != 1:
        yield Fault("exclusive", (), "a rule needs either `onExitCodes` or `onPodConditions`")


def _exit_codes(value: Value) -> Faults:
    values = value.get("values") or []
    if values != sorted(set(values)):
        yield Fault("value", ("values",), "exit codes must be in ascending order, without duplicates")
    if value.get("operator") == "In" and 0 in values:
        yield Fault("value", ("values", values.index(0)), "exit code 0 means success", "0")


def _pod_index(value: Value) -> Faults:
    """The name of an indexed Job leaves room for the index in its pods' host names."""
    spec, name = value.get("spec") or {}, (value.get("metadata") or {}).get("name", "")
    completions = spec.get("completions") or 0
    if spec.get("completionMode") != "Indexed" or not completions or not forms.SUBDOMAIN.test(name):
        return
    if not forms.LABEL.test(f"{name}-{completions - 1}"):
        expected = f"a label, followed by `-{completions - 1}`"
        yield Fault(
            "name", ("metadata", "name"), "its pods would get invalid host names", show(name), expected
        )


def _label(value: Value) -> Faults:
    name = (value.get("metadata") or {}).get("name", "")
    if len(name) > _LABEL and not (value.get("spec") or {}).get("manualSelector"):
        message = "too long: its pods carry it as a label"
        yield Fault("name", ("metadata", "name"), message, f"{len(name)} characters", f"at most {_LABEL}")


def _short(value: Value) -> Faults:
    name = (value.get("metadata") or {}).get("name", "")
    if len(name) > _CRON_NAME:
        message = "too long: its Jobs get eleven more characters"
        yield Fault("name", ("metadata", "name"), message, f"{len(name)} characters", f"at most {_CRON_NAME}")


def _made_by_controller(value: Value) -> Faults:
    spec = value.get("spec") or {}
    if "selector" in spec:
        yield Fault("exclusive", ("spec", "selector"), "the API server generates the selector")
    if spec.get("manualSelector"):
        yield Fault("exclusive", ("spec", "manualSelector"), "the API server generates the selector")


def _manual(value: Value) -> Faults:
    spec = value.get("spec") or {}
    if spec.get("manualSelector"):
        if "selector" not in spec:
            yield Fault("required", ("spec",), "`selector` is required with manualSelector")
    elif "selector" in spec:
        yield Fault("exclusive", ("spec", "selector"), "the API server generates the selector")


_CODES: Final = (
    needs("operator", "values"),
    among("operator", "In", "NotIn"),
    at_most("values", 255),
    _exit_codes,
)

RULES: Final[dict[str, tuple[Rule, ...]]] = {
    f"{_BATCH}Job": (needs("spec"), _pod_index, _label, _manual),
    f"{_BATCH}JobSpec": (
        absent("template"),
        *(between(field, 0) for field in _COUNTS),
        among("completionMode", "NonIndexed", "Indexed", empty=False),
        among("podReplacementPolicy", "TerminatingOrFailed", "Failed", empty=False),
        form("managedBy", forms.DOMAIN_PATH, empty=False),
        at_most("managedBy", 63),
        _restarts,
        _indexes,
        _failures,
        _successes,
    ),
    f"{_BATCH}PodFailurePolicy": (at_most("rules", 20),),
    f"{_BATCH}PodFailurePolicyRule": (
        needs("action"),
        among("action", "FailJob", "FailIndex", "Ignore", "Count"),
        _one_cause,
    ),
    f"{_BATCH}PodFailurePolicyOnExitCodesRequirement": _CODES,
    f"{_BATCH}PodFailurePolicyOnPodConditionsPattern": (
        form("type", forms.QUALIFIED, empty=False),
        among("status", "True", "False", "Unknown"),
    ),
    f"{_BATCH}SuccessPolicy": (needs("rules"), at_most("rules", 20)),
    f"{_BATCH}SuccessPolicyRule": (
        one_of("succeededIndexes", "succeededCount", most=2, what="a rule"),
        between("succeededCount", 0),
    ),
    f"{_BATCH}CronJob": (needs("spec"), _short),
    f"{_BATCH}CronJobSpec": (
        needs("schedule"),
        form("schedule", SCHEDULE),
        form("timeZone", TIME_ZONE, empty=False),
        between("startingDeadlineSeconds", 0),
        between("successfulJobsHistoryLimit", 0),
        between("failedJobsHistoryLimit", 0),
        absent("jobTemplate"),
    ),
    f"{_BATCH}JobTemplateSpec": (needs("spec"), _made_by_controller),
}
