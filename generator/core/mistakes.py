"""What a person most likely did, where YAML as such only says that it cannot go on."""

from __future__ import annotations

import re
from typing import Final

from generator.core.nodes import Located
from generator.diagnostics import Diagnostic

_CONFLICT: Final = re.compile(r"^(<{7}|={7}|>{7}|\|{7})( .*)?$", re.MULTILINE)
_BLANK: Final = re.compile("[\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000]")  # look like blanks
_JOINED: Final = re.compile(r"[ ]*(?:- )?([A-Za-z_][\w.-]*):([^\s:/][^\n]*)")
_OPEN_QUOTE: Final = re.compile(r"[^\n]*?(?:: |- )([\"'])[^\n]*")


def conflict(source: Located) -> Diagnostic | None:
    """The finding that git left its marks in a file."""
    if "<<<<<<<" not in source.text or (match := _CONFLICT.search(source.text)) is None:
        return None
    return Diagnostic(
        "yaml/conflict",
        "a merge conflict is not resolved",
        source.span(match.start(), match.end()),
        help="decide between the two sides, and remove the lines that git marked",
    )


def explain(source: Located, at: int, context: int | None) -> Diagnostic | None:
    """What is behind an error of syntax at an offset, in a construct that began at `context`."""
    text = source.text
    first = text.rfind("\n", 0, min(at, at if context is None else context)) + 1
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    before = text.rfind("\n", 0, max(first - 1, 0)) + 1  # libyaml may notice on the next line only
    if match := _BLANK.search(text, before, end):
        return Diagnostic(
            "yaml/blank",
            f"the character U+{ord(match[0]):04X} looks like a space but is not one",
            source.span(match.start(), match.end()),
            help="replace it with an ordinary space",
        )
    if context is not None and text[context : context + 1] in ("'", '"') and text[context:end].strip():
        return Diagnostic(
            "yaml/quote",
            "the quote that begins here is not closed",
            source.span(context, context + 1),
            help="close it with ', or write '' for a quote inside the text"
            if text[context] == "'"
            else 'close it with ", or write \\" for a quote inside the text',
        )
    return _on_line(source, first, text[first : _end(text, first)]) or _on_line(
        source, text.rfind("\n", 0, at) + 1, text[text.rfind("\n", 0, at) + 1 : end]
    )


def joined(text: str) -> str:
    """What to write for `key:value` with no blank in it, or nothing where that is not what it looks like."""
    match = _JOINED.fullmatch(text)
    return f"write `{match[1]}: {match[2].strip()}`" if match else ""


def _on_line(source: Located, start: int, line: str) -> Diagnostic | None:
    """What is wrong with one line, as far as it is seen there."""
    if (hint := joined(line)) and "\n" not in line:
        colon = start + line.index(":")
        message = "a space is missing after the colon"
        return Diagnostic("yaml/colon", message, source.span(colon, colon + 1), help=hint)
    if (match := _OPEN_QUOTE.fullmatch(line)) and line.count(match[1]) % 2:
        quote = start + match.start(1)
        return Diagnostic(
            "yaml/quote",
            "the quote that begins here is not closed on its line",
            source.span(quote, quote + 1),
            help=f"close it with {match[1]}",
        )
    return None


def _end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end
