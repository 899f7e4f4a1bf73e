"""Which digest a tag stands for, asked of its registry (https://github.com/opencontainers/distribution-spec).

The only module of the package that talks to a registry. Credentials go over TLS, or to this machine, and not
along with a redirect to another host; no message repeats them, nor what a registry writes.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
from collections.abc import Iterable
from typing import Any, Final, NamedTuple
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from generator.core.checks import images
from generator.diagnostics import Diagnostic, DiagnosticError, Exit
from generator.registry.credentials import USER_OF_TOKENS, Login

_INDEXES: Final = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_MANIFESTS: Final = (
    *_INDEXES,
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_LOCAL: Final = ("localhost", "127.0.0.1", "::1")
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_HOST: Final = re.compile(r"(?:[A-Za-z0-9.-]+|\[::1\])(?::[0-9]{1,5})?")
_NAME: Final = re.compile(images.NAME)
_TAG: Final = re.compile(images.TAG)
_PARAMETER: Final = re.compile(r'(\w+)="([^"]*)"')
_SECONDS: Final = 15
_LARGEST: Final = 4 << 20  # bytes of a manifest
_REDIRECTS: Final = 3


class Image(NamedTuple):
    """An image as a registry knows it: its host, the repository there, and a tag."""

    server: str
    repository: str
    tag: str

    def __str__(self) -> str:
        return f"{self.server}/{self.repository}:{self.tag}"


class _Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def media_type(self) -> str:
        return (self.headers.get_content_type() or "").lower()


def digest(image: Image, login: Login | None, platform: str = "") -> str:
    """The digest of an image; with a platform (`linux/amd64`) only if an index of several has it.

    Raises `DiagnosticError` where the registry refuses, has no such image, or gives no usable answer.
    """
    if not (
        _HOST.fullmatch(image.server) and _NAME.fullmatch(image.repository) and _TAG.fullmatch(image.tag)
    ):
        raise _failed("registry/no-image", "the values name no image that a registry can have", f"{image}")
    host = "registry-1.docker.io" if image.server == "docker.io" else image.server
    name = urlsplit(f"//{host}").hostname
    base = f"{'http' if name in _LOCAL else 'https'}://{host}/v2/{image.repository}/manifests/"
    headers = {"Accept": ", ".join(_MANIFESTS)}
    answer = _asked("HEAD", base + image.tag, headers, image)
    if answer.status == 401:
        headers["Authorization"] = _authorization(answer, base, image, login)
        answer = _asked("HEAD", base + image.tag, headers, image)
    _check(answer, image)
    found = answer.headers.get("Docker-Content-Digest", "")
    if not found or (platform and answer.media_type in _INDEXES):
        answer = _asked("GET", base + image.tag, headers, image)
        _check(answer, image)
        computed = f"sha256:{hashlib.sha256(answer.body).hexdigest()}"
        if found not in ("", computed):
            raise _failed("registry/answer", f"the manifest of {image} is not what its digest says")
        found = computed
        _check_platform(answer, image, platform)
    if not _DIGEST.fullmatch(found):
        raise _failed("registry/answer", f"{image.server} gives no SHA-256 digest of {image}")
    return found


def _check(answer: _Answer, image: Image) -> None:
    status = answer.status
    if status in (401, 403):
        help = "give --registry-credentials FILE of a user who may pull the image"
        raise _failed("registry/denied", f"{image.server} refuses to show {image}", help)
    if status == 404:
        help = "correct the repository or the tag, or push the image"
        raise _failed("registry/no-image", f"{image.server} has no {image.repository}:{image.tag}", help)
    if status == 429:
        help = "try again later, or with --registry-credentials FILE"
        raise _failed("registry/busy", f"{image.server} is limiting requests", help)
    if status != 200 or answer.media_type not in _MANIFESTS:
        message = f"{image.server} did not return a manifest of {image} (status {status})"
        raise _failed("registry/answer", message, "check that the host is that of a registry")


def _check_platform(answer: _Answer, image: Image, platform: str) -> None:
    if not platform or answer.media_type not in _INDEXES:
        return
    entries = _json(answer, image).get("manifests")
    having = [_platform(entry) for entry in entries] if isinstance(entries, list) else []
    if platform not in having:
        raise _failed("registry/platform", f"{image} has no image for {platform}")


def _platform(entry: Any) -> str:
    named = entry.get("platform") if isinstance(entry, dict) else None
    return f"{named.get('os')}/{named.get('architecture')}" if isinstance(named, dict) else ""


def _authorization(answer: _Answer, base: str, image: Image, login: Login | None) -> str:
    """What a challenge asks for: the header that answers it."""
    kind, _, rest = answer.headers.get("WWW-Authenticate", "").partition(" ")
    if kind.lower() == "basic" and login is not None:
        return _basic(login)
    asked = dict(_PARAMETER.findall(rest))
    if kind.lower() != "bearer" or "realm" not in asked:
        _check(answer, image)
    realm = urljoin(base, asked["realm"])
    given = {"service": asked.get("service", image.server), "scope": f"repository:{image.repository}:pull"}
    if login is not None and login.username == USER_OF_TOKENS:
        answer = _token_of_token(realm, given, login, image)
    else:
        headers = {"Authorization": _basic(login)} if login else {}
        joint = "&" if "?" in realm else "?"
        answer = _asked("GET", f"{realm}{joint}{urlencode(given)}", headers, image)
    return f"Bearer {_token(answer, image, 'token', 'access_token')}"


def _token_of_token(realm: str, given: dict[str, str], login: Login, image: Image) -> _Answer:
    """The access token for a refresh token, or for a token of Entra ID, which ACR exchanges for one first."""

    def post(url: str, kind: str, token: str) -> _Answer:
        return _asked("POST", url, {}, image, {**given, "grant_type": kind, kind: token})

    answer = post(realm, "refresh_token", login.password)
    if answer.status in (400, 401) and urlsplit(realm).path == "/oauth2/token":
        exchanged = post(urljoin(realm, "/oauth2/exchange"), "access_token", login.password)
        answer = post(realm, "refresh_token", _token(exchanged, image, "refresh_token"))
    return answer


def _token(answer: _Answer, image: Image, *names: str) -> str:
    if answer.status != 200:
        answer = answer._replace(status=401 if answer.status == 400 else answer.status)
        _check(answer, image)
    data = _json(answer, image)
    token = next((data[name] for name in names if isinstance(data.get(name), str)), "")
    if not token or not token.isascii() or not token.isprintable():
        raise _failed("registry/answer", f"{image.server} issued no token for {image}")
    return str(token)


def _basic(login: Login) -> str:
    return "Basic " + base64.b64encode(f"{login.username}:{login.password}".encode()).decode()


def _json(answer: _Answer, image: Image) -> dict[str, Any]:
    try:
        data = json.loads(answer.body)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise _failed("registry/answer", f"{image.server} does not answer with a JSON object")
    return data


def _asked(
    method: str, url: str, headers: dict[str, str], image: Image, form: dict[str, str] | None = None
) -> _Answer:
    """The answer to a request, redirects followed: to another host without credentials."""
    for _ in range(_REDIRECTS + 1):
        place = urlsplit(url)
        answer = _once(method, place, headers, image, form)
        target = answer.headers.get("Location")
        if answer.status not in (301, 302, 303, 307, 308) or not target or form:
            return answer
        url = urljoin(url, target)
        if urlsplit(url)[:2] != place[:2]:
            headers = {name: value for name, value in headers.items() if name != "Authorization"}
    raise _failed("registry/answer", f"{image.server} redirects again and again")


def _once(
    method: str, place: SplitResult, headers: dict[str, str], image: Image, form: dict[str, str] | None
) -> _Answer:
    try:
        is_local = place.hostname in _LOCAL
        if place.scheme != "https" and not (place.scheme == "http" and is_local):
            raise _failed("registry/answer", f"{image.server} redirects to an address without TLS")
        kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
        connection = kind(place.hostname or "", place.port, timeout=_SECONDS)
        body = urlencode(form) if form else None
        more = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        try:
            target = place.path + (f"?{place.query}" if place.query else "")
            connection.request(method, target, body, {**headers, **more})
            response = connection.getresponse()
            content = response.read(_LARGEST + 1)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        message = f"{image.server} cannot be asked for {image}: {type(error).__name__}"
        raise _failed("registry/unreachable", message, "check the host, the network and the proxy") from None
    if len(content) > _LARGEST:
        raise _failed("registry/answer", f"{image.server} answers with more than {_LARGEST >> 20} MiB")
    return _Answer(response.status, response.msg, content)


_UNKNOWN: Final[Iterable[str]] = ("registry/unreachable", "registry/answer", "registry/busy")


def _failed(rule: str, message: str, help: str = "") -> DiagnosticError:
    return DiagnosticError(
        [Diagnostic(rule, message, help=help)], Exit.UNKNOWN if rule in _UNKNOWN else Exit.NO
    )
