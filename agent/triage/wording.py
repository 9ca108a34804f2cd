"""The part of a message that says what the customer wants, and the single asks in it."""

from __future__ import annotations

import re
from functools import lru_cache

MOST_ASKS = 5
_LEAST_WORDS = 3
_WORD = re.compile(r"[^\W\d_]+")
_ANSWERS = re.compile(r"^\s*(?:re|fwd?|aw|wg|rv|tr|antw|sv|r)\s*:", re.IGNORECASE)
_QUOTE = re.compile(r"^\s*(?:>|\|\s)")
_QUOTE_BEGINS = re.compile(
    r"^\W{0,4}(?:on|am|le|el|il)\b.{4,200}\b(?:wrote|schrieb.*|a écrit|escribió|ha scritto)\s?:?\s*$"
    r"|^-{2,}\s?(?:original message|forwarded message|ursprüngliche nachricht|message d'origine|mensaje original).*"
    r"|^_{10,}\s*$",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"^(?:--|—|__)\s?$")
_FAREWELL = re.compile(
    r"^\W*(?:(?:many |with |best |kind |warm )*(?:thanks|thank you|thx|regards|wishes|cheers|sincerely|yours \w+|best)"
    r"|mit freundlichen grüßen|freundliche grüße|viele grüße|liebe grüße|beste grüße|vielen dank|danke|mfg|lg|gruß"
    r"|(?:bien )?cordialement|bien à vous|merci(?: d'avance)?|sincères salutations"
    r"|(?:un )?(?:cordial )?saludos?|atentamente|(?:muchas )?gracias|un saludo)[\s,.!]*$",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"^\W*(?:sent from my|get outlook|gesendet von|von meinem|envoyé de|enviado desde)\b.*$", re.IGNORECASE
)
_GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|hiya|dear|good (?:morning|afternoon|evening|day)|greetings|to whom it may concern|hola"
    r"|buen[oa]s(?: (?:días|dias|tardes|noches))?|estimad[oa]s?|bonjour|bonsoir|salut|madame|monsieur|hallo"
    r"|guten (?:tag|morgen|abend)|moin|servus|sehr geehrte\w*|liebe\w*)\b[^,.!?\n]{0,40}(?:[,.!]+\s*|\n+)",
    re.IGNORECASE,
)
# A subject that helpdesks and forms fill in, or that greets: it tells nothing of the matter.
_SAYS_NOTHING = re.compile(
    r"\W*(?:no subject|kein betreff|sans objet|sin asunto|(?:a |quick |short |one )?question|(?:kurze )?frage|pregunta"
    r"|consulta|domanda|vraag|hi|hello(?: again)?|hallo|hola|bonjour|help(?: please| me)?|hilfe|aide|ayuda|message"
    r"|(?:(?:new )?(?:e-?mail|message) )?from (?:your|our|the) (?:web)?(?:site|shop|store)|contact"
    r"|(?:my|your) order|frage zur bestellung|meine bestellung|ma commande|mi pedido|(?:about|regarding) my order)\W*",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"\s*\b(?:(?:order|bestellung|commande|pedido|ordine|encomenda|bestelling|orden|nr|no|number|n°)\b\.?\s*:?\s*)?"
    r"(?:\(?#\s?[A-Z]{0,3}-?\d{3,}\)?|\b(?:[A-Z]{1,3}-?\d{4,10}|\d{4,6})\b)"
    r"|\s*\(?#\s?[A-Z]{0,3}-?\d{3,}\)?",
    re.IGNORECASE,
)
_ALSO = re.compile(
    r"(?:[.!?;,\n…]|\s[-–+]|\))\s*(?:(?:and|und|et|y)\s+)?"
    r"(?:also|by the way|btw|p\.?\s?s\.?(?=\W)|plus|besides|one more|another (?:thing|question)|on another note"
    r"|secondly|außerdem|ausserdem|übrigens|zusätzlich|aussi|au passage|d'ailleurs|de plus|además|también|por cierto"
    r"|inoltre|anche|além disso|também|ook|unrelated|separately|while i'?(?:m| am) at it|oh and|second(?=,)|2nd"
    r"|(?:the )?second (?:thing|question)|(?:just )?one (?:quick |small |last )?question|since i'?m (?:here|at it)"
    r"|(?:noch |nur )?eine (?:kurze |kleine )?frage|zweite frage|nur fürs protokoll|deuxième (?:chose|question)"
    r"|(?:une |petite )+question|tant que j['’]y suis|y otra(?=,)|(?:segunda|una) (?:cosa|pregunta)|ya que estoy"
    r"|noch (?:was|etwas|eine frage)|zweitens|nebenbei|(?:une )?autre (?:chose|question)|au fait|sinon(?=,)"
    r"|otra (?:cosa|pregunta|duda)|de paso|un'?altra (?:cosa|domanda)|a proposito|outra (?:coisa|pergunta)|já agora"
    r"|nog (?:iets|een vraag|een ding)|trouwens|verder)\b"
    r"|(?:[.!?;,\n…]|\s)\s*(?:and|&|\+|und|et|y|e|en|but)\s+"
    r"(?:could|can|may|would|will|when|how|what|what's|do|does|did|is|are|where|tell|please|who|which"
    r"|wann|wie|was|wo|wer|ist|kann|könnt|gibt|sagen|quand|comment|combien|où|est-ce|dites|pouvez|peut"
    r"|cuándo|cuando|cómo|como|díganme|dónde|puedo|quando|dove|onde|\w+-(?:vous|tu|il|elle|on|je)|tot wanneer"
    r"|wanneer|hoe|waar|kan|kunnen|wat)\b",
    re.IGNORECASE,
)
# "Two quick things: ... ? ... ?": the first of them leads.
_SEVERAL = re.compile(
    r"\b(?:two|2|three|3|a couple of|zwei|drei|dos|tres|deux|trois|due|twee)\s+(?:\w+\s+)?"
    r"(?:questions?|things|ones|q['’]?s|fragen|dinge|sachen|preguntas|cosas|choses|domande|vragen)\b",
    re.IGNORECASE,
)
_FIRST_OF_LIST = re.compile(r"(?:^|\s)(?:[-*•]|1[.)])\s+(\S[^\n]*?\s[^\n]*?)(?=\n|\s2[.)]\s)")
_END = re.compile(r"(?<=[.!?…])\s+|\n+|;\s+")
_JOINT = re.compile(
    r",?\s+(?:and also|and could you|and can you|and i|and please|also|plus|besides|y también|y además"
    r"|et aussi|et également|und außerdem|und auch|außerdem|and|but|y|et|und)\s+(?=\S+\s+\S+)",
    re.IGNORECASE,
)


@lru_cache(maxsize=64)
def own_words(text: str, subject: str = "") -> str:
    """The message without quoted text, signature and greeting; a subject that is no answer stands before it.

    When nothing would be left, the text as it is: a wrong cut must not lose what a customer wrote.
    """
    kept = _without_tail(_unquoted(text.replace("\r\n", "\n").split("\n")))
    body = "\n".join(kept).strip()
    bare = _GREETING.sub("", body, count=1).strip() if _said(body) > _LEAST_WORDS else body
    body = bare or body or text.strip()
    told = not _ANSWERS.match(subject) and not _SAYS_NOTHING.fullmatch(subject)
    if not subject.strip() or not told or subject.strip().casefold() in body.casefold():
        return body
    return f"{subject.strip()}\n{body}".strip()


@lru_cache(maxsize=64)
def asks(text: str) -> tuple[str, ...]:
    """The sentences and longer clauses of a message, at most five; none when it is a single one."""
    found: list[str] = []
    for sentence in _END.split(text):
        clauses = _JOINT.split(sentence) if _said(sentence) > 2 * _LEAST_WORDS else [sentence]
        whole = all(_said(clause) >= _LEAST_WORDS for clause in clauses)
        found += clauses if whole else [sentence]
    clear = tuple(ask.strip() for ask in found if _said(ask) >= _LEAST_WORDS)
    return clear[:MOST_ASKS] if len(clear) > 1 else ()


@lru_cache(maxsize=64)
def first_ask(text: str) -> str:
    """What comes before the words that add another ask ("also", "and when"), or the first point of a list; else empty.

    A message of several asks is about the first: what is added comes besides.
    """
    listed = _FIRST_OF_LIST.search(text)
    if listed is not None:
        return listed[1]
    announced = _SEVERAL.search(text)
    if announced is not None and text.count("?") > 1:
        # Without a question behind it the end is 0, and so nothing is said.
        return text[text.rfind("\n", 0, announced.start()) + 1 : text.find("?", announced.end()) + 1]
    for more in _ALSO.finditer(text):
        before = text[: more.start() + 1].strip(" ,;\n")
        if _said(before) >= _LEAST_WORDS and _said(text[more.end() :]) >= _LEAST_WORDS - 1:
            return before
    return ""


def named_orders(text: str) -> str:
    """A text in which every number of an order reads "my order": that one is named tells, which one does not."""
    return _ORDER.sub(" my order", text)


def _unquoted(lines: list[str]) -> list[str]:
    begins = next((at for at, line in enumerate(lines) if _QUOTE_BEGINS.match(line)), len(lines))
    kept = [line for line in lines[:begins] if not _QUOTE.match(line)]
    return kept if any(line.strip() for line in kept) else lines


def _without_tail(lines: list[str]) -> list[str]:
    """Cut at `--`, or at a farewell that only a few short lines follow."""
    lines = [line for line in lines if not _DEVICE.match(line)] or lines
    for at, line in enumerate(lines):
        short = all(len(after.strip()) <= 60 for after in lines[at + 1 :])
        ends = _SIGNATURE.match(line) or (_FAREWELL.match(line) and short and len(lines) - at <= 6)
        if ends and any(before.strip() for before in lines[:at]):
            return lines[:at]
    return lines


def _said(text: str) -> int:
    return len(_WORD.findall(text))
