"""What a message tells of a parcel besides what it asks: that it has come, that somebody has looked for it."""

from __future__ import annotations

import re

from agent.investigation.found import Found
from agent.reading.stated import LOOKED_ALREADY, PARCEL_WISH, stated
from agent.reading.words import fold

_PARCEL = r"(?:it|they|(?:the |my |your |our )?(?:parcel|package|order|box|delivery|mug|item|shipment)s?)"
_HERE = re.compile(
    rf"\b(?:{_PARCEL} (?:has |have |just |finally |actually |already ){{0,2}}(?:came|arrived|turned up|showed up"
    r"|is here|got here|was delivered|reached me)"
    r"|i (?:have |just |finally |already ){0,2}(?:got|received) (?:it|them|the|my)"
    r"|(?:arrived|came|delivered) (?:after all|(?:this|yesterday) ?(?:morning|afternoon|evening)?|today)"
    r"|(?:ist|sind|kam|kamen) (?:\w+ ){0,3}(?:angekommen|eingetroffen|aufgetaucht|doch noch|endlich an)"
    r"|(?:habe|hab|haben) (?:\w+ ){0,3}(?:erhalten|bekommen)"
    r"|(?:ya|por fin|al final|hoy|ayer|me) (?:me )?(?:llego|llegaron|lo recibi|la recibi|los recibi|las recibi)"
    r"|(?:lo|la|los|las) (?:recibi|he recibido)"
    r"|(?:est|sont) (?:\w+ ){0,2}arrivee?s?|(?:j'ai|je l'ai|l'ai) (?:\w+ ){0,2}recue?s?)\b"
)
_NOT_YET = re.compile(
    r"\b(?:not|never|no|nothing|yet|if|when|once|until|before|after i|as soon|\w+n't|\w+nt|nicht|nie|noch nichts|wenn"
    r"|sobald|falls|bis|nunca|cuando|si|hasta|aun|todavia|pas|jamais|quand|lorsque|des que|avant)\b"
)
_SENTENCE = re.compile(r"[.!?;\n]+|, but\b|, aber\b|, pero\b|, mais\b")


def told_facts(found: Found) -> dict[str, object]:
    """Whether a message says that the thing has come, that somebody looked for it, or how a parcel is to be packed."""
    said = stated(found.text)
    came = any(_HERE.search(each) and not _NOT_YET.search(each) for each in _SENTENCE.split(fold(found.text)))
    return {
        "says_it_came": came and "not_received" not in said,
        "looked_already": LOOKED_ALREADY in said,
        "parcel_wish": PARCEL_WISH in said,
    }
