"""`python -m bench.large`: whether work grows as its input does: each at half its size, and whole.

What is compared is CPU time, so that a busy machine changes little. Linear is 2.0; the interpreter's start is
taken off.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bench import tools
from bench.measure import Contestant, run

FOLDER = tools.CACHE / "large"
SCHEMA = '{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}\n'
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"
Files = dict[str, str]


class Work(NamedTuple):
    """An input of some size, and the command that is measured on it."""

    name: str
    size: int
    files: Callable[[int], Files]
    command: tuple[str, ...] = ("render", "--all")
    changed: Callable[[int], Files] | None = None  # what is different when the command runs


def values(size: int) -> Files:
    """So many bytes of values."""
    line = "key{:07}: {}\n"
    lines = "".join(line.format(n, "x" * 84) for n in range(size // 100))
    return {"values/dev.yaml": lines, "templates/a.yaml.j2": CONFIG_MAP + "data: { one: {{ key0000001 }} }\n"}


def tags(size: int) -> Files:
    """So many lines of a template with a tag each."""
    lines = "".join(f"  k{n:05}: {{{{ name }}}}\n" for n in range(size))
    return {"values/dev.yaml": "name: a\n", "templates/a.yaml.j2": CONFIG_MAP + "data:\n" + lines}


def objects(size: int) -> Files:
    """So many Deployments and Services, each of which selects one."""
    label = "labels: { app: {{ name }}-{{ n }} }"
    one = f"""\
{{% for n in range(count) %}}
---
apiVersion: v1
kind: Service
metadata: {{ name: "s{{{{ n }}}}", namespace: x }}
spec: {{ selector: {{ app: "{{{{ name }}}}-{{{{ n }}}}" }}, ports: [{{ port: 80, targetPort: http }}] }}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{ name: "d{{{{ n }}}}", namespace: x }}
spec:
  selector: {{ matchLabels: {{ app: "{{{{ name }}}}-{{{{ n }}}}" }} }}
  template:
    metadata: {{ {label.replace("{{ name }}-{{ n }}", '"{{ name }}-{{ n }}"')} }}
    spec: {{ containers: [{{ name: c, image: "r/i:1.0", ports: [{{ name: http, containerPort: 80 }}] }}] }}
{{% endfor %}}
"""
    return {"values/dev.yaml": f"name: a\ncount: {size // 2}\n", "templates/a.yaml.j2": one}


def mapping(size: int, value: str = "x") -> Files:
    """A mapping of so many keys, written as a whole."""
    lines = "".join(f"  k{n:05}: {value}{n}\n" for n in range(size))
    return {"values/dev.yaml": "data:\n" + lines, "templates/a.yaml.j2": CONFIG_MAP + "data: {{ data }}\n"}


def other(size: int) -> Files:
    return {"values/dev.yaml": mapping(size, "y")["values/dev.yaml"]}


def tabs(size: int) -> Files:
    """So many scalars with a tab in each, in one list."""
    lines = "".join('- "\t"\n' for _ in range(size))
    return {
        "values/dev.yaml": "tabs:\n" + lines,
        "templates/a.yaml.j2": CONFIG_MAP + 'data: { n: "{{ tabs | length }}" }\n',
    }


WORKS = (
    Work("bytes of values", 16_000_000, values),
    Work("template lines with a tag", 20_000, tags),
    Work("objects", 8_000, objects),
    Work("keys of a mapping", 10_000, mapping),
    Work("keys of a changed mapping, gen check", 10_000, mapping, ("check", "--all"), other),
    Work("keys of a mapping, gen explain", 10_000, mapping, ("explain", "data", "--env", "dev")),
    Work(
        "keys of a mapping, gen explain of its object",
        10_000,
        mapping,
        ("explain", "configmap/a", "--env", "dev"),
    ),
    Work(
        "lines of a template, gen explain of its object",
        5_000,
        tags,
        ("explain", "configmap/a", "--env", "dev"),
    ),
    Work("tabs in quotes", 20_000, tabs),
)


def lay_out(work: Work, size: int) -> Path:
    """The project of a work, as it is when its command runs."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    write({"schema/values.schema.json": SCHEMA, **work.files(size)})
    if work.command[0] != "render":
        run([str(tools.GEN), "render", "--all", "--project", str(FOLDER)])
    if work.changed is not None:
        write(work.changed(size))
    return FOLDER


def write(files: Files) -> None:
    for name, text in files.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.large", description=__doc__)
    parser.add_argument("--only", default="", help="only the works whose names hold this")
    options = parser.parse_args()
    start = Contestant([[str(tools.GEN), "--version"]])
    start.round()
    print(f"{'':48}{'size':>12}{'CPU s':>8}{'growth':>8}{'MB':>6}")
    for work in (work for work in WORKS if options.only in work.name):
        whole = half = 0.0
        memory = 0
        for size in (work.size // 2, work.size):
            folder = lay_out(work, size)
            command = [str(tools.GEN), *work.command, "--project", str(folder)]
            contestant = Contestant([command], accepted=(0, 1))
            contestant.round()
            half, whole, memory = whole, contestant.cpu[0] - start.cpu[0], contestant.memory
        print(
            f"{work.name:48}{work.size:>12,}{whole:>8.2f}{whole / half:>8.2f}{memory / 1e6:>6.0f}", flush=True
        )
    shutil.rmtree(FOLDER, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
