"""The list that a case was opened from: what stands beside the case, and which one comes after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import parse_qsl

from agent.repositories import CaseRecord
from server.db.waiting import behind, somebody_waits
from server.pages.inbox import in_view, paged, records_of, search
from server.service import Service
from server.ui.views.inbox import View, in_order_of_waiting, list_title, view_of

Below = Callable[[CaseRecord, CaseRecord], bool]

SIDE, ABOVE = 25, 4
WORKED = frozenset({"needs", "sign", "read", "late"})
"""Views that are worked through from top to bottom: an answer opens the case below."""


def given_of(carried: str) -> dict[str, str]:
    """The view and the filters that a case carries along."""
    return dict(parse_qsl(carried.lstrip("?")))


def beside(service: Service, carried: str, case: CaseRecord, who: str) -> tuple[str, Sequence[CaseRecord]]:
    """The name of the list and its part around the case."""
    given = given_of(carried)
    if given.get("q"):
        view = view_of(given.get("view", "all"))
        return "Search", _around(in_view(search(service, given["q"]), view), case)
    view = view_of(given.get("view", ""))
    title, records = list_title(view, given), records_of(service, view, given, who, SIDE)
    held = not view.statuses or case.status in view.statuses
    if held and paged(view, given) and len(records) == SIDE and _at(records, case) is None:
        place = given if somebody_waits(case) else {**given, "unwaited": "yes"}
        return title, [case, *_below(service, place, case, who, SIDE - 1)]
    if given.get("view") in WORKED and _at(records, case) is None:
        above = sum(not below_of(view, given)(record, case) for record in records)
        rest = records[above:] if above < SIDE else _below(service, given, case, who, SIDE)
        return title, _in_its_place(records[:above], case, rest)
    return title, _around(records, case)


def _in_its_place(above: Sequence[CaseRecord], case: CaseRecord, below: Sequence[CaseRecord]) -> Sequence[CaseRecord]:
    """The list with a case that has just left it, where it stood: what comes next is still what came next."""
    return [*above[-ABOVE:], case, *below][:SIDE]


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
    view = view_of(given.get("view", ""))
    found = records_of(service, view, given, who, limit, case.case_id)
    if paged(view, given):
        return found
    # One list, in which an answered case is no more: its place stays known, so that nobody begins at the top again.
    below = below_of(view, given)
    return [record for record in found if below(record, case)][:limit]


def below_of(view: View, given: Mapping[str, str]) -> Below:
    """Whether a case stands below another in this list."""
    return behind if in_order_of_waiting(view, given) else _older


def _older(record: CaseRecord, than: CaseRecord) -> bool:
    return (record.created_at, record.case_id) < (than.created_at, than.case_id)
