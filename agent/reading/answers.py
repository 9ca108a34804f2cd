"""A short answer to the shop: "M then, please" is about what the customer wrote before."""

from __future__ import annotations

import re
from typing import Protocol

from agent.reading.asks import GOODS, OUTRIGHT, is_said
from agent.reading.spoken import spoken
from agent.reading.stated import stated
from agent.reading.words import content_stems, fold
from agent.triage import TriageResult
from agent.triage.wording import own_words
from tools.helpdesk import Author, Ticket, TicketMessage

MOST_WORDS = 16
"""A longer message says by itself what it is about."""
MOST_CHOOSING = 32
"""The same where it answers a question of ours, and has no words for what it seems to ask."""
FEW_WORDS = 6
"""So few words after a question of ours answer it, also where they thank."""
SURE_OF_NEWS, SURE_OF_THANKS = 0.9, 0.5
OFFERS = frozenset(("exchange_request", "change_order", "return_request", "refund_request", "cancel_order"))
"""What a question of ours may offer to do."""
_CHOICES = frozenset(("return_request", "refund_request", "cancel_order"))
_OR = re.compile(r"\b(?:or|oder|ou|o)\b", re.IGNORECASE)
# "Please reply with your choice" asks as well as a question does.
_ASKS = re.compile(
    r"\?|\b(?:just tell us|(?:two|three) (?:options|ways)|zwei moglichkeiten|dos opciones|deux (?:options|possibilites)"
    r"|reply with|antworten sie (?:bitte )?mit|respond(?:a|anos)(?: por favor)? con"
    r"|repond(?:ez|re)(?: \w+)? (?:avec|en)|send it to us again|senden sie sie uns noch einmal)\b"
)
# What we list in a reply is a choice that nobody has made yet.
_LISTED = re.compile(r"^\s*[-*\u2022] .*$", re.MULTILINE)
# "Any news?" is about what was asked before.
_NUDGE = re.compile(
    r"\b(?:(?:any )?(?:news|updates?)|and now|(?:what|how) about (?:the|my)|und was ist mit|y que hay de"
    r"|et pour l[ea]s?|still waiting|(?:hello|hallo|hola|allo)(?=\W*\?)|(?:etwas|was) neues"
    r"|neuigkeiten|noch da|novedad(?:es)?|noticias|(?:des )?nouvelles|du nouveau|alors)\b|^[\W_]*\?[\W_]*$"
)
_NUMBER = re.compile(r"\d{3}")
# A postal code behind a comma: a place and not the number of an order.
_PLACE = re.compile(r",\s*(?:[\w.]+\s+)?(?:\d{5}\b|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b)")
_THANKS = re.compile(r"\b(?:thank\w*|thx|ty|tysm|cheers|danke\w*|dank|gracias|merci|grazie|obrigad[oa]|bedankt)\b")
_ONLY_NUMBER = re.compile(
    r"\W*(?:(?:(?:it'?s|order|number|is|the|please|die|bestellung|nummer|bitte|el|pedido|es|numero|commande|la"
    r"|le)\W+){0,4})"
    r"#?[a-z]{0,3}-?\d{3,10}(?:\W+(?:please|bitte|por favor|svp|s'il vous plait))?\W*"
)
_APOSTROPHES = re.compile("['’´]")
_FIRST = "first|former|1st|a|1|erste[ns]?|primer[oa]?|premiere?|prima|primo|eerste"
_SECOND = "second|latter|2nd|b|2|zweite[ns]?|letztere[ns]?|segund[oa]|deuxieme|seconde?|second[oa]|tweede"
# "The second, please. My husband agrees": which of two offers is taken stands at the beginning.
_CHOSEN = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|then|please|rather|i(?:'d| would) (?:like|take|prefer)|i(?:'ll| will) take|dann|bitte|lieber"
    r"|also|entonces|mejor|prefiero|alors|plutot|allora)\W+)*(?:(?:the|option|number|no|die|das|den|la|el|lo|le"
    r"|il|de|opcion|variante)\W+)*"
    rf"\(?(?:(?P<first>{_FIRST})|(?P<second>{_SECOND}))\)?"
    r"(?:\s+(?:one|option|of course|naturally|obviously|naturlich|claro|bien sur|certo|please|bitte|svp"
    r"|por favor|(?:that |which )?you (?:said|mentioned|named|offered|suggested)"
    r"|che ha detto|que (?:dijo|menciono|dice)|que vous (?:dites|proposez)|die sie nannten))*\s*(?=[.,;:!?)]|$)"
)
# Whoever says one of these does not simply take what was offered.
_ANOTHER = re.compile(
    r"\b(?:no|not|nope|neither|never|dont|cant|but|nein|nicht|kein\w*|aber|non|pas|mais|ningun\w*|pero|niet"
    r"|geen|maar|nao"
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
    if not before or not _only_answers(found, own_words(text), asked=asked):
        return found
    whole = judge.classify(f"{own_words(before)}\n{own_words(text)}", "", hint)
    if _asks_anew(found, whole, text):
        return found
    long = len(own_words(text).split()) > MOST_WORDS
    if asked and (long or (whole.intent in OUTRIGHT and not is_said(whole.intent, stated(text)))):
        # "Not the mug, the other one" tells no fault of its own: the ask is that of the message before.
        told = judge.classify(own_words(before), "", hint)
        plain = told.intent in OUTRIGHT and (long or is_said(told.intent, stated(before)))
        whole = told if plain else found if long else whole
    return whole.model_copy(
        update=found.model_dump(include={"sentiment", "high_emotion", "legal_threat", "human_request", "urgency"})
    )


def _asks_anew(alone: TriageResult, whole: TriageResult, text: str) -> bool:
    """Whether a message says outright what it asks, and that is not what was asked before: "then I return it"."""
    said = stated(text) & _CHOICES
    return alone.intent in said and whole.intent not in said


def expect(judge: Judge, ticket: Ticket) -> None:
    """Let `heard` of this ticket begin."""
    judge.ahead(spoken(ticket.latest.text), ticket.subject)


def answered(ticket: Ticket) -> str:
    """What a few words in answer to us are about: the message before, and what they take of what we offered.

    Empty when nothing is answered, or with words that do not simply take what was offered.
    """
    before, asked = _before(ticket)
    answer = own_words(ticket.latest.text)
    if before and asked and (chosen := _chosen(_question(ticket), answer)):
        return f"{own_words(before)}\n{chosen}"
    if not before or len(answer.split()) > FEW_WORDS or _ANOTHER.search(_APOSTROPHES.sub("", fold(answer))):
        return ""
    if not asked:
        return own_words(before) if _ONLY_NUMBER.fullmatch(fold(answer)) or _NUDGE.search(fold(answer)) else ""
    return f"{own_words(before)}\n{_taken(_question(ticket), answer)}"


def in_pieces(ticket: Ticket) -> str:
    """The newest message behind those that it goes on with: a street in one, its town in the next."""
    before, asked = _before(ticket)
    text = spoken(ticket.latest.text)
    goes_on = asked and len(own_words(text).split()) <= MOST_WORDS
    return f"{own_words(before)}\n{text}" if goes_on else text


def accepted(ticket: Ticket) -> str:
    """The one thing we offered to do that a few words in answer take; empty when there is none."""
    if not answered(ticket) or not _before(ticket)[1]:
        return ""
    answer = own_words(ticket.latest.text)
    taken = _chosen(_question(ticket), answer) or _taken(_question(ticket), answer)
    if _PLACE.search(taken) and "change_address" in stated(taken):
        return "change_address"  # "so we send it to 3 Elm Road, Portland, ME 04102 instead?"
    offers = stated(taken) & OFFERS
    # A label now and the money later is a return; to swap what has not left yet is the same wish, as its order tells.
    offers -= {"refund_request"} if "return_request" in offers else frozenset()
    offers = offers - {"change_order"} or offers
    return next(iter(offers)) if len(offers) == 1 else ""


def _question(ticket: Ticket) -> str:
    return _LISTED.sub("", ticket.earlier[-1].text)


def _chosen(question: str, answer: str) -> str:
    """The offer that an answer names by its place: "the second", "b"; empty without such words, or without two."""
    place, choices = _CHOSEN.match(fold(answer)), _OR.split(question)
    if place is None or len(choices) != 2:
        return ""
    choice = choices[0 if place["first"] else 1]
    return choice if stated(choice) & OFFERS else ""


def _taken(question: str, answer: str) -> str:
    """The offer of a question that an answer takes; empty when it offers nothing, or it is open which."""
    if "?" not in question:
        return ""
    choices = _OR.split(question)
    if len(choices) > 1:
        choices = [choice for choice in choices if content_stems(choice) & content_stems(answer)]
    # What we say of goods ("not packed yet") is no complaint about them.
    return choices[0] if len(choices) == 1 and stated(choices[0]) & OFFERS else ""


def _before(ticket: Ticket) -> tuple[str, bool]:
    """What the customer wrote before the shop's answer, and whether that answer asks; empty without an answer.

    Back to the last message that was more than an answer itself.
    """
    earlier = ticket.earlier
    if not earlier or earlier[-1].author is Author.CUSTOMER:
        return "", False
    told = [spoken(message.text) for message in earlier if _same_person(message, ticket.latest)]
    if not told:
        return "", False
    whole = [at for at, text in enumerate(told) if len(own_words(text).split()) > FEW_WORDS]
    return "\n".join(told[whole[-1] if whole else 0 :]), asks(earlier[-1].text)


def asks(reply: str) -> bool:
    """Whether a reply of ours asks for something."""
    return bool(_ASKS.search(fold(reply)))


def _same_person(message: TicketMessage, newest: TicketMessage) -> bool:
    return message.author is Author.CUSTOMER and message.sender.casefold() == newest.sender.casefold()


def _only_answers(found: TriageResult, text: str, *, asked: bool) -> bool:
    words = len(text.split())
    unsaid = asked and found.intent in OUTRIGHT and not stated(text) & (OUTRIGHT | OFFERS)
    if words > (MOST_CHOOSING if unsaid else MOST_WORDS) or found.human_request:
        return False
    nudges = bool(_NUDGE.search(fold(text)))
    if found.intent == "thanks":
        # "#2066, in the name of Ann Lee. Thanks": what we asked for, kindly.
        more = _NUMBER.search(text) or not _THANKS.search(fold(text))
        return nudges or found.confidence < SURE_OF_THANKS or (asked and (bool(more) or words <= FEW_WORDS))
    if words <= FEW_WORDS and (nudges or _hardly_new(found, text)):
        return True
    return found.confidence < SURE_OF_NEWS


def _hardly_new(found: TriageResult, text: str) -> bool:
    """Whether a few words lead to what somebody has to sign for without a word for it: "no, the socks"."""
    return found.intent in GOODS and not is_said(found.intent, stated(text))
