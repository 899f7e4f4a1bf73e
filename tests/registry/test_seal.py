"""`gen seal`, and what becomes of the ciphertext that it keeps beside the values."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import ec

from tests.conftest import Gen, tree
from tests.registry.conftest import PASSWORD, SERVER, Git, mode
from tests.registry.sealing import KeyPair, certificate, key_pair

LAYER = "values/_azure.sealed.yaml"
RENDERED = "rendered/azure/20-sealedsecret-acr.yaml"


@pytest.fixture(scope="module")
def pair() -> KeyPair:
    return key_pair()


@pytest.fixture
def public(tmp_path: Path, pair: KeyPair) -> Path:
    """The certificate in a file."""
    path = tmp_path / "cert.pem"
    path.write_text(pair.certificate)
    return path


def seal(gen: Gen, public: Path, credentials: Path) -> str:
    ran = gen(
        "seal", "--env", "azure", "--certificate", str(public), "--registry-credentials", str(credentials)
    )
    assert ran.status == 0, ran.err
    return ran.out + ran.err


@pytest.mark.parametrize(
    ("scope", "label"), [("strict", "gan/acr"), ("namespace-wide", "gan"), ("cluster-wide", "")]
)
def test_what_is_sealed_is_what_the_secret_would_hold(
    serving: Path, gen: Gen, pair: KeyPair, public: Path, credentials: Path, scope: str, label: str
) -> None:
    mode(serving, f"{{mode: sealed, scope: {scope}}}")
    assert f"sealed for {label or 'the whole cluster'} in {LAYER}" in seal(gen, public, credentials)
    ran = gen("render", "--env", "azure")
    assert ran.status == 0
    assert "registry/missing" not in ran.err
    made = yaml.safe_load((serving / RENDERED).read_text())
    config = pair.unseal(made["spec"]["encryptedData"][".dockerconfigjson"], label)
    assert json.loads(config)["auths"][SERVER]["password"] == PASSWORD
    wide = {} if scope == "strict" else {f"sealedsecrets.bitnami.com/{scope}": "true"}
    for metadata in (made["metadata"], made["spec"]["template"]["metadata"]):
        assert metadata.get("annotations", {}) == wide
        assert (metadata["namespace"], metadata["name"]) == ("gan", "acr")


def test_renders_are_the_same_until_it_is_sealed_again(
    serving: Path, gen: Gen, git: Git, public: Path, credentials: Path
) -> None:
    mode(serving, "{mode: sealed}")
    seal(gen, public, credentials)
    gen("render", "--env", "azure")
    before = tree(serving / "rendered")
    gen("render", "--env", "azure")
    assert tree(serving / "rendered") == before
    assert gen("check", "--env", "azure").status == 0
    git(serving, "add", ".")
    assert LAYER in git(serving, "ls-files")
    seal(gen, public, credentials)
    assert gen("check", "--env", "azure").status == 1


def test_the_ciphertext_is_a_value_and_no_environment(
    serving: Path, gen: Gen, public: Path, credentials: Path
) -> None:
    mode(serving, "{mode: sealed}")
    seal(gen, public, credentials)
    assert gen("list").out.split() == ["azure", "dev", "kind"]
    ran = gen("explain", "registry.pullSecret.sealed.label", "--env", "azure")
    assert f"{LAYER}:7:14    label: gan/acr" in ran.out


def test_before_it_is_sealed_the_command_is_named(serving: Path, gen: Gen) -> None:
    mode(serving, "{mode: sealed}")
    ran = gen("render", "--env", "azure")
    assert ran.status == 1
    assert "error[schema/missing]: `registry.pullSecret.sealed` is missing" in ran.err
    assert "gen seal --env ENV --certificate FILE" in ran.err


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("replicas:", "namespace: {name: other}\nreplicas:", '"other/acr"'),
        ("loginServer: ganr", "loginServer: other", "another registry"),
        ("{mode: sealed}", "{mode: sealed, name: other}", '"gan/other"'),
        ("{mode: sealed}", "{mode: sealed, scope: namespace-wide}", "another scope"),
    ],
)
def test_a_value_sealed_for_something_else_is_an_error(
    serving: Path, gen: Gen, public: Path, credentials: Path, before: str, after: str, told: str
) -> None:
    mode(serving, "{mode: sealed}")
    seal(gen, public, credentials)
    path = serving / "values/azure.yaml"
    path.write_text(path.read_text().replace(before, after))
    ran = gen("render", "--env", "azure")
    assert ran.status == 1
    assert "error[seal/other]" in ran.err
    assert told in ran.err
    assert "seal it again: gen seal --env azure" in ran.err
    seal_again = seal(gen, public, credentials) if "loginServer" not in before else ""
    assert not seal_again or gen("render", "--env", "azure").status == 0


def test_another_mode_makes_no_sealed_secret(
    serving: Path, gen: Gen, public: Path, credentials: Path
) -> None:
    arguments = ("--certificate", str(public), "--registry-credentials", str(credentials))
    mode(serving, "{mode: none}")
    ran = gen("seal", "--env", "azure", *arguments)
    assert ran.status == 2
    assert "error[seal/nothing]: azure renders no SealedSecret" in ran.err
    assert not (serving / LAYER).exists()


def test_certificates_that_cannot_seal(
    serving: Path, gen: Gen, tmp_path: Path, pair: KeyPair, credentials: Path
) -> None:
    mode(serving, "{mode: sealed}")
    curve = ec.generate_private_key(ec.SECP256R1())
    for text, told in (
        ("nothing", "it does not hold a certificate in PEM form"),
        (certificate(pair.key, timedelta(days=-1)), "the certificate expired on 2025-12-31"),
        (certificate(curve, timedelta(days=36500)), "the certificate holds no RSA key"),
    ):
        (tmp_path / "odd.pem").write_text(text)
        more = ("--certificate", str(tmp_path / "odd.pem"), "--registry-credentials", str(credentials))
        ran = gen("seal", "--env", "azure", *more)
        assert ran.status == 1
        assert "error[seal/certificate]" in ran.err
        assert told in ran.err


def test_the_certificate_may_come_from_a_pipe(
    serving: Path, gen: Gen, pair: KeyPair, credentials: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mode(serving, "{mode: sealed}")
    monkeypatch.setenv("GEN_REGISTRY_USERNAME", "u")
    monkeypatch.setenv("GEN_REGISTRY_PASSWORD", "p")
    command = [str(Path(sys.executable).parent / "gen"), "seal", "--env", "azure", "--certificate", "-"]
    ran = subprocess.run(command, input=pair.certificate, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
    both = gen("seal", "--env", "azure", "--certificate", "-", "--registry-credentials", "-")
    assert both.status == 2
    assert "usage/standard-input" in both.err


def test_sealing_without_its_package_says_what_to_install(
    serving: Path, gen: Gen, public: Path, credentials: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    ran = gen(
        "seal", "--env", "azure", "--certificate", str(public), "--registry-credentials", str(credentials)
    )
    assert ran.status == 3
    assert "pip install 'gen-manifests[seal]'" in ran.err


@pytest.mark.parametrize("pull_secret", ["sealed", "external"])
def test_a_secret_that_a_controller_makes_is_not_absent(
    serving: Path, gen: Gen, public: Path, credentials: Path, pull_secret: str
) -> None:
    if pull_secret == "sealed":
        mode(serving, "{mode: sealed}")
        seal(gen, public, credentials)
    else:
        uuid = "00000000-0000-0000-0000-000000000001"
        mode(serving, f'{{mode: external, name: other, auth: {{managedIdentity: {{identityId: "{uuid}"}}}}}}')
    ran = gen("render", "--env", "azure")
    assert ran.status == 0
    assert "check/absent" not in ran.err
