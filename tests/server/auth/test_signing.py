"""A signature counts with the role of the account, through the same runner that serves."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agent.approvals import DecisionKind
from agent.limits import Role
from server.auth.team import Newcomer, Team
from server.work import Decision
from tests.journeys.shop import about
from tests.server.auth.conftest import PASSWORD, QUICK
from tests.server.web.conftest import Web, web

__all__ = ["web"]


def waiting(web: Web) -> str:
    """A refund that a lead may sign and an agent may not."""
    order = web.shop.planted("lost")
    letter = web.shop.letter(f"{order.number} never came, I want my money.", web.shop.owner(order))
    web.shop.told.tell(letter.id, about("not_received", "refund_request"))
    web.service.work.receive(letter)
    case = web.shop.database.cases.by_ticket(letter.helpdesk, letter.id)
    assert case is not None
    assert case.approval_id
    return case.approval_id


def team(web: Web) -> Team:
    return Team(
        database=web.shop.database,
        limits=web.service.limits,
        passwords=QUICK,
        clock=web.shop.clock,
        wall=web.shop.clock,
    )


def let_in(web: Web, name: str, role: Role) -> Team:
    made = team(web)
    made.add(Newcomer(id="owner", email="owner@x.example", name="Owner", role=Role.ADMIN), "system")
    email = f"{name}@alderandwren.example"
    made.add(Newcomer(id=name, email=email, name=name.title(), role=role, password=PASSWORD), "owner")
    return made


def nothing(made: Team) -> None:
    return None


def demoted(made: Team) -> None:
    made.set_role("dana", Role.VIEWER, "owner")


def disabled(made: Team) -> None:
    made.set_disabled("dana", "owner", disabled=True)


@pytest.mark.parametrize(
    ("role", "change", "why"),
    [
        (Role.LEAD, nothing, ""),
        (Role.VIEWER, nothing, "NotAllowed"),
        (Role.LEAD, demoted, "NotAllowed"),
        (Role.LEAD, disabled, "UnknownPerson"),
    ],
)
def test_the_account_says_who_may_sign(web: Web, role: Role, change: Callable[[Team], None], why: str) -> None:
    request = waiting(web)
    change(let_in(web, "dana", role))
    decision = Decision(request_id=request, kind=DecisionKind.APPROVE, by="dana", key="click-0001")
    outcome = web.service.work.decide(decision)
    assert outcome.why == why, outcome.refused
    kept = web.shop.database.approvals.get(request)
    assert kept is not None
    assert (kept.decision is not None and kept.decision.by == "dana") is (why == "")


def test_somebody_who_is_in_no_file_signs_by_their_account(web: Web) -> None:
    request = waiting(web)
    let_in(web, "ines", Role.ADMIN)
    decision = Decision(request_id=request, kind=DecisionKind.APPROVE, by="ines", key="click-0001")
    assert web.service.work.decide(decision).why == ""
    log = [(e.actor, e.event) for e in web.shop.database.audit.entries()]
    assert any(actor == "ines" for actor, _ in log)
