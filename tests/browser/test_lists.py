"""Lists that are read while others work: what they dealt with says so in its place, and nothing moves until asked."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from agent.limits import Role
from tests.browser.conftest import Site, clean, signed_in

OVER = re.compile(r"\bover\b")


def places(page: Page) -> list[float]:
    """Where each row of the list stands."""
    tops: list[float] = page.locator("[data-row]").evaluate_all(
        "rows => rows.map((r) => r.getBoundingClientRect().top)"
    )
    return tops


@pytest.mark.parametrize("width", [390, 700])
def test_no_filter_is_out_of_sight_on_a_phone(browser: Browser, site: Site, width: int) -> None:
    site.case()
    page = signed_in(browser, site, Role.AGENT, width)
    filters = page.locator(".filters select")
    assert filters.count() >= 3
    for each in filters.all():
        box = each.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width
    form = page.locator(".filters")
    assert form.evaluate("form => form.scrollWidth <= form.clientWidth")


def test_what_a_colleague_answered_says_so_in_its_place_until_the_list_is_brought_up_to_date(
    browser: Browser, site: Site
) -> None:
    cases = [site.case() for _ in range(3)]
    page = signed_in(browser, site, Role.LEAD)
    page.goto(f"{site.address}/?view=needs")
    before, row = places(page), page.locator(f"[data-row='{cases[1].case_id}']")
    row.focus()
    site.web.shop.sign(cases[1], "priya")
    expect(row).to_have_class(OVER)
    expect(row.locator(".row-status")).to_have_text("answered, Priya")
    assert places(page) == before, "nothing moved"
    expect(row).to_be_focused()
    expect(page.locator(".rail [data-view=needs] .badge")).to_have_text("2")
    expect(page.locator("#news")).to_have_text("1 dealt with")
    clean(page)
    page.keyboard.press(".")
    expect(row).to_have_count(0)
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page.locator("#news")).to_be_hidden()


def test_sign_off_offers_what_is_new_and_marks_what_is_signed(browser: Browser, site: Site) -> None:
    first, second = site.case(), site.case()
    page = signed_in(browser, site, Role.LEAD)
    page.goto(f"{site.address}/approvals?request={first.approval_id}")
    before, row = places(page), page.locator(f"[data-row='{second.approval_id}']")
    site.web.shop.sign(second, "priya")
    third = site.case()
    expect(row).to_have_class(OVER)
    expect(row.locator(".row-status")).to_have_text("signed, Priya")
    expect(page.locator("#news")).to_have_text("1 new, 1 dealt with")
    assert places(page) == before, "nothing moved"
    page.locator("#news").click()
    expect(page.locator(f"[data-row='{third.approval_id}']")).to_be_visible()
    expect(row).to_have_count(0)
    expect(page.locator(f"[data-row='{first.approval_id}']")).to_have_attribute("aria-current", "true")


def test_beside_a_case_the_list_says_what_others_answered(browser: Browser, site: Site) -> None:
    here, other = site.case(), site.case()
    page = signed_in(browser, site, Role.LEAD)
    page.goto(f"{site.address}/cases/{here.case_id}?view=read")
    site.web.shop.sign(other, "priya")
    row = page.locator(f"[data-row='{other.case_id}']")
    expect(row.locator(".row-status")).to_have_text("answered, Priya")


def test_what_a_colleague_signs_is_said_beside_the_card_that_asks_for_it(browser: Browser, site: Site) -> None:
    mine, other = site.case(), site.case()
    page = signed_in(browser, site, Role.LEAD)
    page.goto(f"{site.address}/approvals?request={mine.approval_id}")
    site.web.shop.sign(other, "priya")
    expect(page.locator(f"[data-row='{other.approval_id}']")).to_have_class(OVER)
    expect(page.get_by_role("button", name="This case has changed")).to_have_count(0)
    site.web.shop.sign(mine, "priya")
    page.get_by_role("button", name="This case has changed").click()
    expect(page.get_by_role("region", name="What happened")).to_contain_text("signed by Priya")


def test_who_dealt_with_it_leaves_the_names_their_room(browser: Browser, site: Site) -> None:
    site.case()
    gone = site.case()
    page = signed_in(browser, site, Role.LEAD)
    page.goto(f"{site.address}/?view=needs")
    page.locator("[data-row]").last.click()
    name = page.locator(f".side-list [data-row='{gone.case_id}'] .row-who")
    before = name.bounding_box()
    site.web.service.work.take_over(gone.case_id, "priya")
    expect(page.locator(f".side-list [data-row='{gone.case_id}']")).to_have_class(OVER)
    after = name.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] >= before["width"]


def test_on_a_phone_sign_off_begins_with_its_list(browser: Browser, site: Site) -> None:
    record = site.case()
    page = signed_in(browser, site, Role.LEAD, width=390)
    page.goto(f"{site.address}/approvals")
    expect(page.locator("article.case")).to_be_hidden()
    page.locator(f"[data-row='{record.approval_id}']").click()
    expect(page.locator("article.case")).to_be_visible()
    expect(page.locator(".crumb a").first).to_have_attribute("href", "/approvals")
