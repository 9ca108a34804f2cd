"""One Chromium for the tests of a file, and the demo brand served to it on a port of its own."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from agent.limits import Role
from agent.repositories import CaseRecord
from tests.server.auth.conftest import PASSWORD, House, email_of, empty_shop
from tests.server.sidecar.place import demo_house
from tests.server.web.conftest import Web, web

__all__ = ["empty_shop", "web"]

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    # Fewer processes for pages that are small: two cores have the server and other tests to run.
    *("--in-process-gpu", "--renderer-process-limit=1", "--disable-extensions"),
    # The page of the test stands for a public helpdesk; a real sidecar is public as well.
    "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests",
]
PATIENCE = 20_000
# The machine may be busy: what is waited for comes, or never does.
expect.set_options(timeout=PATIENCE)


@dataclass
class Site:
    """A served house."""

    house: House
    web: Web
    address: str

    def case(self, planted: str = "on_its_way", intent: str = "order_status") -> CaseRecord:
        order = self.web.shop.planted(planted)
        return self.web.shop.ask(f"Where is {order.number}?", order, intent)

    def now(self, record: CaseRecord) -> CaseRecord:
        found = self.web.shop.database.cases.get(record.case_id)
        assert found is not None
        return found


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    """Not for the session: while it runs, this thread has an event loop, and tests elsewhere start their own."""
    if not CHROMIUM.exists():
        pytest.skip("/usr/bin/chromium is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield found
        found.close()


@contextmanager
def served(house: House, web: Web, browser: Browser) -> Generator[Site]:
    """The house on a free port. Its pages are closed first, so that none goes on listening to what has ended."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    config = uvicorn.Config(
        house.app, host="127.0.0.1", port=port, log_level="error", ws="none", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    try:
        yield Site(house, web, f"http://127.0.0.1:{port}")
    finally:
        for context in browser.contexts:
            context.close()
        server.should_exit = True
        thread.join(20)


@pytest.fixture
def site(browser: Browser, web: Web) -> Generator[Site]:
    """The demo brand behind its real gate, served."""
    with served(demo_house(web), web, browser) as found:
        yield found


def come_in(page: Page, site: Site, role: Role) -> None:
    """Through the door, with a password."""
    page.goto(f"{site.address}/login")
    page.fill("input[name=email]", email_of(role))
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(re.compile(r"/$|/\?"))


def signed_in(browser: Browser, site: Site, role: Role = Role.LEAD, width: int = 1280, *, scripts: bool = True) -> Page:
    """A page of somebody who has come in by the door. What a script complains about fails the test."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=scripts, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    come_in(page, site, role)
    return page


def clean(page: Page, said: str = "") -> None:
    """Nothing stands in the way of a screen reader."""
    found = Axe().run(page)  # pyright: ignore[reportUnknownMemberType] - its options are untyped
    assert found.violations_count == 0, f"{said}{found.generate_report()}"
