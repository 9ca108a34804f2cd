"""Stages are written in order, those on the way together with what follows them, and none is held back for long."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from agent.repositories import CaseEvent
from server.feed import EventFeed
from server.jobs.watching import LiveProgress, settling
from tools.errors import Unavailable

LONG = 3600.0


@dataclass
class Log:
    """Keeps each commit apart. The first `away` ones fail."""

    away: int = 0
    commits: list[list[str]] = field(default_factory=list[list[str]])
    written: threading.Event = field(default_factory=threading.Event)

    def append(self, events: Sequence[CaseEvent]) -> Sequence[CaseEvent]:
        self.away -= 1
        if self.away >= 0:
            raise Unavailable("the database is away")
        self.commits.append([f"{event.case_id} {event.kind}" for event in events])
        self.written.set()
        return events

    def read(self, after: int = 0, case_id: str = "", limit: int = 500) -> Sequence[CaseEvent]:
        return []

    def head(self) -> int:
        return 0


def told(kind: str, case_id: str = "c") -> CaseEvent:
    return CaseEvent(case_id=case_id, at=datetime(2026, 11, 2, tzinfo=UTC), kind=kind)


def live(log: Log) -> LiveProgress:
    return LiveProgress(log, EventFeed(log))


def test_stages_on_the_way_are_written_with_the_one_that_people_wait_for() -> None:
    log = Log()
    progress = live(log)
    for kinds in (["classified"], ["looked_up", "found"], ["proposed"], ["checked"], ["executed"]):
        progress.tell([told(kind) for kind in kinds])
    assert log.commits == [["c classified", "c looked_up", "c found", "c proposed", "c checked"], ["c executed"]]


def test_what_another_case_holds_back_goes_along_in_order() -> None:
    log = Log()
    progress = live(log)
    progress.tell([told("classified", "a")])
    progress.tell([told("classified", "b")])
    progress.tell([told("checked", "a")])
    assert log.commits == [["a classified", "b classified", "a checked"]]


def test_settling_writes_what_is_held_and_nothing_twice() -> None:
    log = Log()
    progress = live(log)
    progress.tell([told("classified")])
    progress.settle()
    progress.settle()
    assert log.commits == [["c classified"]]


def test_a_stage_is_written_by_itself_when_nothing_follows() -> None:
    log = Log()
    with settling(live(log), seconds=0.001) as progress:
        progress.tell([told("classified")])
        assert log.written.wait(10)
        log.written.clear()
        progress.tell([told("looked_up")])
        assert log.written.wait(10)
    assert log.commits == [["c classified"], ["c looked_up"]]


def test_the_end_of_the_block_writes_what_is_held() -> None:
    log = Log()
    with settling(live(log), seconds=LONG) as progress:
        progress.tell([told("classified")])
        assert not log.commits
    assert log.commits == [["c classified"]]


def test_a_database_that_is_away_stops_the_teller_and_not_the_thread(caplog: pytest.LogCaptureFixture) -> None:
    log = Log(away=1)
    progress = live(log)
    with pytest.raises(Unavailable):
        progress.tell([told("checked")])
    log = Log(away=1)
    with settling(live(log), seconds=0.001) as progress:
        progress.tell([told("classified")])
        while not caplog.records:
            threading.Event().wait(0.001)
        progress.tell([told("looked_up")])
        assert log.written.wait(10)
    assert log.commits == [["c looked_up"]]
    assert "nobody was told" in caplog.text
