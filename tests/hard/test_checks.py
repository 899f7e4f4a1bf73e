"""What one validator refuses is refused, whatever the other thinks that explains it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.hard.projects import gen, make

POD = """\
apiVersion: v1
kind: Pod
metadata: { name: a }
spec:
  containers:
  - name: a
    image: a
    resources:
      requests: { cpu: {{ cpu }} }
      limits: { cpu: "1e100" }
"""


@pytest.mark.parametrize(
    "cpu", ["1\n", "1e999999999", "9" * 5000, "1.2.3", ".", "-", "１", "1_0", "1e", " 1"]
)
def test_a_quantity_that_the_server_refuses_is_refused(cpu: str, tmp_path: Path) -> None:
    root = make(tmp_path, {"dev": f"cpu: {json.dumps(cpu)}\n"}, {"pod.yaml.j2": POD})
    ran = gen(root, "render", "--env", "dev")
    assert ran.returncode == 1
    assert "requests.cpu" in ran.stderr


@pytest.mark.parametrize("value", ["a\n", "a\u2028", "é", "a b"])
def test_a_pattern_holds_for_the_whole_value(value: str, tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"name": {"type": "string", "pattern": "^[a-z]+$"}}}
    root = make(tmp_path, {"dev": f"name: {json.dumps(value)}\ndata: {{}}\n"}, schema=schema)
    ran = gen(root, "render", "--env", "dev")
    assert ran.returncode == 1
    assert "error[schema/pattern]" in ran.stderr


def test_a_custom_resource_of_a_familiar_kind_may_have_any_shape(tmp_path: Path) -> None:
    objects = [
        f"---\napiVersion: x.example/v1\nkind: {kind}\nmetadata: {{ name: a-{n} }}\nspec: {spec}\ndata: [1]\n"
        for n, (kind, spec) in enumerate(
            (kind, spec)
            for kind in ("Deployment", "Service", "ConfigMap", "Secret", "Pod", "CronJob", "ServiceAccount")
            for spec in ("[1, 2]", "text", "{ template: [1], selector: 5 }", "null")
        )
    ]
    root = make(tmp_path, {"dev": "name: a\n"}, {"any.yaml.j2": "".join(objects)})
    ran = gen(root, "render", "--env", "dev")
    assert "internal/bug" not in ran.stderr
    assert ran.returncode in (0, 1)
