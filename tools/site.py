"""Gather the pages of the documentation site: the README, docs/, and every file that they link to.

`python tools/site.py FOLDER` copies them with their paths kept, so that a link which works in the repository
works on the site, and `mkdocs build --strict` finds those that do not.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.DOTALL | re.MULTILINE)


def linked(page: Path) -> set[Path]:
    """The files of the repository that a page links to, outside of code; mkdocs finds broken links."""
    targets = LINK.findall(CODE.sub("", page.read_text()))
    found = {(page.parent / target).resolve() for target in targets}
    return {path for path in found if path.is_file() and path.is_relative_to(ROOT)}


def pages() -> set[Path]:
    """The README, every page below docs/, and what can be reached from them by links."""
    known: set[Path] = set()
    waiting = {ROOT / "README.md", *(ROOT / "docs").rglob("*.md")}
    while waiting:
        path = waiting.pop()
        known.add(path)
        if path.suffix == ".md":
            waiting |= linked(path) - known
    return known


def main(folder: Path) -> None:
    """Copy them into a folder, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    for path in pages():
        place = folder / path.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
