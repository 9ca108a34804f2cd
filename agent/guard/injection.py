"""Instructions to an assistant inside untrusted text, noted for people (row U5).

Finding them is not the defence: nothing in a ticket, a title or a scan is ever followed, whatever it says. The note
tells the person who reads the draft to look twice.
"""

from __future__ import annotations

from collections.abc import Iterator

from agent.case import Evidence, Investigation, Verdict, Violation
from agent.guard.known import LONGEST_FIELD
from agent.guard.rules import Rule, blocked
from agent.investigation.fields import fields_of
from agent.reading.instructions import HIDDEN, talked_to, words_to_assistant
from tools.helpdesk import Author, Ticket

SHOWN = 80


def instructions(ticket: Ticket, investigation: Investigation, *, reply: bool) -> Iterator[Violation]:
    """A note for every place of a case that talks to an assistant; with a reply, a person reads it before it leaves."""
    for place, text in _untrusted(ticket, investigation):
        said = words_to_assistant(text[:LONGEST_FIELD])
        if said:
            yield _note(place, said, reply=reply)


def repeated(text: str) -> Iterator[Violation]:
    """A reply that hands such words on: what stands in a title or a note must not reach a customer in our name."""
    said = words_to_assistant(text[:LONGEST_FIELD])
    if said:
        words = " ".join(said.split())[:SHOWN]
        yield blocked(Rule.INJECTION, f'the reply repeats words that talk to an assistant ("{words}")')


def _note(place: str, said: str, *, reply: bool) -> Violation:
    words = " ".join(HIDDEN.sub("\N{REPLACEMENT CHARACTER}", said).split())[:SHOWN]
    return Violation(
        rule=Rule.INJECTION.value,
        verdict=Verdict.REQUIRE_APPROVAL if reply else Verdict.ALLOW,
        message=f'{place} talks to an assistant ("{words}"); it was treated as text',
        role="agent" if reply else "",
        evidence=(place,),
    )


def _untrusted(ticket: Ticket, investigation: Investigation) -> Iterator[tuple[str, str]]:
    yield f"subject of ticket {ticket.id}", ticket.subject
    for message in ticket.messages:
        if message.author is Author.CUSTOMER:
            yield f"message {message.id}", message.text
            yield f"quoted text of message {message.id}", message.quoted
            yield f"sender of message {message.id}", message.sender_name
            for attachment in message.attachments:
                yield f"attachment name of message {message.id}", attachment.name
    yield from _of_evidence(investigation)
    for passage in investigation.passages:
        yield f"passage {passage.passage_id}", passage.text


def _of_evidence(investigation: Investigation) -> Iterator[tuple[str, str]]:
    """Each text of the evidence; none when nothing talks to an assistant in all of them, one below the other."""
    found = [(f"evidence {item.id}", text) for item in investigation.evidence for text in _texts(item)]
    # No such words reach over a line, and what they may begin with at the head of a text they may at that of a line.
    if talked_to("\n".join(text[:LONGEST_FIELD] for _, text in found)) is not None:
        yield from found


def _texts(item: Evidence) -> Iterator[str]:
    waiting: list[object] = [item.fields]
    while waiting:
        value = waiting.pop()
        fields = fields_of(value)
        if fields is not None:
            waiting.extend(fields.values())
        elif isinstance(value, list):
            waiting.extend(value)  # pyright: ignore[reportUnknownArgumentType] - JSON holds JSON
        elif isinstance(value, str):
            yield value
