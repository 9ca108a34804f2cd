"""What the customer record says is found however it is written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.redaction import KnownPeople, PiiType, find_pii, redact

MARIA = KnownPeople(
    names=("María López-Núñez", "Jürgen Müller", "Sean O'Brien"),
    addresses=("12 High Street, Springfield, IL 62704", "Hauptstraße 5\n10115 Berlin"),
    emails=("Maria.Lopez@Example.org",),
    phones=("+1 (415) 555-2671", "030 1234567"),
)


@pytest.mark.parametrize(
    "written",
    [
        "María López-Núñez",
        "MARIA LOPEZ NUNEZ",
        "maria  lopez-nunez",
        "Lopez, Maria",
        "maria",
        "Nuñez",
        "LÓPEZ",
        "Mueller",
        "muller",
        "Juergen Mueller",
        "Mu\u0308ller",
        "o'brien",
        "OBrien",
        "O’BRIEN",
        "Ma\u200bría",
    ],
)
def test_names(written: str) -> None:
    spans = find_pii(f"the parcel for {written} is late", MARIA)
    assert {span.type for span in spans} == {PiiType.PERSON_NAME}
    assert "".join(char for span in spans for char in span.text or "" if char.isalpha()) == "".join(
        filter(str.isalpha, written)
    )


@pytest.mark.parametrize("written", ["marianne", "lopezes", "an", "brienz", "the sea"])
def test_parts_count_as_whole_words_only(written: str) -> None:
    assert find_pii(f"the parcel for {written} is late", MARIA) == []


def test_ordinary_words_need_a_capital() -> None:
    known = KnownPeople(names=("Will Young", "Rose de la Cruz"))
    assert (
        redact("i will wait, the young rose is dead, de la", known).text == "i will wait, the young rose is dead, de la"
    )
    assert (
        redact("it was Young who wrote, and Will too", known).text
        == "it was [person_name] who wrote, and [person_name] too"
    )
    assert redact("Will you send it? Will Young", known).text == "Will you send it? [person_name]"
    assert redact("will young", known).text == "[person_name]"


@pytest.mark.parametrize(
    "written",
    [
        "12 High Street, Springfield, IL 62704",
        "12 high st springfield il 62704",
        "12 HIGH ST.\nSPRINGFIELD",
        "12 High St",
        "Springfield IL 62704",
        "hauptstr. 5",
        "Hauptstrasse 5, 10115 Berlin",
        "10115 berlin",
    ],
)
def test_addresses(written: str) -> None:
    assert [(s.type, s.text) for s in find_pii(f"please use {written} now", MARIA)] in (
        [(PiiType.ADDRESS, written)],
        [(PiiType.ADDRESS, written.removesuffix("."))],
    )


def test_the_town_alone_is_no_address() -> None:
    assert find_pii("do you have a store in Springfield or Berlin?", MARIA) == []


@pytest.mark.parametrize(
    "written",
    ["4155552671", "415 5552671", "1-415-555-2671", "+14155552671", "(415)555 26 71", "0301234567", "+49 30 1234567"],
)
def test_phones_even_beside_order(written: str) -> None:
    assert [(s.type, s.text) for s in find_pii(f"order {written} now", MARIA)] == [(PiiType.PHONE, written)]


@pytest.mark.parametrize("written", ["maria.lopez@example.org", "MARIA.LOPEZ @ EXAMPLE.ORG"])
def test_emails(written: str) -> None:
    assert [(s.type, s.text) for s in find_pii(f"it is {written}, ok", MARIA)] == [(PiiType.EMAIL, written)]


@given(st.text(max_size=40), st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_any_record_is_accepted(value: str, text: str) -> None:
    known = KnownPeople((value,), (value,), (value,), (value,))
    assert all(text[s.start : s.end] == s.text for s in find_pii(text, known))
