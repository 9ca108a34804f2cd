"""How each kind of message is handled, for people: branches in plain words, and what is wrong with file and line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.playbooks import Playbook
from knowledge.playbooks.schema import Branch, Macro, Step
from server.ui.words import spoken


@dataclass(frozen=True, kw_only=True)
class Case:
    """One branch: when it applies, what is done, proposed and said."""

    name: str
    when: str
    does: tuple[str, ...]
    proposes: tuple[str, ...]
    says: str
    macro: str
    cites: tuple[str, ...]
    instead: tuple[str, ...]
    follow_up: str


@dataclass(frozen=True, kw_only=True)
class Block:
    """A part of the prose: heading, paragraph or item."""

    kind: str
    text: str


@dataclass(frozen=True, kw_only=True)
class PlaybookView:
    """One playbook to read."""

    intent: str
    title: str
    version: int
    queue: str
    needs_identity: bool
    lookups: tuple[str, ...]
    cites: tuple[str, ...]
    cases: tuple[Case, ...]
    prose: tuple[Block, ...]


def playbook_view(playbook: Playbook, macros: dict[str, Macro]) -> PlaybookView:
    """A playbook as a lead reads it."""
    return PlaybookView(
        intent=playbook.intent,
        title=playbook.title,
        version=playbook.version,
        queue=playbook.queue,
        needs_identity=playbook.needs_identity,
        lookups=tuple(map(spoken, playbook.lookups)),
        cites=playbook.cites,
        cases=tuple(_case(branch, macros) for branch in playbook.branches),
        prose=tuple(blocks(playbook.prose)),
    )


def _case(branch: Branch, macros: dict[str, Macro]) -> Case:
    macro = macros.get(branch.reply or "")
    outcome = f"hands over: {branch.escalate}" if branch.escalate else f"answers nothing: {branch.ignore}"
    follow = branch.follow_up
    return Case(
        name=spoken(branch.name),
        when=branch.when or "in every other case",
        does=tuple(map(_step, branch.do)),
        proposes=tuple(map(_step, branch.propose)),
        says=spoken(branch.reply) if branch.reply else outcome,
        macro=macro.text("en").strip() if macro else "",
        cites=tuple(f"{cite.place} (when {cite.when})" if cite.when else cite.place for cite in branch.cites),
        instead=tuple(option.title for option in branch.alternatives),
        follow_up=f"in {follow.in_days} days: {follow.text}" if follow else "",
    )


def _step(step: Step) -> str:
    """`refund order (amount: owed_value)`: the action, and what the playbook says of it as it is written there."""
    own = ", ".join(f"{spoken(name)}: {expression}" for name, expression in step.arguments.items())
    return f"{spoken(step.kind)} ({own})" if own else spoken(step.kind)


def blocks(prose: str) -> Iterator[Block]:
    """Headings, items and paragraphs of a Markdown text; marks inside a line stay as they were typed."""
    paragraph: list[str] = []
    for line in (*prose.splitlines(), ""):
        text = line.strip()
        if text and not text.startswith(("#", "- ", "* ")):
            paragraph.append(text)
            continue
        if paragraph:
            yield Block(kind="text", text=" ".join(paragraph))
            paragraph = []
        if text:
            yield Block(kind="head" if text.startswith("#") else "item", text=text.lstrip("#-* ").strip())


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something wrong in a file, with its line."""

    where: str
    says: str


def faults(problems: Sequence[tuple[str, int, str]]) -> tuple[Fault, ...]:
    """`refund_request.md, line 12`, and what is wrong there."""
    return tuple(Fault(where=f"{file}, line {line}", says=message) for file, line, message in problems)
