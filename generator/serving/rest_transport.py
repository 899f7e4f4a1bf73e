"""The REST protocol of TensorFlow Serving (its g3doc/api_rest.md), over one connection a thread."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlsplit

from generator.diagnostics import DiagnosticError, usage
from generator.serving import rest_json
from generator.serving.failures import CallError, Code
from generator.serving.models import Example, Metadata, Model, Prediction, Scored, Signature, State, Version
from generator.serving.tensors import Tensor
from generator.serving.transport import Security

_CODES = {
    400: Code.INVALID_ARGUMENT,
    401: Code.UNAUTHENTICATED,
    403: Code.PERMISSION_DENIED,
    404: Code.NOT_FOUND,
    408: Code.DEADLINE_EXCEEDED,
    409: Code.ABORTED,
    413: Code.RESOURCE_EXHAUSTED,
    429: Code.RESOURCE_EXHAUSTED,
    499: Code.CANCELLED,
    501: Code.UNIMPLEMENTED,
    502: Code.UNAVAILABLE,
    503: Code.UNAVAILABLE,
    504: Code.DEADLINE_EXCEEDED,
}


class RestTransport:
    """Calls the server at `url`, http or https; `by_rows` sends predictions in row format, not in columns."""

    def __init__(self, url: str, security: Security, by_rows: bool = False) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise usage("verify/target", f"{url} is not the address of a REST API", "give http://HOST:8501")
        self.target = url
        self._host, self._port, self._path = parts.hostname, parts.port, parts.path.rstrip("/")
        self._tls = _tls(security) if parts.scheme == "https" or security.encrypted else None
        self._security = security
        self._by_rows = by_rows
        self._local = threading.local()
        self._open: list[http.client.HTTPConnection] = []

    def versions(self, model: Model, timeout: float) -> list[Version]:
        answer = self._get(model, "", timeout)
        with _reading():
            return [_version(status) for status in answer["model_version_status"]]

    def metadata(self, model: Model, timeout: float) -> Metadata:
        answer = self._get(model, "/metadata", timeout)
        with _reading():
            definitions = answer["metadata"]["signature_def"]["signature_def"]
            return Metadata(
                model,
                int(answer["model_spec"].get("version", 0)),
                {name: rest_json.signature(name, told) for name, told in sorted(definitions.items())},
            )

    def predict(
        self, model: Model, signature: Signature, inputs: Mapping[str, Tensor], timeout: float
    ) -> Prediction:
        body = rest_json.rows(inputs) if self._by_rows else rest_json.columns(inputs)
        answer = self._post(model, signature, "predict", body, timeout)
        with _reading():
            return Prediction(rest_json.outputs(answer, signature))

    def classify(
        self, model: Model, signature: Signature, examples: Sequence[Example], timeout: float
    ) -> list[list[Scored]]:
        answer = self._post(model, signature, "classify", {"examples": rest_json.encoded(examples)}, timeout)
        with _reading():
            return [[Scored(label, float(score)) for label, score in item] for item in answer["results"]]

    def regress(
        self, model: Model, signature: Signature, examples: Sequence[Example], timeout: float
    ) -> list[float]:
        answer = self._post(model, signature, "regress", {"examples": rest_json.encoded(examples)}, timeout)
        with _reading():
            return [float(value) for value in answer["results"]]

    def close(self) -> None:
        for connection in self._open:
            connection.close()

    def _get(self, model: Model, suffix: str, timeout: float) -> Any:
        return self._ask("GET", _path(model) + suffix, None, timeout)

    def _post(
        self, model: Model, signature: Signature, verb: str, body: Mapping[str, Any], timeout: float
    ) -> Any:
        content = json.dumps({"signature_name": signature.name, **body}).encode()
        return self._ask("POST", f"{_path(model)}:{verb}", content, timeout)

    def _ask(self, method: str, path: str, body: bytes | None, timeout: float) -> Any:
        status, content = self._exchange(method, path, body, timeout)
        try:
            answer = json.loads(content)
        except ValueError:
            raise CallError(_not_json(status), f"HTTP {status}: {_excerpt(content)}") from None
        if status == 200:
            return answer
        detail = answer.get("error") if isinstance(answer, dict) else None
        raise CallError(
            _CODES.get(status, Code.UNKNOWN), str(detail or f"HTTP {status}: {_excerpt(content)}")
        )

    def _exchange(self, method: str, path: str, body: bytes | None, timeout: float) -> tuple[int, bytes]:
        connection = self._connection(timeout)
        headers = {"content-type": "application/json", **self._security.headers}
        try:
            connection.request(method, self._path + path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except TimeoutError:
            connection.close()
            raise CallError(Code.DEADLINE_EXCEEDED, "the connection timed out") from None
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise CallError(Code.UNAVAILABLE, str(error) or type(error).__name__) from None

    def _connection(self, timeout: float) -> http.client.HTTPConnection:
        """This thread's connection, with this call's timeout."""
        connection: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            if self._tls is None:
                connection = http.client.HTTPConnection(self._host, self._port)
            else:
                connection = _NamedConnection(self._host, self._port, self._tls, self._security.server_name)
            self._local.connection = connection
            self._open.append(connection)
        connection.timeout = timeout
        if connection.sock is not None:
            connection.sock.settimeout(timeout)
        return connection


class _NamedConnection(http.client.HTTPSConnection):
    """HTTPS to a host whose certificate may carry another name."""

    def __init__(self, host: str, port: int | None, tls: ssl.SSLContext, name: str | None) -> None:
        super().__init__(host, port, context=tls)
        self._tls = tls
        self._name = name or host

    def connect(self) -> None:
        http.client.HTTPConnection.connect(self)
        self.sock = self._tls.wrap_socket(self.sock, server_hostname=self._name)


@contextmanager
def _reading() -> Iterator[None]:
    """An answer that is JSON but not the API's is some other server's."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, DiagnosticError) as error:
        raise CallError(Code.UNIMPLEMENTED, f"an answer without the expected fields: {error!r}") from None


def _tls(security: Security) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=security.ca)
        if security.certificate:
            context.load_cert_chain(security.certificate, security.key)
    except (OSError, ssl.SSLError) as error:
        raise usage("verify/file", f"the TLS files cannot be used: {error}", "give PEM files") from None
    return context


def _path(model: Model) -> str:
    path = f"/v1/models/{quote(model.name, safe='')}"
    if model.version is not None:
        return f"{path}/versions/{model.version}"
    return f"{path}/labels/{quote(model.label, safe='')}" if model.label else path


def _version(status: Mapping[str, Any]) -> Version:
    told = status.get("status", {})
    code = told.get("error_code", "OK")
    error = told.get("error_message") or ("" if code == "OK" else code)
    return Version(int(status.get("version", 0)), State.named(status.get("state", "")), error)


def _not_json(status: int) -> Code:
    """What a server in between means, which answers in its own words."""
    told = status in (401, 403, 413, 502, 503, 504)
    return _CODES[status] if told else Code.UNIMPLEMENTED


def _excerpt(content: bytes) -> str:
    text = " ".join(content[:400].decode("utf-8", "replace").split())
    return f"{text[:200]}…" if len(text) > 200 else text or "an empty answer"
