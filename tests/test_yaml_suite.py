"""The official YAML test suite: what is taken equals the suite's JSON, what is an error is refused.

`tools/test_suites.py` says where the suite comes from.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.core import documents, nodes
from generator.diagnostics import DiagnosticError, Source

CASES: list[Any] = [
    json.loads(line) for line in (Path(__file__).parent / "suites/yaml.jsonl").read_text().splitlines()
]

# What the suite accepts and the reader refuses: the rule, the reason, and the cases.
REFUSED = {
    "yaml/ambiguous": (
        "YAML 1.1 and 1.2 read the value differently",
        """
        RZT7-0 U9NS-0
        """.split(),
    ),
    "yaml/directive": (
        "directives change how the rest is read",
        """
        27NA-0 5TYM-0 6CK3-0 6ZKB-0 9DXL-0 C4HZ-0 CC74-0 DK95-7 MUS6-2 MUS6-3
        MUS6-4 P76L-0 RTP8-0 U3C3-0 W4TN-0 Z9M4-0
        """.split(),
    ),
    "yaml/disputed": (
        "libyaml reads it otherwise than YAML 1.2 does",
        """
        2SXE-0 652Z-0 HM87-1 JEF9-1 L24T-1 Y2GN-0 Y79Y-2
        """.split(),
    ),
    "yaml/key": (
        "Kubernetes has only strings for keys",
        """
        4FJ6-0 6BFJ-0 6PBE-0 9MMW-0 DFF7-0 KK5P-0 LX3P-0 M2N8-1 M5DY-0 PW8X-0
        Q9WF-0 RZP5-0 SBG9-0 V9D5-0 X38W-0 XW4D-0
        """.split(),
    ),
    "yaml/syntax": (
        "libyaml reads YAML 1.1 and does not take it",
        """
        2JQS-0 2LFX-0 4ABK-0 4MUZ-0 4MUZ-1 4MUZ-2 58MP-0 5MUD-0 5T43-0 6LVF-0
        6M2F-0 7Z25-0 8XYN-0 9SA2-0 BEC7-0 CFD4-0 DBG4-0 DK3J-0 FP8R-0 FRK4-0
        HM87-0 HWV9-0 K3WX-0 M2N8-0 M7A3-0 MUS6-5 MUS6-6 NHX8-0 NJ66-0 NKF9-0
        QT73-0 S3PD-0 SM9W-1 UKK6-0 UT92-0 VJP3-1 W5VH-0
        """.split(),
    ),
    "yaml/tab": (
        "tabs are refused everywhere between tokens",
        """
        6BCT-0 6CA3-0 6HB6-0 96NN-0 96NN-1 A2M4-0 DC7X-0 DK95-0 DK95-3 DK95-4
        DK95-5 J3BT-0 K54U-0 Q5MG-0 R4YG-0 Y79Y-1 Y79Y-10
        """.split(),
    ),
    "yaml/tag": (
        "types follow from how a value is written; no tag is needed",
        """
        2AUY-0 2XXW-0 33X3-0 35KP-0 565N-0 57H4-0 6JWB-0 6WLZ-0 735Y-0 74H7-0
        7FWL-0 9KAX-0 9WXW-0 BU8L-0 CUP7-0 EHF6-0 F2C7-0 FH7J-0 J7PZ-0 L94M-0
        M5C3-0 UGM3-0 Z67P-0
        """.split(),
    ),
}
WITHOUT_JSON = {"2G84-3", "JEF9-2", "UKK6-2"}  # the suite says what the events are, and gives no data
RULES = {case: rule for rule, (_, cases) in REFUSED.items() for case in cases}


def read(text: str) -> list[Any]:
    source = Source("values/case.yaml", text)
    return [nodes.plain(root, source) for root in documents.parse(source)]


def data(text: str) -> list[Any]:
    """The documents of the suite's JSON, which stand one after the other."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        value, at = decoder.raw_decode(text, at)
        found.append(value)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_suite(case: Any) -> None:
    name, text, expected, is_error = case
    if is_error or name in RULES:
        with pytest.raises(DiagnosticError) as refused:
            read(text)
        assert is_error or refused.value.diagnostics[0].rule == RULES[name]
    elif name not in WITHOUT_JSON:
        assert read(text) == [document for document in data(expected) if document is not None]
