"""Answers from any channel meet at one desk."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from agent.approvals import (
    AlreadyDecided,
    ApprovalRequest,
    ApprovalStatus,
    DecisionKind,
    Expired,
    NotAllowed,
    UnknownPerson,
    UnknownRequest,
)
from agent.approvals.desk import Answer, ApprovalDesk
from agent.limits import Person, Role
from agent.testing import NOON, InMemoryDatabase
from tests.agent.execution.world import ask

TEAM = {
    "dana": Person(id="dana", name="Dana Whitfield", role=Role.LEAD),
    "sam": Person(id="sam", name="Sam", role=Role.AGENT),
}


class Objecting:
    def __init__(self) -> None:
        self.reasons: list[str] = []
        self.asked = 0

    def __call__(self, request: ApprovalRequest, person: Person, now: datetime) -> list[str]:
        self.asked += 1
        return self.reasons


@pytest.fixture
def db() -> InMemoryDatabase:
    return InMemoryDatabase()


@pytest.fixture
def objecting() -> Objecting:
    return Objecting()


@pytest.fixture
def desk(db: InMemoryDatabase, objecting: Objecting) -> ApprovalDesk:
    return ApprovalDesk(approvals=db.approvals, person=TEAM.get, objections=objecting)


def answer(
    request: ApprovalRequest, kind: DecisionKind = DecisionKind.APPROVE, by: str = "dana", reason: str = ""
) -> Answer:
    return Answer(request_id=request.id, kind=kind, by=by, digest=request.digest, reason=reason)


@pytest.mark.system("B2")
def test_a_person_who_may_signs_and_the_record_says_so(desk: ApprovalDesk, db: InMemoryDatabase) -> None:
    request = db.approvals.open(ask(role=Role.LEAD))
    after = desk.decide(answer(request), NOON)
    assert (after.status, after.decided_by) == (ApprovalStatus.EXECUTING, "dana")
    assert after.decision is not None
    assert after.decision.role is Role.LEAD
    assert db.approvals.get(request.id) == after


@pytest.mark.system("B2")
def test_a_click_by_somebody_who_may_not_changes_nothing(
    desk: ApprovalDesk, db: InMemoryDatabase, objecting: Objecting
) -> None:
    request = db.approvals.open(ask(role=Role.LEAD))
    with pytest.raises(NotAllowed, match=r"sam \(agent\) may not sign"):
        desk.decide(answer(request, by="sam"), NOON)
    with pytest.raises(UnknownPerson, match=r"nobody in the `people` of limits\.yaml"):
        desk.decide(answer(request, by="mallory"), NOON)
    objecting.reasons = ["Dana would have signed 1100.00 USD within a day"]
    with pytest.raises(NotAllowed, match=r"1100\.00 USD within a day"):
        desk.decide(answer(request), NOON)
    assert db.approvals.get(request.id) == request


def test_saying_no_needs_no_ceiling(desk: ApprovalDesk, db: InMemoryDatabase, objecting: Objecting) -> None:
    objecting.reasons = ["too much"]
    request = db.approvals.open(ask())
    assert desk.decide(answer(request, DecisionKind.REJECT, reason="no"), NOON).status is ApprovalStatus.REJECTED
    assert objecting.asked == 0


def test_an_unknown_request_is_named(desk: ApprovalDesk) -> None:
    with pytest.raises(UnknownRequest, match='there is no request "ap-x"'):
        desk.decide(Answer(request_id="ap-x", kind=DecisionKind.APPROVE, by="dana", digest=""), NOON)


def test_a_late_answer_closes_the_request_as_a_no(desk: ApprovalDesk, db: InMemoryDatabase) -> None:
    request = db.approvals.open(ask())
    with pytest.raises(Expired):
        desk.decide(answer(request), request.expires_at)
    closed = db.approvals.get(request.id)
    assert closed is not None
    assert closed.status is ApprovalStatus.EXPIRED


def test_every_expired_request_is_told_once(desk: ApprovalDesk, db: InMemoryDatabase) -> None:
    early, late = (
        db.approvals.open(ask(case_id="c-1")),
        db.approvals.open(ask(case_id="c-2", now=NOON + timedelta(hours=1))),
    )
    assert [r.id for r in desk.expire_due(early.expires_at)] == [early.id]
    assert [r.id for r in desk.expire_due(late.expires_at)] == [late.id]
    assert desk.expire_due(late.expires_at) == []


@pytest.mark.system("U2")
def test_of_two_answers_at_once_the_second_hears_of_the_first(desk: ApprovalDesk, db: InMemoryDatabase) -> None:
    request = db.approvals.open(ask())

    class Overtaken:
        """Somebody else answers between looking and writing."""

        get = db.approvals.get
        open = db.approvals.open
        list = db.approvals.list
        counting = db.approvals.counting
        due = db.approvals.due
        decided = db.approvals.decided

        def swap(self, before: ApprovalRequest, after: ApprovalRequest) -> bool:
            desk.decide(answer(request, DecisionKind.REJECT, by="sam", reason="no"), NOON)
            return db.approvals.swap(before, after)

    slow = ApprovalDesk(approvals=Overtaken(), person=TEAM.get, objections=lambda request, person, now: ())
    with pytest.raises(AlreadyDecided, match="sam already rejected"):
        slow.decide(answer(request), NOON)
