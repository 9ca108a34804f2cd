"""Words of dates, durations and money in en, es, fr and de."""

from __future__ import annotations

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
"""Month name or short form in lower case -> 1 to 12."""

_DAY_NAMES = (
    "monday lunes lundi montag",
    "tuesday martes mardi dienstag",
    "wednesday miércoles miercoles mercredi mittwoch",
    "thursday jueves jeudi donnerstag",
    "friday viernes vendredi freitag",
    "saturday sábado sabado samedi samstag sonnabend",
    "sunday domingo dimanche sonntag",
)
WEEKDAYS: dict[str, int] = {name: number for number, names in enumerate(_DAY_NAMES) for name in names.split()}
"""Weekday name in lower case -> 0 (Monday) to 6."""

_TIMES = {
    "minute": "minute minutes minuto minutos minuten",
    "hour": "hour hours hrs hora horas heure heures stunde stunden",
    "day": (
        "day days día días dia dias jour jours tag tage tagen workday workdays weekdays werktag werktage werktagen "
        "arbeitstag arbeitstage arbeitstagen kalendertag kalendertage kalendertagen"
    ),
    "week": "week weeks semana semanas semaine semaines woche wochen",
    "month": "month months mes meses mois monat monate monaten",
    "year": "year years año años ano anos an ans année années jahr jahre jahren",
}
TIME_UNITS: dict[str, str] = {word: unit for unit, words in _TIMES.items() for word in words.split()}
"""A word for a unit of time -> minute, hour, day, week, month or year."""
DAYS_IN = {"day": 1, "week": 7}

_RELATIVE = {
    -1: "yesterday ayer hier gestern",
    0: "today tonight hoy aujourd'hui aujourd’hui heute",
    1: "tomorrow mañana demain morgen",
    2: "overmorrow übermorgen uebermorgen après-demain",
}
RELATIVE_DAYS: dict[str, int] = {word: days for days, words in _RELATIVE.items() for word in words.split()}
"""A word for a day -> days from today. `hier` and `morgen` depend on the language, see OF_LANGUAGE."""
OF_LANGUAGE = {"hier": "fr", "morgen": "de", "gestern": "de", "heute": "de", "demain": "fr", "ayer": "es", "hoy": "es",
               "mañana": "es", "yesterday": "en", "tomorrow": "en", "today": "en", "tonight": "en"}  # fmt: skip
"""Relative days that are another word elsewhere (German `hier` is `here`): they count in this language only."""

_DOLLARS = ("USD", "CAD", "AUD", "NZD", "MXN", "SGD", "HKD")
SYMBOLS: dict[str, tuple[str, ...]] = {
    "$": _DOLLARS,
    "us$": ("USD",),
    "$us": ("USD",),  # as CLDR writes it in French
    "ca$": ("CAD",),
    "c$": ("CAD",),
    "$ca": ("CAD",),
    "a$": ("AUD",),
    "$au": ("AUD",),
    "nz$": ("NZD",),
    "mx$": ("MXN",),
    "hk$": ("HKD",),
    "s$": ("SGD",),
    "r$": ("BRL",),
    "au$": ("AUD",),
    "$nz": ("NZD",),
    "$hk": ("HKD",),
    "$sg": ("SGD",),
    "$mx": ("MXN",),
    "jp¥": ("JPY",),
    "cn¥": ("CNY",),
    "฿": ("THB",),
    "€": ("EUR",),
    "£": ("GBP",),
    "£gb": ("GBP",),
    "¥": ("JPY", "CNY"),
    "₹": ("INR",),
    "₩": ("KRW",),
    "₪": ("ILS",),
    "zł": ("PLN",),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
    "kč": ("CZK",),
    "dollars": _DOLLARS,
    "dollar": _DOLLARS,
    "dólares": _DOLLARS,
    "dolares": _DOLLARS,
    "dólar": _DOLLARS,
    "us-dollar": ("USD",),
    "bucks": _DOLLARS,
    "euros": ("EUR",),
    "euro": ("EUR",),
    "pounds": ("GBP",),
    "libras": ("GBP",),
    "livres": ("GBP",),
    "pfund": ("GBP",),
    "quid": ("GBP",),
    "yen": ("JPY",),
    "francs": ("CHF",),
    "franken": ("CHF",),
}
"""How an amount is marked, in lower case -> the currencies it may mean."""
CURRENCIES = frozenset(
    "USD EUR GBP CAD AUD NZD CHF JPY CNY SEK NOK DKK ISK PLN CZK HUF RON MXN BRL INR ZAR SGD HKD KRW TRY ILS AED SAR "
    "KWD BHD JOD OMR TND THB".split()
)
"""Codes that mark an amount, in capitals only."""
THREE_DIGITS = frozenset({"KWD", "BHD", "JOD", "OMR", "TND"})
"""Currencies in which `1.234` has a fraction of three digits."""

COUNTED_OTHERWISE = frozenset(
    "ways options things steps points questions choices possibilities sides parts opciones cosas pasos formas "
    "preguntas options choses étapes façons questions possibilités is was has as us this".split()
)
"""Plural words after `two` or `three` that count what the reply itself lists."""
