"""The country that a message names: "delivery to Japan?", "nach Österreich", "to Brisbane, Australia"."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from functools import cache

from agent.reading.words import fold

LANGUAGES = ("en", "es", "fr", "de", "it", "pt", "nl")
_TO = (
    "to|in|into|for|a|en|para|hacia|au|aux|pour|vers|nach|in die|in den|fur|per|em|ao|naar|voor"
    "|delivery|shipping|envio|livraison|lieferung|versand|consegna|spedizione|entrega|levering"
)
# "Wien, Austria", "1010 Wien Austria", "NSW 2000, Australia"; a name may stand on a line of its own as well.
_TOWN = r"[^\W\d_]{3,20},|\d{4,6} [^\W\d_]{3,20}|\d{4,6},"
# Also a state of the US, a kind of shirt, first names, a town in Spain.
_NOT_MEANT = frozenset({"georgia", "jersey", "jordan", "chad", "granada"})
_ALSO = {
    "usa": "US", "america": "US", "uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "inglaterra": "GB", "angleterre": "GB", "grossbritannien": "GB", "holland": "NL", "amerika": "US", "korea": "KR",
}  # fmt: skip


def country_named(text: str, language: str) -> str | None:
    """The code of the one country that is named, such as `JP`; None when there is none, or several."""
    known = language if language in LANGUAGES else "en"
    plain, names = fold(text), _names(known)
    lines = {line.strip(" .,") for line in plain.splitlines()}
    found = {names[hit["name"]] for hit in _shape(known).finditer(plain)} | {
        names[line] for line in lines & names.keys()
    }
    return found.pop() if len(found) == 1 else None


def not_served(text: str, language: str, served: Container[str], postal_code: str = "") -> str | None:
    """The country that a parcel is to go to and that is not among `served`; None when there is none.

    Args:
        text: What the customer wrote.
        language: Of the message.
        served: Codes of the countries that the shop ships to.
        postal_code: Of a complete address in the text: only what stands behind it says in which country that is.
    """
    code = country_named(text.partition(postal_code)[2] if postal_code else text, language)
    return code if code is not None and code not in served else None


@cache
def _names(language: str) -> Mapping[str, str]:
    """Folded name to code, in English and one other language."""
    from babel import Locale

    known = dict[str, str]()
    for each in (Locale("en"), Locale(language)):
        codes = (str(code) for code in each.territories)
        known |= {fold(str(each.territories[code])): code for code in codes if len(code) == 2 and code.isalpha()}
    return {name: code for name, code in {**known, **_ALSO}.items() if name not in _NOT_MEANT}


@cache
def _shape(language: str) -> re.Pattern[str]:
    names = "|".join(map(re.escape, sorted(_names(language), key=len, reverse=True)))
    return re.compile(rf"(?<![\w-])(?:{_TO}|{_TOWN}) (?:the |la |el |le |les |los |il )?(?P<name>{names})(?![\w-])")
