"""What a message asks besides, in a sentence of its own that nothing answers: "... And do you ship to Canada?".

Read as a whole a message is about what most of it is about. A further sentence that asks is read by itself: what only
informs is answered too; else a person is told, and the customer that a person answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from agent.case import Classification, RankedIntent
from agent.reading.asks import GOODS
from agent.reading.clause_words import SENTENCE
from agent.reading.spoken import spoken
from agent.reading.stated import stated
from agent.reading.words import fold, words
from agent.triage.wording import own_words
from tools.helpdesk import Ticket

Reads = Callable[[Ticket, str], Classification]
SURE = 0.8
"""A sentence alone is read less well than a message; below this it counts for nothing."""
MOST_READ, FEWEST_WORDS = 3, 4
_BESIDES = re.compile(
    r"\W*(?:(?:can|could|may) (?:i|we|you)\b|(?:kann|darf) ich\b|konn(?:en|t) (?:sie|ihr)\b|puedo\b|puis je\b"
    r"|(?:and |oh |und |y |et )?(?:also|besides|by the way|btw|another (?:question|thing)|one more|separately|ps"
    r"|ausserdem|ubrigens|noch (?:eine|was)|zusatzlich|nebenbei|ademas|tambien|por cierto|otra (?:cosa|pregunta)"
    r"|(?:and|und|et) (?:can|could|do|does|is|are|where|when|how|what|kann|konnen|wo|wann|wie|puis|pouvez|quand)"
    r"|y (?:puedo|pueden|podria|donde|cuando|como|cuanto)"
    r"|aussi|par ailleurs|au fait|autre (?:question|chose)|de plus))\b"
)
_AND_ASKS = re.compile(
    r",?\s+(?=(?:and|und|y|et)\s+(?:also\s+)?(?:can|could|may|do|does|where|when|how|kann|könnte|wo|wann|wie|puedo|podría"
    r"|dónde|cuándo|puis|pourrais|quand|comment)\b)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{4}")
_PARCEL = "order_status delivery_estimate"
_BACK = "return_request refund_request return_policy refund_status exchange_request change_order"
_ALIKE = tuple(
    frozenset(group.split())
    for group in (
        "order_status delivery_estimate not_received missing_item change_address",
        _BACK,
        "cancel_order refund_request refund_status change_order subscription return_request return_policy",
        "payment_issue refund_request refund_status",
        "payment_issue promotion",
        "subscription delivery_estimate product_question promotion",
        "product_question stock_availability exchange_request change_order return_request",
        f"{' '.join(GOODS)} {_BACK} stock_availability product_question",
        f"{' '.join(GOODS)} refund_request refund_status stock_availability product_question {_PARCEL}",
        "return_policy delivery_estimate",
    )
)
"""Asks that may be one and the same: in another sentence it often sounds like another of them."""
_TOLD = frozenset(("promotion", "product_question", "stock_availability", "return_policy"))
"""Asks that are answered from the catalogue and the policies, without anything that somebody signs for."""
# "How do I send it back?" wants to be told.
_HOW = re.compile(
    r"(?:\W*\w+\W+){0,8}?(?:how|wie|como|comment) (?:do|can|would|should|kann|puedo|se|puis|faire|on|je)\b"
)
_OUTRIGHT = frozenset(("return_request", "exchange_request", "cancel_order", "refund_request", "promotion"))
"""Asks that a further sentence may say so plainly that its reading need not be sure."""
_SENT_BACK = frozenset(("return_request", "exchange_request", "return_policy"))
_NO_ASK = frozenset(("thanks", "other", "complaint", "human_request"))


def asked_besides(ticket: Ticket, said: Classification, reads: Reads) -> list[str]:
    """The asks of further sentences that `said` does not have, by name."""
    answered = frozenset(said.intents)
    texts = () if said.automatic or said.human_request else (*_asked_first(ticket, said), *_further(ticket))
    asks = [ask for text in texts if (ask := _ask_of(text, reads(_alone(ticket, text), said.language)))]
    return [ask for ask in dict.fromkeys(asks) if ask not in _NO_ASK and not _answered(ask, answered)]


def _ask_of(sentence: str, said: Classification) -> str:
    """What a sentence asks by a sure reading, else by the one thing that it says outright; empty when neither tells."""
    asks = stated(sentence) & _OUTRIGHT
    sure = said.confidence >= SURE and not said.abstained
    return said.intent if sure else next(iter(asks)) if len(asks) == 1 else ""


def _further(ticket: Ticket) -> Iterator[str]:
    """What behind the first sentence, or before an "and can I ...", asks for something and names no order."""
    text = own_words(spoken(ticket.latest.text))
    pieces = (piece for sentence in SENTENCE.split(text) for piece in _AND_ASKS.split(sentence))
    sentences = [each for each in pieces if words(each)][1:]
    asking = (each for each in sentences if each.rstrip().endswith("?") or _BESIDES.match(fold(each)))
    long = (each for each in asking if len(words(each)) >= FEWEST_WORDS and not _NUMBER.search(each))
    yield from islice(long, MOST_READ)


def _asked_first(ticket: Ticket, said: Classification) -> Sequence[str]:
    """The first sentence where it asks about an order and a later one leads: "where is 2466? can I return the tee"."""
    sentences = [each for each in SENTENCE.split(own_words(spoken(ticket.latest.text))) if words(each)]
    first = sentences[0] if len(sentences) > 1 and said.intent in _SENT_BACK else ""
    return [first] if first.rstrip().endswith("?") and _NUMBER.search(first) else []


def with_questions(ticket: Ticket, said: Classification, reads: Reads) -> Classification:
    """What was read, with what its further sentences ask that can be told from the shop's own facts."""
    asks = asked_besides(ticket, said, reads)
    how = "return_request" in asks and any(_HOW.match(fold(each)) for each in _further(ticket))
    told = [ask for ask in asks if ask in _TOLD or (how and ask == "return_request")]
    further = tuple(RankedIntent(intent=ask, confidence=SURE) for ask in told)
    return said.model_copy(update={"secondary": (*said.secondary, *further)}) if further else said


def _alone(ticket: Ticket, sentence: str) -> Ticket:
    message = ticket.latest.model_copy(update={"text": sentence})
    return ticket.model_copy(update={"subject": "", "messages": (message,)})


def _answered(ask: str, answered: Iterable[str]) -> bool:
    return any(ask == each or any(ask in group and each in group for group in _ALIKE) for each in answered)
