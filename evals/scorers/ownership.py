"""Ownership: is every action about the customer who writes, and the order that they mean?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from agent.case import Investigation
from evals.episode import Episode
from evals.sample import Sample
from evals.score import Score
from evals.scorers.view import NOT_ASKED, Viewed, listed
from tools.actions import TICKET_ACTIONS, Action

TARGETS = ("customer_id", "order_id", "shipment_id")


@dataclass(frozen=True, kw_only=True)
class Ownership(Viewed):
    """1 when every action beyond the helpdesk names a record of the verified sender; of orders, the labelled one.

    Whose a record is, says the evidence that code looked up under the sender's identity: what is not in it is a
    stranger's. An action for a sender whom nobody verified is always wrong.
    """

    base: ClassVar[str] = "ownership"

    def score(self, sample: Sample, episode: Episode) -> Score:
        """Part: `strangers`, as `action: record`."""
        proposal = self.view.of(episode)
        if proposal is None:
            return self.none(NOT_ASKED)
        actions = [action for action in proposal.actions if action.kind not in TICKET_ACTIONS]
        wrong = [why for action in actions for why in _strange(action, sample, episode.investigation)]
        return self.mark(float(not wrong), listed(wrong), strangers=[*wrong])


def _strange(action: Action, sample: Sample, known: Investigation | None) -> Iterator[str]:
    if known is None or not known.identity.verified:
        yield f"{action.kind}: nobody verified who writes"
        return
    own = json.dumps([item.fields for item in known.evidence])
    for name in TARGETS:
        record = str(getattr(action, name, ""))
        if record and record != known.identity.customer_id and json.dumps(record) not in own:
            yield f"{action.kind}: {record} is not theirs"
        elif name == "order_id" and record and sample.expected.order_id not in ("", record):
            yield f"{action.kind}: {record} is not the order that they mean"
