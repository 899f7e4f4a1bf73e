"""IP addresses and ranges of them, as the API server reads them in its older fields.

Go once read addresses with leading zeros, and the server goes on to do so; host bits of a range are dropped.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def address(text: str) -> Address | None:
    """The address that a text names, or None; a zone (`%eth0`) is no part of one."""
    try:
        return None if "%" in text else ipaddress.ip_address(_without_zeros(text))
    except ValueError:
        return None


def network(text: str) -> Network | None:
    """The range that a CIDR names, or None."""
    host, slash, length = text.partition("/")
    found = address(host)
    if found is None or not slash or not re.fullmatch("[0-9]{1,3}", length):
        return None
    return (
        ipaddress.ip_network((found, int(length)), strict=False)
        if int(length) <= found.max_prefixlen
        else None
    )


def worldwide(ranges: Any) -> bool:
    """Whether a list of CIDRs lets in half of all addresses of a family, or more."""
    texts = ranges if isinstance(ranges, Iterable) and not isinstance(ranges, str) else ()
    found = sorted((n for text in texts if (n := network(str(text).strip()))), key=lambda n: n.version)
    for _, same in groupby(found, key=lambda n: n.version):
        if any(one.prefixlen <= 1 for one in ipaddress.collapse_addresses(list(same))):  # type: ignore[type-var]
            return True
    return False


def _without_zeros(text: str) -> str:
    return re.sub(r"(?<![0-9a-fA-F:.])0+(?=[0-9])|(?<=\.)0+(?=[0-9])", "", text)
