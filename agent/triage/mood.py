"""How a message feels and how soon it needs somebody: phrases of four languages, plus how it is written."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from agent.triage.ngrams import fold

FILE = Path(__file__).with_name("mood.csv")
LANGUAGES = ("en", "es", "fr", "de")
HIGH_EMOTION = 3.0
_ANGER = {"fury": 3.0, "swear": 2.0, "upset": 1.0, "repeated": 1.0}
_CAPITALS, _EXCLAMATIONS, _STRESSED, _AT_US = 1.5, 1.0, 1.0, 0.5
_STRESS = re.compile(
    r"\b(?:absolutely|completely|utterly|extremely|totally|truly|beyond|so fucking|seriously|total|totally"
    r"|absolutamente|totalmente|completamente|sumamente|muy muy|realmente"
    r"|absolument|completement|totalement|vraiment|extremement|tellement"
    r"|absolut|vollig|komplett|total|wirklich|echt|richtig|so eine|zutiefst)\b"
)
_AT_US_WORDS = re.compile(
    r"\b(?:you people|you lot|you guys|this company"
    r"|your (?:company|team|staff|service|customer service|shop|store|website)"
    r"|vuestr[ao]s?|su (?:empresa|tienda|servicio)|esta (?:empresa|tienda)|ustedes"
    r"|votre (?:societe|service|site|boutique|entreprise|equipe)|vous etes"
    r"|ihr (?:laden|service|shop|seid)|ihrem? (?:laden|service|shop)|euch"
    r"|euer(?:em|en)? (?:laden|service|shop)|dieser laden)\b"
)
_NOT = "not|t|never|isnt|wasnt|arent|cant|nicht|kein|keine|nie|no|nunca|pas|jamais|rien"
# "I'm not angry", but "not just angry".
_DENIED = re.compile(
    r"\b(?:not|never|aint|nicht|pas|no (?:estoy|estamos|soy|es))"
    r"(?: (?:really|even|that|so|very|at all|du tout|gar|wirklich|muy))? $"
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_LOUD = re.compile(r"!{2,}|!\s*\?|\?\s*!|!.*!.*!", re.DOTALL)


@dataclass(frozen=True)
class Mood:
    """Sentiment from -1 to 1; `signs` are the phrases of the message that speak for each finding."""

    sentiment: float
    high_emotion: bool
    legal_threat: bool
    urgency: str
    urgency_reason: str
    signs: tuple[str, ...]


def mood_of(text: str) -> Mood:
    """Judge a message by its own words; order and customer facts play no part."""
    found = _found(_plain(text))
    anger = _anger(text, found)
    joy = 0.0 if found["legal"] else 1.2 * min(3, len(found["joy"]))
    sentiment = (joy - anger) / (joy + anger + 1.0)
    urgent, why = _urgency(found, high=anger >= HIGH_EMOTION)
    signs = (*found["legal"], *found["fury"], *found["swear"], *(found["upset"] if anger >= HIGH_EMOTION else ()))
    return Mood(
        sentiment=round(max(-1.0, min(1.0, sentiment)), 3),
        high_emotion=anger >= HIGH_EMOTION,
        legal_threat=bool(found["legal"]),
        urgency=urgent,
        urgency_reason=why,
        signs=tuple(dict.fromkeys(signs)),
    )


def _anger(text: str, found: dict[str, list[str]]) -> float:
    anger = sum(weight * min(3, len(found[kind])) for kind, weight in _ANGER.items())
    if not anger and not found["legal"]:
        return _CAPITALS * _shouted(text) * bool(_LOUD.search(text))
    plain = _plain(text)
    anger += _CAPITALS * _shouted(text) + _EXCLAMATIONS * bool(_LOUD.search(text))
    directed = bool(found["fury"] or found["swear"])
    return anger + directed * (_STRESSED * bool(_STRESS.search(plain)) + _AT_US * bool(_AT_US_WORDS.search(plain)))


def _shouted(text: str) -> bool:
    """At least four words, most of the letters capitals."""
    words = _WORD.findall(text)
    letters = "".join(words)
    return len(words) >= 4 and sum(c.isupper() for c in letters) > 0.6 * len(letters)


def _urgency(found: dict[str, list[str]], *, high: bool) -> tuple[str, str]:
    """Low, normal, high or urgent, and the phrase that says so."""
    now, soon = found["deadline_now"], found["deadline"]
    if found["calm"]:
        return "low", f"says `{found['calm'][0]}`"
    if now and (soon or high):
        return "urgent", f"says `{now[0]}` and `{soon[0]}`" if soon else f"says `{now[0]}` and is upset"
    if found["legal"]:
        return "urgent", f"says `{found['legal'][0]}`"
    for kind, says in ((now, "says"), (soon, "says"), (found["repeated"], "wrote before:")):
        if kind:
            return "high", f"{says} `{kind[0]}`"
    return ("high", "is very upset") if high else ("normal", "")


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", fold(text)))


def _found(plain: str) -> defaultdict[str, list[str]]:
    """The phrases of each kind; a word belongs to one kind only, so `not happy` is no joy."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for kind, pattern in _patterns().items():
        matches = [
            hit.group() for hit in pattern.finditer(plain) if kind != "fury" or not _DENIED.search(plain[: hit.start()])
        ]
        found[kind] = list(dict.fromkeys(matches))
        if kind in ("calm", "fury", "upset"):
            plain = pattern.sub(" | ", plain)
    # "Nicht ganz zufrieden", "not super happy": praise turned round.
    turned = [joy for joy in found["joy"] if re.search(rf"\b(?:{_NOT}) (?:\w+ ){{0,2}}{joy}\b", plain)]
    found["joy"] = [joy for joy in found["joy"] if joy not in turned]
    found["upset"] += turned
    return found


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """One expression for each kind, in the order in which they claim words."""
    phrases: defaultdict[str, list[str]] = defaultdict(list)
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            phrases[row["kind"]] += row["phrases"].split("|")
    order = ("calm", "legal", "swear", "repeated", "deadline_now", "deadline", "fury", "upset", "joy")
    return {kind: _pattern(phrases[kind]) for kind in order}


def _pattern(phrases: list[str]) -> re.Pattern[str]:
    ordered = sorted({phrase.strip() for phrase in phrases if phrase.strip()}, key=len, reverse=True)
    choices = (rf"{re.escape(_plain(p.rstrip('*')))}{'[a-z]*' if p.endswith('*') else ''}" for p in ordered)
    return re.compile(rf"\b(?:{'|'.join(choices)})\b")


def trend(sentiment: float) -> str:
    """Negative, neutral or positive."""
    return "negative" if sentiment < -0.25 else "positive" if sentiment > 0.25 else "neutral"
