"""One answer, by a named person who may, for exactly what was shown, in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from agent.approvals import (
    MOVES,
    AlreadyDecided,
    ApprovalError,
    ApprovalRequest,
    ApprovalStatus,
    DecisionKind,
    Expired,
    IllegalApprovalMove,
    NotAllowed,
    NothingEdited,
    ReasonMissing,
    StaleDigest,
    UnknownPerson,
    attach,
    decide,
    expire,
    finish,
    supersede,
)
from agent.limits import Role
from agent.testing import NOON
from tests.agent.execution.world import REFUND, REPLY, VERSIONS, answer, ask
from tools.actions import SendReply
from tools.money import Money

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (DecisionKind.APPROVE, ApprovalStatus.EXECUTING),
        (DecisionKind.MODIFY, ApprovalStatus.SUPERSEDED),
        (DecisionKind.REJECT, ApprovalStatus.REJECTED),
        (DecisionKind.ESCALATE, ApprovalStatus.REJECTED),
    ],
)
def test_each_answer_leads_somewhere(kind: DecisionKind, status: ApprovalStatus) -> None:
    request = ask()
    after = decide(request, answer(request, kind, reason="because", text="Other words"), NOON)
    assert (after.status, after.decided_by, after.version) == (status, "dana", 2)
    assert (after.decided_at, after.reason) == (NOON, "because")


@pytest.mark.system("U2")
def test_the_loser_is_told_who_did_what_and_when() -> None:
    request = ask()
    done = decide(request, answer(request, DecisionKind.REJECT, reason="no", at=NOON), NOON)
    with pytest.raises(AlreadyDecided, match=r"dana already rejected request ap-\w+ on 2026-11-03 12:00:00 UTC"):
        decide(done, answer(request, by="sam"), NOON)


@pytest.mark.parametrize("late", [timedelta(0), SECOND, timedelta(days=30)])
@pytest.mark.parametrize("kind", list(DecisionKind))
def test_too_late_means_no_whatever_the_answer(kind: DecisionKind, late: timedelta) -> None:
    request = ask()
    with pytest.raises(Expired, match="so the answer is no"):
        decide(request, answer(request, kind, reason="x", text="y"), request.expires_at + late)
    with pytest.raises(Expired):
        decide(expire(request, request.expires_at), answer(request), NOON)


def test_nothing_expires_early() -> None:
    with pytest.raises(ValueError, match="is good until"):
        expire(ask(), ask().expires_at - SECOND)


@pytest.mark.system("U1")
def test_an_answer_for_another_card_does_not_count() -> None:
    request, shown = ask(), ask(REFUND.model_copy(update={"amount": Money.of("390.00", "USD")}), REPLY)
    with pytest.raises(StaleDigest, match="is not what you were shown"):
        decide(request, answer(shown), NOON)
    with pytest.raises(StaleDigest, match="was replaced by a newer request"):
        decide(supersede(request, NOON, "newer"), answer(request), NOON)


@pytest.mark.system("B2")
@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
def test_a_role_that_is_too_low_signs_nothing(role: Role) -> None:
    request = ask(role=Role.LEAD)
    with pytest.raises(NotAllowed, match=f"dana \\({role}\\) may not sign request .*: it needs lead or above"):
        decide(request, answer(request, role=role), NOON)


def test_an_agent_may_say_no_to_what_only_a_lead_may_allow() -> None:
    request = ask(role=Role.ADMIN)
    no = answer(request, DecisionKind.REJECT, role=Role.AGENT, reason="wrong order")
    assert decide(request, no, NOON).status is ApprovalStatus.REJECTED
    with pytest.raises(NotAllowed):
        decide(request, no.model_copy(update={"role": Role.VIEWER}), NOON)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_rejection_needs_a_reason(reason: str) -> None:
    request = ask()
    with pytest.raises(ReasonMissing, match="say why you reject it"):
        decide(request, answer(request, DecisionKind.REJECT, reason=reason), NOON)


def test_a_change_needs_to_say_what() -> None:
    request = ask()
    with pytest.raises(NothingEdited):
        decide(request, answer(request, DecisionKind.MODIFY), NOON)


def test_a_signature_names_a_person() -> None:
    request = ask()
    with pytest.raises(UnknownPerson):
        decide(request, answer(request, by=" "), NOON)


@pytest.mark.system("U1")
@pytest.mark.parametrize(
    "other",
    [
        ask(REFUND.model_copy(update={"amount": Money.of("39.01", "USD")}), REPLY),
        ask(REFUND.model_copy(update={"order_id": "o-2"}), REPLY),
        ask(REFUND.model_copy(update={"reason": "other"}), REPLY),
        ask(REFUND, REPLY.model_copy(update={"text": REPLY.text + " "})),
        ask(REPLY, REFUND),
        ask(REFUND),
        ask(bindings=VERSIONS | {"order:o-1": "2"}),
        ask(bindings=VERSIONS | {"limits": "abd"}),
        ask(bindings={"limits": "abc"}),
    ],
)
def test_the_digest_covers_every_argument_word_and_version(other: ApprovalRequest) -> None:
    assert other.digest != ask().digest


def test_the_digest_leaves_out_who_asks_and_when() -> None:
    later = attach(ask(now=NOON + SECOND, case_id="case-2", role=Role.ADMIN), "interrupt")
    assert later.digest == ask().digest


class Life(RuleBasedStateMachine):
    """Any order of answers, deadlines, replacements and endings."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.request = ask(role=Role.LEAD)
        self.history = [self.request]

    def _try(self, after: ApprovalRequest) -> None:
        self.request = after
        self.history.append(after)

    @rule(
        kind=st.sampled_from(list(DecisionKind)),
        role=st.sampled_from(list(Role)),
        by=st.sampled_from(["", "dana", "sam"]),
        right=st.booleans(),
        reason=st.sampled_from(["", "because"]),
        text=st.sampled_from(["", "words"]),
    )
    def answer(self, kind: DecisionKind, role: Role, by: str, right: bool, reason: str, text: str) -> None:
        decision = answer(self.request, kind, by=by, role=role, at=self.now, reason=reason, text=text)
        if not right:
            decision = decision.model_copy(update={"digest": "0" * 64})
        before = self.request
        try:
            self._try(decide(before, decision, self.now))
        except ApprovalError:
            return
        assert before.status is ApprovalStatus.AWAITING
        assert self.now < before.expires_at
        assert right
        assert by
        assert role.covers(Role.LEAD if kind is DecisionKind.APPROVE else Role.AGENT)

    @rule(hours=st.integers(1, 30))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def time_runs_out(self) -> None:
        try:
            self._try(expire(self.request, self.now))
        except ValueError:
            assert self.now < self.request.expires_at or self.request.status is not ApprovalStatus.AWAITING

    @rule(done=st.booleans())
    def end(self, done: bool) -> None:
        try:
            self._try(finish(self.request, self.now, done=done))
        except IllegalApprovalMove:
            assert self.request.status is not ApprovalStatus.EXECUTING

    @precondition(lambda self: self.request.status in MOVES)
    @rule()
    def replaced(self) -> None:
        self._try(supersede(self.request, self.now, "newer"))

    @invariant()
    def only_legal_moves_with_growing_versions(self) -> None:
        for before, after in zip(self.history, self.history[1:], strict=False):
            assert after.status in MOVES[before.status]
            assert after.version == before.version + 1

    @invariant()
    def executing_means_a_lead_agreed_in_time(self) -> None:
        if any(step.status is ApprovalStatus.EXECUTING for step in self.history):
            decision = self.request.decision
            assert decision is not None
            assert decision.kind is DecisionKind.APPROVE
            assert decision.role.covers(Role.LEAD)
            assert decision.at < self.request.expires_at

    @invariant()
    def what_was_asked_never_changes(self) -> None:
        assert self.request.digest == self.history[0].digest


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=15, deadline=None)


def test_an_edited_reply_is_kept_with_the_answer() -> None:
    request = ask()
    changed = SendReply(ticket_id="t-1", in_reply_to="m-1", text="Better words")
    decision = answer(request, DecisionKind.MODIFY).model_copy(update={"effects": (REFUND, changed)})
    after = decide(request, decision, NOON)
    assert after.decision is not None
    assert after.decision.effects == (REFUND, changed)
    assert after.effects == request.effects
