"""When a reply may leave unread: an owner lists the intent, reviewed drafts earn it, a bad week loses it again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent import edits
from agent.autonomy import Review, still_read
from agent.case import CaseStatus
from agent.repositories import CaseRecord
from server.autonomy import log_autonomy
from tests.journeys.shop import LIMITS, NOW, Brand, Shop, about, draft, rules, with_limits

BARS = {"reviewed_samples": 4, "accuracy_percent": 75, "lower_below_percent": 60}
LISTED = {"mode": "listed_intents", "auto_intents": {"order_status": {"owner": "priya"}}}
UNREAD = with_limits(replies=LISTED, autonomy=BARS)


def elsewhere(folder: Path) -> Path:
    """Another folder for another shop."""
    (folder / "other").mkdir()
    return folder / "other"


def question(shop: Shop, at: int) -> CaseRecord:
    shop.clock.advance(timedelta(minutes=10))
    order = shop.planted("on_its_way", at % 40)
    return shop.ask(f"Where is {order.number}? ({at})", order, "order_status")


def reworded(shop: Shop, record: CaseRecord) -> None:
    text = draft(record).text.replace("is on its way", "is moving")
    asked = shop.change(record, lambda before: edits.with_reply(before, text, "dana"))
    shop.sign(asked)


@pytest.mark.system("A17")
@pytest.mark.system("A20")
def test_listing_an_intent_raises_nothing_until_reviewed_drafts_have_earned_it(brand: Brand, tmp_path: Path) -> None:
    with brand.open(tmp_path, limits=UNREAD) as shop:
        for at in range(4):
            record = question(shop, at)
            assert record.status is CaseStatus.AWAITING_REVIEW
            assert "reply.not_earned" in rules(record)
            assert f"{at} drafts" in " ".join(shop.request(record).reasons)
            shop.sign(record)
        night = shop.clock.now().replace(hour=8, minute=0) + timedelta(days=1)
        shop.clock.set(night)
        record = question(shop, 5)
        assert record.status is CaseStatus.ANSWERED
        (sent,) = shop.sent(record)
        assert shop.planted("on_its_way", 5).number in sent.text
        order = shop.planted("return_ok")
        money = shop.ask(f"I want my money back for {order.number}", order, "refund_request")
        assert money.status is CaseStatus.AWAITING_APPROVAL
        assert not shop.sent(money)


@pytest.mark.system("A17")
def test_edited_drafts_do_not_earn_anything(brand: Brand, tmp_path: Path) -> None:
    with brand.open(tmp_path, limits=UNREAD) as shop:
        for at in range(6):
            record = question(shop, at)
            if at % 2:
                shop.sign(record)
            else:
                reworded(shop, record)
        record = question(shop, 7)
        assert record.status is CaseStatus.AWAITING_REVIEW
        assert "50 %" in " ".join(shop.request(record).reasons)


def reviews(accurate: Sequence[bool], days: Sequence[int]) -> list[Review]:
    return [Review(at=NOW - timedelta(days=d), accurate=ok) for ok, d in zip(accurate, days, strict=True)]


@pytest.mark.system("A17")
def test_a_failing_week_lowers_it_again() -> None:
    bars = LIMITS.autonomy
    good = reviews([True] * 400, [10 + at // 20 for at in range(400)])
    assert still_read("order_status", good, bars, NOW) == ""
    enough = [*reviews([True, False, True, True, False], [1, 2, 3, 4, 5]), *good]
    assert "this week" in still_read("order_status", enough, bars, NOW) or "newest" in still_read(
        "order_status", enough, bars, NOW
    )
    assert still_read("order_status", [*reviews([True] * 5, [1, 2, 3, 4, 5]), *good], bars, NOW) == ""


@pytest.mark.system("A17")
@given(st.lists(st.booleans(), max_size=60), st.integers(1, 50), st.integers(0, 100))
def test_it_is_never_earned_below_a_bar(accurate: list[bool], samples: int, bar: int) -> None:
    bars = LIMITS.autonomy.model_copy(
        update={"reviewed_samples": samples, "accuracy_percent": bar, "lower_below_percent": 0}
    )
    earned = still_read("order_status", reviews(accurate, [30] * len(accurate)), bars, NOW) == ""
    newest = accurate[:samples]
    assert earned == (len(accurate) >= samples and 100 * sum(newest) // (len(newest) or 1) >= bar)


@pytest.mark.system("B17")
def test_a_fresh_install_reads_everything_and_turning_it_on_is_logged_with_its_owner(
    brand: Brand, tmp_path: Path
) -> None:
    assert LIMITS.replies.mode == "draft_only"
    assert not LIMITS.replies.auto_intents
    with brand.open(tmp_path) as shop:
        log_autonomy(shop.parts)
        assert not [e for e in shop.database.audit.entries() if e.event.startswith("autonomy.")]
    with brand.open(tmp_path, limits=UNREAD) as shop:
        log_autonomy(shop.parts)
        log_autonomy(shop.parts)
        (entry,) = [e for e in shop.database.audit.entries() if e.event.startswith("autonomy.")]
        assert (entry.event, entry.actor) == ("autonomy.on", "priya")
        assert '"intent":"order_status"' in entry.payload


TOLD = with_limits(replies={"queue_notice": {"owner": "priya"}})
NIGHT = NOW.replace(day=17, hour=8)
"""Tuesday, three in the morning in New York."""


@pytest.mark.system("A20")
@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
def test_at_three_in_the_morning_a_refund_gets_a_notice_with_the_hours_and_no_promise(
    brand: Brand, tmp_path: Path, language: str
) -> None:
    with brand.open(tmp_path, limits=TOLD, now=NIGHT) as shop:
        order = shop.planted("return_ok")
        record = shop.ask(f"I want my money back for {order.number}", order, "refund_request", language=language)
        assert record.status is CaseStatus.AWAITING_APPROVAL
        (notice,) = shop.sent(record)
        hours = {"en": "9:00", "es": "9:00", "fr": "09:00", "de": "09:00"}[language]
        assert hours in notice.text
        assert not re.search(r"refund|reembols|rembours|erstatt|\$|€", notice.text, re.IGNORECASE)
        assert order.number not in notice.text
        shop.runner.recover()
        shop.runner.start(record.ticket_id)
        assert len(shop.sent(record)) == 1
        shop.sign(record)
        assert len(shop.sent(record)) == 2


@pytest.mark.system("A20")
@pytest.mark.system("B17")
def test_nobody_gets_a_notice_unless_an_owner_asked_for_it_and_strangers_and_programs_never(
    brand: Brand, tmp_path: Path
) -> None:
    with brand.open(elsewhere(tmp_path), now=NIGHT) as shop:
        order = shop.planted("return_ok")
        assert not shop.sent(shop.ask(f"Refund {order.number}", order, "refund_request"))
    with brand.open(tmp_path, limits=TOLD, now=NIGHT) as shop:
        order = shop.planted("on_its_way")
        assert not shop.sent(shop.ask(f"Where is {order.number}?", order, "order_status"))
        owner = shop.owner(order)
        spoofed = shop.work(shop.letter("A person please", owner, verified=False), about("human_request"))
        program = shop.work(shop.letter("I am away", owner, automatic="out of office"), about("other"))
        assert not shop.sent(spoofed)
        assert not shop.sent(program)
        shop.clock.advance(timedelta(minutes=30))
        log_autonomy(shop.parts)
        assert [e.actor for e in shop.database.audit.entries() if e.event == "autonomy.on"] == ["priya"]
