"""A shift at the console: from case to case by keys, and nothing that was meant for one case reaches the next."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Browser, Page, expect

from agent.case import CaseStatus
from agent.limits import Role
from agent.repositories import CaseRecord
from tests.browser.conftest import Site, clean, signed_in
from tests.server.auth.conftest import PASSWORD, email_of


def at(page: Page, record: CaseRecord) -> None:
    expect(page.locator(f".desk[data-case='{record.case_id}']")).to_be_visible()
    page.wait_for_load_state()  # keys work once the scripts have run


def test_two_keys_answer_a_case_and_open_the_next(browser: Browser, site: Site) -> None:
    third, second, first = site.case(), site.case(), site.case()
    page = signed_in(browser, site, Role.AGENT)
    page.goto(f"{site.address}/cases/{first.case_id}?view=read")
    for record, onward in ((first, second), (second, third)):
        page.wait_for_timeout(750)
        page.keyboard.press("s")
        page.keyboard.press("s")
        at(page, onward)
        expect(page.locator(".notice.told", has_text="the reply was sent")).to_be_visible()
        assert site.now(record).status is CaseStatus.ANSWERED
        assert "told=" not in page.url, "reading the page again says nothing twice"
    page.wait_for_timeout(750)
    page.keyboard.press("s")
    page.keyboard.press("s")
    expect(page.get_by_role("heading", name="Nothing here")).to_be_visible()


def test_a_double_click_answers_one_case_and_not_the_one_that_comes_after_it(browser: Browser, site: Site) -> None:
    second, first = site.case(), site.case()
    page = signed_in(browser, site, Role.AGENT)
    page.goto(f"{site.address}/cases/{first.case_id}?view=read")
    button = page.locator(".actions .primary").first
    box = button.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.click(x, y)
    at(page, second)
    box = page.locator(".actions .primary").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.keyboard.press("s")
    page.keyboard.press("s")
    page.wait_for_timeout(900)
    assert site.now(first).status is CaseStatus.ANSWERED
    assert site.now(second).status is CaseStatus.AWAITING_REVIEW


def test_a_key_that_is_held_down_sends_nothing(browser: Browser, site: Site) -> None:
    record = site.case()
    page = signed_in(browser, site, Role.AGENT)
    page.goto(f"{site.address}/cases/{record.case_id}")
    for _ in range(6):
        page.keyboard.down("s")
    page.keyboard.up("s")
    expect(page.locator(".actions .primary").first).to_be_focused()
    page.wait_for_timeout(300)
    assert site.now(record).status is CaseStatus.AWAITING_REVIEW


def test_what_somebody_wrote_outlives_a_key_and_the_end_of_their_session(browser: Browser, site: Site) -> None:
    other, record = site.case(), site.case()
    page = signed_in(browser, site, Role.AGENT)
    page.goto(f"{site.address}/cases/{record.case_id}?view=read")
    page.keyboard.press("e")
    reply = page.get_by_role("textbox", name="The reply")
    words = f"{reply.input_value()}\n\nPS: I phoned the depot."
    reply.fill(words)
    page.keyboard.press("Escape")
    expect(page.locator("summary", has_text="Edit")).to_be_focused()
    page.keyboard.press("j")
    at(page, other)
    page.keyboard.press("k")
    at(page, record)
    expect(reply).to_have_value(words)
    expect(page.get_by_text("Not sent yet")).to_be_visible()
    page.context.clear_cookies()
    reply.focus()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.fill("input[name=email]", email_of(Role.AGENT))
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    at(page, record)
    expect(reply).to_have_value(words)
    page.get_by_role("button", name="Throw it away").click()
    assert "depot" not in reply.input_value()
    reply.fill(words.replace("PS: I phoned the depot.", ""))
    page.keyboard.press("Control+Enter")
    at(page, other)
    assert len(site.web.shop.sent(record)) == 1
    page.goto(f"{site.address}/cases/{record.case_id}")
    assert page.evaluate("Object.keys(sessionStorage).length") == 0


def test_a_page_without_a_connection_says_so_and_sends_nothing(browser: Browser, site: Site) -> None:
    record = site.case()
    page = signed_in(browser, site, Role.AGENT)
    page.goto(f"{site.address}/cases/{record.case_id}?view=read")
    before = page.locator(".case-head").bounding_box()
    page.context.set_offline(True)
    expect(page.get_by_role("alert")).to_contain_text("No connection")
    assert page.locator(".case-head").bounding_box() == before, "nothing moves"
    page.locator(".actions .primary").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_role("alert")).to_have_count(0)
    page.locator(".actions .primary").first.click()
    expect(page.locator(".notice.told")).to_contain_text("the reply was sent")
    page.context.clear_cookies()
    expect(page.get_by_role("alert")).to_contain_text("You are signed out")
    page.get_by_role("link", name="Sign in and go on here").click()
    expect(page.get_by_text("go on where you were")).to_be_visible()


def test_after_a_refusal_the_page_stands_at_its_own_address(browser: Browser, site: Site) -> None:
    record = site.case()
    noor, dana = signed_in(browser, site, Role.AGENT), signed_in(browser, site, Role.LEAD)
    for page in (noor, dana):
        page.goto(f"{site.address}/cases/{record.case_id}?view=read")
    dana.keyboard.press("e")
    reply = dana.get_by_role("textbox", name="The reply")
    reply.fill(f"{reply.input_value()} ")
    noor.keyboard.press("s")
    noor.keyboard.press("s")
    expect(noor.locator(".notice.told")).to_be_visible()
    dana.keyboard.press("Control+Enter")
    expect(dana.get_by_role("alert")).to_contain_text("Noor said yes to this already")
    assert dana.url == f"{site.address}/cases/{record.case_id}?view=read"


def test_sign_off_is_left_for_the_case_by_a_key(browser: Browser, site: Site) -> None:
    record = site.case()
    page = signed_in(browser, site, Role.AGENT)
    page.goto(f"{site.address}/approvals")
    expect(page.get_by_role("link", name="Open the case")).to_be_visible()
    page.keyboard.press("o")
    at(page, record)
    expect(page.locator(".side-head")).to_have_text("To sign")


def test_back_in_the_list_one_is_at_the_case_that_one_comes_from(browser: Browser, site: Site) -> None:
    site.case()
    record = site.case()
    site.case()
    page = signed_in(browser, site, Role.AGENT)
    page.goto(f"{site.address}/?view=read")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    at(page, record)
    page.keyboard.press("u")
    expect(page.locator(f".inbox [data-row='{record.case_id}']")).to_be_focused()


def test_while_other_words_are_written_the_draft_cannot_be_sent_without_them(browser: Browser, site: Site) -> None:
    record = site.case()
    page = signed_in(browser, site, Role.AGENT)
    page.goto(f"{site.address}/cases/{record.case_id}")
    send, reply = page.get_by_role("button", name="Send reply"), page.get_by_role("textbox", name="The reply")
    expect(send).to_be_visible()
    page.keyboard.press("e")
    expect(send).to_be_hidden()
    reply.fill(f"{reply.input_value()}\n\nPS: Noor")
    page.keyboard.press("Escape")
    expect(page.locator("summary", has_text="Edit")).to_be_focused()
    expect(send).to_be_hidden()
    page.keyboard.press("s")
    page.keyboard.press("s")
    page.wait_for_timeout(300)
    assert not site.web.shop.sent(record)
    page.keyboard.press("e")
    page.get_by_role("button", name="Show the difference").click()
    expect(page.get_by_role("heading", name="What your edit changes")).to_be_visible()
    expect(page.get_by_text("Not sent yet")).to_be_visible()
    page.keyboard.press("Escape")
    expect(reply).to_be_hidden()
    expect(send).to_be_hidden()
    page.locator("summary", has_text="Edit").click()
    page.get_by_role("button", name="Throw it away").click()
    page.keyboard.press("Escape")
    expect(send).to_be_visible()


def test_what_one_took_over_is_done_by_key(browser: Browser, site: Site) -> None:
    record = site.case()
    page = signed_in(browser, site, Role.AGENT)
    page.goto(f"{site.address}/cases/{record.case_id}")
    for key, says in (("t", "The case is yours"), ("d", "Done. The case is resolved")):
        page.wait_for_timeout(750)
        page.keyboard.press(key)
        page.keyboard.press(key)
        expect(page.locator(".notice.told", has_text=says)).to_be_visible()
    assert site.now(record).status is CaseStatus.RESOLVED
    expect(page.get_by_role("button", name="Done")).to_have_count(0)


def test_who_waits_longest_is_answered_first_and_news_leave_one_where_one_is(browser: Browser, site: Site) -> None:
    clock = site.web.shop.clock
    cases: list[CaseRecord] = []
    for _ in range(3):
        clock.advance(timedelta(minutes=5))
        cases.append(site.case())
    page = signed_in(browser, site, Role.AGENT)
    page.goto(f"{site.address}/?view=read")
    page.get_by_role("combobox", name="Order").select_option("Longest wait first")
    page.wait_for_url("**/?view=read&order=waiting*")
    rows = page.locator(".inbox [data-row]")
    expect(rows.first).to_have_attribute("data-row", cases[0].case_id)
    page.wait_for_load_state()
    page.keyboard.press("j")
    page.keyboard.press("j")
    new = site.case()
    expect(page.get_by_role("button", name="1 new")).to_be_visible()
    page.keyboard.press(".")
    expect(rows.last).to_have_attribute("data-row", new.case_id)
    expect(page.locator(f".inbox [data-row='{cases[1].case_id}']")).to_be_focused()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        clean(page, f"{width}: ")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 900})
    page.keyboard.press("Enter")
    at(page, cases[1])
    expect(page.locator(".side-head")).to_have_text("To read, longest wait first")
    page.keyboard.press("k")
    at(page, cases[0])
    page.wait_for_timeout(750)
    page.keyboard.press("s")
    page.keyboard.press("s")
    at(page, cases[1])
    expect(page.locator(".notice.told", has_text="the reply was sent")).to_be_visible()
    page.keyboard.press("u")
    page.wait_for_url("**/?view=read&order=waiting*")
    expect(page.locator(f".inbox [data-row='{cases[1].case_id}']")).to_be_focused()


def test_who_else_has_the_case_open_is_said_while_they_have_it(browser: Browser, site: Site) -> None:
    record = site.case()
    noor, dana = signed_in(browser, site, Role.AGENT), signed_in(browser, site, Role.LEAD)
    address = f"{site.address}/cases/{record.case_id}"
    noor.goto(address)
    at(noor, record)
    expect(noor.locator("#here")).to_be_hidden()
    with dana.expect_response("**/here"):
        dana.goto(address)
    expect(dana.locator("#here")).to_have_text("Noor has this case open too.")
    with noor.expect_response("**/here") as heard:
        noor.keyboard.press("e")
    assert "Dana has this case open too." in heard.value.text()
    expect(noor.locator("#here")).to_be_visible()
    clean(noor)
    dana.reload()
    expect(dana.locator("#here")).to_have_text("Noor is writing here now.")
    noor.close()
    dana.reload()
    expect(dana.locator("#here")).to_be_hidden()


HIDDEN = """hidden => {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


def streams(site: Site) -> int:
    return site.web.service.feed.readers


def settled(page: Page, site: Site, many: int) -> None:
    for _ in range(100):
        if streams(site) == many:
            return
        page.wait_for_timeout(50)
    assert streams(site) == many


def test_a_tab_that_nobody_looks_at_leaves_its_connection_to_the_others(browser: Browser, site: Site) -> None:
    record = site.case()
    first = signed_in(browser, site, Role.AGENT)
    tabs = [first, *(first.context.new_page() for _ in range(7))]
    for tab in tabs:
        tab.goto(f"{site.address}/cases/{record.case_id}")
        at(tab, record)
        if tab is not tabs[-1]:
            tab.evaluate(HIDDEN, True)
    settled(first, site, 1)
    last = tabs[-1]
    last.keyboard.press("t")
    expect(last.locator(".held").first).to_contain_text("took it over")
    assert "took it over" not in first.locator(".case-head").inner_text(), "nobody looks: nothing is read"
    first.evaluate(HIDDEN, False)
    expect(first.locator(".held").first).to_contain_text("took it over")
    settled(first, site, 2)


def test_words_outlive_a_colleague_who_was_faster_and_never_lie_over_another_draft(
    browser: Browser, site: Site
) -> None:
    record = site.case()
    noor, dana = signed_in(browser, site, Role.AGENT), signed_in(browser, site, Role.LEAD)
    for page in (noor, dana):
        page.goto(f"{site.address}/cases/{record.case_id}")
        at(page, record)
    noor.keyboard.press("e")
    reply = noor.get_by_role("textbox", name="The reply")
    reply.fill("I phoned the depot: Thursday.")
    noor.keyboard.press("Escape")
    dana.keyboard.press("t")
    expect(dana.locator(".held").first).to_contain_text("took it over")
    noor.get_by_role("button", name="This case has changed").click()
    unsent = noor.locator("#unsent")
    expect(unsent).to_contain_text("Your reply, from before this case changed")
    expect(unsent).to_contain_text("I phoned the depot: Thursday.")
    expect(noor.get_by_role("button", name="Take it over from dana")).to_be_visible()
    expect(noor.get_by_role("button", name="Release")).to_have_count(0)
    clean(noor)
    dana.get_by_role("button", name="Release").click()
    expect(noor.get_by_role("button", name="Send reply")).to_be_visible()
    expect(noor.locator("details.pane[open]")).to_have_count(0)
    expect(unsent).to_contain_text("I phoned the depot: Thursday.")
    unsent.get_by_role("button", name="Throw it away").click()
    expect(unsent).to_have_count(0)
    assert noor.evaluate("Object.keys(sessionStorage).length") == 0


def test_an_amount_that_was_typed_holds_the_old_sum_back(browser: Browser, site: Site) -> None:
    order = site.web.shop.planted("lost")
    record = site.web.shop.ask(f"{order.number} never came. My money back.", order, "not_received", "refund_request")
    page = signed_in(browser, site, Role.LEAD)
    page.goto(f"{site.address}/cases/{record.case_id}")
    at(page, record)
    page.keyboard.press("a")
    page.get_by_role("textbox", name="Instead of").fill("5.00")
    page.keyboard.press("Escape")
    sign = page.locator('.actions > form[data-key="g"]')
    expect(sign).to_be_hidden()
    page.reload()
    expect(page.get_by_role("textbox", name="Instead of")).to_have_value("5.00")
    page.get_by_role("button", name="Throw it away").click()
    page.keyboard.press("Escape")
    expect(sign).to_be_visible()


def test_what_a_page_has_to_say_is_not_scrolled_away_by_its_list(browser: Browser, site: Site) -> None:
    record = site.case()
    for _ in range(24):
        site.case()
    page = signed_in(browser, site, Role.LEAD)
    page.goto(f"{site.address}/cases/{record.case_id}?view=read")
    at(page, record)
    expect(page.locator(".side-list [aria-current]")).to_be_in_viewport()
    assert page.evaluate("scrollY") == 0
    page.keyboard.press("r")
    page.get_by_role("textbox", name="Why not").fill("   ")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".actions .refusal")).to_be_in_viewport()
    expect(page.locator(".side-list [aria-current]")).to_be_in_viewport()


def test_words_that_were_saved_and_wait_to_be_read_are_not_shown_as_unsent(browser: Browser, site: Site) -> None:
    record = site.case()
    dana = signed_in(browser, site, Role.LEAD)
    dana.goto(f"{site.address}/cases/{record.case_id}")
    at(dana, record)
    dana.keyboard.press("e")
    dana.get_by_role("textbox", name="The reply").fill("Please call +44 20 7946 0958.")
    dana.get_by_role("button", name="Save and send").click()
    expect(dana.locator(".notice.refused")).to_contain_text("saved, and not sent")
    expect(dana.locator("#part-work .draft").first).to_contain_text("7946 0958")
    expect(dana.locator("#unsent")).to_have_count(0)
