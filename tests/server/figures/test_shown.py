"""What was not measured is said to be that, and never shown as zero."""

from __future__ import annotations

from datetime import timedelta

from server.figures.automation import Kept, Workflow, workflow
from server.figures.ended import Ending
from server.figures.kpis import Rate, Spread
from server.ui.views.figures import (
    endings_chart,
    kept_chart,
    reopened_chart,
    saved_chart,
    times_chart,
    workflow_rows,
)
from tests.server.figures.test_kpis import Answer, at, life

NONE, ONE = Spread(median=None, p90=None, of=0, out_of=3), timedelta(minutes=1)


def quiet() -> Workflow:
    return workflow("thanks", [life(1, at(0, "9:00"))])


def test_without_a_reply_there_is_no_time_to_answer_and_none_saved() -> None:
    times, saved = times_chart(NONE, NONE), saved_chart([quiet()], quiet())
    assert times.answer == saved.answer == "no reply sent yet"
    assert times.bars == saved.bars == ()
    assert times.empty == "Nothing was measured: no reply was sent, and no case was resolved."
    assert saved.empty == "Nothing was measured: no reply was sent."
    assert ("first answer, median", "no reply sent yet") in times.rows
    assert ("resolution, 9 of 10", "nothing resolved yet") in times.rows
    assert [row[-1] for row in workflow_rows([quiet()], quiet())] == ["–", "–"]


def test_what_took_no_minute_is_said_so_and_what_was_changed_saved_nothing() -> None:
    quick = Spread(median=timedelta(0), p90=timedelta(seconds=90), of=1, out_of=3)
    times = times_chart(quick, NONE)
    assert times.answer == "under 1 min to the first answer"
    assert [bar.says for bar in times.bars] == ["under 1 min", "1 min"]
    changed = workflow("thanks", [life(1, at(0, "9:00"), answers=(Answer(at=at(0, "10:00"), by="noor"),), edited=1)])
    saved = saved_chart([changed], changed)
    assert saved.answer == "0 min"
    assert saved.empty == "Every reply was changed before it left, which saves nothing."


def test_a_share_of_nothing_has_no_bars() -> None:
    back, drafts = reopened_chart(Rate(part=0, whole=0)), kept_chart(Kept(unchanged=0, of=0))
    assert (back.answer, back.bars, back.rows) == ("nothing was over yet", (), ())
    assert (drafts.answer, drafts.bars, drafts.rows) == ("no draft was sent yet", (), ())
    still = dict.fromkeys(Ending, 0) | {Ending.OPEN: 3}
    assert endings_chart(still).answer == "all still open"
    said = endings_chart(still | {Ending.RESOLVED_ALONE: 1}).answer.replace("\N{NO-BREAK SPACE}", " ")
    assert said == "25 % resolved, 0 % not known"
