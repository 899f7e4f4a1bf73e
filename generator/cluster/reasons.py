"""Why an object is not current, in the words of the scheduler, kubelet, registry and controllers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from generator.cluster import pods
from generator.cluster.kstatus import condition
from generator.cluster.objects import Objects
from generator.diagnostics import DiagnosticError

Json = Mapping[str, Any]

_RUN_PODS: Final = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job")
_SPEAK: Final = ("PersistentVolumeClaim", "Service")  # of these any event counts, of others warnings
_SHOWN: Final = 3  # pods whose reasons are told
_LINES: Final = 5  # of a log
_LONGEST: Final = 200  # characters of a line of a log


def reasons(objects: Objects, live: Json) -> tuple[str, ...]:
    """What keeps a live object from being current, one reason a line; what may not be read is said too.

    Raises `DiagnosticError` (cluster/unreachable).
    """
    asked = _Asked(objects, live)
    told = tuple(asked.told())
    return (*told, *dict.fromkeys(asked.denied))


class _Asked:
    """The questions about one object; `denied` are the answers of an API server that does not let us ask."""

    def __init__(self, objects: Objects, live: Json) -> None:
        self.denied: list[str] = []
        self._objects = objects
        self._live = live
        self._namespace = live["metadata"].get("namespace") or "default"  # where events of others are too

    def told(self) -> Iterator[str]:
        if self._live["kind"] == "Pod":
            yield from self._pod(self._live)
            return
        found = self._pods() if self._live["kind"] in _RUN_PODS else []
        yield from self._refused(found)
        unready = [pod for pod in found if not pods.ready(pod) and pod["status"].get("phase") != "Succeeded"]
        for pod in unready[:_SHOWN]:
            yield from self._pod(pod)
        if len(unready) > _SHOWN:
            yield f"and {len(unready) - _SHOWN} more pods"

    def _refused(self, found: list[Json]) -> Iterator[str]:
        """Why its controller makes no pods, or does not do what else it is for."""
        refused = condition(self._live, "ReplicaFailure")
        if refused.get("status") == "True":
            yield pods.said(refused.get("reason", ""), refused.get("message", ""))
            return
        newest = max((pod["metadata"].get("creationTimestamp", "") for pod in found), default="")
        every = self._events(self._live, warnings=self._live["kind"] not in _SPEAK)
        if every and _time(every[0]) >= newest:  # an older one was overcome
            yield _said(every[0])

    def _pod(self, pod: Json) -> Iterator[str]:
        yield f"pod {pod['metadata']['name']} ({pods.images(pod)}): {pods.trouble(pod)}"
        if condition(pod, "PodScheduled").get("status") == "False":
            return
        container = pods.ailing(pod)
        state = container.get("state") or {}
        waiting = state.get("waiting") or {}
        ended = "terminated" in state or waiting.get("reason") == "CrashLoopBackOff"
        if event := self._event(pod, waiting, ended):
            yield f"  {event}"
        if ended:
            yield from self._log(pod, container["name"], previous=bool(waiting))

    def _event(self, pod: Json, waiting: Json, ended: bool) -> str:
        """The event that says more than the status of the pod does."""
        reason, message = waiting.get("reason"), waiting.get("message", "")
        if reason == "ImagePullBackOff" and ": " not in message:  # kubelets before 1.32 say no more there
            wanted = ["Failed"]
        elif ended:
            wanted = ["Unhealthy"]
        elif message:
            return ""
        else:
            wanted = []
        every = self._events(pod, warnings=True)
        return next((_said(one) for one in every if not wanted or one.get("reason") in wanted), "")

    def _log(self, pod: Json, container: str, previous: bool) -> Iterator[str]:
        name = pod["metadata"]["name"]
        if pods.given_secrets(pod, container):
            options = f"--container {container} --namespace {self._namespace}"
            options += " --previous" if previous else ""
            yield f"  its log may hold Secrets, and is not shown: kubectl logs {name} {options}"
            return
        for line in self._objects.log(self._namespace, name, container, previous, _LINES):
            yield f"  log: {line[:_LONGEST]}{'…' if len(line) > _LONGEST else ''}"

    def _pods(self) -> list[Json]:
        """The pods of a workload, those of its newest revision first."""
        selector = _selector(self._live["spec"].get("selector") or {})
        sets = self._several("apps/v1", "ReplicaSet", selector) if self._live["kind"] == "Deployment" else []
        return pods.newest_first(self._several("v1", "Pod", selector), sets)

    def _events(self, of: Json, warnings: bool) -> list[Json]:
        """The events of an object, the latest first."""
        fields = f"involvedObject.uid={of['metadata'].get('uid', '')}" + (",type=Warning" if warnings else "")
        return sorted(self._several("v1", "Event", field=fields), key=_time, reverse=True)

    def _several(self, api_version: str, kind: str, label: str = "", field: str = "") -> list[dict[str, Any]]:
        try:
            return self._objects.several(
                api_version, kind, self._namespace, labelSelector=label, fieldSelector=field
            )
        except DiagnosticError as error:
            (problem,) = error.diagnostics
            if problem.rule != "cluster/refused":
                raise
            self.denied.append(f"unknown, because you have no permission to read it: {problem.found}")
            return []


def _said(event: Json) -> str:
    return pods.said(event.get("reason", ""), event.get("message", ""))


def _time(event: Json) -> str:
    """When an event was last seen, as RFC 3339 has it."""
    series = (event.get("series") or {}).get("lastObservedTime")
    return str(series or event.get("lastTimestamp") or event.get("eventTime") or "")


_OPERATORS: Final = {"In": "{key} in ({values})", "NotIn": "{key} notin ({values})", "Exists": "{key}"}


def _selector(selector: Json) -> str:
    """A label selector as the API takes it in a query."""
    equal = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    others = (
        _OPERATORS.get(one["operator"], "!{key}").format(
            key=one["key"], values=",".join(one.get("values") or ())
        )
        for one in selector.get("matchExpressions") or ()
    )
    return ",".join((*equal, *others))
