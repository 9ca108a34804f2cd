"""Every capability that the product claims has its acceptance test in the suite, under the row's ID."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
ROWS = frozenset(
    [
        *(f"A{number}" for number in (*range(1, 18), 19, 20)),
        *(f"B{number}" for number in (*range(1, 16), 17)),
        *("L10", "L12", "L13"),
        *("N1", "N2", "N3", "N8", "N11", "N12", "N13", "N14"),
        *(f"U{number}" for number in (*range(1, 12), 13, 16)),
    ]
)
WHOLE = ("journeys", "server", "soak")
"""Folders whose tests run the whole product, or the whole of what a row is about."""


def rows_of(decorators: list[ast.expr]) -> Iterator[str]:
    """The rows that a list of marks names; those of soak runs do not count, they are not part of every run."""
    said = [ast.unparse(decorator) for decorator in decorators]
    if not any("mark.soak" in mark or "mark.skip" in mark for mark in said):
        for mark in said:
            yield from re.findall(r"mark\.system\('([A-Z]\d+)'\)", mark)


def marked(path: Path) -> Iterator[tuple[str, str]]:
    """(row, test) for every test of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    shared = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["pytestmark"]
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            for row in rows_of([*node.decorator_list, *shared]):
                yield row, f"{path.relative_to(TESTS)}::{node.name}"


def found() -> dict[str, list[str]]:
    """Every row that is marked anywhere, with its tests."""
    tests: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(TESTS.rglob("test_*.py")):
        for row, test in marked(path):
            tests[row].append(test)
    return dict(tests)


def test_every_row_has_an_acceptance_test() -> None:
    assert sorted(ROWS - found().keys()) == []


def test_a_row_about_the_whole_product_is_tested_through_the_whole_product() -> None:
    """Parts that work are not yet a product: rows of tickets and of policy need a journey, besides unit tests."""
    alone = {
        row for row, tests in found().items() if row[0] in "AB" and not any(test.startswith(WHOLE) for test in tests)
    }
    assert sorted(alone & ROWS - {"B1"}) == []


def test_what_is_looked_for_is_really_found() -> None:
    source = (
        "import pytest\n"
        "@pytest.mark.system('Z1')\ndef test_a():\n    pass\n"
        "@pytest.mark.soak\n@pytest.mark.system('Z2')\ndef test_b():\n    pass\n"
        "@pytest.mark.system('Z3')\ndef no_test():\n    pass\n"
    )
    tree = ast.parse(source)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    assert [list(rows_of(function.decorator_list)) for function in functions] == [["Z1"], []]
