"""Which replies may go unread: what an intent has proved on reviewed drafts, and when it loses that again (row A17).

limits.yaml names the intents and who answers for them; that alone raises nothing. The bars are in its `autonomy`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.approvals.request import ApprovalRequest, DecisionKind
from agent.feedback import FINAL, EditClass, Feedback
from agent.limits import PolicyLimits
from agent.limits.service import Autonomy
from agent.repositories import ApprovalRepository

WEEK = timedelta(days=7)
LEAST_IN_A_WEEK = 5
"""Fewer reviewed drafts in a week say nothing about it."""


@dataclass(frozen=True, kw_only=True)
class Review:
    """One draft that a person read: whether it left exactly as it was drafted."""

    at: datetime
    accurate: bool


FeedbackAbout = Callable[[str, int], Sequence[Feedback]]
"""What people made of drafts about an intent, the newest first."""


def reviews_of(requests: Iterable[ApprovalRequest], feedback: Iterable[Feedback] = ()) -> list[Review]:
    """One review for each message, newest first; what was edited or refused was not accurate, however it ended.

    `feedback` adds what people answered by hand, and what they changed: accurate means that not a word was.
    """
    found: dict[tuple[str, str], Review] = {}
    for request in requests:
        decision = request.decision
        drafted = any(effect.kind == "send_reply" for effect in request.effects)
        if decision is not None and drafted:
            message = (request.case_id, request.bindings.get(f"ticket:{request.ticket_id}", ""))
            before = found.get(message, Review(at=decision.at, accurate=True))
            accurate = before.accurate and decision.kind is DecisionKind.APPROVE
            found[message] = Review(at=max(before.at, decision.at), accurate=accurate)
    for each in feedback:
        if each.via in FINAL:
            message = (each.case_id, each.message_id)
            before = found.get(message, Review(at=each.at, accurate=True))
            accurate = before.accurate and each.edit.kind is EditClass.UNCHANGED
            found[message] = Review(at=max(before.at, each.at), accurate=accurate)
    return sorted(found.values(), key=lambda review: review.at, reverse=True)


def still_read(intent: str, reviews: Sequence[Review], bars: Autonomy, now: datetime) -> str:
    """Why a person has to read replies about this intent; empty when it has earned to go unread."""
    about = intent.replace("_", " ")
    if len(reviews) < bars.reviewed_samples:
        return f"{len(reviews)} drafts about {about} were reviewed; {bars.reviewed_samples} have to be."
    newest = percent(reviews[: bars.reviewed_samples])
    if newest < bars.accuracy_percent:
        return f"{newest} % of the newest drafts about {about} left unchanged; {bars.accuracy_percent} % have to."
    week = [review for review in reviews if review.at > now - WEEK]
    if len(week) >= LEAST_IN_A_WEEK and percent(week) < bars.lower_below_percent:
        return (
            f"{percent(week)} % of this week's drafts about {about} left unchanged, below {bars.lower_below_percent} %."
        )
    return ""


def percent(reviews: Sequence[Review]) -> int:
    """Whole percent of accurate ones, rounded down; 0 of none."""
    return sum(review.accurate for review in reviews) * 100 // len(reviews) if reviews else 0


@dataclass(frozen=True, kw_only=True)
class Earned:
    """`agent.guard.guard.StillRead` over the answers that people gave."""

    approvals: ApprovalRepository
    limits: PolicyLimits
    feedback: FeedbackAbout | None = None

    def __call__(self, intent: str, now: datetime) -> str:
        """Why a person has to read replies about this intent; empty when it has earned to go unread."""
        bars = self.limits.autonomy
        most = bars.reviewed_samples * 2
        by_hand = self.feedback(intent, most) if self.feedback else ()
        return still_read(intent, reviews_of(self.approvals.decided(intent, most), by_hand), bars, now)
