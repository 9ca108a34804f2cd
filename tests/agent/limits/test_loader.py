"""Mistakes in limits.yaml: each is named with its line, its column and what to do; nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.limits import LimitsError, load_limits, read_limits, shipped_limits

TEXT = shipped_limits().read_text()


def error_of(path: Path, content: str | bytes) -> LimitsError:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(LimitsError) as caught:
        load_limits(path)
    return caught.value


def changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def place_of(text: str) -> tuple[int, int]:
    """Line and column of the first `¶` in a text; the mark stands right before the mistake."""
    before = text[: text.index("¶")]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


MISTAKES = [  # the sign ¶ stands where the mistake is to be shown
    ("agent: {each: 50.00 USD", "agent: {each: ¶50.00", 'such as "39.00 USD"'),
    ("agent: {each: 50.00 USD", "agent: {each: ¶50", 'such as "39.00 USD"'),
    ("agent: {each: 50.00 USD", "agent: {each: ¶50.001 USD", "more digits than USD has"),
    ("agent: {each: 50.00 USD", "agent: {each: ¶plenty", "is not money"),
    ("agent: {each: 50.00 USD", "agent: {¶eech: 50.00 USD", 'unknown key "eech"; did you mean "each"?'),
    ("agent: {each: 50.00 USD", "agent: {each: ¶50.00 EUR", "50.00 EUR is not in USD"),
    ("agent: {each: 50.00 USD", "agent: {each: ¶-1.00 USD", "-1.00 USD is below zero"),
    ("lead: {each: 300.00 USD", "lead: {each: ¶30.00 USD", "lead may give less than agent"),
    ("viewer: {}", "viewer: ¶{each: 1.00 USD}", "a viewer only looks"),
    ("viewer: {}", "viewer: {}\n  ¶manager: {}", 'unknown key "manager"'),
    ("role: lead, email", "role: ¶laed, email", '"laed" is not known here; did you mean "lead"?'),
    ("- {id: sam, name", "- ¶{id: noor, name", '"noor" already means Noor Haddad'),
    ("  refund_order: {verdict", "  ¶refund_ordr: {verdict", 'did you mean "refund_order"?'),
    ("  tag_ticket: allow", "  tag_ticket: ¶perhaps", "known are: allow, require_approval, block"),
    ("  tag_ticket: allow", "  tag_ticket: ¶require_approval", "say who signs"),
    ("  tag_ticket: allow", "  tag_ticket: ¶{verdict: allow, role: lead}", "only goes with"),
    ("  tag_ticket: allow", "  tag_ticket: ¶{verdict: require_approval, role: viewer}", "a viewer cannot sign"),
    ("  tag_ticket: allow", "  tag_ticket: {verdict: allow, ¶ceilings: {agent: 1.00 USD}}", "has no amount"),
    ("  tag_ticket: allow", "  tag_ticket: {verdict: allow, ¶reasons: [x]}", "has no reason"),
    ("  tag_ticket: allow", "  tag_ticket: {verdict: allow, max_per_case: ¶0}", "greater than or equal to 1"),
    ("ceilings: {agent: 10.00", "ceilings: {¶boss: 10.00", '"boss" is not known here'),
    ("complaint: {v", "¶complain: {v", 'did you mean "complaint"?'),
    ("amount: 1500.00 USD", "¶amont: 1500.00 USD", 'did you mean "amount"?'),
    ("- id: customer_year", "- id: ¶customer_week", "names two windows"),
    ("default_days: 30", 'default_days: ¶"30"', "must be a whole number"),
    ("default_days: 30", "default_days: ¶-1", "greater than or equal to 0"),
    ("final_sale: false", "final_sale: ¶no", "must be true or false"),
    ("coffee: 0, gift cards: 0", "coffee: 0, gift cards: 0, ¶Gift-Cards: 1", "are the same category"),
    ("warranty_years: {bags: 2}", "warranty_years: {bags: 2, ¶Bags: 3}", "are the same category"),
    ("double_charge_days: 5", "double_charge_days: ¶0", "greater than or equal to 1"),
    ("price_adjustment_days: 14", "price_adjustment_days: ¶two weeks", "must be a whole number"),
    ("renewal_notice_days: 3", "renewal_notice_days: ¶-3", "greater than or equal to 0"),
    ("currency: USD", "currency: ¶usd", '`currency` must be three capital letters, such as USD, not "usd"'),
    ("currency: USD", "currency: ¶USX", '"USX" is not a currency; write that of the shop, such as USD'),
    ("currency: USD", "¶curency: USD", 'did you mean "currency"?'),
    ("except_for: [add_internal_note", "except_for: [¶ad_note", "is not an action"),
    ("by_action: {cancel_order: 12", "by_action: {¶cancel: 12", "is not an action"),
    ("auto_intents: {}", "auto_intents: {order_status: {owner: ¶sam}}", "unread replies need a lead or an admin"),
    ("auto_intents: {}", "auto_intents: {order_status: {owner: ¶nobody}}", 'answers to "nobody"'),
    ("auto_intents: {}", "auto_intents: {¶order_state: {owner: dana}}", 'did you mean "order_status"?'),
    ("America/New_York", "¶America/New York", "is not a time zone"),
    ('opens: "09:00"', "opens: ¶nine", "time of day"),
    ("reviewed_samples: 200", "reviewed_samples: ¶many", "must be a whole number"),
    ("version: 1", "version: ¶2", "not known here"),
    ("value:\n", "value: ¶&v\n", "anchors and aliases"),
    ("value:\n", "value: ¶!!python/object:os.system\n", "tags (!) are not used"),
]

ELSEWHERE = [  # shown at the start of the part they are about
    ("default_days: 30", "default_days: 30.5", "whole number"),
    ('opens: "09:00"', 'opens: "18:00"', "`opens` must be before `closes`"),
    ("US: [3, 5]", "US: [5, 3]", "least number of days first"),
    ("refund_days: [5, 10]", "refund_days: [10, 5]", "least number of days first"),
    ("value:\n", "value: 1\nvalue:\n", "is here twice"),
    ("value:\n", "? [a]\n: 1\nvalue:\n", "a key must be a plain word"),
    ("value:\n", "\tvalue:\n", "look at the indentation"),
    ("email: sam@", "email: noor@", '"noor@alderandwren.example" already means Noor Haddad'),
    ("  low: allow", "  low:", "must be a block"),
]


@pytest.mark.parametrize(("old", "new", "says"), MISTAKES)
def test_a_mistake_is_named_in_its_place(tmp_path: Path, old: str, new: str, says: str) -> None:
    marked = changed(old, new)
    error = error_of(tmp_path / "limits.yaml", marked.replace("¶", ""))
    line, column = place_of(marked)
    assert says in str(error)
    assert f"limits.yaml:{line}:{column}: " in str(error)


@pytest.mark.parametrize(("old", "new", "says"), ELSEWHERE)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    error = error_of(tmp_path / "limits.yaml", changed(old, new))
    assert says in str(error)
    assert all(problem.line > 0 for problem in error.problems)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = changed("default_days: 30", "default_days: x").replace("reviewed_samples: 200", "reviewed_samples: y")
    assert len(error_of(tmp_path / "limits.yaml", text).problems) == 2


@pytest.mark.parametrize(
    "section", [line.partition(":")[0] for line in TEXT.splitlines() if line and line[0].isalpha()]
)
def test_a_section_that_is_cut_off_is_missing_and_not_defaulted(tmp_path: Path, section: str) -> None:
    error = error_of(tmp_path / "limits.yaml", TEXT[: TEXT.index(f"\n{section}:")])
    assert f"`{section}` is missing" in str(error) or "no rules in it" in str(error)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b" \n \n", "is empty"),
        (b"# only a comment\n", "no rules in it"),
        (b"[1, 2]", "must be a block"),
        (b"hello", "must be a block"),
        (TEXT.encode("utf-16"), "not UTF-8"),
        ("people: é".encode("latin-1"), "limits.yaml:1:9: not UTF-8"),
        (b"version: 1\nx: \x00", "limits.yaml:2:4: an invisible control character"),
        (b"a: " + b"x" * 300_000, "larger than 256 KB"),
        (b"[" * 5000, "nested deeper"),
        (b"a: [1, 2", "look at the indentation"),
        (b"a: 1\n---\nb: 2\n", "another document"),
        (b"a: " + b"9" * 9000, "unknown key"),
    ],
)
def test_a_file_that_is_no_set_of_rules(tmp_path: Path, content: bytes, says: str) -> None:
    assert says in str(error_of(tmp_path / "limits.yaml", content))


def test_a_file_that_is_not_there_or_is_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(LimitsError, match="cannot be read"):
            load_limits(path)


def test_a_byte_order_mark_is_fine(tmp_path: Path) -> None:
    path = tmp_path / "limits.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert load_limits(path) == load_limits(shipped_limits())


def test_norway_is_a_country(tmp_path: Path) -> None:
    path = tmp_path / "limits.yaml"
    path.write_text(changed("US: [3, 5]", "NO: [3, 5]"))
    assert load_limits(path).delivery.transit_days["NO"] == (3, 5)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "  refund_order: {verdict: require_approval, role: agent,",
            "  refund_order: {verdict: allow,",
            "always needs",
        ),
        ("send_reply: {verdict: require_approval, role: agent,", "send_reply: {verdict: allow,", "is read before"),
        ("  hold_order: {verdict: require_approval, role: agent}\n", "", "hold_order has no rule, so it is blocked"),
        ("role: admin, email", "role: lead, email", "nobody can sign what needs admin"),
        ("auto_intents: {}", "auto_intents: {order_status: {owner: dana}}", "while `mode` is draft_only"),
    ],
)
def test_what_is_overruled_or_probably_not_meant_is_a_warning(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = tmp_path / "limits.yaml"
    path.write_text(changed(old, new))
    warnings = read_limits(path).warnings
    assert len(warnings) == 1
    assert says in warnings[0]


@settings(max_examples=150, deadline=None)
@given(cut=st.integers(0, len(TEXT)), junk=st.text(max_size=6), keep=st.integers(0, len(TEXT)))
def test_any_damage_is_a_clear_error_or_a_usable_file(
    tmp_path_factory: pytest.TempPathFactory, cut: int, junk: str, keep: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.yaml"
    path.write_bytes((TEXT[:cut] + junk + TEXT[max(cut, keep) :]).encode("utf-8", "replace"))
    try:
        load_limits(path)
    except LimitsError as error:
        assert error.problems  # noqa: PT017 - either outcome is fine, a crash is not
