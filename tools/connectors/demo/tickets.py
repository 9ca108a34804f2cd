"""The inbox: hand-written messages tied to orders of the world, with the outcome each should have."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from tools.commerce import Customer
from tools.connectors.demo.chance import stream
from tools.connectors.demo.facts import Facts
from tools.connectors.demo.labels import ExpectedAction, TicketLabel
from tools.connectors.demo.messages import Script, choose, scripts, subjects
from tools.connectors.demo.situations import Case, Casting, earliest
from tools.connectors.demo.world import DemoWorld
from tools.helpdesk import Attachment, Author, Channel, Ticket, TicketMessage

TICKETS = 400
STRANGERS = (
    ("Jordan Ellery", "j.ellery@northpost.example"),
    ("Pat Munro", "pat.munro@kestrel.example"),
    ("Sasha Lind", "sasha77@brightmail.example"),
    ("Carla Benedetti", "c.benedetti@example.net"),
    ("Morgan Hale", "morganhale@postbox.example"),
)
TYPES = {"jpg": "image/jpeg", "png": "image/png", "heic": "image/heic", "pdf": "application/pdf", "txt": "text/plain"}


@dataclass(frozen=True, slots=True)
class _Draft:
    """A ticket before it has its number."""

    script: Script
    case: Case
    at: datetime
    facts: Facts
    known: bool
    traced: bool


def write_tickets(world: DemoWorld, count: int = TICKETS) -> tuple[tuple[Ticket, ...], tuple[TicketLabel, ...]]:
    """`count` tickets in the order they arrive, with their labels."""
    desk = _Desk(world)
    drafts = [desk.draft(script) for script in choose(scripts(), count)]
    drafts.sort(key=lambda draft: (draft.at, draft.script.message.text))
    lines = subjects()
    made = [_ticket(draft, number, lines, desk.chance) for number, draft in enumerate(drafts, start=1)]
    return tuple(ticket for ticket, _ in made), tuple(label for _, label in made)


class _Desk:
    """Ties messages to the orders and customers of a world."""

    def __init__(self, world: DemoWorld) -> None:
        self.world = world
        self.chance = stream(world.seed, "tickets")
        self._casting = Casting(world)
        self._products = {product.id: product for product in world.products}
        self._traced = {trace.shipment_id for trace in world.traces}
        self._available = Counter[str]()
        self._shared: dict[int, Case] = {}
        for level in world.stock:
            self._available[level.variant_id] += level.available

    def draft(self, script: Script) -> _Draft:
        """One ticket, whom it is from and when it comes."""
        case = self._case(script)
        other = self._casting.orders[self.chance.choice(self.world.planted["on_its_way"])]
        facts = Facts(case, self._products, self._available, other, self.chance)
        at = _arrival(self.world, script, case, self.chance)
        traced = case.shipment is not None and case.shipment.id in self._traced
        return _Draft(script, case, at, facts, _known(script, self.chance), traced)

    def _case(self, script: Script) -> Case:
        group = script.group
        if id(group) in self._shared:
            return self._shared[id(group)]
        case = self._casting.cast(group.situation, script.message.language)
        if group.same_order:
            self._shared[id(group)] = case
        return case


def _known(script: Script, chance: Random) -> bool:
    """Whether the sender is a customer: people who only ask something before they buy often are not."""
    if script.message.sender or script.group.situation == "stranger":
        return False
    before_buying = script.group.situation == "no_order" and script.group.resolution == "reply_only"
    return not (before_buying and chance.random() < 0.4)


def _arrival(world: DemoWorld, script: Script, case: Case, chance: Random) -> datetime:
    """Between the moment the ticket makes sense and just before now; people sleep, and conversations take hours."""
    so_far = max((turn.hours for turn in script.message.earlier), default=0.0)
    first = earliest(case, script.group.situation, world) + timedelta(hours=so_far)
    last = world.now - timedelta(minutes=4)
    if first >= last:
        return last
    spread = (last - first).total_seconds()
    tries = [first + timedelta(seconds=int(chance.random() * spread)) for _ in range(6)]
    return next((at for at in tries if at.hour not in range(5, 12)), tries[-1]).replace(microsecond=0)


def _ticket(draft: _Draft, number: int, lines: dict[str, list[str]], chance: Random) -> tuple[Ticket, TicketLabel]:
    ticket_id, message = f"tic_{number:04d}", draft.script.message
    subject = message.subject
    if subject is None:
        subject = "" if message.channel is not Channel.EMAIL else chance.choice(lines[message.language])
        subject = "" if "{" in subject and draft.case.order is None else subject
    if not draft.script.group.expect_order and message.subject is None and "{" in subject:
        subject = ""
    ticket = Ticket(
        id=ticket_id,
        channel=message.channel,
        subject=draft.facts.fill(subject),
        messages=_messages(draft, number, chance),
    )
    return ticket, _label(draft, ticket_id)


def _messages(draft: _Draft, number: int, chance: Random) -> tuple[TicketMessage, ...]:
    message = draft.script.message
    sender_name, sender = _sender(draft, chance)
    texts = [(turn.by, draft.at - timedelta(hours=turn.hours), turn.text) for turn in message.earlier]
    texts.append((Author.CUSTOMER, draft.at, message.text))
    written: list[TicketMessage] = []
    for at, (author, when, text) in enumerate(texts, start=1):
        theirs, newest = author is Author.CUSTOMER, at == len(texts)
        written.append(
            TicketMessage(
                id=f"msg_{number:04d}-{at}",
                author=author,
                sender=sender if theirs else "help@alderandwren.example",
                sender_name=sender_name if theirs else "Alder & Wren",
                sender_verified=message.verified if theirs else True,
                at=when,
                text=draft.facts.fill(text),
                quoted=draft.facts.fill(message.quoted) if newest else "",
                automatic=message.automatic if newest else "",
                attachments=tuple(_attachment(name, chance) for name in message.attachments) if newest else (),
            )
        )
    return tuple(written)


def _sender(draft: _Draft, chance: Random) -> tuple[str, str]:
    if draft.script.message.sender == "mailer-daemon":
        return "Mail Delivery System", "mailer-daemon@mx.inbox.example"
    if not draft.known:
        return chance.choice(STRANGERS)
    customer: Customer = draft.case.customer
    return customer.name, customer.emails[0]


def _attachment(name: str, chance: Random) -> Attachment:
    kind = TYPES.get(name.rsplit(".", 1)[-1].lower(), "application/octet-stream")
    return Attachment(name=name, content_type=kind, size=chance.randrange(40_000, 4_000_000))


def _label(draft: _Draft, ticket_id: str) -> TicketLabel:
    script, case = draft.script, draft.case
    group, message = script.group, script.message
    return TicketLabel(
        ticket_id=ticket_id,
        intent=script.intent,
        secondary_intents=tuple(group.secondary if message.secondary is None else message.secondary),
        language=message.language,
        order_id=case.order.id if case.order and group.expect_order else "",
        customer_id=case.customer.id if draft.known and message.verified is not False else "",
        situation=group.situation,
        tags=(*script.tags, "trace_open") if draft.traced else script.tags,
        resolution=group.resolution,
        must_propose=tuple(
            _expected(draft, kind, arguments)
            for kind, arguments in script.proposals.items()
            if not (kind == "open_carrier_trace" and draft.traced)
        ),
        forbidden=tuple(group.forbid),
        must_ask=message.role or group.role,
    )


def _expected(draft: _Draft, kind: str, arguments: dict[str, str]) -> ExpectedAction:
    filled = {path: draft.facts.fill(value) for path, value in arguments.items()}
    return ExpectedAction(kind=kind, arguments=filled)
