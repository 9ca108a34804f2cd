"""A shop whose answers a test decides, a guard that says what it is told, and cases about one order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from agent.approvals import ApprovalDecision, ApprovalKind, ApprovalRequest, DecisionKind, approval_id, decide
from agent.case import ActionVerdict, Classification, Identity, IdentityLevel, Investigation, Verdict, digest_of
from agent.execution import Executor
from agent.guard.guard import Subject
from agent.limits import Loop, Role
from agent.policy import PolicyFacts
from agent.repositories import ApprovalRepository, ExecutionLedger, SwitchBoard
from agent.testing import NOON, FixedClock, InMemoryDatabase
from tools.actions import Action, RefundOrder, SendReply, TagTicket
from tools.errors import ActionRefused, Refusal, ToolError
from tools.facts import ActionFacts
from tools.helpdesk import Ticket, TicketMessage
from tools.money import Money
from tools.ports import CustomerWriter, HelpdeskWriter, OrderWriter, Receipt, Writers

CASE = "case-1"
REFUND = RefundOrder(order_id="o-1", amount=Money.of("39.00", "USD"), reason="it broke")
TAG = TagTicket(ticket_id="t-1", tags=("damaged",))
REPLY = SendReply(ticket_id="t-1", in_reply_to="m-1", text="I have refunded $39.00.")
VERSIONS = {"order:o-1": "1", "limits": "abc"}


def subject(case_id: str = CASE, sender: str = "ada@example.com", intent: str = "damaged_item") -> Subject:
    message = TicketMessage(id="m-1", at=NOON, text="My mug is broken", sender=sender)
    return Subject(
        case_id=case_id,
        ticket=Ticket(id="t-1", messages=(message,)),
        classification=Classification(intent=intent, confidence=0.9),
        investigation=Investigation(identity=Identity(level=IdentityLevel.VERIFIED, customer_id="c-1", how="login")),
    )


class Shop:
    """Does every effect once per key; `plan` holds what goes wrong next, before or after it was done."""

    def __init__(self, clock: FixedClock) -> None:
        self.done: dict[str, tuple[Action, Receipt]] = {}
        self.calls: list[str] = []
        self.before: list[ToolError] = []
        self.after: list[ToolError] = []
        self.deaf = False
        self.versions = dict(VERSIONS)
        self.on_apply: Callable[[Action], None] = lambda action: None
        self._clock = clock

    def apply(self, action: Action, key: str) -> Receipt:
        self.calls.append(key)
        self.on_apply(action)
        if self.before:
            raise self.before.pop(0)
        if key in self.done:
            return self.done[key][1].model_copy(update={"repeated": True})
        receipt = Receipt(key=key, reference=f"ref-{len(self.done) + 1}", summary=action.kind, at=self._clock.now())
        self.done[key] = (action, receipt)
        if isinstance(action, RefundOrder):
            self.versions["order:o-1"] = str(int(self.versions["order:o-1"]) + 1)
        if self.after:
            raise self.after.pop(0)
        return receipt

    def receipt(self, key: str) -> Receipt | None:
        if self.deaf:
            from tools.errors import Unavailable

            raise Unavailable("no answer")
        found = self.done.get(key)
        return found[1] if found else None

    def of(self, kind: str) -> list[Action]:
        return [action for action, _ in self.done.values() if action.kind == kind]

    def __getattr__(self, name: str) -> Callable[[Action, str], Receipt]:
        if name.startswith("_"):
            raise AttributeError(name)
        return self.apply

    def writers(self) -> Writers:
        # The three write ports are one method per action; __getattr__ answers all of them.
        return Writers(
            orders=cast("OrderWriter", self),
            customers=cast("CustomerWriter", self),
            helpdesk=cast("HelpdeskWriter", self),
            effects=self,
        )


@dataclass
class Rules:
    """A guard that says what the test wants."""

    shop: Shop
    verdicts: dict[str, ActionVerdict] = field(default_factory=dict[str, ActionVerdict])
    seen: list[str] = field(default_factory=list[str])
    down: Iterator[ToolError] = field(default_factory=lambda: iter(()))
    on_bindings: Callable[[], None] = lambda: None

    def say(self, kind: str, verdict: Verdict, role: str = "") -> None:
        self.verdicts[kind] = ActionVerdict(kind=kind, fingerprint="", verdict=verdict, role=role)

    def judge_one(self, subject: Subject, action: Action, now: datetime) -> tuple[ActionVerdict, PolicyFacts]:
        for error in self.down:
            raise error
        self.seen.append(action.kind)
        default = ActionVerdict(kind=action.kind, fingerprint="", verdict=Verdict.ALLOW)
        return self.verdicts.get(action.kind, default), PolicyFacts(world=ActionFacts(now=now))

    def bindings(self, subject: Subject, effects: Sequence[Action], now: datetime) -> dict[str, str]:
        self.on_bindings()
        return dict(self.shop.versions)


@dataclass
class Bench:
    """An executor with everything it touches."""

    clock: FixedClock = field(default_factory=FixedClock)
    db: InMemoryDatabase = field(default_factory=InMemoryDatabase)

    def __post_init__(self) -> None:
        self.shop = Shop(self.clock)
        self.rules = Rules(self.shop)
        self.rules.say("refund_order", Verdict.REQUIRE_APPROVAL, "agent")
        self.rules.say("send_reply", Verdict.REQUIRE_APPROVAL, "agent")
        self.executor = self.another("p-1")

    def another(self, owner: str, *, alive: bool = True) -> Executor:
        return Executor(
            writers=self.shop.writers(),
            guard=self.rules,
            ledger=cast("ExecutionLedger", self.db.ledger),
            approvals=cast("ApprovalRepository", self.db.approvals),
            switches=cast("SwitchBoard", self.db.switches),
            clock=self.clock,
            owner=owner,
            loop=Loop(replies=3, minutes=5),
            alive=lambda other: alive,
        )

    def signed(self, *effects: Action, role: Role = Role.LEAD, case_id: str = CASE) -> ApprovalRequest:
        """A request that a person has approved."""
        asked = self.db.approvals.open(
            ask(*effects, now=self.clock.now(), case_id=case_id, bindings=self.shop.versions)
        )
        after = decide(asked, answer(asked, role=role), self.clock.now())
        assert self.db.approvals.swap(asked, after)
        return after


def ask(
    *effects: Action,
    now: datetime = NOON,
    case_id: str = CASE,
    bindings: dict[str, str] | None = None,
    role: Role = Role.AGENT,
) -> ApprovalRequest:
    chosen = effects or (REFUND, REPLY)
    rests_on = dict(bindings if bindings is not None else VERSIONS)
    return ApprovalRequest(
        id=approval_id(case_id, digest_of(chosen, rests_on), now),
        case_id=case_id,
        ticket_id="t-1",
        customer_id="c-1",
        kind=ApprovalKind.SIGN,
        effects=chosen,
        bindings=rests_on,
        required_role=role,
        amount=Money.of("39.00", "USD"),
        created_at=now,
        expires_at=now + timedelta(hours=48),
    )


def answer(
    request: ApprovalRequest,
    kind: DecisionKind = DecisionKind.APPROVE,
    *,
    by: str = "dana",
    role: Role = Role.LEAD,
    at: datetime = NOON,
    reason: str = "",
    text: str = "",
) -> ApprovalDecision:
    return ApprovalDecision(kind=kind, by=by, role=role, at=at, digest=request.digest, reason=reason, text=text)


def refused(message: str) -> ActionRefused:
    return ActionRefused([Refusal(code="no", message=message)])
