"""Every list that can be long comes in pages: all of it once, in order, on both databases, and on the console too."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from agent.audit import AuditNote
from agent.feedback import Edit, EditClass, Feedback, Via
from agent.limits import Role
from agent.repositories import CaseEvent
from server.auth.accounts import Account, ApiKey
from server.auth.principal import Scope
from server.db.database import Database
from server.jobs.kinds import EXPIRE, WORK
from server.jobs.queue import Job
from tests.journeys.shop import FILE
from tests.server.jobs.conftest import durable
from tests.server.web.conftest import Web, person
from tests.server.web.test_cases import asked
from tests.tools.world import NOW

MANY, CASE = 7, "local-journey-1"
NOTE = AuditNote(at=NOW, actor="priya", event="test.made", payload={})
LISTS = {
    "/api/v1/accounts": ("accounts", "id"),
    "/api/v1/keys": ("keys", "prefix"),
    "/api/v1/keys?owner=p-1": ("keys", "prefix"),
    "/api/v1/incidents": ("incidents", "id"),
    "/api/v1/incidents?standing=false": ("incidents", "id"),
    f"/api/v1/cases/{CASE}/feedback": ("feedback", "id"),
    "/api/v1/runs": ("runs", "id"),
    "/api/v1/runs?status=waiting&case_id=c-1": ("runs", "id"),
}
"""Under what name the rows of each list stand, and what names a row."""


def moment(number: int) -> timedelta:
    """Two rows at a time at the same moment: their order hangs on their ids alone."""
    return timedelta(minutes=number // 2)


def fill(database: Database) -> None:
    for number in range(MANY):
        at, name = NOW + moment(number), f"p-{number}"
        account = Account(id=name, email=f"{name}@shop.example", name=name, role=Role.AGENT, created_at=at)
        database.accounts.add(account, "", NOTE)
        owner = f"p-{number % 2}"
        key = ApiKey(prefix=f"key{number}", account_id=owner, name="n8n", scopes=frozenset({Scope.READ}), created_at=at)
        database.api_keys.add(key, "a hash", NOTE)
        why = f"cause {'abcdefg'[number]}"
        database.events.append([CaseEvent(case_id=f"c-{number}", at=at, kind="failed", body={"why": why})])
        database.feedback.record(
            Feedback(
                id=f"fb-{number}",
                case_id=CASE,
                ticket_id=CASE,
                message_id="m-1",
                draft_digest="d",
                final_digest="f",
                intent="order_status",
                person="noor",
                via=Via.SENT,
                edit=Edit(kind=EditClass.MINOR, changed=100, kept_words=9, draft_words=10, final_words=10),
                at=at,
            )
        )


@dataclass
class Long:
    """An application whose lists are long."""

    web: Web
    client: TestClient


@pytest.fixture
def long(web: Web, where: str, tmp_path: Path, request: pytest.FixtureRequest) -> Generator[Long]:
    address = request.getfixturevalue("brand_database") if where == "postgres" else f"sqlite:///{tmp_path / FILE}"
    assert asked(web) == CASE
    fill(web.shop.database)
    with durable(web.shop, address, staffed=False) as desk:
        for number in range(MANY):
            for kind in (WORK, EXPIRE):
                desk.queue.put(Job(kind=kind, case_id=f"c-{number % 2}", id=f"{kind}:c-{number % 2}:{number}"))
        served = Web(web.shop, replace(web.service, work=desk.work))
        yield Long(served, served.client(person(Role.ADMIN)))


def walked(client: TestClient, address: str, rows: str, name: str, limit: int) -> list[str]:
    """What names the rows of every page, one after another."""
    seen: list[str] = []
    joined, cursor = "&" if "?" in address else "?", ""
    for _ in range(2 * MANY + 1):
        page = client.get(f"{address}{joined}limit={limit}&cursor={cursor}").json()
        assert len(page[rows]) <= limit
        seen += [str(row[name]) for row in page[rows]]
        cursor = page["next"]
        if not cursor:
            return seen
    raise AssertionError(f"{address} never ends")


def test_the_pages_of_every_list_are_the_whole_list(long: Long) -> None:
    for address, (rows, name) in LISTS.items():
        whole = walked(long.client, address, rows, name, 200)
        assert len(set(whole)) == len(whole) >= 3, address
        for limit in (1, 3):
            assert walked(long.client, address, rows, name, limit) == whole, address
    assert len(walked(long.client, "/api/v1/runs", "runs", "id", 5)) == 2 * MANY
    assert walked(long.client, "/api/v1/keys", "keys", "prefix", 2)[0] == f"key{MANY - 1}", "newest first"
    assert walked(long.client, f"/api/v1/cases/{CASE}/feedback", "feedback", "id", 2)[0] == "fb-0", "oldest first"


def test_a_cursor_that_is_none_and_a_limit_without_end_are_refused(long: Long) -> None:
    for address in LISTS:
        joined = "&" if "?" in address else "?"
        for wrong in ("cursor=!!", "cursor=eA", "limit=0", "limit=201"):
            answer = long.client.get(f"{address}{joined}{wrong}")
            assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), address
    for page in ("/runs?cursor=!!", "/incidents?cursor=!!"):
        assert long.client.get(page, headers={"Accept": "text/html"}).status_code == 422


def test_the_console_goes_on_to_what_is_older(long: Long, monkeypatch: pytest.MonkeyPatch) -> None:
    from server.pages import reviews, runs

    monkeypatch.setattr(reviews, "MOST", 3)
    monkeypatch.setattr(runs, "MOST", 5)
    for address, row, many in (("/incidents", r"Cause [a-g]", MANY), ("/runs?status=waiting", r'"/cases/c-\d"', 14)):
        seen: list[str] = []
        pages = 0
        while address:
            page = long.client.get(address).text
            seen += re.findall(row, page)
            older = re.search(r'href="([^"]+)" rel="next"', page)
            address, pages = older[1].replace("&amp;", "&") if older else "", pages + 1
        assert (len(seen), pages) == (many, 3), seen
