"""TLS, client certificates, a certificate's other name, and a gateway's token, over both protocols."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from tests.conftest import Gen
from tests.serving.certificates import Files, self_signed
from tests.serving.servers import grpc_server, http_server, scores_model

NAME = "model.internal"
STATUS = {"model_version_status": [{"version": "1", "state": "AVAILABLE"}]}
METADATA = {"model_spec": {"version": "1"}, "metadata": {"signature_def": {"signature_def": {}}}}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return self_signed(tmp_path_factory.mktemp("tls"), NAME)


@pytest.fixture(params=["--server", "--rest"])
def secured(request: pytest.FixtureRequest, files: Files) -> Iterator[tuple[str, str, list[str]]]:
    """An option and address of a server that wants TLS and a client certificate, and the tokens it gets."""
    tokens: list[str] = []
    if request.param == "--server":
        pair, authority = (
            (files.key.read_bytes(), files.certificate.read_bytes()),
            files.certificate.read_bytes(),
        )
        credentials = grpc.ssl_server_credentials([pair], authority, require_client_auth=True)

        def before(method: str, context: Any) -> None:
            tokens.append(dict(context.invocation_metadata()).get("authorization", ""))

        with grpc_server(scores_model(before=before), credentials=credentials) as address:
            yield "--server", address, tokens
        return
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=files.certificate)
    context.load_cert_chain(files.certificate, files.key)
    context.verify_mode = ssl.CERT_REQUIRED

    def answer(method: str, path: str, body: bytes, headers: Any) -> tuple[int, str, bytes]:
        tokens.append(headers.get("authorization", ""))
        told = METADATA if path.endswith("/metadata") else STATUS
        return 200, "application/json", json.dumps(told).encode()

    with http_server(answer, context) as url:
        yield "--rest", url, tokens


def options(files: Files, leave_out: str = "") -> list[str]:
    given = {
        "--ca": files.certificate,
        "--cert": files.certificate,
        "--key": files.key,
        "--server-name": NAME,
    }
    return [str(item) for name, value in given.items() if name != leave_out for item in (name, value)]


def test_all_of_it_together(
    gen: Gen, files: Files, secured: tuple[str, str, list[str]], tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("secret-word\n")
    option, address, tokens = secured
    found = gen(
        *("verify", option, address, "--model", "m", *options(files)), "--token-file", tmp_path / "token"
    )
    assert found.status == 0, found.err
    assert set(tokens) == {"Bearer secret-word"}
    assert "secret-word" not in found.out


@pytest.mark.parametrize("without", ["--ca", "--server-name"])
def test_a_server_that_cannot_be_trusted(
    gen: Gen, files: Files, secured: tuple[str, str, list[str]], without: str
) -> None:
    option, address, _ = secured
    found = gen("verify", option, address, "--model", "m", *options(files, without), "--timeout", "2s")
    assert (found.status, "error[verify/" in found.err) == (3, True), found.err


def test_plain_text_to_a_server_that_wants_tls(gen: Gen, secured: tuple[str, str, list[str]]) -> None:
    option, address, _ = secured
    plain = address.replace("https:", "http:")
    found = gen("verify", option, plain, "--model", "m", "--timeout", "2s")
    assert (found.status, "error[verify/" in found.err) == (3, True), found.err


@pytest.mark.parametrize("option", ["--server", "--rest"])
def test_files_that_are_no_certificates(gen: Gen, tmp_path: Path, option: str) -> None:
    address = "localhost:1" if option == "--server" else "https://localhost:1"
    found = gen("verify", option, address, "--model", "m", "--ca", tmp_path / "none.pem")
    assert (found.status, "error[verify/file]" in found.err) == (2, True), found.err
