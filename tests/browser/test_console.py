"""The console in a real browser: keys, sources, signing once, two people at once, both themes, a phone, no scripts."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from agent.case import CaseStatus
from agent.events import events_of
from agent.limits import Role
from agent.repositories import CaseEvent, CaseRecord
from tests.browser.conftest import Site, clean, signed_in

PAGES = ("/?view=all", "/approvals", "/knowledge?ask=return", "/knowledge/returns/3", "/playbooks", "/playbooks/thanks",
         "/runs", "/incidents", "/audit/verified", "/settings", "/people", "/figures", "/evals", "/reviews",
         "/calibration", "/api/reference", "/no-such-page")  # fmt: skip
Scheme = Literal["light", "dark"]


def to_sign(site: Site) -> CaseRecord:
    for ticket in site.web.shop.parts.store.tickets()[:20]:
        record = site.web.shop.runner.start(ticket.id)
        if record.status is CaseStatus.AWAITING_APPROVAL:
            return record
    raise AssertionError("no ticket of the demo brand needs a signature")


def test_the_inbox_is_worked_through_with_keys_and_new_cases_announce_themselves(browser: Browser, site: Site) -> None:
    first, second = site.case(), site.case()
    page = signed_in(browser, site)
    expect(page.get_by_role("heading", name="made-up shop")).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("body").click(position={"x": 5, "y": 400})
    page.keyboard.press("j")
    expect(page.locator(f"[data-row='{second.case_id}']")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    third = site.case()
    expect(page.get_by_role("button", name="1 new")).to_be_visible()
    expect(page.locator(f"[data-row='{first.case_id}']")).to_be_focused()
    page.keyboard.press(".")
    expect(page.locator(f"[data-row='{third.case_id}']")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{third.case_id}*")
    page.goto(f"{site.address}/cases/{third.case_id}?view=read&language=en")
    page.keyboard.press("u")
    page.wait_for_url("**/?view=read&language=en")


def test_a_source_is_one_step_away_and_opens_with_a_second(browser: Browser, site: Site) -> None:
    record = site.case()
    page = signed_in(browser, site)
    page.goto(f"{site.address}/cases/{record.case_id}")
    number = site.web.shop.planted("on_its_way").number
    span = page.locator(".draft .span", has_text=number).first
    span.hover()
    card = page.locator(".source:popover-open")
    expect(card).to_contain_text("Order")
    expect(card).to_contain_text(re.compile(r"read \d+ \w+ \d{4}, \d\d:\d\d EST"))
    card.get_by_role("link", name="Open").first.click()
    expect(page.locator(".fact:focus")).to_be_visible()


def test_a_double_click_signs_once_and_the_page_says_so(browser: Browser, site: Site) -> None:
    record = to_sign(site)
    page = signed_in(browser, site)
    page.goto(f"{site.address}/cases/{record.case_id}")
    page.locator(".actions .primary").first.dblclick()
    expect(page.locator(".notice.told")).to_contain_text("It happened once")
    expect(page.locator(".case-head .status")).not_to_have_text("to sign")
    done = [kind for kind in site.web.shop.done(site.now(record)) if kind != "tag_ticket"]  # two tags are two
    assert sorted(done) == sorted(set(done))
    assert len(site.web.shop.sent(record)) == 1


def test_two_people_at_once_and_the_slower_one_sees_it_happen(browser: Browser, site: Site) -> None:
    record = site.case()
    noor, dana = signed_in(browser, site, Role.AGENT), signed_in(browser, site, Role.LEAD)
    for page in (noor, dana):
        page.goto(f"{site.address}/cases/{record.case_id}")
    # Dana is writing, so nothing may change under her hands.
    dana.keyboard.press("e")
    expect(dana.get_by_role("textbox", name="The reply")).to_be_focused()
    noor.keyboard.press("s")
    noor.keyboard.press("s")
    expect(noor.locator(".notice.told")).to_contain_text("sent")
    dana.get_by_role("button", name="Save").click()
    expect(dana.get_by_role("alert")).to_contain_text(
        re.compile(r"Noor said yes to this already, on .* \d\d:\d\d E[SD]T")
    )
    assert len(site.web.shop.sent(record)) == 1


def test_what_somebody_is_about_to_sign_is_not_swapped_under_the_pointer(browser: Browser, site: Site) -> None:
    record = site.case()
    noor, dana = signed_in(browser, site, Role.AGENT), signed_in(browser, site, Role.LEAD)
    for page in (noor, dana):
        page.goto(f"{site.address}/cases/{record.case_id}")
    card = dana.locator(".actions input[name=digest]").first.input_value()
    noor.keyboard.press("e")
    reply = noor.get_by_role("textbox", name="The reply")
    reply.fill(f"{reply.input_value()}\n\nWe pay you back $500.00.")
    noor.get_by_role("button", name="Save and send").click()
    expect(noor.get_by_role("alert")).to_contain_text("not sent")
    expect(dana.get_by_role("button", name="This case has changed")).to_be_visible()
    assert dana.locator(".actions input[name=digest]").first.input_value() == card
    dana.locator(".actions .primary").first.click()
    expect(dana.get_by_role("alert")).to_be_visible()
    assert not site.web.shop.sent(record)


def test_a_case_shows_each_step_as_it_is_reached(browser: Browser, site: Site) -> None:
    shop, feed = site.web.shop, site.house.service.feed
    done = site.case()
    ticket = shop.letter("Where is it?", shop.owner(shop.planted("on_its_way")))
    shop.parts.store.receive(ticket)
    begun = done.model_copy(
        update={
            "case_id": ticket.id,
            "ticket_id": ticket.id,
            "status": CaseStatus.WORKING,
            "approval_id": "",
            **dict.fromkeys(("classification", "investigation", "proposal", "verdict")),
        }
    )
    shop.database.cases.save(begun)
    page = signed_in(browser, site)
    page.goto(f"{site.address}/cases/{begun.case_id}")
    steps = page.locator("#part-progress li")
    expect(steps.first).not_to_have_class("done")
    for number, kind in enumerate(("classified", "looked_up")):
        shop.database.events.append([CaseEvent(case_id=begun.case_id, at=begun.updated_at, kind=kind, body={})])
        feed.wake()
        expect(page.locator(f"#part-progress li[data-stage={kind}]")).to_have_class("done")
        expect(page.locator("#part-progress li.done")).to_have_count(number + 1)
    ended = begun.model_copy(
        update={"status": CaseStatus.ESCALATED, "updated_at": begun.updated_at + timedelta(seconds=1)}
    )
    shop.database.cases.save(ended, events_of(ended, told=True))
    feed.wake()
    expect(page.locator(".case-head .status")).to_have_text("with a person")
    expect(page.locator("#part-progress li")).to_have_count(0)


def test_a_page_that_is_only_read_follows_what_others_do(browser: Browser, site: Site) -> None:
    record = site.case()
    page = signed_in(browser, site, Role.VIEWER)
    page.goto(f"{site.address}/cases/{record.case_id}")
    expect(page.locator(".case-head .status")).to_have_text("to read")
    site.web.shop.sign(record, "noor")
    expect(page.locator(".case-head .status")).to_have_text("answered")
    expect(page.get_by_role("heading", name="What was sent")).to_be_visible()


def test_reject_with_a_reason_and_take_over(browser: Browser, site: Site) -> None:
    record, other = site.case(), site.case()
    page = signed_in(browser, site, Role.AGENT)
    page.goto(f"{site.address}/cases/{record.case_id}")
    page.keyboard.press("r")
    box = page.get_by_role("textbox", name="Why not")
    expect(box).to_be_focused()
    page.locator(".pane-body").get_by_role("button", name="Reject").click()
    assert site.now(record).status is CaseStatus.AWAITING_REVIEW, "the browser asks for the reason first"
    box.fill("the parcel came today")
    page.locator(".pane-body").get_by_role("button", name="Reject").click()
    expect(page.locator(".case-head .status")).to_have_text("rejected")
    expect(page.get_by_role("complementary")).to_contain_text("the parcel came today")
    page.goto(f"{site.address}/cases/{other.case_id}")
    page.keyboard.press("t")
    expect(page.locator(".held")).to_contain_text("Noor took it over")
    page.get_by_role("button", name="Release").click()
    expect(page.locator(".held")).to_have_count(0)


def test_without_scripts_one_reads_and_signs(browser: Browser, site: Site) -> None:
    record = site.case()
    page = signed_in(browser, site, Role.AGENT, scripts=False)
    page.goto(f"{site.address}/cases/{record.case_id}")
    page.locator(".draft .span").first.click()
    expect(page.locator(".source:popover-open")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator(".actions .primary").first.click()
    expect(page.locator(".notice.told")).to_contain_text("sent")
    assert len(site.web.shop.sent(record)) == 1


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_every_page_is_accessible_and_fits(browser: Browser, site: Site, scheme: Scheme, width: int) -> None:
    record, with_person = to_sign(site), site.case()
    site.web.shop.runner.take_over(with_person.case_id, "dana")
    page = signed_in(browser, site, Role.ADMIN, width)
    page.emulate_media(color_scheme=scheme)
    for path in (*PAGES, f"/cases/{record.case_id}", f"/cases/{with_person.case_id}", "/account"):
        page.goto(f"{site.address}{path}")
        clean(page, f"{path}: ")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, f"{path} scrolls sideways by {wide} px at {width} px"


def test_marks_stacked_on_a_letter_paint_over_nothing_of_ours(browser: Browser, site: Site) -> None:
    page = signed_in(browser, site, Role.LEAD)
    page.goto(f"{site.address}/cases/{site.case().case_id}")
    for part in (".message-text", ".message header b", ".case-head h1"):
        assert page.locator(part).first.evaluate("part => getComputedStyle(part).overflowY") == "clip", part


def test_start_again_is_one_line_on_a_phone(browser: Browser, site: Site) -> None:
    page = signed_in(browser, site, width=390)
    page.goto(f"{site.address}/settings")
    page.select_option("select[name=scope]", "intent:order_status")
    page.fill("input[name=reason]", "The carrier's feed is wrong, and it says that every parcel was delivered")
    page.click("button.danger")
    box = page.get_by_role("button", name="Start again").bounding_box()
    assert box is not None
    assert box["height"] < 60
    assert box["width"] > 80
