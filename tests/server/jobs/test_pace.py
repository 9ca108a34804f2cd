"""Pace: quick looks after work, calm ones when there was none for a minute, and no more words than needed."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from dbos import DBOSClient

from server.jobs.engine import prepare
from server.jobs.pace import LASTING, Pace
from server.jobs.queue import APPLICATION, CASES, CaseQueue, Job
from tools.errors import Unavailable

QUICK, CALM = 0.012, 0.05
JOB = Job(kind="work", case_id="case-1", id="work-1")


class Told:
    """What the queue was told, and when; away while `away`."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.away = False
        self.said: list[float] = []
        self.pace = Pace(self._look_every, QUICK, CALM, lambda: self.now)

    def _look_every(self, seconds: float) -> None:
        if self.away:
            raise Unavailable("the database")
        self.said.append(seconds)


@pytest.fixture
def told() -> Told:
    return Told()


def test_work_makes_the_looks_quick_until_a_minute_without_any(told: Told) -> None:
    carried = told.pace.around(lambda job: job.id)
    assert carried(JOB) == "work-1"
    told.now += LASTING - 1
    told.pace.rest()
    assert told.said == [QUICK]
    told.now += 1
    told.pace.rest()
    told.pace.rest()
    assert told.said == [QUICK, CALM]


def test_a_run_that_fails_was_work_too(told: Told) -> None:
    def fails(job: Job) -> None:
        raise ValueError(job.id)

    with pytest.raises(ValueError, match="work-1"):
        told.pace.around(fails)(JOB)
    assert told.said == [QUICK]


def test_a_busy_worker_says_so_again_now_and_then_because_another_may_rest(told: Told) -> None:
    for _ in range(200):
        told.pace.hurry()
        told.now += 0.1
    assert told.said == [QUICK, QUICK]


def test_a_database_that_is_away_is_told_the_next_time(told: Told) -> None:
    told.away = True
    told.pace.hurry()
    told.pace.rest()
    told.away = False
    told.pace.hurry()
    told.now += LASTING
    told.away = True
    told.pace.rest()
    told.away = False
    told.pace.rest()
    assert told.said == [QUICK, CALM]


def test_looks_are_never_slower_with_work_than_without(told: Told) -> None:
    Pace(told.said.append, 0.5, CALM, lambda: 0.0).hurry()
    assert told.said == [CALM]


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("server_database"))
    return f"sqlite:///{tmp_path / 'queue.db'}"


def test_the_queue_keeps_the_interval_for_the_looks_of_every_worker(address: str) -> None:
    prepare(address, "the test")
    with closing(CaseQueue.open(address, "the test", 2, CALM, patient=True)) as queue:
        queue.look_every(QUICK)
    client = DBOSClient(system_database_url=address, application_name=APPLICATION)
    kept = client.retrieve_queue(CASES)
    client.destroy()
    assert kept is not None
    assert kept.polling_interval_sec == QUICK
