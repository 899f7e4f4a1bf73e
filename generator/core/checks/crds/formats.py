"""The formats of strings that the API server checks in custom resources; it ignores any other.

They are those of `k8s.io/kube-openapi/pkg/validation/strfmt`, as far as `k8s.io/apiextensions-apiserver` has
them checked: not `int32` or `double`, for instance. A format that cannot be told exactly (`email`, `uri`) is
not checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from ipaddress import ip_address
from typing import Final

_UUID: Final = "(?i)[0-9a-f]{{8}}-?[0-9a-f]{{4}}-?{}-?{}-?[0-9a-f]{{12}}"
_HEX: Final = "[0-9a-f]{4}"
_VARIANT: Final = "[89ab][0-9a-f]{3}"
_TIME: Final = re.compile(
    r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](.[0-9]+)?(z|[+-][0-9]{2}:[0-9]{2})", re.DOTALL
)
_GO_DURATION: Final = re.compile(r"[-+]?(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)")
# A number and a unit that begins like one of these, anywhere in the text: the server searches for them.
_LOOSE_DURATION: Final = re.compile(
    r"(?i)[0-9]\s*((ns|us|ms|s|m|h|hr|d|w|wk)(?![a-zµ])|(nano|µs|micro|milli|sec|min|hour|day|week))"
)


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda text: compiled.fullmatch(text) is not None


def _is_date(text: str) -> bool:
    try:
        return bool(re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text)) and date.fromisoformat(text) is not None
    except ValueError:
        return False


def _is_date_time(text: str) -> bool:
    day, separator, rest = text.lower().partition("t")
    return bool(separator) and _is_date(day) and _TIME.fullmatch(rest) is not None


def _is_duration(text: str) -> bool:
    return bool(_GO_DURATION.fullmatch(text) or _LOOSE_DURATION.search(text))


def _is_address(version: int) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            return ip_address(_without_leading_zeros(text)).version == version
        except ValueError:
            return False

    return check


def _is_cidr(text: str) -> bool:
    address, slash, length = text.partition("/")
    if not slash or not re.fullmatch("[0-9]{1,3}", length):
        return False
    try:
        return int(length) <= ip_address(_without_leading_zeros(address)).max_prefixlen
    except ValueError:
        return False


def _without_leading_zeros(text: str) -> str:
    """Go's sloppy parser, which Kubernetes uses here, takes leading zeros in an IPv4 address."""
    return re.sub(r"\b0+(?=[0-9])", "", text) if ":" not in text else text


# By their names without hyphens.
_FORMATS: Final[dict[str, Callable[[str], bool]]] = {
    "byte": _matches("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})"),
    "cidr": _is_cidr,
    "date": _is_date,
    "datetime": _is_date_time,
    "duration": _is_duration,
    "hexcolor": _matches("#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})"),
    "ipv4": _is_address(4),
    "ipv6": _is_address(6),
    "k8slongname": _matches(r"(?=.{1,253}\Z)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"),
    "k8sshortname": _matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"),
    "mac": _matches("(?i)([0-9a-f]{2}([:-][0-9a-f]{2}){5,19}|[0-9a-f]{4}([.][0-9a-f]{4}){2,9})"),
    "uuid": _matches(_UUID.format(_HEX, _HEX)),
    "uuid3": _matches(_UUID.format("3[0-9a-f]{3}", _HEX)),
    "uuid4": _matches(_UUID.format("4[0-9a-f]{3}", _VARIANT)),
    "uuid5": _matches(_UUID.format("5[0-9a-f]{3}", _VARIANT)),
}
_SINCE: Final = {"k8sshortname": 34, "k8slongname": 34}
_NAMES: Final = {"datetime": "date-time", "k8sshortname": "k8s-short-name", "k8slongname": "k8s-long-name"}

CHECKS: Final = {**_FORMATS, **{_NAMES[name]: check for name, check in _FORMATS.items() if name in _NAMES}}


def supported(name: object, minor: int) -> bool:
    """Whether the server of a minor version checks a format, and we can."""
    return isinstance(name, str) and name in CHECKS and _SINCE.get(name.replace("-", ""), 0) <= minor
