# ruff: noqa: E501 - one phrase a line reads better than one phrase on three
"""Where a text promises something: the phrases of our own voice, and those that others use. Negated and conditional forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from agent.guard.paraphrases import PARAPHRASES
from agent.guard.quick import may_say
from agent.guard.sentences import Sentence
from knowledge.hints import may_hold
from knowledge.playbooks import find_promises

WRITTEN = ("en", "es", "fr", "de")


class Said(NamedTuple):
    """A promise in a text: its kind (see promise_kinds.py), its words and where they begin."""

    kind: str
    words: str
    start: int

    @property
    def done(self) -> bool:
        """Whether it says that something was done, rather than will be."""
        return bool(_DONE.search(self.words))


_GAP = r"(?:[^.?!\n]|\.(?=\S)){0,40}?"
_OF = r"(?: (?:of|for) \S+)?"
_GET = rf"\b(?:you(?:['’]ll| will| are going to)|you(?:['’]re| are)) (?:(?:now|soon|also|then) )?(?:get(?:ting)?|receiv(?:e|ing)|have|see|be){_GAP}"
_NOW = r"\b(?:we|I)(?:['’]re|['’]m| are| am| will be|['’]ll be) (?:(?:now|already|also|just) )?"
_IS = r"(?:is|was|are|were|has been|have been|is being|will be|gets?|got)"
_MORE: Mapping[str, str] = {
    "refund": rf"{_GET}(?:refund(?:ed)?|money back|reimburse\w*)\b|{_NOW}(?:refunding|reimbursing|paying back)"
    rf"|\b(?:refund|reimbursement){_OF} {_IS} (?:issued|sent|made|processed|approved|confirmed|credited|paid|granted)"
    rf"|\bmoney {_IS} (?:on its way|coming|going|sent|returned|credited|paid|back)|\b(?:money|amount) (?:goes|will go|comes) back to you"
    r"|\b(?:was|were|got|been|is|are) (?:fully |partly |already )?(?:refunded|reimbursed)|\bconsider it refunded|\bI (?:refunded|reimbursed) you|\bwe (?:refunded|reimbursed) you"
    rf"|\b(?:recibirá|tendrá|verá)\b{_GAP}\b(?:reembolso|dinero)|\b(?:reembolso|dinero) (?:está en camino|ha sido|fue|será|ya (?:está|ha))|\ble (?:reembolsar|devolver|abonar)(?:é|emos)|\b(?:estamos|estoy) (?:reembols|devolv)\w+"
    rf"|\b(?:recevrez|aurez|verrez)\b{_GAP}\b(?:remboursement|argent)|\bremboursement (?:est en (?:route|cours)|a été|sera|est confirmé)|\bvous rembours(?:ons|erons|erai)"
    rf"|\b(?:erhalten|bekommen)\b{_GAP}\b(?:Geld|Erstattung|Betrag) zurück|\b(?:Geld|Erstattung) (?:ist|wurde|wird){_GAP}\b(?:unterwegs|überwiesen|veranlasst|gutgeschrieben|ausgezahlt)|\b(?:wir|ich) erstatten? Ihnen",
    "replacement": rf"{_GET}(?:a|the|your) (?:\w+ )?(?:replacement|new one)\b|{_NOW}(?:sending|shipping|ordering){_GAP}\b(?:replacement|new one|again)\b"
    rf"|\b(?:replacement|new one) {_IS} (?:on its way|sent|shipped|ordered|booked|coming)"
    rf"|\b(?:recibirá|le (?:enviamos|mandamos)){_GAP}\b(?:reemplazo|otro nuevo|de nuevo)|\breemplazo (?:está en camino|ha sido|fue|será)"
    rf"|\b(?:recevrez|vous envoyons){_GAP}\b(?:remplacement|à nouveau|de nouveau)|\bremplacement (?:est en route|a été|sera)"
    rf"|\b(?:erhalten|bekommen|schicken){_GAP}\bErsatz\b|\bErsatz (?:ist|wurde|wird){_GAP}\b(?:unterwegs|verschickt|geschickt)",
    "credit": rf"{_GET}(?:store )?credit\b|{_NOW}(?:adding|giving|issuing){_GAP}\bcredit\b|\b(?:store )?credit {_IS} (?:added|issued|applied|granted|yours)"
    r"|\bcredited (?:your|you)\b|\bbonus of\b",
    "code": rf"{_GET}(?:discount|coupon|voucher|promo)\b|\b(?:use|enter) (?:the |this |your )?(?:code|coupon)\b|\b(?:utilice|use) el código\b|\butilisez le code\b|\bnutzen Sie den (?:Gutschein)?code\b",
    "cancel": rf"{_NOW}cancell?ing\b|\border {_IS} cancell?ed\b",
    "exchange": rf"{_NOW}(?:exchanging|swapping)\b|\bexchange {_IS} (?:booked|arranged|set up|approved|confirmed)",
    "label": rf"{_NOW}(?:attaching|sending){_GAP}\blabel\b",
    "trace": rf"{_NOW}(?:opening|starting){_GAP}\b(?:trace|investigation|search)\b",
    "handover": rf"{_NOW}(?:passing|handing|forwarding|escalating)\b|\b(?:I|we)(?:['’]ve| have)? escalated\b",
}  # fmt: skip
_HINTS = {
    "refund": "refund|reimburs|paying back|money|amount|reembols|dinero|devol|abonar|rembours|argent|geld|erstat|betrag",
    "replacement": "replace|new one|again|reempl|nuevo|remplac|nouveau|ersatz",
    "credit": "credit|bonus",
    "code": "code|discount|coupon|voucher|promo|código",
    "cancel": "cancel",
    "exchange": "exchang|swapp",
    "label": "label",
    "trace": "trace|investigat|search",
    "handover": "passing|handing|forward|escalat",
}
_EXTRA = tuple(
    (kind, tuple(_HINTS[kind].split("|")), re.compile(rf"(?:{words})", re.IGNORECASE)) for kind, words in _MORE.items()
)
"""Kind, a quick look whether the text may hold such a promise at all, and the phrases."""
_DONE = re.compile(
    r"\b(?:have|has|had|was|were|got|been|went|gone|refunded|reimbursed|credited|is|are|am|hemos|he|ha|fue|está|avons|ai|a été|est|habe|haben|wurde|ist|attached|adjunta|jointe)\b|['’](?:ve|m|re)\b",
    re.IGNORECASE,
)
_IF = re.compile(
    r"\b(?:if|unless|in case|should (?:you|it|the|this)|whether|once|when|as soon as|after|until|provided|si|cuando|en cuanto|"
    r"una vez|en caso|tras|después|lorsqu\w*|quand|dès|une fois|en cas|après|wenn|falls|sobald|sofern|nachdem|bis|nach)\b|\bs['’]il",
    re.IGNORECASE,
)
_IF_BEFORE = re.compile(r"\b(?:if|whether|unless|si|wenn|falls|ob)(?:\s\w+){0,2}\s*\Z", re.IGNORECASE)
_NOT_BEFORE = re.compile(
    r"(?:\b(?:nothing|no|not|never|nobody|cannot|neither|nunca|tampoco|nada)|n['’]t)(?:\s(?:\w+|le|les|lo|la|se|nos)){0,1}\s*\Z"
    r"|\bno(?:\s(?:le|les|lo|la|se|nos)){1,2}\s*\Z|\b(?:n['’]|ne (?:vous )?(?:l['’])?|ne l['’])(?:en |y )?\s*\Z|\brien n['’]?e?\s*\Z|\b(?:nicht|kein\w*|nie|nichts)\s*\Z",
    re.IGNORECASE,
)
_NOT_INSIDE = re.compile(
    r"\b(?:no|not an?|not any|ningun\w*|ningún|aucun\w*|pas de)(?:\s\w+){1,2}\Z|\b(?:nichts?|kein\w*|nie|niemals)(?:\s\w+){1,3}\Z"
    r"|\b(?:not|never|nunca) (?:be|been|get|receive|have|see|refund\w*|\w+ing)\b",
    re.IGNORECASE,
)
_NOT_AFTER = re.compile(r"(?:\s\w+){0,1}\s(?:not|yet to|nicht|kein\w*|pas|ning[uú]n\w*|aucun\w*)\b", re.IGNORECASE)


_SPOKEN = {
    "en": re.compile(r"\b(?:I|we|has been|have been|will be|here is|is (?:on|being))\b", re.IGNORECASE),
    "es": re.compile(
        r"\b(?:he|hemos|ha sido|se (?:le )?ha|etiqueta|compañer[oa]|persona|equipo|\w+(?:remos|ré|rá))\b", re.IGNORECASE
    ),
    "fr": re.compile(
        r"\bj['’]ai\b|\b(?:avons|a été|est (?:maintenant|jointe)|étiquette|collègue|équipe|personne|\w+(?:rons|rai|rez|ront))\b",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"\b(?:habe|haben|werde|werden|wurde|wird|wir|ich|sieht|schaut|prüft|kümmert|meldet|\w*etikett)\b",
        re.IGNORECASE,
    ),
}
"""Words without which a text promises nothing in a language: most drafts are in one."""
_SPOKEN_HINTS = {
    "en": (frozenset({"i", "we", "has", "have", "will", "here", "is"}), ()),
    "es": (
        frozenset("he hemos ha se etiqueta compañero compañera persona equipo".split()),
        ("remos", "ré", "rá"),
    ),
    "fr": (
        frozenset("avons été est étiquette collègue équipe personne".split()),
        ("j'ai", "j’ai", "rons", "rai", "rez", "ront"),
    ),
    "de": (
        frozenset("habe haben werde werden wurde wird wir ich sieht schaut prüft kümmert meldet".split()),
        ("etikett",),
    ),
}
"""A quick look for them: the words that begin them, whole, and parts of those that may begin in many ways."""


def promises_in(text: str, language: str) -> list[Said]:
    """Every promise in a text, in order. All languages are looked at: a letter may slip into another."""
    spoken = [other for other in WRITTEN if other == language or _may_speak(text, other)]
    found = {
        (said.kind, said.start): Said(said.kind, said.words, said.start)
        for each in spoken
        for said in find_promises(text, each)
    }
    for kind, hints, shape in (*_EXTRA, *PARAPHRASES):
        for match in shape.finditer(text) if may_hold(text, hints) else ():
            found.setdefault((kind, match.start()), Said(kind, match[0], match.start()))
    return sorted(found.values(), key=lambda said: (said.start, said.kind))


def _may_speak(text: str, language: str) -> bool:
    words, parts = _SPOKEN_HINTS[language]
    return (may_say(text, words) or may_hold(text, parts)) and _SPOKEN[language].search(text) is not None


def negated(said: Said, sentence: Sentence) -> bool:
    """Whether it says that something was not done. Only words right beside the promise negate it."""
    before = sentence.clause_before(said.start)
    after = sentence.text[said.start - sentence.start + len(said.words) :]
    return bool(
        _NOT_BEFORE.search(before) or _NOT_INSIDE.search(" ".join(said.words.split())) or _NOT_AFTER.match(after)
    )


def hypothetical(said: Said, sentence: Sentence) -> bool:
    """Whether it depends on a condition. What is said to be done already depends on none, unless an `if` opens it."""
    if said.done:
        return bool(_IF_BEFORE.search(sentence.clause_before(said.start)))
    return bool(_IF.search(sentence.text))
