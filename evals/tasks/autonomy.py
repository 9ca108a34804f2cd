"""What each intent has earned on reviewed drafts, and which bar is missing to raise or to keep its level.

Judged with the words and numbers of the guard: `agent.autonomy` decides, this only explains.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from agent.approvals.request import ApprovalRequest, DecisionKind
from agent.autonomy import LEAST_IN_A_WEEK, WEEK, Review, percent, reviews_of, still_read
from agent.limits.service import Autonomy
from evals.metrics import Share, share
from evals.plainly import first_fault
from evals.tasks.lines import UnusableInput, numbered_lines
from tools.actions import Action, SendReply

if TYPE_CHECKING:
    from agent.limits import PolicyLimits

MINOR_FROM = 0.85
"""An edited reply that keeps at least this share of its words, in their order, is a minor edit."""


class Edit(StrEnum):
    """What a person made of a draft."""

    UNCHANGED = "unchanged"
    MINOR = "minor"
    """Other words, the same numbers and the same actions."""
    MAJOR = "major"
    DISCARDED = "discarded"


class Level(StrEnum):
    """How far the replies about an intent may go by themselves."""

    READ = "read"
    """A person reads every one."""
    UNREAD = "unread"


@dataclass(frozen=True, kw_only=True)
class IntentAutonomy:
    """One intent. `newest` is over the reviews the bar looks at, `week` over the last seven days.

    `missing` says what has to happen before its replies may go unread; empty when they may. `caution` says what speaks
    against trusting the level: too few reviews this week, a bad week, an interval that reaches far down.
    """

    intent: str
    level: Level
    owner: str
    reviews: int
    newest: Share
    week: Share
    edits: Mapping[Edit, int]
    missing: tuple[str, ...]
    caution: str


@dataclass(frozen=True, kw_only=True)
class AutonomyReport:
    """Every intent that was ever reviewed or is listed, and the bars they were held against."""

    at: datetime
    bars: Autonomy
    mode: str
    intents: tuple[IntentAutonomy, ...]


def read_requests(path: Path) -> list[ApprovalRequest]:
    """Approval requests with their answers, one JSON object a line. Raises UnusableInput with file and line."""
    found: list[ApprovalRequest] = []
    for where, line in numbered_lines(path):
        try:
            found.append(ApprovalRequest.model_validate_json(line))
        except ValidationError as error:
            said = first_fault(error, "the line")
            raise UnusableInput(f"{where}: {said}; a line is an approval request as it is stored") from None
    return found


def autonomy_report(requests: Iterable[ApprovalRequest], limits: PolicyLimits, now: datetime) -> AutonomyReport:
    """What people's answers have earned for each intent, against the bars of limits.yaml, at `now` (aware)."""
    by_intent: dict[str, list[ApprovalRequest]] = {intent: [] for intent in limits.replies.auto_intents}
    for request in requests:
        if request.intent and request.decision is not None:
            by_intent.setdefault(request.intent, []).append(request)
    intents = (_intent(intent, by_intent[intent], limits, now) for intent in sorted(by_intent))
    return AutonomyReport(at=now, bars=limits.autonomy, mode=limits.replies.mode.value, intents=tuple(intents))


def _intent(intent: str, requests: Sequence[ApprovalRequest], limits: PolicyLimits, now: datetime) -> IntentAutonomy:
    bars = limits.autonomy
    reviews = reviews_of(_as_the_guard_reads(requests, bars))
    newest, week = reviews[: bars.reviewed_samples], [review for review in reviews if review.at > now - WEEK]
    owner = limits.replies.owner_of(intent)
    said = still_read(intent, reviews, bars, now)
    return IntentAutonomy(
        intent=intent,
        level=Level.UNREAD if owner and not said else Level.READ,
        owner=owner,
        reviews=len(reviews_of(requests)),
        newest=_share(newest),
        week=_share(week),
        edits=Counter(edits_of(requests)),
        missing=tuple(_missing(intent, reviews, limits, now)),
        caution=_caution(_share(newest), _share(week), bars),
    )


def _as_the_guard_reads(requests: Sequence[ApprovalRequest], bars: Autonomy) -> list[ApprovalRequest]:
    """As `agent.autonomy.Earned`: the newest by when they were asked, twice as many as the bar counts."""
    newest = sorted(requests, key=lambda request: (request.created_at, request.id), reverse=True)
    return newest[: bars.reviewed_samples * 2]


def _share(reviews: Sequence[Review]) -> Share:
    return share(sum(review.accurate for review in reviews), len(reviews))


def _missing(intent: str, reviews: Sequence[Review], limits: PolicyLimits, now: datetime) -> Iterator[str]:
    bars = limits.autonomy
    newest = reviews[: bars.reviewed_samples]
    if len(reviews) < bars.reviewed_samples:
        yield f"{bars.reviewed_samples - len(reviews)} more reviewed drafts ({len(reviews)} of {bars.reviewed_samples})"
    if newest and percent(newest) < bars.accuracy_percent:
        yield _too_few_unchanged(newest, bars)
    week = [review for review in reviews if review.at > now - WEEK]
    if len(week) >= LEAST_IN_A_WEEK and percent(week) < bars.lower_below_percent:
        yield f"a week above {bars.lower_below_percent} % (this one: {percent(week)} % of {len(week)})"
    if not limits.replies.owner_of(intent):
        yield "an owner: list the intent under replies.auto_intents, with replies.mode listed_intents"


def _too_few_unchanged(newest: Sequence[Review], bars: Autonomy) -> str:
    """How far the newest are from the bar, and how many good ones in a row would reach it."""
    return (
        f"{bars.accuracy_percent} % of the newest {bars.reviewed_samples} unchanged (now {percent(newest)} % of "
        f"{len(newest)}); {_needed(newest, bars)} unchanged ones in a row would do"
    )


def _needed(newest: Sequence[Review], bars: Autonomy) -> int:
    """Good drafts in a row until the window holds enough good ones; the oldest fall out of it as they come."""
    enough = _enough(bars.reviewed_samples, bars.accuracy_percent)
    good = [review.accurate for review in newest]
    for more in range(bars.reviewed_samples + 1):
        kept = good[: bars.reviewed_samples - more]
        full = more + len(kept) == bars.reviewed_samples
        if full and more + sum(kept) >= enough:
            return more
    return bars.reviewed_samples


def _enough(of: int, percents: int) -> int:
    """The least count that is `percents` of `of`, as `agent.autonomy.percent` rounds."""
    return -(-of * percents // 100)


def _caution(newest: Share, week: Share, bars: Autonomy) -> str:
    """What speaks against trusting the level; empty when nothing does."""
    if week.n < LEAST_IN_A_WEEK:
        return f"{week.n} reviewed this week: below {LEAST_IN_A_WEEK} nobody would notice a bad one"
    if week.count < _enough(week.n, bars.lower_below_percent):
        return f"this week is below {bars.lower_below_percent} %"
    if newest.low * 100 < bars.lower_below_percent:
        return f"the true share may be as low as {newest.low:.1%}"
    return ""


# --- what people made of drafts


def edits_of(requests: Iterable[ApprovalRequest]) -> list[Edit]:
    """One class for each message that `reviews_of` counts, the worst of the answers about it."""
    worst: dict[tuple[str, str], Edit] = {}
    for request in requests:
        if request.decision is None or _reply(request.effects) is None:
            continue
        message = (request.case_id, request.bindings.get(f"ticket:{request.ticket_id}", ""))
        edit = _edit(request)
        worst[message] = max(worst.get(message, edit), edit, key=_ORDER.index)
    return list(worst.values())


_ORDER = tuple(Edit)


def _edit(request: ApprovalRequest) -> Edit:
    decision = request.decision
    if decision is None or decision.kind in (DecisionKind.REJECT, DecisionKind.ESCALATE):
        return Edit.DISCARDED
    if decision.kind is DecisionKind.APPROVE:
        return Edit.UNCHANGED
    before = _reply(request.effects)
    effects = decision.effects if decision.effects is not None else request.effects
    after = decision.text or _reply(effects)
    if before is None or not after or _marks(request.effects) != _marks(effects):
        return Edit.MAJOR
    return edit_between(before, after)


def edit_between(before: str, after: str) -> Edit:
    """How far a reply was reworded. Another number, amount or date is a major edit however few letters it takes."""
    old, new = before.split(), after.split()
    if Counter(re.findall(r"\d+", before)) != Counter(re.findall(r"\d+", after)):
        return Edit.MAJOR
    kept = SequenceMatcher(None, old, new, autojunk=False).ratio()
    return Edit.MINOR if kept >= MINOR_FROM else Edit.MAJOR


def _reply(effects: Iterable[Action]) -> str | None:
    return next((effect.text for effect in effects if isinstance(effect, SendReply)), None)


def _marks(effects: Iterable[Action]) -> set[str]:
    return {effect.fingerprint() for effect in effects if not isinstance(effect, SendReply)}


def lines_of(report: AutonomyReport) -> Iterator[str]:
    """The report as Markdown."""
    bars = report.bars
    yield f"## Autonomy ({report.at:%Y-%m-%d %H:%M} UTC, replies.mode {report.mode})"
    yield ""
    yield (
        f"Bars in limits.yaml: {bars.reviewed_samples} reviewed drafts, {bars.accuracy_percent} % of them unchanged; "
        f"a week below {bars.lower_below_percent} % lowers it again."
    )
    if not report.intents:
        yield ""
        yield "No draft was reviewed yet: answers to drafts appear here by intent."
        return
    yield ""
    yield "| intent | level | reviewed | unchanged | 95 % interval | this week | minor | major | discarded |"
    yield "|---|---|--:|--:|---|--:|--:|--:|--:|"
    for each in report.intents:
        yield _row(each)
    yield ""
    for each in report.intents:
        yield _said(each)


def _row(each: IntentAutonomy) -> str:
    interval = f"{each.newest.low:.1%} to {each.newest.high:.1%}" if each.newest.n else ""
    edits = " | ".join(str(each.edits.get(edit, 0)) for edit in (Edit.MINOR, Edit.MAJOR, Edit.DISCARDED))
    return (
        f"| {each.intent} | {each.level} | {each.reviews} | {_percent(each.newest)} | {interval} "
        f"| {_percent(each.week)} | {edits} |"
    )


def _said(each: IntentAutonomy) -> str:
    """What is missing, or who answers for it; then what to be careful about."""
    missing = f"missing: {'; '.join(each.missing)}" if each.missing else f"goes unread, {each.owner} answers for it"
    return f"- {each.intent}: {missing}" + (f". Note: {each.caution}" if each.caution else "")


def _percent(of: Share) -> str:
    return "none" if of.value is None else f"{of.value:.1%}"
