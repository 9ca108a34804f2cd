"""A handful of tiny procedures, written to a folder: enough for a reasoner to choose, fill, refuse and hand over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from agent.case import Classification
from agent.reasoners.playbook import PlaybookReasoner
from agent.reasoners.vocabulary import vocabulary
from knowledge.playbooks import Engine, load_playbooks, load_voice
from server.settings import Settings
from tests.agent.investigation.world import LIMITS
from tools.helpdesk import Ticket

_HEAD = "---\nintent: {intent}\nversion: 1\ntitle: {intent}\nqueue: {queue}\nlookups: [{lookups}]\n{rest}---\nProse.\n"
PLAYBOOKS: dict[str, str] = {
    "order_status": """needs_identity: true
branches:
  - name: which
    when: not order
    reply: which
  - name: stopped
    when: shipment.stalled
    do: [open_carrier_trace]
    reply: traced
    follow_up: {in_days: 2, text: look at the trace}
  - name: told
    reply: told
""",
    "refund_request": """needs_identity: true
cites: [refunds#how]
branches:
  - name: which
    when: not order
    reply: which
  - name: ask_a_person
    when: order.over_value
    escalate: a large order
    alternatives:
      - {title: Refund it, actions: [refund_order], reply: refunded}
    reply: under_review
  - name: refund
    propose: [refund_order]
    alternatives:
      - {title: Send it again, actions: [replace_items]}
      - {title: Exchange it, actions: [exchange_items]}
    reply: refunded
""",
    "return_policy": """needs_identity: false
branches:
  - name: quoted
    when: passage_confident
    reply: quoted
  - name: general
    reply: general
    cites: [returns#window]
""",
    "change_address": """needs_identity: true
branches:
  - name: change
    propose: [change_shipping_address]
    reply: moved
""",
    "product_question": """needs_identity: false
branches:
  - name: price
    reply: price
""",
    "complaint": """needs_identity: false
branches:
  - name: a_person
    escalate: a person reads complaints
""",
    "human_request": """needs_identity: false
branches:
  - name: a_person
    escalate: the customer asks for a person
    reply: person
""",
    "other": """needs_identity: false
branches:
  - name: nothing
    ignore: there is nothing to say
""",
    "thanks": """needs_identity: false
branches:
  - name: glad
    reply: glad
""",
}
SHARED = """\
which: {en: "Which order is it?", de: "Welche Bestellung?"}
told: {en: "Order {{ order.number }} is {{ order.stage }}.", de: "Bestellung {{ order.number }}: {{ order.stage }}."}
traced: {en: "We have opened a trace.", de: "Wir haben einen Nachforschungsauftrag gestellt."}
refunded: {en: "We have refunded {{ items_value | money }}.", de: "Wir haben {{ items_value | money }} erstattet."}
under_review: {en: "A person on our team is checking it.", de: "Jemand aus unserem Team prüft das."}
quoted: {en: "{{ passage }}", de: "{{ passage }}"}
general: {en: "You can send it back.", de: "Sie können es zurückschicken."}
moved: {en: "We have changed the delivery address.", de: "Wir haben die Lieferadresse geändert."}
price: {en: "It costs {{ product.price_from | money }}.", de: "Es kostet {{ product.price_from | money }}."}
person: {en: "A person answers you.", de: "Ein Mensch antwortet Ihnen."}
glad: {en: "Thank you for writing.", de: "Danke für Ihre Nachricht."}
other_orders: {en: "A person answers you about {{ also_named | listing }}.", de: "{{ also_named | listing }} später."}
verify_identity: {en: "Please write from your own address.", de: "Bitte schreiben Sie von Ihrer Adresse."}
"""


@dataclass(frozen=True)
class Told:
    """A classifier that says what it was told."""

    said: Classification

    def expect(self, ticket: Ticket) -> None:
        """Nothing: it knows."""

    def __call__(self, ticket: Ticket, hint: str) -> Classification:
        return self.said


def reasoner(folder: Path, said: Classification) -> PlaybookReasoner:
    """A reasoner over these procedures, in the shop's own voice."""
    playbooks, macros = folder / "playbooks", folder / "macros"
    for each in (playbooks, macros):
        each.mkdir(exist_ok=True)
    for intent, rest in PLAYBOOKS.items():
        text = _HEAD.format(
            intent=intent, queue="shipping" if intent == "order_status" else "general", lookups="order", rest=rest
        )
        (playbooks / f"{intent}.md").write_text(text, encoding="utf-8")
    (macros / "shared.yaml").write_text(SHARED, encoding="utf-8")
    words = replace(vocabulary(LIMITS), intents=frozenset[str](), languages=("en", "de"))
    return PlaybookReasoner(
        classifier=Told(said),
        book=load_playbooks(playbooks, macros, words),
        engine=Engine(LIMITS.business_hours.time_zone),
        voice=load_voice(Settings().voice),
    )
