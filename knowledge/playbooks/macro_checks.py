"""Checks of what is said: macros in every language with the same facts, and no promise without its action."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from knowledge.playbooks.advice import did_you_mean
from knowledge.playbooks.errors import PlaybookProblem
from knowledge.playbooks.grammar import MAX_DEPTH, Usage, usage_of
from knowledge.playbooks.loader import MacroSource, Place, PlaybookSource, Sources
from knowledge.playbooks.paths import FOLLOW_UP, path_fault, printing_fault
from knowledge.playbooks.promises import Promise, find_promises
from knowledge.playbooks.schema import SHARED, FollowUp, Playbook, Step
from knowledge.playbooks.vocabulary import Vocabulary


class Saying(NamedTuple):
    """A reply in a branch or alternative, with what makes its promises true."""

    place: Place
    macro: str
    steps: tuple[Step, ...]
    follow_up: FollowUp | None
    hands_over: bool


def check_macros(sources: Sources, vocabulary: Vocabulary) -> Iterator[PlaybookProblem]:
    """Every macro by itself: languages, syntax, variables, and the same facts in each language."""
    for stem, group in sources.macros.items():
        for source in group.values():
            if stem != SHARED and sources.written and stem not in sources.written:
                yield _problem(source, source.line, f"there is no playbook {stem}: rename the file or add the playbook")
            yield from _check_languages(source, vocabulary)
            usages = {language: usage_of(text) for language, text in source.macro.texts.items()}
            for language, usage in usages.items():
                yield from _check_template(source, language, usage, vocabulary)
            yield from _check_same_facts(source, usages)


def check_speech(
    source: PlaybookSource, playbook: Playbook, sources: Sources, vocabulary: Vocabulary
) -> Iterator[PlaybookProblem]:
    """Every reply of a playbook: its macro exists, and what it promises is done."""
    for saying in _sayings(playbook):
        macro = sources.macro(saying.macro, playbook.intent, SHARED)
        line = source.line(saying.place)
        if macro is None:
            known = set(sources.macros.get(playbook.intent, {})) | set(sources.macros.get(SHARED, {}))
            message = f"unknown macro {saying.macro}{did_you_mean(saying.macro, known)}"
            yield PlaybookProblem(str(source.path), line, message)
            continue
        for message in _broken_promises(macro, saying, vocabulary):
            yield PlaybookProblem(str(source.path), line, message)


def _sayings(playbook: Playbook) -> Iterator[Saying]:
    for at, branch in enumerate(playbook.branches):
        place: Place = ("branches", at)
        if branch.reply:
            yield Saying((*place, "reply"), branch.reply, branch.steps, branch.follow_up, bool(branch.escalate))
        for index, choice in enumerate(branch.alternatives):
            if choice.reply:
                where = (*place, "alternatives", index, "reply")
                yield Saying(where, choice.reply, branch.do + choice.actions, choice.follow_up, hands_over=False)


def _check_languages(source: MacroSource, vocabulary: Vocabulary) -> Iterator[PlaybookProblem]:
    name, texts = source.macro.name, source.macro.texts
    missing = [language for language in vocabulary.languages if language not in texts]
    if missing:
        yield _problem(source, source.line, f"macro {name} lacks {', '.join(missing)}: write it in every language")
    for language in texts:
        if language not in vocabulary.languages:
            hint = did_you_mean(language, vocabulary.languages)
            yield _problem(source, source.lines[language], f"macro {name}: unknown language {language}{hint}")


def _check_template(
    source: MacroSource, language: str, usage: Usage, vocabulary: Vocabulary
) -> Iterator[PlaybookProblem]:
    first = source.lines[language]
    label = f"macro {source.macro.name} ({language})"
    for message, line in _template_faults(usage, vocabulary):
        yield _problem(source, first + line - 1, f"{label}: {message}")
    if usage.depth > MAX_DEPTH:
        advice = "write two macros and let the playbook choose"
        yield _problem(source, first, f"{label}: blocks nest {usage.depth} deep, more than {MAX_DEPTH}: {advice}")


def _template_faults(usage: Usage, vocabulary: Vocabulary) -> Iterator[tuple[str, int]]:
    yield from usage.faults
    for path, line in usage.paths:
        if path == FOLLOW_UP:
            continue
        fault = path_fault(path, vocabulary)
        if fault:
            yield fault, line
    for path in sorted(usage.outputs):
        fault = printing_fault(path, vocabulary)
        if fault:
            yield fault, next((line for used, line in usage.paths if used == path), 1)


def _check_same_facts(source: MacroSource, usages: dict[str, Usage]) -> Iterator[PlaybookProblem]:
    reference = usages.get("en")
    if reference is None:
        return
    for language, usage in usages.items():
        if usage.faults or reference.faults or usage.outputs == reference.outputs:
            continue
        lacks, adds = sorted(reference.outputs - usage.outputs), sorted(usage.outputs - reference.outputs)
        parts = [f"lacks {', '.join(lacks)}"] * bool(lacks) + [f"adds {', '.join(adds)}"] * bool(adds)
        message = f"macro {source.macro.name} ({language}) states other facts than en: it {' and '.join(parts)}"
        yield _problem(source, source.lines[language], message)


def _broken_promises(macro: MacroSource, saying: Saying, vocabulary: Vocabulary) -> Iterator[str]:
    name = macro.macro.name
    if saying.follow_up is None and any(_names_follow_up(text) for text in macro.macro.texts.values()):
        yield f"macro {name} names {FOLLOW_UP}, and there is no follow_up here"
    kept = {step.kind for step in saying.steps} | _other_effects(saying)
    for language, text in macro.macro.texts.items():
        said = "".join(words for words, _ in usage_of(text).said)
        for kind, words in _promised(said, language, vocabulary, kept):
            needed = " or ".join(sorted(vocabulary.promises[kind]))
            yield f"macro {name} ({language}) promises a {kind} ({words!r}), and nothing here does it: add {needed}"


def _promised(said: str, language: str, vocabulary: Vocabulary, kept: Iterable[str]) -> Iterator[tuple[str, str]]:
    for kind, words, _ in _promises(said, language):
        if kind in vocabulary.promises and vocabulary.promises[kind].isdisjoint(kept):
            yield kind, " ".join(words.split())


@lru_cache(maxsize=4096)  # a macro is said in many branches
def _promises(said: str, language: str) -> tuple[Promise, ...]:
    return tuple(find_promises(said, language))


def _other_effects(saying: Saying) -> set[str]:
    effects = {"follow_up"} if saying.follow_up else set[str]()
    return effects | ({"escalate_to_human"} if saying.hands_over else set())


def _names_follow_up(text: str) -> bool:
    return any(path == FOLLOW_UP for path, _ in usage_of(text).paths)


def _problem(source: MacroSource, line: int, message: str) -> PlaybookProblem:
    return PlaybookProblem(str(source.path), line, message)
