"""What went wrong with a call, and what to change: from a status code to a diagnostic."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from generator.diagnostics import Diagnostic, DiagnosticError, Exit


class Code(IntEnum):
    """The status codes of gRPC, which TensorFlow's own error codes equal number by number."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16


class CallError(Exception):
    """A transport's call failed; `detail` is what the other side, or the network, said.

    `silent` tells a connection on which nothing came from one that was refused or broken.
    """

    def __init__(self, code: Code, detail: str, silent: bool = False) -> None:
        self.code = code
        self.detail = detail
        self.silent = silent
        super().__init__(f"{code.name}: {detail}")


class ServingError(DiagnosticError):
    """A call to a model server failed for good; `code` tells programs why, the diagnostic tells people."""

    def __init__(self, error: CallError, action: str, target: str, seconds: float) -> None:
        self.code = error.code
        advice = _advice(error)
        diagnostic = Diagnostic(
            advice.rule,
            f"{action}: {target} {advice.says.format(seconds=seconds)}",
            found=error.detail,
            help=advice.help,
        )
        super().__init__([diagnostic], advice.status)


@dataclass(frozen=True, slots=True)
class _Advice:
    rule: str
    says: str
    help: str
    status: Exit = Exit.UNKNOWN


_REFUSED = _Advice(
    "verify/refused",
    "refused the request",
    "compare the inputs with the signature, which `gen verify` without inputs shows",
    Exit.NO,
)
_NOT_FOUND = _Advice(
    "verify/not-found",
    "does not serve it",
    "check --model, --version and --label against --model_name or the model config file of the server; "
    "a version that failed to load is in the server's log",
    Exit.NO,
)
_DENIED = _Advice(
    "verify/denied", "denied access", "give the gateway's token with --token-file or GEN_SERVING_TOKEN"
)
_TOO_LARGE = _Advice(
    "verify/too-large",
    "found the message too large",
    "send fewer inputs in a request (--batch), or raise grpc.max_receive_message_length on the server",
)
_BUSY = _Advice(
    "verify/busy", "has no capacity for the request", "try again, or add replicas or a longer batching queue"
)
_FAILED = _Advice(
    "verify/failed",
    "failed while answering",
    "the model or the server has an error; its log says more (`kubectl logs`)",
    Exit.NO,
)
_UNREACHABLE = _Advice(
    "verify/unreachable",
    "cannot be reached",
    "check host and port, that the pods are ready, firewall rules, and whether the server wants TLS (--tls)",
)
_NOT_SERVING = _Advice(
    "verify/not-serving",
    "does not answer like TensorFlow Serving",
    "--server takes the gRPC port (8500 by default), --rest the REST address (port 8501); "
    "a proxy in between may answer in its place",
)
_DEADLINE = _Advice(
    "verify/deadline",
    "did not answer within {seconds:g} s",
    "give it more time (--timeout), and check that the port is the model server's",
)
_BY_CODE = {
    Code.INVALID_ARGUMENT: _REFUSED,
    Code.FAILED_PRECONDITION: _REFUSED,
    Code.OUT_OF_RANGE: _REFUSED,
    Code.NOT_FOUND: _NOT_FOUND,
    Code.PERMISSION_DENIED: _DENIED,
    Code.UNAUTHENTICATED: _DENIED,
    Code.RESOURCE_EXHAUSTED: _BUSY,
    Code.UNAVAILABLE: _UNREACHABLE,
    Code.UNIMPLEMENTED: _NOT_SERVING,
    Code.DEADLINE_EXCEEDED: _DEADLINE,
}


def _advice(error: CallError) -> _Advice:
    if error.code is Code.RESOURCE_EXHAUSTED and "larger than max" in error.detail:
        return _TOO_LARGE
    if error.silent:
        return _DEADLINE
    return _BY_CODE.get(error.code, _FAILED)
