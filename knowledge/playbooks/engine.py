"""Engine: decides which branch applies and writes its reply. Pure: the same facts give the same text."""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from knowledge.errors import SourceError
from knowledge.playbooks.environment import ShopEnvironment
from knowledge.playbooks.errors import ExpressionError
from knowledge.playbooks.program import Text, Value
from knowledge.playbooks.schema import Branch, FollowUp, Playbook, Step
from knowledge.playbooks.views import Scope, unwrap

CACHED = 4096
_MISFITS = (TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What Python says of values that do not go together."""

_BLANKS = re.compile(r"[ \t]+")
_LINE_END = re.compile(r" ?\n ?")
_PARAGRAPH = re.compile(r"\n{3,}")
# As in Markdown: one line break is a blank, unless a list entry follows.
_WRAP = re.compile(r"(?<!\n)\n(?!\n|- )")


class Engine:
    """Expressions and templates over the facts of a case, in the shop's time zone.

    A scope is the plain facts (dicts, lists, money, aware times, texts, numbers, truth values, None) or, wrapped once
    for a whole draft, a `Scope`. What was parsed once is kept.
    """

    def __init__(self, zone: str, holidays: Collection[date] = ()) -> None:
        self._holidays = frozenset(holidays)
        try:
            self._zone = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise SourceError(f"{zone!r} is not a time zone: write one such as America/New_York") from error
        self._environment = lru_cache(maxsize=32)(self._new_environment)
        self._expression = lru_cache(maxsize=CACHED)(self._new_expression)
        self._template = lru_cache(maxsize=CACHED)(self._new_template)

    def evaluate(self, expression: str, scope: Mapping[str, object]) -> object:
        """The plain value of an expression.

        Raises:
            ExpressionError: It is not in the language, or names something the scope does not have.
        """
        compiled = self._expression(expression)
        try:
            value = compiled(as_scope(scope))
        except _MISFITS as error:
            raise ExpressionError(f"{expression}: {error}") from error
        return unwrap(value)

    def matches(self, branch: Branch, scope: Mapping[str, object]) -> bool:
        """Whether the branch's condition holds; always, when it has none.

        Raises:
            ExpressionError: As `evaluate`.
        """
        return branch.when is None or bool(self.evaluate(branch.when, scope))

    def choose(self, playbook: Playbook, scope: Mapping[str, object]) -> Branch:
        """The first branch that matches.

        Raises:
            ExpressionError: As `evaluate`, or none matches.
        """
        facts = as_scope(scope)
        for branch in playbook.branches:
            if self.matches(branch, facts):
                return branch
        raise ExpressionError(f"no branch of the playbook {playbook.intent} matches this case")

    def citations(self, playbook: Playbook, branch: Branch, scope: Mapping[str, object]) -> tuple[str, ...]:
        """What a reply of this branch rests on in this case: without passages whose condition does not hold.

        Raises:
            ExpressionError: As `evaluate`.
        """
        facts = as_scope(scope)
        own = (cite.place for cite in branch.cites if cite.when is None or self.evaluate(cite.when, facts))
        return tuple(dict.fromkeys((*playbook.cites, *own)))

    def arguments(self, step: Step, scope: Mapping[str, object]) -> dict[str, object]:
        """The arguments that the step gives itself, computed.

        Raises:
            ExpressionError: As `evaluate`.
        """
        facts = as_scope(scope)
        return {name: self.evaluate(expression, facts) for name, expression in step.arguments.items()}

    def render(
        self, template: str, scope: Mapping[str, object], language: str, follow_up: FollowUp | None = None
    ) -> str:
        """The text of a macro in one language; with a follow-up, `follow_up.at` is the day it is due.

        Raises:
            UnfilledVariable: The template prints something that has no value.
            ExpressionError: As `evaluate`.
        """
        facts = as_scope(scope)
        if follow_up is not None:
            facts = facts.having(follow_up={"at": self.due(follow_up, facts)})
        compiled = self._template(template, language)
        try:
            text = compiled(facts)
        except _MISFITS as error:
            raise ExpressionError(f"{template.strip()[:60]!r}: {error}") from error
        return _tidy(text)

    def due(self, follow_up: FollowUp, scope: Mapping[str, object]) -> datetime:
        """The day a follow-up is due, counted from `today` in the shop's zone; never on a weekend or a holiday.

        Raises:
            ExpressionError: The scope has no `today`.
        """
        today = scope.get("today")
        if not isinstance(today, datetime) or today.tzinfo is None:
            raise ExpressionError("today is not among the facts of this case")
        return follow_up.due(today.astimezone(self._zone), self._holidays)

    def _new_environment(self, language: str) -> ShopEnvironment:
        return ShopEnvironment(language, self._zone)

    def _new_expression(self, source: str) -> Value:
        return self._environment("en").expression(source)

    def _new_template(self, source: str, language: str) -> Text:
        return self._environment(language).template(source)


def as_scope(facts: Mapping[str, object]) -> Scope:
    """Wrap plain facts; a scope stays what it is."""
    return facts if isinstance(facts, Scope) else Scope(facts)


def _tidy(text: str) -> str:
    """Blanks that tags leave behind are not part of the letter."""
    lines = _PARAGRAPH.sub("\n\n", _LINE_END.sub("\n", _BLANKS.sub(" ", text)))
    return _WRAP.sub(" ", lines).strip()
