"""Find personal data in a text and mask it."""

from collections.abc import Iterator

from agent.redaction import (
    abroad,
    contact,
    identity,
    names,
    network,
    payment,
    people,
    phone,
    places,
    registers,
    streets,
)
from agent.redaction.folding import fold
from agent.redaction.people import KnownPeople
from agent.redaction.spans import PiiType, Redacted, Span, mask, resolve


def _candidates(text: str, known: KnownPeople | None) -> Iterator[Span]:
    for detector in (contact, payment, identity, registers, network, phone, names):
        yield from detector.find(text)
    addresses = [span for detector in (streets, places, abroad) for span in detector.find(text)]
    yield from addresses
    yield from names.above(text, [span for span in addresses if span.type is PiiType.ADDRESS])
    if known is not None:
        yield from people.find(text, known)


def find_pii(text: str, known: KnownPeople | None = None) -> list[Span]:
    """Find the personal data in a text.

    Args:
        text: any text; time grows linearly with its length.
        known: what the customer record says; names and addresses in it are found always, others only by pattern.

    Returns:
        Spans sorted by start, not overlapping, with offsets into `text` (`end` exclusive) and the text found.
    """
    folded = fold(text)
    found: list[Span] = []
    for span in resolve(_candidates(folded.text, known)):
        start, end = folded.original(span.start, span.end)
        found.append(Span(start, end, span.type, text[start:end]))
    return found


def redact(text: str, known: KnownPeople | None = None) -> Redacted:
    """Replace each piece of personal data by its kind in brackets: `call [phone]`."""
    spans = find_pii(text, known)
    return Redacted(mask(text, spans), tuple(spans))
