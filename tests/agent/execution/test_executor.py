"""Each effect exactly once, in order, under a signature that still holds; everything else stops and says why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agent.approvals import ApprovalStatus
from agent.case import ExecutionStatus, Promise, Verdict, effect_key
from agent.execution import EffectRun, Halt
from agent.limits import Role
from agent.switches import EVERYTHING, Switch, intent_scope
from agent.testing import NOON
from tests.agent.execution.world import CASE, REFUND, REPLY, TAG, Bench, ask, refused, subject
from tools.actions import Action, RefundOrder
from tools.errors import OutcomeUnknown, Rejected, StoreError, ToolError, Unavailable
from tools.money import Money

KEY = effect_key(CASE, REFUND)


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.mark.system("N2")
def test_signed_effects_happen_in_order_and_close_the_request(bench: Bench) -> None:
    request = bench.signed(REFUND, TAG, REPLY)
    run = bench.executor.run(subject(), (REFUND, TAG, REPLY), request.id)
    assert run.halt is None
    assert [e.action for e in run.executions] == [REFUND, TAG, REPLY]
    assert {e.status for e in run.executions} == {ExecutionStatus.SUCCEEDED}
    assert [e.approved_by for e in run.executions] == ["dana"] * 3
    closed = bench.db.approvals.get(request.id)
    assert closed is not None
    assert closed.status is ApprovalStatus.EXECUTED


@pytest.mark.system("U2")
def test_running_again_changes_nothing(bench: Bench) -> None:
    request = bench.signed(REFUND, REPLY)
    first = bench.executor.run(subject(), (REFUND, REPLY), request.id)
    again = bench.executor.run(subject(), (REFUND, REPLY), request.id)
    assert again == first
    assert len(bench.shop.calls) == 2


@pytest.mark.system("N2")
@pytest.mark.parametrize("verdict", [Verdict.ALLOW, Verdict.REQUIRE_APPROVAL])
def test_money_never_moves_without_a_signature_whatever_the_rules_say(bench: Bench, verdict: Verdict) -> None:
    bench.rules.say("refund_order", verdict)
    run = bench.executor.run(subject(), (REFUND,))
    assert run.halt is Halt.UNSIGNED
    assert not bench.shop.calls
    assert bench.db.ledger.get(KEY) is None


def test_what_the_rules_allow_needs_no_signature(bench: Bench) -> None:
    run = bench.executor.run(subject(), (TAG,))
    assert (run.halt, len(bench.shop.done)) == (None, 1)


def test_a_request_that_nobody_answered_lets_nothing_happen(bench: Bench) -> None:
    request = bench.db.approvals.open(ask(REFUND, TAG))
    run = bench.executor.run(subject(), (REFUND, TAG), request.id)
    assert run.halt is Halt.UNSIGNED
    assert not bench.shop.calls


def test_a_request_of_another_case_lets_nothing_happen_and_stays_open(bench: Bench) -> None:
    request = bench.signed(REFUND, case_id="case-2")
    assert bench.executor.run(subject(), (REFUND,), request.id).halt is Halt.UNSIGNED
    assert bench.executor.run(subject(), (REFUND,), "ap-unknown").halt is Halt.UNSIGNED
    kept = bench.db.approvals.get(request.id)
    assert kept is not None
    assert kept.status is ApprovalStatus.EXECUTING


@pytest.mark.system("U1")
@pytest.mark.parametrize(
    "effects",
    [
        (RefundOrder(order_id="o-1", amount=Money.of("40.00", "USD"), reason="it broke"), REPLY),
        (RefundOrder(order_id="o-2", amount=Money.of("39.00", "USD"), reason="it broke"), REPLY),
        (REFUND, REPLY.model_copy(update={"text": "I have refunded $40.00."})),
        (REFUND,),
        (REPLY, REFUND),
        (REFUND, REPLY, TAG),
    ],
)
def test_anything_else_than_what_was_signed_is_refused(bench: Bench, effects: tuple[Action, ...]) -> None:
    request = bench.signed(REFUND, REPLY)
    run = bench.executor.run(subject(), effects, request.id)
    assert run.halt is Halt.STALE
    assert not bench.shop.calls
    closed = bench.db.approvals.get(request.id)
    assert closed is not None
    assert closed.status is ApprovalStatus.SUPERSEDED


@pytest.mark.system("U1")
@pytest.mark.parametrize("name", ["order:o-1", "limits"])
def test_a_changed_order_or_policy_is_refused_and_asked_again(bench: Bench, name: str) -> None:
    request = bench.signed(REFUND, REPLY)
    bench.shop.versions[name] = "9"
    run = bench.executor.run(subject(), (REFUND, REPLY), request.id)
    assert (run.halt, run.message) == (Halt.STALE, f"changed since it was asked: {name}")
    assert not bench.shop.calls
    assert bench.executor.run(subject(), (REFUND, REPLY), request.id).halt is Halt.STALE


@pytest.mark.system("U1")
def test_a_change_by_somebody_else_between_two_effects_stops_the_second(bench: Bench) -> None:
    request = bench.signed(REFUND, TAG, REPLY)
    bench.shop.on_apply = lambda action: bench.shop.before.append(Unavailable("x")) if action == TAG else None
    assert bench.executor.run(subject(), (REFUND, TAG, REPLY), request.id).halt is Halt.UNAVAILABLE
    bench.shop.on_apply = lambda action: None
    bench.shop.versions["order:o-1"] = "77"
    assert bench.executor.run(subject(), (REFUND, TAG, REPLY), request.id).halt is Halt.STALE
    assert bench.shop.of("refund_order") == [REFUND]
    assert not bench.shop.of("tag_ticket")


def test_our_own_refund_does_not_make_the_rest_stale(bench: Bench) -> None:
    request = bench.signed(REFUND, TAG, REPLY)
    bench.shop.on_apply = lambda action: bench.shop.before.append(Unavailable("x")) if action == TAG else None
    bench.executor.run(subject(), (REFUND, TAG, REPLY), request.id)
    bench.shop.on_apply = lambda action: None
    assert bench.executor.run(subject(), (REFUND, TAG, REPLY), request.id).halt is None


@pytest.mark.system("N3")
@pytest.mark.parametrize("upto", ["claimed", "applied", "closed"])
def test_what_another_process_does_under_the_same_signature_is_no_change_to_ask_about(bench: Bench, upto: str) -> None:
    request = bench.signed(REFUND, TAG, REPLY)
    other, runs = bench.another("p-2"), list[EffectRun]()

    def meanwhile() -> None:
        # Between the ledger's and the world's answer to the first process, the second gets as far as `upto`.
        bench.rules.on_bindings = lambda: None
        if upto != "closed":
            bench.shop.on_apply = pause
        runs.append(other.run(subject(), request.effects, request.id))

    def pause(action: Action) -> None:
        bench.shop.on_apply = lambda action: None
        if upto == "applied":
            bench.shop.versions["order:o-1"] = "2"
        runs.append(bench.executor.run(subject(), request.effects, request.id))
        bench.shop.versions["order:o-1"] = "1"

    bench.rules.on_bindings = meanwhile
    runs.append(bench.executor.run(subject(), request.effects, request.id))
    assert [run.halt for run in runs].count(None) == 1
    assert {run.halt for run in runs} <= {None, Halt.BUSY}
    assert len(bench.shop.calls) == 3
    closed = bench.db.approvals.get(request.id)
    assert closed is not None
    assert closed.status is ApprovalStatus.EXECUTED


@pytest.mark.system("B4")
def test_what_the_rules_block_by_now_is_stale(bench: Bench) -> None:
    request = bench.signed(REFUND)
    bench.rules.say("refund_order", Verdict.BLOCK)
    assert bench.executor.run(subject(), (REFUND,), request.id).halt is Halt.STALE
    assert not bench.shop.calls


@pytest.mark.system("U7")
def test_a_signature_that_is_no_longer_high_enough_is_stale(bench: Bench) -> None:
    request = bench.signed(REFUND, role=Role.AGENT)
    bench.rules.say("refund_order", Verdict.REQUIRE_APPROVAL, "lead")
    run = bench.executor.run(subject(), (REFUND,), request.id)
    assert (run.halt, bench.shop.calls) == (Halt.STALE, [])


def test_an_unsigned_action_that_is_blocked_fails(bench: Bench) -> None:
    bench.rules.say("tag_ticket", Verdict.BLOCK)
    assert bench.executor.run(subject(), (TAG,)).halt is Halt.BLOCKED
    assert bench.db.ledger.get(effect_key(CASE, TAG)) is None


@pytest.mark.parametrize("error", [refused("it has shipped"), Rejected("no such order")])
def test_a_refusal_stops_what_comes_after_it(bench: Bench, error: ToolError) -> None:
    request = bench.signed(REFUND, REPLY)
    bench.shop.before.append(error)
    run = bench.executor.run(subject(), (REFUND, REPLY), request.id)
    assert (run.halt, run.message) == (Halt.REFUSED, str(error))
    assert [e.status for e in run.executions] == [ExecutionStatus.FAILED]
    assert len(bench.shop.calls) == 1
    closed = bench.db.approvals.get(request.id)
    assert closed is not None
    assert (closed.status, closed.detail) == (ApprovalStatus.FAILED, str(error))


def test_a_refused_effect_may_be_signed_and_tried_again_later(bench: Bench) -> None:
    first = bench.signed(REFUND)
    bench.shop.before.append(refused("on hold"))
    bench.executor.run(subject(), (REFUND,), first.id)
    bench.clock.advance(timedelta(hours=1))
    second = bench.signed(REFUND)
    assert bench.executor.run(subject(), (REFUND,), second.id).halt is None
    assert len(bench.shop.of("refund_order")) == 1


def test_a_system_that_is_down_leaves_no_claim_and_the_signature_holds(bench: Bench) -> None:
    request = bench.signed(REFUND)
    bench.shop.before.append(Unavailable("the shop is down"))
    run = bench.executor.run(subject(), (REFUND,), request.id)
    assert (run.halt, run.executions) == (Halt.UNAVAILABLE, ())
    assert bench.db.ledger.get(KEY) is None
    assert bench.executor.run(subject(), (REFUND,), request.id).halt is None


def test_facts_that_cannot_be_read_stop_the_effect(bench: Bench) -> None:
    request = bench.signed(REFUND)
    bench.rules.down = iter([Unavailable("no facts")])
    assert bench.executor.run(subject(), (REFUND,), request.id).halt is Halt.UNAVAILABLE
    assert not bench.shop.calls
    assert bench.db.ledger.get(KEY) is None


@pytest.mark.system("U2")
def test_a_timeout_after_success_is_settled_by_reading(bench: Bench) -> None:
    request = bench.signed(REFUND, REPLY)
    bench.shop.after.append(OutcomeUnknown("timeout"))
    run = bench.executor.run(subject(), (REFUND, REPLY), request.id)
    assert run.halt is None
    assert len(bench.shop.of("refund_order")) == 1


@pytest.mark.system("U2")
@pytest.mark.parametrize("happened", [True, False])
def test_an_unknown_outcome_is_read_before_anything_is_sent_again(bench: Bench, happened: bool) -> None:
    request = bench.signed(REFUND)
    bench.shop.deaf = True
    (bench.shop.after if happened else bench.shop.before).append(OutcomeUnknown("timeout"))
    run = bench.executor.run(subject(), (REFUND,), request.id)
    assert (run.halt, run.executions[0].status) == (Halt.UNKNOWN, ExecutionStatus.UNKNOWN)
    bench.shop.deaf = False
    again = bench.executor.run(subject(), (REFUND,), request.id)
    assert again.halt is (None if happened else Halt.UNKNOWN)
    assert len(bench.shop.calls) == 1
    bench.clock.advance(timedelta(minutes=3))
    assert bench.executor.run(subject(), (REFUND,), request.id).halt is None
    assert len(bench.shop.of("refund_order")) == 1


def test_an_error_of_an_unknown_kind_counts_as_an_unknown_outcome(bench: Bench) -> None:
    request = bench.signed(REFUND)
    bench.shop.before.append(StoreError("disk full"))
    run = bench.executor.run(subject(), (REFUND,), request.id)
    assert run.halt is Halt.UNKNOWN


def test_an_unknown_effect_that_cannot_go_on_stays_unknown(bench: Bench) -> None:
    request = bench.signed(REFUND)
    bench.shop.before.append(OutcomeUnknown("timeout"))
    bench.executor.run(subject(), (REFUND,), request.id)
    bench.clock.advance(timedelta(minutes=3))
    bench.shop.before.append(Unavailable("down"))
    assert bench.executor.run(subject(), (REFUND,), request.id).halt is Halt.UNAVAILABLE
    kept = bench.db.ledger.get(KEY)
    assert kept is not None
    assert kept.status is ExecutionStatus.UNKNOWN


class Crash(BaseException):
    """The process dies here."""


@pytest.mark.parametrize("done", [True, False])
def test_a_claim_left_by_a_crash_is_settled_by_reading(bench: Bench, done: bool) -> None:
    request = bench.signed(REFUND, REPLY)

    def die(action: Action) -> None:
        if done:
            bench.shop.on_apply = lambda action: None
            bench.shop.apply(action, KEY)
        raise Crash

    bench.shop.on_apply = die
    with pytest.raises(Crash):
        bench.executor.run(subject(), (REFUND, REPLY), request.id)
    bench.shop.on_apply = lambda action: None
    assert bench.another("p-2").run(subject(), (REFUND, REPLY), request.id).halt is Halt.BUSY
    assert bench.another("p-2", alive=False).run(subject(), (REFUND, REPLY), request.id).halt is None
    assert [len(bench.shop.of(kind)) for kind in ("refund_order", "send_reply")] == [1, 1]


def test_a_claim_is_taken_over_after_its_lease(bench: Bench) -> None:
    request = bench.signed(REFUND)

    def die(action: Action) -> None:
        raise Crash

    bench.shop.on_apply = die
    with pytest.raises(Crash):
        bench.executor.run(subject(), (REFUND,), request.id)
    bench.shop.on_apply = lambda action: None
    bench.clock.advance(timedelta(minutes=2))
    assert bench.another("p-2").run(subject(), (REFUND,), request.id).halt is None


def test_a_process_that_lost_its_claim_cannot_record_over_the_new_one(bench: Bench) -> None:
    request = bench.signed(REFUND)

    def taken_over(action: Action) -> None:
        bench.shop.on_apply = lambda action: None
        run = bench.another("p-2", alive=False).run(subject(), (REFUND,), request.id)
        assert run.halt is None
        bench.shop.before.append(OutcomeUnknown("late"))

    bench.shop.on_apply = taken_over
    run = bench.executor.run(subject(), (REFUND,), request.id)
    assert run.halt is None
    kept = bench.db.ledger.get(KEY)
    assert kept is not None
    assert (kept.owner, kept.status) == ("p-2", ExecutionStatus.SUCCEEDED)
    assert len(bench.shop.of("refund_order")) == 1


@pytest.mark.system("L13")
@pytest.mark.parametrize("scope", [EVERYTHING, "workflow:support", intent_scope("damaged_item")])
def test_a_stop_counts_from_the_next_effect_on_until_somebody_resumes(bench: Bench, scope: str) -> None:
    request = bench.signed(REFUND, TAG, REPLY)
    stop = Switch(scope=scope, stopped=True, by="priya", reason="wrong prices", at=NOON)
    bench.shop.on_apply = lambda action: bench.db.switches.set(stop)
    run = bench.executor.run(subject(), (REFUND, TAG, REPLY), request.id)
    assert (run.halt, len(run.executions)) == (Halt.PAUSED, 1)
    assert "priya" in run.message
    bench.shop.on_apply = lambda action: None
    assert bench.executor.run(subject(), (REFUND, TAG, REPLY), request.id).halt is Halt.PAUSED
    bench.db.switches.set(stop.model_copy(update={"stopped": False}))
    assert bench.executor.run(subject(), (REFUND, TAG, REPLY), request.id).halt is None
    assert [entry.event for entry in bench.db.audit.entries() if entry.event.startswith("switch")] == [
        "switch.stopped",
        "switch.resumed",
    ]


@pytest.mark.system("L13")
def test_a_stop_between_the_judgement_and_the_effect_still_counts(bench: Bench) -> None:
    request = bench.signed(REFUND)
    stop = Switch(scope=EVERYTHING, stopped=True, by="priya", at=NOON)
    judge = bench.rules.judge_one

    class Stopping:
        bindings = bench.rules.bindings

        def judge_one(self, *args: object) -> object:
            bench.db.switches.set(stop)
            return judge(*args)  # type: ignore[arg-type]  # the arguments are passed through unchanged

    object.__setattr__(bench.executor, "guard", Stopping())
    run = bench.executor.run(subject(), (REFUND,), request.id)
    assert (run.halt, run.message) == (Halt.PAUSED, "priya stopped everything: ")
    assert not bench.shop.calls
    assert bench.db.ledger.get(KEY) is None


@pytest.mark.system("L12")
def test_a_loop_is_stopped_after_three_messages_with_one_alert_until_a_person_resumes(bench: Bench) -> None:
    bench.rules.say("send_reply", Verdict.ALLOW)
    halts: list[Halt | None] = []
    alerts: list[str] = []
    for number in range(10):
        reply = REPLY.model_copy(update={"in_reply_to": f"m-{number}"})
        run = bench.executor.run(subject(f"case-{number}", sender="Bot@Example.com "), (reply,))
        halts.append(run.halt)
        alerts += [alert.kind for alert in run.alerts]
        bench.clock.advance(timedelta(seconds=20))
    assert halts == [None] * 3 + [Halt.PAUSED] * 7
    assert alerts == ["loop"]
    assert len(bench.shop.of("send_reply")) == 3
    other = REPLY.model_copy(update={"in_reply_to": "m-x"})
    assert bench.executor.run(subject("case-x", sender="ada@example.com"), (other,)).halt is None
    bench.clock.advance(timedelta(minutes=10))
    last = REPLY.model_copy(update={"in_reply_to": "m-last"})
    assert bench.executor.run(subject("case-y", sender="bot@example.com"), (last,)).halt is Halt.PAUSED
    (switch,) = bench.db.switches.all()
    bench.db.switches.set(switch.model_copy(update={"stopped": False, "by": "dana"}))
    assert bench.executor.run(subject("case-y", sender="bot@example.com"), (last,)).halt is None


@pytest.mark.system("U3")
def test_a_reply_that_promises_what_was_not_done_is_held_back(bench: Bench) -> None:
    bench.rules.say("send_reply", Verdict.ALLOW)
    promise = Promise(text="I have refunded $39.00", kind="refund", fingerprint=REFUND.fingerprint())
    run = bench.executor.run(subject(), (REPLY,), promises=[promise])
    assert run.halt is Halt.BLOCKED
    assert "I have refunded $39.00" in run.message
    assert not bench.shop.calls
    request = bench.signed(REFUND, REPLY)
    assert bench.executor.run(subject(), (REFUND, REPLY), request.id, [promise]).halt is None


@pytest.mark.system("U3")
def test_a_promise_may_rest_on_what_was_done_in_an_earlier_run(bench: Bench) -> None:
    bench.rules.say("send_reply", Verdict.ALLOW)
    promise = Promise(text="I have tagged it", kind="tag", fingerprint=TAG.fingerprint())
    assert bench.executor.run(subject(), (TAG,)).halt is None
    assert bench.executor.run(subject(), (REPLY,), promises=[promise]).halt is None


@pytest.mark.system("L10")
def test_what_nothing_confirms_turns_unconfirmed_and_is_told_once(bench: Bench) -> None:
    request = bench.signed(REFUND)
    bench.shop.before.append(OutcomeUnknown("timeout"))
    bench.executor.run(subject(), (REFUND,), request.id)
    assert bench.executor.settle_open() == []
    bench.clock.advance(timedelta(minutes=15))
    (alert,) = bench.executor.settle_open()
    assert alert.kind == "unconfirmed"
    assert bench.executor.settle_open() == []
    kept = bench.db.ledger.get(KEY)
    assert kept is not None
    assert kept.status is ExecutionStatus.UNCONFIRMED
    bench.shop.apply(REFUND, KEY)
    assert bench.executor.settle_open() == []
    late = bench.db.ledger.get(KEY)
    assert late is not None
    assert late.status is ExecutionStatus.SUCCEEDED
