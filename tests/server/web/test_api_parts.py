"""Knowledge, playbooks, the log, settings, the stop switch, runs and traces over the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient

from agent.limits import Role
from knowledge.embedding import HashingEmbedder
from knowledge.index import InMemoryIndex
from knowledge.ingest import ingest_folder
from server.db.places import Place
from server.jobs.runs import RunPage, RunStatus
from server.settings import SOURCES
from tests.server.web.conftest import Web, person
from tests.server.web.test_cases import asked
from tests.server.web.test_running import with_settings

TEXT = """---
id: gift-wrapping
title: Gift wrapping
version: {version}
status: {status}
effective_from: 2026-01-01
---
## What it costs
{words}
"""


def document(words: str = "Wrapping costs 4.00 USD.", version: int = 1, status: str = "approved") -> dict[str, str]:
    return {"markdown": TEXT.format(words=words, version=version, status=status)}


@pytest.fixture
def shelved(web: Web) -> Web:
    """A service with knowledge of its own: the brand's is shared."""
    index = InMemoryIndex(HashingEmbedder())
    ingest_folder(SOURCES / "policies", index)
    return Web(web.shop, replace(web.service, knowledge=index))


def test_passages_are_found_listed_and_read(web: Web) -> None:
    client = web.client(person(Role.VIEWER))
    hits = client.get("/api/v1/knowledge/search", params={"q": "how long can I return", "k": 3}).json()["hits"]
    assert 1 <= len(hits) <= 3
    first = hits[0]["passage"]
    read = client.get(f"/api/v1/knowledge/passages/{first['id'].replace('#', '%23')}")
    assert read.json() == first
    shelf = client.get("/api/v1/knowledge/documents").json()["documents"]
    assert {each["id"] for each in shelf} >= {first["document_id"]}
    assert sum(each["in_force_now"] for each in shelf if each["id"] == "returns") == 1
    assert client.get("/api/v1/knowledge/passages/nothing@v1%23x").status_code == 404
    assert client.get("/api/v1/knowledge/search").status_code == 422


def test_a_lead_adds_a_document_and_it_is_found_and_logged(shelved: Web) -> None:
    before = len(shelved.client(person(Role.VIEWER)).get("/api/v1/knowledge/documents").json()["documents"])
    assert shelved.client(person(Role.AGENT)).post("/api/v1/knowledge/documents", json=document()).status_code == 403
    client = shelved.client(person(Role.LEAD))
    added = client.post("/api/v1/knowledge/documents", json=document())
    assert (added.status_code, added.json()["document"], added.json()["added"]) == (201, "gift-wrapping@v1", 1)
    assert client.post("/api/v1/knowledge/documents", json=document()).json()["added"] == 0
    hits = client.get("/api/v1/knowledge/search?q=wrapping costs&k=1").json()["hits"]
    assert hits[0]["passage"]["document_id"] == "gift-wrapping"
    assert len(client.get("/api/v1/knowledge/documents").json()["documents"]) == before + 1
    logged = [entry for entry in shelved.shop.database.audit.entries() if entry.event == "knowledge.added"]
    assert [entry.actor for entry in logged] == ["dana"]


def test_what_was_quoted_is_never_replaced_and_a_draft_is_never_found(shelved: Web) -> None:
    client = shelved.client(person(Role.LEAD))
    client.post("/api/v1/knowledge/documents", json=document())
    other = client.post("/api/v1/knowledge/documents", json=document("Wrapping is free."))
    assert (other.status_code, other.json()["type"]) == (409, "/problems/version-taken")
    client.post("/api/v1/knowledge/documents", json=document("Wrapping is free.", 2, "draft"))
    hits = client.get("/api/v1/knowledge/search?q=wrapping costs&k=1").json()["hits"]
    assert hits[0]["passage"]["version"] == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [("no front matter", "line 1"), (TEXT.format(version="x", status="approved", words="x"), "line 4")],
)
def test_a_document_that_cannot_be_used_is_refused_with_its_line(shelved: Web, text: str, says: str) -> None:
    answer = shelved.client(person(Role.LEAD)).post("/api/v1/knowledge/documents", json={"markdown": text})
    assert answer.status_code == 422
    assert says in answer.json()["detail"]


def test_playbooks_are_read_and_checked(web: Web) -> None:
    client = web.client(person(Role.VIEWER))
    every = client.get("/api/v1/playbooks").json()
    assert every["usable"]
    one = client.get("/api/v1/playbooks/order_status").json()
    assert one in every["playbooks"]
    assert client.get("/api/v1/playbooks/validation").json() == {"ok": True, "mistakes": []}
    assert client.get("/api/v1/playbooks/dancing").status_code == 404


def test_the_log_is_read_in_pages_by_case_and_checked(web: Web) -> None:
    case_id = asked(web)
    record = web.shop.database.cases.get(case_id)
    assert record is not None
    web.shop.sign(record)
    client = web.client(person(Role.VIEWER))
    every = client.get("/api/v1/audit?after=0").json()
    first = client.get("/api/v1/audit?after=0&limit=1").json()
    rest = client.get(f"/api/v1/audit?after={first['last']}").json()
    assert first["entries"] + rest["entries"] == every["entries"]
    assert every["count"] == len(every["entries"]) >= 3
    assert {entry["case_id"] for entry in client.get(f"/api/v1/audit?case_id={case_id}").json()["entries"]} == {case_id}
    assert client.get("/api/v1/audit").json()["entries"][-1] == every["entries"][-1]
    own = [entry for entry in every["entries"] if entry["case_id"] == case_id]
    newest = client.get(f"/api/v1/audit?case_id={case_id}&limit=2").json()
    assert len(own) > 2
    assert newest["entries"] == own[-2:], "the newest, as without a case"
    assert client.get(f"/api/v1/audit?case_id={case_id}&after={newest['last']}").json()["entries"] == []
    assert client.get("/api/v1/audit/verification").json()["ok"] is True


def test_settings_are_shown_to_an_admin_without_a_secret(web: Web) -> None:
    told = with_settings(web, webhook_secrets="helpdesk:0123456789abcdef", model_api_key="sk-very-secret")
    assert told.client(person(Role.LEAD)).get("/api/v1/settings").status_code == 403
    answer = told.client(person(Role.ADMIN)).get("/api/v1/settings")
    shown = {each["name"]: each for each in answer.json()["settings"]}
    assert shown["COUNTERSIGN_MODEL_API_KEY"]["configured"]
    assert shown["COUNTERSIGN_REASONER"]["value"] == "playbook"
    assert "0123456789abcdef" not in answer.text
    assert "sk-very-secret" not in answer.text


@pytest.mark.system("L13")
def test_a_lead_stops_effects_and_lets_them_happen_again(web: Web) -> None:
    case_id = asked(web)
    record = web.shop.database.cases.get(case_id)
    assert record is not None
    assert web.client(person(Role.AGENT)).post("/api/v1/settings/stop", json={"reason": "odd"}).status_code == 403
    client = web.client(person(Role.LEAD))
    (stopped,) = client.post("/api/v1/settings/stop", json={"reason": "odd refunds"}).json()["stopped"]
    assert (stopped["scope"], stopped["by"], stopped["reason"]) == ("*", "dana", "odd refunds")
    web.shop.sign(record)
    assert web.shop.sent(record) == []
    assert client.post("/api/v1/settings/go", json={}).json() == {"stopped": []}
    web.shop.runner.recover()
    assert len(web.shop.sent(record)) == 1
    assert client.post("/api/v1/settings/stop", json={"intent": "dancing", "reason": "odd"}).status_code == 422
    assert client.post("/api/v1/settings/stop", json={"reason": ""}).status_code == 422


@pytest.mark.system("N10")
def test_a_reply_is_traced_to_all_that_it_rests_on(web: Web) -> None:
    case_id = asked(web)
    record = web.shop.database.cases.get(case_id)
    assert record is not None
    used = {"model_calls": 1, "input_tokens": 1_000, "output_tokens": 200}
    web.shop.database.cases.save(record.model_copy(update=used))
    web.shop.sign(record)
    told = with_settings(web, model_prices="0.15/0.60 USD").client(person(Role.VIEWER))
    found = told.get(f"/api/v1/cases/{case_id}/trace").json()
    assert found["run"] == record.message_id
    assert (found["playbook"], bool(found["branch"])) == ("order_status", True)
    assert "playbooks" in found["versions"]
    assert {each["kind"] for each in found["lookups"]} >= {"order"}
    assert record.proposal is not None
    assert {each["passage_id"] for each in found["cited"]} == set(record.proposal.citations)
    plain = record.proposal.model_copy(update={"citations": ()})
    web.shop.database.cases.save(record.model_copy(update={"proposal": plain}))
    assert told.get(f"/api/v1/cases/{case_id}/trace").json()["cited"] == [], "what was found and not cited"
    assert found["cost"] == "0.000270 USD"
    assert found["milliseconds"]["to_draft"] > 0
    assert [each["decided_by"] for each in found["requests"]] == ["dana"]
    assert [each["status"] for each in found["effects"] if each["kind"] == "send_reply"] == ["succeeded"]


class RunsThatFailed:
    """What carries runs out, with one that went wrong."""

    def page(
        self, statuses: Sequence[RunStatus] = (), case_id: str = "", limit: int = 50, after: Place | None = None
    ) -> RunPage:
        return RunPage([], None)

    def retry(self, run_id: str) -> bool:
        return run_id == "work:c-1:m-1"


def test_who_has_a_run_tried_again_stands_in_the_log(web: Web) -> None:
    work = SimpleNamespace(runs=RunsThatFailed())
    held = Web(web.shop, replace(web.service, work=work))  # pyright: ignore[reportArgumentType] - only its runs are asked for
    client = held.client(person(Role.LEAD))
    assert client.post("/api/v1/runs/work:c-2:m-1/retry").status_code == 404
    assert client.post("/api/v1/runs/work:c-1:m-1/retry").status_code == 202
    assert logged(client) == [("dana", "run.retried", '{"run":"work:c-1"}')]


def test_who_has_it_tried_again_on_the_page_stands_there_too(web: Web) -> None:
    work = SimpleNamespace(runs=RunsThatFailed())
    held = Web(web.shop, replace(web.service, work=work))  # pyright: ignore[reportArgumentType] - only its runs are asked for
    client = held.client(person(Role.LEAD))
    assert client.post("/runs/retry", data={"run": "work:c-2:m-1"}).status_code == 404
    assert logged(client) == []
    assert client.post("/runs/retry", data={"run": "work:c-1:m-1"}, follow_redirects=False).status_code == 303
    assert logged(client) == [("dana", "run.retried", '{"run":"work:c-1"}')]


def logged(client: TestClient) -> list[tuple[str, str, str]]:
    log = client.get("/api/v1/audit").json()["entries"]
    return [(each["actor"], each["event"], each["payload"]) for each in log]


def test_runs_are_empty_where_work_is_done_at_once(web: Web) -> None:
    client = web.client(person(Role.LEAD))
    assert client.get("/api/v1/runs").json() == {"runs": [], "next": ""}
    assert client.post("/api/v1/runs/work-1/retry").status_code == 404
    assert client.get("/api/v1/queue").json()["waiting"] == 0
