"""Hostile strings come out of a rendered file as they went into the values, whoever reads it.

The readers are PyYAML, ruamel.yaml as YAML 1.2, kubectl (go-yaml) and kustomize; the last two run offline.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ruamel.yaml import YAML

from tests.hard.projects import gen, make
from tests.hard.strings import corpus

HEAD = "apiVersion: hard.example/v1\nkind: Strings\nmetadata:\n  name: {name}\n"

# What a template writes for each string, by the name of the template.
EACH = {
    "single": "- {{ s }}\n",
    "quoted": "- \"{{ s }}\"\n- '{{ s }}'\n",
    "longer": '- a{{ s }}b\n- {{ s }}{{ s }}\n- "x: {{ s }}"\n',
    "joined": "- {{ '-' ~ s ~ s }}\n",
    "block": "- |\n  first\n  {{ s }}\n  last\n- |-\n  {{ s }}\n",
    "folded": "- >\n  first\n  {{ s }}\n",
    "key": "  {{ s }}: {{ loop.index }}\n",
    "inkey": "  a{{ s }}b: {{ s }}\n",
    "macro": "{% macro show(s) %}\n- {{ s }}\n- k: {{ s }}\n{% endmacro %}\n{{ show(s) }}",
}
BODIES = {name: f"spec:\n{{% for s in strings %}}\n{each}{{% endfor %}}\n" for name, each in EACH.items()}
BODIES |= {"whole": "spec: {{ strings }}\n", "keys": "spec: {{ keys }}\n"}


def expected(strings: list[str]) -> dict[str, Any]:
    return {
        "whole": strings,
        "single": strings,
        "quoted": [t for s in strings for t in (s, s)],
        "longer": [t for s in strings for t in (f"a{s}b", s + s, f"x: {s}")],
        "joined": [f"-{s}{s}" for s in strings],
        "block": [t for s in strings for t in (f"first\n{s}\nlast\n", s)],
        "folded": [f"first {s}\n" for s in strings],
        "key": {s: n for n, s in enumerate(strings, 1)},
        "inkey": {f"a{s}b": s for s in strings},
        "keys": {s: s for s in strings},
        "macro": [t for s in strings for t in (s, {"k": s})],
    }


# kustomize writes these bare, and long keys without a `?`, and then cannot read what it wrote; a key `<<` is
# dropped. It does so whoever made its input, as the last test shows.
NOT_FOR_KUSTOMIZE = re.compile("[\x7f-\x9f\ufffe\uffff]|<<")


def strings_for(environment: str) -> list[str]:
    """The corpus, or what kustomize can carry of it."""
    return [s for s in corpus() if environment == "all" or (not NOT_FOR_KUSTOMIZE.search(s) and len(s) < 500)]


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus through every kind of template."""
    templates = {f"{name}.yaml.j2": HEAD.format(name=name) + body for name, body in BODIES.items()}
    values = {name: values_file(strings_for(name)) for name in ("all", "kustomize")}
    root = make(tmp_path_factory.mktemp("strings"), values, templates)
    ran = gen(root, "render", "--all")
    assert ran.returncode == 0, ran.stderr[:2000]
    return root / "rendered"


def values_file(strings: list[str]) -> str:
    lines = ["strings:", *(f"- {escaped(s)}" for s in strings)]
    lines += ["keys:", *(f"  ? {escaped(s)}\n  : {escaped(s)}" for s in strings)]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """A string as YAML that holds ASCII only; nothing of gen's own writer has a part in it."""
    return '"' + "".join(c if c.isascii() and c.isalnum() else f"\\U{ord(c):08x}" for c in text) + '"'


def pyyaml(folder: Path) -> Iterator[Any]:
    for path in folder.iterdir():
        yield yaml.load(path.read_bytes(), yaml.CSafeLoader)


def pyyaml_pure(folder: Path) -> Iterator[Any]:
    for path in folder.iterdir():
        yield yaml.safe_load(path.read_bytes())


def ruamel(folder: Path) -> Iterator[Any]:
    for path in folder.iterdir():
        yield YAML(typ="safe", pure=True).load(path.read_bytes())


def kubectl(folder: Path, program: str) -> Iterator[Any]:
    yield from _objects([program, "label", "--local", "-f", str(folder), "hard=1", "-o", "json"])


def kustomize(folder: Path, program: str) -> Iterator[Any]:
    """What kustomize writes, read by kubectl as it would be on the way to a cluster."""
    names = sorted(path.name for path in folder.iterdir())
    (folder / "kustomization.yaml").write_text(json.dumps({"resources": names}))
    try:
        built = subprocess.run([program, "kustomize", str(folder)], capture_output=True, check=True).stdout
    finally:
        (folder / "kustomization.yaml").unlink()
    yield from _objects([program, "label", "--local", "-f", "-", "hard=1", "-o", "json"], built)


def _objects(command: list[str], given: bytes = b"") -> Iterator[Any]:
    """The objects that kubectl prints one after another."""
    ran = subprocess.run(command, input=given, capture_output=True, check=True)
    text, decoder = ran.stdout.decode().strip(), json.JSONDecoder()
    at = 0
    while at < len(text):
        made, at = decoder.raw_decode(text, at)
        at += len(text[at:]) - len(text[at:].lstrip())
        yield made


SLOW = pytest.mark.full


@pytest.mark.parametrize(
    "reader", [pyyaml, pytest.param(pyyaml_pure, marks=SLOW), pytest.param(ruamel, marks=SLOW)]
)
def test_every_library_gets_the_strings_that_were_in_the_values(
    reader: Callable[[Path], Iterator[Any]], rendered: Path
) -> None:
    holds("all", reader(rendered / "all"))


@pytest.mark.parametrize("reader", [kubectl, kustomize])
def test_every_program_gets_the_strings_that_were_in_the_values(
    reader: Callable[[Path, str], Iterator[Any]], rendered: Path, local_kubectl: str
) -> None:
    environment = "kustomize" if reader is kustomize else "all"
    holds(environment, reader(rendered / environment, local_kubectl))


def holds(environment: str, objects: Iterator[Any]) -> None:
    """Assert that objects hold the strings of an environment."""
    read = {body["metadata"]["name"]: body["spec"] for body in objects}
    wanted = expected(strings_for(environment))
    assert read.keys() == wanted.keys()
    assert [d for name in wanted for d in differences(name, wanted[name], read[name])] == []


def differences(name: str, wanted: Any, read: Any) -> list[str]:
    """What is not alike, types and all."""
    if isinstance(wanted, dict):
        odd = set(map(repr, wanted.items())) ^ set(map(repr, read.items()))
        return [f"{name}: {entry}" for entry in sorted(odd)]
    return [f"{name}: {w!r} became {r!r}" for w, r in zip(wanted, read, strict=True) if repr(w) != repr(r)]


def test_the_corpus_is_large_and_always_the_same() -> None:
    strings = corpus()
    assert len(strings) >= 1000
    assert strings == corpus()
    assert len(set(strings)) == len(strings)


@pytest.mark.parametrize("key", [*"\x7f\x80\x85\x9f\ufffe\uffff", "a" * 1100, "<<"])
def test_kustomize_loses_some_keys_whoever_writes_them(key: str, tmp_path: Path, local_kubectl: str) -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {key: "x"}}
    (tmp_path / "a.json").write_text(json.dumps(body))
    (tmp_path / "kustomization.yaml").write_text("resources: [a.json]")
    ran = subprocess.run([local_kubectl, "kustomize", str(tmp_path)], capture_output=True, text=True)
    assert ran.returncode != 0 or key not in (yaml.safe_load(ran.stdout).get("data") or {})
