"""Lookups: was looked up what the answer needs, and how much of it was for nothing?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from pydantic import JsonValue

from agent.case import Evidence, ProposedResolution
from evals.episode import Episode
from evals.sample import Sample
from evals.score import Score
from evals.scorers.view import Marker, listed, share

FREE = ("computed", "limits", "ticket")
"""Where evidence comes from that costs no lookup: worked out from other evidence, read in limits.yaml or the ticket."""


class Lookups(Marker):
    """The share of the needed kinds of evidence that was found. Waste is counted in the parts and costs nothing."""

    base: ClassVar[str] = "lookups"
    revision: ClassVar[int] = 2
    labels: ClassVar[frozenset[str]] = frozenset({"lookups"})

    def score(self, sample: Sample, episode: Episode) -> Score:
        """Parts: `missing` and `wasted`, lists of kinds; `needed` and `found`, counts.

        Wasted is what was looked up, is not labelled as needed, and stands behind no word and no action of the proposal
        or of its alternatives; what came with something of use, from the same table, was no lookup of its own.
        """
        evidence = episode.investigation.evidence if episode.investigation else ()
        found = {item.kind for item in evidence}
        needed = set(sample.expected.lookups)
        missing = sorted(needed - found)
        of_use = needed | _used(episode.proposal, evidence)
        useful = {item.source for item in evidence if item.kind in of_use}
        paid = [item for item in evidence if item.source.partition(".")[0] not in FREE]
        wasted = sorted({item.kind for item in paid if item.source not in useful})
        return self.mark(
            share(len(needed) - len(missing), len(missing)),
            f"never looked up: {listed(missing)}" if missing else "",
            missing=[*missing],
            wasted=[*wasted],
            needed=len(needed),
            found=len(found),
        )


def _used(proposal: ProposedResolution | None, evidence: Iterable[Evidence]) -> set[str]:
    """Kinds that a word rests on, or whose record an action is about."""
    if proposal is None:
        return set()
    replies = [proposal.reply, *(option.reply for option in proposal.alternatives)]
    sources = {source for reply in replies if reply for span in reply.spans for source in span.sources}
    actions = [*proposal.actions, *(action for option in proposal.alternatives for action in option.actions)]
    named = {text for action in actions for text in _texts(action.model_dump(mode="json", exclude={"kind"}))}
    return {item.kind for item in evidence if item.id in sources or named.intersection(_ids(item.fields))}


def _ids(fields: JsonValue) -> Iterator[str]:
    """What names a record: the values of `id`, `line_id` and the like, however deep."""
    if isinstance(fields, list):
        for each in fields:
            yield from _ids(each)
    elif isinstance(fields, dict):
        yield from (str(value) for name, value in fields.items() if name == "id" or name.endswith("_id"))
        for value in fields.values():
            yield from _ids(value)


def _texts(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value if isinstance(value, list) else value.values():
            yield from _texts(each)
