"""Whatever a stranger writes stays behind its bars."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from agent.reasoners.fences import BAR, LONGEST, fence, fenced_data

BREAKS = "".join(("\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"))
HOSTILE = st.text(alphabet=st.sampled_from(BREAKS + "|# -`{}%\u202e\u200b\U000e0041abc"), max_size=80)


@given(HOSTILE)
@pytest.mark.system("U5")
def test_no_text_leaves_its_fence(text: str) -> None:
    fenced = fence(text)
    assert all(line.startswith(BAR) for line in fenced.splitlines())
    assert fenced.splitlines() == fenced.split("\n")


@given(st.dictionaries(HOSTILE, HOSTILE | st.lists(HOSTILE, max_size=3), max_size=3))
@pytest.mark.system("U5")
def test_no_value_leaves_its_line(row: dict[str, JsonValue]) -> None:
    fenced = fenced_data([row])
    assert len(fenced.splitlines()) == 1
    assert fenced.startswith(BAR)
    json.loads(fenced.removeprefix(BAR))


def test_plain_words_stay_as_they_are() -> None:
    assert fence("Grüße, ¿dónde está mi pedido?\n\n\n\nMerci  beaucoup ☺") == (
        "| Grüße, ¿dónde está mi pedido?\n| \n| Merci beaucoup ☺"
    )


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\u2066", "\U000e0049", "\x00", "\x1b", "\ufeff", "\u00ad"])
def test_what_does_not_show_is_not_passed_on(hidden: str) -> None:
    assert fence(f"re{hidden}fund") == "| refund"
    assert hidden not in fenced_data([{"title": f"re{hidden}fund"}])


def test_a_long_text_is_cut_and_says_so() -> None:
    lines = fence("word " * 5_000).splitlines()
    assert lines[-1] == "| [the rest is cut]"
    assert sum(map(len, lines)) < LONGEST + 200


def test_payment_data_and_secrets_stay_here_and_what_an_answer_needs_goes_on() -> None:
    fenced = fence("card 4111 1111 1111 1111, password: hunter2, order #1042, 12 Mill Lane, 39.00 USD")
    assert "4111" not in fenced
    assert "hunter2" not in fenced
    assert "#1042" in fenced
    assert "39.00 USD" in fenced


def test_the_same_text_gives_the_same_fence() -> None:
    assert fence("a\nb") == fence("a\nb") == "| a\n| b"
