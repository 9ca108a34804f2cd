"""Every passage by name, and which of them may be used today: the part of an index that holds no vectors."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from types import MappingProxyType

from knowledge.documents import SECTION, DocumentKind, Edition, Frozen, Passage, whole_section
from knowledge.ranking import CodeBook, plain
from knowledge.speller import Speller


class Change(Frozen):
    """What turns one set of passages into another; passage ids, sorted."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]


class Held(Edition):
    """One version of a document as an index holds it, and in how many passages."""

    id: str
    title: str
    passages: int


def held(passages: Iterable[Passage]) -> list[Held]:
    """The documents that passages are of, by id and version."""
    found: dict[tuple[str, int], list[Passage]] = defaultdict(list)
    for passage in passages:
        found[passage.document_id, passage.version].append(passage)
    return [
        Held(
            **parts[0].model_dump(include=set(Edition.model_fields)),
            id=document_id,
            title=parts[0].title.partition(SECTION)[0],
            passages=len(parts),
        )
        for (document_id, _), parts in sorted(found.items())
    ]


class Catalogue:
    """An immutable set of passages with the look-ups that search and citations need."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self.passages: Mapping[str, Passage] = MappingProxyType({passage.id: passage for passage in passages})
        self.by_hash = {passage.sha256: passage.id for passage in self.passages.values()}
        self._editions: dict[str, dict[int, list[Passage]]] = defaultdict(lambda: defaultdict(list))
        self._codes = CodeBook((passage.id, passage.content) for passage in self.passages.values())
        self._plain: dict[str, str] = {}
        self.speller = Speller(passage.content for passage in self.passages.values())
        self._today: tuple[date, frozenset[str]] | None = None
        self._sections: dict[tuple[str, int, str], Passage] = {}
        for passage in self.passages.values():
            self._editions[passage.document_id][passage.version].append(passage)

    def usable(self, now: datetime, kinds: Collection[DocumentKind] | None = None) -> frozenset[str]:
        """Ids of the passages an answer may rest on: of each document, its highest version in force at `now`."""
        today = now.astimezone(UTC).date()
        known = self._today
        if known is None or known[0] != today:
            chosen = (self._in_force(document_id, now) for document_id in self._editions)
            known = today, frozenset(passage.id for passages in chosen for passage in passages)
            self._today = known
        if kinds is None:
            return known[1]
        return frozenset(each for each in known[1] if self.passages[each].kind in kinds)

    def holders(self, question: str) -> Mapping[str, int]:
        """Ids of passages that hold codes of the question, with how many."""
        return self._codes.holders(question)

    def plain(self, passage_id: str) -> str:
        """The words of a passage, see `ranking.plain`; remembered."""
        known = self._plain.get(passage_id)
        if known is None:
            known = self._plain[passage_id] = plain(self.passages[passage_id].content)
        return known

    def passage(self, passage_id: str) -> Passage | None:
        """A passage of any version; an id without a part number means the whole section."""
        known = self.passages.get(passage_id)
        if known is not None:
            return known
        document_id, _, rest = passage_id.partition("@v")
        version, _, anchor = rest.partition("#")
        editions = self._editions.get(document_id, {})
        return _section(editions.get(int(version), []) if version.isdecimal() else [], anchor)

    def cite(self, document_id: str, anchor: str, now: datetime) -> Passage | None:
        """The whole section in the version in force at `now`, or None."""
        passages = self._in_force(document_id, now)
        if not passages:
            return None
        key = document_id, passages[0].version, anchor
        known = self._sections.get(key)
        if known is None and (known := _section(passages, anchor)) is not None:
            self._sections[key] = known
        return known

    def change_to(self, wanted: Mapping[str, Passage]) -> Change:
        """What an ingest of `wanted` has to do."""
        held = self.passages
        both = sorted(held.keys() & wanted.keys())
        return Change(
            added=tuple(sorted(wanted.keys() - held.keys())),
            changed=tuple(each for each in both if held[each] != wanted[each]),
            unchanged=tuple(each for each in both if held[each] == wanted[each]),
            removed=tuple(sorted(held.keys() - wanted.keys())),
        )

    def _in_force(self, document_id: str, now: datetime) -> list[Passage]:
        editions = self._editions.get(document_id, {})
        valid = [version for version, passages in editions.items() if passages[0].in_force(now)]
        return editions[max(valid)] if valid else []


class Shelf(ABC):
    """What an index says of passages by name."""

    @abstractmethod
    def _at_hand(self) -> AbstractContextManager[Catalogue]:
        """The catalogue, for one moment."""

    def passage(self, passage_id: str) -> Passage | None:
        """See `KnowledgeIndex.passage`."""
        with self._at_hand() as catalogue:
            return catalogue.passage(passage_id)

    def cite(self, document_id: str, anchor: str, now: datetime) -> Passage | None:
        """See `KnowledgeIndex.cite`."""
        return self.cite_all([(document_id, anchor)], now)[0]

    def cite_all(self, wanted: Iterable[tuple[str, str]], now: datetime) -> list[Passage | None]:
        """See `KnowledgeIndex.cite_all`."""
        with self._at_hand() as catalogue:
            return [catalogue.cite(document_id, anchor, now) for document_id, anchor in wanted]

    def passages(self) -> tuple[Passage, ...]:
        """All that was ingested, whatever its status."""
        with self._at_hand() as catalogue:
            return tuple(catalogue.passages.values())


def _section(passages: list[Passage], anchor: str) -> Passage | None:
    parts = [passage for passage in passages if anchor in (passage.anchor, passage.section)]
    return whole_section(parts) if parts else None
