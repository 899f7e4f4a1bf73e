"""Objects of any kind in a cluster: found by discovery, read, and applied on the server."""

from __future__ import annotations

from typing import Any, Final, NamedTuple
from urllib.parse import quote

from generator.cluster.client import Answer, Calls
from generator.cluster.ownership import MANAGER
from generator.diagnostics import unknown

_APPLY: Final = "application/apply-patch+yaml"  # JSON is YAML
_JSON_PATCH: Final = "application/json-patch+json"


class Resource(NamedTuple):
    """Where the objects of a kind are: the path of their API, and whether they have a namespace."""

    api: str
    plural: str
    namespaced: bool


class Objects:
    """The objects of one cluster; what the API serves is asked once. Raises as `Calls.call` does."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._known: dict[str, dict[str, Resource]] = {}

    def resource(self, api_version: str, kind: str) -> Resource | None:
        """Where the objects of a kind are, or None where the cluster does not have the kind."""
        if api_version not in self._known:
            self._known[api_version] = self._discovered(api_version)
        return self._known[api_version].get(kind)

    def read(self, api_version: str, kind: str, namespace: str, name: str) -> Answer:
        """The answer to a GET of an object: a 404 too where the cluster does not have its kind."""
        if (path := self._path(api_version, kind, namespace, name)) is None:
            return Answer(404, {"reason": "NoKindMatch"})
        return self._calls.call("GET", path)

    def get(self, api_version: str, kind: str, namespace: str, name: str) -> dict[str, Any] | None:
        """An object, or None where there is none. Raises `DiagnosticError` (cluster/refused) for a 403."""
        answer = self.read(api_version, kind, namespace, name)
        if answer.status == 404:
            return None
        if not answer.fine:
            raise self._refused("get", f"{kind} {name}", answer)
        return answer.body

    def several(self, api_version: str, kind: str, namespace: str, **query: str) -> list[dict[str, Any]]:
        """The objects of a kind in a namespace that match `labelSelector` and `fieldSelector`.

        Raises `DiagnosticError` (cluster/refused) for a 403.
        """
        if (path := self._path(api_version, kind, namespace, "")) is None:
            return []
        answer = self._calls.call("GET", path.rstrip("/"), query)
        if not answer.fine:
            raise self._refused("list", f"the {kind}s of namespace {namespace}", answer)
        items: list[dict[str, Any]] = answer.body.get("items") or []
        return items

    def log(self, namespace: str, pod: str, container: str, previous: bool, lines: int) -> list[str]:
        """The last lines of a container's log, at most 8 KiB; none where it cannot be read.

        With `previous`, of the container that ran before this one.
        """
        path = f"{self._path('v1', 'Pod', namespace, pod)}/log"
        query = {"container": container, "tailLines": str(lines), "limitBytes": "8192"}
        return self._calls.text(path, query | ({"previous": "true"} if previous else {})).splitlines()

    def apply(
        self,
        manifest: dict[str, Any],
        manager: str = MANAGER,
        dry_run: bool = False,
        force: bool = False,
        version: str = "",
    ) -> Answer:
        """Apply on the server. A kind or namespace that is not there is a 404, a conflict a 409.

        With a `version`, the object has to have that resourceVersion; else it is a 409 without causes.
        """
        if version:
            manifest = {**manifest, "metadata": {**manifest["metadata"], "resourceVersion": version}}
        query = {"fieldManager": manager, "force": "true" if force else "false"}
        return self._sent("PATCH", manifest, query, dry_run, manifest, _APPLY)

    def create(self, manifest: dict[str, Any], dry_run: bool = False) -> Answer:
        """Create an object. One that is there already is a 409; a dry run says so of a valid one alone."""
        return self._sent("POST", manifest, {"fieldManager": MANAGER}, dry_run, manifest)

    def replace(self, manifest: dict[str, Any], dry_run: bool = False) -> Answer:
        """Replace an object by this one."""
        return self._sent("PUT", manifest, {"fieldManager": MANAGER}, dry_run, manifest)

    def patch(self, live: dict[str, Any], operations: list[dict[str, Any]]) -> Answer:
        """Change an object by a JSON patch."""
        return self._sent("PATCH", live, {"fieldManager": MANAGER}, False, operations, _JSON_PATCH)

    def delete(self, live: dict[str, Any]) -> Answer:
        """Delete an object, if it is still this one; what it owns follows by itself."""
        options = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "preconditions": {"uid": live["metadata"]["uid"]},
            "propagationPolicy": "Background",
        }
        return self._sent("DELETE", live, {}, False, options)

    def forget(self) -> None:
        """Ask again what the API serves, as after a CustomResourceDefinition."""
        self._known.clear()

    def _sent(
        self,
        method: str,
        of: dict[str, Any],
        query: dict[str, str],
        dry_run: bool,
        body: Any,
        content: str = "application/json",
    ) -> Answer:
        metadata = of["metadata"]
        place = of["apiVersion"], of["kind"], metadata.get("namespace") or "", metadata["name"]
        path = self._path(*place)
        if path is None:
            message = f"no matches for kind {of['kind']} in {of['apiVersion']}"
            return Answer(404, {"reason": "NoKindMatch", "message": message})
        if method == "POST":
            path = path.rpartition("/")[0]
        return self._calls.call(method, path, query | ({"dryRun": "All"} if dry_run else {}), body, content)

    def _path(self, api_version: str, kind: str, namespace: str, name: str) -> str | None:
        """The path of an object, or None where the cluster does not have its kind."""
        if (found := self.resource(api_version, kind)) is None:
            return None
        inside = f"/namespaces/{quote(namespace or self._calls.namespace, '')}" if found.namespaced else ""
        return f"{found.api}{inside}/{found.plural}/{quote(name, '')}"

    def _refused(self, verb: str, what: str, answer: Answer) -> Exception:
        """The diagnostic for an answer that leaves a question open."""
        return unknown(
            "cluster/refused",
            f"the cluster {self._calls.name} refused to {verb} {what}",
            "ask for the permission that the message names, or choose another context",
            f"{answer.status} {answer.message}",
        )

    def _discovered(self, api_version: str) -> dict[str, Resource]:
        api = f"/apis/{quote(api_version)}" if "/" in api_version else f"/api/{quote(api_version)}"
        answer = self._calls.call("GET", api)
        if answer.status == 404:
            return {}
        if not answer.fine:
            raise self._refused("get", api, answer)
        return {
            one["kind"]: Resource(api, one["name"], one["namespaced"])
            for one in answer.body.get("resources") or ()
            if "/" not in one["name"]
        }
