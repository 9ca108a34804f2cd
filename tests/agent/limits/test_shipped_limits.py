"""The limits.yaml of the demo brand: complete, documented, and with the brand's numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

import agent.limits as package
from agent.case import Verdict
from agent.limits import PolicyLimits, Role, read_limits, shipped_limits
from agent.limits.people import Ceiling
from agent.limits.vocabulary import INTENTS
from tools.actions import ACTIONS
from tools.money import Money

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def limits() -> PolicyLimits:
    return read_limits(shipped_limits()).limits


def test_it_loads_without_a_warning() -> None:
    assert read_limits(shipped_limits()).warnings == ()


@pytest.mark.system("B1")
def test_every_action_has_a_rule(limits: PolicyLimits) -> None:
    assert set(limits.actions) == set(ACTIONS)


@pytest.mark.system("B1")
def test_what_gives_value_or_is_meant_to_be_signed_waits_for_a_person(limits: PolicyLimits) -> None:
    for kind, action in ACTIONS.items():
        if action.gives_value or action.gate.value == "sign":
            assert limits.actions[kind].verdict is Verdict.REQUIRE_APPROVAL, kind


def test_the_brands_numbers(limits: PolicyLimits) -> None:
    assert [(p.id, p.name, p.role.value) for p in limits.people] == [
        ("noor", "Noor Haddad", "agent"),
        ("sam", "Sam Okafor", "agent"),
        ("dana", "Dana Whitfield", "lead"),
        ("priya", "Priya Raman", "admin"),
    ]
    agent, lead, admin = (limits.roles.of(role) for role in (Role.AGENT, Role.LEAD, Role.ADMIN))
    assert [str(c) for c in (agent.each, agent.per_day, agent.store_credit)] == ["50.00 USD", "150.00 USD", "20.00 USD"]
    assert [str(c) for c in (lead.each, lead.per_day, lead.store_credit)] == ["300.00 USD", "1000.00 USD", "100.00 USD"]
    assert [str(c) for c in (admin.each, admin.per_day)] == ["unlimited", "unlimited"]
    assert limits.value.order_total_over == Money.of("300.00", "USD")
    assert (limits.value.refunds, limits.value.within_days) == (3, 90)
    assert (limits.offers.margin_floor_percent, limits.offers.promo_pause_days) == (40, 14)
    assert limits.delivery.transit_days["US"] == (3, 5)
    assert (limits.delivery.stalled_after_days, limits.delivery.lost_after_days) == (5, 10)


@pytest.mark.parametrize(
    ("category", "days"),
    [
        ("bags", 60),
        ("Bags", 60),
        ("coffee", 0),
        ("gift cards", 0),
        ("gift_cards", 0),
        ("Gift-Cards", 0),
        ("knitwear", 30),
    ],
)
def test_return_days_by_category(limits: PolicyLimits, category: str, days: int) -> None:
    assert limits.returns.days_for(category) == days


@pytest.mark.system("B17")
def test_a_fresh_install_sends_nothing_unread(limits: PolicyLimits) -> None:
    assert limits.replies.mode.value == "draft_only"
    assert not any(limits.replies.owner_of(intent) for intent in INTENTS)


def test_people_answer_to_id_name_mail_and_slack_in_any_case(limits: PolicyLimits) -> None:
    for name in ("dana", "DANA WHITFIELD", " Dana@AlderAndWren.example ", "u0dana"):
        person = limits.person(name)
        assert person is not None
        assert person.id == "dana"
    assert limits.person("dan") is None
    assert limits.person("") is None


def test_the_digest_ignores_comments_and_notices_content(tmp_path: Path, limits: PolicyLimits) -> None:
    text = shipped_limits().read_text()
    bare = tmp_path / "bare.yaml"
    bare.write_text("\n".join(re.sub(r"\s+#.*|^#.*", "", line) for line in text.splitlines() if line.strip()))
    assert read_limits(bare).limits.digest == limits.digest
    bare.write_text(text.replace("agent: {each: 50.00 USD", "agent: {each: 50.01 USD"))
    assert read_limits(bare).limits.digest != limits.digest


@pytest.mark.parametrize(
    ("at", "is_open", "next_opening"),
    [
        ("2026-11-16T15:00:00", True, "2026-11-16T10:00:00-05:00"),
        ("2026-11-16T08:00:00", False, "2026-11-16T09:00:00-05:00"),
        ("2026-11-16T22:00:00", False, "2026-11-17T09:00:00-05:00"),
        ("2026-11-20T22:00:00", False, "2026-11-23T09:00:00-05:00"),
        ("2026-11-26T15:00:00", False, "2026-11-27T09:00:00-05:00"),
    ],
)
def test_business_hours(limits: PolicyLimits, at: str, is_open: bool, next_opening: str) -> None:
    now = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert limits.business_hours.open_at(now) is is_open
    assert limits.business_hours.next_opening(now).isoformat() == next_opening


def _fields(model: type[BaseModel], path: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        dotted = f"{path}.{name}" if path else name
        yield dotted
        for inner in _models(field.annotation):
            yield from _fields(inner, dotted)


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation not in (Money, Ceiling):
            yield annotation
        return
    for argument in get_args(annotation):
        yield from _models(argument)


def test_every_field_is_in_the_file_and_in_the_readme() -> None:
    yaml_text = shipped_limits().read_text()
    readme = (Path(package.__file__).parent / "README.md").read_text()
    fields = set(_fields(PolicyLimits))
    assert len(fields) > 80
    assert {field for field in fields if f"`{_generic(field)}`" not in readme} == set()
    assert set(re.findall(r"^\| `([^`]+)`", readme, re.MULTILINE)) == {_generic(field) for field in fields}
    assert {f for f in fields if not re.search(rf"\b{f.rpartition('.')[2]}\b", yaml_text)} == set()


def _generic(field: str) -> str:
    """Roles and bands all have the same fields, which the README tells once."""
    field = re.sub(r"^roles\.\w+", "roles.<role>", field)
    return re.sub(r"^fraud\.\w+", "fraud.<band>", field)


def test_the_intents_are_those_that_have_training_messages() -> None:
    assert {path.stem for path in (ROOT / "agent/triage/examples").glob("*.csv")} == set(INTENTS)
