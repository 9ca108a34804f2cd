"""How drafts fare with people: feedback, review calibration, the weekly look back, and incidents."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from agent.calibration import Reviewer, reviewers
from agent.feedback import Feedback, IntentFeedback, Via, by_intent
from agent.weekly import Flag, Judged, Verdict, flag_id, week_of
from server.db.places import Place
from server.db.session import micros
from server.deps import Decider, Insider, Operator, Parts
from server.incidents import Incident, collect
from server.looking_back import sample_of
from server.pages.reviews import place_of_incident
from server.paging import Cursor, Limit, page_of, place_of
from server.problems import Problem, unknown
from server.reviewing import record_feedback
from server.routes.errors import documented
from server.routes.seeing import seen_case
from server.service import Service

router = APIRouter(tags=["reviews"])
CaseId = Annotated[str, Path(max_length=200, examples=["zendesk-5512"])]
Week = Annotated[str, Path(pattern=r"^\d{4}-W\d{2}$", examples=["2026-W47"])]
Days = Annotated[int, Query(ge=1, le=3_660, description="how far back")]
Text = Annotated[str, Field(max_length=20_000, description="what left instead; empty: the draft was thrown away")]


class Used(BaseModel):
    """What became of a draft."""

    model_config = ConfigDict(extra="forbid")

    via: Annotated[Via, Field(examples=["inserted"])]
    text: Annotated[Text, Field(examples=["Hi Mia, your parcel is on its way."])] = ""
    seconds_open: Annotated[float, Field(ge=0, le=86_400)] = 0.0


class FlagBody(BaseModel):
    """What is wrong with a case."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[
        str, Field(min_length=1, max_length=500, pattern=r"\S", examples=["Two orders, and one was overlooked"])
    ]


class VerdictBody(BaseModel):
    """What a lead says about a case of the week."""

    model_config = ConfigDict(extra="forbid")

    verdict: Annotated[Verdict, Field(examples=[next(iter(Verdict)).value])]
    note: Annotated[str, Field(max_length=2_000, examples=["Asked for what was in the letter already"])] = ""


class FeedbackPage(BaseModel):
    """Feedback, oldest first. `next` is the cursor of the page after; empty on the last one."""

    feedback: list[Feedback]
    next: str


class IncidentPage(BaseModel):
    """Incidents, newest first. `next` is the cursor of the page after; empty on the last one."""

    incidents: list[Incident]
    next: str


class CalibrationReport(BaseModel):
    """What reviewers catch. `percent`: the share of drafts shown with a planted fault."""

    percent: int
    reviewers: list[Reviewer]


class WeekItem(BaseModel):
    """One case of the sample; `why` is empty for one that was drawn at random."""

    case_id: str
    ticket_id: str
    intent: str
    status: str
    why: tuple[str, ...]
    verdict: Verdict | None
    note: str
    judged_by: str


class WeekSample(BaseModel):
    """A week, flagged cases first."""

    week: str
    items: list[WeekItem]


@router.get("/feedback", responses=documented(422))
def feedback(service: Parts, who: Insider, days: Days = 90) -> list[IntentFeedback]:
    """What people made of the drafts, by intent: unchanged, minor, major, discarded."""
    return by_intent(service.database.feedback.counts(service.clock.now() - timedelta(days=days)))


@router.get("/cases/{case_id}/feedback", responses=documented(404, 422))
def feedback_of(service: Parts, who: Insider, case_id: CaseId, limit: Limit = 50, cursor: Cursor = "") -> FeedbackPage:
    """What people made of the drafts of one case, oldest first."""
    record = seen_case(service, who, case_id)
    found = service.database.feedback.of_case(record.case_id, limit + 1, place_of(cursor))
    page, more = page_of(found, limit, lambda last: Place(micros(last.at), last.id))
    return FeedbackPage(feedback=list(page), next=more)


@router.post("/cases/{case_id}/feedback", status_code=201, responses=documented(404, 409, 422))
def give_feedback(service: Parts, who: Decider, case_id: CaseId, body: Used) -> Feedback:
    """Keep what became of the draft of a case somewhere else, such as in a helpdesk's own composer."""
    record = seen_case(service, who, case_id)
    seconds = body.seconds_open
    found = record_feedback(service, record, person=who.id, final=body.text, via=body.via, seconds_open=seconds)
    if found is None:
        raise Problem(409, "no-draft", "There is no draft", "Nothing was drafted for the newest message of this case.")
    return found


@router.post("/cases/{case_id}/flag", status_code=201, responses=documented(404, 422))
def flag(service: Parts, who: Decider, case_id: CaseId, body: FlagBody) -> Flag:
    """Put a case before the leads in this week's look back."""
    record, now = seen_case(service, who, case_id), service.clock.now()
    identifier = flag_id(record.case_id, who.id, now)
    kept = Flag(id=identifier, case_id=record.case_id, person=who.id, reason=body.reason.strip(), at=now)
    service.database.weekly.flag(kept)
    return kept


@router.get("/calibration", responses=documented(422))
def calibration(service: Parts, who: Operator) -> CalibrationReport:
    """What each reviewer catches of planted faults, and how long they look."""
    found = reviewers(service.database.showings.answered())
    return CalibrationReport(percent=service.settings.number("calibration_percent"), reviewers=found)


@router.get("/reviews", responses=documented(422))
def this_week(service: Parts, who: Operator) -> WeekSample:
    """The look back at the week that is."""
    return _sample(service, week_of(service.clock.now()))


@router.get("/reviews/{week}", responses=documented(422))
def one_week(service: Parts, who: Operator, week: Week) -> WeekSample:
    """The look back at any week."""
    return _sample(service, week)


@router.post("/reviews/{week}/{case_id}", status_code=201, responses=documented(404, 422))
def judge(service: Parts, who: Operator, week: Week, case_id: CaseId, body: VerdictBody) -> Judged:
    """A lead's verdict on a case of the week; the newest word stands."""
    if not any(item.case.case_id == case_id for item in sample_of(service, week)):
        raise unknown("case of this week", case_id)
    now = service.clock.now()
    judged = Judged(week=week, case_id=case_id, verdict=body.verdict, note=body.note.strip(), by=who.id, at=now)
    service.database.weekly.judge(judged)
    return judged


@router.get("/incidents", responses=documented(422))
def incidents(
    service: Parts,
    who: Insider,
    standing: Annotated[bool, Query(description="only those that last")] = True,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> IncidentPage:
    """What went wrong, once for each cause, newest first."""
    place = place_of(cursor)
    collect(service.database, service.limits, service.clock.now())
    found = service.database.incidents.page(limit + 1, place, standing=standing)
    page, more = page_of(found, limit, place_of_incident)
    return IncidentPage(incidents=list(page), next=more)


def _sample(service: Service, week: str) -> WeekSample:
    found = sample_of(service, week)
    return WeekSample(
        week=week,
        items=[
            WeekItem(
                case_id=item.case.case_id,
                ticket_id=item.case.ticket_id,
                intent=item.case.intent,
                status=item.case.status.value,
                why=item.why,
                verdict=item.judged.verdict if item.judged else None,
                note=item.judged.note if item.judged else "",
                judged_by=item.judged.by if item.judged else "",
            )
            for item in found
        ],
    )
