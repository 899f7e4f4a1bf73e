"""Forms of text that the API server takes in more than one field, each with its description in words.

The facts are those of `k8s.io/apimachinery/pkg/util/validation` and `pkg/apis/core/validation`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Final, NamedTuple

from generator.core.addresses import address, network


class Form(NamedTuple):
    """What a text must look like: a test, and the words for a message."""

    test: Callable[[str], object]
    expected: str


def matching(pattern: str, expected: str) -> Form:
    """The form of texts that a regular expression matches as a whole; it is compiled when it is needed."""
    return Form(lambda text: _compiled(pattern).fullmatch(text), expected)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def all_of(*forms: Form) -> Form:
    """The form of texts that have all these forms."""
    return Form(lambda text: all(f.test(text) for f in forms), "; ".join(f.expected for f in forms))


def _name(pattern: str, length: int, expected: str) -> Form:
    return matching(rf"(?=.{{1,{length}}}\Z){pattern}", expected)


_PART: Final = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN: Final = rf"{_PART}(\.{_PART})*"
_QUALIFIED: Final = r"([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]"

LABEL: Final = _name(
    _PART, 63, "at most 63 lower-case letters, digits and `-`, beginning and ending with a letter or digit"
)
LABEL_1035: Final = _name(
    r"[a-z]([-a-z0-9]*[a-z0-9])?",
    63,
    "at most 63 lower-case letters, digits and `-`, beginning with a letter, not ending with `-`",
)
SUBDOMAIN: Final = _name(
    _SUBDOMAIN,
    253,
    "at most 253 lower-case letters, digits, `-` and `.`, each part between letters or digits",
)
WILDCARD: Final = _name(rf"\*\.{_SUBDOMAIN}", 253, "a wildcard as in `*.example.com`")
DOTTED: Final = _name(rf"{_PART}(\.{_PART})+", 253, "a name with a dot in it, as in `example.com`")
SEARCH: Final = _name(
    r"([a-z0-9_]([-a-z0-9_]*[a-z0-9])?(\.[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?)*\.?|\.)",
    253,
    "a DNS search domain",
)
SEGMENT: Final = matching(r"(?!\.\.?\Z)[^/%]+", "neither `.` nor `..`, and no `/` or `%` in it")
QUALIFIED: Final = matching(
    rf"((?=.{{1,253}}/){_SUBDOMAIN}/)?{_QUALIFIED}",
    "at most 63 letters, digits, `-`, `_` and `.`, optionally after a domain and `/`",
)
# An annotation's domain may have upper-case letters; the server lowers the key before it looks.
ANNOTATION_KEY: Final = Form(lambda text: QUALIFIED.test(text.lower()), QUALIFIED.expected)
LABEL_VALUE: Final = matching(
    rf"({_QUALIFIED})?",
    "at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit",
)
PORT_NAME: Final = _name(
    r"(?!.*--)(?=.*[a-z])[a-z0-9]([a-z0-9-]*[a-z0-9])?",
    15,
    "at most 15 lower-case letters, digits and `-`, with at least one letter",
)
DATA_KEY: Final = _name(r"(?!\.\.?\Z)(?!\.\..)[-._a-zA-Z0-9]+", 253, "letters, digits, `-`, `_` and `.`")
VARIABLE: Final = matching(r"[ -<>-~]+", "printable ASCII characters without `=`")
IDENTIFIER: Final = matching(r"[A-Za-z_][A-Za-z0-9_]*", "letters, digits and `_`, not beginning with a digit")
DOMAIN_PATH: Final = matching(
    rf"{_SUBDOMAIN}/[A-Za-z0-9/_.~!$&'()*+,;=:@%-]+", "a domain, `/` and a path, as in `example.com/name`"
)
HEADER: Final = matching(r"[-A-Za-z0-9]+", "letters, digits and `-`")
NOT_ABOVE: Final = matching(r"(?!(.*/)?\.\.(/|\Z)).*", "no `..` in the path")
BELOW: Final = matching(r"(?!/)(?!(.*/)?\.\.(/|\Z)).*", "a relative path without `..`")
ABSOLUTE: Final = matching(r"/.*", "a path that begins with `/`")
CSI_DRIVER: Final = _name(
    r"[A-Za-z0-9]([-.A-Za-z0-9]*[A-Za-z0-9])?", 63, "at most 63 letters, digits, `-` and `.`"
)
SYSCTL: Final = _name(
    r"([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?",
    253,
    "a kernel parameter in lower case",
)
TRIMMED: Final = Form(lambda text: text.strip() == text, "no spaces at the beginning or end")


ADDRESS: Final = Form(address, "an IP address")
CIDR: Final = Form(network, "a range of addresses, as in `10.0.0.0/8`")
NOT_AN_ADDRESS: Final = Form(lambda text: address(text) is None, "a DNS name, not an IP address")
HTTPS_URL: Final = matching(
    r"(?i:https)://[^/?#@\s]+(/[^?#\s]*)?",
    "a URL with `https://` and a host, without user, query or fragment",
)

HOST: Final = all_of(SUBDOMAIN, NOT_AN_ADDRESS)
HOST_OR_WILDCARD: Final = Form(
    lambda text: WILDCARD.test(text) if "*" in text else HOST.test(text),
    "a DNS name in lower case, or a wildcard as in `*.example.com`",
)
SUBDOMAIN_OR_WILDCARD: Final = Form(
    lambda text: WILDCARD.test(text) if "*" in text else SUBDOMAIN.test(text), HOST_OR_WILDCARD.expected
)
FINALIZER: Final = Form(
    lambda text: (
        text in ("kubernetes", "orphan", "foregroundDeletion") or ("/" in text and QUALIFIED.test(text))
    ),
    "a name with a domain and `/` before it",
)
CONTAINER_RESOURCE: Final = Form(
    lambda text: (
        text in ("cpu", "memory", "ephemeral-storage")
        or text.startswith("hugepages-")
        or ("/" in text and QUALIFIED.test(text))
    ),
    "a resource of a container, as in `cpu`",
)
