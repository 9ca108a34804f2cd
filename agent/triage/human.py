"""Whether somebody asks for a person, a call or a number to call; the words that matter may be misspelt."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from agent.triage.ngrams import fold

FILE = Path(__file__).with_name("human_phrases.txt")
_KEY_WORDS = tuple(
    (
        "human person people agent representative supervisor manager operator someone somebody anyone anybody "
        "adviser advisor employee colleague support service phone number callback speak transfer connect "
        "robot chatbot machine automated persona humano humana agente asesor asesora operador operadora "
        "representante encargado encargada gerente responsable alguien hablar comunicar llamar llamada llamen "
        "llamenme telefono maquina contestador humain humaine personne conseiller conseillere interlocuteur "
        "superieur parler rappeler rappelez appelez telephone quelqu joindre mensch menschen menschlich "
        "mitarbeiter mitarbeiterin berater kundenberater person jemand jemanden jemandem vorgesetzten "
        "ansprechpartner sprechen reden verbinden anrufen ruckruf zuruckrufen telefonnummer roboter maschine "
        "telefonisch hotline "
    ).split()
)
# One letter from a key word, and none.
_ORDINARY = frozenset(
    (
        "personal personas persons agents numbers phones services supports managed manage manages comment "
        "connects robots machines operators managers speaks spoke people's agence humans humane humor habla "
        "hablan hablas llama llaman llamo llame llamas parle parles parlez rappele rappelle appele appelle "
        "appeler telefono menschliche personen reden rede redet sprechen spreche spricht sprecht beraten "
        "roboters jemals operate transfers transferred connected anyones peoples personnes personnel conseil "
        "conseils responsables alguno alguna hablado "
    ).split()
)
_SHORTEST = 5
_LONGEST = 4000
_PAST = re.compile(
    r"\b(?:spoke|talked|chatted|speak (?:to you )?soon|talk (?:to you )?(?:soon|later)"
    r"|(?:agent|rep|manager|representative) (?:said|told|promised)"
    r"|hable con|hablado con|j ai parle|ai eu|gesprochen|bis bald)\b"
)
_PRESENT = re.compile(r"\b(?:want|need|now|again|quiero|veux|will|mochte)\b")
_CLAUSE = re.compile(r"[.!?;\n]+|,(?=\s)|\s-\s|:\s")


def wants_human(text: str) -> bool:
    """Whether the sender wants a person, a call or a number to call; best in English, Spanish, French and German."""
    return any(_asks(_repaired(clause)) for clause in _CLAUSE.split(text[:_LONGEST]) if clause.strip())


def _asks(clause: str) -> bool:
    if _PAST.search(clause) and not _PRESENT.search(clause):
        return False
    return any(pattern.search(clause) for pattern in _patterns())


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    who, found = "", list[re.Pattern[str]]()
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("who "):
            who = line.removeprefix("who ")
        elif line and line[0] not in "#[":
            way = line.replace("<who>", who).replace("~?", r"(?:\w+ ){0,4}?").replace("~", r"(?:\w+ ){1,4}?")
            found.append(re.compile(way))
    return tuple(found)


def _repaired(clause: str) -> str:
    """Folded words, with slips of one letter in the words that matter put right."""
    return " ".join(_nearest(word) for word in re.findall(r"[^\W_]+", fold(clause)))


@lru_cache(maxsize=8192)
def _nearest(word: str) -> str:
    if len(word) < _SHORTEST - 1 or word in _KEY_WORDS or word in _ORDINARY:
        return word
    return next((key for key in _KEY_WORDS if len(key) >= _SHORTEST and _one_slip(word, key)), word)


def _one_slip(word: str, key: str) -> bool:
    """One letter too many, too few, wrong, or two neighbours swapped; the first letter is right."""
    if word[0] != key[0] or abs(len(word) - len(key)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(word, key, strict=False)) if a != b), min(len(word), len(key)))
    rest, wanted = word[start:], key[start:]
    if rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:]:
        return True
    return rest[:2] == wanted[:2][::-1] and rest[2:] == wanted[2:]
