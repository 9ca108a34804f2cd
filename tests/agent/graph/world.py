"""A shop small enough to see through: real store, guard, executor, desk and checkpoints; a reasoner that is told."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from agent.approvals import ApprovalRequest, DecisionKind
from agent.case import Classification, Draft, ProposedResolution, References
from agent.checkpoints import open_checkpoints
from agent.investigation.needs import Needs
from agent.limits import PolicyLimits, load_limits, shipped_limits
from agent.limits.service import ReplyMode
from agent.reasoners.base import Brief, Usage
from agent.repositories import CaseRecord
from agent.runner import CaseRunner, Edit
from agent.switches import EVERYTHING, Switch
from agent.testing import FixedClock
from knowledge.documents import DocumentStatus, Passage
from knowledge.embedding import HashingEmbedder
from knowledge.index import InMemoryIndex
from server.container import Parts, build_runner
from server.db.database import Database
from server.settings import Settings
from tests.tools.conftest import fill
from tests.tools.world import DELIVERED, NOW, usd
from tools.actions import Action, Lines, RefundOrder, TagTicket
from tools.commerce import Noun, Order
from tools.helpdesk import Author, SentMessage, Ticket, TicketMessage
from tools.ports import Readers, Writers
from tools.store.bulk import write
from tools.store.local import LocalStore
from tools.store.nouns import row_of
from tools.store.tables import StoreTable

if TYPE_CHECKING:
    from agent.checkpoints import Checkpointer

LIMITS = load_limits(shipped_limits())
TICKET_ID, CASE = "t-9", "local-t-9"
ASKED = "One mug of order #1002 arrived broken, please refund it."
REPLY = "Hi Ada,\n\nwe have refunded $20.00 for the mug of order #1002. We are sorry that it arrived broken."
TAG = TagTicket(ticket_id=TICKET_ID, tags=("broken",))
REFUND = RefundOrder(order_id=DELIVERED.id, amount=usd("20.00"), lines=(Lines(line_id="l-mug"),))
ABOUT = Classification(
    intent="damaged_item", confidence=0.9, references=References(order_numbers=("#1002",)), reason="it says broken"
)


def message(text: str = ASKED, number: int = 9, author: Author = Author.CUSTOMER) -> TicketMessage:
    return TicketMessage(
        id=f"m-{number}", author=author, sender="ada@example.com", sender_verified=True, at=NOW, text=text
    )


def ticket(*messages: TicketMessage) -> Ticket:
    return Ticket(id=TICKET_ID, subject="My mug", messages=messages or (message(),))


def draft(text: str = REPLY, in_reply_to: str = "m-9") -> Draft:
    return Draft(text=text, language="en", in_reply_to=in_reply_to)


def proposal(*actions: Action, reply: str = REPLY, reply_to: str = "m-9", **changes: object) -> ProposedResolution:
    """A tag that needs nobody, a refund and a reply that need a signature."""
    plain = ProposedResolution(
        reply=draft(reply, reply_to) if reply else None,
        actions=actions or (TAG, REFUND),
        rationale="a broken mug is refunded",
        playbook="damaged_item",
        branch="refund",
    )
    return plain.model_copy(update=changes)


def as_asked(brief: Brief) -> ProposedResolution:
    """What the stub proposes when nothing else is said: it always answers the newest message."""
    return proposal(reply_to=brief.ticket.latest.id)


@dataclass
class Stub:
    """A reasoner that does what a test says, as often as it is asked."""

    says: Callable[[Brief], ProposedResolution] = as_asked
    hears: Callable[[Ticket], Classification] = lambda ticket: ABOUT
    repairs: bool = False
    needed: Needs = field(default_factory=lambda: Needs(lookups=frozenset()))
    versions: Mapping[str, str] = field(default_factory=dict[str, str])
    name: str = "stub"
    briefs: list[Brief] = field(default_factory=list[Brief])

    expected: list[str] = field(default_factory=list[str])

    def expect(self, ticket: Ticket) -> None:
        self.expected.append(ticket.latest.id)

    def classify(self, ticket: Ticket, hint: str) -> Classification:
        return self.hears(ticket)

    def needs(self, classification: Classification) -> Needs:
        return self.needed

    def propose(self, brief: Brief) -> ProposedResolution:
        self.briefs.append(brief)
        return self.says(brief)

    def usage(self) -> Usage:
        return Usage()


def fixed(said: ProposedResolution) -> Stub:
    """A stub that proposes one thing."""
    return Stub(says=lambda brief: said)


class Died(BaseException):
    """The process ends here; nothing of ours may catch it."""


Around = Callable[[Readers], Readers]


class WatchedStore(LocalStore):
    """A store whose ports a test can wrap, to let a system fail or the process die."""

    around: Around | None = None
    writing: Callable[[Writers], Writers] | None = None

    def readers(self) -> Readers:
        plain = super().readers()
        return self.around(plain) if self.around else plain

    def writers(self, clock: Callable[[], datetime]) -> Writers:
        plain = super().writers(clock)
        return self.writing(plain) if self.writing else plain


@dataclass
class SmallShop:
    """One process of the product over a folder."""

    store: WatchedStore
    database: Database
    knowledge: InMemoryIndex
    saver: Checkpointer
    runner: CaseRunner
    clock: FixedClock
    stub: Stub

    @property
    def readers(self) -> Readers:
        return self.store.readers()

    def work(self, arrived: Ticket | None = None) -> CaseRecord:
        self.store.receive(arrived or ticket())
        return self.runner.start(TICKET_ID)

    def case(self) -> CaseRecord:
        found = self.database.cases.get(CASE)
        assert found is not None
        return found

    def request(self, record: CaseRecord | None = None) -> ApprovalRequest:
        found = self.database.approvals.get((record or self.case()).approval_id)
        assert found is not None
        return found

    def decide(
        self, kind: DecisionKind, record: CaseRecord | None = None, *, reason: str = "", digest: str = ""
    ) -> CaseRecord:
        asked = (record or self.case()).approval_id
        return self.runner.decide(asked, kind, "dana", reason=reason, digest=digest)

    def sign(self, record: CaseRecord | None = None) -> CaseRecord:
        return self.decide(DecisionKind.APPROVE, record)

    def change(self, edit: Edit, record: CaseRecord | None = None) -> CaseRecord:
        return self.runner.decide((record or self.case()).approval_id, DecisionKind.MODIFY, "dana", edit=edit)

    def stop(self, *, stopped: bool = True, scope: str = EVERYTHING) -> None:
        at = self.clock.now()
        self.database.switches.set(Switch(scope=scope, stopped=stopped, by="dana", reason="odd refunds", at=at))

    def put(self, *nouns: Noun) -> None:
        """The world moves on."""
        rows = [row_of(noun) for noun in nouns]
        with self.store.transaction() as connection:
            write(connection, {name: [row for row in rows if row.table == name] for name in StoreTable.metadata.tables})

    def order(self) -> Order:
        found = self.readers.orders.order(DELIVERED.id)
        assert found is not None
        return found

    def happened(self) -> list[str]:
        """The kinds of all effects that were begun, in their order; one that was begun twice is here twice."""
        claims = [entry for entry in self.database.audit.entries() if entry.event == "effect.claimed"]
        return [str(json.loads(entry.payload)["kind"]) for entry in claims]

    def trail(self) -> list[str]:
        """What the audit log holds, in order."""
        return [entry.event for entry in self.database.audit.entries()]

    def refunded(self) -> list[str]:
        return [str(refund.amount) for refund in self.readers.orders.refunds(DELIVERED.id)]

    def replies(self) -> Sequence[SentMessage]:
        return [sent for sent in self.readers.helpdesk.sent(TICKET_ID) if sent.kind == "reply"]


def with_limits(**changes: Mapping[str, object]) -> PolicyLimits:
    """The shipped limits with some sections changed."""
    whole = LIMITS.model_dump()
    return PolicyLimits.model_validate({**whole, **{name: {**whole[name], **new} for name, new in changes.items()}})


# As if the intent had earned it: what it has to prove is tested elsewhere.
EARNED = {"autonomy": LIMITS.autonomy.model_copy(update={"reviewed_samples": 0, "accuracy_percent": 0})}
LISTED = with_limits(replies={"mode": ReplyMode.LISTED_INTENTS, "auto_intents": {"damaged_item": {"owner": "dana"}}})
UNREAD = LISTED.model_copy(update=EARNED)
"""Limits under which replies about this go out unread."""


def passage(text: str, version: int = 1) -> Passage:
    return Passage(
        id=f"returns@v{version}#window",
        document_id="returns",
        anchor="window",
        title="Broken items",
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        version=version,
        status=DocumentStatus.APPROVED,
        effective_from=date(2026, 1, 1),
    )


def make_template(folder: Path) -> Path:
    """A database with the small shop in it and nothing worked on. Copy it."""
    path = folder / "countersign.db"
    with WatchedStore.open(f"sqlite:///{path}") as store, Database.open(f"sqlite:///{path}"):
        fill(store)
    return path


@contextmanager
def open_shop(
    folder: Path,
    template: Path,
    stub: Stub | None = None,
    *,
    limits: PolicyLimits = LIMITS,
    passages: Sequence[Passage] = (),
    around: Around | None = None,
    writing: Callable[[Writers], Writers] | None = None,
    database: Callable[[Database], object] = lambda plain: plain,
    saver: Callable[[Checkpointer], Checkpointer] = lambda plain: plain,
    clock: FixedClock | None = None,
) -> Generator[SmallShop]:
    """One process over `folder`. A folder that was used before goes on where it was, as after a restart.

    `around`, `writing`, `database` and `saver` wrap a part, to let it fail or to let the process die at it.
    """
    path, stub, clock = folder / "countersign.db", stub or Stub(), clock or FixedClock(NOW)
    if not path.exists():
        shutil.copy(template, path)
    knowledge = InMemoryIndex(HashingEmbedder())
    knowledge.ingest(passages)
    with WatchedStore.open(f"sqlite:///{path}") as store, Database.open(f"sqlite:///{path}") as plain:
        store.around, store.writing = around, writing
        wrapped = cast("Database", database(plain))
        parts = Parts(
            settings=Settings(data_dir=str(folder)), limits=limits, clock=clock, store=store, database=wrapped
        )
        with open_checkpoints(folder / "checkpoints.db") as opened:
            checkpoints = saver(opened)
            runner = build_runner(parts, stub, knowledge, checkpoints)
            yield SmallShop(store, plain, knowledge, checkpoints, runner, clock, stub)
