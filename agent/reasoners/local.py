"""The local classifier as reasoners use it: triage, references and automatic mail, put together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from agent.case import Classification, RankedIntent, References, Urgency
from agent.intake import InboundMail, extract, is_automatic
from agent.intake.mentions import Mention
from agent.investigation.addresses import find_address
from agent.reading.answers import Judge, accepted, answered, expect, heard
from agent.reading.asked_about import asked_to_end
from agent.reading.asks import (
    ADDRESS,
    ENDS,
    GOODS,
    PAID_WITH,
    QUESTION,
    WISHES,
    Heard,
    further,
    lead_of,
    only_paid_with,
)
from agent.reading.refusals import not_asked, stated_asks
from agent.reading.spoken import spoken
from agent.reading.stated import NO_GOODS, RATHER_MONEY, cautions
from agent.triage import Triage, TriageResult
from knowledge.embedding import Embedder
from tools.helpdesk import Author, Ticket
from tools.money import minor_digits

# What may be the number of an order: "2151", "#2151", no amount.
_ASKS = re.compile(r"\?|\b(?:how|what|which|wie|welche\w*|cómo|como|qué|cuál|comment|quel\w*|quale|hoe|wat)\b", re.I)
_NUMBER = re.compile(r"(?<![\d.,$€£])\d{4,}(?![.,]\d)")
SETTLED = 0.95
"""From this confidence on nothing is kept of what else a message may be about."""
BY_WORDS = 0.6
"""How likely an ask is at least that was chosen for the words of the message."""


@dataclass(frozen=True)
class LocalClassifier:
    """Says what a ticket is about, on this machine, in a few milliseconds."""

    triage: Judge
    own_addresses: frozenset[str] = frozenset()
    early: bool = False
    """Whether the encoder reads a message on a second thread while its case is opened: only where a core has nothing
    else to do and no other thread waits for the interpreter."""

    @classmethod
    def load(cls, embedder: Embedder, cache: Path) -> LocalClassifier:
        """With the shipped examples; trained once, then read from `cache`."""
        return cls(Triage.load(embedder, cache))

    def expect(self, ticket: Ticket) -> None:
        """This ticket is classified soon: what takes longest may begin beside other work. Changes no answer."""
        if self.early:
            expect(self.triage, ticket)

    def __call__(self, ticket: Ticket, hint: str) -> Classification:
        """The classification of the newest message of the customer."""
        message = ticket.latest
        found = heard(self.triage, ticket, hint)
        automatic = message.automatic or self._automatic(ticket)
        lead, secondary = _asked(found, words_of(ticket), accepted(ticket))
        return Classification(
            # What a program quotes or repeats is no ask of anybody.
            intent="other" if automatic else lead,
            confidence=found.confidence,
            abstained=found.abstained,
            secondary=secondary,
            language=found.language,
            urgency=Urgency(found.urgency),
            sentiment=found.sentiment,
            high_emotion=found.high_emotion,
            legal_threat=found.legal_threat,
            human_request=found.human_request,
            automatic=automatic,
            references=references_of(ticket),
            likely=() if automatic else _likely(found, lead),
            reason=found.reason if lead == found.intent else f"{_spoken(lead)}, as the message says so. {found.reason}",
        )

    def _automatic(self, ticket: Ticket) -> str:
        message = ticket.latest
        mail = InboundMail(from_address=message.sender.casefold(), subject=ticket.subject, text=message.text)
        return is_automatic(mail, self.own_addresses) or ""


def words_of(ticket: Ticket) -> str:
    """What a customer says in the newest message (`spoken`), and what a few words in it answer."""
    told, about = spoken(f"{ticket.subject}\n{ticket.latest.text}"), answered(ticket)
    return f"{told}\n{about}" if about else told


def _asked(found: TriageResult, text: str, taken: str = "") -> tuple[str, tuple[RankedIntent, ...]]:
    """The main ask and the further ones, read with what the message says outright, and takes of what we offered."""
    marks = {
        ADDRESS: find_address(text) is not None,
        QUESTION: bool(_ASKS.search(text)),
        PAID_WITH: only_paid_with(text),
        ENDS: asked_to_end(text),
    }
    said = stated_asks(text) | {mark for mark, there in marks.items() if there}
    if found.intent in WISHES or found.intent == "thanks":
        said |= cautions(text)
    elif found.intent in GOODS:
        said |= cautions(text) & {NO_GOODS}
    reading = Heard(
        intent=found.intent,
        confidence=found.confidence,
        likely={each.intent: each.confidence for each in found.ranked},
        secondary=tuple(RankedIntent(intent=each.intent, confidence=each.confidence) for each in found.secondary),
    )
    if taken == "refund_request" and found.intent in GOODS:
        said, taken = said | {RATHER_MONEY}, ""  # the money is taken for what is wrong with the goods
    lead = taken or lead_of(reading, said, names_order=bool(_NUMBER.search(text)))
    beside = further(reading, lead, said, orders=len(frozenset(_NUMBER.findall(text))))
    return lead, tuple(each for each in beside if not not_asked(each.intent, text))


def _likely(found: TriageResult, lead: str) -> tuple[RankedIntent, ...]:
    """What the message may be about, as long as that is not settled."""
    if found.confidence >= SETTLED and lead == found.intent:
        return ()
    chances = {each.intent: each.confidence for each in found.ranked}
    if lead != found.intent:
        chances[lead] = max(chances.get(lead, 0.0), BY_WORDS)
    return tuple(
        RankedIntent(intent=intent, confidence=chances[intent])
        for intent in sorted(chances, key=lambda each: -chances[each])
    )


def _spoken(intent: str) -> str:
    return intent.replace("_", " ")


def references_of(ticket: Ticket) -> References:
    """What the newest message names; an order named earlier in the thread counts when this message names none."""
    today = ticket.latest.at.date()
    text = f"{ticket.subject}\n{ticket.latest.text}"
    now = extract(text, today=today)
    # "for future orders: 188 Elm Road, ...": the number of a house, not of an order.
    house = address.line1.split()[0] if (address := find_address(text)) is not None else ""
    orders = [each for each in now.order_numbers if each.value != house] or _earlier(ticket, today)
    return References(
        order_numbers=_each([mention.value for mention in orders]),
        emails=_each([mention.value for mention in now.emails]),
        skus=_each([mention.value for mention in now.skus]),
        amounts=_each([_amount(*mention.value) for mention in now.amounts]),
        dates=_each([_day(mention.value) for mention in now.dates]),
        tracking_numbers=_each([mention.value for mention in now.tracking_numbers]),
    )


def _earlier(ticket: Ticket, today: date) -> Sequence[Mention[str]]:
    texts = [message.text for message in ticket.messages if message.author is Author.CUSTOMER]
    return extract("\n".join(texts), today=today).order_numbers if len(texts) > 1 else ()


def _each(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _amount(minor: int, currency: str | None) -> str:
    digits = minor_digits(currency) if currency else 2
    whole, rest = divmod(minor, 10**digits)
    number = f"{whole}.{rest:0{digits}d}" if digits else str(whole)
    return f"{number} {currency}" if currency else number


def _day(day: date) -> str:
    return day.isoformat()
