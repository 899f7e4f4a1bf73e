"""`gen init --from` with manifests that public projects release: every object comes out equal.

All three are unchanged and under the Apache License 2.0: `deploy/static/provider/cloud/deploy.yaml` of
kubernetes/ingress-nginx at dbb11b92d, `release/kubernetes-manifests.yaml` of
GoogleCloudPlatform/microservices-demo at 34ffea917, `web/guestbook/all-in-one/guestbook-all-in-one.yaml` of
kubernetes/examples at 279e8e4f.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Gen

HERE = Path(__file__).parent


def without_nulls(value: Any) -> Any:
    """An object as the API server takes it: a field that is null is absent."""
    if isinstance(value, dict):
        return {key: without_nulls(child) for key, child in value.items() if child is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def objects(text: str) -> list[str]:
    """The objects in a text, each as one line, sorted."""
    read = (without_nulls(body) for body in yaml.safe_load_all(text) if body)
    return sorted(json.dumps(body, sort_keys=True) for body in read)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("guestbook", {"gbFrontend": "v5", "gbRedisslave": "v1"}),
        ("ingress-nginx", {"controller": "v1.15.1", "kubeWebhookCertgen": "v1.6.9"}),
        ("online-boutique", {"busybox": "1.38.0"}),
    ],
)
def test_every_object_is_rendered_as_it_was(
    name: str, values: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gen: Gen
) -> None:
    monkeypatch.chdir(tmp_path)
    manifests = HERE / f"{name}.yaml"
    ran = gen("init", "--from", manifests)
    assert ran.status == 0, ran.err
    assert objects(gen("render", "--env", "dev", "--output", "-").out) == objects(manifests.read_text())
    lifted = yaml.safe_load(Path("values/base.yaml").read_text())["images"]
    assert {image: lifted[image].get("tag") for image in values} == values
    assert gen("render", "--all").status == 0
    assert gen("check", "--all").status == 0
