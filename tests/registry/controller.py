"""The real sealed-secrets controller, as a process of this machine, against a control plane of the tests.

It knows only how to run inside of a cluster: the credentials of its pod lie at a fixed path, and the API
server's address is in the environment. A mount namespace of its own gives it that path and leaves the
machine's alone.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.cluster import programs
from tests.cluster.control_plane import free_port
from tests.cluster.kubectl import Kubectl
from tests.cluster.process import Server

_PATIENCE = 60  # seconds
_IN_POD = """
mount -t tmpfs none /run
mkdir -p /run/secrets/kubernetes.io/serviceaccount
cp "$1"/token "$1"/ca.crt /run/secrets/kubernetes.io/serviceaccount/
shift
export PATH="$0"
exec setpriv --pdeathsig KILL "$@"
"""


def custom_resources(module: str, package: str, *files: str) -> list[Path]:
    """Files of a Go module that is pinned in a folder below `tests/`; skips where it cannot be had."""
    arguments = ["go", "mod", "download", "-json", package]
    folder = programs.ROOT / "tests" / module
    ran = shutil.which("go") and subprocess.run(arguments, cwd=folder, capture_output=True, text=True)
    if not ran or ran.returncode:
        leave_out = pytest.fail if os.environ.get("GEN_REQUIRE_CLUSTER") else pytest.skip
        leave_out(f"{package} cannot be downloaded: {ran.stderr if ran else 'there is no Go command'}")
    top = Path(json.loads(ran.stdout)["Dir"])
    return [top / name for name in files]


@contextmanager
def running(kubectl: Kubectl, program: Path, folder: Path) -> Iterator[Callable[[], str]]:
    """Run the controller while the block lasts; gives a function that fetches its certificate."""
    config = json.loads(kubectl.must("config", "view", "--raw", "-o", "json"))
    cluster = config["clusters"][0]["cluster"]
    if "certificate-authority" in cluster:
        shutil.copy(cluster["certificate-authority"], folder / "ca.crt")
    else:
        (folder / "ca.crt").write_bytes(base64.b64decode(cluster["certificate-authority-data"]))
    (folder / "token").write_text(config["users"][0]["user"]["token"])
    address = urlsplit(cluster["server"])
    here = f"127.0.0.1:{free_port()}"
    server = Server(
        [
            *("unshare", "--map-root-user", "--mount", "sh", "-euc", _IN_POD, os.environ["PATH"], folder),
            *(
                "env",
                f"KUBERNETES_SERVICE_HOST={address.hostname}",
                f"KUBERNETES_SERVICE_PORT={address.port}",
            ),
            *("POD_NAMESPACE=kube-system", program, "--key-size=2048", f"--listen-addr={here}"),
            f"--listen-metrics-addr=127.0.0.1:{free_port()}",
        ],
        folder,
    )
    try:
        yield lambda: _certificate(server, f"http://{here}/v1/cert.pem")
    finally:
        server.stop()


def _certificate(server: Server, url: str) -> str:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        assert server.status is None, server.log
        try:
            with urllib.request.urlopen(url) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(f"no certificate:\n{server.log}")
