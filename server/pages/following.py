"""The list that a case was opened from: what stands beside the case, and which one comes after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from agent.repositories import CaseRecord
from server.pages.inbox import records_of, search
from server.service import Service
from server.ui.views.inbox import view_of

SIDE, ABOVE = 25, 4
PAGED = frozenset({"needs", "sign", "read", "answered", "ignored", "failed"})
"""Views that come from the database page by page, newest first; the others are one list."""
WORKED = frozenset({"needs", "sign", "read", "late"})
"""Views that are worked through from top to bottom: an answer opens the case below."""


def given_of(carried: str) -> dict[str, str]:
    """The view and the filters that a case carries along."""
    return dict(parse_qsl(carried.lstrip("?")))


def beside(service: Service, carried: str, case: CaseRecord, who: str) -> tuple[str, Sequence[CaseRecord]]:
    """The name of the list and its part around the case."""
    given = given_of(carried)
    if given.get("q"):
        return "Search", _around(search(service, given["q"]), case)
    view = view_of(given.get("view", ""))
    records = records_of(service, view, given, who, SIDE)
    further_down = len(records) == SIDE and case.status in view.statuses and _at(records, case) is None
    if further_down and view.key in PAGED:
        return view.name, [case, *_below(service, given, case, who, SIDE - 1)]
    return view.name, _around(records, case)


def _at(records: Sequence[CaseRecord], case: CaseRecord) -> int | None:
    return next((number for number, each in enumerate(records) if each.case_id == case.case_id), None)


def _around(records: Sequence[CaseRecord], case: CaseRecord) -> Sequence[CaseRecord]:
    begin = max(0, (_at(records, case) or 0) - ABOVE) if len(records) > SIDE else 0
    return records[begin : begin + SIDE]


def following(service: Service, carried: str, case: CaseRecord, who: str) -> str:
    """The address to go to once the case is answered: the case below it, the list at its end; empty: stay."""
    given = given_of(carried)
    if given.get("q") or given.get("view") not in WORKED:
        return ""
    below = _below(service, given, case, who, 1)
    return f"/cases/{below[0].case_id}{carried}" if below else f"/{carried}"


def _below(service: Service, given: Mapping[str, str], case: CaseRecord, who: str, limit: int) -> Sequence[CaseRecord]:
    view, place = view_of(given.get("view", "")), (case.created_at, case.case_id)
    found = records_of(service, view, dict(given), who, limit, case.case_id)
    # The place of an answered case stays known, so that nobody begins at the top again. Late ones come as one list.
    return [record for record in found if (record.created_at, record.case_id) < place][:limit]
