"""The report says of every intent what the guard would say, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.approvals.request import ApprovalDecision, ApprovalKind, ApprovalRequest, DecisionKind
from agent.autonomy import Earned
from agent.limits import PolicyLimits, Role, load_limits, shipped_limits
from agent.limits.service import AutoIntent, ReplyMode
from agent.testing.approvals import InMemoryApprovals
from agent.testing.audit import InMemoryAudit
from evals.tasks.autonomy import Edit, IntentAutonomy, Level, autonomy_report, edit_between, lines_of, read_requests
from evals.tasks.lines import UnusableInput
from tools.actions import Action, IssueStoreCredit, SendReply
from tools.money import Money

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DRAFT = "Hi Mia, your parcel for order A-1042 is on its way and should reach you by Friday. Best regards, Noor"


def reply(text: str = DRAFT, message: int = 0) -> SendReply:
    return SendReply(ticket_id=f"t{message}", in_reply_to=f"m{message}", text=text, language="en")


def request(
    number: int,
    kind: DecisionKind | None = DecisionKind.APPROVE,
    *,
    days: float = 1,
    text: str = "",
    message: int = -1,
    effects: tuple[Action, ...] | None = None,
) -> ApprovalRequest:
    at, of = NOW - timedelta(days=days), number if message < 0 else message
    changed = effects if effects is not None else (reply(text, of),) if text else None
    decision = (
        ApprovalDecision(kind=kind, by="dana", role=Role.LEAD, at=at, digest="d", effects=changed) if kind else None
    )
    return ApprovalRequest(
        id=f"ap-{number}",
        case_id=f"case-{of}",
        ticket_id=f"t{of}",
        kind=ApprovalKind.REVIEW,
        effects=(reply(message=of),),
        bindings={f"ticket:t{of}": f"m{of}"},
        required_role=Role.AGENT,
        intent="order_status",
        created_at=at - timedelta(minutes=5),
        expires_at=at + timedelta(days=2),
        decision=decision,
    )


def limits(samples: int = 4, accuracy: int = 75, lower: int = 60, *, owner: str = "priya") -> PolicyLimits:
    shipped = load_limits(shipped_limits())
    bars = shipped.autonomy.model_copy(
        update={"reviewed_samples": samples, "accuracy_percent": accuracy, "lower_below_percent": lower}
    )
    listed = {"order_status": AutoIntent(owner=owner)} if owner else {}
    replies = shipped.replies.model_copy(update={"mode": ReplyMode.LISTED_INTENTS, "auto_intents": listed})
    return shipped.model_copy(update={"autonomy": bars, "replies": replies})


def only(requests: Sequence[ApprovalRequest], rules: PolicyLimits) -> IntentAutonomy:
    (found,) = autonomy_report(requests, rules, NOW).intents
    return found


APPROVE, MODIFY, REJECT, ESCALATE = DecisionKind


@pytest.mark.system("A17")
def test_an_intent_that_is_listed_and_has_earned_it_goes_unread() -> None:
    found = only([request(n) for n in range(6)], limits())
    assert (found.level, found.owner, found.reviews, found.missing) == (Level.UNREAD, "priya", 6, ())
    assert (found.newest.count, found.newest.n) == (4, 4)
    assert found.edits == {Edit.UNCHANGED: 6}
    assert "as low as 51.0%" in found.caution


@pytest.mark.system("A17")
def test_every_bar_that_is_missing_is_named() -> None:
    few = only([request(0), request(1, REJECT)], limits(owner=""))
    assert few.level is Level.READ
    assert few.missing[0] == "2 more reviewed drafts (2 of 4)"
    assert few.missing[1].startswith("75 % of the newest 4 unchanged (now 50 % of 2); 2 unchanged ones")
    assert few.missing[2].startswith("an owner: list the intent under replies.auto_intents")
    bad_week = [*(request(n, MODIFY, text="No.") for n in range(5)), *(request(9 + n, days=20) for n in range(40))]
    found = only(bad_week, limits(samples=20, accuracy=50))
    assert found.level is Level.READ
    assert found.missing == ("a week above 60 % (this one: 0 % of 5)",)
    assert found.caution == "this week is below 60 %"


def test_quiet_weeks_and_unlisted_intents() -> None:
    quiet = only([request(n, days=20) for n in range(6)], limits())
    assert quiet.level is Level.UNREAD
    assert quiet.caution == "0 reviewed this week: below 5 nobody would notice a bad one"
    assert only([], limits()).missing == ("4 more reviewed drafts (0 of 4)",)
    assert autonomy_report([], limits(owner=""), NOW).intents == ()


KINDS = st.lists(st.sampled_from([APPROVE, APPROVE, APPROVE, MODIFY, REJECT, ESCALATE]), max_size=30)


@pytest.mark.system("A17")
@given(KINDS, st.integers(1, 12), st.integers(0, 100), st.integers(1, 20), st.data())
def test_the_level_is_the_guards(
    kinds: list[DecisionKind], samples: int, bar: int, spread: int, data: st.DataObject
) -> None:
    rules = limits(samples, bar, data.draw(st.integers(0, bar)))
    made = [
        request(n, kind, days=n % spread, text="Other." if kind is MODIFY else "", message=n // 2)
        for n, kind in enumerate(kinds)
    ]
    unread = not Earned(approvals=Decided(made), limits=rules)("order_status", NOW)
    found = only(made, rules)
    assert (found.level is Level.UNREAD) == unread == (not found.missing)
    assert sum(found.edits.values()) == found.reviews


class Decided(InMemoryApprovals):
    """Requests that were answered already."""

    def __init__(self, requests: Sequence[ApprovalRequest]) -> None:
        super().__init__(InMemoryAudit())
        self._made = sorted(requests, key=lambda each: (each.created_at, each.id), reverse=True)

    def decided(self, intent: str, limit: int) -> Sequence[ApprovalRequest]:
        return [each for each in self._made if each.intent == intent and each.decision][:limit]


@given(st.lists(st.booleans(), min_size=1, max_size=12), st.integers(1, 10), st.integers(1, 100))
def test_so_many_good_ones_in_a_row_reach_the_bar_and_one_less_does_not(
    accurate: list[bool], samples: int, bar: int
) -> None:
    rules = limits(samples, bar, 0)
    made = [request(n, APPROVE if ok else REJECT, days=30 + n) for n, ok in enumerate(accurate)]
    said = next((text for text in only(made, rules).missing if "in a row" in text), "")
    if not said:
        return
    needed = int(said.rsplit("; ", 1)[1].split()[0])

    def after(more: int) -> tuple[str, ...]:
        return only([*(request(100 + n, days=20) for n in range(more)), *made], rules).missing

    assert after(needed) == ()
    assert after(needed - 1) != ()


def test_the_worst_answer_about_a_message_is_its_edit() -> None:
    edited = DRAFT.replace("should reach you", "will be with you")
    credit = IssueStoreCredit(customer_id="c1", amount=Money.of("5.00", "USD"), reason="late")
    made = [
        request(0, MODIFY, text=edited),
        request(1, APPROVE, message=0),
        request(2, MODIFY, text=DRAFT.replace("1042", "1043")),
        request(3, MODIFY, effects=(credit, reply())),
        request(4, MODIFY, effects=()),
        request(5, APPROVE),
        request(6, REJECT, message=5),
        request(7, None),
        request(8, ESCALATE),
    ]
    found = only(made, limits())
    assert found.edits == {Edit.MINOR: 1, Edit.MAJOR: 3, Edit.DISCARDED: 2}
    assert found.newest.count == 0


def test_edits() -> None:
    assert edit_between(DRAFT, DRAFT.replace("Best", "Kind")) is Edit.MINOR
    assert edit_between(DRAFT, DRAFT.replace("1042", "1024")) is Edit.MAJOR
    assert edit_between(DRAFT, "Hello, we will look for your parcel A-1042 and come back to you.") is Edit.MAJOR


def test_the_table() -> None:
    lines = list(lines_of(autonomy_report([request(n) for n in range(6)], limits(), NOW)))
    assert "4 reviewed drafts, 75 % of them unchanged; a week below 60 % lowers it again." in lines[2]
    assert "| order_status | unread | 6 | 100.0% | 51.0% to 100.0% | 100.0% | 0 | 0 | 0 |" in lines
    assert lines[-1].startswith("- order_status: goes unread, priya answers for it. Note: the true share")
    missing = list(lines_of(autonomy_report([request(0)], limits(), NOW)))
    assert missing[-1].startswith("- order_status: missing: 3 more reviewed drafts (1 of 4)")
    empty = list(lines_of(autonomy_report([], limits(owner=""), NOW)))
    assert empty[-1].startswith("No draft was reviewed yet")


def test_stored_requests_and_what_is_wrong_with_them(tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    path.write_text(f"{request(1).model_dump_json()}\n\n" + "{}\n")
    with pytest.raises(UnusableInput, match=r"requests\.jsonl:3: `id` is missing; a line is an approval request"):
        read_requests(path)
    path.write_text(f"{request(1).model_dump_json()}\n")
    assert read_requests(path) == [request(1)]
