"""Expressions and templates: what they can say, what they refuse, and what they do with missing facts."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.errors import SourceError
from knowledge.playbooks import Branch, Engine, ExpressionError, FollowUp, Playbook, Step, UnfilledVariable, as_scope
from tests.knowledge.playbooks.contract import changed, facts, usd

ENGINE = Engine("America/New_York")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("not order", False),
        ("order.pending or order.delivered", True),
        ("shipment.days_since_delivered < 2", False),
        ("order.total == items_value and order.left_to_refund > refund.amount", True),
        ("order.stage in ['shipped', 'delivered']", True),
        ("order.age_days > policy.handling_days + 4", True),
        ("(items | first).title", "Canvas tote"),
        ("items | length", 2),
        ("order.payment_label is none", False),
        ("'gift' if order.is_replacement else 'order'", "order"),
        ("items | each('title')", ["Canvas tote", "Row cardigan"]),
        ("order.left_to_refund", usd("84.00")),
    ],
)
def test_an_expression_has_the_value_it_says(expression: str, value: object) -> None:
    assert ENGINE.evaluate(expression, facts()) == value


def test_a_comparison_with_something_unknown_is_false() -> None:
    scope = changed({"shipment": None, "item": None, "order.delivered_at": None})
    for condition in ("shipment.delivered", "shipment.days_since_delivered < 2", "order.delivered_at > today"):
        assert not ENGINE.evaluate(condition, scope)
    assert not ENGINE.evaluate("item.days_left <= 3", scope)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("order.nmber", "order has no field nmber; did you mean number?"),
        ("odrer.number", "odrer is not among the facts of this case"),
        ("not odrer", "odrer is not among the facts of this case"),
        ("odrer is none", "odrer is not among the facts of this case"),
        ("odrer", "odrer is not among the facts of this case"),
        ("order.number if order.pending", "a choice without `else` has no value here"),
        ("order.total - none", "order.total - none: "),
        ("order.total - 1", "order.total - 1: "),
        ("order.number.upper", "upper cannot be read: its owner is a plain value"),
        ("order.total > 30", "cannot be compared: they are not the same kind of value"),
        ("order.total > 30.5", "a number with decimals is not allowed"),
        ("1 < order.age_days < 9", "write `a < b and b < c`"),
        ("order['number']", "indexes are not allowed"),
        ("'x' * 999999999", "Mul is not part of the playbook language"),
        ("10 ** 10", "Pow is not part of the playbook language"),
        ("range(1000000000)", "calls are not allowed"),
        ("().__class__.__bases__", "a field can only be read from a named object"),
        ("order.__class__", "names that begin with _ are not allowed"),
        ("order | attr('__class__')", "unknown filter attr"),
        ("order | map(attribute='__class__')", "unknown filter map"),
        ("items | each('__class__')", "names that begin with _ are not allowed"),
        ("self.__init__", "names that begin with _"),
        ("cycler.next", "cycler is not among the facts"),
        ("order and", "syntax"),
        ("order order", "something follows the end of the expression"),
        ("", "syntax"),
        ("(" * 400 + "1" + ")" * 90, ""),
        ("x" * 501, "longer than 500 characters"),
    ],
)
def test_a_wrong_or_hostile_expression_is_refused_in_plain_words(expression: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        ENGINE.evaluate(expression, facts())
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "#1042: $84.00, Tuesday, October 27, Canvas tote and Row cardigan, United States"),
        ("es", "#1042: 84,00 US$, martes 27 de octubre, Canvas tote y Row cardigan, Estados Unidos"),
        ("fr", "#1042: 84,00 $US, mardi 27 octobre, Canvas tote et Row cardigan, États-Unis"),
        ("de", "#1042: 84,00 $, Dienstag, 27. Oktober, Canvas tote und Row cardigan, Vereinigte Staaten"),
    ],
)
def test_facts_are_written_as_the_customer_writes_them(language: str, expected: str) -> None:
    template = (
        "{{ order.number }}: {{ order.total | money }}, {{ order.placed_at | date_day }}, "
        "{{ items | each('title') | listing }}, {{ order.shipping_country | country }}"
    )
    assert ENGINE.render(template, facts(), language) == expected


def test_a_date_is_the_shops_and_has_its_year_when_that_is_another() -> None:
    late = datetime(2026, 11, 4, 3, tzinfo=UTC)
    scope = changed({"order.placed_at": late, "order.delivered_at": datetime(2025, 12, 1, 12, tzinfo=UTC)})
    assert ENGINE.render("{{ order.placed_at | date }}", scope, "en") == "November 3"
    assert ENGINE.render("{{ order.delivered_at | date }}", scope, "en") == "December 1, 2025"
    assert ENGINE.render("{{ order.delivered_at | date }}", scope, "es") == "1 de diciembre de 2025"
    assert ENGINE.render("{{ order.delivered_at | date }}", scope, "fr") == "1er décembre 2025"
    assert ENGINE.render("{{ order.delivered_at | date }}", scope, "de") == "1. Dezember 2025"
    assert ENGINE.render("{{ order.placed_at | time }}", scope, "de") == "22:00"


@pytest.mark.system("A14")
@pytest.mark.parametrize(
    ("template", "variable"),
    [
        ("On {{ shipment.estimated_delivery | date }}.", "shipment.estimated_delivery"),
        ("By {{ shipment.carrier }}.", "shipment.carrier"),
        ("You get {{ claimed_amount | money }}.", "claimed_amount"),
        ("{% for i in items %}{{ i.title }}, {{ i.sku }}{% endfor %}", "i.sku"),
        ("{{ items | each('sku') | listing }}", "sku"),
        ("{{ alternatives_in_stock | listing }}", "a list"),
        ("{{ item.title }}", "item.title"),
    ],
)
def test_a_template_with_an_unfilled_variable_is_refused(template: str, variable: str) -> None:
    scope = changed(
        {
            "shipment.estimated_delivery": None, "shipment.carrier": "", "claimed_amount": None, "item": None,
            "items": [{"title": "A", "sku": None}], "alternatives_in_stock": [],
        }
    )  # fmt: skip
    with pytest.raises(UnfilledVariable) as caught:
        ENGINE.render(template, scope, "en")
    assert caught.value.variable == variable
    assert f"unfilled variable: {variable}" in str(caught.value)


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ order }}", "order cannot be printed: name one of its fields"),
        ("{{ order.delivered }}", "True cannot be printed"),
        ("{{ order.number | money }}", "| money needs an amount"),
        ("{{ order.number | date }}", "| date and | time need a time"),
        ("{{ items | listing }}", "add `| each('title')` before it"),
        ("{{ order.number | country }}", "'#1042' is not a country code"),
        ("{{ order.total | number }}", "| number needs a whole number"),
        ("{{ nothing_here }}", "nothing_here"),
        ("{% if nothing_here %}x{% endif %}", "nothing_here"),
        ("{% set x = 1 %}", "{% set %} is not allowed"),
        ("{% import 'os' as os %}", "{% import %} is not allowed"),
        ("{% include '/etc/passwd' %}", "{% include %} is not allowed"),
        ("{% extends 'x' %}", "{% extends %} is not allowed"),
        ("{% macro x() %}{% endmacro %}", "{% macro %} is not allowed"),
        ("{% for i in range(999999) %}x{% endfor %}", "write a loop as {% for x in list %}"),
        ("{% for i in items %}{% for j in items %}x{% endfor %}{% endfor %}", "a loop inside a loop"),
        ("{% for i in items recursive %}{% endfor %}", "write a loop as"),
        ("{% for i in items %}{{ loop.cycle }}{% endfor %}", "loop.cycle is not allowed"),
        ("{{ 'x'.format }}", "a field can only be read from a named object"),
        ("{{ order.number", "syntax"),
        ("x" * 8001, "longer than 8000 characters"),
        ("{{ " + "9" * 5000 + " }}", "a number that is too large"),
    ],
)
def test_a_wrong_or_hostile_template_is_refused_in_plain_words(template: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        ENGINE.render(template, facts(), "en")
    assert message in str(caught.value)


PIECES = [
    *"order items . number __class__ [0] ( ) | first each('title') {{ }} {% %} if else endif for in endfor not".split(),
    *"and < == 1 'a' + - * ~ loop set money date today 1e999 : , import none is #} {# x =".split(),
    " ",
    "\n",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_nothing_but_our_own_errors_comes_out(source: str) -> None:
    scope = as_scope(facts())
    for attempt in (lambda: ENGINE.render(source, scope, "en"), lambda: ENGINE.evaluate(source, scope)):
        with suppress(ExpressionError):
            attempt()


def test_lines_are_reflowed_and_lists_kept() -> None:
    template = """
    One line
    goes on{% if order %} here{% endif %}
    and on.

    {% if order %}
    A list:

    {% for each_item in items %}
    {% if loop.index <= 5 %}
    - {{ each_item.title }}
    {% endif %}
    {% endfor %}
    {% endif %}

    The end.
    """
    assert ENGINE.render(template, facts(), "en") == (
        "One line goes on here and on.\n\nA list:\n\n- Canvas tote\n- Row cardigan\n\nThe end."
    )


def test_a_follow_up_falls_on_a_working_day_and_the_text_names_it() -> None:
    friday = FollowUp(in_days=4, text="look")
    assert ENGINE.due(friday, facts()).strftime("%A %d") == "Friday 20"
    for days in (5, 6, 7):
        assert ENGINE.due(FollowUp(in_days=days, text="look"), facts()).strftime("%A %d") == "Monday 23"
    assert ENGINE.render("By {{ follow_up.at | date_day }}.", facts(), "en", friday) == "By Friday, November 20."
    with pytest.raises(ExpressionError, match="follow_up is not among the facts"):
        ENGINE.render("By {{ follow_up.at | date_day }}.", facts(), "en")


def test_nothing_is_due_on_a_holiday() -> None:
    """Thanksgiving 2026 is ten days after the sample's today; a Friday off moves past the weekend."""
    look, today = FollowUp(in_days=10, text="look"), facts()
    assert ENGINE.due(look, today).strftime("%A %d") == "Thursday 26"
    for holidays, day in (([26], "Friday 27"), ([26, 27], "Monday 30"), ([25], "Thursday 26")):
        engine = Engine("America/New_York", [date(2026, 11, each) for each in holidays])
        assert engine.due(look, today).strftime("%A %d") == day
        assert engine.render("{{ follow_up.at | date }}", today, "en", look) == f"November {day.split()[1]}"


def test_the_first_matching_branch_applies_and_a_steps_arguments_are_computed() -> None:
    playbook = Playbook(
        intent="x", version=1, title="X", queue="general", needs_identity=False,
        branches=(Branch(name="a", when="not order", reply="r"), Branch(name="b", reply="r")),
    )  # fmt: skip
    assert ENGINE.choose(playbook, facts()).name == "b"
    assert ENGINE.choose(playbook, changed({"order": None})).name == "a"
    step = Step.model_validate(
        {"refund_order": {"amount": "order.left_to_refund", "shipping": True, "reason": "'late'"}}
    )
    assert ENGINE.arguments(step, facts()) == {"amount": usd("84.00"), "shipping": True, "reason": "late"}


def test_an_unknown_zone_or_language_is_said() -> None:
    with pytest.raises(SourceError, match="is not a time zone"):
        Engine("Atlantis")
    with pytest.raises(ExpressionError, match="is not a language"):
        ENGINE.render("{{ order.total | money }}", facts(), "xx-nope")


def test_a_passage_with_a_condition_is_cited_only_where_it_holds() -> None:
    branch = Branch.model_validate({"name": "a", "reply": "r", "cites": ["returns#window", {"refunds#x": "order"}]})
    playbook = Playbook(
        intent="x", version=1, title="X", queue="general", needs_identity=False, branches=(branch,), cites=("a#b",)
    )
    assert playbook.citations(branch) == ("a#b", "returns#window", "refunds#x")
    assert ENGINE.citations(playbook, branch, facts()) == ("a#b", "returns#window", "refunds#x")
    assert ENGINE.citations(playbook, branch, changed({"order": None})) == ("a#b", "returns#window")
    assert Playbook.model_validate_json(playbook.model_dump_json()) == playbook
