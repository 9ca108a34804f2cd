"""Whether a customer asks for what the law gives them: their data deleted, or a copy of it.

The law sets a deadline, so it must not hang on which passage of a text a search happens to find first.
"""

from __future__ import annotations

import re
from typing import Literal

from agent.reading.words import fold

DataAsk = Literal["deletion", "copy"]


def _any(*phrases: str) -> str:
    return "|".join(phrases)


# What stands between the verb and what it is about: "all of my personal ...", "Sie bitte mein ganzes ...".
_EN = r"(?:(?:all|of|the|my|his|her|their|our|your|this|any|every|whole|entire|customer|user|personal|shop|old) ){0,4}"
_DE = r"(?:(?:bitte|sie|mein\w*|das|die|den|dieses|unser\w*|alle\w*|ganze\w*|gesamte\w*|samtliche\w*|person\w*) ){0,5}"
_ES = r"(?:(?:por|favor|todos?|todas?|toda|mis?|mio|la|el|los|las|sus|os|meus?|minhas?|a|o|as) ){0,4}"
_FR = r"(?:(?:svp|toutes?|tout|mes|mon|ma|le|la|les|de|votre|vos) ){0,4}"
_IT = r"(?:(?:tutti|tutte|tutto|i|il|la|le|miei|mio|mia|mie) ){0,4}"
_NL = r"(?:(?:al|alle|mijn|het|de|dit) ){0,4}"
_HELD = r"(?:account|profile|(?:personal |customer )?(?:datas?|information|records?)|history)"
_HELD_DE = r"(?:(?:kunden|benutzer|nutzer)?(?:kont(?:o|en)|account|profil)\w*|\w*daten|alles,? was)"
_HELD_ES, _HELD_FR = r"(?:cuenta|perfil|datos|informacion|conta|dados)", r"(?:compte|profil|donnees|informations)"
_KEPT = r"(?:hold|have|got|store|stored|keep|kept|saved?|collect\w*)"
_DELETION = re.compile(
    r"\b(?:"
    + _any(
        rf"(?:delet\w+|eras\w+|wip(?:e|ed|ing)|clos(?:e|ing)|get rid of|remov(?:e|ing|al of)|forget) {_EN}{_HELD}",
        r"(?:delete|erase|wipe|forget) (?:me\b|(?:everything|all|anything)(?: \w+){0,3} (?:about|on|of|under)\b)",
        rf"(?:account|data|profile)(?: [\w,]+){{0,3}} (?:deleted|erased|wiped|removed|closed)\b|keep {_EN}datas?\b",
        r"right to (?:be forgotten|erasure)",
        rf"(?:losch\w*|entfern\w*) {_DE}{_HELD_DE}|{_HELD_DE}(?: [\w,]+){{0,6}} (?:zu )?(?:ge)?losch\w*|loschung {_DE}",
        rf"(?:borr\w+|elimin\w+|suprim\w+|cancelar|cerrar|apag\w+|exclu\w+) (?:{_ES}{_HELD_ES}|todo lo que)",
        rf"(?:supprim\w+|suppression|effac\w+|clotur\w+|ferm(?:er|ez)) {_FR}{_HELD_FR}",
        rf"(?:cancell\w+|elimin\w+|chiud\w+) {_IT}(?:account|dati|profilo)",
        rf"(?:verwijder\w*|wis(?:sen)?) {_NL}(?:account|gegevens|profiel)",
        r"(?:account|gegevens)(?: \w+){0,4} verwijder\w*",
    )
    + ")"
)
_COPY = re.compile(
    r"\b(?:"
    + _any(
        r"(?:copy|export|download|printout) of (?:\w+ ){0,4}(?:data|information|everything)\b",
        r"(?:get|access to) my data\b",
        rf"(?:data|information|everything)(?: \w+){{0,3}} {_KEPT} (?:\w+ ){{0,2}}(?:about|on|of|under)\b",
        r"(?:data|subject) (?:access )?requests?\b|art(?:icle|\.|ikel|iculo|icolo)? ?15\b|right of access\b",
        r"auskunft (?:\w+,? ){0,4}\w*daten|kopie (?:\w+ ){0,3}\w*daten|\w*daten(?: \w+){0,4} gespeichert",
        r"welche (?:\w+ )?daten (?:haben|habt|speicher\w*)",
        r"(?:copia de|acceso a) (?:\w+ ){0,5}(?:datos|informacion|dados)|que datos (?:\w+ )?(?:guard\w+|tien\w+)",
        r"copie des? (?:\w+ ){0,5}(?:donnees|conserve\w*|informations)|copie des donnees",
        r"donnees (?:que )?vous (?:avez|det\w+|conserv\w+)",
        r"copia dei (?:\w+ ){0,3}dati|(?:kopie van|inzage in) (?:\w+ ){0,3}gegevens",
    )
    + ")"
)
_SHORT, _APOSTROPHE = re.compile(r"n['’]t\b"), re.compile("['’]")
_REFUSED = re.compile(r"\b(?:dont|do not|didnt|not|never|nicht|kein\w*|ne|no|non|niet)(?: \w+){0,4} $")


def data_asked(text: str) -> DataAsk | None:
    """What a message asks for in so many words: `deletion` where it asks for both, None for neither."""
    said = " ".join(_APOSTROPHE.sub(" ", _SHORT.sub("nt", fold(text))).split())
    if _wanted(_DELETION, said):
        return "deletion"
    return "copy" if _COPY.search(said) else None


def _wanted(shape: re.Pattern[str], said: str) -> bool:
    """Whether it is said and not refused: "I don't want my account deleted"; not to keep the data is to delete it."""
    hits = ((said[: hit.start()], hit[0]) for hit in shape.finditer(said))
    return any(
        phrase.startswith("keep") == bool(_REFUSED.search(before) or " nicht " in phrase) for before, phrase in hits
    )
