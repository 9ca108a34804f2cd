"""What the numbers beside views and filters count: the cases that choosing them would show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agent.case import CaseStatus
from agent.repositories import UNANSWERED
from server.db.tally import Tally
from server.service import Service
from server.ui.views.inbox import FILTERS, View

SMALL = tuple({*UNANSWERED, CaseStatus.REJECTED, CaseStatus.FAILED})
"""Statuses that cases leave again: however many cases there are, few are in one of these."""


def is_filtered(given: Mapping[str, str]) -> bool:
    """Whether any filter is chosen."""
    return any(given.get(name) for name in FILTERS)


def by_view(service: Service, given: Mapping[str, str]) -> Mapping[str, int] | None:
    """Cases by status under the filters that are chosen; None: too many to count, statuses that are not in it too."""
    if not is_filtered(given):
        return zeroed(service.database.cases.count_by("status"))
    whole = service.database.queues.tally()
    if whole is not None:
        return zeroed(whole.by("status", _only(given)))
    some = service.database.queues.tally(SMALL)
    return zeroed(some.by("status", _only(given)), SMALL) if some else None


def zeroed(counts: Mapping[str, int], statuses: Iterable[CaseStatus] = tuple(CaseStatus)) -> dict[str, int]:
    """The counts with a nought for each of these statuses in which no case is."""
    return {**{status.value: 0 for status in statuses}, **counts}


def by_filter(
    service: Service, view: View, given: Mapping[str, str], listed: Tally | None
) -> dict[str, dict[str, int]]:
    """For each filter how many cases each value would leave; -1 where they are too many to count.

    `listed`: the cases of a view that is no set of statuses.
    """
    found = listed or service.database.queues.tally(view.statuses)
    if found is not None:
        return {name: found.by(name, _only(given)) for name in FILTERS}
    every = {name: service.database.cases.count_by(name) for name in FILTERS}
    known = not view.statuses and not is_filtered(given)
    return every if known else {name: dict.fromkeys(values, -1) for name, values in every.items()}


def unfiltered(given: Mapping[str, str]) -> dict[str, str]:
    """The same without what filters say."""
    return {name: value for name, value in given.items() if name not in FILTERS}


def _only(given: Mapping[str, str]) -> dict[str, str]:
    return {name: given.get(name, "") for name in FILTERS}
