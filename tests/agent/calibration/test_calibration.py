"""What is planted into a draft: one fault, where something was sourced, and nothing else changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.calibration import PREFIX, Answer, Fault, Seed, Showing, reviewers, seeded, showing_id
from agent.case import Draft, SourcedSpan, SpanKind
from agent.testing import NOON

TEXT = (
    "Hello Mia,\n\nwe refund $39.00 for order #1042 by November 12, if the parcel comes back within 30 days. "
    "Best wishes, Alder & Wren"
)


def _span(words: str, kind: SpanKind, *sources: str) -> SourcedSpan:
    start = TEXT.index(words)
    return SourcedSpan(start=start, end=start + len(words), kind=kind, sources=sources or ("order:1",))


WHOLE = TEXT[TEXT.index("we refund") : TEXT.index(" Best")]
DRAFT = Draft(
    text=TEXT,
    language="en",
    in_reply_to="m-1",
    spans=(
        _span("Mia", SpanKind.NAME),
        _span("$39.00", SpanKind.AMOUNT),
        _span("#1042", SpanKind.IDENTIFIER),
        _span("November 12", SpanKind.DATE),
        _span(WHOLE, SpanKind.POLICY, "returns@v3#window"),
    ),
)


@pytest.mark.system("U15")
@pytest.mark.parametrize(
    ("fault", "truth", "planted"),
    [
        (Fault.AMOUNT, "$39.00", "$49.00"),
        (Fault.DATE, "November 12", "November 14"),
        (Fault.ORDER, "#1042", "#1043"),
        (Fault.NAME, "Mia", "Sara"),
        (Fault.CONDITION, ", if the parcel comes back within 30 days", ""),
    ],
)
def test_each_fault(fault: Fault, truth: str, planted: str) -> None:
    found = next(seed for choice in range(20) if (seed := seeded(DRAFT, choice)) and seed.fault is fault)
    assert (found.truth, found.planted) == (truth, planted)
    assert found.text == TEXT.replace(truth, planted)
    assert truth.strip(" ,") in found.explained()


@given(st.integers(min_value=0, max_value=10**9))
def test_any_choice_changes_one_sourced_place(choice: int) -> None:
    seed = seeded(DRAFT, choice)
    assert seed is not None
    assert seed.text != TEXT
    back = f"{seed.text[: seed.start]}{seed.truth}{seed.text[seed.start + len(seed.planted) :]}"
    assert back == TEXT


@given(st.text(min_size=1, max_size=60), st.sampled_from(SpanKind), st.data())
def test_any_draft_is_changed_in_one_place_or_left_alone(text: str, kind: SpanKind, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    span = SourcedSpan(start=start, end=end, kind=kind, sources=("fact:1",))
    seed = seeded(Draft(text=text, language="en", in_reply_to="m", spans=(span,)), data.draw(st.integers(0, 99)))
    if seed is not None:
        assert f"{seed.text[: seed.start]}{seed.truth}{seed.text[seed.start + len(seed.planted) :]}" == text
        assert seed.text != text


def test_what_has_no_source_is_never_changed() -> None:
    plain = DRAFT.model_copy(update={"spans": tuple(s.model_copy(update={"sources": ()}) for s in DRAFT.spans)})
    assert seeded(plain, 0) is None


def test_no_request_is_called_like_a_showing() -> None:
    assert showing_id("ap-0123456789", "noor").startswith(PREFIX)
    assert showing_id("ap-0123456789", "noor") != showing_id("ap-0123456789", "sam")


def _shown(person: str, number: int, answer: Answer, seconds: int, fault: Fault | None = Fault.AMOUNT) -> Showing:
    seed = Seed(fault=fault, text="x", start=0, planted="x", truth="y") if fault else None
    return Showing(
        id=f"cal-{person}{number}",
        request_id=f"ap-{number}",
        case_id="c-1",
        person=person,
        shown_at=NOON,
        seed=seed,
        answered_at=NOON + timedelta(seconds=seconds),
        answer=answer,
    )


@pytest.mark.system("U15")
def test_catch_rate_and_reading_time_by_reviewer() -> None:
    found = [_shown("noor", n, Answer.CAUGHT, 20 + n) for n in range(8)]
    found += [_shown("noor", 8, Answer.MISSED, 2), _shown("noor", 9, Answer.MISSED, 3)]
    found += [_shown("noor", 20 + n, Answer.NONE, 100, None) for n in range(3)]
    found += [_shown("sam", 1, Answer.MISSED, 4, Fault.DATE)]
    unanswered = _shown("sam", 2, Answer.NONE, 1).model_copy(update={"answered_at": None})
    sam, noor = reviewers([*found, unanswered])
    assert (sam.person, sam.caught.share, sam.missed_faults) == ("sam", 0.0, {Fault.DATE: 1})
    assert (noor.seeded, noor.caught.share, noor.caught.low, noor.caught.high) == (10, 0.8, 0.4902, 0.9433)
    assert (noor.reviews, noor.seconds) == (13, 24)
    assert noor.missed_faults == {Fault.AMOUNT: 2}
