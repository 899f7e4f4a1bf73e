"""What people write who know Helm's or Ansible's templates, and what is written here instead."""

from __future__ import annotations

import re
from typing import Final

_QUOTES: Final = 'values need no quotes; where one has to be a string, write "{{ … }}"'
_YAML: Final = "write the value by itself: `key: {{ value }}`; as text in a block it is `| toyaml`"
_INDENT: Final = "captured text takes the indentation of its line: write `{{ macro() }}` on a line of its own"
_REGEX: Final = "there are no regular expressions; `| replace(old, new)` replaces text"
_REQUIRED: Final = "a name that is not defined is an error already; require the value in the schema"
_IMPORT: Final = 'import macros: `{% import "_names.j2" as names with context %}`, and call them'
_ARGUMENTS: Final = 'arguments of a filter go in parentheses: `| default("x")`'
_RELEASE: Final = "there is no release and no chart: write `environment.name`, or set a value"
_ENVIRONMENT: Final = "the name of the environment is `environment.name`"
_STATEMENT: Final = (
    "statements are written in `{% … %}`: `{% if x %}`, `{% for item in list %}`, `{% endif %}`"
)
_CLUSTER: Final = "templates see the values and nothing else: no cluster, host, clock or environment variable"

FILTERS: Final[dict[str, str]] = {
    **dict.fromkeys(("quote", "squote"), _QUOTES),
    **dict.fromkeys(("to_yaml", "to_nice_yaml", "toYaml", "toYamlPretty"), _YAML),
    **dict.fromkeys(("to_json", "toJson", "toRawJson"), "JSON text is `| tojson`"),
    **dict.fromkeys(("to_nice_json", "toPrettyJson"), "JSON text on several lines is `| tojson(indent=2)`"),
    **dict.fromkeys(("from_yaml", "from_json", "fromYaml", "fromJson"), "write the data into the values"),
    "nindent": _INDENT,
    "ternary": "write `a if condition else b`",
    **dict.fromkeys(("regex_replace", "regex_search", "regex_findall", "regexReplaceAll"), _REGEX),
    **dict.fromkeys(("mandatory", "required"), _REQUIRED),
    **dict.fromkeys(("b64enc", "b64"), "use `b64encode`"),
    "b64dec": "use `b64decode`",
    **dict.fromkeys(
        ("sha256sum", "hash", "sha1", "md5", "checksum"), "use `sha256`, or `digest` for ten letters"
    ),
    **dict.fromkeys(
        ("trunc", "truncate"), "`| short(63)` cuts a name and keeps it unique; `text[:63]` only cuts"
    ),
    "trimSuffix": 'write `text.removesuffix("-")`',
    "trimPrefix": 'write `text.removeprefix("-")`',
    "trimAll": 'write `| trim("-")`',
    **dict.fromkeys(("dict2items", "dictitems"), "write `| dictsort`, or `| items` in the order of the file"),
    "items2dict": "build a mapping with `| combine`",
    **dict.fromkeys(("coalesce", "empty"), "write `a | default(b)`, or `a or b`"),
    "toString": "use `string`",
    **dict.fromkeys(("int64", "atoi"), "use `int`"),
    "float64": "use `float`",
    "flatten": "add lists with `+`",
    **dict.fromkeys(("format", "printf"), "concatenate strings with `~`"),
    **dict.fromkeys(("merge", "mustMerge", "mergeOverwrite"), "use `combine`; the later mapping counts"),
    "hasKey": "write `key in mapping`",
    **dict.fromkeys(("pluck", "dig"), "write `a.b.c | default(x)`"),
    "bool": 'compare it: `x == "true"`, or make it a boolean in the schema',
    **dict.fromkeys(("escape", "e", "forceescape"), _QUOTES),
}

NAMES: Final[dict[str, str]] = {
    "Values": "values have no prefix: write `{{ image.tag }}`",
    "values": "values have no prefix: write `{{ image.tag }}`",
    **dict.fromkeys(("Release", "Chart", "Template"), _RELEASE),
    **dict.fromkeys(
        ("Capabilities", "Files", "lookup", "query", "hostvars", "ansible_facts", "groups"), _CLUSTER
    ),
    **dict.fromkeys(("inventory_hostname", "now", "ansible_env", "random"), _CLUSTER),
    **dict.fromkeys(("env", "env_name", "environment_name"), _ENVIRONMENT),
    **dict.fromkeys(
        ("include", "template", "tpl"), 'import macros: `{% import "_names.j2" as names with context %}`'
    ),
    **dict.fromkeys(("if", "end", "range", "with", "else", "define", "block"), _STATEMENT),
    **dict.fromkeys(("quote", "squote"), _QUOTES),
    **dict.fromkeys(("toYaml", "to_yaml"), _YAML),
    **dict.fromkeys(("required", "fail"), _REQUIRED),
    "printf": "concatenate strings with `~`",
    "omit": "leave the line out: `{% if x is defined %} … {% endif %}`",
    "item": "name it: `{% for item in list %}`",
    "vars": "values have no prefix: write `{{ image.tag }}`",
}

# What stands in a tag that is no Jinja at all, most telling first.
_SYNTAX: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"\{\{-?\s*/\*"), "a comment is written `{# … #}`"),
    (re.compile(r"\{\{-?\s*(if|else|end|range|with|define|block)\b"), _STATEMENT),
    (re.compile(r"\{\{-?\s*(include|template|tpl)\b"), _IMPORT),
    (re.compile(r"\{[{%]-?[^}]*\|\s*nindent\b"), _INDENT),
    (re.compile(r"\{[{%]-?[^}]*\.Values\b"), NAMES["Values"]),
    (re.compile(r"\{[{%]-?[^}]*\.(Release|Chart|Template)\b"), _RELEASE),
    (re.compile(r"\{[{%]-?[^}]*\.(Capabilities|Files)\b"), _CLUSTER),
    (re.compile(r"\{[{%]-?[^}]*\$\w*"), "names are assigned with `{% set name = value %}`, and has no `$`"),
    (re.compile(r"\{[{%]-?[^}]*\b(quote|squote)\b"), _QUOTES),
    (re.compile(r"\{[{%]-?[^}]*\b(toYaml|to_yaml)\b"), _YAML),
    (
        re.compile(r"\{[{%]-?[^}]*\|\s*\w+\s+[\"'\w]"),
        'arguments of a filter go in parentheses: `| default("x")`',
    ),
    (re.compile(r"\{[{%]-?\s*\w+\s+[\"'.\w]"), "calls have parentheses: `{{ macro(argument) }}`"),
    (re.compile(r"\{[{%]-?[^}]*[\s(]\.\w"), NAMES["Values"]),
)


def of_syntax(line: str) -> str:
    """What to write instead of the tags in a line that does not parse; nothing where they are not known."""
    return next((help for pattern, help in _SYNTAX if pattern.search(line)), "")
