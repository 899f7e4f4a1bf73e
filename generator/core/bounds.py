"""How much one input may ask for. Beyond these a project is broken or hostile, and gets a clear error."""

from __future__ import annotations

from typing import Final

NESTING: Final = 100  # levels of mappings and lists in one document
NODES: Final = 1_000_000  # nodes of one document, aliases expanded
DIGITS: Final = 400  # characters of a number
STEPS: Final = 2_000_000  # look-ups, loop rounds and outputs of one template
DEFINITIONS: Final = 64 << 20  # characters of all CustomResourceDefinitions that a project names
TEXT: Final = 16 << 20  # characters that one template or one expression may make
WEIGHT: Final = 10_000_000  # entries, and every four characters, of all that one template makes or compares
TOKENS: Final = 100_000  # words and signs inside the tags of one template
RANGE: Final = 100_000  # numbers that `range` may give
FILES: Final = 200_000  # files and folders below one folder of a project
TREE: Final = 256 << 20  # bytes of all files below one folder of a project in a git revision
SUBSCHEMAS: Final = 10_000  # subschemas of one project
PATTERNS: Final = 300  # different patterns of one project's schema
PATTERN_SIZE: Final = 1 << 20  # bytes of one compiled pattern
EVALUATIONS: Final = 5_000_000  # keywords that a validation looks at, each use of a `$ref` counted
EXPLAINED: Final = 20_000_000  # the same times the size of each value: beyond, only one error is shown
DEFAULTS: Final = 100_000  # defaults that are filled into one environment
ERRORS: Final = 100  # problems listed of one file, and of values against their schema
