"""What the playbook language allows, checked on the syntax tree before anything is computed.

Only the node types listed here pass. There is no call, no index, no assignment and no import, so neither a loop over a
huge range nor a way to other objects can be written at all; `program`, which knows no other nodes, is the second fence.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.parser import Parser

from knowledge.playbooks.advice import did_you_mean
from knowledge.playbooks.errors import ExpressionError

FILTERS = frozenset(
    {"money", "date", "date_day", "time", "number", "listing", "country", "city", "each", "first", "last", "length"}
)
TESTS = frozenset({"none"})
LOOP_FIELDS = frozenset({"first", "last", "index"})
MAX_TEMPLATE_CHARS = 8_000
MAX_EXPRESSION_CHARS = 500
MAX_DEPTH = 3

_OPERATORS = (nodes.And, nodes.Or, nodes.Not, nodes.Operand, nodes.Add, nodes.Sub, nodes.CondExpr)
_SILENT = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.List, nodes.Tuple, nodes.Neg)
_REFUSED: Mapping[type[nodes.Node], str] = {
    nodes.Call: "calls are not allowed: use a filter, such as `order.placed_at | date`",
    nodes.Getitem: "indexes are not allowed: use `| first`, or a for loop",
    nodes.Assign: "{% set %} is not allowed: write the value where it is needed",
    nodes.AssignBlock: "{% set %} is not allowed: write the value where it is needed",
    nodes.Include: "{% include %} is not allowed: a macro stands on its own",
    nodes.Import: "{% import %} is not allowed: a macro stands on its own",
    nodes.FromImport: "{% import %} is not allowed: a macro stands on its own",
    nodes.Extends: "{% extends %} is not allowed: a macro stands on its own",
    nodes.Macro: "{% macro %} is not allowed: each macro is an entry of the YAML file",
}
_TAG_LINE = re.compile(r"^[ \t]*((?:\{%(?:(?!%\}).)*(?<!-)%\}[ \t]*)+)\n", re.MULTILINE)
_PARSER = Environment(autoescape=False)  # noqa: S701 - plain text, not HTML

ParsedT = TypeVar("ParsedT", bound=nodes.Node)


@dataclass(slots=True)
class Usage:
    """What an expression or template uses. Lines are its own, from 1."""

    paths: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    """Variables as written: `order.number`, `today`; a member of a list is `items[].title`."""
    outputs: set[str] = field(default_factory=set[str])
    """The paths whose value is printed."""
    said: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    """The literal text, in order."""
    operators: int = 0
    depth: int = 0
    """How deep its `if` and `for` blocks nest."""
    faults: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])


def parse_template(source: str) -> tuple[nodes.Template | None, Usage]:
    """The tree of a template, None when it has a syntax error, and what it uses."""
    return _parsed(source, MAX_TEMPLATE_CHARS, _template)


@lru_cache(maxsize=4096)
def usage_of(template: str) -> Usage:
    """What a template uses. A check asks for each macro again wherever it is said; do not change the answer."""
    return parse_template(template)[1]


def parse_expression(source: str) -> tuple[nodes.Expr | None, Usage]:
    """The tree of an expression, None when it has a syntax error, and what it uses."""
    return _parsed(source, MAX_EXPRESSION_CHARS, _expression)


def fault_of(source: str, usage: Usage) -> ExpressionError:
    """The first fault, as an error to raise."""
    message, line = usage.faults[0]
    return ExpressionError(f"{message} (line {line} of {source.strip()[:60]!r})")


def _template(source: str) -> nodes.Template:
    """A line that holds tags alone leaves no line break: the break moves into the tag, so that lines still count."""
    return _PARSER.parse(_TAG_LINE.sub(lambda line: f"{line[1].rstrip()[:-2]}\n%}}", source))


def _expression(source: str) -> nodes.Expr:
    parser = Parser(_PARSER, source, state="variable")
    expression = parser.parse_expression()
    if not parser.stream.eos:
        raise TemplateSyntaxError("something follows the end of the expression", parser.stream.current.lineno)
    return expression


def _parsed(source: str, limit: int, parse: Callable[[str], ParsedT]) -> tuple[ParsedT | None, Usage]:
    usage = Usage()
    if len(source) > limit:
        usage.faults.append((f"longer than {limit} characters: split it", 1))
        return None, usage
    try:
        tree = parse(source)
        _Walk(usage).visit(tree, {}, 0)
    except TemplateSyntaxError as error:
        usage.faults.append((f"syntax: {error.message}", error.lineno))
        return None, usage
    except (RecursionError, ValueError):
        usage.faults.append(("nested too deeply, or a number that is too large", 1))
        return None, usage
    return tree, usage


def path_of(node: nodes.Node | None, loops: Mapping[str, str]) -> str | None:
    """The path that an expression reads, or None for anything else. `loops` maps a loop variable to its path."""
    match node:
        case nodes.Name():
            return loops.get(node.name, node.name)
        case nodes.Getattr():
            base = path_of(node.node, loops)
            return None if base is None else f"{base}.{node.attr}"
        case nodes.Filter(name="first" | "last"):
            base = path_of(node.node, loops)
            return None if base is None else f"{base}[]"
        case _:
            return None


def printed_path(node: nodes.Node | None, loops: Mapping[str, str]) -> str | None:
    """The path whose value an output shows, seen through its filters."""
    while isinstance(node, nodes.Filter) and node.name not in ("first", "last"):
        node = node.node
    return path_of(node, loops)


class _Walk:
    """One pass over a tree. `loops` maps each loop variable to the path of a member; `depth` counts open blocks."""

    def __init__(self, usage: Usage) -> None:
        self._usage = usage

    def visit(self, node: nodes.Node, loops: Mapping[str, str], depth: int) -> None:
        self._usage.operators += isinstance(node, _OPERATORS)
        match node:
            case nodes.For():
                self._loop(node, loops, depth + 1)
            case nodes.Name() | nodes.Getattr():
                self._path(node, loops)
            case nodes.Filter():
                self._filter(node, loops, depth)
            case nodes.Const(value=float()):
                self._fault("a number with decimals is not allowed: compare with a fact of the scope", node)
            case nodes.If():
                self._choice(node, loops, depth + 1)
            case nodes.Test() | nodes.Compare() | nodes.Output():
                self._checked(node, loops, depth)
            case _ if isinstance(node, _OPERATORS + _SILENT):
                self._children(node, loops, depth)
            case _:
                default = f"{type(node).__name__} is not part of the playbook language"
                self._fault(_REFUSED.get(type(node), default), node)

    def _children(self, node: nodes.Node, loops: Mapping[str, str], depth: int) -> None:
        for child in node.iter_child_nodes():
            self.visit(child, loops, depth)

    def _checked(self, node: nodes.Node, loops: Mapping[str, str], depth: int) -> None:
        if isinstance(node, nodes.Output):
            self._output(node, loops)
        elif isinstance(node, nodes.Test) and (node.name not in TESTS or node.args):
            self._fault(f"unknown test {node.name}{did_you_mean(node.name, TESTS)}", node)
        elif isinstance(node, nodes.Compare) and len(node.ops) > 1:
            self._fault("a chain of comparisons is not allowed: write `a < b and b < c`", node)
        self._children(node, loops, depth)

    def _choice(self, node: nodes.If, loops: Mapping[str, str], depth: int) -> None:
        self._usage.depth = max(self._usage.depth, depth)
        for child in (node.test, *node.body, *node.else_):
            self.visit(child, loops, depth)
        for other in node.elif_:
            self._choice(other, loops, depth)

    def _output(self, node: nodes.Output, loops: Mapping[str, str]) -> None:
        for child in node.nodes:
            if isinstance(child, nodes.TemplateData):
                self._usage.said.append((child.data, child.lineno))
                continue
            path = printed_path(child, loops)
            self._usage.said.append(("\N{OBJECT REPLACEMENT CHARACTER}", child.lineno))
            if path is not None:
                self._usage.outputs.add(path)

    def _path(self, node: nodes.Name | nodes.Getattr, loops: Mapping[str, str]) -> None:
        path = path_of(node, loops)
        if path is None:
            self._fault("a field can only be read from a named object", node)
        elif any(part.startswith("_") for part in path.split(".")):
            self._fault(f"{path}: names that begin with _ are not allowed", node)
        elif path.startswith("loop.") and "loop" in loops:
            if path.removeprefix("loop.") not in LOOP_FIELDS:
                self._fault(f"{path} is not allowed{did_you_mean(path.removeprefix('loop.'), LOOP_FIELDS)}", node)
        else:
            self._usage.paths.append((path, node.lineno))

    def _filter(self, node: nodes.Filter, loops: Mapping[str, str], depth: int) -> None:
        if node.name not in FILTERS:
            self._fault(f"unknown filter {node.name}{did_you_mean(node.name, FILTERS)}", node)
        elif node.name == "each":
            self._each(node, loops)
        elif node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            self._fault(f"the filter {node.name} takes no argument", node)
        if node.node is not None:
            self.visit(node.node, loops, depth)

    def _each(self, node: nodes.Filter, loops: Mapping[str, str]) -> None:
        path = path_of(node.node, loops)
        fields = [argument.value for argument in node.args if isinstance(argument, nodes.Const)]
        if path is None or len(node.args) != 1 or len(fields) != 1 or not isinstance(fields[0], str):
            self._fault("write each with one field name, such as `items | each('title') | listing`", node)
        elif fields[0].startswith("_"):
            self._fault(f"{fields[0]}: names that begin with _ are not allowed", node)
        else:
            self._usage.paths.append((f"{path}[].{fields[0]}", node.lineno))

    def _loop(self, node: nodes.For, loops: Mapping[str, str], depth: int) -> None:
        path = path_of(node.iter, loops)
        self._usage.depth = max(self._usage.depth, depth)
        if path is None or not isinstance(node.target, nodes.Name) or node.recursive or node.test is not None:
            self._fault("write a loop as {% for x in list %} over a list of the scope", node)
        elif "loop" in loops:
            self._fault("a loop inside a loop is not allowed", node)
        else:
            self._usage.paths.append((path, node.lineno))
            inside = {**loops, node.target.name: f"{path}[]", "loop": "loop"}
            for child in node.body:
                self.visit(child, inside, depth)
            for child in node.else_:
                self.visit(child, loops, depth)

    def _fault(self, message: str, node: nodes.Node) -> None:
        self._usage.faults.append((message, node.lineno))
