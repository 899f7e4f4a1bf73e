"""Small projects for the hard tests, and `gen` in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

OPEN_SCHEMA = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}
CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ name }}
data: {{ data }}
"""


def make(
    root: Path,
    values: Mapping[str, str],
    templates: Mapping[str, str] | None = None,
    schema: Mapping[str, object] = OPEN_SCHEMA,
) -> Path:
    """A project below a folder: values files by environment, templates by name."""
    write(root, "schema/values.schema.json", json.dumps(schema))
    for name, text in values.items():
        write(root, f"values/{name}.yaml", text)
    for name, text in (templates or {"configmap.yaml.j2": CONFIG_MAP}).items():
        write(root, f"templates/{name}", text)
    return root


def write(root: Path, name: str, text: str) -> Path:
    """Write one file below a folder, and the folders on the way."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def environment(**extra: str) -> dict[str, str]:
    """The environment variables of this process and some more."""
    return {**os.environ, **extra}


def command(root: Path, *arguments: str) -> list[str]:
    """The command line of `gen` for a project."""
    name, *rest = arguments
    return [sys.executable, "-m", "generator", name, "--project", str(root), *rest]


def gen(root: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run `gen` on a project in a new process, with further environment variables."""
    return subprocess.run(
        command(root, *arguments), capture_output=True, text=True, env=environment(**extra), timeout=120
    )


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes, links as what they lead to."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
