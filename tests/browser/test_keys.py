"""Keys that would lead nowhere: each says why, or goes on where somebody was."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

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
