"""ConfigMaps and Secrets: keys that a type of Secret asks for, and keys that stand twice."""

from __future__ import annotations

import base64
import json
from typing import Final

from generator.core.checks.constraints import Fault, Faults, Rule, Value, show

_CORE: Final = "io.k8s.api.core.v1."
_SIZE: Final = 1 << 20  # bytes of all values
_DOCKER: Final = ".dockerconfigjson"
_DOCKER_TYPE: Final = "kubernetes.io/dockerconfigjson"
_ACCOUNT: Final = "kubernetes.io/service-account.name"
_KEYS: Final = {
    _DOCKER_TYPE: (_DOCKER,),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
}


def _twice(value: Value) -> Faults:
    binary = value.get("binaryData") or {}
    for key in value.get("data") or {}:
        if key in binary:
            yield Fault("exclusive", ("data", key), "this key is also under binaryData", key=True)


def _size(value: Value) -> Faults:
    size = sum(len(text.encode()) for text in (value.get("data") or {}).values())
    size += sum(len(text) * 3 // 4 for text in (value.get("binaryData") or {}).values())
    if size > _SIZE:
        yield Fault("size", ("data",), "too large", f"{size} bytes", f"at most {_SIZE} bytes in all")


def _secret(value: Value) -> Faults:
    kind, encoded, plain = value.get("type", ""), value.get("data") or {}, value.get("stringData") or {}
    if kind == _DOCKER_TYPE and not encoded and not plain:
        return  # credentials are no part of a rendering; this one is filled when it is written
    for key in _KEYS.get(kind, ()):
        if key not in encoded and key not in plain:
            yield Fault("secret", ("type",), f"a Secret of this type needs the key `{key}`", show(kind))
    if kind == "kubernetes.io/ssh-auth" and not (
        plain.get("ssh-privatekey") or encoded.get("ssh-privatekey", "x")
    ):
        yield Fault("secret", ("type",), "the key `ssh-privatekey` is empty", show(kind))
    if kind == "kubernetes.io/basic-auth" and not {"username", "password"} & {*encoded, *plain}:
        yield Fault("secret", ("type",), "a Secret of this type needs `username` or `password`", show(kind))
    account = ((value.get("metadata") or {}).get("annotations") or {}).get(_ACCOUNT)
    if kind == "kubernetes.io/service-account-token" and not account:
        message = f"a Secret of this type needs the annotation `{_ACCOUNT}`"
        yield Fault("secret", ("type",), message, show(kind))


def _registries(value: Value) -> Faults:
    """What a docker configuration holds is JSON."""
    for kind, key in ((_DOCKER_TYPE, _DOCKER), ("kubernetes.io/dockercfg", ".dockercfg")):
        if value.get("type") == kind:
            message = "the decoded value must be a JSON object, as in a docker configuration"
            plain = (value.get("stringData") or {}).get(key)
            encoded = (value.get("data") or {}).get(key)
            if plain is not None and not _is_object(plain):
                yield Fault("secret", ("stringData", key), message)
            elif plain is None and encoded is not None and not _is_object(base64.b64decode(encoded)):
                yield Fault("secret", ("data", key), message)


def _is_object(text: str | bytes) -> bool:
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return found is None or isinstance(found, dict)


RULES: Final[dict[str, tuple[Rule, ...]]] = {
    f"{_CORE}ConfigMap": (_twice, _size),
    f"{_CORE}Secret": (_secret, _registries),
}
