"""The sandboxed Jinja environment of the playbook language: one per language of the customer."""

import operator
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from jinja2 import StrictUndefined, Undefined, nodes, pass_context
from jinja2.environment import Template, TemplateExpression
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from knowledge.playbooks.errors import ExpressionError, UnfilledVariable
from knowledge.playbooks.formatting import (
    Amount,
    format_clock,
    format_country,
    format_day,
    format_listing,
    format_money,
    format_number,
)
from knowledge.playbooks.grammar import (
    LOOP_FIELDS,
    fault_of,
    parse_expression,
    parse_template,
    printed_path,
)
from knowledge.playbooks.views import View, field

_ORDERINGS: Mapping[str, Callable[[Any, Any], bool]] = {  # any two values of one type, see _compare
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
}


class ShopEnvironment(ImmutableSandboxedEnvironment):
    """Compiles checked trees only; reads fields of views only; prints no value it does not know how to write."""

    def __init__(self, language: str, zone: ZoneInfo) -> None:
        super().__init__(undefined=StrictUndefined, finalize=self._written, autoescape=False)
        self._language = language
        self._zone = zone
        self.globals.clear()
        self.tests = {"none": _is_none}
        self.filters = {
            "money": self._money,
            "date": self._date,
            "date_day": self._date_day,
            "time": self._time,
            "number": self._number,
            "listing": self._listing,
            "country": self._country,
            "each": _each,
            "first": _first,
            "last": _last,
            "length": _length,
            "_filled": _filled,
            "_compare": _compare,
        }

    def template(self, source: str) -> Template:
        """Compile a template.

        Raises:
            ExpressionError: It is not in the language.
        """
        tree, usage = parse_template(source)
        if tree is None or usage.faults:
            raise fault_of(source, usage)
        return self._compiled(tree)

    def expression(self, source: str) -> TemplateExpression:
        """Compile an expression.

        Raises:
            ExpressionError: It is not in the language.
        """
        tree, usage = parse_expression(source)
        if tree is None or usage.faults:
            raise fault_of(source, usage)
        result = nodes.Assign(nodes.Name("result", "store"), tree, lineno=1)
        return TemplateExpression(self._compiled(nodes.Template([result], lineno=1)), undefined_to_none=False)

    def getattr(self, obj: object, attribute: str) -> object:
        """A field of a view; nothing else has fields. Unknown objects have no known fields."""
        if isinstance(obj, View):
            return field(obj, attribute)
        if obj is None:
            return None
        if isinstance(obj, LoopContext) and attribute in LOOP_FIELDS:
            return getattr(obj, attribute)
        if isinstance(obj, Undefined):
            raise ExpressionError(_undefined(obj))
        raise ExpressionError(f"{attribute} cannot be read: its owner is a plain value, not an object")

    def getitem(self, obj: object, argument: object) -> object:
        """Nothing is read by index."""
        raise ExpressionError(f"{argument!r} cannot be read by index from {type(obj).__name__}")

    def _compiled(self, tree: nodes.Template) -> Template:
        strict = _Stricter().visit(tree)
        strict.set_environment(self)
        return self.from_string(strict)

    def _written(self, value: object) -> object:
        """What an output prints: text and whole numbers as they are, money and times in the customer's form."""
        if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        if isinstance(value, Undefined):
            raise ExpressionError(_undefined(value))
        if isinstance(value, Amount):
            return self._money(value)
        if value is None:
            raise UnfilledVariable("an expression")
        raise ExpressionError(f"{value} cannot be printed: name one of its fields, or use a filter")

    def _money(self, value: object) -> str:
        if not isinstance(value, Amount):
            raise ExpressionError(f"| money needs an amount, not {value!r}")
        return format_money(value, self._language)

    @pass_context
    def _date(self, context: Context, value: object) -> str:
        return self._day(context, value, weekday=False)

    @pass_context
    def _date_day(self, context: Context, value: object) -> str:
        return self._day(context, value, weekday=True)

    def _day(self, context: Context, value: object, weekday: bool) -> str:
        today = context.get("today")
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
        texts = [text for text in _members(value) if isinstance(text, str)]
        if len(texts) != len(_members(value)):
            raise ExpressionError("| listing needs a list of texts: add `| each('title')` before it")
        if not texts:
            raise UnfilledVariable("a list")
        return format_listing(texts, self._language)

    def _country(self, value: object) -> str:
        if not isinstance(value, str):
            raise ExpressionError(f"| country needs a country code, not {value!r}")
        return format_country(value, self._language)


class _Stricter(NodeTransformer):
    """Makes printing nothing an error that names the variable, and comparing with something unknown false."""

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802 - the visitor's naming
        node.nodes = [self._filled(self.visit(child)) for child in node.nodes]
        return node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802 - the visitor's naming
        self.generic_visit(node)
        (operand,) = node.ops
        if operand.op not in _ORDERINGS:
            return node
        return _filter("_compare", node.expr, nodes.Const(operand.op), operand.expr)

    def _filled(self, node: nodes.Expr) -> nodes.Expr:
        if isinstance(node, nodes.TemplateData | nodes.Const):
            return node
        if isinstance(node, nodes.Filter) and node.node is not None and not node.name.startswith("_"):
            node.node = self._filled(node.node)
            return node
        return _filter("_filled", node, nodes.Const(printed_path(node, {}) or "an expression"))


def _filter(name: str, subject: nodes.Expr, *arguments: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(subject, name, list(arguments), [], None, None, lineno=subject.lineno)


def _filled(value: object, path: str) -> object:
    if value is None or value == "":
        raise UnfilledVariable(path)
    return value


def _compare(left: object, ordering: str, right: object) -> bool:
    for side in (left, right):
        if isinstance(side, Undefined):
            raise ExpressionError(_undefined(side))
    if left is None or right is None:
        return False
    # Money compared with a number would recurse: types first.
    if type(left) is not type(right):
        raise ExpressionError(f"{left} and {right} cannot be compared: they are not the same kind of value")
    try:
        return bool(_ORDERINGS[ordering](left, right))
    except (TypeError, ValueError) as error:
        raise ExpressionError(f"{left} and {right} cannot be compared: {error}") from error


def _members(value: object) -> tuple[object, ...]:
    if isinstance(value, tuple):
        return cast("tuple[object, ...]", value)
    raise ExpressionError(f"{value!r} is not a list")


def _each(value: object, name: str) -> tuple[object, ...]:
    found = [field(member, name) for member in _members(value) if isinstance(member, View)]
    if None in found:
        raise UnfilledVariable(name)
    return tuple(found)


def _first(value: object) -> object:
    return next(iter(_members(value)), None)


def _last(value: object) -> object:
    return next(iter(_members(value)[::-1]), None)


def _length(value: object) -> int:
    return len(value) if isinstance(value, str) else len(_members(value))


def _is_none(value: object) -> bool:
    return value is None


def _undefined(value: Undefined) -> str:
    name = value._undefined_name  # pyright: ignore[reportPrivateUsage] - Jinja has no public name for it
    return f"{name} is not among the facts of this case"
