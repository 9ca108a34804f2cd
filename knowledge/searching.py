"""From texts to vectors, and from a question to the passages that answer it, whatever index holds them."""

import heapq
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple

from knowledge.catalogue import Catalogue
from knowledge.documents import Hit, Passage
from knowledge.neighbours import Neighbours
from knowledge.ranking import candidate_count, passage_vectors, score, spelling

if TYPE_CHECKING:
    from knowledge.embedding import Embedder, Vectors

_DIGITS = 6


def embed_new(passages: Mapping[str, Passage], known: Collection[str], embedder: "Embedder") -> "dict[str, Vectors]":
    """Vectors by content hash, for the texts whose hash is not known yet."""
    pairs = {each.sha256: (each.title, each.text) for each in passages.values() if each.sha256 not in known}
    return dict(zip(pairs, passage_vectors(embedder, list(pairs.values())), strict=True)) if pairs else {}


class Asked(NamedTuple):
    """A question as it was written, as it was meant, and its vector."""

    written: str
    meant: str
    vector: "Vectors"


def ask(question: str, catalogue: Catalogue, embedder: "Embedder") -> Asked:
    """Read a question against what is known."""
    meant = catalogue.speller.mend(question, embedder.knows)
    return Asked(question, meant, embedder.embed([meant])[0])


def find(asked: Asked, k: int, catalogue: Catalogue, neighbours: Neighbours, usable: frozenset[str]) -> list[Hit]:
    """At most `k` of the usable passages, best first; ties by id."""
    count = candidate_count(k)
    codes = catalogue.holders(asked.written)
    cosines = neighbours.nearest(asked.vector, usable, count)
    cosines |= neighbours.of(asked.vector, sorted(usable.intersection(codes).difference(cosines))[:count])
    spelt = spelling(asked.meant)
    scores = {each: score(near, spelt(catalogue.plain(each)), codes.get(each, 0)) for each, near in cosines.items()}
    scores = {each: round(total, _DIGITS) for each, total in scores.items()}  # equal texts differ in the last bits
    order = heapq.nsmallest(max(k, 0), scores, key=lambda each: (-scores[each], each))
    return [Hit(passage=catalogue.passages[each], score=scores[each]) for each in order]
