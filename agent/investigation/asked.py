"""What a reasoner may ask besides the usual lookups, and how the answers become evidence.

A reasoner only names questions. Whose data they read is bound here, from the proven identity; for the evidence code
asks each of them again, also after a pause, so nothing counts as a fact because a reasoner said it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import JsonValue

from agent.case import CitedPassage, Evidence, Identity, Investigation, LookupCall
from agent.investigation.inquiry import ANSWERS, cited_passage
from knowledge.documents import Passage
from knowledge.errors import KnowledgeError
from tools.errors import Unavailable
from tools.lookups import Fields, Lookup, LookupRefused, customer_lookups, shop_lookups
from tools.ports import Readers

MOST_LOOKUPS = 4
"""Questions of one case besides the usual ones."""
MOST_PASSAGES = 3
POLICY = "policy"


class Knowledge(Protocol):
    """The part of the knowledge index that is needed here."""

    def search(self, question: str, k: int, now: datetime) -> Sequence[_Hit]:
        """Passages in force, best first."""
        ...


class _Hit(Protocol):
    @property
    def passage(self) -> Passage: ...


@dataclass(frozen=True, kw_only=True)
class CaseLookups:
    """The questions that may be asked in one case."""

    offered: Mapping[str, Lookup]
    passages: Callable[[str], tuple[CitedPassage, ...]]
    now: datetime

    def schemas(self) -> list[Fields]:
        """Every question as an OpenAI-compatible function."""
        return [lookup.schema() for lookup in self.offered.values()]

    def answer(self, call: LookupCall) -> Fields:
        """What a model reads. A question without an answer says why, as data."""
        lookup = self.offered.get(call.name)
        if lookup is None:
            return {"found": False, "why": f"there is no such lookup; there are {', '.join(self.offered)}"}
        try:
            return lookup(call.arguments)
        except (LookupRefused, Unavailable, KnowledgeError) as error:
            return {"found": False, "why": str(error)}


def case_lookups(identity: Identity, readers: Readers, knowledge: Knowledge, now: datetime) -> CaseLookups:
    """What this sender may know: the catalogue and the policies; a verified customer's own records besides."""

    def passages(question: str) -> tuple[CitedPassage, ...]:
        hits = knowledge.search(question, MOST_PASSAGES, now)
        return tuple(cited_passage(hit.passage) for hit in hits if hit.passage.kind in ANSWERS)

    def policy(question: str) -> Fields:
        """Search the shop's policies and help texts in force.

        Args:
            question: What is to be known, in a few words.
        """
        found = [each.model_dump(include={"passage_id", "title", "text"}) for each in passages(question)]
        return {"found": bool(found), "passages": list[JsonValue](found)}

    own = customer_lookups(readers, identity.customer_id) if identity.verified else ()
    every = (*own, *shop_lookups(readers), Lookup.of(policy))
    return CaseLookups(offered={lookup.name: lookup for lookup in every}, passages=passages, now=now)


def with_answers(known: Investigation, calls: Iterable[LookupCall], lookups: CaseLookups) -> Investigation:
    """`known` with what these questions find. At most MOST_LOOKUPS count; what finds nothing adds nothing."""
    evidence = {item.id: item for item in known.evidence}
    passages = {item.passage_id: item for item in known.passages}
    for number, call in enumerate(tuple(calls)[:MOST_LOOKUPS], start=1):
        answer = lookups.answer(call)
        if not answer.get("found"):
            continue
        if call.name == POLICY:
            passages.update({each.passage_id: each for each in lookups.passages(call.arguments["question"])})
        else:
            item = _evidence(number, call.name, answer, lookups.now)
            evidence[item.id] = item
    return known.model_copy(update={"evidence": tuple(evidence.values()), "passages": tuple(passages.values())})


def _evidence(number: int, name: str, answer: Fields, now: datetime) -> Evidence:
    """The store's answer as it is. The question is left out: its words come from a reasoner."""
    fields = {key: value for key, value in answer.items() if key != "found"}
    return Evidence(id=f"asked:{number}:{name}", kind=f"asked_{name}", source="store", as_of=now, fields=fields)
