"""Whether a cluster is the one that gen.yaml expects for an environment."""

from __future__ import annotations

from urllib.parse import urlsplit

from generator.core.settings import Cluster, matches
from generator.diagnostics import Diagnostic, DiagnosticError

_PORTS = {"https": 443, "http": 80}


def check(environment: str, expected: Cluster, context: str, server: str) -> None:
    """Compare the context and the API server's URL. Raises `DiagnosticError` (cluster/other)."""
    for what, wanted, found, same in (
        ("context", expected.context, context, matches(expected.context, context)),
        ("server", expected.server, server, _address(expected.server) == _address(server)),
    ):
        if wanted and not same:
            problem = Diagnostic(
                "cluster/other",
                f"this is not the cluster of {environment}: its {what} is another",
                expected.span,
                found=found,
                expected=wanted,
                help="choose the cluster with --context, or correct gen.yaml",
            )
            raise DiagnosticError([problem])


def _address(url: str) -> tuple[str, str | None, int | None, str]:
    """What two URLs of one API server have in common."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme), parts.path.rstrip("/")
