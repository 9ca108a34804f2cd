"""From a checked tree to functions that compute it. No code is generated and nothing is executed but what stands here.

Each node becomes one function of the facts; a node that is not in the table cannot be computed at all.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, cast

from jinja2 import nodes

from knowledge.playbooks.errors import ExpressionError, UnfilledVariable
from knowledge.playbooks.grammar import printed_path
from knowledge.playbooks.views import View, field

Names = Mapping[str, object]
Value = Callable[[Names], object]
Text = Callable[[Names], str]

_Two = Callable[[Any, Any], object]  # any two values: what does not go together is a TypeError, and then ours
_ORDERINGS: Mapping[str, _Two] = {"lt": operator.lt, "lteq": operator.le, "gt": operator.gt, "gteq": operator.ge}
_EQUALITIES: Mapping[str, _Two] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "in": lambda member, group: member in group,
    "notin": lambda member, group: member not in group,
}


class Writing(Protocol):
    """How values are written in one language."""

    def filtered(self, name: str, value: object, names: Names) -> object:
        """What a filter gives; `names` are the facts, for what depends on today."""
        ...

    def written(self, value: object) -> str:
        """What an output prints."""
        ...


class Program:
    """Makes functions of trees that `grammar` found no fault in."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing
        self._values: Mapping[type[nodes.Node], Callable[[Any], Value]] = {  # each takes nodes of its own type
            nodes.Const: _const,
            nodes.Name: _name,
            nodes.Getattr: self._getattr,
            nodes.Filter: lambda node: self._filter(node, self.value),
            nodes.Test: self._is_none,
            nodes.Compare: self._compare,
            nodes.And: self._and,
            nodes.Or: self._or,
            nodes.Not: self._not,
            nodes.Neg: self._negative,
            nodes.Add: lambda node: self._both(node, operator.add),
            nodes.Sub: lambda node: self._both(node, operator.sub),
            nodes.CondExpr: self._choice,
            nodes.List: lambda node: self._members(node, list),
            nodes.Tuple: lambda node: self._members(node, tuple),
        }

    def value(self, node: nodes.Node | None) -> Value:
        """The value of an expression."""
        make = self._values.get(type(node)) if node is not None else None
        if make is None:
            raise ExpressionError(f"{type(node).__name__} cannot be computed")
        return make(node)

    def text(self, body: Sequence[nodes.Node]) -> Text:
        """The text of a template's body."""
        parts = [part for node in body for part in self._parts(node)]
        return lambda names: "".join([part(names) for part in parts])

    def _parts(self, node: nodes.Node) -> list[Text]:
        match node:
            case nodes.Output():
                return [self._printed(child) for child in node.nodes]
            case nodes.If():
                return [self._if(node)]
            case nodes.For():
                return [self._for(node)]
            case _:
                raise ExpressionError(f"{type(node).__name__} cannot be printed")

    def _printed(self, node: nodes.Node) -> Text:
        if isinstance(node, nodes.TemplateData):
            data = node.data
            return lambda _: data
        value, written = self._filled(node), self._writing.written
        return lambda names: written(value(names))

    def _filled(self, node: nodes.Node | None) -> Value:
        """As `value`, but printing nothing is an error that names the variable."""
        if isinstance(node, nodes.Const):
            return self.value(node)
        if isinstance(node, nodes.Filter):
            return self._filter(node, self._filled)
        value, path = self.value(node), printed_path(node, {}) or "an expression"

        def filled(names: Names) -> object:
            found = value(names)
            if found is None or found == "":
                raise UnfilledVariable(path)
            return found

        return filled

    def _if(self, node: nodes.If) -> Text:
        cases = [(self.value(each.test), self.text(each.body)) for each in (node, *node.elif_)]
        rest = self.text(node.else_)

        def chosen(names: Names) -> str:
            return next((body for test, body in cases if test(names)), rest)(names)

        return chosen

    def _for(self, node: nodes.For) -> Text:
        members, body, rest = self.value(node.iter), self.text(node.body), self.text(node.else_)
        name = cast("nodes.Name", node.target).name

        def repeated(names: Names) -> str:
            found = members_of(members(names))
            rounds = ({**names, name: each, "loop": _loop(at, len(found))} for at, each in enumerate(found, 1))
            return "".join(body(inside) for inside in rounds) if found else rest(names)

        return repeated

    def _getattr(self, node: nodes.Getattr) -> Value:
        owner, name = self.value(node.node), node.attr
        return lambda names: _field(owner(names), name)

    def _filter(self, node: nodes.Filter, subject: Callable[[nodes.Node | None], Value]) -> Value:
        value, name, filtered = subject(node.node), node.name, self._writing.filtered
        if name == "each":
            wanted = str(cast("nodes.Const", node.args[0]).value)
            return lambda names: _each(value(names), wanted)
        return lambda names: filtered(name, value(names), names)

    def _is_none(self, node: nodes.Test) -> Value:
        value = self.value(node.node)
        return lambda names: value(names) is None

    def _compare(self, node: nodes.Compare) -> Value:
        (operand,) = node.ops
        left, right = self.value(node.expr), self.value(operand.expr)
        if operand.op in _ORDERINGS:
            ordering = _ORDERINGS[operand.op]
            return lambda names: _ordered(left(names), ordering, right(names))
        equality = _EQUALITIES[operand.op]
        return lambda names: equality(left(names), right(names))

    def _and(self, node: nodes.And) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        return lambda names: left(names) and right(names)

    def _or(self, node: nodes.Or) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        return lambda names: left(names) or right(names)

    def _not(self, node: nodes.Not) -> Value:
        value = self.value(node.node)
        return lambda names: not value(names)

    def _negative(self, node: nodes.Neg) -> Value:
        value = cast("Callable[[Names], Any]", self.value(node.node))  # of what has no negative: a TypeError
        return lambda names: -value(names)

    def _both(self, node: nodes.BinExpr, operation: _Two) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        return lambda names: operation(left(names), right(names))

    def _choice(self, node: nodes.CondExpr) -> Value:
        test, then = self.value(node.test), self.value(node.expr1)
        other = self.value(node.expr2) if node.expr2 is not None else _no_other
        return lambda names: then(names) if test(names) else other(names)

    def _members(self, node: nodes.List | nodes.Tuple, kind: type[list[object]] | type[tuple[object, ...]]) -> Value:
        members = [self.value(each) for each in node.items]
        return lambda names: kind([each(names) for each in members])


def members_of(value: object) -> tuple[object, ...]:
    """The members of a list of the scope. Raises ExpressionError for anything else."""
    if isinstance(value, tuple):
        return cast("tuple[object, ...]", value)
    raise ExpressionError(f"{value!r} is not a list")


def _const(node: nodes.Const) -> Value:
    value: object = node.value
    return lambda _: value


def _name(node: nodes.Name) -> Value:
    name = node.name

    def known(names: Names) -> object:
        if name not in names:
            raise ExpressionError(f"{name} is not among the facts of this case")
        return names[name]

    return known


def _no_other(_: Names) -> object:
    raise ExpressionError("a choice without `else` has no value here")


def _loop(index: int, length: int) -> View:
    return View("loop", {"index": index, "first": index == 1, "last": index == length})


def _field(owner: object, name: str) -> object:
    """A field of a view; nothing else has fields. Unknown objects have no known fields."""
    if isinstance(owner, View):
        return field(owner, name)
    if owner is None:
        return None
    raise ExpressionError(f"{name} cannot be read: its owner is a plain value, not an object")


def _each(value: object, name: str) -> tuple[object, ...]:
    found = [field(member, name) for member in members_of(value) if isinstance(member, View)]
    if None in found:
        raise UnfilledVariable(name)
    return tuple(found)


def _ordered(left: object, ordering: _Two, right: object) -> bool:
    """A comparison with something unknown is false."""
    if left is None or right is None:
        return False
    # Money compared with a number would recurse: types first.
    if type(left) is not type(right):
        raise ExpressionError(f"{left} and {right} cannot be compared: they are not the same kind of value")
    try:
        return bool(ordering(left, right))
    except (TypeError, ValueError) as error:
        raise ExpressionError(f"{left} and {right} cannot be compared: {error}") from error
