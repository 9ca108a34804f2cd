"""German writes every noun with a capital: where a lone one is more likely somebody's name than a thing."""

from __future__ import annotations

import re

from agent.redaction.lexicon import words
from agent.triage.glossary import glossaries
from agent.triage.ngrams import fold

# A thing seldom stands here without an article or an adjective, a person always does: "bei Okafor", "mit der Karte".
_PREPOSITION = re.compile(
    r"(?<!\w)(?:mit|bei|an|von|für|gegen|ohne|durch|neben|hinter|über|wegen|statt|samt|laut|zu|nach)\s\Z", re.IGNORECASE
)
_LONGEST_BEFORE = 9
_NOUN = re.compile(
    r"(?:ung|heit|keit|schaft|tion|sion|tat|nis|ismus|ungen|heiten|keiten|schaften|tionen|taten|nisse|nissen"
    r"|zeit|zeiten|weise|kosten|nummern?|adressen?|tage?n?|wochen?|stunden?|preise?n?|datum|pakete?n?|artikeln?|großen?)\Z"
)


def person_after_preposition(match: re.Match[str]) -> bool:
    """Whether a capitalised word stands bare behind a preposition and is no German noun that we know."""
    before = match.string[max(0, match.start() - _LONGEST_BEFORE) : match.start()]
    return bool(_PREPOSITION.search(before)) and not _is_thing(fold(match[0]))


def _is_thing(word: str) -> bool:
    known = word in words("german_nouns") or glossaries()["de"].meaning(word) is not None
    return known or bool(_NOUN.search(word))
