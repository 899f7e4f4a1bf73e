"""An admission webhook on loopback, with a certificate of its own, for the ConfigMaps of one namespace."""

from __future__ import annotations

import base64
import json
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.cluster.kubectl import Kubectl

_OPENSSL = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2".split()


class Webhook:
    """A server that answers every review alike, after a delay in seconds."""

    def __init__(self, folder: Path, answer: Mapping[str, Any], delay: float) -> None:
        key, self.certificate = folder / "key.pem", folder / "certificate.pem"
        subject = ("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1")
        subprocess.run(
            [*_OPENSSL, "-keyout", str(key), "-out", str(self.certificate), *subject],
            check=True,
            capture_output=True,
        )

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                review = json.loads(self.rfile.read(int(self.headers["content-length"])))
                time.sleep(delay)
                review["response"] = {"uid": review.pop("request")["uid"], **answer}
                body = json.dumps(review).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who hung up has said so
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def configuration(self, namespace: str, timeout: int) -> dict[str, Any]:
        rule = {
            "apiGroups": [""],
            "apiVersions": ["v1"],
            "operations": ["CREATE", "UPDATE"],
            "resources": ["configmaps"],
        }
        webhook = {
            "name": "test.example.com",
            "clientConfig": {
                "url": f"https://127.0.0.1:{self.server.server_port}/",
                "caBundle": base64.b64encode(self.certificate.read_bytes()).decode(),
            },
            "rules": [rule],
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
            "sideEffects": "None",
            "admissionReviewVersions": ["v1"],
            "timeoutSeconds": timeout,
        }
        return {
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "MutatingWebhookConfiguration",
            "metadata": {"name": namespace},
            "webhooks": [webhook],
        }

    @staticmethod
    @contextmanager
    def running(
        kubectl: Kubectl, namespace: str, answer: Mapping[str, Any], delay: float = 0, timeout: int = 10
    ) -> Iterator[None]:
        """The webhook in force for as long as the block."""
        with tempfile.TemporaryDirectory() as folder:
            hook = Webhook(Path(folder), answer, delay)
            kubectl.must("apply", "-f", "-", stdin=json.dumps(hook.configuration(namespace, timeout)))
            try:
                _in_force(kubectl, namespace, answer, delay)
                yield
            finally:
                kubectl.must("delete", "mutatingwebhookconfiguration", namespace)
                hook.server.shutdown()
                hook.server.server_close()


def _in_force(kubectl: Kubectl, namespace: str, answer: Mapping[str, Any], delay: float) -> None:
    """Wait until the API server asks the webhook: an object passes without being changed until then."""
    probe = ("create", "configmap", "probe", "-n", namespace, "--dry-run=server", "-o", "json")
    end = time.monotonic() + 30
    while (ran := kubectl(*probe)).returncode == 0 and "annotations" not in json.loads(ran.stdout)[
        "metadata"
    ]:
        assert time.monotonic() < end
        time.sleep(0.2)
