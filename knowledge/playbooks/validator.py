"""Everything that can be known to be wrong before a customer writes: all of it at once, with file and line."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from knowledge.playbooks.advice import did_you_mean
from knowledge.playbooks.errors import PlaybookProblem
from knowledge.playbooks.grammar import Usage, parse_expression
from knowledge.playbooks.loader import Place, Sources, read_sources
from knowledge.playbooks.macro_checks import check_macros, check_speech
from knowledge.playbooks.paths import path_fault
from knowledge.playbooks.schema import SHARED, Branch, Playbook, Step
from knowledge.playbooks.vocabulary import Vocabulary

MAX_BRANCHES = 12
MAX_OPERATORS = 6

Finding = tuple[Place, str]


def check_playbooks(folder: Path, macros_folder: Path, vocabulary: Vocabulary) -> list[PlaybookProblem]:
    """Every fault of both folders, sorted by file and line; an empty list means that they can be used."""
    return check_sources(read_sources(folder, macros_folder), vocabulary)


def check_sources(sources: Sources, vocabulary: Vocabulary) -> list[PlaybookProblem]:
    """The faults found while reading, and those that the vocabulary reveals."""
    problems = list(sources.problems)
    problems += check_macros(sources, vocabulary)
    problems += _missing_intents(sources, vocabulary)
    for stem, source in sources.playbooks.items():
        if source.playbook is not None:
            findings = _check_playbook(stem, source.playbook, vocabulary)
            problems += (PlaybookProblem(str(source.path), source.line(place), message) for place, message in findings)
            problems += check_speech(source, source.playbook, sources, vocabulary)
    return sorted(set(problems))


def _missing_intents(sources: Sources, vocabulary: Vocabulary) -> Iterator[PlaybookProblem]:
    if not sources.playbooks:
        return
    folder = next(iter(sources.playbooks.values())).path.parent
    for intent in sorted(vocabulary.intents - sources.written):
        yield PlaybookProblem(str(folder), 1, f"there is no playbook for {intent}: add {intent}.md")


def _check_playbook(stem: str, playbook: Playbook, vocabulary: Vocabulary) -> Iterable[Finding]:
    branches = (_check_branch(number, branch, vocabulary) for number, branch in enumerate(playbook.branches))
    return chain(
        _check_head(stem, playbook, vocabulary),
        _check_order(playbook.branches),
        chain.from_iterable(branches),
    )


def _check_head(stem: str, playbook: Playbook, vocabulary: Vocabulary) -> Iterator[Finding]:
    intent = playbook.intent
    if intent != stem:
        yield ("intent",), f"intent {intent} does not match the file name: rename one of them"
    elif intent == SHARED or (vocabulary.intents and intent not in vocabulary.intents):
        yield ("intent",), f"unknown intent {intent}{did_you_mean(intent, vocabulary.intents)}"
    if playbook.queue not in vocabulary.queues:
        yield ("queue",), f"unknown queue {playbook.queue}{did_you_mean(playbook.queue, vocabulary.queues)}"
    for at, lookup in enumerate(playbook.lookups):
        if lookup not in vocabulary.lookups:
            yield ("lookups", at), f"unknown lookup {lookup}{did_you_mean(lookup, vocabulary.lookups)}"
    yield from _check_cites((), playbook.cites, vocabulary)


def _check_order(branches: tuple[Branch, ...]) -> Iterator[Finding]:
    """Branches that can never apply, and a list so long that nobody can say which one will."""
    names: set[str] = set()
    conditions: dict[str, str] = {}
    for at, branch in enumerate(branches):
        place: Place = ("branches", at)
        if branch.name in names:
            yield (*place, "name"), f"a second branch is named {branch.name}"
        names.add(branch.name)
        when = " ".join((branch.when or "").split())
        if not when and at < len(branches) - 1:
            yield place, f"the branches after {branch.name} can never apply: it has no `when`"
        elif when and when in conditions:
            yield (*place, "when"), f"{branch.name} can never apply: {conditions[when]} has the same condition"
        conditions.setdefault(when, branch.name)
    if branches[-1].when is not None:
        yield ("branches", len(branches) - 1, "when"), "the last branch must have no `when`: it takes every other case"
    if len(branches) > MAX_BRANCHES:
        advice = "split the intent, or join branches whose replies differ in a sentence with {% if %} in the macro"
        yield ("branches",), f"{len(branches)} branches are more than {MAX_BRANCHES}: {advice}"


def _check_branch(at: int, branch: Branch, vocabulary: Vocabulary) -> Iterator[Finding]:
    place: Place = ("branches", at)
    if branch.when is not None:
        yield from _check_condition((*place, "when"), branch.when, vocabulary)
    yield from _check_cites(place, [cite.place for cite in branch.cites], vocabulary)
    for number, cite in enumerate(branch.cites):
        if cite.when is not None:
            yield from _check_condition((*place, "cites", number), cite.when, vocabulary)
    for key, steps in (("do", branch.do), ("propose", branch.propose)):
        for number, step in enumerate(steps):
            yield from _check_step((*place, key, number), step, vocabulary)
    for index, alternative in enumerate(branch.alternatives):
        for number, step in enumerate(alternative.actions):
            yield from _check_step((*place, "alternatives", index, "actions", number), step, vocabulary)


def _check_condition(place: Place, source: str, vocabulary: Vocabulary) -> Iterator[Finding]:
    usage = yield from _check_expression(place, source, vocabulary)
    if usage.operators > MAX_OPERATORS:
        advice = "split it into two branches, or ask for a fact that says it in one word"
        yield place, f"{usage.operators} operators in one condition are more than {MAX_OPERATORS}: {advice}"


def _check_expression(place: Place, source: str, vocabulary: Vocabulary) -> Generator[Finding, None, Usage]:
    _, usage = parse_expression(source)
    for message, _ in usage.faults:
        yield place, message
    for path, _ in usage.paths:
        fault = path_fault(path, vocabulary)
        if fault:
            yield place, fault
    return usage


def _check_step(place: Place, step: Step, vocabulary: Vocabulary) -> Iterator[Finding]:
    if step.kind not in vocabulary.actions:
        yield place, f"unknown action {step.kind}{did_you_mean(step.kind, vocabulary.actions)}"
        return
    known = vocabulary.actions[step.kind]
    for name, expression in step.arguments.items():
        at = (*place, step.kind, name)
        if name not in known:
            yield at, f"{step.kind} takes no argument {name}{did_you_mean(name, known)}"
        yield from _check_expression(at, expression, vocabulary)


def _check_cites(place: Place, cites: Sequence[str], vocabulary: Vocabulary) -> Iterator[Finding]:
    for at, cite in enumerate(cites):
        if vocabulary.anchors is not None and cite not in vocabulary.anchors:
            yield (*place, "cites", at), f"no approved passage {cite}{did_you_mean(cite, vocabulary.anchors)}"
