"""Which plain scalars every YAML reader agrees on; the reader refuses the others, the writer quotes them.

Compared are YAML 1.1 as PyYAML and kubectl's parser read it, and the YAML 1.2 core schema
(https://yaml.org/spec/1.2.2/#103-core-schema). They differ on `yes`, `0123`, `1e3`, `12:30:45`, `1_000`,
`0o17`, `2001-01-01` and more, which turns a short git hash or a country code into a number or a boolean.
"""

from __future__ import annotations

import re
from typing import Any, Final

from generator.core import bounds


class Ambiguous(Exception):
    """Readers disagree on a plain scalar, or it stands for no JSON value."""


_WORDS: Final[dict[str, bool | None]] = dict.fromkeys(("", "~", "null", "Null", "NULL"), None)
_WORDS.update(dict.fromkeys(("true", "True", "TRUE"), True))
_WORDS.update(dict.fromkeys(("false", "False", "FALSE"), False))
_DISPUTED_WORDS: Final = frozenset(
    form for word in ("y", "n", "yes", "no", "on", "off") for form in (word, word.title(), word.upper())
) | {"=", "<<"}

_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"(?:[-+]?[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+][0-9]+)?")

# Everything that at least one reader takes for a number, a date or a time.
_NUMBER_LIKE: Final = re.compile(
    r"""[-+]?(?: [0-9][0-9_]* | 0b[01_]+ | 0o[0-7_]+ | 0x[0-9a-fA-F_]+
               | (?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9_]+)(?:[eE][-+]?[0-9]+)?
               | [0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?
               | \.(?:inf|Inf|INF) )
      | \.(?:nan|NaN|NAN)
      | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9].*)?""",
    re.VERBOSE | re.DOTALL,
)

_LETTERS_FIRST: Final = re.compile(r"[A-Za-z/_][A-Za-z0-9_./@%+=,:()-]*(?: [A-Za-z0-9_./@%+=,:()-]+)*")
_QUANTITY: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:m|k|[MGTP]|[KMGTPE]i|%)")
_FLAG: Final = re.compile(r"--[a-z][a-z0-9_-]*(?:=[A-Za-z0-9_./:,-]*[A-Za-z0-9_./,-])?")
_COLON: Final = re.compile(r":(?: |$)")


def resolve(text: str) -> str | int | float | bool | None:
    """The value of a plain scalar that all readers agree on.

    Raises `Ambiguous` where they do not, or where the value has no JSON form (infinity, not-a-number, an
    integer beyond 64 bits).
    """
    if text in _WORDS:
        return _WORDS[text]
    if text in _DISPUTED_WORDS:
        raise Ambiguous(text)
    if not _NUMBER_LIKE.fullmatch(text):
        return text
    if _INTEGER.fullmatch(text):
        number = int(text, 0) if len(text) < bounds.DIGITS else 1 << 64
        if -(1 << 63) <= number < 1 << 63:
            return number
    elif _FLOAT.fullmatch(text) and abs(real := float(text)) != float("inf"):
        return real
    raise Ambiguous(text)


def is_plain(text: str) -> bool:
    """Whether a string may be written without quotes: every reader takes it for this very string.

    Deliberately narrow. What starts with a letter is no number to anybody, so that only the words are left;
    quantities (`512Mi`) and command-line flags are let through because people read them often.
    """
    if _LETTERS_FIRST.fullmatch(text):
        return text not in _WORDS and text not in _DISPUTED_WORDS and not _COLON.search(text)
    return bool(_QUANTITY.fullmatch(text) or _FLAG.fullmatch(text))


def readings(text: str) -> tuple[str, str]:
    """How YAML 1.1 and YAML 1.2 read a disputed plain scalar, as sentences for a person."""
    return f"YAML 1.1 reads {_shown(_yaml_1_1(text))}", f"YAML 1.2 reads {_shown(_yaml_1_2(text))}"


def _yaml_1_1(text: str) -> Any:
    import yaml

    if text in "yYnN":  # kubectl's parser follows the letter of YAML 1.1 here, PyYAML does not
        return text in "yY"
    try:
        return yaml.safe_load(text) if text not in ("=", "<<") else "a special key"
    except (yaml.YAMLError, ValueError):
        return "nothing, it fails"


def _yaml_1_2(text: str) -> Any:
    if re.fullmatch(r"[-+]?[0-9]+", text):
        return int(text) if len(text) < bounds.DIGITS else "an integer beyond 64 bits"
    if re.fullmatch(r"0o[0-7]+|0x[0-9a-fA-F]+", text):
        return int(text, 0)
    if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", text):
        return float(text)
    return float(text.replace(".", "")) if re.fullmatch(r"[-+]?\.(?i:inf|nan)", text) else text


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {value}"
    return f"the string {value!r}" if isinstance(value, str) else f"the date or time {value}"
