"""`gen verify --record`: what was verified, as a file to keep: images, version and answers, but no times."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator import staging
from generator.commands.verify_environment import Deployed, Reached
from generator.report import verification_json
from generator.serving.verification import Verification


def write(path: Path, found: Verification, deployed: Deployed | None, way: Reached | None) -> None:
    """Write the record, whole or not at all. Raises `DiagnosticError` (output/failed)."""
    content = json.dumps(_record(found, deployed, way), indent=2, ensure_ascii=False) + "\n"
    staging.replace(path, content.encode())


def _record(found: Verification, deployed: Deployed | None, way: Reached | None) -> Mapping[str, Any]:
    """The same for the same images, inputs and answers, so that two records can be compared."""
    plain = verification_json.plain(found)
    kept: Mapping[str, Any] = {}
    if deployed and way:
        kept = {"environment": deployed.name, "values": deployed.promoted, **way.images()}
    return {
        **kept,
        "model": found.model.name,
        "version": found.metadata.version,
        "signature": plain["signature"],
        "answers": [
            {key: answer[key] for key in ("input", "version", "outputs", "problems")}
            for answer in plain["answers"]
        ],
        "unanswered": plain["unanswered"],
        "checks": [
            {key: check[key] for key in ("subject", "expected", "holds")} for check in plain["checks"]
        ],
        "holds": plain["holds"],
    }
