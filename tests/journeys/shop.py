"""The demo brand, open for business in a folder of its own: real parts, a clock that stands, no network.

`Told` says what a ticket is about, so that a test about something else does not hang on the classifier.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from agent import edits
from agent.approvals import ApprovalRequest, DecisionKind
from agent.case import Classification, Draft, RankedIntent, SpanKind, Urgency
from agent.checkpoints import open_checkpoints, open_shared_checkpoints
from agent.limits import PolicyLimits, load_limits, shipped_limits
from agent.progress import Progress
from agent.reasoners.base import Reasoner
from agent.reasoners.local import references_of
from agent.reasoners.playbook import Classifier, PlaybookReasoner
from agent.repositories import CaseRecord
from agent.runner import CaseRunner, Edit
from agent.testing import FixedClock
from knowledge.index import KnowledgeIndex
from knowledge.playbooks import Engine, PlaybookBook, load_voice
from server.container import Parts, build_runner, only_seat
from server.db.database import Database
from server.settings import SOURCES, Settings
from tools.actions import Action
from tools.commerce import Customer, Noun, Order, Shipment
from tools.connectors.demo import NOW, DemoWorld, TicketLabel
from tools.helpdesk import Attachment, Author, Channel, SentMessage, Ticket, TicketMessage
from tools.ports import Readers, Writers
from tools.store.bulk import write
from tools.store.local import LocalStore
from tools.store.nouns import row_of
from tools.store.tables import StoreTable

LIMITS = load_limits(shipped_limits())
FILE, CHECKPOINTS = "countersign.db", "checkpoints.db"


@dataclass
class Told:
    """`agent.reasoners.playbook.Classifier` that was told the intents; references and language are really read."""

    known: dict[str, Classification] = field(default_factory=dict[str, Classification])

    @classmethod
    def by_labels(cls, labels: Sequence[TicketLabel]) -> Told:
        return cls({label.ticket_id: _labelled(label) for label in labels})

    def tell(self, ticket_id: str, classification: Classification) -> None:
        self.known[ticket_id] = classification

    def expect(self, ticket: Ticket) -> None:
        """Nothing: it knows."""

    def __call__(self, ticket: Ticket, hint: str) -> Classification:
        known = self.known[ticket.id]
        found = {"references": references_of(ticket), "automatic": ticket.latest.automatic}
        return known.model_copy(update=found)


def _labelled(label: TicketLabel) -> Classification:
    return Classification(
        intent=label.intent,
        confidence=0.9,
        secondary=tuple(RankedIntent(intent=intent, confidence=0.6) for intent in label.secondary_intents),
        language=label.language,
        human_request=label.intent == "human_request",
        legal_threat="legal_threat" in label.tags,
        reason=f"labelled {label.intent}",
    )


def about(intent: str, *secondary: str, language: str = "en", **flags: bool | Urgency) -> Classification:
    """A classification that a test states."""
    found = Classification(
        intent=intent,
        confidence=0.9,
        secondary=tuple(RankedIntent(intent=name, confidence=0.6) for name in secondary),
        language=language,
        reason=f"the words of {intent}",
    )
    return found.model_copy(update=flags)


Around = Callable[[Readers], Readers]
Writing = Callable[[Writers], Writers]


class WatchedStore(LocalStore):
    """A store whose readers and writers a test can wrap, to let a system fail or say something odd."""

    around: Around | None = None
    writing: Writing | None = None

    def readers(self) -> Readers:
        plain = super().readers()
        return self.around(plain) if self.around else plain

    def writers(self, clock: Callable[[], datetime]) -> Writers:
        plain = super().writers(clock)
        return self.writing(plain) if self.writing else plain


@dataclass
class Shop:
    """One running product over the demo brand. `ask` is a customer writing; `sign` is a colleague deciding."""

    world: DemoWorld
    parts: Parts
    runner: CaseRunner
    clock: FixedClock
    told: Told
    knowledge: KnowledgeIndex
    written: int = 0

    @property
    def readers(self) -> Readers:
        return self.parts.store.readers()

    @property
    def database(self) -> Database:
        return self.parts.database

    def planted(self, case: str, at: int = 0) -> Order:
        """An order that the demo brand planted under a name, as it is now."""
        return self.order(self.world.planted[case][at])

    def order(self, order_id: str) -> Order:
        order = self.readers.orders.order(order_id)
        assert order is not None, order_id
        return order

    def owner(self, order: Order) -> Customer:
        customer = self.readers.customers.customer(order.customer_id)
        assert customer is not None
        return customer

    def parcel(self, order: Order) -> Shipment:
        return self.readers.orders.shipments(order.id)[-1]

    def put(self, *nouns: Noun) -> None:
        """The world moves on: keep these as the platform has them now."""
        rows = [row_of(noun) for noun in nouns]
        with self.parts.store.transaction() as connection:
            write(connection, {name: [row for row in rows if row.table == name] for name in StoreTable.metadata.tables})

    def letter(
        self,
        text: str,
        customer: Customer,
        *,
        subject: str = "",
        verified: bool | None = True,
        attachments: Sequence[str] = (),
        channel: Channel = Channel.EMAIL,
        automatic: str = "",
        sender: str = "",
    ) -> Ticket:
        """A ticket of one message, from a customer unless `sender` says otherwise."""
        self.written += 1
        message = TicketMessage(
            id=f"journey-{self.written}-m1",
            sender=sender or customer.emails[0],
            sender_name=customer.name,
            sender_verified=verified,
            at=self.clock.now(),
            text=text,
            automatic=automatic,
            attachments=tuple(Attachment(name=name) for name in attachments),
        )
        return Ticket(id=f"journey-{self.written}", channel=channel, subject=subject, messages=(message,))

    def work(self, ticket: Ticket, said: Classification) -> CaseRecord:
        """The ticket arrives and is worked on."""
        self.told.tell(ticket.id, said)
        self.parts.store.receive(ticket)
        return self.runner.start(ticket.id)

    def ask(self, text: str, order: Order, intent: str, *secondary: str, language: str = "en") -> CaseRecord:
        """The owner of an order writes about it."""
        return self.work(self.letter(text, self.owner(order)), about(intent, *secondary, language=language))

    def answer(self, ticket_id: str, text: str, author: Author = Author.CUSTOMER, automatic: str = "") -> Ticket:
        """Somebody writes on a ticket that is there already."""
        ticket = self.readers.helpdesk.ticket(ticket_id)
        assert ticket is not None
        first = ticket.messages[0]
        changes = {
            "id": f"{ticket_id}-m{len(ticket.messages) + 1}",
            "author": author,
            "text": text,
            "automatic": automatic,
        }
        message = first.model_copy(update={**changes, "at": self.clock.now()})
        newer = ticket.model_copy(update={"messages": (*ticket.messages, message)})
        self.parts.store.receive(newer)
        return newer

    def sign(self, record: CaseRecord, person: str = "dana") -> CaseRecord:
        return self.runner.decide(record.approval_id, DecisionKind.APPROVE, person)

    def change(self, record: CaseRecord, edit: Edit, person: str = "dana") -> CaseRecord:
        return self.runner.decide(record.approval_id, DecisionKind.MODIFY, person, edit=edit)

    def choose(self, record: CaseRecord, kind: str, person: str = "dana") -> CaseRecord:
        """Ask for the alternative that begins with an action of this kind instead."""
        assert record.proposal is not None
        kinds = [option.actions[0].kind for option in record.proposal.alternatives]
        return self.change(record, lambda before: edits.with_alternative(before, kinds.index(kind) + 1, person), person)

    def reject(self, record: CaseRecord, person: str = "dana", reason: str = "not like this") -> CaseRecord:
        return self.runner.decide(record.approval_id, DecisionKind.REJECT, person, reason=reason)

    def request(self, record: CaseRecord) -> ApprovalRequest:
        request = self.database.approvals.get(record.approval_id)
        assert request is not None
        return request

    def sent(self, record: CaseRecord, kind: str = "reply") -> Sequence[SentMessage]:
        """What left for the customer (or, as `note`, for staff) on this ticket."""
        return [message for message in self.readers.helpdesk.sent(record.ticket_id) if message.kind == kind]

    def ticket(self, record: CaseRecord) -> Ticket:
        ticket = self.readers.helpdesk.ticket(record.ticket_id)
        assert ticket is not None
        return ticket

    def done(self, record: CaseRecord) -> list[str]:
        """The kinds of everything that really happened in a case, in order."""
        return [entry.action.kind for entry in self.database.ledger.of_case(record.case_id) if entry.reference]


def draft(record: CaseRecord) -> Draft:
    """The reply that was proposed."""
    assert record.proposal is not None
    assert record.proposal.reply is not None, record.outcome
    return record.proposal.reply


def actions(record: CaseRecord) -> dict[str, Action]:
    """What was proposed, by kind."""
    assert record.proposal is not None
    return {action.kind: action for action in record.proposal.actions}


def rules(record: CaseRecord) -> set[str]:
    """The ids of all rules that spoke."""
    assert record.verdict is not None
    return {violation.rule for violation in record.verdict.every_violation()}


def stated(record: CaseRecord, kind: SpanKind) -> list[str]:
    """The parts of the draft that state something of this kind."""
    reply = draft(record)
    return [reply.text[span.start : span.end] for span in reply.spans if span.kind is kind]


@dataclass(frozen=True)
class Brand:
    """What every shop of a session shares and none may change: the world, its store on disk, knowledge, playbooks."""

    world: DemoWorld
    template: Path
    knowledge: KnowledgeIndex
    book: PlaybookBook

    def playbook(self, told: Classifier, limits: PolicyLimits = LIMITS) -> PlaybookReasoner:
        """The offline reasoner over a classifier that was told what tickets are about."""
        return PlaybookReasoner(
            classifier=told,
            book=self.book,
            engine=Engine(limits.business_hours.time_zone, limits.business_hours.holidays),
            voice=load_voice(SOURCES / "voice.yaml"),
        )

    @contextmanager
    def open(
        self,
        folder: Path,
        *,
        reasoner: Reasoner | None = None,
        limits: PolicyLimits = LIMITS,
        knowledge: KnowledgeIndex | None = None,
        around: Around | None = None,
        writing: Writing | None = None,
        now: datetime = NOW,
        progress: Callable[[Database], Progress] | None = None,
        address: str = "",
    ) -> Generator[Shop]:
        """A running shop over `folder`. A folder that was used before goes on where it was, as after a restart.

        `address` is a Postgres that holds the brand already; without one the shop has a file in the folder.
        """
        told, clock = Told.by_labels(self.world.labels), FixedClock(now)
        checkpoints = open_shared_checkpoints(address) if address else open_checkpoints(folder / CHECKPOINTS)
        address = address or self._copied(folder / FILE)
        with WatchedStore.open(address) as store, Database.open(address) as database:
            store.around, store.writing = around, writing
            parts = Parts(
                settings=Settings(data_dir=str(folder)), limits=limits, clock=clock, store=store, database=database
            )
            with checkpoints as saver:
                chosen, known = reasoner or self.playbook(told, limits), knowledge or self.knowledge
                seat = replace(only_seat(parts.settings), progress=progress(database) if progress else None)
                runner = build_runner(parts, chosen, known, saver, seat=seat)
                yield Shop(self.world, parts, runner, clock, told, known)

    def _copied(self, path: Path) -> str:
        if not path.exists():
            shutil.copy(self.template, path)
        return f"sqlite:///{path}"


def with_limits(**changes: Mapping[str, object]) -> PolicyLimits:
    """The demo brand's limits with some sections changed, as a lead would in limits.yaml."""
    plain = LIMITS.model_dump(mode="json")
    changed = {name: {**plain[name], **change} for name, change in changes.items()}
    return PolicyLimits.model_validate_json(json.dumps({**plain, **changed}))
