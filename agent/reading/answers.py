"""A short answer to the shop: "M then, please" is about what the customer wrote before."""

from __future__ import annotations

import re
from typing import Protocol

from agent.reading.spoken import spoken
from agent.reading.stated import stated
from agent.reading.words import content_stems, fold
from agent.triage import TriageResult
from agent.triage.wording import own_words
from tools.helpdesk import Author, Ticket

MOST_WORDS = 16
"""A longer message says by itself what it is about."""
FEW_WORDS = 6
"""So few words after a question of ours answer it, also where they thank."""
SURE_OF_NEWS, SURE_OF_THANKS = 0.9, 0.5
OFFERS = frozenset(("exchange_request", "change_order", "return_request", "refund_request", "cancel_order"))
"""What a question of ours may offer to do."""
_OR = re.compile(r"\b(?:or|oder|ou|o)\b", re.IGNORECASE)
_APOSTROPHES = re.compile("['’´]")
# Whoever says one of these does not simply take what was offered.
_ANOTHER = re.compile(
    r"\b(?:no|not|nope|neither|never|dont|cant|but|nein|nicht|kein\w*|aber|non|pas|mais|ningun\w*|pero|niet|geen|maar|nao"
    r"|found|solved|sorted|arrived|here|gefunden|angekommen|geklart|trouve\w*|arrive\w*|encontr\w*|llego|aparecio)\b"
)


class Judge(Protocol):
    """`agent.triage.Triage`, as far as it is needed here."""

    def ahead(self, text: str, subject: str = "") -> None: ...  # noqa: D102 - as there
    def classify(self, text: str, subject: str = "", hint_language: str = "") -> TriageResult: ...  # noqa: D102 - as there


def heard(judge: Judge, ticket: Ticket, hint: str) -> TriageResult:
    """What the newest message is about, read together with the one before it when it only answers the shop.

    Mood, urgency and the wish for a person are always those of the newest message.
    """
    text = spoken(ticket.latest.text)
    found = judge.classify(text, ticket.subject, hint)
    before, asked = _before(ticket)
    if not before or not _only_answers(found, len(own_words(text).split()), asked=asked):
        return found
    whole = judge.classify(f"{own_words(before)}\n{own_words(text)}", "", hint)
    return whole.model_copy(
        update=found.model_dump(include={"sentiment", "high_emotion", "legal_threat", "human_request", "urgency"})
    )


def expect(judge: Judge, ticket: Ticket) -> None:
    """Let `heard` of this ticket begin."""
    judge.ahead(spoken(ticket.latest.text), ticket.subject)


def answered(ticket: Ticket) -> str:
    """What a few words in answer to a question of ours are about: the message before, and what they take of our offer.

    Empty when nothing is answered, or with words that do not simply take what was offered.
    """
    before, asked = _before(ticket)
    answer = own_words(ticket.latest.text)
    if not (before and asked) or len(answer.split()) > FEW_WORDS or _ANOTHER.search(_APOSTROPHES.sub("", fold(answer))):
        return ""
    return f"{own_words(before)}\n{_taken(_question(ticket), answer)}"


def accepted(ticket: Ticket) -> str:
    """The one thing we offered to do that a few words in answer take; empty when there is none."""
    if not answered(ticket):
        return ""
    offers = stated(_taken(_question(ticket), own_words(ticket.latest.text))) & OFFERS
    # To swap what has not left yet is the same wish; its order tells which of them is meant.
    offers = offers - {"change_order"} or offers
    return next(iter(offers)) if len(offers) == 1 else ""


def _question(ticket: Ticket) -> str:
    return ticket.messages[ticket.messages.index(ticket.latest) - 1].text


def _taken(question: str, answer: str) -> str:
    """The offer of a question that an answer takes; empty when it offers nothing, or it is open which."""
    choices = _OR.split(question)
    if len(choices) > 1:
        choices = [choice for choice in choices if content_stems(choice) & content_stems(answer)]
    # What we say of goods ("not packed yet") is no complaint about them.
    return choices[0] if len(choices) == 1 and stated(choices[0]) & OFFERS else ""


def _before(ticket: Ticket) -> tuple[str, bool]:
    """What the customer wrote before the shop's answer, and whether that answer asks; empty without an answer."""
    earlier = ticket.messages[: ticket.messages.index(ticket.latest)]
    if not earlier or earlier[-1].author is Author.CUSTOMER:
        return "", False
    told = [spoken(message.text) for message in earlier if message.author is Author.CUSTOMER]
    return (told[-1] if told else ""), "?" in earlier[-1].text


def _only_answers(found: TriageResult, words: int, *, asked: bool) -> bool:
    if words > MOST_WORDS or found.human_request:
        return False
    if found.intent == "thanks":
        return found.confidence < SURE_OF_THANKS or (asked and words <= FEW_WORDS)
    return found.confidence < SURE_OF_NEWS
