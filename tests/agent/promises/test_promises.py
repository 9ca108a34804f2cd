"""What we promise is kept by an effect or chased when it is late."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agent.alerts import late_promises
from agent.case import Execution, ExecutionStatus, Promise, effect_key
from agent.promises import PromiseStatus, entries_for, settle, unbacked
from agent.testing import NOON, InMemoryDatabase
from tests.agent.execution.world import CASE, REFUND, TAG

DONE = Execution(
    key=effect_key(CASE, REFUND),
    case_id=CASE,
    action=REFUND,
    status=ExecutionStatus.SUCCEEDED,
    claimed_at=NOON,
    settled_at=NOON,
)
REFUNDED = Promise(text="I have refunded $39.00", kind="refund", fingerprint=REFUND.fingerprint())
FOLLOW_UP = Promise(text="I will write on Friday", kind="follow_up", due_at=NOON + timedelta(days=3))


@pytest.mark.system("U3")
@pytest.mark.parametrize("status", [s for s in ExecutionStatus if s is not ExecutionStatus.SUCCEEDED])
def test_a_promise_is_backed_only_by_an_effect_that_succeeded(status: ExecutionStatus) -> None:
    assert unbacked([REFUNDED, FOLLOW_UP], CASE, [DONE]) == []
    assert unbacked([REFUNDED], CASE, [DONE.model_copy(update={"status": status})]) == [REFUNDED]
    assert unbacked([REFUNDED], CASE, []) == [REFUNDED]
    assert unbacked([REFUNDED], "case-2", [DONE]) == [REFUNDED]
    other = REFUNDED.model_copy(update={"fingerprint": TAG.fingerprint()})
    assert unbacked([other], CASE, [DONE]) == [other]


def test_a_promise_whose_effect_is_done_is_kept_from_the_start() -> None:
    refunded, follow_up = entries_for([REFUNDED, FOLLOW_UP], [DONE], CASE, "t-1", NOON)
    assert (refunded.status, refunded.effect) == (PromiseStatus.KEPT, DONE.key)
    assert (follow_up.status, follow_up.due_at) == (PromiseStatus.OPEN, FOLLOW_UP.due_at)
    again = entries_for([REFUNDED, FOLLOW_UP], [DONE], CASE, "t-1", NOON + timedelta(days=1))
    assert [entry.id for entry in again] == [refunded.id, follow_up.id]


@pytest.mark.system("U3")
def test_a_missed_date_is_told_once() -> None:
    db = InMemoryDatabase()
    (entry,) = entries_for([FOLLOW_UP], [], CASE, "t-1", NOON)
    db.promises.record([entry])
    due = NOON + timedelta(days=3)
    assert late_promises(db.promises, due) == []
    (alert,) = late_promises(db.promises, due + timedelta(seconds=1))
    assert alert.message == (
        'Ticket t-1: we promised "I will write on Friday" by 2026-11-06 12:00 UTC, and it has not happened'
    )
    assert late_promises(db.promises, due + timedelta(days=1)) == []
    events = [e.event for e in db.audit.entries()]
    assert events == ["promise.made", "promise.overdue"]


def test_a_promise_that_was_kept_is_never_late() -> None:
    db = InMemoryDatabase()
    (entry,) = entries_for([FOLLOW_UP], [], CASE, "t-1", NOON)
    db.promises.record([entry])
    kept = settle(entry, NOON, "dana")
    assert db.promises.swap(entry, kept)
    assert late_promises(db.promises, NOON + timedelta(days=9)) == []
    with pytest.raises(ValueError, match="is already kept"):
        settle(kept, NOON, "dana", kept=False)
