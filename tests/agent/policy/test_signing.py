"""Who may sign: role, ceiling and the sum of a day; the answer to anything unclear is no."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from agent.case import ActionVerdict, Verdict
from agent.limits import Per, Person, Role
from agent.limits.rules import Say, Window
from agent.policy import PastEffect, may_sign
from tests.agent.policy.world import LIMITS, NOW, facts, past, refund, usd, verdict
from tools.money import Money


def needs(role: str, outcome: Verdict = Verdict.REQUIRE_APPROVAL) -> ActionVerdict:
    return ActionVerdict(kind="refund_order", fingerprint="f", verdict=outcome, role=role)


def stopped(
    name: str, found: ActionVerdict, amount: Money | None = None, history: Sequence[PastEffect] = ()
) -> list[str]:
    return [v.rule for v in may_sign(LIMITS.person(name), found, amount, history, LIMITS, NOW)]


@pytest.mark.parametrize(
    ("name", "role", "fine"),
    [
        ("sam", "agent", True),
        ("sam", "lead", False),
        ("dana", "lead", True),
        ("dana", "admin", False),
        ("priya", "admin", True),
        ("priya", "agent", True),
        ("priya", "", True),
        ("dana", "", False),
    ],
)
@pytest.mark.system("B2")
def test_the_role_has_to_reach(name: str, role: str, fine: bool) -> None:
    assert stopped(name, needs(role)) == ([] if fine else ["signer.role"])


def test_strangers_and_made_up_people_sign_nothing() -> None:
    assert stopped("mallory", needs("agent")) == ["signer.unknown"]
    forged = Person(id="sam", name="Sam Okafor", role=Role.ADMIN)
    assert may_sign(forged, needs("admin"), None, (), LIMITS, NOW)[0].rule == "signer.unknown"
    assert may_sign(None, needs("agent"), None, (), LIMITS, NOW)[0].rule == "signer.unknown"


def test_a_block_stays_a_block_for_the_owner() -> None:
    assert stopped("priya", needs("", Verdict.BLOCK)) == ["signer.blocked"]


def test_a_viewer_signs_nothing() -> None:
    viewer = Person(id="vic", name="Vic", role=Role.VIEWER)
    limits = LIMITS.model_copy(update={"people": (*LIMITS.people, viewer)})
    assert "signer.role" in [v.rule for v in may_sign(viewer, needs("agent"), None, (), limits, NOW)]


@pytest.mark.parametrize(
    ("name", "amount", "rules"),
    [
        ("sam", "50.00", []),
        ("sam", "50.01", ["signer.ceiling"]),
        ("dana", "300.00", []),
        ("dana", "300.01", ["signer.ceiling"]),
        ("priya", "9000.00", []),
    ],
)
def test_the_ceiling_of_the_person(name: str, amount: str, rules: list[str]) -> None:
    assert stopped(name, needs("agent"), usd(amount)) == rules


@pytest.mark.system("U7")
@pytest.mark.parametrize(
    ("hours", "signer", "rules"),
    [(1, "sam", ["signer.day_sum"]), (23.9, "sam", ["signer.day_sum"]), (24, "sam", []), (1, "noor", [])],
)
def test_the_sum_of_a_day_over_all_customers(hours: float, signer: str, rules: list[str]) -> None:
    history = [past("40.00", hours, approver=signer, customer_id=f"cus_{n}") for n in range(3)]
    assert stopped("sam", needs("agent"), usd("30.01"), history) == rules
    assert stopped("sam", needs("agent"), usd("30.00"), history) == []


def test_another_currency_is_not_signed() -> None:
    assert stopped("priya", needs("agent"), Money.of("1.00", "EUR")) == ["signer.currency"]


def test_a_window_per_person_stops_who_is_below_its_role() -> None:
    window = Window(
        id="two", per=Per.APPROVER, hours=24, count=2, above=Say(verdict=Verdict.REQUIRE_APPROVAL, role=Role.LEAD)
    )
    limits = LIMITS.model_copy(update={"windows": LIMITS.windows.model_copy(update={"limits": (window,)})})

    def asked(name: str, count: int) -> list[str]:
        history = [past("1.00", 1, approver=name)] * count
        return [v.rule for v in may_sign(limits.person(name), needs("agent"), usd("1.00"), history, limits, NOW)]

    assert asked("sam", 1) == []
    assert asked("sam", 2) == ["signer.window"]
    assert asked("dana", 2) == []


@pytest.mark.system("B2")
def test_an_out_of_window_refund_is_signed_by_a_lead_and_not_by_an_agent() -> None:
    from tests.agent.policy.world import delivered

    late = verdict(refund("20.00"), facts(shipments=[delivered(45)]))
    assert stopped("sam", late, usd("20.00")) == ["signer.role"]
    assert stopped("dana", late, usd("20.00")) == []
