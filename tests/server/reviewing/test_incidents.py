"""A cause is told once when it begins and once when it is over, whoever reads, on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent.limits import Role
from agent.promises import PromiseEntry, settle
from agent.repositories import CaseEvent
from agent.switches import Switch
from agent.testing import NOON
from server.app import create_app
from server.db.database import Database
from server.incidents import Incident, collect
from tests.journeys.shop import LIMITS
from tests.server.db.conftest import cleared, empty_file, empty_tables
from tests.server.reviewing.conftest import Room
from tests.server.web.conftest import Web, person

__all__ = ["empty_file", "empty_tables"]


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def event(case: str, kind: str, minutes: int, **body: str) -> CaseEvent:
    return CaseEvent(case_id=case, at=at(minutes), kind=kind, body=dict(body))


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Database]:
    """An empty database with tables, of both kinds."""
    if request.param == "sqlite":
        address = f"sqlite:///{shutil.copy(request.getfixturevalue('empty_file'), tmp_path / 'app.db')}"
    else:
        address = cleared(request.getfixturevalue("empty_tables"))
    with Database.open(address) as opened:
        yield opened


def taken_in(database: Database, minutes: int = 60) -> list[tuple[str, bool, int]]:
    told: list[Incident] = []
    collect(database, LIMITS, at(minutes), told.append)
    return [(each.message, each.open, each.times) for each in told]


@pytest.mark.system("L17")
def test_one_cause_is_told_once_however_many_cases_it_holds_up_and_closed_when_the_last_goes_on(
    database: Database,
) -> None:
    down = "paused: the order platform does not answer (request 4711)"
    database.events.append([event("c-1", "paused", 1, why=down)])
    assert taken_in(database) == [(down, True, 1)]
    other = down.replace("4711", "9313")
    database.events.append([event("c-2", "paused", 2, why=other), event("c-1", "paused", 3, why=other)])
    assert taken_in(database) == []
    (standing,) = database.incidents.standing()
    assert (standing.times, standing.cases, standing.owner) == (3, ("c-1", "c-2"), "dana")
    database.events.append([event("c-1", "waiting", 4)])
    assert taken_in(database) == []
    database.events.append([event("c-2", "closed", 5, status="answered")])
    assert taken_in(database) == [(down, False, 3)]
    assert database.incidents.standing() == []
    database.events.append([event("c-3", "paused", 9, why=down)])
    assert taken_in(database) == [(down, True, 1)]
    assert [each.open for each in database.incidents.page(50)] == [True, False]


@pytest.mark.system("L17")
def test_two_causes_are_two_incidents_and_a_failed_end_is_no_recovery(database: Database) -> None:
    database.events.append([event("c-1", "failed", 1, why="KeyError"), event("c-2", "failed", 2, why="no such order")])
    assert len(taken_in(database)) == 2
    database.events.append([event("c-1", "closed", 3, status="failed")])
    assert taken_in(database) == []
    database.events.append([event("c-1", "taken", 4)])
    assert taken_in(database) == [("KeyError", False, 1)]


@pytest.mark.system("L17")
def test_of_many_readers_at_once_one_tells(database: Database) -> None:
    database.events.append([event(f"c-{n}", "failed", n, why=f"cause {'abcdefgh'[n % 8]}") for n in range(40)])
    told: list[Incident] = []
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(collect, database, LIMITS, at(60), told.append) for _ in range(4)]:
            done.result()
    assert len(told) == len({each.key for each in told}) == 8
    assert sum(each.times for each in database.incidents.standing()) == 40


@pytest.mark.system("L17")
def test_a_late_promise_is_over_when_it_is_kept(database: Database) -> None:
    entry = PromiseEntry(
        id="pr-1", case_id="c-1", ticket_id="t-1", kind="trace", text="we look", made_at=NOON, due_at=at(1)
    )
    database.promises.record([entry])
    alert = {"key": "promise:pr-1", "about": "promise_overdue", "message": "we promised and it has not happened"}
    database.events.append([event("c-1", "alert", 2, **alert)])
    assert taken_in(database) == [(alert["message"], True, 1)]
    assert taken_in(database) == []
    database.promises.swap(entry, settle(entry, at(3), "noor"))
    assert taken_in(database) == [(alert["message"], False, 1)]


@pytest.mark.system("L17")
def test_a_loop_is_over_when_somebody_lets_it_go_on(database: Database) -> None:
    scope = "loop:support:ab12"
    database.switches.set(Switch(scope=scope, stopped=True, by="loop breaker", at=at(1)))
    body = {"key": f"{scope}:{at(1).isoformat()}", "about": "loop", "message": "paused for one recipient"}
    database.events.append([event("c-1", "alert", 1, **body)])
    assert [open_ for _, open_, _ in taken_in(database)] == [True]
    assert taken_in(database) == []
    database.switches.set(Switch(scope=scope, stopped=False, by="dana", at=at(9)))
    assert [open_ for _, open_, _ in taken_in(database)] == [False]


@pytest.mark.system("L17")
def test_the_console_and_the_api_list_what_lasts(room: Room, web: Web) -> None:
    client = Web(web.shop, room.service).client(person(Role.VIEWER), create_app)
    assert client.get("/api/v1/incidents").json()["incidents"] == []
    room.service.database.events.append([event("c-9", "failed", 1, why="<b>KeyError</b>")])
    (found,) = client.get("/api/v1/incidents").json()["incidents"]
    assert (found["kind"], found["times"], found["owner"]) == ("failed", 1, "dana")
    page = client.get("/incidents").text
    assert "&lt;b&gt;KeyError" in page
