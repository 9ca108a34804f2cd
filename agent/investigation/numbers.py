"""Words for numbers of pieces: how many were ordered, and that only so many of them came. Folded, in four languages."""

from __future__ import annotations

import re

from agent.reading.words import content_stems, fold

_NUMBERS = {
    1: "1|one|ein|eine|einer|eines|einen|eins|un|une|l'un|l'une|uno|una|um|uma",
    2: "2|two|zwei|deux|dos|due|dois|duas|twee",
    3: "3|three|drei|trois|tres|tre|drie",
    4: "4|four|vier|quatre|cuatro|quattro|quatro",
    5: "5|five|funf|cinq|cinco|cinque|vijf",
    6: "6|six|sechs|seis|sei|zes",
}
VALUE = {word: number for number, words in _NUMBERS.items() for word in words.split("|")}
"""The number of each word."""
_ANY = "|".join(map(re.escape, sorted(VALUE, key=len, reverse=True)))
_END = r"(?![\w.,]\d|\w)"
N = rf"(?<![\w#.,$€£/'-])(?P<n>{_ANY}){_END}"
"""The pattern of a number, as the group n."""
_HALF = r"half|die halfte|la mitad|la moitie"
_SINGLE = r"a single|a sole|un solo|una sola|un seul|une seule|einen einzigen|eine einzige|ein einziges"
_ONLY = r"(?:only|just|nur|bloss|lediglich|solo|solamente|unicamente|seulement|uniquement|juste)"
_GOT = (
    r"i|we|you|me|us|it|there|that|ever|actually|got|get|received|have|had|has|found|came|come|arrived|was|were|is|are"
    r"|contained|included|sent|delivered|shipped|with|in|gave"
    r"|ich|wir|noch|bekommen|erhalten|kam|kamen|war|waren|lag|lagen|drin|habe|haben"
    r"|nos|he|hemos|ha|han|habia|recibi|recibimos|recibido|llego|llegaron|llegado|venia|venian|vino|vinieron|tengo"
    r"|estaba|enviaron|mandaron|j['’]ai|ai|avons|recu|eu|trouve"
)
# French says it around the verb: "je n'ai recu qu'une chaussette".
_AROUND = r"\bn(?:e\s|['’])[\w'’ ]{1,40}?\bqu(?:e\s+|['’])"
_GOODS = (
    r"things?|items?|articles?|parcels?|packages?|box(?:es)?|sachen|artikel\w*|pakete?\w*|cosas?|articulos?|paquetes?"
    r"|choses?|colis"
)
_NO_PIECES = (
    r"questions?|problems?|issues?|complaints?|requests?|days?|weeks?|hours?|times?|minutes?|frage\w*|tage?|wochen?|mal"
    r"|preguntas?|problemas?|quejas?|dias?|semanas?|vez|veces|problem\w*|jours?|semaines?|fois"
)
_CAME = re.compile(
    rf"(?:\b{_ONLY}\s+(?:(?:{_GOT})\s+){{0,4}}|{_AROUND})"
    rf"(?:(?P<n>{_ANY}){_END}|(?P<half>{_HALF})\b|(?:{_SINGLE})\b)(?!\s+(?:\w+\s+)?(?:{_GOODS}|{_NO_PIECES})\b)"
)
# "only one is missing" counts those that did not come.
_LACKS = re.compile(
    r"[^.,;!?\n]{0,60}?(?:\b(?:miss\w*|lacking|gone|lost|absent|left out|broke\w*|crack\w*|damag\w*|not|fehl\w*|nicht"
    r"|kaputt\w*|falt\w*|no|rot[oa]s?|manqu\w*|pas|cass\w+)\b|n['’]t\b)"
)
_ON = re.compile(r"\b(?:and|but|und|aber|y|pero|et|mais)\b")
_SOME_OF = re.compile(
    rf"\b(?:(?:{_ANY})\s+(?:\w+\s+)?(?:of|von|aus|sur|d['’]entre|de)\s+(?:(?:the|my|our|these|those|your|los|las|mis"
    rf"|estos|estas|den|meinen|diesen|mes|ces)\s+|(?=(?:{_ANY})\b)|(?=(?:them|ellos|ellas|ihnen)\b))"
    rf"|(?:{_ANY})\s+(?:\w+\s+)?(?:der|meiner|des)\s+|(?:{_HALF})\s+(?:of|der|meiner|von|de|des|aus)\s+)"
    rf"(?!(?:(?:{_ANY})\s+)?(?:{_GOODS})\b)"
)
_GOT_SOME = re.compile(
    rf"\b(?:got|received|found|sent(?:\s+me)?|bekommen|erhalten|recibi|llegaron|llego|recu)\s+(?:{N}|(?P<half>{_HALF})\b)"
    r"(?=\s+(?:\w+\s+)?(?:of|von|de|des|der|sur)\b)"
)
_ORDERED = re.compile(
    r"\b(?:ordered|bought|paid\s+for|purchased|bestellt\w*|gekauft|bezahlt|pedi|pedimos|pedido|compre|compramos|comprado"
    r"|encargue|pague|commandee?s?|achetee?s?|payee?s?)\b"
)
_SENTENCE = re.compile(r"[.!?;\n]+")
_PAIR = re.compile(r"\b(?:pairs?|paar\w*|paires?|par|pares)\b")
_NAMED = re.compile(
    rf"{N}(?P<pair>\s+(?:pairs?\s+of|paar|paires?\s+(?:de|d['’])|par(?:es)?\s+de))?(?P<name>(?:\s+[\w'’-]+){{1,2}})"
)
_COUNTED = re.compile(rf"{N}((?:\s+[\w'-]+){{1,2}})")
PAIRED = frozenset("socks shoes slippers gloves mittens earrings".split())
"""Things that come in twos: one of them is half a piece."""


def came(plain: str) -> list[re.Match[str]]:
    """Where a folded text says that only so many pieces came."""
    return [hit for hit in _CAME.finditer(plain) if not _lacks(plain, hit.end())]


def got_some(plain: str) -> list[re.Match[str]]:
    """Where it says so without an "only": "got two of the mugs"."""
    return list(_GOT_SOME.finditer(plain))


def some_of(plain: str) -> bool:
    """Whether it speaks of some pieces of one thing ("one of the socks"), not of some of what was ordered."""
    return bool(_SOME_OF.search(plain))


def _lacks(plain: str, after: int) -> bool:
    ends = _ON.search(plain, after)
    return bool(_LACKS.match(plain, after, ends.start() if ends else len(plain)))


def count(hit: re.Match[str], of: int) -> int:
    """How many pieces such a place says, of so many."""
    said = hit.groupdict()
    return of // 2 if said.get("half") else VALUE.get(said["n"] or "", 1)


def counted(plain: str, name: frozenset[str]) -> set[int]:
    """Numbers right before a word that names a thing: "one teapot", "2 stone mugs"."""
    found = _COUNTED.finditer(plain)
    return {VALUE[each["n"]] for each in found if content_stems(each[2]) & name}


def says_pairs(plain: str) -> bool:
    """Whether a folded text counts in pairs."""
    return bool(_PAIR.search(plain))


def most_ordered(text: str, name: frozenset[str], *, paired: bool) -> int:
    """The largest number of a thing that a message says was ordered; 0 when it says none."""
    told = (part for part in _SENTENCE.split(fold(text)) if _ORDERED.search(part))
    found = (hit for part in told for hit in _NAMED.finditer(part) if content_stems(hit["name"]) & name)
    # "I ordered two socks" may be one pair.
    return max((VALUE[hit["n"]] for hit in found if hit["pair"] or not paired), default=0)
