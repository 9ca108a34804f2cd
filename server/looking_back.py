"""The weekly look back over a service: which cases a lead is shown, and why (row B16)."""

from __future__ import annotations

from agent.repositories import CaseRecord
from agent.weekly import Item, against, bounds_of, drawn, items
from server.problems import Problem
from server.service import Service

MOST_REQUESTS = 100


def sample_of(service: Service, week: str) -> list[Item]:
    """The random cases of a week and every one that something speaks against. Raises a Problem (422) for no week."""
    try:
        start, end = bounds_of(week)
    except ValueError:
        raise Problem(422, "unfit", "That is no week", "Name a week like 2026-W47.") from None
    weekly = service.database.weekly
    judged = {each.case_id: each for each in weekly.judged(week)}
    many = service.settings.number("weekly_sample")
    chance = drawn(weekly.cases(start, end), week, many)
    cases = _cases(service, {*chance, *weekly.suspects(start, end), *judged})
    why = {name: _why(service, case) for name, case in cases.items()}
    wanted = {name: case for name, case in cases.items() if name in chance or why[name] or name in judged}
    return items(wanted, why, judged)


def _cases(service: Service, names: set[str]) -> dict[str, CaseRecord]:
    found = {name: service.database.cases.get(name) for name in sorted(names)}
    return {name: case for name, case in found.items() if case is not None}


def _why(service: Service, case: CaseRecord) -> tuple[str, ...]:
    database = service.database
    requests = database.approvals.list(None, case.case_id, MOST_REQUESTS)
    return against(case, requests, database.feedback.of_case(case.case_id), database.weekly.flags(case.case_id))
