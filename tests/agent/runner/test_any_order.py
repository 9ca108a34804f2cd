"""Whatever happens in whatever order, with a process that may end at any write: what must never happen does not."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from agent import edits
from agent.approvals import ApprovalError, ApprovalStatus, DecisionKind
from agent.audit import verify
from agent.case import CaseStatus
from agent.edits import CannotEdit
from agent.testing import FixedClock
from tests.agent.graph.world import CASE, NOW, Died, SmallShop, message, open_shop, ticket
from tests.agent.runner.deaths import Moment, watched_database, watched_saver, watched_writers
from tests.tools.world import usd

if TYPE_CHECKING:
    from agent.repositories import CaseRecord

AWAITING = (CaseStatus.AWAITING_APPROVAL, CaseStatus.AWAITING_REVIEW)


class AnyOrder(RuleBasedStateMachine):
    """One ticket, its customer, the people of the shop, and the machine it runs on."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="any-order-"))
        self.clock = FixedClock(NOW)
        self.written = 1
        self.process = ExitStack()
        self.shop = self.started(0)

    def started(self, die_after: int) -> SmallShop:
        moment = Moment(die_after)
        return self.process.enter_context(
            open_shop(
                self.folder,
                self.template,
                database=watched_database(moment),
                saver=watched_saver(moment),
                writing=watched_writers(moment),
                clock=self.clock,
            )
        )

    def teardown(self) -> None:
        self.process.close()
        shutil.rmtree(self.folder)

    @property
    def case(self) -> CaseRecord | None:
        return self.shop.database.cases.get(CASE)

    def tried(self, work: Callable[[], object]) -> None:
        """What a person or a system asks for may be refused, and the process may end; both are answers."""
        try:
            work()
        except (ApprovalError, CannotEdit):
            pass
        except Died:
            self.restart(0)
            self.shop.runner.recover()

    def restart(self, die_after: int) -> None:
        self.process.close()
        self.shop = self.started(die_after)

    @initialize()
    def arrive(self) -> None:
        self.shop.work()

    @rule()
    def deliver_again(self) -> None:
        messages = [message(number=9 + number) for number in range(self.written)]
        self.tried(lambda: self.shop.work(ticket(*messages)))

    @precondition(lambda self: self.written < 3)
    @rule()
    def write_again(self) -> None:
        self.written += 1
        self.deliver_again()

    @rule(
        kind=st.sampled_from([DecisionKind.APPROVE, DecisionKind.APPROVE, DecisionKind.REJECT, DecisionKind.ESCALATE])
    )
    def decide(self, kind: DecisionKind) -> None:
        if self.case is not None and self.case.approval_id:
            self.tried(lambda: self.shop.decide(kind, reason="because"))

    @rule(amount=st.sampled_from(["3.00", "12.00", "20.00"]))
    def edit(self, amount: str) -> None:
        if self.case is not None and self.case.approval_id:
            self.tried(lambda: self.shop.change(lambda said: edits.with_amount(said, usd(amount), "dana")))

    @rule()
    def change_the_order(self) -> None:
        order = self.shop.order()
        self.shop.put(order.model_copy(update={"note": f"{order.note}."}))

    @rule(stopped=st.booleans())
    def stop_or_go(self, stopped: bool) -> None:
        self.shop.stop(stopped=stopped)
        self.tried(self.shop.runner.recover)

    @rule(days=st.sampled_from([0, 3]))
    def wait(self, days: int) -> None:
        self.clock.set(self.clock.now().replace(day=min(self.clock.now().day + days, 28)))
        self.tried(self.shop.runner.expire)

    @rule(die_after=st.integers(1, 30))
    def end_soon(self, die_after: int) -> None:
        self.restart(die_after)
        self.tried(self.shop.runner.recover)

    @rule()
    def lose_the_checkpoints(self) -> None:
        self.process.close()
        for path in self.folder.glob("checkpoints.db*"):
            path.unlink()
        self.shop = self.started(0)
        self.shop.runner.recover()

    @invariant()
    def nobody_is_paid_without_a_signature_or_above_it(self) -> None:
        ledger = self.shop.database.ledger.of_case(CASE)
        for entry in ledger:
            if entry.action.kind != "tag_ticket" and entry.reference and type(entry.action).gives_value:
                request = self.shop.database.approvals.get(entry.approval_id)
                assert request is not None
                assert request.decision is not None
                assert request.decision.kind is DecisionKind.APPROVE
                assert entry.action in request.effects
        refunds = self.shop.readers.orders.refunds("o-1002")
        signed = [entry for entry in ledger if entry.action.kind == "refund_order" and entry.reference]
        assert Counter(str(refund.amount) for refund in refunds) == Counter(str(entry.amount) for entry in signed)

    @invariant()
    def a_message_is_answered_once(self) -> None:
        keys = [sent.key for sent in self.shop.replies()]
        assert len(keys) == len(set(keys))
        assert len(keys) <= self.written

    @invariant()
    def one_question_waits_and_the_case_names_it(self) -> None:
        case = self.case
        waiting = self.shop.database.approvals.list(ApprovalStatus.AWAITING)
        assert len(waiting) <= 1
        if case is not None and case.status in AWAITING:
            assert [request.id for request in waiting] == [case.approval_id]
        if case is not None and waiting:
            assert case.status in AWAITING, (case.status, case.outcome)

    @invariant()
    def no_case_fails(self) -> None:
        assert self.case is None or self.case.status is not CaseStatus.FAILED, self.case.outcome

    @invariant()
    def the_trail_holds(self) -> None:
        report = verify(self.shop.database.audit.entries(), self.shop.database.audit.head())
        assert report.ok, report.message


def explore(template: Path, examples: int, steps: int) -> None:
    AnyOrder.template = template
    quick = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    run_state_machine_as_test(AnyOrder, settings=quick)


@pytest.mark.system("N3")
def test_in_any_order_what_must_never_happen_does_not(small_template: Path) -> None:
    explore(small_template, 8, 8)


@pytest.mark.soak
def test_in_many_orders_what_must_never_happen_does_not(small_template: Path) -> None:
    explore(small_template, 300, 25)
