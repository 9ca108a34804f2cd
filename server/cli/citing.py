"""Which passages the playbooks in force cite that no ingested document has: without one no reply is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from server.settings import Settings

if TYPE_CHECKING:
    from knowledge.playbooks import PlaybookBook


def uncited(settings: Settings) -> Iterator[tuple[str, str]]:
    """Every passage that is missing, once, with the playbooks that need it. Nothing while no document was ingested.

    Raises KnowledgeError, LimitsError or OSError where the files cannot be read.
    """
    from agent.limits import load_limits
    from agent.reasoners.vocabulary import vocabulary
    from knowledge.playbooks import load_playbooks
    from server.cli.documents import read_documents
    from server.clock import clock_of

    documents = read_documents(settings, None)
    if not documents.ingested:
        return
    now = clock_of(settings.data).now()
    there = {f"{one.document_id}#{one.section}" for one in documents.passages if one.in_force(now)}
    book = load_playbooks(settings.playbooks, settings.macros, vocabulary(load_limits(settings.limits)))
    for place, intents in sorted(cited(book).items()):
        if place not in there:
            yield place, ", ".join(sorted(intents))


def cited(book: PlaybookBook) -> Mapping[str, frozenset[str]]:
    """Every passage (`document#section`) that playbooks cite, with the intents of those that do."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for playbook in book.playbooks.values():
        for branch in playbook.branches:
            for place in playbook.citations(branch):
                found[place].add(playbook.intent)
    return {place: frozenset(intents) for place, intents in found.items()}
