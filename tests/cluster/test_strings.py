"""Hostile strings from the values to the API server and back: none is lost, changed or of another type."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cluster.kubectl import Kubectl
from tests.hard.projects import gen, make
from tests.hard.strings import corpus
from tests.hard.test_strings import escaped

pytestmark = pytest.mark.cluster

LABEL = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?")
LABELS = [string for string in corpus() if LABEL.fullmatch(string)]
ROOM = 30_000  # characters in one object, which `kubectl apply` keeps twice

CONFIG_MAPS = """\
{% for chunk in chunks %}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: strings-{{ loop.index0 }}
  namespace: {{ namespace }}
  annotations:
{% for string in chunk %}
    k{{ loop.index0 }}: {{ string }}
{% endfor %}
data:
{% for string in chunk %}
  k{{ loop.index0 }}: {{ string }}
{% endfor %}
{% endfor %}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: labels
  namespace: {{ namespace }}
  labels:
{% for string in labels %}
    k{{ loop.index0 }}: {{ string }}
{% endfor %}
"""
DEPLOYMENTS = """\
{% for chunk in chunks %}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: strings-{{ loop.index0 }}
  namespace: {{ namespace }}
spec:
  replicas: 0
  selector:
    matchLabels: {app: strings}
  template:
    metadata:
      labels: {app: strings}
    spec:
      containers:
      - name: main
        image: a/b:1
        args: {{ chunk }}
        env:
{% for string in chunk %}
        - name: k{{ loop.index0 }}
          value: {{ string }}
{% endfor %}
{% endfor %}
"""


def chunks() -> Iterator[list[str]]:
    """The strings in portions that fit into one object."""
    portion: list[str] = []
    for string in corpus():
        if sum(map(len, portion)) + len(string) > ROOM or len(portion) == 400:
            yield portion
            portion = []
        portion.append(string)
    yield portion


CHUNKS = list(chunks())


@pytest.fixture(scope="module")
def stored(kubectl: Kubectl, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Any]:
    """What the server holds, by kind and name, after `gen render` and `kubectl apply` of the strings."""
    kubectl.must("create", "namespace", "strings")
    lines = ["namespace: strings", "chunks:"]
    for chunk in CHUNKS:
        lines += ["-", *(f"  - {escaped(string)}" for string in chunk)]
    lines += ["labels:", *(f"- {escaped(string)}" for string in LABELS)]
    templates = {"configmaps.yaml.j2": CONFIG_MAPS, "deployments.yaml.j2": DEPLOYMENTS}
    root = make(tmp_path_factory.mktemp("strings"), {"all": "\n".join(lines) + "\n"}, templates)
    ran = gen(root, "render", "--all")
    assert ran.returncode == 0, ran.stderr[:2000]
    kubectl.must("apply", "-f", root / "rendered" / "all")
    told = kubectl.must("get", "configmaps,deployments", "-n", "strings", "-o", "json")
    return {(one["kind"], one["metadata"]["name"]): one for one in json.loads(told)["items"]}


def wrong(wanted: list[str], found: list[Any]) -> list[tuple[str, Any]]:
    return [(one, other) for one, other in zip(wanted, found, strict=True) if one != other]


def test_there_are_enough_of_them() -> None:
    assert sum(map(len, CHUNKS)) >= 1000
    assert len(LABELS) >= 100


@pytest.mark.parametrize("index", range(len(CHUNKS)))
def test_annotations_data_arguments_and_variables_come_back(
    stored: dict[tuple[str, str], Any], index: int
) -> None:
    chunk = CHUNKS[index]
    config_map = stored["ConfigMap", f"strings-{index}"]
    for held in (config_map["data"], config_map["metadata"]["annotations"]):
        assert wrong(chunk, [held[f"k{number}"] for number in range(len(chunk))]) == []
    (container,) = stored["Deployment", f"strings-{index}"]["spec"]["template"]["spec"]["containers"]
    assert wrong(chunk, container["args"]) == []
    assert wrong(chunk, [variable.get("value", "") for variable in container["env"]]) == []


def test_labels_come_back(stored: dict[tuple[str, str], Any]) -> None:
    held = stored["ConfigMap", "labels"]["metadata"]["labels"]
    assert wrong(LABELS, [held[f"k{number}"] for number in range(len(LABELS))]) == []
