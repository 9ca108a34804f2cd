"""Embed tokens: one ticket, ten minutes, and nothing else opens with them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from itsdangerous import URLSafeTimedSerializer

from agent.audit import AuditNote
from agent.limits import Role
from agent.testing import NOON
from server.auth.embed import EMBED_PREFIX, Embedded
from server.auth.principal import Scope
from tests.databases import sqlite_alone
from tests.server.auth.conftest import House, Untouched
from tests.server.auth.walking import reading_routes, unsafe_routes

__all__ = ["sqlite_alone"]

TICKET = ("zendesk", "5512")


def test_a_token_is_the_agent_beside_one_ticket(house: House) -> None:
    answer = house.bearer(house.embed.sign(*TICKET, "noor"))
    assert answer.json() == {
        "id": "noor", "name": "Noor", "role": "agent", "how": "embed", "scopes": ["decide", "read"], "ticket": "5512",
    }  # fmt: skip


def test_what_it_says_comes_back(house: House) -> None:
    said = house.embed.read(house.embed.sign(*TICKET, "noor"))
    assert said == Embedded(
        helpdesk="zendesk", ticket="5512", agent="noor", until=int((house.wall.now()).timestamp()) + 600
    )


@pytest.mark.parametrize(
    ("lasts", "later", "counts"), [(10, 9.9, True), (10, 10.1, False), (2, 2.1, False), (600, 10.1, False)]
)
def test_it_ends_after_ten_minutes_at_most(house: House, lasts: int, later: float, counts: bool) -> None:
    token = house.embed.sign(*TICKET, "noor", timedelta(minutes=lasts))
    house.later(minutes=later)
    assert (house.bearer(token).status_code == 200) is counts


def test_a_forged_one_is_nobody(house: House) -> None:
    token = house.embed.sign(*TICKET, "noor")
    foreign = URLSafeTimedSerializer("guessed", salt="countersign.embed")
    made = foreign.dumps({"helpdesk": "zendesk", "ticket": "5512", "agent": "priya", "until": 4_000_000_000})
    payload, rest = token.removeprefix(EMBED_PREFIX).split(".", 1)
    flipped = payload[:-1] + ("A" if payload[-1] != "A" else "B")
    for forged in (EMBED_PREFIX + str(made), f"{EMBED_PREFIX}{flipped}.{rest}", token[:-1], EMBED_PREFIX, "cse_..."):
        assert house.bearer(forged).status_code == 401, forged


def test_a_token_of_another_use_of_the_same_secret_is_nobody(house: House) -> None:
    house.embed.sign(*TICKET, "noor")
    secret = house.service.database.secrets.of("embed", house.wall.now())[-1]
    other = URLSafeTimedSerializer(secret, salt="something else").dumps(
        {"helpdesk": "zendesk", "ticket": "5512", "agent": "priya", "until": 4_000_000_000}
    )
    assert house.bearer(EMBED_PREFIX + str(other)).status_code == 401


def test_a_new_secret_ends_every_token(house: House) -> None:
    before = house.embed.sign(*TICKET, "noor")
    house.embed.rotate(AuditNote(at=NOON, actor="priya", event="embed.rotated"))
    assert house.bearer(before).status_code == 401
    assert house.bearer(house.embed.sign(*TICKET, "noor")).status_code == 200
    assert len(house.events("embed.rotated")) == 1


def test_the_account_behind_it_counts_at_each_use(house: House) -> None:
    token = house.embed.sign(*TICKET, "noor")
    house.team.set_role("noor", Role.VIEWER, "priya")
    assert house.bearer(token).json()["scopes"] == ["read"]
    house.team.set_disabled("noor", "priya", disabled=True)
    assert house.bearer(token).status_code == 401


def test_even_an_admin_s_token_administers_nothing(house: House) -> None:
    token = house.embed.sign(*TICKET, "priya")
    assert set(house.bearer(token).json()["scopes"]) == {Scope.READ, Scope.DECIDE}


def test_in_an_address_it_reads_and_never_writes(house: House) -> None:
    token = house.embed.sign(*TICKET, "noor")
    assert house.client().get(f"/api/v1/me?embed={token}").json()["how"] == "embed"
    assert house.client().post(f"/api/v1/cases/c-1/take-over?embed={token}", json={}).status_code == 401


KNOWN = {
    "/sidecar": "the page of the ticket in the token",
    "/sidecar/panel": "the same, without its frame",
    "/api/v1/approvals": "lists the requests of its ticket",
    "/api/v1/knowledge/documents": "the shop's policies; no customer is in them",
    "/api/v1/knowledge/search": "the same",
    "/api/v1/me": "says who asks",
    "/api/v1/cases": "lists the one case of its ticket",
}


def test_beside_one_ticket_nothing_else_can_be_read(house: House) -> None:
    """Walks every route that reads and is not open to everybody: an embed token is refused, or nothing is known."""
    nobody = house.client()
    bearer = {"Authorization": f"Bearer {house.embed.sign(*TICKET, 'priya')}", "Accept": "application/json"}
    closed = [
        (path, concrete)
        for path, concrete in reading_routes(house.app)
        if path not in KNOWN and nobody.get(concrete, headers={"Accept": "application/json"}).status_code == 401
    ]
    assert len(closed) >= 10
    opened = {path: nobody.get(concrete, headers=bearer).status_code for path, concrete in closed}
    assert {path: status for path, status in opened.items() if status not in (401, 403, 404)} == {}


CHECKED = {
    "/api/v1/approvals/{request_id}/decision": "of a request of its ticket",
    "/api/v1/cases/{case_id}/feedback": "of its ticket",
    "/api/v1/cases/{case_id}/finish": "of its ticket",
    "/api/v1/cases/{case_id}/flag": "of its ticket",
    "/api/v1/cases/{case_id}/release": "of its ticket",
    "/api/v1/cases/{case_id}/take-over": "of its ticket",
    "/sidecar/decision": "the case of its ticket, named by the token",
    "/sidecar/feedback": "the same",
    "/sidecar/flag": "the same",
    "/sidecar/hold": "the same",
}
"""What an embed token may write: each looks at the ticket of the token."""
HARMLESS = {"/login", "/setup", "/logout", "/theme", "/webhooks/{source}"}
FORM = {
    "key": "click-7f3a91c2", "kind": "approve", "reply": "Done.", "request": "ap-1", "reason": "so", "theme": "dark",
    "scope": "everything", "text": "Done.",
}  # fmt: skip


def test_beside_one_ticket_nothing_else_can_be_changed(house: House) -> None:
    """The forms of the console too: a page's form names its case, and the token is good for one ticket alone."""
    bearer = {"Authorization": f"Bearer {house.embed.sign(*TICKET, 'priya')}", "Accept": "application/json"}
    walked = {
        f"{method} {path}": house.client().request(method, concrete, headers=bearer, data=FORM).status_code
        for path, concrete, method in unsafe_routes(house.app)
        if path not in CHECKED and path not in HARMLESS
    }
    assert len(walked) >= 15
    assert {name: status for name, status in walked.items() if status not in (401, 403)} == {}
    work = house.service.work
    assert isinstance(work, Untouched)
    assert work.asked == []
