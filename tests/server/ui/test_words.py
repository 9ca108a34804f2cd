"""Words of a page: nothing is lost when text is made to flow, when amounts are rewritten, or when a rule is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.ui.views.account import program_of
from server.ui.views.charts import bars
from server.ui.views.rules import rule_of
from server.ui.words import flowing, priced


def test_lines_that_a_file_broke_flow_and_paragraphs_and_lists_stay() -> None:
    text = "You have 30 days.\nThe day of delivery\n  is day 0.\n\nNot returned:\n- coffee\n- gift\n  cards\n1. first"
    assert (
        flowing(text)
        == "You have 30 days. The day of delivery is day 0.\n\nNot returned:\n- coffee\n- gift cards\n1. first"
    )


@given(st.text(alphabet="ab -1.\n", max_size=60))
def test_flowing_changes_white_space_alone(text: str) -> None:
    assert flowing(text).split() == text.split()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Pay back 26.00 USD for order #2151", "Pay back $26.00 for order #2151"),
        ("58.00 USD is above what an agent may sign", "$58.00 is above what an agent may sign"),
        ("version 1.20 of 2026", "version 1.20 of 2026"),
        ("5.00 XYZ and 7.50 EUR", "XYZ5.00 and €7.50"),
    ],
)
def test_amounts_in_a_sentence_are_written_as_elsewhere(said: str, shown: str) -> None:
    assert priced(said) == shown


@pytest.mark.parametrize(
    ("message", "rule", "says", "named"),
    [
        (
            "create_return needs the signature of a person (agent). [action.needs_signature]", "",
            "Create return needs the signature of an agent or above.", "action.needs_signature",
        ),
        ("refund_order needs the signature of a person (lead) for $80.", "r.x",
         "Refund order needs the signature of a lead or above for $80.", "r.x"),
        ("a person reads it [see the voice]", "", "A person reads it [see the voice]", ""),
    ],
)  # fmt: skip
def test_a_rule_is_a_sentence_with_its_id_beside_it(message: str, rule: str, says: str, named: str) -> None:
    found = rule_of(message, rule)
    assert (found.says, found.id) == (says, named)


@pytest.mark.parametrize(
    ("agent", "called"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0",
            "Chrome 131 on Linux",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:132.0) Gecko/20100101 Firefox/132.0",
            "Firefox 132 on macOS",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari", "Safari 18 on iPhone"),
        ("curl/8.9.1", "curl/8.9.1"),
        ("", "Unknown program"),
    ],
)
def test_a_session_says_which_browser_it_is(agent: str, called: str) -> None:
    assert program_of(agent) == called


def test_bars_share_one_scale_and_what_is_little_is_still_seen() -> None:
    drawn = bars([("a", 1_000, "1,000"), ("b", 500, "500"), ("c", 1, "1"), ("d", 0, "0")])
    assert [bar.length for bar in drawn] == [100.0, 50.0, 0.8, 0.0]
    assert [bar.length for bar in bars([("a", 0, "0")])] == [0.0]
