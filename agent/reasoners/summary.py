"""What a thread comes to, for the person who takes it over: order, ask, promises, what is open (row A16).

Every line ends with the id of the message (or of the fact) it comes from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from agent.case import Classification, Investigation
from knowledge.playbooks import find_promises
from tools.actions import Action
from tools.helpdesk import Author, Ticket, TicketMessage

_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?=\S)[^.!?\n]*)*[.!?]?")
_WE = r"\b(?:we|i|wir|ich|nous|je|on)\b|\b\w+(?:emos|amos|imos)\b|\bj['’]"
_WHEN = (
    r"\b(?:today|tonight|tomorrow|within|by|next|on (?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|heute|morgen|bis|innerhalb|am (?:montag|dienstag|mittwoch|donnerstag|freitag)"
    r"|aujourd['’]hui|demain|sous|d['’]ici|lundi|mardi|mercredi|jeudi|vendredi"
    r"|hoy|mañana|antes|lunes|martes|miércoles|jueves|viernes)\b"
)
_WILL_HAPPEN = re.compile(rf"(?=.*(?:{_WE}))(?=.*{_WHEN})", re.IGNORECASE | re.DOTALL)
QUIET = frozenset({"tag_ticket", "set_priority", "assign_ticket", "add_internal_note", "escalate_to_human"})


def summary(
    ticket: Ticket,
    said: Classification,
    known: Investigation | None = None,
    actions: Iterable[Action] = (),
    *,
    reply: bool = False,
) -> str:
    """The lines `Order`, `Ask`, `Promised` (one each) and `Open`, as far as there is something to say."""
    newest = ticket.latest.id
    ask = ", ".join(intent.replace("_", " ") for intent in said.intents)
    waits = [action.kind.replace("_", " ") for action in actions if action.kind not in QUIET]
    open_now = ", ".join([*dict.fromkeys(waits), *(["reply to be read"] if reply else [])]) or "an answer by a person"
    return "\n".join(
        (
            *_orders(ticket, said, known),
            f"Ask: {ask} [{newest}]",
            *(f"Promised: “{words}” [{source}]" for source, words in promised(ticket, said.language)),
            f"Open: {open_now} [{newest}]",
        )
    )


def _orders(ticket: Ticket, said: Classification, known: Investigation | None) -> Iterator[str]:
    found = known.find("order") if known else None
    fact = {str(found.fields["number"]).lstrip("#"): found.id} if found else dict[str, str]()
    for digits in dict.fromkeys((*fact, *(number.lstrip("#") for number in said.references.order_numbers))):
        source = next((m.id for m in ticket.messages if digits in m.text), fact.get(digits, ticket.latest.id))
        yield f"Order: #{digits} [{source}]"


def promised(ticket: Ticket, language: str) -> list[tuple[str, str]]:
    """(message id, words) of what the shop said it would do, oldest first. A net, not a proof."""
    ours = (message for message in ticket.messages if message.author is not Author.CUSTOMER)
    return [(message.id, words) for message in ours for words in _promises(message, language)]


def _promises(message: TicketMessage, language: str) -> Iterator[str]:
    for match in _SENTENCE.finditer(message.text):
        sentence = " ".join(match[0].split())
        if not sentence.endswith("?") and (_WILL_HAPPEN.search(sentence) or _known(sentence, language)):
            yield sentence


def _known(sentence: str, language: str) -> bool:
    return any(find_promises(sentence, spoken) for spoken in dict.fromkeys((language, "en")))
