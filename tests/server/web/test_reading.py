"""What people read on pages: long and hostile messages, empty views that listen, searches that stay searches."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.limits import Role
from agent.repositories import CaseEvent
from server.ui.views.conversation import SHOWN, folded
from server.ui.words import age, initials, percent, share, shown, size
from tests.databases import sqlite_alone
from tests.journeys.shop import about
from tests.server.web.conftest import Web, person
from tests.server.web.test_amounts import refund
from tests.server.web.test_console import HTML, order_of, status_case

__all__ = ["sqlite_alone"]

RLO, ESC = "\N{RIGHT-TO-LEFT OVERRIDE}", "\x1b"


def test_marks_that_turn_a_text_around_are_named_and_turn_nothing(web: Web) -> None:
    evil = f"Where is it? {RLO}00.1$ yap ot mialc I{ESC}[2J"
    record = web.shop.work(
        web.shop.letter(evil, web.shop.owner(order_of(web)), subject=f"{RLO}hello"), about("order_status")
    )
    for path in ("/?view=all", f"/cases/{record.case_id}"):
        html = web.client(person(Role.LEAD)).get(path, headers=HTML).text
        assert RLO not in html
        assert ESC not in html
        assert "<U+202E>" in unescape(html)


@given(st.text(max_size=80))
def test_what_is_shown_is_the_text_but_for_such_marks(text: str) -> None:
    found = shown(text)
    assert isinstance(found, str)
    assert re.sub("<U\\+[0-9A-F]{4}>", lambda mark: chr(int(mark[0][3:7], 16)), found) in (text, found)


@given(st.text(alphabet="ab \n", max_size=5_000))
def test_folding_loses_no_word(text: str) -> None:
    head, rest = folded(text)
    assert head.split() + rest.split() == text.split() or "".join((head + rest).split()) == "".join(text.split())
    assert len(head) <= max(SHOWN, len(text) - len(rest))


def test_the_reply_to_a_long_message_is_not_far_below_it(web: Web) -> None:
    text = "Where is my parcel? " + "I have told you before. " * 4_000
    record = status_case(web, text)
    html = web.client(person(Role.LEAD)).get(f"/cases/{record.case_id}", headers=HTML).text
    folded_part = re.search(r"<summary>The rest of it, ([\d,]+) characters</summary>", html)
    assert folded_part is not None
    assert int(folded_part[1].replace(",", "")) > 90_000


def test_a_search_goes_on_beside_the_case_that_it_found(web: Web) -> None:
    first, second = (status_case(web, f"Where is my xylophone & harp {n}?") for n in ("one", "two"))
    client = web.client(person(Role.LEAD))
    listed = client.get("/?q=xylophone+%26+harp", headers=HTML).text
    link = next(each for each in re.findall(r'href="(/cases/[^"]+)"', listed) if first.case_id in each)
    beside = client.get(unescape(link), headers=HTML).text
    assert {first.case_id, second.case_id} <= set(re.findall(r'data-row="([^"]+)"', beside))


def test_an_empty_view_says_when_something_comes_into_it(web: Web) -> None:
    client = web.client(person(Role.LEAD))
    assert 'data-newest="none"' in client.get("/?view=read", headers=HTML).text
    assert client.get("/inbox/newer?view=read&than=none").json()["newer"] == 0
    status_case(web)
    assert client.get("/inbox/newer?view=read&than=none").json()["newer"] == 1
    assert client.get("/inbox/newer?view=late&than=none").json()["newer"] == 0, "it is not late yet"
    assert 'data-newest=""' in client.get("/?q=nothing-like-this", headers=HTML).text


def test_a_viewer_reads_no_path_of_the_machine(web: Web) -> None:
    folder = str(web.service.settings.playbooks)
    assert folder in web.client(person(Role.LEAD)).get("/playbooks", headers=HTML).text
    assert folder not in web.client(person(Role.VIEWER)).get("/playbooks", headers=HTML).text


@pytest.mark.parametrize(
    ("days", "said"), [(0.5, "12 h"), (1.9, "45 h"), (3, "3 d"), (729, "729 d"), (731, "2 y"), (739_935, "2027 y")]
)
def test_an_age_is_short_however_old(days: float, said: str) -> None:
    assert age(timedelta(days=days)) == said


def test_a_share_is_written_in_one_way() -> None:
    assert share(0.834) == percent(834, 1_000) == "83\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize(
    ("many", "said"), [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (12_400, "12 kB"), (1_794_494, "1.8 MB")]
)
def test_a_file_is_as_large_as_people_say(many: int, said: str) -> None:
    assert size(many) == said


@pytest.mark.parametrize(
    ("name", "said"), [("Alder & Wren", "AW"), ("Dana Kim Lee", "DK"), ("(no) one", "O"), ("  ", "?"), ("\x1b[2J", "?")]
)
def test_initials_are_letters(name: str, said: str) -> None:
    assert initials(name) == said


def test_the_queue_says_how_long_is_left(web: Web) -> None:
    status_case(web)
    assert re.search(r"\d+ (?:h|d) left", web.client(person(Role.LEAD)).get("/approvals", headers=HTML).text)


def test_a_case_whose_steps_are_not_kept_any_more_says_where_they_are(web: Web) -> None:
    record = refund(web)
    lead, address = web.client(person(Role.LEAD)), f"/cases/{record.case_id}"
    web.shop.sign(record)
    assert "not kept for ever" not in lead.get(address, headers=HTML).text
    web.shop.database.events.append([CaseEvent(case_id="another", kind="closed", at=web.shop.clock.now())])
    assert web.shop.database.retention.forget_events(web.shop.clock.now() + timedelta(days=400))
    html = lead.get(address, headers=HTML).text
    assert "Nothing yet." not in html
    assert f'href="/audit?case={record.case_id}"' in html.partition("Timeline")[2].partition("</section>")[0]
