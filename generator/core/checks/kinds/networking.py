"""Ingresses and their classes, and network policies."""

from __future__ import annotations

from typing import Final

from generator.core.addresses import Network, network
from generator.core.checks import forms
from generator.core.checks.constraints import (
    Fault,
    Faults,
    Rule,
    Value,
    absent,
    among,
    at_most,
    between,
    each,
    each_among,
    form,
    has,
    inside,
    needs,
    none_of,
    one_of,
    show,
    when,
)

_NET: Final = "io.k8s.api.networking.v1."
_CLASS: Final = "kubernetes.io/ingress.class"
_PATHS: Final = ("Exact", "Prefix", "ImplementationSpecific")


def _class(value: Value) -> Faults:
    annotated = ((value.get("metadata") or {}).get("annotations") or {}).get(_CLASS)
    named = (value.get("spec") or {}).get("ingressClassName")
    if annotated is not None and named is not None and annotated != named:
        place = ("metadata", "annotations", _CLASS)
        yield Fault("exclusive", place, "it conflicts with ingressClassName", show(annotated), show(named))


def _some_rule(spec: Value) -> Faults:
    if not spec.get("rules") and spec.get("defaultBackend") is None:
        yield Fault("required", (), "an Ingress needs `rules` or a `defaultBackend`")


def _path(value: Value) -> Faults:
    kind, path = value.get("pathType"), value.get("path", "")
    strict = kind in ("Exact", "Prefix")
    if (strict or path) and not path.startswith("/"):
        place = ("path",) if "path" in value else ()
        yield Fault("value", place, "not an absolute path", show(path), "a path that begins with `/`")
    if strict:
        for part in ("//", "/./", "/../", "%2f", "%2F"):
            if part in path:
                yield Fault("value", ("path",), f"`{part}` is not allowed in a path", show(path))
        if path.endswith(("/.", "/..")):
            yield Fault("value", ("path",), "a path cannot end like this", show(path))


def _backend(value: Value) -> Faults:
    port = (value.get("service") or {}).get("port") or {}
    if value.get("service") is None:
        return
    if port.get("name") and port.get("number"):
        yield Fault("exclusive", ("service", "port", "number"), "it cannot be combined with the port's name")
    elif not port.get("name") and not port.get("number"):
        yield Fault("required", ("service",), "`port` is missing: its `name` or its `number`")


def _range(value: Value) -> Faults:
    start, end = value.get("port"), value.get("endPort")
    if end is None:
        return
    if not isinstance(start, int):
        yield Fault("exclusive", ("endPort",), "a range needs the number of a port", show(end))
    elif end < start:
        yield Fault(
            "exclusive", ("endPort",), "a range ends at or after its port", show(end), f"at least {start}"
        )


def _peer(value: Value) -> Faults:
    if value.get("ipBlock") is not None and len(value) > 1:
        yield Fault("exclusive", (), "a peer has either an ipBlock or selectors")


def _inner(value: Value) -> Faults:
    outer = network(value.get("cidr", ""))
    for index, text in enumerate(value.get("except") or ()):
        inner = network(text)
        if inner is None:
            yield Fault(
                "value", ("except", index), "not a range of addresses", show(text), forms.CIDR.expected
            )
        elif outer is not None and not (inner.version == outer.version and _strictly_in(inner, outer)):
            yield Fault(
                "value", ("except", index), "it is outside the block", show(text), f"a part of {outer}"
            )


def _strictly_in(inner: Network, outer: Network) -> bool:
    return inner.prefixlen > outer.prefixlen and inner.network_address in outer


_REFERENCE: Final = (
    needs("kind", "name"),
    form("kind", forms.SEGMENT),
    form("name", forms.SEGMENT, "name"),
)

RULES: Final[dict[str, tuple[Rule, ...]]] = {
    f"{_NET}Ingress": (absent("spec"), _class),
    f"{_NET}IngressSpec": (_some_rule, form("ingressClassName", forms.SUBDOMAIN, "name", empty=False)),
    f"{_NET}IngressRule": (form("host", forms.HOST_OR_WILDCARD),),
    f"{_NET}IngressTLS": (
        each("hosts", forms.SUBDOMAIN_OR_WILDCARD),
        form("secretName", forms.SUBDOMAIN, "name"),
    ),
    f"{_NET}HTTPIngressRuleValue": (needs("paths"),),
    f"{_NET}HTTPIngressPath": (needs("pathType"), among("pathType", *_PATHS), _path),
    f"{_NET}IngressBackend": (
        one_of("service", "resource", what="a backend"),
        _backend,
        inside(
            "resource",
            form("apiGroup", forms.SUBDOMAIN, empty=False),
            form("kind", forms.SEGMENT),
            form("name", forms.SEGMENT, "name"),
        ),
    ),
    f"{_NET}IngressServiceBackend": (needs("name"), form("name", forms.LABEL_1035, "name")),
    f"{_NET}ServiceBackendPort": (form("name", forms.PORT_NAME, "name"), between("number", 0, 65535)),
    f"{_NET}IngressClass": (needs("spec"),),
    f"{_NET}IngressClassSpec": (
        needs("controller"),
        form("controller", forms.DOMAIN_PATH),
        at_most("controller", 250),
    ),
    f"{_NET}IngressClassParametersReference": (
        *_REFERENCE,
        form("apiGroup", forms.SUBDOMAIN, empty=False),
        among("scope", "Cluster", "Namespace", empty=False),
        when(has("scope", "Namespace"), needs("namespace", because="with the scope Namespace")),
        when(
            has("scope", "Cluster", default="Cluster"), none_of("namespace", because="the scope is Cluster")
        ),
        form("namespace", forms.LABEL, "name"),
    ),
    f"{_NET}NetworkPolicySpec": (
        each_among("policyTypes", "Ingress", "Egress"),
        at_most("policyTypes", 2),
    ),
    f"{_NET}NetworkPolicyPeer": (
        one_of("podSelector", "namespaceSelector", "ipBlock", most=3, what="a peer"),
        _peer,
    ),
    f"{_NET}NetworkPolicyPort": (_range, between("endPort", 1, 65535)),
    f"{_NET}IPBlock": (needs("cidr"), form("cidr", forms.CIDR), _inner),
    "io.k8s.api.core.v1.TypedLocalObjectReference": (
        needs("kind", "name"),
        form("apiGroup", forms.SUBDOMAIN),
    ),
}
