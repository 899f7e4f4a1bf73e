"""A project as a tree of texts: what the line reads, wherever those texts are kept.

Names are relative to the project, with `/` between their parts, and identify a source: `values/dev.yaml` is
the same source on the disk, in a git revision and in an editor that has not saved it yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from generator.core import bounds
from generator.core.bindings import RESERVED
from generator.diagnostics import Collector, Diagnostic, DiagnosticError, Source


class Tree(Protocol):
    """The texts of a project by their names."""

    def names(self, folder: str) -> Sequence[str]:
        """Every file below a folder, at any depth, sorted; files and folders with a leading dot left out.

        Whether a file can be read shows when it is read. Raises `DiagnosticError` where the folder cannot be.
        """

    def holds(self, name: str) -> bool:
        """Whether there is anything of that name, be it a file that can be read or not."""

    def read(self, name: str) -> Source:
        """The text of a file. Raises `DiagnosticError` where it cannot be read or is no text for gen."""


class Texts(NamedTuple):
    """Texts in memory by name, laid over another tree if there is one: what an editor has not saved yet."""

    texts: Mapping[str, str]
    below: Tree | None = None
    home: str = ""

    def names(self, folder: str) -> Sequence[str]:
        mine = {name for name in self.texts if name.startswith(f"{folder}/") and not is_hidden(name)}
        return sorted(mine.union(self.below.names(folder) if self.below else ()))

    def holds(self, name: str) -> bool:
        return name in self.texts or (self.below is not None and self.below.holds(name))

    def read(self, name: str) -> Source:
        if name in self.texts:
            return decode(name, self.texts[name].encode("utf-8", "surrogatepass"), self.home)
        if self.below is None:
            raise unreadable(name, "there is no such file")
        return self.below.read(name)


def sources(tree: Tree, folder: str, wanted: Callable[[str], bool] = bool) -> dict[str, Source]:
    """The sources below a folder that are wanted, by their names there.

    Raises `DiagnosticError` with every one of them that cannot be read, and every name that is refused.
    """
    found: dict[str, Source] = {}
    with Collector() as problems:
        for name in names(tree, folder, problems):
            below = name.removeprefix(f"{folder}/")
            if wanted(below):
                with problems.catch():
                    found[below] = tree.read(name)
    return found


def names(tree: Tree, folder: str, problems: Collector) -> Iterator[str]:
    """The names below a folder, with a problem for each one that could be taken for something else.

    A name goes into messages, headers and logs, where a line break or an invisible character would let it say
    more than a name.
    """
    for name in tree.names(folder):
        if name.isprintable():
            yield name
        else:
            bad = next(c for c in name if not c.isprintable())
            message = f"the name of a file in {folder}/ holds the character U+{ord(bad):04X}"
            problems.add(
                Diagnostic(
                    "file/name", message, Source(name).span(), help="rename it, using plain characters"
                )
            )


def decode(name: str, raw: bytes, home: str = "") -> Source:
    """The text of a source, without a byte order mark and with `\\n` line breaks.

    Raises `DiagnosticError` for what is not UTF-8, is too large, or holds a character that gen reserves.
    """
    if len(raw) > bounds.TEXT:
        raise too_large(name, home)
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        readable = raw[: error.start].decode("utf-8-sig", "replace")
        source = Source(name, readable + "\ufffd", home=home)
        problem = Diagnostic(
            "file/not-utf-8", f"byte 0x{raw[error.start]:02x} is not valid UTF-8", source.span(len(readable))
        )
        raise DiagnosticError([problem]) from None
    source = Source(name, text, home=home)
    if match := RESERVED.search(text):
        problem = Diagnostic(
            "file/reserved", "a character that gen reserves for itself", source.span(match.start())
        )
        raise DiagnosticError([problem])
    return source


def too_large(name: str, home: str = "") -> DiagnosticError:
    """The error for a file beyond the bound of one text."""
    return unreadable(name, f"larger than {bounds.TEXT >> 20} MiB", home)


def unreadable(name: str, reason: str, home: str = "") -> DiagnosticError:
    """The error for a source that cannot be read."""
    problem = Diagnostic("file/unreadable", f"cannot read {name}: {reason}", Source(name, home=home).span())
    return DiagnosticError([problem])


def is_hidden(name: str) -> bool:
    """Whether a part of the name begins with a dot."""
    return name.startswith(".") or "/." in name
