"""CEL expressions, as far as they can be judged without compiling them: words, brackets and known names.

Language: https://github.com/google/cel-spec/blob/master/doc/langdef.md. Types are left to the API server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from generator.core.nearest import did_you_mean

_TOKEN: Final = re.compile(
    r"""(?P<blank>[ \t\n\r\f]+|//[^\n]*)
    |(?P<text>[bBrR]{0,2}(?:\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))
    |(?P<number>0[xX][0-9a-fA-F]+[uU]?|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?[uU]?|\.[0-9]+)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*|`[^`\n]+`)
    |(?P<sign>\|\||&&|[=!<>]=|[-+*/%<>!?:.,()\[\]{}])""",
    re.VERBOSE | re.DOTALL,
)
_ROOTS: Final = ("object", "oldObject", "request", "params", "namespaceObject", "authorizer", "variables")
_TYPES: Final = (
    *("bool", "bytes", "double", "dyn", "duration", "int", "list", "map", "null_type", "string", "timestamp"),
    *(
        "type",
        "uint",
        "google",
        "math",
        "optional",
        "cel",
        "strings",
        "base64",
        "ip",
        "cidr",
        "quantity",
        "format",
    ),
    *("semver", "sets", "url", "lists", "Object", "JSONPatch", "jsonpatch", "kubernetes"),
)
_WORDS: Final = ("true", "false", "null", "in")
_MACROS: Final = (
    *("all", "exists", "exists_one", "existsOne", "map", "filter", "bind", "sortBy"),
    *("transformList", "transformMap", "transformMapEntry"),
)
_PAIRS: Final = {")": "(", "]": "[", "}": "{"}

Token = tuple[str, str]


def problem(text: str) -> tuple[str, str]:
    """What is wrong with an expression, and a hint; both are empty where nothing is seen to be wrong."""
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return f"`{text[at]}` is not allowed at character {at + 1} of an expression", ""
        if match.lastgroup != "blank":
            tokens.append((str(match.lastgroup), match[0]))
        at = match.end()
    return _structure(tokens) or _names(tokens) or ("", "")


def is_constant(text: str, kinds: tuple[str, ...]) -> bool:
    """Whether an expression is a single literal of one of these kinds: `number`, `text`."""
    match = _TOKEN.fullmatch(text.strip())
    return match is not None and match.lastgroup in kinds


def _structure(tokens: list[Token]) -> tuple[str, str] | None:
    open_brackets: list[str] = []
    for index, (kind, text) in enumerate(tokens):
        if text in ("(", "[", "{"):
            open_brackets.append(text)
        elif text in _PAIRS and (not open_brackets or open_brackets.pop() != _PAIRS[text]):
            return f"a `{text}` without its `{_PAIRS[text]}`", ""
        if index and _is_operand(*tokens[index - 1], ends=True) and _is_operand(kind, text, ends=False):
            return f"`{text}` follows `{tokens[index - 1][1]}` without an operator between them", ""
    if open_brackets:
        return f"a `{open_brackets[-1]}` is never closed", ""
    if tokens and tokens[-1][0] == "sign" and tokens[-1][1] not in _PAIRS:
        return f"the expression ends with `{tokens[-1][1]}`", ""
    return None


def _is_operand(kind: str, text: str, ends: bool) -> bool:
    if text == "in":
        return False
    return kind in ("text", "number", "name") or (ends and text in _PAIRS)


def _names(tokens: list[Token]) -> tuple[str, str] | None:
    known = {*_ROOTS, *_TYPES, *_WORDS, *_bound(tokens)}
    for index, (kind, text) in enumerate(tokens):
        before = tokens[index - 1][1] if index else ""
        after = tokens[index + 1][1] if index + 1 < len(tokens) else ""
        if kind == "name" and before != "." and after not in ("(", ":", "{") and text not in known:
            return f"`{text}` is not declared", did_you_mean(text, list(_ROOTS))
    return None


def _bound(tokens: list[Token]) -> Iterator[str]:
    """The variables that macros bind: `x` in `list.all(x, …)`, both in `list.all(i, x, …)`."""
    for index, (_, text) in enumerate(tokens):
        if text in _MACROS and index + 1 < len(tokens) and tokens[index + 1][1] == "(":
            for name in (index + 2, index + 4):
                if name + 1 < len(tokens) and tokens[name][0] == "name" and tokens[name + 1][1] == ",":
                    yield tokens[name][1]
