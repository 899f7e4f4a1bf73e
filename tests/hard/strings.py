"""Strings that readers and writers of YAML get wrong: one list, the same on every run.

Each family is a product of few parts, so that a corner nobody thought of is likely among them.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

_WORDS = (
    "y n yes no on off true false null nil none ~ nan inf .nan .inf -.inf +.inf <<"
    " = undefined infinity NaN Inf t f 0 -0 +0 - + . .. ... _"
).split()

_DIGITS = (
    "0 00 01 07 08 09 0123 0777 0888 123 1_000 1__0 _1 1_ 0_ 1,000 1.0 1. .5 5. 0.0 00.5 1.2.3 1..2 0.1e1 "
    "1e3 1E3 1e+3 1e-3 1e 1e+ e3 .e3 1.e3 .5e3 1e400 1.5E-7 12e03 0e1 00e0 1234e56 9e9e9 1e1_0 "
    "0x 0x1F 0X1F 0xg 0x_1 0o17 0O17 0o8 0o_7 0b101 0B1 0b2 0b_1 1f 1d 0x1.8p3 1:2 1:2:3 12:30:45 190:20:30 "
    "12:30:45.5 1:60 01:02 60:60 1:2:3:4 9223372036854775807 9223372036854775808 18446744073709551616 "
    "123456789012345678901234567890 0.1234567890123456789 1/2 50% 1e3% 100m 1Gi 1e3Gi 0.5Ki 1k 1K ½ ٣ 1２"
).split()

_DATES = (
    "2001-01-01|2001-1-1|01-01-2001|2001-01-01T00:00:00Z|2001-01-01t00:00:00z|2001-01-01 00:00:00|2001-13-99|"
    "2001-01-01 1:2:3.4 +5|2001-12-14t21:59:43.10-05:00|0001-01-01|2001-01|2001-01-01x|20010101|12-30|"
    "2001-01-01 10:00|99999-01-01|2001-01-01T00:00:00.000000000+00:00"
).split("|")

_INDICATORS = "- ? : , [ ] { } # & * ! | > ' \" % @ ` \\ ~ = < $ ^ ( ) ; /".split()

_STRUCTURES = (
    "a: b|a:|: a|:a|a:b|a : b|a #b|a# b|#a|# a|- a|-a|--|---|--- a|...|... a|? a|?a|[a]|[a|{a: b}|{a|a]|a}|"
    "a, b|&a b|*a|!a|!!str a|!<x> a|!!python/object:os.system x|!!binary aGk=|!!int 1|%YAML 1.2|%TAG ! x|@a|"
    "`a`|'a'|\"a\"|'a|\"a|a'|a\"|it's|''|\"\"|\\|\\n|\\x00|\\u2028|a\\|a\\\"|>-|>+2|a >|<<|<<: *a|*|&|!|"
    "{{ x }}|{% raw %}|{# x #}|{{|}}|$(VAR)|${VAR}|$$|%s|%(a)s|{0}|{a.__class__}|%d%%|"
    "key: |key:\tvalue|a:\u00a0b|a\u2028b: c|- - -|? ? ?|: : :|[]|{}|[ ]|{ }|null,|~/path|/etc/passwd|C:|"
    "http://a.b/c?d=e#f|user@host|a=b|--flag=value|--flag=a:|-x|--x:|k8s.io/a|1.2.3.4|::1|[::1]:80|10.0.0.0/8|"
    "0.0.0.0:8500|sha256:0123|v1.0|1.0.0-rc.1|a.yaml|<html>|&amp;|a|b|0a|a0|a b|a  b|A|Ä|ß"
).split("|")

_CODES = (
    *range(0x20),
    *range(0x7F, 0xA1),
    *(0xAD, 0x600, 0x61C, 0x180E, 0x1680, 0x2000, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029),
    *(0x202A, 0x202E, 0x202F, 0x205F, 0x2060, 0x2066, 0x2069, 0x3000, 0xFEFF, 0xFFF9, 0xFFFD, 0xFFFE, 0xFFFF),
    *(0xD7FF, 0xE000, 0xFDD0, 0xFE0F, 0x1D173, 0x1F600, 0x1FFFE, 0x1FFFF, 0x2F800, 0xE0001, 0xE0100),
    *(0x10FDFF, 0x10FE0C, 0x10FFFD, 0x10FFFF, 0x301, 0x20DD, 0x5D0, 0x661, 0xFF21),
)

_LINES = (
    "",
    "a",
    " a",
    "a ",
    "\ta",
    "a\t",
    "#a",
    "- a",
    "k: v",
    "---",
    "...",
    "%a",
    "|",
    "a\r",
    "  ",
    "\u2028a",
)
_ENDS = ("", "\n", "\n\n", "\n \n", "\r\n", "\r", " ", "\t")

_PICTURES = (
    "👩‍👩‍👧‍👦|🏳️‍🌈|e\u0301|\u0301|Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴|שלום|\u202eabc|مرحبا|日本語|한국어|ﷺ|İ|ı|ſ|Ǆ|ﬁ|Å|\u212b|x\u20dd|🇦🇶|👍🏽|\U0001f1e6|"
    "ＦＵＬＬ|\u1100\u1161|\U00020000|\U000e0001a"
).split("|")


def corpus() -> list[str]:
    """Every string once, always in the same order."""
    return list(dict.fromkeys(_all()))


def _all() -> Iterator[str]:
    yield ""
    for word in _WORDS:
        yield from (word, word.upper(), word.title(), word.swapcase(), f" {word}", f"{word} ", f"{word}:")
    for number in _DIGITS:
        yield from (sign + number for sign in ("", "-", "+"))
        yield from (f"{number} ", f"{number}\n")
    yield from _DATES
    yield from _hashes()
    for mark in _INDICATORS:
        yield from (
            mark,
            mark * 2,
            mark * 3,
            f"{mark}a",
            f"{mark} a",
            f"a{mark}",
            f"a {mark}",
            f" {mark}",
            f"{mark} ",
        )
        yield from (f"a{mark}b", f"a {mark} b", f"{mark}1", f"1{mark}")
    yield from _STRUCTURES
    for code in _CODES:
        yield from (chr(code), f"a{chr(code)}", f"{chr(code)}a", f"a{chr(code)}b", f"a\n{chr(code)}b\n")
    for lines in itertools.product(_LINES, repeat=2):
        yield "\n".join(lines)
    for line, end in itertools.product(_LINES, _ENDS):
        yield from (f"{line}{end}", f"x\n{line}{end}", f"\n{line}{end}")
    yield from _PICTURES
    yield from _long()


def _hashes() -> Iterator[str]:
    """Short git hashes, half of which some reader takes for a number."""
    draw = random.Random(1)
    for length in (7, 8, 10):
        for _ in range(30):
            digits = "".join(draw.choices("0123456789", k=length))
            at = draw.randrange(1, length - 1)
            yield digits[:at] + "e" + digits[at + 1 :]
            yield "".join(draw.choices("0123456789abcdef", k=length))


def _long() -> Iterator[str]:
    for unit in (
        "a",
        "a ",
        " a",
        "é",
        "😀",
        "a\n",
        " ",
        "\n",
        "\t",
        "#",
        "- ",
        '"',
        "\\",
        "a: ",
        "\u2028",
        "0",
    ):
        yield from (unit * 81, unit * 1025, unit * 5000)
