"""`gen seal`: encrypt the pull secret for a cluster, and keep the ciphertext beside the values."""

from __future__ import annotations

import os
import time
from typing import Annotated

import typer

from generator import staging
from generator.commands.options import OneEnvironment, OutputFormat, ProjectDir, RegistryCredentials
from generator.core import paths
from generator.core.paths import Path as FieldPath
from generator.diagnostics import DiagnosticError, Source, usage
from generator.pipeline import Rendering
from generator.project import DiskProject, find, shown
from generator.project import sealed as sealed_name
from generator.registry import credentials, seal, sealed
from generator.registry.pull_secret import docker_config, lasting, login_server
from generator.report.reporter import Format, Reporter

_UNSEALED = "A" * 8  # stands in for the ciphertext while the values are looked at
_SETTINGS = """add to gen.yaml, with the paths of two values:
pullSecret:
  loginServer: PATH  # the registry's host
  sealed: PATH  # a mapping of encryptedData, label and loginServer, which gen seal writes"""


def run(
    ctx: typer.Context,
    env: OneEnvironment,
    certificate: Annotated[
        str, typer.Option(metavar="FILE|-", help="The sealed-secrets controller's public certificate.")
    ],
    registry_credentials: RegistryCredentials = None,
    project: ProjectDir = None,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Encrypt the pull secret for one cluster, and store the ciphertext with the values.

    The result can be committed: only the controller that the certificate belongs to can decrypt it.
    """
    found = find(project)
    [name] = found.choose([env], everything=False)
    reporter = ctx.find_root().ensure_object(Reporter)
    if certificate == registry_credentials == "-":
        raise usage(
            "usage/standard-input", "standard input cannot be both the certificate and the credentials"
        )
    # The two files are easily taken for one another: nothing of either is ever quoted.
    by = seal.certificate(*credentials.contents(certificate), time.time())
    given = credentials.given(registry_credentials, os.environ)
    if given is None:
        raise usage("usage/credentials", "which credentials?", "give --registry-credentials FILE")
    value, label, server = _wanted(found, name)
    login = given.choose(server)
    ciphertext = seal.seal(docker_config(server, login), by, label)
    place = found.root / sealed_name(name)
    staging.replace(place, sealed.layer(value, name, ciphertext, label, server, str(by)).encode())
    reporter.diagnostics(lasting(login, given, time.time()))
    reporter.result(
        [f"sealed for {label or 'the whole cluster'} in {shown(place)}", f"Next: gen render --env {name}"],
        {"sealed": shown(place), "label": label, "certificate": by.fingerprint},
    )


def _wanted(project: DiskProject, name: str) -> tuple[FieldPath, str, str]:
    """Where the sealed value goes, and the label and login server that the environment asks for.

    Raises `DiagnosticError` with all that is wrong with the environment, and where it makes no SealedSecret.
    """
    named = project.line.settings.pull_secret
    if named is None or named.sealed is None:
        raise usage("seal/settings", "gen.yaml does not say where the sealed pull secret goes", _SETTINGS)
    nothing = usage(
        "seal/nothing",
        f"{name} renders no SealedSecret from `{paths.show(named.sealed)}`",
        "choose the sealed form of the pull secret in its values, and use the value in a template",
    )
    place = sealed_name(name)
    others = [layer for layer in project.layers(name) if layer.path != place]
    stand_in = Source(place, sealed.layer(named.sealed, name, _UNSEALED, "", "", ""))
    plain = _rendered(project, name, others)
    rendering = _rendered(project, name, [*others[:-1], stand_in, others[-1]])
    if isinstance(rendering, DiagnosticError):
        if isinstance(plain, Rendering):
            raise nothing
        # Whichever fails for fewer reasons says what is wrong with the values themselves.
        raise min(plain, rendering, key=lambda error: len(error.diagnostics))
    file = sealed.find(rendering)
    if file is None:
        raise nothing
    return named.sealed, sealed.label(file), login_server(rendering, file)


def _rendered(project: DiskProject, name: str, layers: list[Source]) -> Rendering | DiagnosticError:
    try:
        return project.line.render(name, layers)
    except DiagnosticError as error:
        return error
