"""What a rule is, and how rules are tied to the type of action they judge."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from tools.actions import ActionBase
from tools.errors import Refusal
from tools.facts import ActionFacts
from tools.preconditions.codes import Code

A = TypeVar("A", bound=ActionBase)
Rule = Callable[[A, ActionFacts], Iterable[Refusal]]
Checker = Callable[[ActionBase, ActionFacts], Iterable[Refusal]]


def refuse(code: Code, message: str) -> Refusal:
    """A refusal with a code of ours."""
    return Refusal(code=str(code), message=message)


def on(kind: type[A], *rules: Rule[A]) -> Checker:
    """All `rules` of one type of action, as one checker; every rule is asked, so that a person sees all reasons."""

    def check(action: ActionBase, facts: ActionFacts) -> Iterable[Refusal]:
        if not isinstance(action, kind):
            raise TypeError(f"the rules of {kind.__name__} cannot judge {type(action).__name__}")
        for rule in rules:
            yield from rule(action, facts)

    return check
