"""Sets of addresses: whether one range of a list is covered by another list."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import TypeAlias

Network: TypeAlias = IPv4Network | IPv6Network


def parsed(ranges: Iterable[str]) -> list[Network]:
    """The ranges that are valid, such as `10.0.0.0/8`; host bits are ignored, as load balancers do."""
    found: list[Network] = []
    for text in ranges:
        try:
            found.append(ip_network(str(text).strip(), strict=False))
        except ValueError:
            continue
    return found


def everything() -> list[Network]:
    """Every address of both families."""
    return parsed(["0.0.0.0/0", "::/0"])


def beyond(ranges: Iterable[Network], allowed: Iterable[Network]) -> list[Network]:
    """The parts of `ranges` that `allowed` does not cover, as few networks as it takes."""
    left: list[Network] = []
    limits = list(allowed)
    for network in ranges:
        parts: list[Network] = [network]
        for limit in limits:
            parts = [piece for part in parts for piece in _without(part, limit)]
        left += parts
    four = collapse_addresses(part for part in left if isinstance(part, IPv4Network))
    six = collapse_addresses(part for part in left if isinstance(part, IPv6Network))
    return [*four, *six]


def _without(network: Network, limit: Network) -> list[Network]:
    if isinstance(network, IPv4Network) and isinstance(limit, IPv4Network):
        return _apart(network, limit)
    if isinstance(network, IPv6Network) and isinstance(limit, IPv6Network):
        return _apart(network, limit)
    return [network]


def _apart(network: Network, limit: Network) -> list[Network]:
    if not network.overlaps(limit):
        return [network]
    if network.subnet_of(limit):  # type: ignore[arg-type]  # of one family, as the caller has seen
        return []
    return list(network.address_exclude(limit))  # type: ignore[arg-type]


def written(networks: Iterable[Network], most: int = 3) -> str:
    """The first of some networks, for people."""
    texts = [str(network) for network in networks]
    return ", ".join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")
