"""Words of dates, numbers, money and policy in en, es, fr and de."""

from __future__ import annotations

import re

_MONTH_NAMES = (
    "january jan enero ene janvier janv januar",
    "february feb febrero février fevrier févr februar",
    "march mar marzo mars märz",
    "april apr abril abr avril avr",
    "may mayo mai",
    "june jun junio juin juni",
    "july jul julio juillet juil juli",
    "august aug agosto ago août aout",
    "september sep sept septiembre septembre",
    "october oct octubre octobre oktober okt",
    "november nov noviembre novembre",
    "december dec diciembre dic décembre decembre déc dezember dez",
)
MONTHS: dict[str, int] = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
"""Month name or short form, folded to lower case -> 1 to 12."""

_DAY_NAMES = (
    "monday lunes lundi montag",
    "tuesday martes mardi dienstag",
    "wednesday miércoles miercoles mercredi mittwoch",
    "thursday jueves jeudi donnerstag",
    "friday viernes vendredi freitag",
    "saturday sábado sabado samedi samstag",
    "sunday domingo dimanche sonntag",
)
WEEKDAYS: dict[str, int] = {name: number for number, names in enumerate(_DAY_NAMES) for name in names.split()}
"""Weekday name in lower case -> 0 (Monday) to 6."""

_NUMBERS = (
    (2, "two dos deux zwei"),
    (3, "three tres trois drei"),
    (4, "four cuatro quatre vier"),
    (5, "five cinco cinq fünf"),
    (6, "six seis sechs"),
    (7, "seven siete sept sieben"),
    (8, "eight ocho huit acht"),
    (9, "nine nueve neuf neun"),
    (10, "ten diez dix zehn"),
    (12, "twelve doce douze zwölf"),
    (14, "fourteen catorce quatorze vierzehn"),
    (15, "fifteen quince quinze fünfzehn"),
    (20, "twenty veinte vingt zwanzig"),
    (30, "thirty treinta trente dreißig"),
)
NUMBER_WORDS: dict[str, int] = {word: number for number, words in _NUMBERS for word in words.split()}
"""Written-out numbers; `one` is left out, because it is an article in most of these languages."""

UNITS = frozenset(
    "day days hour hours week weeks month months year years percent dollars euros times items units "
    "día días dia dias hora horas semana semanas mes meses años unidades "
    "jour jours heure heures semaine semaines mois ans articles "
    "tag tage tagen stunde stunden woche wochen monat monate monaten jahre jahren werktage werktagen artikel".split()
)
"""What makes a written-out number a claim."""

SYMBOLS: dict[str, tuple[str, ...]] = {
    "$": ("USD", "CAD", "AUD"),
    "us$": ("USD",),
    "$us": ("USD",),
    "ca$": ("CAD",),
    "a$": ("AUD",),
    "€": ("EUR",),
    "£": ("GBP",),
    "usd": ("USD",),
    "cad": ("CAD",),
    "eur": ("EUR",),
    "gbp": ("GBP",),
    "dollars": ("USD", "CAD", "AUD"),
    "dollar": ("USD", "CAD", "AUD"),
    "dólares": ("USD",),
    "euros": ("EUR",),
    "euro": ("EUR",),
    "pounds": ("GBP",),
    "bucks": ("USD",),
}
"""How an amount is marked -> the currencies it may mean."""

POLICY = re.compile(
    r"\b(?:return window|final sale|not returnable|non-?refundable|eligible|our (?:return|refund|shipping) policy|"
    r"within \d+ (?:business )?days|(?:can|cannot|can't|could) (?:not )?be (?:returned|refunded|exchanged)|warranty|"
    r"free (?:of charge|returns?|shipping)|price match|one code per order|restocking fee|"
    r"plazo de devolución|venta final|no (?:se puede|admite) devol\w+|garantía|gastos de envío|"
    r"délai de retour|vente finale|non remboursable|garantie|frais de (?:port|retour)|"
    r"Rückgabefrist|vom Umtausch ausgeschlossen|nicht (?:erstattbar|zurückgegeben)|Garantie|versandkostenfrei)\b",
    re.IGNORECASE,
)
"""A sentence with one of these states a policy, and needs a passage that says so."""

INTERNAL = re.compile(
    r"\b(?:fraud\w*|risk (?:score|band|level)|chargeback risk|margin|cost price|internal note|system prompt|"
    r"my instructions|language model|fraude|fraudulent\w*|puntuación de riesgo|note interne|nota interna|"
    r"Betrug\w*|Risikostufe|interne Notiz|Einkaufspreis|marge)\b",
    re.IGNORECASE,
)
"""What only staff may read; a customer never does."""
