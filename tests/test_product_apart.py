"""The tool knows nothing of the product: what this repository's values, models and ports are called."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
CODE = ROOT / "generator"
# The sections that commands need something of; others, such as `pod`, have common names.
SECTIONS = ("kind.", "models.", "ports.", "registry.", "server.", "service.", "verify.")


def files() -> Iterator[Path]:
    """Every text of the package but packaged starters, which are products."""
    for path in sorted(CODE.rglob("*")):
        if (
            path.suffix in (".py", ".json", ".md")
            and "starters" not in path.parts
            and "openapi" not in path.parts
        ):
            yield path


def value_paths() -> set[str]:
    """The paths of all values of this repository's project that have two steps or more."""
    found: set[str] = set()
    schemas = {path.name: json.loads(path.read_text()) for path in (ROOT / "schema").glob("*.schema.json")}
    schemas.pop("overlay.schema.json")

    def walk(schema: Any, name: str, path: tuple[str, ...]) -> None:
        if not isinstance(schema, dict) or len(path) > 6:
            return
        if reference := schema.get("$ref"):
            file, _, pointer = reference.partition("#")
            target: Any = schemas.get(file.rpartition("/")[2] or name, {})
            for step in filter(None, pointer.split("/")):
                target = target.get(step, {})
            walk(target, file.rpartition("/")[2] or name, path)
        for key, below in schema.get("properties", {}).items():
            if path:
                found.add(".".join((*path, key)))
            walk(below, name, (*path, key))
        for keyword in ("oneOf", "anyOf", "allOf"):
            for branch in schema.get(keyword, ()):
                walk(branch, name, path)

    walk(schemas["values.schema.json"], "values.schema.json", ())
    return found


def test_no_path_of_a_value_of_the_product_stands_in_the_tool() -> None:
    paths = {path for path in value_paths() if path.startswith(SECTIONS)}
    assert {"registry.loginServer", "registry.pullSecret.mode", "service.ports.grpc"} <= paths
    known = {
        f"{path.relative_to(ROOT)}: {value}"
        for path in files()
        for value in paths
        if value in path.read_text()
    }
    assert known == set()


def test_no_module_looks_a_value_up_by_its_name() -> None:
    """Complete values are `tree`; only gen.yaml's own tree is read by the names of its keys."""
    looked_up = []
    for path in CODE.rglob("*.py"):
        if path.name == "settings_file.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            tree: ast.expr | None = None
            key: ast.expr | None = None
            if isinstance(node, ast.Subscript):
                tree, key = node.value, node.slice
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                tree, key = (node.func.value, node.args[0]) if node.func.attr == "get" else (None, None)
            if isinstance(tree, ast.Attribute) and tree.attr == "tree" and isinstance(key, ast.Constant):
                looked_up.append(f"{path.relative_to(ROOT)}:{key.lineno}")
    assert looked_up == []


def test_no_module_lists_the_names_of_the_products_ports() -> None:
    """`grpc` and `rest` are protocols of the client; Services are asked by the names in gen.yaml."""
    assert [path.name for path in (CODE / "cluster").glob("*.py") if '"grpc"' in path.read_text()] == []
