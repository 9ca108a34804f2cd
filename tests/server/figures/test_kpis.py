"""The figures against values that were computed by hand. The shop is in New York, open Monday to Friday, 9 to 17."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent.case import CaseStatus
from server.figures.automation import Kept, kept, saved, workflow, workflows
from server.figures.ended import Ending, ending, split
from server.figures.hours import working_time
from server.figures.kpis import first_response, reopened, resolution, spread, volume
from server.figures.life import Answer, Life, Wrote
from tests.journeys.shop import LIMITS

HOURS = LIMITS.business_hours
HERE = ZoneInfo(HOURS.time_zone)
_FRIDAY = datetime(2026, 11, 13, tzinfo=HERE)


def at(day: int, clock: str) -> datetime:
    """A moment in the shop's zone, days counted from Friday the 13th of November."""
    hour, minute = (int(part) for part in clock.split(":"))
    return (_FRIDAY + timedelta(days=day)).replace(hour=hour, minute=minute).astimezone(UTC)


def life(number: int, opened: datetime, intent: str = "order_status", **more: Any) -> Life:  # Any: field values
    base = Life(case_id=f"case-{number}", intent=intent, status=CaseStatus.ANSWERED, opened_at=opened)
    return replace(base, **more)


def minutes(*values: int) -> list[timedelta]:
    return [timedelta(minutes=value) for value in values]


OVER_A_WEEKEND = [
    # (arrives, answered, minutes in opening hours): Friday 16:00 to Monday 9:30 is 60 + 30.
    (at(0, "9:00"), at(0, "9:05"), 5),
    (at(0, "9:30"), at(0, "9:40"), 10),
    (at(0, "10:00"), at(0, "10:15"), 15),
    (at(0, "11:00"), at(0, "11:20"), 20),
    (at(0, "12:00"), at(0, "12:25"), 25),
    (at(0, "16:00"), at(3, "9:30"), 90),
    (at(0, "16:50"), at(3, "9:00"), 10),
    (at(0, "17:00"), at(3, "9:07"), 7),
    (at(0, "20:00"), at(3, "9:12"), 12),
    (at(1, "10:00"), at(3, "9:30"), 30),
    (at(1, "23:00"), at(3, "10:00"), 60),
    (at(2, "8:00"), at(3, "9:00"), 0),
    (at(2, "12:00"), at(2, "13:00"), 0),
    (at(2, "15:00"), at(3, "11:00"), 120),
    (at(3, "8:00"), at(3, "9:45"), 45),
    (at(3, "9:00"), at(3, "17:00"), 480),
    (at(3, "12:00"), at(4, "12:00"), 480),
    (at(3, "13:00"), at(3, "13:35"), 35),
    (at(3, "14:00"), at(3, "14:40"), 40),
    (at(3, "16:59"), at(4, "9:01"), 2),
]


@pytest.mark.system("K2")
def test_first_response_counts_opening_hours_over_a_weekend() -> None:
    lives = [
        life(n, arrives, answers=(Answer(at=arrives, notice=True), Answer(at=answered, by="noor")))
        for n, (arrives, answered, _) in enumerate(OVER_A_WEEKEND)
    ]
    for (arrives, answered, expected), each in zip(OVER_A_WEEKEND, lives, strict=True):
        assert working_time(arrives, answered, HOURS) == timedelta(minutes=expected), each.case_id
    # In order: 0 0 2 5 7 10 10 12 15 20 | 25 30 35 40 45 60 90 120 480 480; p90 is the 18th of 20.
    found = first_response([*lives, life(99, at(0, "9:00"))], HOURS)
    assert (found.of, found.out_of) == (20, 21)
    assert found.median == timedelta(minutes=22, seconds=30)
    assert found.p90 == timedelta(minutes=120)


@pytest.mark.system("K2")
def test_a_notice_that_it_arrived_is_no_answer() -> None:
    only_notice = life(1, at(0, "9:00"), answers=(Answer(at=at(0, "9:00"), notice=True),))
    assert first_response([only_notice], HOURS).median is None


def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is() -> None:
    night = datetime(2026, 10, 31, 17, tzinfo=HERE), datetime(2026, 11, 2, 10, tzinfo=HERE)
    assert working_time(*night, HOURS) == timedelta(hours=1)
    assert working_time(night[1], night[0], HOURS) == timedelta(0)


@pytest.mark.system("K1")
def test_volume_counts_a_reopened_case_once() -> None:
    back = (Wrote(at=at(1, "9:00")), Wrote(at=at(2, "9:00")))
    lives = [
        life(1, at(0, "9:00"), "refund_request", answers=(Answer(at=at(0, "10:00")),), wrote=back),
        life(2, at(0, "9:00"), "refund_request"),
        life(3, at(0, "9:00"), "order_status"),
        life(4, at(0, "9:00"), ""),
    ]
    assert volume(lives) == {"refund_request": 2, "not read yet": 1, "order_status": 1}


@pytest.mark.system("K3")
def test_coming_back_extends_the_time_to_resolution() -> None:
    plain = life(1, at(0, "9:00"), closed=(at(0, "15:00"),))
    # Closed after 6 hours, asked again the next day, closed for good after 50 hours.
    again = life(2, at(0, "9:00"), closed=(at(0, "15:00"), at(2, "11:00")), wrote=(Wrote(at=at(1, "9:00")),))
    # Closed, and asked again since: not resolved, so not measured.
    still = life(3, at(0, "9:00"), closed=(at(0, "15:00"),), wrote=(Wrote(at=at(1, "9:00")),))
    silent = life(4, at(0, "9:00"), answers=(Answer(at=at(0, "10:00")),))
    found = resolution([plain, again, still, silent])
    assert (found.of, found.out_of) == (2, 4)
    assert found.median == timedelta(hours=28)
    assert found.p90 == timedelta(hours=50)


@pytest.mark.system("K6")
def test_thanks_are_not_a_return_and_a_week_later_is_another_matter() -> None:
    sent = (Answer(at=at(0, "10:00"), by="noor"),)
    lives = [
        life(1, at(0, "9:00"), answers=sent, wrote=(Wrote(at=at(0, "11:00"), thanks=True),)),
        life(2, at(0, "9:00"), answers=sent, wrote=(Wrote(at=at(0, "11:00")),)),
        life(3, at(0, "9:00"), answers=sent, wrote=(Wrote(at=at(7, "10:00")),)),
        life(4, at(0, "9:00"), answers=sent, wrote=(Wrote(at=at(7, "10:01")),)),
        life(5, at(0, "9:00"), answers=sent),
        life(6, at(0, "9:00")),
        life(7, at(0, "9:00"), answers=(Answer(at=at(0, "9:01"), notice=True),), wrote=(Wrote(at=at(0, "11:00")),)),
    ]
    found = reopened(lives)
    assert (found.part, found.whole) == (2, 5)


@pytest.mark.system("A18")
@pytest.mark.system("U16")
def test_endings_tell_silence_from_a_resolution() -> None:
    signed, alone = (Answer(at=at(0, "10:00"), by="noor"),), (Answer(at=at(0, "10:00")),)
    close = (at(0, "12:00"),)
    done = CaseStatus.RESOLVED
    lives = {
        Ending.RESOLVED_ALONE: life(1, at(0, "9:00"), answers=alone, closed=close, status=done),
        Ending.RESOLVED_WITH_US: life(2, at(0, "9:00"), answers=signed, closed=close, status=done, signed=True),
        Ending.DRAFTED: life(3, at(0, "9:00"), answers=signed, signed=True),
        Ending.ANSWERED_ALONE: life(4, at(0, "9:00"), answers=alone),
        Ending.HANDED_OVER: life(5, at(0, "9:00"), handed=True, status=CaseStatus.ESCALATED),
        Ending.CLOSED_UNANSWERED: life(8, at(0, "9:00"), closed=close, status=done, finished=True),
        Ending.OPEN: life(6, at(0, "9:00"), status=CaseStatus.AWAITING_REVIEW),
        Ending.NOTHING_ASKED: life(7, at(0, "9:00"), status=CaseStatus.IGNORED),
    }
    for expected, each in lives.items():
        assert ending(each) is expected
    assert split(lives.values()) == dict.fromkeys(Ending, 1)


@pytest.mark.system("U16")
def test_what_a_person_finished_is_never_resolved_without_one() -> None:
    over: dict[str, Any] = {"closed": (at(0, "12:00"),), "status": CaseStatus.RESOLVED, "finished": True}
    notice, answer = Answer(at=at(0, "9:01"), notice=True), Answer(at=at(0, "10:00"))
    assert ending(life(1, at(0, "9:00"), handed=True, **over)) is Ending.CLOSED_UNANSWERED
    assert ending(life(2, at(0, "9:00"), answers=(notice,), **over)) is Ending.CLOSED_UNANSWERED
    assert ending(life(3, at(0, "9:00"), answers=(notice, answer), **over)) is Ending.RESOLVED_WITH_US
    assert ending(life(4, at(0, "9:00"), by_hand=True, **over)) is Ending.RESOLVED_WITH_US


@pytest.mark.system("U16")
def test_who_comes_back_within_a_week_was_not_helped() -> None:
    close = (at(0, "12:00"),)
    back = life(1, at(0, "9:00"), closed=close, wrote=(Wrote(at=at(6, "12:00")),), status=CaseStatus.AWAITING_REVIEW)
    late = life(2, at(0, "9:00"), closed=close, wrote=(Wrote(at=at(8, "12:00")),), status=CaseStatus.AWAITING_REVIEW)
    assert ending(back) is Ending.OPEN
    assert ending(late) is Ending.RESOLVED_ALONE


@pytest.mark.system("K24")
def test_the_workflows_add_up_to_the_whole() -> None:
    counts = {"runs": 2, "failures": 1, "approved": 1, "edited": 1, "rejected": 0, "effects": 3}
    answers = (Answer(at=at(0, "10:00"), by="noor"), Answer(at=at(0, "11:00")))
    lives = [life(n, at(0, "9:00"), ("a", "b", "")[n % 3], answers=answers, **counts) for n in range(7)]
    flows, total = workflows(lives), workflow("all", lives)
    assert [flow.name for flow in flows] == ["a", "b", "not read yet"]
    assert [flow.cases for flow in flows] == [3, 2, 2]
    for name in ("cases", "runs", "failures", "approved", "edited", "rejected", "effects"):
        assert sum(getattr(flow, name) for flow in flows) == getattr(total, name) > 0 or name == "rejected"
    assert sum((flow.saved for flow in flows), timedelta(0)) == total.saved


def test_time_is_saved_by_what_nobody_had_to_write_alone() -> None:
    two = (Answer(at=at(0, "10:00"), by="noor"), Answer(at=at(0, "11:00"), by="noor"))
    assert saved(life(1, at(0, "9:00"), answers=two)) == timedelta(minutes=8)
    assert saved(life(1, at(0, "9:00"), answers=two, edited=1)) == timedelta(minutes=4)
    assert saved(life(1, at(0, "9:00"), answers=two, edited=3)) == timedelta(0)
    assert saved(life(1, at(0, "9:00"), answers=(Answer(at=at(0, "9:00"), notice=True),))) == timedelta(0)


def test_drafts_that_left_as_they_were_are_a_share_of_all() -> None:
    counts = {"order_status": {"unchanged": 3, "minor": 1}, "complaint": {"discarded": 1}}
    assert kept(counts) == Kept(unchanged=3, of=5)
    assert kept({}) == Kept(unchanged=0, of=0)


@pytest.mark.parametrize(
    ("values", "median", "p90"),
    [((5,), 5, 5), ((1, 3), 2, 3), ((1, 2, 3), 2, 3), (tuple(range(1, 11)), 5.5, 9), (tuple(range(1, 12)), 6, 10)],
)
def test_the_ninth_of_ten_is_p90(values: tuple[int, ...], median: float, p90: int) -> None:
    found = spread(minutes(*values), len(values))
    assert found.median == timedelta(minutes=median)
    assert found.p90 == timedelta(minutes=p90)
