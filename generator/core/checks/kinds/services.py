"""Services, and the endpoints that are written by hand."""

from __future__ import annotations

import ipaddress
from typing import Final

from generator.core.addresses import address
from generator.core.checks import forms
from generator.core.checks.constraints import (
    Fault,
    Faults,
    Rule,
    Value,
    among,
    at_most,
    between,
    distinct,
    each_among,
    form,
    needs,
    show,
)
from generator.core.checks.kinds.metadata import labels

_CORE: Final = "io.k8s.api.core.v1."
_DISCOVERY: Final = "io.k8s.api.discovery.v1."
_EXTERNAL: Final = ("NodePort", "LoadBalancer")
_AFFINITY: Final = 86400  # seconds at most
_NAME: Final = "io.k8s.api.core.v1.Service"


def _type(spec: Value) -> str:
    return str(spec.get("type") or "ClusterIP")


def _ports(spec: Value) -> Faults:
    ports, headless = spec.get("ports") or [], spec.get("clusterIP") == "None"
    if not ports and not headless and _type(spec) != "ExternalName":
        yield Fault("required", (), "a Service needs a port, unless it is headless")
    names: set[str] = set()
    node_ports: set[tuple[str, int]] = set()
    taken: set[tuple[str, int]] = set()
    for index, port in enumerate(ports):
        name, node_port = port.get("name"), port.get("nodePort")
        if not name and len(ports) > 1:
            yield Fault("exclusive", ("ports", index), "with several ports, each needs a name")
        elif name and name in names:
            yield Fault(
                "duplicate-name", ("ports", index, "name"), "an earlier port has this name", show(name)
            )
        names.add(name)
        if node_port and _type(spec) == "ClusterIP":
            yield Fault("exclusive", ("ports", index, "nodePort"), "the type is ClusterIP", show(node_port))
        key = port.get("protocol") or "TCP", node_port
        if node_port and key in node_ports:
            yield Fault(
                "duplicate-entry",
                ("ports", index, "nodePort"),
                "another port uses it already",
                show(node_port),
            )
        node_ports.add(key)
        place = port.get("protocol") or "TCP", port.get("port")
        if place in taken:
            yield Fault(
                "duplicate-entry",
                ("ports", index),
                "another entry uses this port already",
                show(port.get("port")),
            )
        taken.add(place)


def _types(spec: Value) -> Faults:
    """Fields that only some types of Services have."""
    kind = _type(spec)
    if spec.get("clusterIP") == "None" and kind in _EXTERNAL:
        yield Fault("exclusive", ("clusterIP",), f"a {kind} cannot be headless", "None")
    if kind != "LoadBalancer":
        for field in ("loadBalancerSourceRanges", "loadBalancerClass", "allocateLoadBalancerNodePorts"):
            if spec.get(field) not in (None, []):
                yield Fault("exclusive", (field,), f"only a LoadBalancer has this, and the type is {kind}")
    policy = spec.get("externalTrafficPolicy")
    if policy and kind not in _EXTERNAL and not (kind == "ClusterIP" and spec.get("externalIPs")):
        message = f"only a Service that is reached from outside has this, and the type is {kind}"
        yield Fault("exclusive", ("externalTrafficPolicy",), message, show(policy))
    if spec.get("healthCheckNodePort") and not (kind == "LoadBalancer" and policy == "Local"):
        message = "only a LoadBalancer with externalTrafficPolicy: Local has this"
        yield Fault("exclusive", ("healthCheckNodePort",), message, show(spec["healthCheckNodePort"]))


def _external_name(spec: Value) -> Faults:
    """A Service that is another name for a host has that name, and no address."""
    if _type(spec) != "ExternalName":
        return
    if not spec.get("externalName", "").rstrip("."):
        yield Fault("required", (), "`externalName` is required with the type ExternalName")
    elif not forms.SUBDOMAIN.test(spec["externalName"].removesuffix(".")):
        yield Fault(
            "value",
            ("externalName",),
            "not a DNS name",
            show(spec["externalName"]),
            forms.SUBDOMAIN.expected,
        )
    for field in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
        if spec.get(field):
            yield Fault("exclusive", (field,), "the type is ExternalName", show(spec[field]))


def _addresses(spec: Value) -> Faults:
    """The addresses of a Service: clusterIP is the first of clusterIPs, and there are two at most."""
    first, every = spec.get("clusterIP", ""), spec.get("clusterIPs") or []
    if _type(spec) == "ExternalName":
        return
    if first and first != "None" and not forms.ADDRESS.test(first):
        yield Fault("value", ("clusterIP",), "not an address", show(first), "an IP address, or `None`")
    if every and first != every[0]:
        expected = f"`{first}`, the clusterIP" if first else "none while clusterIP is not given"
        yield Fault("exclusive", ("clusterIPs", 0), "it is not the clusterIP", show(every[0]), expected)
    if len(every) > 2 or ("None" in every and len(every) > 1):
        yield Fault(
            "range", ("clusterIPs",), "too many addresses", f"{len(every)}", "one, or one of each family"
        )
    for index, other in enumerate(every[1:], 1):
        if not forms.ADDRESS.test(other):
            yield Fault("value", ("clusterIPs", index), "not an address", show(other), forms.ADDRESS.expected)
    families = spec.get("ipFamilies") or []
    if len(families) > 1 and spec.get("ipFamilyPolicy", "SingleStack") == "SingleStack":
        yield Fault("exclusive", ("ipFamilies", 1), "the ipFamilyPolicy is SingleStack", show(families[1]))
    versions = [6 if ":" in text else 4 for text in (every or [first]) if forms.ADDRESS.test(text)]
    for index, (family, version) in enumerate(zip(families, versions, strict=False)):
        if family in ("IPv4", "IPv6") and family != f"IPv{version}":
            yield Fault(
                "exclusive", ("ipFamilies", index), "the address belongs to the other family", show(family)
            )


def _ranges(spec: Value) -> Faults:
    for index, text in enumerate(spec.get("loadBalancerSourceRanges") or ()):
        if not forms.CIDR.test(text.strip()):
            yield Fault(
                "value",
                ("loadBalancerSourceRanges", index),
                "not a range of addresses",
                show(text),
                forms.CIDR.expected,
            )


def reachable(field: str) -> Rule:
    """Addresses in a field, or in the list there, that traffic can be sent to."""

    def rule(value: Value) -> Faults:
        found = value.get(field)
        entries = enumerate(found) if isinstance(found, list) else [(None, found)]
        for index, text in entries:
            place = (field,) if index is None else (field, index)
            if isinstance(text, str) and (problem := _unreachable(text)):
                yield Fault("value", place, problem, show(text), "an address that traffic can be sent to")

    return rule


def _unreachable(text: str) -> str:
    found = address(text)
    if found is None:
        return "not an IP address"
    for kind in ("unspecified", "loopback", "link_local"):
        if getattr(found, f"is_{kind}"):
            return f"the address is {kind.replace('_', '-')}"
    in_multicast = (
        found in ipaddress.ip_network("224.0.0.0/24")
        if found.version == 4
        else (int(found) >> 112) & 0xFF0F == 0xFF02
    )
    return "the address is link-local" if in_multicast else ""


def _zones(value: Value) -> Faults:
    annotations = (value.get("metadata") or {}).get("annotations") or {}
    mode, hints = (
        annotations.get(f"service.kubernetes.io/topology-{key}") for key in ("mode", "aware-hints")
    )
    if mode and hints and mode != hints:
        place = ("metadata", "annotations", "service.kubernetes.io/topology-mode")
        yield Fault("exclusive", place, "it conflicts with the older annotation", show(mode), show(hints))
    ranges = annotations.get("service.beta.kubernetes.io/load-balancer-source-ranges")
    if ranges is not None and not ((value.get("spec") or {}).get("loadBalancerSourceRanges")):
        place = ("metadata", "annotations", "service.beta.kubernetes.io/load-balancer-source-ranges")
        if _type(value.get("spec") or {}) != "LoadBalancer":
            yield Fault("exclusive", place, "only a LoadBalancer has this", show(ranges))
        elif ranges.strip() and not all(forms.CIDR.test(part.strip()) for part in ranges.split(",")):
            yield Fault("value", place, "not a list of ranges", show(ranges), forms.CIDR.expected)


def _endpoints(value: Value) -> Faults:
    kind = value.get("addressType")
    names: list[str] = []
    for index, port in enumerate(value.get("ports") or ()):
        name = port.get("name") or ""
        if name in names:
            yield Fault("duplicate-name", ("ports", index), "an earlier port has this name", show(name))
        names.append(name)
    for index, endpoint in enumerate(value.get("endpoints") or ()):
        for number, text in enumerate(endpoint.get("addresses") or ()):
            place = ("endpoints", index, "addresses", number)
            if kind == "FQDN":
                if not forms.DOTTED.test(text.removesuffix(".")):
                    yield Fault("value", place, "not a DNS name", show(text), forms.DOTTED.expected)
            elif problem := _unreachable(text) or _other_family(text, str(kind)):
                yield Fault("value", place, problem, show(text), f"an {kind} address")


def _other_family(text: str, kind: str) -> str:
    found = address(text)
    return "" if found is None or kind == f"IPv{found.version}" else "the address belongs to the other family"


def _some(value: Value) -> Faults:
    if not value.get("addresses") and not value.get("notReadyAddresses"):
        yield Fault("required", (), "it needs `addresses` or `notReadyAddresses`")
    ports = value.get("ports") or []
    for index, port in enumerate(ports):
        if len(ports) > 1 and not port.get("name"):
            yield Fault("required", ("ports", index), "with several ports, each needs a name")


RULES: Final[dict[str, tuple[Rule, ...]]] = {
    f"{_CORE}Service": (needs("spec"), _zones),
    f"{_CORE}ServiceSpec": (
        _ports,
        _types,
        _external_name,
        _addresses,
        _ranges,
        *labels("selector"),
        reachable("externalIPs"),
        each_among("ipFamilies", "IPv4", "IPv6"),
        distinct("ipFamilies"),
        among("ipFamilyPolicy", "SingleStack", "PreferDualStack", "RequireDualStack", empty=False),
        among("internalTrafficPolicy", "Cluster", "Local", empty=False),
        among("trafficDistribution", "PreferClose", "PreferSameZone", "PreferSameNode", empty=False),
        form("loadBalancerClass", forms.QUALIFIED, empty=False),
        between("healthCheckNodePort", 0, 65535),
    ),
    f"{_CORE}ServicePort": (
        form("name", forms.LABEL, "name"),
        form("appProtocol", forms.QUALIFIED, empty=False),
    ),
    f"{_CORE}ClientIPConfig": (between("timeoutSeconds", 1, _AFFINITY),),
    f"{_CORE}EndpointSubset": (_some,),
    f"{_CORE}EndpointAddress": (
        needs("ip"),
        reachable("ip"),
        form("hostname", forms.LABEL, "name"),
        form("nodeName", forms.SUBDOMAIN, "name", empty=False),
    ),
    f"{_CORE}EndpointPort": (
        form("name", forms.LABEL, "name"),
        between("port", 1, 65535),
        form("appProtocol", forms.QUALIFIED, empty=False),
    ),
    f"{_DISCOVERY}EndpointSlice": (
        needs("addressType"),
        among("addressType", "IPv4", "IPv6", "FQDN"),
        at_most("endpoints", 1000),
        _endpoints,
    ),
    f"{_DISCOVERY}Endpoint": (
        needs("addresses"),
        at_most("addresses", 100),
        form("hostname", forms.LABEL, "name", empty=False),
        form("nodeName", forms.SUBDOMAIN, "name", empty=False),
    ),
    f"{_DISCOVERY}EndpointPort": (
        form("name", forms.LABEL, "name"),
        among("protocol", "TCP", "UDP", "SCTP", empty=False),
        form("appProtocol", forms.QUALIFIED, empty=False),
    ),
}
