"""`gen pin`: ask the registry which digest a tag stands for, and keep it beside the tag."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from generator.commands import editing
from generator.commands.options import OneEnvironment, OutputFormat, ProjectDir, RegistryCredentials
from generator.core import paths
from generator.core.checks import images
from generator.core.settings import Pin
from generator.core.values import Values
from generator.diagnostics import Diagnostic, DiagnosticError, usage
from generator.project import find
from generator.registry import credentials, resolve
from generator.registry.resolve import Image
from generator.report.reporter import Format, Reporter

_SETTINGS = """add to gen.yaml, with the paths of values:
pin:
  loginServer: PATH  # the registry's host; without it, the repository begins with the host
  repository: PATH
  tag: PATH
  digest: PATH  # gen pin writes it"""


def run(
    ctx: typer.Context,
    env: OneEnvironment,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if the tag has moved.")] = False,
    platform: Annotated[
        str, typer.Option(metavar="OS/ARCH", help="The platform that a multi-platform image must include.")
    ] = "",
    registry_credentials: RegistryCredentials = None,
    project: ProjectDir = None,
    format: OutputFormat = Format.TEXT,
) -> None:
    """Look up the digest of the tag in the registry, and write it to the environment's values."""
    found = find(project)
    found.choose([env], everything=False)
    reporter = ctx.find_root().ensure_object(Reporter)
    named = found.line.settings.pin
    if named is None:
        raise usage("pin/settings", "gen.yaml does not say where the values hold the image", _SETTINGS)
    values = found.line.values(env, found.layers(env))
    image = _image(values, named)
    given = credentials.given(registry_credentials, os.environ)
    digest = resolve.digest(image, given.choose(image.server) if given else None, platform)
    kept = values.get(named.digest)
    if check:
        if kept != digest:
            raise DiagnosticError([_moved(values, named, image, digest, env)])
        reporter.result([f"{image} is {digest}"], {"image": str(image), "digest": digest})
        return
    editing.write(found, f"values/{env}.yaml", [editing.Change(named.digest, digest)], [env], reporter)


def _image(values: Values, named: Pin) -> Image:
    """The image that the values name. Raises `DiagnosticError` where a part of it is no text."""
    for path in (named.repository, named.tag):
        if not isinstance(values.get(path), str):
            message = f"`{paths.show(path)}` is not a string, so there is no tag to look up"
            raise DiagnosticError([Diagnostic("pin/no-tag", message, values.span(path))])
    server = values.get(named.login_server) if named.login_server else None
    repository = str(values.get(named.repository))
    if not isinstance(server, str) or not server:
        host, _, rest = repository.partition("/")
        is_host = bool(rest) and images.is_registry(host)
        library = repository if "/" in repository else f"library/{repository}"
        server, repository = (host, rest) if is_host else ("docker.io", library)
    return Image(server, repository, str(values.get(named.tag)))


def _moved(values: Values, named: Pin, image: Image, digest: str, env: str) -> Diagnostic:
    kept = values.get(named.digest)
    return Diagnostic(
        "pin/moved" if kept else "pin/missing",
        f"the tag of {image} now points to another digest" if kept else f"{image} is not pinned",
        values.span(named.digest if kept else named.tag),
        found=str(kept or "a tag without a digest"),
        expected=digest,
        help=f"gen pin --env {env}",
        path=paths.show(named.digest),
    )
