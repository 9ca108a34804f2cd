"""How facts are written in the customer's language, and the programs that write them: one of these per language."""

from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from knowledge.playbooks.errors import ExpressionError, UnfilledVariable
from knowledge.playbooks.formatting import (
    Amount,
    format_city,
    format_clock,
    format_country,
    format_day,
    format_listing,
    format_money,
    format_number,
)
from knowledge.playbooks.grammar import fault_of, parse_expression, parse_template
from knowledge.playbooks.program import Names, Program, Text, Value, members_of


class ShopEnvironment:
    """Computes checked trees only; prints no value it does not know how to write."""

    def __init__(self, language: str, zone: ZoneInfo) -> None:
        self._language = language
        self._zone = zone
        self._program = Program(self)
        self._filters: Mapping[str, Callable[[object], object]] = {
            "money": self._money,
            "time": self._time,
            "number": self._number,
            "listing": self._listing,
            "country": self._country,
            "city": self._city,
            "first": _first,
            "last": _last,
            "length": _length,
        }

    def template(self, source: str) -> Text:
        """The text of a template, as a function of the facts.

        Raises:
            ExpressionError: It is not in the language.
        """
        tree, usage = parse_template(source)
        if tree is None or usage.faults:
            raise fault_of(source, usage)
        return self._program.text(tree.body)

    def expression(self, source: str) -> Value:
        """The value of an expression, as a function of the facts.

        Raises:
            ExpressionError: It is not in the language.
        """
        tree, usage = parse_expression(source)
        if tree is None or usage.faults:
            raise fault_of(source, usage)
        return self._program.value(tree)

    def filtered(self, name: str, value: object, names: Names) -> object:
        """See `Writing.filtered`. A day has its year when it is not in the year of `today`."""
        if name in ("date", "date_day"):
            return self._day(value, names.get("today"), weekday=name == "date_day")
        return self._filters[name](value)

    def written(self, value: object) -> str:
        """See `Writing.written`: text and whole numbers as they are, money in the customer's form."""
        if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
            return str(value)
        if isinstance(value, Amount):
            return self._money(value)
        if value is None:
            raise UnfilledVariable("an expression")
        raise ExpressionError(f"{value} cannot be printed: name one of its fields, or use a filter")

    def _money(self, value: object) -> str:
        if not isinstance(value, Amount):
            raise ExpressionError(f"| money needs an amount, not {value!r}")
        return format_money(value, self._language)

    def _day(self, value: object, today: object, *, weekday: bool) -> str:
        now = self._local(today).date() if isinstance(today, datetime) else None
        return format_day(self._local(value).date(), self._language, now, weekday)

    def _time(self, value: object) -> str:
        return format_clock(self._local(value), self._language)

    def _local(self, value: object) -> datetime:
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise ExpressionError(f"| date and | time need a time with its zone, not {value!r}")
        return value.astimezone(self._zone)

    def _number(self, value: object) -> str:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ExpressionError(f"| number needs a whole number, not {value!r}")
        return format_number(value, self._language)

    def _listing(self, value: object) -> str:
        texts = [text for text in members_of(value) if isinstance(text, str)]
        if len(texts) != len(members_of(value)):
            raise ExpressionError("| listing needs a list of texts: add `| each('title')` before it")
        if not texts:
            raise UnfilledVariable("a list")
        return format_listing(texts, self._language)

    def _city(self, value: object) -> str:
        if not isinstance(value, str):
            raise ExpressionError(f"| city needs a time zone, not {value!r}")
        return format_city(value, self._language)

    def _country(self, value: object) -> str:
        if not isinstance(value, str):
            raise ExpressionError(f"| country needs a country code, not {value!r}")
        return format_country(value, self._language)


def _first(value: object) -> object:
    return next(iter(members_of(value)), None)


def _last(value: object) -> object:
    return next(iter(members_of(value)[::-1]), None)


def _length(value: object) -> int:
    return len(value) if isinstance(value, str) else len(members_of(value))
