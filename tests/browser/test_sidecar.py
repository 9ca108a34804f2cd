"""The sidecar in a real browser, beside the sample helpdesk's ticket and inside a page of another origin."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Literal

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect

from agent.case import CaseStatus
from agent.feedback import EditClass, Via
from agent.limits import Role
from agent.repositories import CaseRecord
from tests.browser.conftest import PATIENCE, Site, clean, come_in, served
from tests.journeys.shop import draft
from tests.server.auth.conftest import IDS
from tests.server.sidecar.place import demo_house
from tests.server.web.conftest import Web

ELSEWHERE = "http://helpdesk.example"


@pytest.fixture
def page(browser: Browser) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    return context.new_page()


def beside(page: Page, site: Site, record: CaseRecord, role: Role = Role.AGENT) -> FrameLocator:
    """Sign in, open the sample helpdesk at the ticket, and wait until the frame has said that it is ready."""
    come_in(page, site, role)
    page.goto(f"{site.address}/sample-helpdesk?ticket={record.ticket_id}")
    page.wait_for_selector("body[data-sidecar=ready]")
    return page.frame_locator("#countersign")


def test_inserted_words_reach_the_composer_and_a_reply_by_hand_silences_the_assistant(site: Site, page: Page) -> None:
    record = site.case()
    frame = beside(page, site, record)
    expect(frame.locator("#draft")).to_contain_text(site.web.shop.planted("on_its_way").number)
    frame.get_by_role("button", name="Insert").click()
    expect(page.locator("#reply")).to_have_value(draft(record).text)
    page.locator("#reply").fill(draft(record).text + "\n\nI phoned them as well. Noor")
    page.get_by_role("button", name="Send by hand").click()
    expect(page.locator("#told")).to_contain_text("silent")
    quiet = site.now(record)
    assert quiet.status is CaseStatus.ESCALATED
    assert not site.web.shop.sent(record)
    kept = {each.via: each for each in site.web.shop.database.feedback.of_case(record.case_id)}
    assert kept[Via.BY_HAND].person == "noor"
    assert kept[Via.BY_HAND].edit.kind in (EditClass.MINOR, EditClass.MAJOR)
    expect(frame.locator(".note")).to_contain_text("A person answered")
    expect(frame.locator("[data-does=send]")).to_have_count(0)


def test_sending_tells_the_helpdesk_and_a_second_click_sends_nothing(site: Site, page: Page) -> None:
    record = site.case()
    frame = beside(page, site, record)
    frame.get_by_role("button", name="Send", exact=True).dblclick()
    expect(page.locator("#told")).to_contain_text("sent a reply")
    expect(frame.locator(".status")).to_have_text("answered")
    assert len(site.web.shop.sent(record)) == 1


def test_edited_words_are_sent_for_sign_off_by_somebody_who_may_not_sign(site: Site, page: Page) -> None:
    record = site.case("exchange_ok", "damaged_item")
    frame = beside(page, site, record)
    frame.get_by_role("button", name="Edit").click()
    frame.locator("#edited").fill(draft(record).text + "\n\nSorry for the trouble.")
    frame.get_by_role("button", name="Send my words for sign-off").click()
    expect(frame.locator("#said")).to_contain_text("wait for a signature")
    after = site.now(record)
    assert after.approval_id != record.approval_id
    assert not site.web.shop.sent(record)


SLOW_BODIES = """
const whole = Response.prototype.text;
Response.prototype.text = async function () {
  const found = await whole.call(this);
  await new Promise((resolve) => setTimeout(resolve, 700));
  return found;
};
"""


def test_nothing_moves_under_somebody_who_began_to_write_while_news_came_in(site: Site, page: Page) -> None:
    record = site.case("exchange_ok", "damaged_item")
    page.add_init_script(SLOW_BODIES)
    with page.expect_response("**/sidecar/panel"):
        frame = beside(page, site, record)
    frame.get_by_role("button", name="Edit").click()
    frame.locator("#edited").fill("My own words.")
    page.wait_for_timeout(1_000)
    expect(frame.locator("#edited")).to_be_visible()
    expect(frame.locator("#edited")).to_have_value("My own words.")


def test_the_token_is_renewed_through_the_page_and_leaves_the_address(site: Site, page: Page) -> None:
    record = site.case()
    frame = beside(page, site, record)
    inner = next(each for each in page.frames if "/sidecar" in each.url)
    assert "token" not in inner.evaluate("location.href")
    site.house.later(minutes=11)  # the frame's token has ended; the session of the helpdesk's page has not
    frame.get_by_role("button", name="Send", exact=True).click()
    expect(frame.locator(".status")).to_have_text("answered")
    assert len(site.web.shop.sent(record)) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_the_way_of_a_screen_reader_at_320_pixels(
    browser: Browser, site: Site, scheme: Literal["light", "dark"]
) -> None:
    record = site.case("exchange_ok", "damaged_item")
    token = site.house.embed.sign(record.helpdesk, record.ticket_id, IDS[Role.LEAD])
    with browser.new_context(viewport={"width": 320, "height": 800}, color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(f"{site.address}/sidecar?ticket={record.ticket_id}&token={token}")
        for summary in page.locator("summary").all():
            summary.click()
        clean(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 320


def test_what_arrives_while_the_frame_is_open_appears_in_it(site: Site, page: Page) -> None:
    record = site.case()
    frame = beside(page, site, record)
    expect(frame.locator("[data-does=send]")).to_be_visible()
    site.web.shop.reject(record, "dana", "not like this")
    expect(frame.locator(".status")).to_have_text("rejected")


@pytest.fixture
def strict(browser: Browser, web: Web) -> Generator[Site]:
    """A shop of its own: only the origin in its settings may show the sidecar."""
    with served(demo_house(web, demo=False, embed_origins=f"local:{ELSEWHERE}"), web, browser) as found:
        yield found


HOST = """<!doctype html><title>helpdesk</title><iframe id="f" src="{src}" width="360" height="700"></iframe>
<script>window.heard = []; addEventListener("message", (e) => heard.push([e.origin, e.data]));</script>"""


def around(page: Page, origin: str, src: str) -> None:
    def answer(route: Route) -> None:
        route.fulfill(body=HOST.format(src=src.replace("&", "&amp;")), content_type="text/html")

    page.route(f"{origin}/**", answer)
    page.goto(f"{origin}/ticket")


def test_another_origin_that_may_show_it_hears_it_and_nobody_else_does(strict: Site, page: Page) -> None:
    record = strict.case()
    token = strict.house.embed.sign(record.helpdesk, record.ticket_id, IDS[Role.AGENT])
    src = f"{strict.address}/sidecar?ticket={record.ticket_id}&token={token}"
    around(page, ELSEWHERE, src)
    page.frame_locator("#f").get_by_role("button", name="Insert").click()
    page.wait_for_function("heard.some(([, m]) => m.type === 'countersign:insert')")
    heard: list[tuple[str, dict[str, object]]] = page.evaluate("heard")
    assert {origin for origin, _ in heard} == {strict.address}
    assert all(message["v"] == 1 and message["ticket"] == record.ticket_id for _, message in heard)
    inserted = next(message for _, message in heard if message["type"] == "countersign:insert")
    assert inserted["text"] == draft(record).text
    kinds = {str(message["type"]) for _, message in heard}
    assert {"countersign:ready", "countersign:resize"} <= kinds


def test_a_page_that_may_not_show_it_shows_nothing(strict: Site, page: Page) -> None:
    record = strict.case()
    token = strict.house.embed.sign(record.helpdesk, record.ticket_id, IDS[Role.AGENT])
    around(page, "http://thief.example", f"{strict.address}/sidecar?ticket={record.ticket_id}&token={token}")
    page.wait_for_timeout(700)
    assert page.evaluate("heard") == []
    shown = next((each for each in page.frames if each != page.main_frame), None)
    assert shown is None or shown.locator("#draft").count() == 0


def test_a_page_of_the_same_window_cannot_speak_for_the_helpdesk(strict: Site, page: Page) -> None:
    """Messages of another source, origin, version or shape are not read."""
    record = strict.case()
    token = strict.house.embed.sign(record.helpdesk, record.ticket_id, IDS[Role.AGENT])
    around(page, ELSEWHERE, f"{strict.address}/sidecar?ticket={record.ticket_id}&token={token}")
    page.frame_locator("#f").locator("#draft").wait_for()
    inner = next(each for each in page.frames if each != page.main_frame)
    inner.evaluate("window.postMessage({v: 1, type: 'countersign:token', token: 'stolen'}, '*')")
    page.evaluate("f.contentWindow.postMessage({v: 2, type: 'countersign:token', token: 'stolen'}, '*')")
    page.evaluate("f.contentWindow.postMessage({v: 1, type: 'countersign:token', token: 7}, '*')")
    page.evaluate("f.contentWindow.postMessage('countersign:token', '*')")
    page.frame_locator("#f").get_by_role("button", name="Send", exact=True).click()
    expect(page.frame_locator("#f").locator(".status")).to_have_text("answered")


def test_without_a_connection_nothing_is_lost_and_the_buttons_come_back(site: Site, page: Page) -> None:
    record = site.case()
    frame = beside(page, site, record)
    page.route("**/sidecar/decision", lambda route: route.abort())
    frame.get_by_role("button", name="Edit").click()
    words = draft(record).text.replace("Hi ", "Hello ", 1)
    frame.locator("#edited").fill(words)
    frame.locator("#edited").press("Control+Enter")
    expect(frame.locator("#said")).to_contain_text("No connection")
    expect(frame.locator("#edited")).to_have_value(words)
    save = frame.get_by_role("button", name="Send my words")
    expect(save).to_be_enabled()
    said, button = frame.locator("#said").bounding_box(), save.bounding_box()
    assert said is not None
    assert button is not None
    assert 0 < button["y"] - said["y"] < 200, "what is said stands by the buttons"
    page.unroute("**/sidecar/decision")
    frame.locator("#edited").press("Control+Enter")
    expect(frame.locator(".status")).to_have_text("answered")
    assert [each.text for each in site.web.shop.sent(record)] == [words]
    expect(frame.locator("#said")).to_be_focused()


def test_what_happens_between_the_press_of_a_button_and_its_release_swallows_no_click(site: Site, page: Page) -> None:
    record = site.case()
    frame = beside(page, site, record)
    button = frame.get_by_role("button", name="Edit")
    box = button.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    site.web.shop.runner.take_over(record.case_id, "dana")
    page.wait_for_timeout(900)
    page.mouse.up()
    expect(frame.locator("#edited")).to_be_visible()
    button.click()
    expect(frame.locator(".status")).to_have_text("with a person")


HIDDEN = """() => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
SHOWN = """() => {
  delete document.hidden;
  delete document.visibilityState;
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def alone(page: Page, site: Site, record: CaseRecord, role: Role = Role.AGENT) -> None:
    """The sidecar as a page of its own."""
    token = site.house.embed.sign(record.helpdesk, record.ticket_id, IDS[role])
    page.goto(f"{site.address}/sidecar?ticket={record.ticket_id}&token={token}")
    expect(page.locator("article .draft")).to_be_attached()


def test_frames_that_nobody_sees_hold_no_connection_and_catch_up_when_seen(site: Site, page: Page) -> None:
    """A browser opens six connections to a host: eight tickets in tabs left none to send with."""
    first, record = site.case(), site.case()
    pages = [page, *(page.context.new_page() for _ in range(7))]
    for each in pages[:-1]:
        alone(each, site, first)
        each.evaluate(HIDDEN)
    alone(pages[-1], site, record)
    pages[-1].get_by_role("button", name="Send", exact=True).click()
    expect(pages[-1].locator(".status")).to_have_text("answered")
    site.web.shop.reject(first, "dana", "not like this")
    page.wait_for_timeout(600)
    expect(page.locator(".status")).to_have_text("to read")
    page.evaluate(SHOWN)
    expect(page.locator(".status")).to_have_text("rejected")
    site.web.shop.runner.take_over(first.case_id, "dana")
    expect(page.locator(".status")).to_have_text("with a person")


def test_typed_words_outlive_escape_another_draft_and_a_new_visit(site: Site, page: Page) -> None:
    record = site.case()
    alone(page, site, record)
    page.get_by_role("button", name="Edit").click()
    page.locator("#edited").fill("My own words.")
    page.locator("#edited").press("Escape")
    expect(page.locator(".kept")).to_contain_text("not sent")
    expect(page.locator("[data-does=send]")).to_be_hidden()
    alone(page, site, record)
    expect(page.locator("#edited")).to_be_visible()
    expect(page.locator("#edited")).to_have_value("My own words.")
    expect(page.locator("[data-does=send]")).to_be_hidden()
    page.get_by_role("button", name="Throw them away").click()
    expect(page.locator(".kept")).to_have_count(0)
    page.get_by_role("button", name="Edit").click()
    expect(page.locator("[data-does=send]")).to_be_visible()
    alone(page, site, record)
    expect(page.locator("#edited")).to_be_hidden()


def test_somebody_who_writes_is_told_that_the_ticket_was_taken_and_keeps_the_words(site: Site, page: Page) -> None:
    record = site.case()
    alone(page, site, record)
    page.get_by_role("button", name="Edit").click()
    page.locator("#edited").fill("My own words.")
    site.web.shop.runner.take_over(record.case_id, "dana")
    expect(page.locator(".changed")).to_contain_text("This ticket has changed: with a person.")
    expect(page.locator("#edited")).to_have_value("My own words.")
    page.get_by_role("button", name="Show it").click()
    expect(page.locator(".status")).to_have_text("with a person")
    expect(page.get_by_label("What you wrote")).to_have_value("My own words.")
    clean(page)
    page.get_by_role("button", name="Throw them away").click()
    expect(page.get_by_label("What you wrote")).to_have_count(0)


def test_without_storage_words_are_kept_by_the_page_itself(site: Site, page: Page) -> None:
    record = site.case()
    page.add_init_script("Object.defineProperty(window, 'sessionStorage', {get() { throw new Error('none'); }})")
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    alone(page, site, record)
    page.get_by_role("button", name="Edit").click()
    page.locator("#edited").fill("My own words.")
    page.locator("#edited").press("Escape")
    site.web.shop.runner.take_over(record.case_id, "dana")
    expect(page.get_by_label("What you wrote")).to_have_value("My own words.")
    assert faults == []


def test_what_was_said_of_a_draft_goes_with_it_and_only_what_was_sent_is_green(site: Site, page: Page) -> None:
    record = site.case()
    frame = beside(page, site, record)
    frame.get_by_role("button", name="Insert").click()
    expect(frame.locator("#said")).to_have_text("Inserted.")
    expect(frame.locator("#said")).not_to_have_class(re.compile("good|waits"))
    frame.get_by_role("button", name="Edit").click()
    frame.locator("#edited").fill(f"{draft(record).text}\n\nWe pay you back $500.00.")
    frame.get_by_role("button", name="Send my words").click()
    expect(frame.locator("#said")).to_contain_text("not sent")
    expect(frame.locator("#said")).to_have_class(re.compile("waits"))
    site.web.shop.runner.take_over(record.case_id, "dana")
    expect(frame.locator(".status")).to_have_text("with a person")
    expect(frame.locator("#said")).to_be_hidden()


def test_no_sum_is_broken_across_two_lines_at_320_pixels(site: Site, page: Page) -> None:
    order = site.web.shop.planted("on_its_way")
    line = order.lines[0].model_copy(update={"title": "Rowan Sweater of a very long name that takes two lines"})
    site.web.shop.put(order.model_copy(update={"lines": (line, *order.lines[1:])}))
    page.set_viewport_size({"width": 320, "height": 800})
    alone(page, site, site.case())
    sums = page.locator(".order .number, .order .sum")
    assert sums.count() > 2
    for each in sums.all():
        lines = each.evaluate(
            "e => { const r = new Range(); r.selectNodeContents(e); return r.getClientRects().length; }"
        )
        assert lines == 1, each.inner_text()


def test_a_ticket_that_a_person_has_is_closed_from_beside_it(site: Site, page: Page) -> None:
    record = site.case()
    site.web.shop.runner.take_over(record.case_id, "noor")
    alone(page, site, record)
    page.get_by_role("button", name="Done").click()
    expect(page.locator(".status")).to_have_text("resolved")
    expect(page.locator("#said")).to_contain_text("Done.")
    assert site.now(record).status is CaseStatus.RESOLVED
