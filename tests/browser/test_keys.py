"""Keys that would lead nowhere: each says why, or goes on where somebody was."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from agent.case import CaseStatus
from agent.limits import Role
from agent.repositories import CaseRecord
from tests.browser.conftest import Site, signed_in


def test_a_key_that_signs_nothing_leads_to_the_reason(browser: Browser, site: Site) -> None:
    record = asked_of_a_lead(site)
    page = signed_in(browser, site, Role.AGENT)
    page.goto(f"{site.address}/cases/{record.case_id}")
    page.keyboard.press("g")
    expect(page.locator(".actions .against")).to_be_focused()
    expect(page.locator("#announcer")).to_contain_text("You may not sign this.")
    assert site.now(record).status is CaseStatus.AWAITING_APPROVAL


def test_after_taking_a_case_the_next_one_is_the_one_below_it(browser: Browser, site: Site) -> None:
    below, case, above = (site.case() for _ in range(3))
    page = signed_in(browser, site, Role.AGENT)
    page.goto(f"{site.address}/cases/{case.case_id}?view=needs")
    page.keyboard.press("t")
    expect(page.locator(".held").first).to_contain_text("Noor took it over")
    page.keyboard.press("j")
    page.wait_for_url(f"**/cases/{below.case_id}?view=needs")
    page.keyboard.press("k")
    page.wait_for_url(f"**/cases/{above.case_id}?view=needs")


def places(page: Page) -> dict[str, tuple[float, float]]:
    """Where each button of the bar stands in the window, by its words."""
    bars = page.locator(".actions > form > button, .actions > details > summary")
    found = {each.inner_text(): each.bounding_box() for each in bars.all() if each.is_visible()}
    return {words: (box["x"], box["y"]) for words, box in found.items() if box is not None}


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_no_button_moves_while_something_is_written(browser: Browser, site: Site, width: int) -> None:
    page = signed_in(browser, site, Role.AGENT, width)
    order = site.web.shop.planted("on_its_way")
    handed = site.web.shop.ask("I want to talk to a person, please.", order, "human_request")
    page.goto(f"{site.address}/cases/{handed.case_id}")
    before = places(page)
    assert "Take over" in before, "the bar is in sight, however much stands above the draft"
    for key in ("e", "r"):
        page.keyboard.press(key)
        page.keyboard.press("x")
        here = places(page)
        assert here.items() <= before.items(), f"after {key} something stands where another thing stood"
        assert len(here) == len(before) - 1, "the button that would send the draft alone is gone"
        expect(page.locator(".pane[open] textarea")).to_be_in_viewport()
        expect(page.locator(".pane[open] .pane-buttons button").first).to_be_in_viewport()
        page.keyboard.press("Escape")


def test_what_takes_a_case_over_is_what_gives_it_back(browser: Browser, site: Site) -> None:
    page = signed_in(browser, site, Role.AGENT, 1440)
    page.goto(f"{site.address}/cases/{site.case().case_id}")
    box = page.get_by_role("button", name="Take over").bounding_box()
    assert box is not None
    page.get_by_role("button", name="Take over").click()
    release = page.get_by_role("button", name="Release to the assistant")
    now = release.bounding_box()
    assert now is not None
    assert (now["x"] + now["width"], now["y"]) == (box["x"] + box["width"], box["y"])
    assert page.locator(".actions.arrived").count() == 1, "the second half of a double click is not another answer"


def test_a_key_of_another_kind_leads_to_the_one_that_counts(browser: Browser, site: Site) -> None:
    order = site.web.shop.planted("lost")
    record = site.web.shop.ask(f"{order.number} never came. My money back.", order, "not_received", "refund_request")
    page = signed_in(browser, site, Role.LEAD)
    page.goto(f"{site.address}/cases/{record.case_id}")
    page.keyboard.press("s")
    expect(page.locator('.actions form[data-key="g"] button')).to_be_focused()
    expect(page.locator("#announcer")).to_have_text("This is signed, not only sent: press g.")
    assert page.locator(".actions").get_attribute("data-says") == "This is signed, not only sent: press g."
    page.keyboard.press("s")
    assert site.now(record).status is CaseStatus.AWAITING_APPROVAL
    page.goto(f"{site.address}/cases/{site.case().case_id}")
    page.keyboard.press("g")
    expect(page.locator("#announcer")).to_have_text("There is nothing to sign, only to send: press s.")


def test_a_key_that_comes_too_early_says_so(browser: Browser, site: Site) -> None:
    record = site.case()
    page = signed_in(browser, site, Role.AGENT)
    page.goto(f"{site.address}/cases/{record.case_id}?told=released")
    page.keyboard.press("e")
    expect(page.locator(".actions")).to_have_attribute(
        "data-says", "The page has just changed, so that did not count. Press e again."
    )
    expect(page.locator("details.pane[open]")).to_have_count(0)


def asked_of_a_lead(site: Site) -> CaseRecord:
    """More than an agent may sign at once."""
    shop = site.web.shop
    for ids in shop.world.planted.values():
        order = shop.order(ids[0])
        text = f"It arrived broken, and I would prefer my money back. Order {order.number}"
        record = shop.ask(text, order, "damaged_item", "refund_request")
        amount = shop.request(record).amount if record.approval_id else None
        if amount is not None and amount.minor > 5_000:
            return record
    raise AssertionError("no planted order is worth more than an agent may sign")
