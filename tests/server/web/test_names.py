"""People are called by their names wherever a page says who did something."""

from __future__ import annotations

from contextvars import copy_context

import pytest

from agent.limits import Role
from agent.switches import EVERYTHING, Switch
from server.auth.accounts import Account
from server.db.accounts import StoredAccounts
from server.ui.people import call_by_name, named, named_in
from server.ui.views.audit import event_says, says
from tests.server.web.conftest import Web, person
from tests.server.web.test_amounts import refund
from tests.server.web.test_console import HTML, status_case


def page(web: Web, path: str, role: Role = Role.VIEWER) -> str:
    return web.client(person(role)).get(path, headers=HTML).text


def test_a_name_stands_for_an_id_and_the_id_beside_it_where_two_have_one_name() -> None:
    copy_context().run(_named)


def _named() -> None:
    call_by_name(lambda: {"dana": "Dana Whitfield", "kim": "Kim Lee", "kim2": "Kim Lee"})
    assert [named(each) for each in ("dana", "kim2")] == ["Dana Whitfield", "Kim Lee (kim2)"]
    assert [named(each) for each in ("system", "")] == ["system", ""]
    assert named_in("dana took it over: VIP") == "Dana Whitfield took it over: VIP"
    said = "flagged: Dana Whitfield flagged it; Kim Lee (kim2) finished it"
    assert named_in("flagged: dana flagged it; kim2 finished it") == said
    assert named_in("dana finished it") == "Dana Whitfield finished it"
    assert named_in("dana is a nice name") == "dana is a nice name"


def test_the_timeline_of_a_case_says_who_by_name(web: Web) -> None:
    record = refund(web)
    web.shop.sign(record)
    shown = page(web, f"/cases/{record.case_id}")
    assert "Dana Whitfield (lead) signed" in shown
    assert "signed by Dana Whitfield" in shown
    assert "dana (lead)" not in shown


def test_who_took_a_case_is_named(web: Web) -> None:
    record = status_case(web)
    web.service.work.take_over(record.case_id, "dana")
    shown = page(web, f"/cases/{record.case_id}", Role.AGENT)
    assert "Dana Whitfield took it over" in shown
    assert "dana took" not in shown
    standing = web.client(person(Role.AGENT)).get(f"/inbox/newer?view=read&row={record.case_id}").text
    assert "Dana Whitfield" in standing


def test_who_stopped_it_is_named_on_every_page_also_on_one_that_is_missing(web: Web) -> None:
    now = web.shop.clock.now()
    web.shop.database.switches.set(Switch(scope=EVERYTHING, stopped=True, by="dana", reason="a look", at=now))
    for path in ("/", "/settings", "/no-such-page"):
        assert "Dana Whitfield stopped it (a look)" in page(web, path)
    assert "by Dana Whitfield on" in page(web, "/settings")


def test_the_log_says_the_name_and_the_id(web: Web) -> None:
    web.shop.sign(refund(web))
    assert "<td>Dana Whitfield <code>dana</code></td>" in page(web, "/audit?who=dana")
    assert "<td>system</td>" in page(web, "/audit")


def test_the_log_speaks_of_accounts_and_stops_in_words() -> None:
    assert [event_says(each) for each in ("login.failed", "account.role", "case.released", "new.kind")] == [
        *("sign-in refused", "role changed", "given back", "new kind")
    ]
    assert says('{"account":"dana","role":"lead"}') == "lead · dana"
    assert says('{"scope":"*","reason":"odd"}') == "everything · odd"
    assert says('{"amount":"62.44 USD","kind":"refund_order"}') == "refund order · $62.44"


def test_names_are_read_once_for_a_page_and_not_at_all_where_nobody_is_named(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        web.shop.sign(refund(web))
    asked: list[int] = []
    kept = StoredAccounts.list

    def counted(self: StoredAccounts, limit: int | None = None, after: str = "") -> list[Account]:
        asked.append(1)
        return kept(self, limit, after)

    monkeypatch.setattr(StoredAccounts, "list", counted)
    page(web, "/runs")
    assert not asked
    page(web, "/audit?what=approval.")
    assert len(asked) == 2  # for the suggestions of the field, and for the rows
