"""The rules of every kind, without a cluster: valid objects are taken, and mistakes found where they are.

`tests/cluster/verdict/` asks a real API server about the same objects.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.core import paths
from generator.core.addresses import network, worldwide
from generator.core.checks import expressions, forms, kinds
from generator.core.checks.kinds.schedules import SCHEDULE, TIME_ZONE
from tests.cluster.verdict import judge
from tests.cluster.verdict.mistakes import HERE, VALID, Mistake, mistakes, verdicts

VERDICTS = HERE / "verdicts.txt"


@pytest.mark.parametrize("body", VALID, ids=lambda body: f"{body['kind']} {body['metadata']['name']}")
def test_valid_objects_are_taken(body: dict[str, object]) -> None:
    assert [(finding.rule, finding.path) for finding in judge.errors(body)] == []


@pytest.mark.parametrize("mistake", [*mistakes()], ids=lambda mistake: mistake.name)
def test_a_mistake_is_found_where_it_is(mistake: Mistake) -> None:
    first = judge.errors(mistake.body)[0]
    assert (first.rule, paths.show(first.path)) == (mistake.rule, mistake.field)
    assert first.message


@pytest.mark.parametrize(
    ("form", "right", "wrong"),
    [
        (forms.LABEL, ["a", "a-b", "1a", "a" * 63], ["", "A", "a.b", "-a", "a-", "a" * 64]),
        (forms.LABEL_1035, ["a", "a1"], ["1a", "a-"]),
        (forms.SUBDOMAIN, ["a", "a.b-c", "1.2"], ["a..b", "a.", "A", "a_b", "a" * 254]),
        (forms.QUALIFIED, ["A_b.c", "a.b/C", "a" * 63], ["a/b/c", "/a", "A.b/c", "a" * 64, "a b"]),
        (forms.ANNOTATION_KEY, ["Example.com/a"], ["a b", "a/b/c"]),
        (forms.LABEL_VALUE, ["", "1.0", "a_b"], ["a b", "-a", "a+b", "a" * 64]),
        (forms.PORT_NAME, ["http", "a-1"], ["8080", "a--b", "Http", "a" * 16]),
        (forms.ADDRESS, ["10.0.0.1", "::1", "010.0.0.1"], ["999.1.1.1", "10.0.0", "fe80::1%eth0", ""]),
        (forms.CIDR, ["10.0.0.5/8", "::/0"], ["10.0.0.0", "10.0.0.0/33", "::/129", "10.0.0.0/x"]),
        (forms.HOST_OR_WILDCARD, ["a.b", "*.a.b"], ["10.0.0.1", "*.*.a", "a:80", "A.b"]),
        (forms.HTTPS_URL, ["https://a", "HTTPS://a.b:1/c"], ["http://a", "https://u@a", "https://a?b", "a"]),
        (forms.BELOW, ["a/b", "..a", ""], ["/a", "../a", "a/../b", "a/.."]),
        (SCHEDULE, ["* * * * *", "*/5 3 * * MON-FRI", "0 0 1,15 jan ?", "@hourly", "@every 1h30m"],
                   ["* * * *", "60 * * * *", "* * * * 7", "*/0 * * * *", "5-1 * * * *", "@reboot"]),
        (TIME_ZONE, ["UTC", "Europe/Berlin", "Etc/GMT+5", "America/Argentina/Salta"],
                    ["", "Local", "Berlin", "CEST+2", "Europe/../Berlin"]),
    ],
)  # fmt: skip
def test_forms(form: forms.Form, right: list[str], wrong: list[str]) -> None:
    assert [text for text in right if not form.test(text)] == []
    assert [text for text in wrong if form.test(text)] == []


@pytest.mark.parametrize(
    ("expression", "wrong"),
    [
        ("object.spec.replicas <= 5 && has(object.metadata.labels)", ""),
        ("object.spec.containers.all(c, c.image.startsWith('a') || c.name in ['b'])", ""),
        ("object.spec.list.exists_one(i, x, x > i) ? params.max : -1", ""),
        ('{"a": 1, "b": [1, 2.5, 0x1F]}["a"] == 1 // done', ""),
        ("objekt.spec", "`objekt` is not declared"),
        ("object.spec object", "`object` follows `spec`"),
        ("(object.spec", "a `(` is never closed"),
        ("object.spec)", "a `)` without its `(`"),
        ("object.spec ==", "the expression ends with `==`"),
        ("object # 1", "`#` is not allowed at character 8"),
    ],
)
def test_expressions(expression: str, wrong: str) -> None:
    assert expressions.problem(expression)[0].startswith(wrong)
    assert bool(expressions.problem(expression)[0]) == bool(wrong)


@given(st.text())
def test_any_text_can_be_an_expression(text: str) -> None:
    expressions.problem(text)


@given(st.ip_addresses(), st.integers(0, 32))
def test_the_network_of_an_address_holds_it(address: object, length: int) -> None:
    found = network(f"{address}/{length}")
    assert found is not None
    assert address in found


@pytest.mark.parametrize(
    ("ranges", "everybody"),
    [
        (["0.0.0.0/0"], True),
        (["10.0.0.0/0"], True),
        (["0::/0"], True),
        (["0.0.0.0/1", "128.0.0.0/1"], True),
        (["64.0.0.0/2", "0.0.0.0/2"], True),
        (["203.0.113.0/24", "2001:db8::/32"], False),
        ([], False),
        (["nonsense"], False),
    ],
)
def test_ranges_that_let_everybody_in(ranges: list[str], everybody: bool) -> None:
    assert worldwide(ranges) is everybody


def test_mutations_are_refused_by_the_same_rules(update: bool) -> None:
    """A fault in a rule shows as a line that is missing, new or different; `--update` rewrites them."""
    lines = "".join(f"{line}\n" for line in verdicts())
    if update:
        VERDICTS.write_text(lines)
    assert lines == VERDICTS.read_text()


def test_every_rule_of_every_family_is_found_by_the_name_of_its_type() -> None:
    families = [path.stem for path in Path(kinds.__file__).parent.glob("*.py") if path.stem != "__init__"]
    tables = {name: getattr(import_module(f"{kinds.__name__}.{name}"), "RULES", {}) for name in families}
    assert sum(map(len, tables.values())) > 150
    for table in tables.values():
        for name, rules in table.items():
            assert kinds.rules(name) is rules, name
