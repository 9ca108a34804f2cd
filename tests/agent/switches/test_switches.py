"""The loop breaker's arithmetic, and recipients without addresses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.limits import Loop
from agent.switches import EVERYTHING, Switch, intent_scope, loop_scope, recipient_key, too_many
from agent.testing import NOON

LIMIT = Loop(replies=3, minutes=5)


@pytest.mark.system("L12")
@pytest.mark.parametrize(
    ("seconds_ago", "stop"),
    [([], False), ([1, 2], False), ([1, 2, 3], True), ([1, 2, 300], False), ([1, 2, 299.999], True), ([9] * 50, True)],
)
def test_the_fourth_message_in_five_minutes_is_one_too_many(seconds_ago: list[float], stop: bool) -> None:
    assert too_many([NOON - timedelta(seconds=s) for s in seconds_ago], NOON, LIMIT) is stop


@pytest.mark.system("L12")
@given(st.lists(st.integers(0, 3_600), min_size=1, max_size=60), st.integers(1, 5), st.integers(1, 10))
def test_whenever_messages_come_no_window_holds_more_than_the_limit(gaps: list[int], most: int, minutes: int) -> None:
    limit = Loop(replies=most, minutes=minutes)
    now, sent = NOON, [NOON - timedelta(days=1)]
    for gap in gaps:
        now += timedelta(seconds=gap)
        if not too_many(sent, now, limit):
            sent.append(now)
        assert sum(moment > now - limit.window for moment in sent) <= most


def test_a_recipient_is_the_same_in_every_spelling_and_never_shows_the_address() -> None:
    key = recipient_key("Ada@Example.com ")
    assert key == recipient_key("ada@example.com")
    assert key != recipient_key("bob@example.com")
    assert recipient_key("  ") == ""
    assert "ada" not in loop_scope("support", key)


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (EVERYTHING, "everything"),
        (intent_scope("refund_request"), "intent refund_request"),
        (loop_scope("support", recipient_key("ada@example.com")), "replies to this sender"),
    ],
)
def test_a_stop_is_told_in_words(scope: str, said: str) -> None:
    assert Switch(scope=scope, stopped=True, by="dana", at=NOON).stops == said
