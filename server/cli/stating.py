"""What macros state in letters and no approved document says: a reply with it is held back, so it is told before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from agent.guard.claims import Claim
    from agent.guard.known import Known
    from knowledge.documents import Passage
    from knowledge.playbooks import PlaybookProblem
    from knowledge.playbooks.loader import MacroSource


def unbacked(playbooks: Path, macros: Path, passages: Sequence[Passage]) -> Iterator[PlaybookProblem]:
    """One problem for each amount, length of time, number, link or address that stands in no approved passage.

    Nothing while there are no passages to compare with.
    """
    from knowledge.playbooks import PlaybookProblem
    from knowledge.playbooks.loader import read_sources

    if not passages:
        return
    known = _known(passages)
    sources = read_sources(playbooks, macros)
    for source in (source for group in sources.macros.values() for source in group.values()):
        for language, claim, line in _stated(source):
            if not _says(claim, known):
                where = f"macro {source.macro.name} ({language})"
                message = (
                    f'{where} says "{claim.text}", which no approved document does: write it into one, or take it out'
                )
                yield PlaybookProblem(str(source.path), line, message)


def _known(passages: Sequence[Passage]) -> Known:
    from agent.case import CitedPassage
    from agent.guard.known import Known

    known = Known(ZoneInfo("UTC"))
    for passage in passages:
        shared = passage.model_dump(include={"document_id", "version", "anchor", "title", "text"})
        known.take_passage(CitedPassage(passage_id=passage.id, **shared))
    return known


def _stated(source: MacroSource) -> Iterator[tuple[str, Claim, int]]:
    """The claims of the words that stand in a macro as they are, with language and line."""
    from agent.guard.claims import claims_of
    from knowledge.playbooks.grammar import usage_of

    for language, text in source.macro.texts.items():
        said = usage_of(text).said
        for claim in claims_of("".join(words for words, _ in said), language):
            yield language, claim, source.lines[language] + _line(said, claim.start) - 1


def _line(said: Sequence[tuple[str, int]], at: int) -> int:
    for words, line in said:
        if at < len(words):
            return line + words[:at].count("\n")
        at -= len(words)
    return 1


def _says(claim: Claim, known: Known) -> bool:
    """Whether a passage does; days count from when a reply is written, which nobody knows here."""
    from agent.guard.claims import ClaimKind
    from agent.guard.grounding import sources_of

    timed = (ClaimKind.DATE, ClaimKind.RELATIVE, ClaimKind.MONTHDAY, ClaimKind.WEEKDAY)
    return claim.kind in timed or bool(sources_of(claim, known))
