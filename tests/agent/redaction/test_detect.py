"""Spans: offsets, order, overlaps, masks, and odd writing."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.redaction import KnownPeople, PiiType, find_pii, redact
from agent.redaction.spans import Span, resolve

PIECES = st.sampled_from(
    "maria@example.org|+1 415 555 2671|4111 1111 1111 1111|\u200b|é|e\u0301|＋| |\n|12 High Street|Dear Ms. Keller,"
    "|DE89 3704 0044 0532 0130 00|1042|#|.|@|password: |x|ß|\u202e|٣|😀|\x00".split("|")
)


@given(st.lists(PIECES | st.text(max_size=6), max_size=12).map("".join))
@settings(max_examples=150, deadline=None)
def test_spans_are_sorted_disjoint_and_quote_the_text(text: str) -> None:
    spans = find_pii(text)
    assert all(text[s.start : s.end] == s.text and s.start < s.end for s in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert find_pii(text) == spans


@given(st.lists(PIECES, max_size=10).map("".join))
@settings(max_examples=80, deadline=None)
def test_mask_keeps_everything_else(text: str) -> None:
    redacted = redact(text)
    rest = redacted.text
    position = 0
    for span in redacted.spans:
        before = text[position : span.start] + f"[{span.type}]"
        assert rest.startswith(before)
        rest, position = rest[len(before) :], span.end
    assert rest == text[position:]


def test_longest_wins_then_the_more_specific() -> None:
    longest = resolve([Span(0, 5, PiiType.PHONE), Span(3, 20, PiiType.IBAN), Span(18, 22, PiiType.PHONE)])
    assert longest == [Span(3, 20, PiiType.IBAN)]
    assert resolve([Span(0, 9, PiiType.PHONE), Span(0, 9, PiiType.SSN)]) == [Span(0, 9, PiiType.SSN)]


def test_redact_replaces_by_type() -> None:
    assert redact("Call +1 415 555 2671 or a@b.example!").text == "Call [phone] or [email]!"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tel ４１５-５５５-２６７１", "４１５-５５５-２６７１"),
        ("tel 415\u2011555\u20112671", "415\u2011555\u20112671"),
        ("tel 415\u00a0555\u00a02671", "415\u00a0555\u00a02671"),
        ("ma\u200bria@exam\u200dple.org", "ma\u200bria@exam\u200dple.org"),
        ("tel ٤١٥-٥٥٥-٢٦٧١", "٤١٥-٥٥٥-٢٦٧١"),
        ("𝟒𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏", "𝟒𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏"),
        ("jose\u0301@example.org", "jose\u0301@example.org"),
    ],
)
def test_disguised_writing_is_found_at_its_place(text: str, found: str) -> None:
    assert [span.text for span in find_pii(text)] == [found]


def test_empty_and_blank() -> None:
    assert find_pii("") == []
    assert redact(" \n ").text == " \n "


def test_known_adds_to_the_patterns() -> None:
    text = "Maria asks about maria@example.org"
    assert redact(text).text == "Maria asks about [email]"
    assert redact(text, KnownPeople(names=("Maria Lopez",))).text == "[person_name] asks about [email]"
