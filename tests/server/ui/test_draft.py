"""A draft on a page is the draft word for word, whatever is marked in it; an edit is shown without losing a letter."""

from __future__ import annotations

import re
from contextvars import copy_context
from datetime import UTC, datetime
from html import unescape
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from agent.case import CitedPassage, Draft, Evidence, SourcedSpan, SpanKind, Verdict, Violation
from server.ui.rendering import environment
from server.ui.views.draft import changes, draft_view
from server.ui.views.sources import Known, evidence_anchor, matching
from server.ui.words import keep_time_of, shown

ORDER = Evidence(
    id="order:ord_1",
    kind="order",
    source="store.orders",
    as_of=datetime(2026, 11, 16, 15, tzinfo=UTC),
    fields={
        "id": "ord_1",
        "number": "#1042",
        "total": "39.00 USD",
        "delivered_at": "2026-11-12T12:20:00+00:00",
        "payment_label": "Visa ·1881",
        "items": [{"title": "Hearth Mug", "paid": "26.00 USD"}],
    },
)
PASSAGE = CitedPassage(
    passage_id="returns@v3#window", document_id="returns", version=3, anchor="window", title="Returns", text="30 days."
)
KNOWN = Known(evidence={ORDER.id: ORDER}, passages={PASSAGE.passage_id: PASSAGE}, effects={})
SOURCES = st.sampled_from([(), (ORDER.id,), (PASSAGE.passage_id,), (ORDER.id, PASSAGE.passage_id), ("gone",)])


@st.composite
def drafts(draw: st.DrawFn) -> tuple[Draft, list[Violation]]:
    text = draw(st.text(min_size=1, max_size=60))
    place = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    spans = [
        SourcedSpan(start=start, end=end, kind=draw(st.sampled_from(SpanKind)), sources=draw(SOURCES))
        for start, end in draw(st.lists(place, max_size=6))
    ]
    risks = [
        Violation(rule="r", verdict=Verdict.REQUIRE_APPROVAL, message="odd", start=start, end=end)
        for start, end in draw(st.lists(place, max_size=3))
    ]
    return Draft(text=text, language="en", in_reply_to="m1", spans=tuple(spans)), risks


@given(drafts())
def test_marks_never_change_a_letter(made: tuple[Draft, list[Violation]]) -> None:
    draft, risks = made
    view = draft_view(draft, risks, KNOWN)
    assert "".join(piece.text for piece in view.pieces) == draft.text
    tinted = sum(len(piece.text) for piece in view.pieces if piece.risk)
    covered = {at for risk in risks for at in range(risk.start or 0, risk.end or 0)}
    assert tinted == len(covered)


@given(drafts())
def test_a_page_shows_the_draft_word_for_word(made: tuple[Draft, list[Violation]]) -> None:
    draft, risks = made
    page = '{% from "parts/draft.html" import draft_text %}{{ draft_text(draft) }}'
    html = environment().from_string(page).render(draft=draft_view(draft, risks, KNOWN))
    inside = html[html.index("data-draft>") + len("data-draft>") : html.index("</div>")]
    words = re.sub(r"<[^>]*>", "", re.sub(r'<button type="button" class="cite.*?</button>', "", inside))
    assert unescape(words) == shown(draft.text)


@given(drafts())
def test_the_mark_of_a_source_is_held_by_the_word_before_it(made: tuple[Draft, list[Violation]]) -> None:
    view = draft_view(made[0], (), KNOWN)
    page = '{% from "parts/draft.html" import draft_text %}{{ draft_text(draft) }}'
    html = environment().from_string(page).render(draft=view)
    marks = re.findall(r"([^>\s])(?:<button type=\"button\" class=\"cite[^>]*>.</button>)+(</span>)?", html)
    assert all(held for _, held in marks), html
    assert html.count('class="cite') == sum(len(piece.after) for piece in view.pieces)


@given(st.text(max_size=60), st.text(max_size=60))
def test_an_edit_reads_as_before_without_the_new_and_as_after_without_the_gone(before: str, after: str) -> None:
    shown = changes(before, after)
    assert "".join(each.text for each in shown if each.kind != "new") == before
    assert "".join(each.text for each in shown if each.kind != "gone") == after


def test_a_source_names_the_field_that_says_it() -> None:
    def rows(words: str) -> list[tuple[str, str]]:
        return list(matching(ORDER, words))

    assert rows("$39.00") == [("total", "$39.00")]
    assert rows("#1042") == [("number", "#1042")]
    assert rows("November 12") == [("delivered at", "12 Nov 2026, 12:20 UTC")]
    assert rows("1881") == [("payment label", "Visa ·1881")]
    assert rows("Hearth Mug") == [("title", "Hearth Mug")]
    assert rows("9") == []


def test_sources_lead_to_the_fact_and_to_the_passage() -> None:
    fact, passage = KNOWN.source(ORDER.id, "$39.00"), KNOWN.source(PASSAGE.passage_id, "30 days")
    assert fact is not None
    assert passage is not None
    assert fact.href == f"#{evidence_anchor(ORDER.id)}" == "#fact-order-ord_1"
    assert "16 Nov 2026, 15:00 UTC" in fact.where
    assert passage.href == "/knowledge/returns/3#window"
    assert KNOWN.source("gone", "x") is None


def late_evening(zone: str) -> dict[str, list[tuple[str, str]]]:
    """What a reply may call the day of 20 November, 01:00 UTC, and what its source then says."""
    parcel = ORDER.model_copy(update={"fields": {"estimated_delivery": "2026-11-20T01:00:00Z", "scans": "5"}})
    keep_time_of(ZoneInfo(zone))
    english, others = ("November 19", "Thursday", "Thursday, November 19"), ("19 de noviembre", "jeudi", "19. November")
    said = (*english, *others, "November 20", "5")
    return {words: list(matching(parcel, words)) for words in said}


def test_a_day_is_found_by_the_calendar_of_the_shop_that_replies_are_written_by() -> None:
    found = copy_context().run(late_evening, "America/New_York")
    row = [("estimated delivery", "19 Nov 2026, 20:00 EST")]
    assert found == {**dict.fromkeys(found, row), "November 20": [], "5": [("scans", "5")]}
    there = copy_context().run(late_evening, "Asia/Dubai")
    assert there["November 20"] == [("estimated delivery", "20 Nov 2026, 05:00 UTC+04")]
    assert there["November 19"] == []


def test_a_name_in_the_title_of_a_source_keeps_its_letters() -> None:
    person = ORDER.model_copy(update={"id": "customer:c", "kind": "customer", "fields": {"name": "Aaron McBell"}})
    found = Known(evidence={person.id: person}, passages={}, effects={}).source(person.id, "Aaron")
    assert found is not None
    assert found.title == "Customer Aaron McBell"
