"""The API of a cluster as a test plays it, and its clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from generator.cluster.client import Answer
from generator.diagnostics import DiagnosticError

RESOURCES = {
    "/api/v1": [("ConfigMap", "configmaps"), ("Event", "events"), ("Pod", "pods")],
    "/apis/apps/v1": [("Deployment", "deployments"), ("ReplicaSet", "replicasets")],
}
Json = dict[str, Any]


class Api:
    """The API of a cluster: answers by path, which a test changes as time goes by.

    It is its own clock; `then` are what happens, by the second.
    """

    name = "played"
    namespace = "default"

    def __init__(self) -> None:
        self.objects: dict[str, Json] = {}
        self.logs: dict[str, str] = {}
        self.forbidden: set[str] = set()
        self.asked: list[str] = []
        self.now = 0.0
        self.then: dict[int, Callable[[], None]] = {}
        self.error: DiagnosticError | None = None

    def call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        content: str = "",
    ) -> Answer:
        assert method == "GET"
        self.asked.append(path)
        if self.error:
            raise self.error
        return self.answer(path)

    def answer(self, path: str) -> Answer:
        """The answer to a GET."""
        if path in RESOURCES:
            resources = [{"kind": k, "name": n, "namespaced": True} for k, n in RESOURCES[path]]
            return Answer(200, {"resources": resources})
        if path.rpartition("/")[2] in self.forbidden:
            return Answer(403, {"message": f"{path.rpartition('/')[2]} is forbidden"})
        if path in self.objects:
            return Answer(200, self.objects[path])
        return Answer(404, {"message": "not found"})

    def text(self, path: str, query: Mapping[str, str]) -> str:
        return self.logs.get(f"{path}?{'&'.join(f'{k}={v}' for k, v in query.items())}", "")

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float, /) -> None:
        for second in range(int(self.now) + 1, int(self.now + seconds) + 1):
            self.then.pop(second, lambda: None)()
        self.now += seconds
