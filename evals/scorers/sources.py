"""What a draft may rest on, gathered anew from the episode: evidence, cited passages, terms of its own actions."""

from __future__ import annotations

import json
from datetime import datetime

from agent.case import CitedPassage, Investigation, ProposedResolution
from agent.guard.known import Known
from agent.guard.privacy import usable
from evals.episode import Episode
from evals.sample import Sample
from evals.scorers.shop import Shop
from tools.helpdesk import Author


def cited_in(proposal: ProposedResolution, known: Investigation | None) -> list[CitedPassage]:
    """The passages that a proposal cites and that were looked up."""
    return [passage for passage in known.passages if passage.passage_id in proposal.citations] if known else []


def moment(sample: Sample, episode: Episode) -> datetime:
    """When the draft was written: the time of its evidence, else of the message."""
    times = [item.as_of for item in episode.investigation.evidence] if episode.investigation else []
    return max(times, default=sample.ticket.latest.at)


def written_by_customer(sample: Sample) -> str:
    """All that the customer wrote on this ticket."""
    return "\n".join(message.text for message in sample.ticket.messages if message.author is Author.CUSTOMER)


def known_to(sample: Sample, episode: Episode, proposal: ProposedResolution, shop: Shop) -> Known:
    """The sources by value."""
    known = Known(shop.zone, moment(sample, episode))
    for name in shop.names:
        known.take_own(name, "shop")
    investigation = episode.investigation
    if investigation is not None:
        for item in usable(investigation.evidence, verified=investigation.identity.verified):
            known.take_evidence(item)
    for passage in cited_in(proposal, investigation):
        known.take_passage(passage)
    for action in proposal.actions:
        known.take_effect(action, written_by_customer(sample))
    for promise in proposal.promises:
        known.take_promise(promise)
    return known


def dump(sample: Sample, episode: Episode, proposal: ProposedResolution) -> str:
    """The same sources as one text, for rulers that read no types."""
    investigation = episode.investigation
    fields = (
        [item.fields for item in usable(investigation.evidence, verified=investigation.identity.verified)]
        if investigation
        else []
    )
    passages = [f"{passage.title}\n{passage.text}" for passage in cited_in(proposal, investigation)]
    actions = [action.model_dump_json() for action in proposal.actions]
    due = [promise.due_at.isoformat() for promise in proposal.promises if promise.due_at]
    return "\n".join([json.dumps(fields, ensure_ascii=False), *passages, *actions, *due])
