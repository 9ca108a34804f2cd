"""What the report counts, against values known by hand, and the cards it counts over."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from agent.case import Draft, SourcedSpan, SpanKind, Verdict, Violation
from evals.metrics import calibration
from evals.report.cards import Outcome, as_text, cards_of
from evals.report.charts import calibration_plot, histogram
from evals.report.pieces import pieces_of
from evals.report.summary import dollars, summary_of
from tests.evals.report.logs import DRAFT, log_of, made


def test_failures_come_first_and_errors_are_not_failures() -> None:
    cards = cards_of(made())
    assert [(card.name, card.outcome) for card in cards] == [
        ("b-failed", Outcome.FAILED),
        ("a-error", Outcome.ERROR),
        ("c-unscored", Outcome.UNSCORED),
        ("d-passed", Outcome.PASSED),
    ]
    first, error, _, last = cards
    assert first.failed == ("triage", "grounding")
    assert first.short == ("tone", "grounding_proposed")
    assert first.why.startswith("triage: ")
    assert error.why.startswith("disk full")
    assert (last.failed, last.short) == ((), ("tone", "grounding_proposed"))


def test_a_card_shows_what_was_expected_and_what_changed() -> None:
    card = cards_of(made())[0]
    assert ("signed by", "nobody is asked") in card.expected
    assert ("intent", "order_status") in card.expected
    ticket, sent = card.changes
    assert (ticket.how, ticket.fields) == ("changed", (("tags", "", "Where is my parcel?"),))
    assert (sent.how, sent.fields) == ("new", (("text", "", "Where is my parcel?"),))
    assert "".join(piece.text for piece in card.meant).startswith(DRAFT)
    assert card.anchors == {"order:o1": "c1-s1", "returns@v1#window": "c1-s2"}


def test_the_figures_of_a_log() -> None:
    log = made()
    summary = summary_of(log, cards_of(log))
    assert (summary.passed.count, summary.passed.n) == (1, 2)
    by_name = {line.name: line for line in summary.scorers}
    assert set(by_name) == {"triage", "grounding", "tone", "facts"}
    triage, grounding, facts = by_name["triage"], by_name["grounding"], by_name["facts"]
    assert (triage.right.count, triage.right.n, triage.mean, triage.graded) == (1, 2, 0.5, False)
    assert (grounding.mean, grounding.proposed and grounding.proposed.n) == (0.5, 2)
    assert (facts.right.n, facts.mean, facts.unscored) == (0, None, 2)
    assert by_name["tone"].graded
    assert {(g.by, g.name, g.passed.count, g.passed.n) for g in summary.groups} >= {
        ("kind", "adversarial", 0, 1),
        ("split", "held_out", 1, 1),
        ("intent", "order_status", 0, 1),
    }
    assert summary.quality is not None
    assert (summary.quality.n, summary.quality.vetoed) == (2, 0)
    weighed = {part.scorer: (part.points, part.mean, part.n) for part in summary.quality.parts}
    assert weighed["grounding"] == (20, 0.5, 1)
    assert weighed["policy"] == (20, None, 0)
    assert sum(points for points, _, _ in weighed.values()) == 100
    assert summary.confusion is not None
    assert summary.confusion.mistakes() == [("order_status", "refund_status", 1)]
    assert summary.calibration is not None
    assert summary.calibration.n == 3
    assert summary.whole is not None
    assert (summary.whole.p50, summary.whole.most, summary.whole.n) == (120, 200, 3)
    assert [(step.name, step.p95) for step in summary.steps] == [("classify", 4.0), ("check", 9.5)]
    assert (summary.spending.model_calls, summary.spending.cost) == (4, "0.003000 USD")
    assert dollars(1_250_001) == "1.250001 USD"


def test_an_empty_log_has_figures_too() -> None:
    log = log_of()
    summary = summary_of(log, cards_of(log))
    assert (summary.passed.n, summary.confusion, summary.calibration, summary.whole) == (0, None, None, None)
    assert summary.spending.cost_each == "0.000000 USD"


@st.composite
def marks(draw: st.DrawFn) -> SourcedSpan:
    start = draw(st.integers(0, 60))
    kind = draw(st.sampled_from(list(SpanKind)))
    return SourcedSpan(start=start, end=start + draw(st.integers(0, 60)), kind=kind, sources=("s",))


@st.composite
def objections(draw: st.DrawFn) -> Violation:
    start = draw(st.integers(-5, 60))
    end = start + draw(st.integers(-5, 60))
    return Violation(rule="r", verdict=Verdict.BLOCK, message="m", start=start, end=end)


@given(st.text(min_size=1, max_size=50), st.lists(marks(), max_size=6), st.lists(objections(), max_size=4))
def test_pieces_are_the_text_again(text: str, spans: list[SourcedSpan], against: list[Violation]) -> None:
    draft = Draft(text=text, language="en", in_reply_to="m", spans=tuple(spans))
    pieces = pieces_of(draft, against)
    assert "".join(piece.text for piece in pieces) == text
    at = 0
    for piece in pieces:
        inside = [mark for mark in spans if mark.start <= at < mark.end]
        assert bool(piece.kind) == bool(inside)
        blamed = [v for v in against if (v.start or 0) <= at < (v.end or 0)]
        assert bool(piece.problem) == bool(blamed)
        at += len(piece.text)


def test_the_shortest_mark_names_a_piece_and_all_sources_are_kept() -> None:
    two = (
        SourcedSpan(start=0, end=10, kind=SpanKind.PROMISE, sources=("effect",)),
        SourcedSpan(start=3, end=6, kind=SpanKind.DATE, sources=("estimate",)),
    )
    pieces = pieces_of(Draft(text="by Fri ok, bye", language="en", in_reply_to="m", spans=two))
    assert [(piece.text, piece.kind) for piece in pieces] == [
        ("by ", "promise"),
        ("Fri", "date"),
        (" ok,", "promise"),
        (" bye", ""),
    ]
    assert pieces[1].sources == ("effect", "estimate")


def test_values_as_text() -> None:
    values: list[JsonValue] = [None, "a", ["a", "b"], [1, "a"], {"a": 1}, True, []]
    assert [as_text(value) for value in values] == ["", "a", "a, b", '[1, "a"]', '{"a": 1}', "true", ""]


def test_charts_lie_inside_their_frame() -> None:
    found = calibration([(0.05, True), (0.5, False), (1.0, True)])
    assert found is not None
    assert str(calibration_plot(found)).count("<circle") == 3
    assert "50% sure, 0% right, 1 messages" in calibration_plot(found)
    assert histogram([], "ms", "none") == histogram([0.0], "ms", "none") == ""
    picture = str(histogram([*(float(n) for n in range(1, 100)), 90_000.0], "ms", "times"))
    assert picture.count("<rect") == 12
    assert "100 or more" in picture
    assert 'height="-' not in picture


def test_the_epochs_of_a_sample_count_as_one() -> None:
    """What passes twice and fails once does not pass, and no share gets surer by running it again."""
    log = made()
    twice = [
        result.model_copy(update={"episode": result.episode.model_copy(update={"epoch": 2})}) for result in log.results
    ]
    log = log.model_copy(update={"results": (*log.results, *twice)})
    once, both = summary_of(made(), cards_of(made())), summary_of(log, cards_of(log))
    assert (both.passed, both.groups) == (once.passed, once.groups)
    assert [(line.name, line.right, line.mean) for line in both.scorers] == [
        (line.name, line.right, line.mean) for line in once.scorers
    ]
