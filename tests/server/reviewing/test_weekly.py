"""The week puts every case before a lead that something speaks against, and some that nothing does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.approvals import DecisionKind
from agent.case import CaseStatus
from agent.limits import Role
from agent.weekly import Flag, Verdict, bounds_of, drawn, week_of
from server.app import create_app
from server.looking_back import sample_of
from tests.journeys.shop import about, draft
from tests.server.reviewing.conftest import Room
from tests.server.web.conftest import Web, person

MANY = ("pending", "return_ok", "delivered_missing", "day_45", "damaged", "defective", "final_sale", "exchange_ok")


@pytest.mark.system("B16")
def test_five_bad_cases_are_all_in_the_sample_whatever_is_drawn(room_with: Callable[..., Room], web: Web) -> None:
    """Flagged, refused, thrown away, failed, and a bad escalation, among many; the draw is of three."""
    room = room_with(weekly_sample="3")
    good = [room.case(name) for name in MANY]
    flagged, refused, spoiled, failed, handed = (room.case() for _ in range(5))
    now = room.shop.clock.now()
    week = week_of(now)
    room.service.database.weekly.flag(
        Flag(id="fl-1", case_id=flagged.case_id, person="sam", reason="wrong tone", at=now)
    )
    room.answer(refused.approval_id, DecisionKind.REJECT)
    room.answer(spoiled.approval_id, DecisionKind.MODIFY, reply="Your neighbour has it. Noor")
    broken = room.now(failed).model_copy(update={"status": CaseStatus.FAILED, "outcome": "failed: no answer"})
    room.service.database.cases.save(broken)
    room.service.work.take_over(handed.case_id, "sam")
    room.service.work.release(handed.case_id, "sam")
    bad = {each.case_id for each in (flagged, refused, spoiled, failed, handed)}

    found = sample_of(room.service, week)
    why = {item.case.case_id: item.why for item in found}
    assert bad <= why.keys()
    assert all(why[name] for name in bad)
    assert [bool(item.why) for item in found] == sorted((bool(item.why) for item in found), reverse=True)
    chance = set(drawn([each.case_id for each in good] + sorted(bad), week, 3))
    assert why.keys() == bad | chance
    assert "sam flagged it: wrong tone" in why[flagged.case_id]
    assert "noor refused the draft: not like this" in why[refused.case_id]
    assert "noor threw the draft away" in why[spoiled.case_id]

    client = Web(web.shop, room.service).client(person(Role.LEAD), create_app)
    page = client.get("/reviews").text
    assert all(name in page for name in bad)
    form = {"week": week, "case": flagged.case_id, "says": "weak_draft", "note": "stiff", "csrf": ""}
    assert client.post("/reviews/verdict", data=form, follow_redirects=False).status_code == 303
    (judged,) = room.service.database.weekly.judged(week)
    assert (judged.case_id, judged.verdict, judged.note, judged.by) == (
        flagged.case_id,
        Verdict.WEAK_DRAFT,
        "stiff",
        "dana",
    )
    items = client.get(f"/api/v1/reviews/{week}").json()["items"]
    assert [item["case_id"] for item in items][-1] == flagged.case_id  # what is judged goes last
    assert client.post(f"/api/v1/reviews/{week}/nobody", json={"verdict": "good"}).status_code == 404


@pytest.mark.system("B16")
def test_an_agent_does_not_judge_the_week(room: Room, web: Web) -> None:
    client = Web(web.shop, room.service).client(person(Role.AGENT), create_app)
    for path in ("/reviews", "/calibration", "/api/v1/reviews", "/api/v1/calibration"):
        assert client.get(path).status_code == 403
    assert client.post("/api/v1/reviews/2026-W47/c", json={"verdict": "good"}).status_code == 403
    lead = Web(web.shop, room.service).client(person(Role.LEAD), create_app)
    assert lead.get("/api/v1/reviews/2026-W99").status_code == 422


@given(st.sets(st.text("abcdef0123456789", min_size=1, max_size=8), max_size=40), st.integers(0, 30))
def test_the_draw_is_the_same_for_everybody_and_another_each_week(names: set[str], many: int) -> None:
    first = drawn(names, "2026-W47", many)
    assert first == drawn(sorted(names, reverse=True), "2026-W47", many)
    assert set(first) <= names
    assert len(first) == min(many, len(names))


def test_a_week_is_from_monday_to_monday_in_utc() -> None:
    start, end = bounds_of("2026-W47")
    assert (start.isoformat(), end - start) == ("2026-11-16T00:00:00+00:00", timedelta(days=7))
    assert week_of(start) == week_of(end - timedelta(microseconds=1)) == "2026-W47"
    assert week_of(end) == "2026-W48"


def test_automatic_mail_that_somebody_wrote_again_to_is_looked_at(room: Room) -> None:
    order = room.shop.planted("on_its_way")
    letter = room.shop.letter("Out of office", room.shop.owner(order), automatic="out of office")
    record = room.shop.work(letter, about("other"))
    assert record.status == "ignored"
    again = room.now(record).model_copy(update={"turn": 2})
    room.service.database.cases.save(again)
    found = {item.case.case_id: item.why for item in sample_of(room.service, week_of(room.shop.clock.now()))}
    assert any("automatic" in why for why in found[record.case_id])


def test_a_draft_that_left_as_it_was_says_nothing_against_a_case(room: Room) -> None:
    record = room.case()
    assert draft(record).text
    room.answer(record.approval_id, DecisionKind.APPROVE)
    (item,) = sample_of(room.service, week_of(room.shop.clock.now()))
    assert item.why == ()
