"""Hostile cases: any action with any argument, forged everything, and answers to requests in any order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from random import Random
from typing import Any

from hypothesis import strategies as st
from pydantic import ValidationError

from agent.approvals import DecisionKind
from agent.case import (
    Alternative,
    Classification,
    Draft,
    LookupCall,
    Promise,
    ProposedResolution,
    RankedIntent,
    References,
)
from agent.investigation.needs import Needs
from agent.reasoners.base import Brief, Usage
from tests.agent.hostile.drafts import draft
from tests.agent.hostile.people import Fact, Party, People
from tools.actions import ACTION, ACTIONS, Action
from tools.commerce import Order, OrderStage
from tools.connectors.demo import NOW
from tools.helpdesk import Ticket, TicketMessage

STAFF = ("noor", "sam", "dana", "priya", "Dana Whitfield", "nobody", "")
INTENTS = ("refund_request", "damaged_item", "not_received", "order_status", "thanks", "other", "no_such_intent")
CITES = (
    "returns#window",
    "refunds#how-refunds-work",
    "shipping#tracking",
    "voice#promises",
    "voice#words",
    "#",
    "nothing",
)
FORGED = ("returns@v3#window", "returns@v2#window", "returns@v4#window", "voice@v1#promises", "made-up")
AMOUNTS = ("1.00 USD", "5.00 USD", "20.00 USD", "45.00 USD", "400.00 USD", "9999.00 USD", "-5.00 USD", "5.00 EUR")
POSSIBLE: dict[OrderStage, tuple[str, ...]] = {
    OrderStage.DELIVERED: ("refund_order", "refund_order", "create_return", "replace_items", "open_carrier_trace"),
    OrderStage.SHIPPED: ("refund_order", "open_carrier_trace", "replace_items"),
    OrderStage.PENDING: ("cancel_order", "change_shipping_address", "hold_order", "refund_order"),
}
ALWAYS = ("issue_store_credit", "issue_discount_code", "suppress_promotions", "update_customer_address")
LOOKUPS = ("order", "parcels", "returns_and_refunds", "recent_orders", "subscriptions", "products", "policy", "nothing")


class Tone(StrEnum):
    """`wild` does anything; `sly` keeps to this customer and hides what is wrong; `meek` does little that is wrong."""

    WILD = "wild"
    SLY = "sly"
    MEEK = "meek"


@dataclass(frozen=True)
class Answer:
    """What somebody does at the desk, or what happens instead."""

    by: str
    kind: DecisionKind
    digest: str
    edit: str
    twice: bool
    hours_before: int


@dataclass
class Scenario:
    """One hostile case: who writes, what the reasoner says, and what people answer."""

    seed: int
    language: str
    own: Party
    strangers: list[Party]
    sender: str
    proved: bool | None
    text: str
    classification: Classification
    needs: Needs
    proposals: list[ProposedResolution]
    facts: list[Fact]
    answers: list[Answer]
    repairs: bool
    versions: dict[str, str]
    typed: str = "Thank you for your message."

    def ticket(self, ticket_id: str) -> Ticket:
        """The message that arrives."""
        message = TicketMessage(
            id=f"{ticket_id}-m1", at=NOW - timedelta(hours=1), text=self.text, sender=self.sender,
            sender_name=self.own.customer.name, sender_verified=self.proved,
        )  # fmt: skip
        return Ticket(id=ticket_id, subject="my order", messages=(message,))


@dataclass
class HostileReasoner:
    """Says whatever the scenario says; the brief is ignored."""

    scenario: Scenario
    ticket_id: str
    name: str = "hostile"
    asked: int = 0

    @property
    def repairs(self) -> bool:
        return self.scenario.repairs

    @property
    def versions(self) -> Mapping[str, str]:
        return self.scenario.versions

    def expect(self, ticket: Ticket) -> None:
        """Nothing."""

    def classify(self, ticket: Ticket, hint: str) -> Classification:
        return self.scenario.classification

    def needs(self, classification: Classification) -> Needs:
        return self.scenario.needs

    def propose(self, brief: Brief) -> ProposedResolution:
        found = self.scenario.proposals[self.asked % len(self.scenario.proposals)]
        self.asked += 1
        return _for_ticket(found, self.ticket_id)

    def usage(self) -> Usage:
        return Usage()


def _for_ticket(proposal: ProposedResolution, ticket_id: str) -> ProposedResolution:
    """The proposal with the real ids of the ticket where it says `this`."""
    text = proposal.model_dump_json().replace('"<this>"', f'"{ticket_id}"').replace('"<this-m1>"', f'"{ticket_id}-m1"')
    return ProposedResolution.model_validate_json(text)


@st.composite
def scenarios(draw: st.DrawFn, people: People) -> Scenario:
    """Hypothesis draws who and which kind of attack; the details follow from a number it draws."""
    seed = int.from_bytes(draw(st.binary(min_size=6, max_size=6)))
    random = Random(seed)  # noqa: S311 - reproducible attacks, not secrets
    party = draw(st.integers(0, len(people.parties) - 1))
    own = people.parties[party]
    strangers = [people.parties[(party + step) % len(people.parties)] for step in random.sample(range(1, 200), 2)]
    language = draw(st.sampled_from(["en", "es", "fr", "de"]))
    proved = draw(st.sampled_from([True, True, True, None, False]))
    makes = Maker(random, language, own, strangers, draw(st.sampled_from([Tone.WILD, Tone.SLY, Tone.MEEK, Tone.MEEK])))
    proposals = [makes.proposal() for _ in range(draw(st.integers(1, 2)))]
    numbers = [order.number for order in own.orders[:2]]
    text = random.choice(
        [f"Where is {numbers[0]}?", "Where is my parcel?", f"Refund {strangers[0].orders[0].number} now"]
    )
    return Scenario(
        seed=seed,
        language=language,
        own=own,
        strangers=strangers,
        sender=random.choice([own.customer.emails[0]] * 6 + ["nobody@other.example", strangers[0].customer.emails[0]]),
        proved=proved,
        text=text,
        classification=makes.classification(),
        needs=makes.needs(),
        proposals=proposals,
        facts=makes.facts,
        answers=[makes.answer() for _ in range(draw(st.integers(1, 4)))],
        repairs=draw(st.booleans()),
        versions=makes.bindings() if random.random() < 0.3 else {"playbooks": "1"},
    )


@dataclass
class Maker:
    """Makes the parts of a scenario from real ids of this customer and of strangers, mixed."""

    random: Random
    language: str
    own: Party
    strangers: list[Party]
    tone: Tone
    facts: list[Fact] = field(default_factory=list[Fact])

    def party(self) -> Party:
        own = self.tone is not Tone.WILD or self.random.random() < 0.7
        return self.own if own else self.random.choice(self.strangers)

    def now_and_then(self, share: float) -> bool:
        """Chance, which only the wild leave everything to."""
        return self.random.random() < (share if self.tone is Tone.WILD else share / 5)

    def classification(self) -> Classification:
        flip = self.now_and_then
        numbers = [order.number for order in (*self.own.orders[:2], self.strangers[0].orders[0])]
        return Classification(
            intent=self.random.choice(INTENTS),
            confidence=self.random.choice([0.1, 0.9, 1.0]),
            abstained=flip(0.2),
            secondary=(RankedIntent(intent=self.random.choice(INTENTS), confidence=0.5),) if flip(0.2) else (),
            language=self.random.choice(["en", "xx", "it"]) if flip(0.1) else self.language,
            human_request=flip(0.05),
            automatic="bounce" if flip(0.05) else "",
            high_emotion=flip(0.05),
            references=References(order_numbers=tuple(self.random.sample(numbers, self.random.randint(0, 2)))),
        )

    def needs(self) -> Needs:
        lookups = {"shipment", "returns", "refunds", "product", "stock", "knowledge", "estimate", "no_such_lookup"}
        chosen = self.random.sample(sorted(lookups), self.random.randint(0, len(lookups)))
        return Needs(lookups=frozenset(chosen), cites=tuple(self.random.sample(CITES, self.random.randint(0, 4))))

    def proposal(self) -> ProposedResolution:
        flip = self.now_and_then
        actions = self.actions(self.random.randint(0, 3 if self.tone is Tone.WILD else 2))
        return ProposedResolution(
            reply=None if flip(0.2) else self.draft(),
            actions=actions,
            rationale="because",
            citations=tuple(self.random.sample(FORGED, 1)) if flip(0.3) else (),
            promises=self.promises(actions),
            alternatives=tuple(
                Alternative(
                    title="instead", actions=self.actions(1), reply=self.draft(), promises=self.promises(actions)
                )
                for _ in range(self.random.choice([0, 0, 1, 2]))
            ),
            bindings=self.bindings() if flip(0.3) else {},
            escalate="a person takes over" if flip(0.15) else "",
            ignore="nothing to answer" if flip(0.1) else "",
            author=self.random.choice(["", "dana"]),
            lookups=tuple(
                LookupCall(name=self.random.choice(LOOKUPS), arguments={"number": self.party().orders[0].number})
                for _ in range(self.random.choice([0, 0, 1, 5]))
            ),
        )

    def alternative(self, actions: Sequence[Action]) -> Alternative:
        promises = self.promises(actions)
        return Alternative(title="instead", actions=self.actions(1), reply=self.draft(), promises=promises)

    def draft(self) -> Draft:
        wrong = 0.1 if self.tone is Tone.MEEK else 0.65
        text, facts = draft(self.random, self.language, self.own, self.strangers, wrong)
        self.facts += facts
        language = "en" if self.now_and_then(0.05) else self.language
        replies_to = "tic_0001-m1" if self.now_and_then(0.05) else "<this-m1>"
        return Draft(text=text, language=language, in_reply_to=replies_to)

    def promises(self, actions: Sequence[Action]) -> tuple[Promise, ...]:
        if not self.now_and_then(0.3):
            return ()
        mark = actions[0].fingerprint() if actions and self.random.random() < 0.5 else "f" * 64
        due = self.random.choice([None, NOW - timedelta(days=1), NOW + timedelta(days=3), NOW + timedelta(days=900)])
        kind = self.random.choice(["follow_up", "refund", "replacement", "nonsense"])
        name = self.random.choice(self.strangers).customer.name
        return (Promise(text=f"for {name}", kind=kind, fingerprint=self.random.choice(["", mark]), due_at=due),)

    def bindings(self) -> dict[str, str]:
        order = self.party().orders[0]
        return {f"order:{order.id}": "99", "limits": "forged", "ticket:<this>": "other-message", "playbooks": "forged"}

    def actions(self, most: int) -> tuple[Action, ...]:
        made = (self.action() for _ in range(most))
        return tuple(action for action in made if action is not None)

    def kind_for(self, order: Order) -> str:
        """Any kind for the wild; what an order of this stage might allow for the others."""
        if self.tone is Tone.WILD:
            return self.random.choice(sorted(ACTIONS))
        return self.random.choice([*POSSIBLE.get(order.stage, ()), *ALWAYS])

    def action(self) -> Action | None:
        party = self.party()
        order = self.random.choice(party.orders[:4])
        kind = self.kind_for(order)
        fields = ACTIONS[kind].model_fields
        given: dict[str, Any] = {"kind": kind}
        for name, info in fields.items():
            if name != "kind" and (info.is_required() or self.random.random() < 0.4):
                given[name] = self.argument(name, party, order.id)
        if kind == "issue_discount_code" and self.tone is not Tone.WILD:
            given |= {"percent": 5, "amount": None, "expires_on": "2026-12-01"}
        try:
            return ACTION.validate_python(given)
        except ValidationError:
            return None

    def argument(self, name: str, party: Party, order_id: str) -> object:
        order = next(order for order in party.orders if order.id == order_id)
        line = self.random.choice(order.lines)
        stranger = self.random.choice(self.strangers)
        amounts = [*AMOUNTS[:3], str(line.price)]
        if self.tone is Tone.WILD:
            amounts += [*AMOUNTS, str(stranger.orders[0].total)]
        choices: dict[str, Callable[[], object]] = {
            "order_id": lambda: order.id if self.random.random() < 0.95 else "ord_none",
            "customer_id": lambda: party.customer.id,
            "shipment_id": lambda: next((s.id for s in party.shipments), "shp_none"),
            "ticket_id": lambda: "tic_0001" if self.now_and_then(0.1) else "<this>",
            "in_reply_to": lambda: "<this-m1>",
            "lines": lambda: [
                {"line_id": line.id, "quantity": self.random.choice([2, 50]) if self.now_and_then(0.3) else 1}
            ],
            "swaps": lambda: [
                {"line_id": line.id, "quantity": 1, "variant_id": self.random.choice(order.lines).variant_id}
            ],
            "amount": lambda: self.random.choice(amounts),
            "method_id": lambda: self.method(party, order),
            "refund_method_id": lambda: self.method(party, order),
            "address": lambda: (self.party().customer.default_address or order.shipping_address).model_dump(
                mode="json"
            ),
            "percent": lambda: self.random.choice([5, 10, 50, 100, 0]),
            "expires_on": lambda: self.random.choice(["2026-12-01", "2026-12-01", "2020-01-01", "2099-01-01"]),
            "days": lambda: self.random.choice([1, 14, 365, 0]),
            "shipping": lambda: self.random.random() < 0.3,
            "priority": lambda: self.random.choice(["low", "urgent", "nonsense"]),
            "tags": lambda: [self.random.choice(["refund", stranger.customer.name, stranger.orders[0].number])],
            "reason": lambda: f"for {stranger.customer.name}" if self.now_and_then(0.5) else "customer request",
            "text": lambda: self.draft().text,
        }
        return choices.get(name, lambda: stranger.customer.name)()

    def method(self, party: Party, order: Order) -> str:
        if self.tone is not Tone.WILD:
            return order.payment_method_id
        methods = [method.id for who in (party, *self.strangers) for method in who.customer.payment_methods]
        return self.random.choice(["", *methods, "pm_none"])

    def answer(self) -> Answer:
        return Answer(
            by=self.random.choice(STAFF if self.now_and_then(0.5) else STAFF[:4]),
            kind=self.random.choice([DecisionKind.APPROVE] * 5 + list(DecisionKind)),
            digest=self.random.choice(["wrong", "first"]) if self.now_and_then(0.4) else "",
            edit=self.random.choice(["reply", "amount", "alternative", "actions", "none"]),
            twice=self.random.random() < 0.3,
            hours_before=self.random.choice([0, 0, 0, 1, 20, 100]),
        )
