"""Projects to be deployed: this repository's own, and small ones of whatever objects a test needs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
Object = Mapping[str, Any]


def flagship(folder: Path, *environments: str) -> None:
    """This repository's project with the files of some environments as they are committed."""
    for name in ("schema", "templates", "values"):
        shutil.copytree(ROOT / name, folder / name)
    for name in environments:
        shutil.copytree(ROOT / "rendered" / name, folder / "rendered" / name)
    shutil.copy(ROOT / "gen.yaml", folder)


def write(folder: Path, objects: Sequence[Object], values: Mapping[str, Any] | None = None) -> None:
    """A project with one environment, dev, that renders these objects; a string `{{ … }}` is a value."""
    templates = folder / "templates"
    shutil.rmtree(templates, ignore_errors=True)
    for place in (templates, folder / "values", folder / "schema"):
        place.mkdir(parents=True, exist_ok=True)
    (folder / "schema/values.schema.json").write_text(
        '{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}'
    )
    (folder / "values/base.yaml").write_text("{}\n")
    (folder / "values/dev.yaml").write_text(json.dumps(values or {}) + "\n")
    for number, body in enumerate(objects):
        text = json.dumps(body, indent=1).replace('"{{', "{{").replace('}}"', "}}")
        (templates / f"{number:04}.yaml.j2").write_text(text)


def config_map(name: str, namespace: str, **data: str) -> Object:
    metadata = {"name": name, "namespace": namespace, "labels": {"app.kubernetes.io/name": name}}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def namespace(name: str) -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def deployment(name: str, namespace: str, replicas: int | None, **labels: str) -> Object:
    selected = labels or {"app": name}
    container = {
        "name": "server",
        "image": "registry.example.com/server:1.0",
        "resources": {"requests": {"cpu": "10m", "memory": "10Mi"}, "limits": {"memory": "10Mi"}},
    }
    spec: dict[str, Any] = {} if replicas is None else {"replicas": replicas}
    spec |= {
        "selector": {"matchLabels": selected},
        "template": {"metadata": {"labels": selected}, "spec": {"containers": [container]}},
    }
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


def autoscaler(name: str, namespace: str, least: int, most: int) -> Object:
    resource = {"type": "Resource", "resource": {"name": "cpu", "target": _HALF}}
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
        "minReplicas": least,
        "maxReplicas": most,
        "metrics": [resource],
    }
    metadata = {"name": name, "namespace": namespace}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": metadata,
        "spec": spec,
    }


_HALF = {"type": "Utilization", "averageUtilization": 50}
