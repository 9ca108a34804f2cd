"""The first minutes in a real browser: the link in the terminal makes an admin, and a newcomer signs a refund."""

from __future__ import annotations

import re
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from agent.case import CaseStatus
from agent.limits import Role
from server.auth.setup import setup_link
from server.db.database import Database
from tests.browser.conftest import Site, clean, served, signed_in
from tests.server.auth.conftest import PASSWORD, Rooms, built
from tests.server.web.conftest import Web
from tools.store.local import LocalStore


@pytest.fixture
def empty(empty_shop: Path, tmp_path: Path, browser: Browser, web: Web) -> Generator[Site]:
    """A service that nobody has an account of, in a folder of its own."""
    folder = tmp_path / "empty"
    folder.mkdir()
    address = f"sqlite:///{shutil.copy(empty_shop, folder / 'countersign.db')}"
    with (
        LocalStore.open(address) as store,
        Database.open(address) as database,
        served(built(Rooms(folder, store, database)), web, browser) as found,
    ):
        yield found


def test_the_link_of_the_terminal_makes_the_first_admin_once(browser: Browser, empty: Site) -> None:
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    page.goto(empty.address)
    expect(page.get_by_role("heading", name="Set up Countersign")).to_be_visible()
    expect(page.get_by_text("the link that the terminal shows")).to_be_visible()
    link = setup_link(empty.house.team, empty.address)
    page.goto(link)
    clean(page)
    page.get_by_label("Your name").fill("Maria Rossi")
    page.get_by_label("E-mail").fill("maria@shop.example")
    page.get_by_label("Password").fill("lamp")
    page.get_by_role("button", name="Make the account").click()
    assert page.url == link, "the browser asks for a longer password first"
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", name="No ticket has come in yet")).to_be_visible()
    expect(page.get_by_label("Maria Rossi: account and theme")).to_be_visible()
    clean(page)
    other = browser.new_context().new_page()
    other.goto(link)
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
    clean(other)


def test_a_newcomer_to_the_demo_signs_a_refund_in_three_clicks(browser: Browser, site: Site) -> None:
    shop = site.web.shop
    order = shop.planted("exchange_ok")
    text = f"It arrived broken, and I would prefer my money back. Order {order.number}"
    record = shop.ask(text, order, "damaged_item", "refund_request")
    amount = shop.request(record).amount
    assert amount is not None
    said = f"${amount.minor // 100}.{amount.minor % 100:02}"
    page = signed_in(browser, site, Role.LEAD)
    page.get_by_role("link", name=f"Open the refund of {said}").click()
    page.wait_for_url(f"**/cases/{record.case_id}*")
    expect(page.locator(".sum-to-sign")).to_contain_text(said)
    expect(page.locator(".sum-to-sign")).to_be_in_viewport()
    expect(page.locator(".sign-say")).to_contain_text("left of your $1,000.00 today")
    expect(page.locator(".sign-say")).to_contain_text("after this")
    page.get_by_role("button", name=re.compile(rf"Refund {re.escape(said)} to .* and reply")).click()
    expect(page.locator(".notice.told")).to_contain_text("It happened once")
    happened = page.get_by_role("region", name="What happened")
    expect(happened.locator(".effect").first).to_contain_text(f"Pay back {said}")
    expect(happened.locator(".effect").first).to_contain_text("signed by Dana")
    page.get_by_role("link", name="See it in the log").click()
    logged = page.locator("tr", has_text="effect done").filter(has_text="refund order")
    expect(logged).to_have_count(1)
    expect(logged).to_contain_text("dana")
    assert site.now(record).status is CaseStatus.ANSWERED
    assert shop.done(record).count("refund_order") == 1
