"""A seeded draft measures its reader, and nothing of it can reach a customer, whatever is answered to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from agent.approvals import ApprovalStatus, DecisionKind
from agent.calibration import PREFIX, Answer, Showing, reviewers
from agent.case import CaseStatus
from agent.limits import Role
from agent.repositories import CaseRecord
from server.app import create_app
from server.calibrating import shown_to
from tests.journeys.shop import draft
from tests.server.reviewing.conftest import Room
from tests.server.web.conftest import Web, person

Rooms = Callable[..., Room]
ALWAYS = {"calibration_percent": "100"}


def seeded(room: Room, record: CaseRecord, by: str = "noor") -> tuple[Showing, str]:
    """What a reader is shown, and the digest on its card."""
    case, request = shown_to(room.service, record, room.shop.request(record), by)
    assert request.id.startswith(PREFIX)
    showing = room.service.database.showings.get(request.id)
    assert showing is not None
    assert showing.seed is not None
    assert draft(case).text == showing.seed.text != draft(record).text
    return showing, request.digest


@pytest.mark.system("U15")
@pytest.mark.parametrize(("kind", "answer"), [("approve", Answer.MISSED), ("reject", Answer.CAUGHT)])
def test_an_answer_to_a_seeded_draft_is_measured_and_then_the_real_one_is_shown(
    room_with: Rooms, kind: str, answer: Answer
) -> None:
    room = room_with(**ALWAYS)
    record = room.case()
    showing, digest = seeded(room, record)
    outcome = room.answer(showing.id, DecisionKind(kind), digest=digest)
    assert showing.seed is not None
    assert showing.seed.explained() in outcome.refused
    assert outcome.why == "Calibration"
    after = room.service.database.showings.get(showing.id)
    assert after is not None
    assert after.answer is answer
    real, request = shown_to(room.service, record, room.shop.request(record), "noor")
    assert (real, request) == (record, room.shop.request(record))
    assert room.answer(request.id, DecisionKind.APPROVE).status == "answered"
    assert [message.text for message in room.shop.sent(record)] == [draft(record).text]


@pytest.mark.system("U15")
def test_whatever_is_answered_to_a_seeded_draft_nothing_leaves(room_with: Rooms) -> None:
    """Approving, editing, escalating, repeating, as somebody else, with its own words or with the real request's id."""
    room = room_with(**ALWAYS)
    record = room.case()
    showing, digest = seeded(room, record)
    assert showing.seed is not None
    words = showing.seed.text
    for by in ("noor", "dana", "priya", "nobody"):
        for kind in DecisionKind:
            assert room.answer(showing.id, kind, by=by, digest=digest).refused
            assert room.answer(showing.id, kind, by=by, digest=digest, reply=words).refused
    assert room.answer(record.approval_id, DecisionKind.APPROVE, digest=digest).refused  # the card of the seeded one
    assert room.answer(record.approval_id, DecisionKind.MODIFY, reply=words).refused  # its words, carried over
    assert room.answer(record.approval_id, DecisionKind.MODIFY, reply=f"{words}\n\nRegards").refused
    switched_off = room_with()
    assert switched_off.answer(showing.id, DecisionKind.APPROVE, digest=digest).refused
    assert switched_off.answer(record.approval_id, DecisionKind.MODIFY, reply=words).refused
    assert room.shop.request(record).status is ApprovalStatus.AWAITING
    assert room.now(record) == record
    assert not room.shop.sent(record)
    assert not room.service.database.approvals.list(ApprovalStatus.EXECUTING)
    assert room.service.database.approvals.get(showing.id) is None
    assert not [entry for entry in room.service.database.ledger.of_case(record.case_id) if entry.approval_id]


@pytest.mark.system("U15")
def test_sending_an_edit_that_keeps_the_fault_has_missed_it_and_one_that_mends_it_has_caught_it(
    room_with: Rooms,
) -> None:
    room = room_with(**ALWAYS)
    first, second = room.case(), room.case("day_45")
    kept, _ = seeded(room, first)
    mended, _ = seeded(room, second)
    assert kept.seed is not None
    room.answer(kept.id, DecisionKind.MODIFY, reply=kept.seed.text + " Bye.")
    room.answer(mended.id, DecisionKind.MODIFY, reply=draft(second).text)
    answers = [each.answer for each in room.service.database.showings.answered()]
    assert sorted(answers) == [Answer.CAUGHT, Answer.MISSED]


@pytest.mark.system("U15")
def test_a_share_of_drafts_is_seeded_and_the_report_names_reviewers(room_with: Rooms) -> None:
    room = room_with(calibration_percent="5")
    record = room.case()
    request = room.shop.request(record)
    seeds = [
        shown_to(room.service, record, request.model_copy(update={"id": f"ap-{n:010d}"}), "noor")[1].id[:4]
        for n in range(400)
    ]
    assert 4 <= seeds.count(PREFIX) <= 45  # 20 expected; outside less than once in a million runs
    again = [
        shown_to(room.service, record, request.model_copy(update={"id": f"ap-{n:010d}"}), "noor")[1].id[:4]
        for n in range(400)
    ]
    assert again == seeds
    always = room_with(**ALWAYS)
    showing, _ = seeded(always, record)
    always.wall.advance(timedelta(seconds=42))
    always.answer(showing.id, DecisionKind.REJECT)
    (row,) = reviewers(always.service.database.showings.answered())
    assert (row.person, row.seeded, row.caught.share, row.seconds) == ("noor", 1, 1.0, 42)


@pytest.mark.system("U15")
def test_nothing_is_seeded_unless_it_was_asked_for_and_only_what_has_to_be_read(room_with: Rooms) -> None:
    plain = room_with()
    record = plain.case()
    assert shown_to(plain.service, record, plain.shop.request(record), "noor") == (record, plain.shop.request(record))
    always = room_with(**ALWAYS)
    money = always.case("exchange_ok", "damaged_item")
    assert shown_to(always.service, money, always.shop.request(money), "dana")[1].id == money.approval_id


@pytest.mark.system("U15")
def test_in_the_console_the_seeded_draft_looks_like_any_other_and_approving_it_sends_nothing(
    web: Web, room_with: Rooms
) -> None:
    room = room_with(**ALWAYS)
    record = room.case()
    client = Web(web.shop, room.service).client(person(Role.AGENT), create_app)
    page = client.get(f"/cases/{record.case_id}")
    assert page.status_code == 200
    (showing,) = room.service.database.showings.of_request(record.approval_id)
    assert showing.seed is not None
    assert showing.id in page.text
    assert "calibration" not in page.text.lower()
    assert "planted" not in page.text.lower()
    form = {"kind": "approve", "request": showing.id, "digest": "", "key": "click-000001", "csrf": ""}
    answer = client.post(f"/cases/{record.case_id}/decide", data=form, follow_redirects=True)
    assert "This draft was a test" in answer.text
    assert record.approval_id in answer.text
    assert not room.shop.sent(record)
    assert room.now(record).status is CaseStatus.AWAITING_REVIEW
    api = client.post(
        f"/api/v1/approvals/{showing.id}/decision", json={"kind": "approve"}, headers={"Idempotency-Key": "click-0002"}
    )
    assert api.status_code == 404
