"""What counts in cumulative limits: done by anybody, and, for new proposals, waiting or signed elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from agent.approvals import decide, expire
from agent.case import ExecutionStatus, Verdict, effect_key
from agent.history import AskedHistory, LedgerHistory, counted_kinds, shop_memory
from agent.ledger import LedgerEntry, settled
from agent.limits import Per, PolicyLimits, Say, Window, load_limits, shipped_limits
from agent.policy import PastEffect
from agent.policy.facts import longest_memory
from agent.testing import NOON, InMemoryDatabase
from tests.agent.execution.world import REFUND, TAG, answer, ask
from tools.actions import Action
from tools.money import Money

LIMITS = load_limits(shipped_limits())
HOUR = timedelta(hours=1)


@pytest.fixture
def db() -> InMemoryDatabase:
    return InMemoryDatabase()


@pytest.fixture
def done(db: InMemoryDatabase) -> LedgerHistory:
    return LedgerHistory(ledger=db.ledger, limits=LIMITS)


@pytest.fixture
def asked(db: InMemoryDatabase, done: LedgerHistory) -> AskedHistory:
    return AskedHistory(done=done, approvals=db.approvals)


def claim(
    db: InMemoryDatabase, case_id: str, *, action: Action = REFUND, customer: str = "c-1", at: datetime = NOON
) -> LedgerEntry:
    entry = LedgerEntry(
        key=effect_key(case_id, action),
        case_id=case_id,
        action=action,
        status=ExecutionStatus.PENDING,
        approved_by="dana",
        claimed_at=at,
        owner="p-1",
        customer_id=customer,
        amount=Money.of("39.00", "USD"),
    )
    assert db.ledger.claim(entry)
    return entry


def past(
    history: LedgerHistory | AskedHistory, customer: str = "", case_id: str = "", now: datetime = NOON
) -> list[str]:
    found: Sequence[PastEffect] = history.past_effects(now - longest_memory(LIMITS), customer, case_id)
    return [effect.case_id for effect in found]


@pytest.mark.system("U7")
def test_what_is_claimed_counts_with_its_amount_and_who_signed(db: InMemoryDatabase, done: LedgerHistory) -> None:
    claim(db, "case-1")
    (effect,) = done.past_effects(NOON - HOUR, "c-1")
    assert (effect.amount, effect.approver, effect.at) == (Money.of("39.00", "USD"), "dana", NOON)
    assert effect.key == effect_key("case-1", REFUND)


@pytest.mark.system("U7")
def test_a_customer_counts_for_a_year_a_case_for_ever_and_the_shop_for_a_day(
    db: InMemoryDatabase, done: LedgerHistory
) -> None:
    claim(db, "last-month", at=NOON - timedelta(days=30))
    claim(db, "two-years-ago", at=NOON - timedelta(days=730))
    claim(db, "somebody-today", customer="c-2", at=NOON - HOUR)
    claim(db, "somebody-yesterday", customer="c-2", at=NOON - 25 * HOUR)
    assert past(done, "c-1", "two-years-ago") == ["two-years-ago", "last-month", "somebody-today"]
    assert past(done) == ["somebody-today"]


def test_what_failed_does_not_count(db: InMemoryDatabase, done: LedgerHistory) -> None:
    entry = claim(db, "case-1")
    assert db.ledger.swap(entry, settled(entry, ExecutionStatus.FAILED, NOON, "no"))
    assert past(done, "c-1", "case-1") == []


@pytest.mark.system("U7")
def test_a_new_proposal_counts_what_other_cases_wait_for(
    db: InMemoryDatabase, done: LedgerHistory, asked: AskedHistory
) -> None:
    waiting = db.approvals.open(ask(REFUND, case_id="case-1"))
    gone = db.approvals.open(ask(REFUND, case_id="case-2"))
    assert db.approvals.swap(gone, expire(gone, gone.expires_at))
    assert past(asked, "c-1", "case-3") == ["case-1"]
    assert past(asked, "c-1", "case-1") == []
    assert past(done, "c-1", "case-3") == []
    signed = decide(waiting, answer(waiting), NOON)
    assert db.approvals.swap(waiting, signed)
    (effect,) = asked.past_effects(NOON - HOUR, "c-1")
    assert (effect.approver, effect.amount) == ("dana", Money.of("39.00", "USD"))


def test_what_was_asked_and_is_being_done_counts_once(db: InMemoryDatabase, asked: AskedHistory) -> None:
    db.approvals.open(ask(REFUND, case_id="case-1"))
    claim(db, "case-1")
    assert past(asked, "c-1") == ["case-1"]


def test_small_things_of_other_customers_do_not_count(db: InMemoryDatabase, asked: AskedHistory) -> None:
    db.approvals.open(ask(TAG, case_id="case-1"))
    claim(db, "case-2", action=TAG, customer="c-2")
    assert past(asked) == []
    assert past(asked, "c-1") == ["case-1"]


def window(per: Per, hours: int | None, *actions: str) -> Window:
    return Window(id="w", per=per, hours=hours, count=1, actions=actions, above=Say(verdict=Verdict.BLOCK))


def with_windows(*windows: Window) -> PolicyLimits:
    return LIMITS.model_copy(update={"windows": LIMITS.windows.model_copy(update={"limits": windows})})


def test_the_shop_is_remembered_as_long_as_its_longest_window() -> None:
    assert shop_memory(with_windows()) == timedelta(hours=24)
    assert shop_memory(with_windows(window(Per.SHOP, 72), window(Per.CUSTOMER, 900))) == timedelta(hours=72)
    endless = with_windows(window(Per.APPROVER, None))
    assert shop_memory(endless) == longest_memory(endless)


@pytest.mark.system("U7")
@pytest.mark.parametrize("per", [Per.CUSTOMER, Per.SHOP, Per.APPROVER])
def test_a_window_without_hours_remembers_for_ever(db: InMemoryDatabase, per: Per) -> None:
    limits = with_windows(window(Per.CUSTOMER, 24), window(per, None))
    claim(db, "six-years-ago", at=NOON - timedelta(days=6 * 365))
    claim(db, "four-years-ago", at=NOON - timedelta(days=4 * 365), customer="c-1" if per is Per.CUSTOMER else "c-2")
    history = LedgerHistory(ledger=db.ledger, limits=limits)
    found = history.past_effects(NOON - longest_memory(limits), "c-1")
    assert [effect.case_id for effect in found] == ["six-years-ago", "four-years-ago"]


def test_a_window_of_a_case_needs_no_memory_of_the_customer() -> None:
    assert longest_memory(with_windows(window(Per.CASE, None))) == longest_memory(with_windows())


def test_windows_may_count_actions_that_give_nothing_away() -> None:
    assert "cancel_order" not in counted_kinds(with_windows())
    assert {"cancel_order", "refund_order"} <= counted_kinds(with_windows(window(Per.SHOP, 24, "cancel_order")))
