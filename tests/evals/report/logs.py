"""A small log made by hand: one result that failed, one whose machinery failed, one unscored, one that passed."""

from __future__ import annotations

from datetime import UTC, datetime

from agent.approvals.request import ApprovalDecision, ApprovalKind, ApprovalRequest, DecisionKind
from agent.case import (
    CaseStatus,
    CitedPassage,
    Classification,
    Draft,
    Evidence,
    ExecutionStatus,
    GuardVerdict,
    Identity,
    IdentityLevel,
    Investigation,
    ProposedResolution,
    SourcedSpan,
    SpanKind,
    Verdict,
    Violation,
)
from agent.ledger import LedgerEntry
from agent.limits.people import Role
from evals.episode import Change, Episode, Measured
from evals.log import EvalLog, Footer, Header, Result, Versions
from evals.sample import Sample
from evals.score import Metric, Score
from tools.actions import AddInternalNote, SendReply

AT = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
PLAIN = "Where is my parcel?"


def draft_of(text: str) -> Draft:
    """`Hi Mia, 39.00 USD on Friday` with the amount sourced and the day not."""
    spans = (
        SourcedSpan(start=8, end=17, kind=SpanKind.AMOUNT, sources=("order:o1",)),
        SourcedSpan(start=21, end=27, kind=SpanKind.DATE),
    )
    return Draft(text=text, language="en", in_reply_to="m1", spans=spans)


DRAFT = "Hi Mia, 39.00 USD on Friday. All the best"


def sample_of(key: str, said: str = PLAIN, *, intent: str = "order_status", **more: str) -> Sample:
    message = {"text": said, "sender": said, "sender_name": said, "quoted": said, "attachments": [{"name": said}]}
    return Sample.model_validate(
        {
            "id": key,
            "dataset": "made",
            "ticket": {"subject": said, "messages": [message]},
            "expected": {"intent": intent, "facts": [said], "absent": [said], "asked": ""},
            "note": said,
            **more,
        }
    )


def episode_of(key: str, said: str = PLAIN, *, draft: str = DRAFT, intent: str = "order_status") -> Episode:
    """Everything a card can show, with `said` wherever text comes from outside."""
    proposal = ProposedResolution(
        reply=draft_of(draft),
        actions=(AddInternalNote(ticket_id="t1", text=said),),
        rationale=said,
        citations=(said,),
    )
    reply = SendReply(ticket_id="t1", in_reply_to="m1", text=draft, language="en")
    return Episode(
        sample_id=key,
        status=CaseStatus.ANSWERED,
        classification=Classification(intent=intent, confidence=0.9, language="en", reason=said),
        investigation=Investigation(
            identity=Identity(level=IdentityLevel.VERIFIED, customer_id="c1", how=said),
            evidence=(
                Evidence(id="order:o1", kind="order", source=said, as_of=AT, fields={said: said, "total": "39.00 USD"}),
            ),
            passages=(
                CitedPassage(
                    passage_id="returns@v1#window",
                    document_id="returns",
                    version=1,
                    anchor="window",
                    title=said,
                    text=said,
                ),
            ),
            failures=(said,),
        ),
        proposed=(proposal.model_copy(update={"reply": draft_of(f"{DRAFT} {said}")}),),
        proposal=proposal,
        verdict=GuardVerdict(
            verdict=Verdict.REQUIRE_APPROVAL,
            violations=(Violation(rule="claim.unsourced", verdict=Verdict.BLOCK, message=said, start=21, end=27),),
        ),
        requests=(
            ApprovalRequest(
                id="ap-1",
                case_id="case",
                ticket_id="t1",
                kind=ApprovalKind.REVIEW,
                effects=(reply,),
                bindings={},
                required_role=Role.AGENT,
                created_at=AT,
                expires_at=AT,
                decision=ApprovalDecision(
                    kind=DecisionKind.APPROVE, by="dana", role=Role.LEAD, at=AT, digest="d", reason=said
                ),
            ),
        ),
        ledger=(
            LedgerEntry(
                key="case:1",
                case_id="case",
                action=reply,
                status=ExecutionStatus.SUCCEEDED,
                detail=said,
                claimed_at=AT,
                owner="evals",
            ),
        ),
        diff=(
            Change(noun="tickets", id=said, before={"tags": []}, after={"tags": [said]}),
            Change(noun="sent", id="s1", after={"text": said}),
        ),
        model_calls=2,
        input_tokens=100,
        output_tokens=20,
        cost_micros=1_500,
        measured=Measured(seconds=0.12, timings={"classify": 4.0, "check": 9.5}),
    )


def score(scorer: str, value: float | None, said: str = "as it is") -> Score:
    return Score(scorer=scorer, value=value, explanation=said, reason="" if value is not None else said)


def log_of(*results: Result) -> EvalLog:
    return EvalLog(
        header=Header(
            task="made",
            solver="playbook",
            approver="approve_all",
            epochs=1,
            seed=7,
            samples=len(results),
            versions=Versions(solver={"code": "abc123"}, dataset="f" * 64),
        ),
        results=results,
        footer=Footer(
            metrics=(Metric(name="triage.macro_f1", value=0.91, n=4, low=0.8, high=0.97),),
            finished_at=AT,
            seconds=12.5,
        ),
    )


def made(said: str = PLAIN) -> EvalLog:
    """All four outcomes; the passed one is Spanish, held out and without a draft."""
    failed = Result(
        sample=sample_of("b-failed", said, kind="adversarial"),
        episode=episode_of("b-failed", said, intent="refund_status"),
        scores=(
            score("triage", 0, said),
            score("grounding", 0.5, said),
            score("tone", 0.8, said),
            score("grounding_proposed", 0.25, said),
            score("facts", None, said),
        ),
    )
    broken = Result(sample=sample_of("a-error", said), episode=Episode(sample_id="a-error", error=f"disk full {said}"))
    unscored = Result(
        sample=sample_of("c-unscored", said), episode=episode_of("c-unscored"), scores=(score("facts", None),)
    )
    silent = Episode(
        sample_id="d-passed",
        classification=Classification(intent="thanks", confidence=0.8, language="es"),
        measured=Measured(seconds=0.2),
    )
    passed = Result(
        sample=sample_of("d-passed", said, intent="thanks", kind="multilingual", split="held_out"),
        episode=silent,
        scores=(score("triage", 1), score("tone", 0.9), score("grounding_proposed", 0.5)),
    )
    return log_of(passed, unscored, failed, broken)
