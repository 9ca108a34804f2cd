"""Health, readiness, metrics, limits, request ids and faults: what operators of the service live by."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Generator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from agent.limits import Role
from agent.repositories import CaseRecord
from server.app import create_app
from server.auth.principal import How
from server.costs import prices_of
from server.jobs.kinds import WORK
from server.jobs.queue import Job
from server.observability.context import about_case, accepted
from server.observability.logs import HIDDEN, JsonLines, log_as_json, secrets_of
from server.observability.runs import watched
from server.rates import Pace
from server.routes.running import ROOM
from server.service import Service
from server.settings import Settings, SettingsError
from server.work import QueueState
from tests.databases import sqlite_alone
from tests.server.web.conftest import Web, person
from tests.server.web.test_cases import asked
from tools.errors import StoreError, Unavailable, Unstorable

__all__ = ["sqlite_alone"]


class Waiting:
    """Work of which some has waited long."""

    def __init__(self, oldest: float) -> None:
        self.oldest = oldest

    def queue(self) -> QueueState:
        return QueueState(waiting=3, running=1, oldest_seconds=self.oldest)


def with_queue(web: Web, oldest: float) -> Web:
    return Web(web.shop, replace(web.service, work=Waiting(oldest)))  # pyright: ignore[reportArgumentType] - only asked how much waits


def with_settings(web: Web, **changes: str) -> Web:
    return Web(web.shop, replace(web.service, settings=replace(web.service.settings, **changes)))  # pyright: ignore[reportArgumentType] - texts


def faulty(service: Service) -> FastAPI:
    app = create_app(service)

    @app.get("/fault")
    def fault() -> None:
        raise RuntimeError("mia@example.com has cs_live_0123456789abcdef")

    @app.get("/away")
    def away() -> None:
        raise Unavailable("postgresql+psycopg://shop:hunter22@db/countersign does not answer")

    @app.get("/nul")
    def nul() -> None:
        raise Unstorable("cannot keep this: NUL for hunter22")

    return app


def test_health_and_readiness_need_nobody(web: Web) -> None:
    client = web.client(None)
    assert client.get("/health").json() == {"status": "alive"}
    ready = client.get("/ready")
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    assert [check["name"] for check in ready.json()["checks"]] == ["database", "knowledge", "queue", "disk"]


@pytest.mark.system("U12")
def test_work_that_waits_too_long_is_not_ready_and_its_age_is_visible(web: Web) -> None:
    old = with_queue(web, 301.0)
    assert old.client(None).get("/ready").status_code == 503
    assert with_queue(web, 299.0).client(None).get("/ready").status_code == 200
    assert old.client(person(Role.VIEWER)).get("/api/v1/queue").json()["oldest_seconds"] == 301.0
    assert "countersign_work_oldest_seconds 301.0" in old.client(person(Role.VIEWER)).get("/metrics").text


@pytest.mark.parametrize(("free", "code"), [(ROOM - 1, 503), (ROOM, 200)])
def test_a_disk_that_is_nearly_full_is_not_ready(
    web: Web, monkeypatch: pytest.MonkeyPatch, free: int, code: int
) -> None:
    """While reads still work, nothing else says so: the first ticket that is refused would."""

    def left(_path: Path) -> SimpleNamespace:
        return SimpleNamespace(free=free)

    monkeypatch.setattr("server.routes.running.shutil.disk_usage", left)
    said = web.client(None).get("/ready")
    assert said.status_code == code
    assert said.json()["checks"][-1] == {
        "name": "disk",
        "ok": code == 200,
        "said": "50 MB are left for the data folder",
    }


def test_metrics_are_for_those_who_read_or_for_all_when_it_is_set(web: Web) -> None:
    assert web.client(None).get("/metrics").status_code == 401
    bound = replace(person(Role.AGENT), how=How.EMBED, ticket="t-1")
    assert web.client(bound).get("/metrics").status_code == 403
    assert with_settings(web, metrics="open").client(None).get("/metrics").status_code == 200


def test_metrics_count_by_route_template_and_by_what_stands_in_the_database(web: Web) -> None:
    case_id = asked(web)
    record = web.shop.database.cases.get(case_id)
    assert record is not None
    used = {"model_calls": 2, "input_tokens": 3_000, "output_tokens": 500}
    web.shop.database.cases.save(record.model_copy(update=used))
    web.shop.sign(record)
    client = with_settings(web, model_prices="0.15/0.60 USD").client(person(Role.VIEWER))
    client.get(f"/api/v1/cases/{case_id}")
    client.get("/nowhere/secret-name")
    client.request("BREW", "/health")
    text = client.get("/metrics").text
    assert 'countersign_http_requests_total{method="GET",route="/api/v1/cases/{case_id}",status="200"} 1.0' in text
    assert 'countersign_http_requests_total{method="GET",route="unmatched",status="404"} 1.0' in text
    assert "secret-name" not in text
    assert 'method="OTHER"' in text
    assert "BREW" not in text
    assert 'countersign_cases{status="answered"} 1.0' in text
    assert 'countersign_model_tokens_total{direction="in"} 3000.0' in text
    assert 'countersign_model_cost_total{currency="USD"} 0.00075' in text
    assert 'countersign_effects{kind="send_reply",status="succeeded"} 1.0' in text
    assert "countersign_streams 0.0" in text


@pytest.mark.parametrize(
    ("name", "written"), [("calibration_percent", "5%"), ("calibration_percent", "101"), ("weekly_sample", "many")]
)
def test_a_number_that_is_none_stops_the_start_and_not_somebody_s_answer(web: Web, name: str, written: str) -> None:
    with pytest.raises(SettingsError, match=name.upper()):
        create_app(with_settings(web, **{name: written}).service)


@pytest.mark.parametrize("written", ["0.15", "0.15/0.6", "a/b USD", "0.15/0.60 usd"])
def test_prices_that_cannot_be_read_stop_the_start(web: Web, written: str) -> None:
    with pytest.raises(SettingsError, match="MODEL_PRICES"):
        create_app(with_settings(web, model_prices=written).service)


def test_a_cost_is_exact() -> None:
    prices = prices_of(Settings(model_prices="0.15/0.60 USD"))
    assert prices is not None
    assert prices.said(3_000, 500) == "0.000750 USD"
    assert prices_of(Settings()) is None


@pytest.mark.system("U12")
def test_whoever_asks_too_often_is_told_when_to_come_back(web: Web) -> None:
    client = with_settings(web, rate_limit="3/minute").client(None)
    answers = [client.get("/api/v1/cases") for _ in range(5)]
    assert [each.status_code for each in answers] == [401, 401, 401, 429, 429]
    assert answers[-1].json()["type"] == "/problems/too-many-requests"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 20
    assert client.get("/health").status_code == 200


def test_a_key_has_an_allowance_of_its_own_and_made_up_keys_have_none(web: Web) -> None:
    limited = with_settings(web, rate_limit="3/minute")
    client = limited.client(person(Role.VIEWER))
    key = {"Authorization": "Bearer cs_real_key"}
    statuses = [client.get("/api/v1/queue", headers=key).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 429], "the first counted for the address"
    other = limited.client(None)
    tried = [other.get("/api/v1/queue", headers={"Authorization": f"Bearer guess-{n}"}).status_code for n in range(5)]
    assert tried == [401, 401, 401, 429, 429]


def test_nothing_that_is_open_to_everybody_gives_an_allowance(web: Web) -> None:
    """The door answers 200 to any cookie; each cookie would have been good for as many requests again."""
    client = with_settings(web, rate_limit="3/minute").client(None)
    made_up = {"Cookie": "countersign=made-up"}
    tried = [client.get("/api/v1/openapi.json", headers=made_up).status_code for _ in range(5)]
    assert tried == [200, 200, 200, 429, 429]


def test_a_key_is_one_caller_however_it_is_written(web: Web) -> None:
    client = with_settings(web, rate_limit="3/minute").client(person(Role.VIEWER))
    written = ["Bearer cs_key", "bearer cs_key", "Bearer  cs_key", "BEARER cs_key", "Bearer cs_key "]
    junk = [{"Authorization": each, "Cookie": f"n={n}"} for n, each in enumerate(written)]
    assert [client.get("/api/v1/queue", headers=each).status_code for each in junk] == [200, 200, 200, 200, 429]


def test_an_allowance_grows_back_and_its_memory_is_bounded() -> None:
    now = 0.0
    pace = Pace(2, 10.0, clock=lambda: now)
    assert [pace.wait("a") for _ in range(3)] == [0.0, 0.0, 5.0]
    assert pace.wait("b") == 0.0
    now = 5.0
    assert [pace.wait("a"), pace.wait("a")] == [0.0, 5.0]
    for number in range(10_050):
        pace.wait(str(number))
    assert len(pace._full_at) == 10_000  # pyright: ignore[reportPrivateUsage] - that it is bounded is what this is about


def test_a_refused_browser_costs_no_look_into_the_database(web: Web) -> None:
    client = with_settings(web, rate_limit="1/minute").client(person(Role.VIEWER))
    client.follow_redirects = False
    page = {"Accept": "text/html"}
    assert client.get("/login", headers=page).status_code != 429
    refused = client.get("/login", headers=page)
    assert (refused.status_code, refused.headers["content-type"]) == (429, "application/problem+json")


@pytest.mark.parametrize("written", ["many", "0/minute"])
def test_a_limit_that_is_none_stops_the_start(web: Web, written: str) -> None:
    with pytest.raises(SettingsError, match="RATE_LIMIT"):
        create_app(with_settings(web, rate_limit=written).service)


@pytest.mark.parametrize(
    ("offered", "kept"),
    [("order-4711-abc", True), ("short", False), ("two words here", False), ("x" * 65, False), ("<script>1234", False)],
)
def test_a_request_keeps_a_well_formed_id_and_gets_one_otherwise(web: Web, offered: str, kept: bool) -> None:
    answer = web.client(None).get("/health", headers={"X-Request-ID": offered})
    assert (answer.headers["x-request-id"] == offered) is kept
    assert accepted(answer.headers["x-request-id"]) == answer.headers["x-request-id"]


@pytest.fixture
def lines() -> Generator[io.StringIO]:
    """What is logged, as JSON lines."""
    out, root = io.StringIO(), logging.getLogger()
    before, level = list(root.handlers), root.level
    log_as_json(["hunter22"], out)
    yield out
    root.handlers[:] = before
    root.setLevel(level)


def logged(lines: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_a_fault_says_nothing_internal_and_is_logged_under_its_request(web: Web, lines: io.StringIO) -> None:
    client = TestClient(faulty(web.service), raise_server_exceptions=False)
    answer = client.get("/fault", headers={"X-Request-ID": "request-0001"})
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/fault")
    assert "mia" not in answer.text
    assert answer.headers["x-request-id"] == "request-0001"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert (answer.headers["x-content-type-options"], answer.headers["cache-control"]) == ("nosniff", "no-store")
    (line,) = [line for line in logged(lines) if line["logger"] == "server.errors"]
    assert line["request_id"] == "request-0001"
    assert "RuntimeError" in str(line["error"])
    assert "mia@example.com" not in lines.getvalue()
    assert "0123456789abcdef" not in lines.getvalue()


@pytest.mark.parametrize(("path", "status", "says"), [("/fault", 500, "request-0001"), ("/away", 503, "in a moment")])
def test_a_fault_in_a_browser_is_a_page_that_needs_no_database(web: Web, path: str, status: int, says: str) -> None:
    app = faulty(web.service)
    app.state.service = None  # whatever asks the service now fails
    browser = TestClient(app, raise_server_exceptions=False)
    answer = browser.get(path, headers={"X-Request-ID": "request-0001", "Accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert "<h1>Something" in answer.text
    assert says in answer.text
    assert "hunter22" not in answer.text
    assert "mia" not in answer.text
    assert answer.headers["x-request-id"] == "request-0001"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert (answer.headers["x-content-type-options"], answer.headers["cache-control"]) == ("nosniff", "no-store")
    assert answer.headers.get("retry-after") == ("2" if status == 503 else None)


def test_a_system_that_is_away_is_told_as_such_without_its_address(web: Web, lines: io.StringIO) -> None:
    answer = TestClient(faulty(web.service)).get("/away")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "hunter22" not in answer.text
    assert "hunter22" not in lines.getvalue()
    assert HIDDEN in lines.getvalue()


def test_the_secrets_of_the_settings_are_in_no_line(lines: io.StringIO) -> None:
    settings = Settings(
        webhook_secrets="helpdesk:0123456789abcdef", model_api_key="sk-1234567", oidc_client_secret="oidc-98"
    )
    log_as_json(secrets_of(settings), lines)
    logging.getLogger("server").warning("0123456789abcdef sk-1234567 oidc-98")
    assert logged(lines)[-1]["message"] == " ".join([HIDDEN] * 3)


def test_every_request_is_one_line_without_its_query(web: Web, lines: io.StringIO) -> None:
    web.client(person(Role.VIEWER)).get("/api/v1/cases?q=mia@example.com")
    (line,) = [line for line in logged(lines) if line["logger"] == "server.requests"]
    assert (line["route"], line["status"], line["method"]) == ("/api/v1/cases", 200, "GET")
    assert "mia" not in lines.getvalue()


def test_a_line_of_a_request_names_its_case_and_nothing_that_strangers_write(web: Web, lines: io.StringIO) -> None:
    case_id, client = asked(web), web.client(person(Role.VIEWER))
    client.get(f"/api/v1/cases/{case_id}")
    client.get("/api/v1/cases/mia@example.com")
    found = [line for line in logged(lines) if line["logger"] == "server.requests"]
    assert [line.get("case_id") for line in found] == [case_id, None]
    assert "mia" not in lines.getvalue()


@pytest.mark.parametrize("level", ["info", "error"])
def test_every_run_is_one_line_with_its_case_its_time_and_what_it_spent(
    web: Web, lines: io.StringIO, level: str
) -> None:
    case_id, cases = asked(web), web.shop.database.cases

    def carry_out(job: Job) -> None:
        record = cases.get(case_id)
        assert record is not None
        cases.save(record.model_copy(update={"model_calls": 2, "input_tokens": 3_000, "output_tokens": 500}))
        if level == "error":
            raise StoreError("the database is damaged")

    watching = watched(carry_out, cases.get, None, prices_of(Settings(model_prices="0.15/0.60 USD")))
    with pytest.raises(StoreError) if level == "error" else nullcontext():
        watching(Job(kind=WORK, case_id=case_id, id="work-1"))
    (line,) = [line for line in logged(lines) if line["logger"] == "server.runs"]
    assert (line["case_id"], line["run"], line["level"], line["attempt"]) == (case_id, "work", level, 1)
    assert float(str(line["milliseconds"])) > 0
    spent = [line.get(name) for name in ("status", "model_calls", "input_tokens", "output_tokens", "cost")]
    assert spent == (
        ["awaiting_review", 2, 3_000, 500, "0.000750 USD"] if level == "info" else ["failed", None, None, None, None]
    )


def test_a_run_that_cannot_be_described_is_done_all_the_same(lines: io.StringIO) -> None:
    def away(case_id: str) -> CaseRecord | None:
        raise Unavailable("the database does not answer")

    assert watched(lambda job: job.id, away, None)(Job(kind=WORK, case_id="c-1", id="work-1")) == "work-1"


def test_what_opens_a_page_is_in_no_line(lines: io.StringIO) -> None:
    embed, link = "cse_eyJoZWxwZGVzayI6ImxvY2FsIn0.awFWgw.rWsT_leFuP", "/setup?token=UVTa_3y19glQSkkctjExd"
    logging.getLogger("server").warning("%s and %s", embed, link)
    assert logged(lines)[-1]["message"] == f"{HIDDEN} and /setup?token={HIDDEN}"


def test_libraries_do_not_say_every_step(lines: io.StringIO) -> None:
    logging.getLogger("httpx").info("HTTP Request: GET http://127.0.0.1/?code=abc")
    logging.getLogger("httpx").warning("something is wrong")
    assert [line["message"] for line in logged(lines)] == ["something is wrong"]


def test_a_line_names_the_case_it_is_about_and_no_person() -> None:
    record = logging.LogRecord("x", logging.INFO, "f", 1, "call %s with Bearer abcdefgh12345", ("+49 30 901820",), None)
    with about_case("zendesk-5512"):
        line = json.loads(JsonLines().format(record))
    assert line["case_id"] == "zendesk-5512"
    assert line["message"] == f"call [phone] with {HIDDEN}"


def test_what_a_database_cannot_keep_is_the_senders_to_mend(web: Web) -> None:
    answer = TestClient(faulty(web.service)).get("/nul")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
    assert "hunter22" not in answer.text


@pytest.mark.parametrize("body", [b"\xff", b"{", b"[" * 100_000])
def test_bytes_that_are_no_json_are_refused_as_documented(web: Web, body: bytes) -> None:
    sent = {"Content-Type": "application/json"}
    answer = web.client(person(Role.ADMIN)).post("/api/v1/tickets", content=body, headers=sent)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")


@pytest.mark.parametrize(("path", "status"), [("/api/v1/nothing", 404), ("/health", 405)])
def test_what_is_no_route_is_a_document(web: Web, path: str, status: int) -> None:
    answer = web.client(person(Role.ADMIN)).post(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["instance"] == path
    if status == 405:
        assert answer.headers["allow"] == "GET"
