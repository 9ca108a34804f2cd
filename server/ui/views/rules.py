"""What a rule objected to, in the words of a page: the sentence first, its id small beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from server.ui.words import priced, sentence, spoken

_NAMED = re.compile(r"^(?P<says>.*?)(?: \[(?P<rule>[\w.]+)\])?$", re.DOTALL)
_SIGNATURE = re.compile(r"^(?P<kind>\w+) needs the signature of a person \((?P<role>\w+)\)")


@dataclass(frozen=True)
class Rule:
    """A sentence and the id that limits.yaml and the audit log know it by."""

    says: str
    id: str


def rule_of(message: str, rule: str = "") -> Rule:
    """`Create return needs the signature of an agent or above.` of what the guard says to programs."""
    found = _NAMED.match(message)
    says, named = (found["says"], found["rule"] or "") if found else (message, "")
    return Rule(says=sentence(priced(_SIGNATURE.sub(_signature, says))), id=rule or named)


def rules_of(messages: Iterable[str]) -> tuple[Rule, ...]:
    """Each once, in order."""
    return tuple(dict.fromkeys(rule_of(message) for message in messages))


def a(noun: str) -> str:
    """`an agent`, `a lead`."""
    return f"{'an' if noun[:1] in 'aeio' else 'a'} {noun}"


def _signature(found: re.Match[str]) -> str:
    return f"{spoken(found['kind'])} needs the signature of {a(found['role'])} or above"
