"""What a person sees: the decisive things, in order, in 100 columns, and nothing that drives the terminal."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from rich.console import Console, RenderableType

from agent.approvals import ApprovalDecision, ApprovalKind, ApprovalRequest, ApprovalStatus, DecisionKind
from agent.approvals.names import Names
from agent.case import (
    ActionVerdict,
    Alternative,
    CaseStatus,
    Classification,
    Draft,
    Evidence,
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
from agent.limits import Role
from agent.repositories import CaseRecord
from server.demo import Picture
from server.display.approval import button, kinds, main_reason, request_view, row
from server.display.case import case_view, numbered, sources
from server.display.live import Working
from server.display.picture import picture_view, plural
from tests.tools.world import NOW, TICKET
from tools import actions as act
from tools.helpdesk import Attachment
from tools.money import Money

REFUND = act.RefundOrder(order_id="o-5", amount=Money.of("39.00", "USD"), lines=(act.Lines(line_id="l-1"),))
TAG = act.TagTicket(ticket_id="t-1", tags=("late",))
TEXT = "Hi Ada. Order #1002 came on March 4. We have refunded $39.00 within 10 days."


def span(part: str, kind: SpanKind, *found: str) -> SourcedSpan:
    start = TEXT.index(part)
    return SourcedSpan(start=start, end=start + len(part), kind=kind, sources=found)


SPANS = (
    span("Ada", SpanKind.NAME, "customer:c-ada"),
    span("#1002", SpanKind.IDENTIFIER, "order:o-5", "orders"),
    span("We have refunded", SpanKind.PROMISE, f"effect:{REFUND.fingerprint()[:12]}"),
    span("10 days", SpanKind.NUMBER, "policy", "refunds@v2#how-refunds-work"),
    span("Hi", SpanKind.NUMBER),
)
DRAFT = Draft(text=TEXT, language="en", in_reply_to="m-1", spans=SPANS)
REPLY = act.SendReply(ticket_id="t-1", in_reply_to="m-1", text=TEXT, language="en")


def evidence(identifier: str, kind: str, **fields: str) -> Evidence:
    return Evidence(id=identifier, kind=kind, source=f"store.{kind}s", as_of=NOW, fields={**fields})


def judged(action: act.Action, verdict: Verdict, rule: str = "action.needs_signature") -> ActionVerdict:
    spoken = Violation(rule=rule, verdict=verdict, message="It is looked at.", role="agent")
    quiet = verdict is Verdict.ALLOW
    return ActionVerdict(
        kind=action.kind, fingerprint=action.fingerprint(), verdict=verdict, violations=() if quiet else (spoken,)
    )


def record(**fields: object) -> CaseRecord:
    given = {
        "case_id": "local-t-1",
        "ticket_id": "t-1",
        "status": CaseStatus.AWAITING_APPROVAL,
        "classification": Classification(intent="refund_request", confidence=0.94),
        "investigation": Investigation(
            identity=Identity(level=IdentityLevel.VERIFIED, customer_id="c-ada", how="login"),
            evidence=(
                evidence("customer:c-ada", "customer", name="Ada Byron", orders_count="3"),
                evidence("order:o-5", "order", number="#1002", placed_at="2026-03-01T10:00:00+00:00", delivered_at=""),
                evidence("queue", "queue", hours="9 to 5"),
            ),
        ),
        "proposal": ProposedResolution(
            reply=DRAFT,
            actions=(TAG, REFUND),
            rationale="because",
            alternatives=(Alternative(title="Send it again", actions=()),),
        ),
        "verdict": GuardVerdict(
            verdict=Verdict.REQUIRE_APPROVAL,
            actions=(
                judged(TAG, Verdict.ALLOW),
                judged(REFUND, Verdict.REQUIRE_APPROVAL),
                judged(REPLY, Verdict.REQUIRE_APPROVAL, "reply.draft_only"),
            ),
        ),
        "outcome": "refund_request (94%)",
        "approval_id": "ap-1",
        "created_at": NOW,
        "updated_at": NOW,
        **fields,
    }
    return CaseRecord.model_validate(given)


def request(**fields: object) -> ApprovalRequest:
    given: dict[str, object] = {
        "id": "ap-0123456789",
        "case_id": "local-t-1",
        "ticket_id": "t-1",
        "kind": ApprovalKind.SIGN,
        "effects": (REFUND, REPLY),
        "bindings": {},
        "required_role": Role.LEAD,
        "amount": Money.of("39.00", "USD"),
        "reasons": ("It is money. [action.needs_signature]", "39.00 USD is much. [refund.over_ceiling]"),
        "created_at": NOW,
        "expires_at": NOW + timedelta(hours=48),
        **fields,
    }
    return ApprovalRequest.model_validate(given)


def printed(view: RenderableType, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(view, crop=False)
    found = console.file
    assert isinstance(found, io.StringIO)
    return "\n".join(line.rstrip() for line in found.getvalue().splitlines())


def test_a_case_reads_in_the_order_in_which_a_person_decides() -> None:
    text = printed(case_view(record(), TICKET))
    titles = ["The customer writes", "What is true", "Suggested reply", "Sources", "What happens", "Why"]
    assert [line for line in text.splitlines() if line in titles] == titles
    assert text.startswith("local-t-1  refund request 94% · en · awaiting approval")
    assert "order: number #1002, placed at 2026-03-01 10:00 UTC  [store.orders]" in text
    assert "delivered at" not in text
    assert "    done by itself  Tag ticket t-1 with late" in text.replace("\n  ", "\n    ")
    assert "waits  Pay back 39.00 USD for order o-5" in text
    assert "alternative 1  Send it again" in text


def test_a_moment_of_another_zone_is_told_in_the_same_one_as_all_others() -> None:
    late = evidence("refund:r-1", "refund", amount="18.70 USD", expected_by="2026-12-01T10:01:09.780175-05:00")
    found = record(
        investigation=Investigation(identity=Identity(level=IdentityLevel.VERIFIED, how="login"), evidence=(late,))
    )
    assert "refund: amount 18.70 USD, expected by 2026-12-01 15:01 UTC  [store.refunds]" in printed(
        case_view(found, TICKET)
    )


def test_what_was_quoted_or_forwarded_is_shown_below_the_message_and_cut() -> None:
    sent = TICKET.latest.model_copy(update={"text": "See below.", "quoted": "Please cancel order 2499. " + "x" * 1_000})
    text = printed(case_view(record(), TICKET.model_copy(update={"messages": (sent,)})))
    below = text.index("[quoted or forwarded below it]")
    assert text.index("See below.") < below < text.index("Please cancel order 2499.") < text.index("What is true")
    assert "and 426 more characters" in text
    assert "quoted or forwarded" not in printed(case_view(record(), TICKET))


def test_every_sourced_part_has_its_number_and_every_number_its_source() -> None:
    assert numbered(DRAFT) == (
        "Hi Ada[1]. Order #1002[2] came on March 4. We have refunded[3] $39.00 within 10 days[4]."
    )
    assert sources(record()) == [
        "[1] customer Ada Byron (customer:c-ada, store.customers, 2026-03-10 12:00 UTC)",
        "[2] order #1002 (order:o-5, store.orders, 2026-03-10 12:00 UTC)",
        "[3] what happens: Pay back 39.00 USD for order o-5, covering 1 of line l-1",
        "[4] refunds@v2#how-refunds-work",
    ]


def test_orders_and_lines_are_called_by_their_names() -> None:
    names = Names(known={("order", "o-5"): "#1002", ("line", "o-5", "l-1"): "Stone mug (Grey)"})
    text = printed(case_view(record(), TICKET, names), 200)
    assert "waits  Pay back 39.00 USD for order #1002, covering 1 of Stone mug (Grey)" in text
    assert "what happens: Pay back 39.00 USD for order #1002" in text
    cancel = act.CancelOrder(order_id="o-5")
    assert button(request(effects=(cancel,)), {}, names)[0].startswith("Cancel order #1002 and pay")
    card = printed(request_view(request(), {}, names), 200)
    assert "for order #1002 (o-5), covering 1 of Stone mug (Grey) (line l-1)" in card
    assert REFUND.model_dump_json() in card


def test_a_case_without_a_reply_or_ticket_is_shown_as_well() -> None:
    bare = record(classification=None, investigation=None, proposal=None, verdict=None, outcome="")
    text = printed(case_view(bare, None))
    assert "What happens\n  nothing" in text
    assert "Suggested reply" not in text


@pytest.mark.parametrize("width", [60, 80, 100])
def test_a_case_fits_the_terminal(width: int) -> None:
    assert max(map(len, printed(case_view(record(), TICKET), width).splitlines())) <= width


def test_a_message_is_shown_raw_in_words_only() -> None:
    message = TICKET.latest.model_copy(
        update={"text": "Hi \x1b[2J" + " and more" * 500, "attachments": (Attachment(name="a\x1b.png", size=2048),)}
    )
    text = printed(case_view(record(), TICKET.model_copy(update={"messages": (message,)})))
    assert "\x1b" not in text
    assert "Hi <U+001B>[2J" in text
    assert "more characters" in text
    assert "[file a<U+001B>.png, application/octet-stream, 2,048 bytes]" in text


@pytest.mark.system("U6")
def test_the_card_holds_the_calls_byte_for_byte_on_one_line_each() -> None:
    lines = [line.strip() for line in printed(request_view(request(), {})).splitlines()]
    assert REFUND.model_dump_json() in lines
    assert REPLY.model_dump_json() in lines
    assert "39.00 USD" in lines
    assert any("refund.over_ceiling" in line for line in lines)


@pytest.mark.system("U6")
def test_the_button_is_a_sentence_made_of_the_call_money_first() -> None:
    asked = request(effects=(REPLY, TAG, REFUND))
    assert button(asked, {REFUND.fingerprint(): "Visa ·1881"}) == [
        "Refund 39.00 USD to Visa ·1881",
        "Tag ticket t-1 with late",
        "Send the reply",
    ]
    assert button(request(effects=(REFUND,)), {}) == ["Refund 39.00 USD"]
    credit = act.IssueStoreCredit(customer_id="c-1", amount=Money.of("5.00", "USD"))
    assert button(request(effects=(credit,)), {}) == ["Give 5.00 USD of store credit"]


def test_a_decided_card_says_who_what_and_when() -> None:
    decision = ApprovalDecision(
        kind=DecisionKind.REJECT, by="dana", role=Role.LEAD, at=NOW, digest="d", reason="wrong\x1b order"
    )
    done = request(status=ApprovalStatus.REJECTED, decision=decision, detail="nothing happened")
    text = " ".join(printed(request_view(done, {})).split())
    assert "dana: reject on 2026-03-10 12:00 UTC (wrong<U+001B> order). Now rejected. nothing happened" in text
    assert "Signing does this" not in text
    assert "Now expired." in printed(request_view(request(status=ApprovalStatus.EXPIRED), {}))


def test_a_row_names_what_is_asked_without_the_reply() -> None:
    assert row(request(), NOW + timedelta(hours=48))[5] == "expired"
    assert row(request(), NOW)[:6] == ("ap-0123456789", "t-1", "refund order", "39.00 USD", "lead", "03-12 12:00")
    assert kinds(request(effects=(REPLY,))) == "reply"
    assert main_reason(request()) == "39.00 USD is much. [refund.over_ceiling]"
    assert main_reason(request(reasons=())) == ""
    assert main_reason(request(reasons=request().reasons[:1])) == "always signed [action.needs_signature]"


def picture(**fields: object) -> Picture:
    given: dict[str, object] = {
        "tickets": 3,
        "rows": {"refund_request": {"awaiting_approval": 1, "awaiting_review": 1}, "thanks": {"ignored": 1}},
        "waiting": [request(), request(kind=ApprovalKind.REVIEW, effects=(REPLY,), amount=None)],
        "to_sign": request(),
        "signer": "dana",
        "case_id": "local-t-1",
        "sample": record(),
        **fields,
    }
    return Picture(**given)  # pyright: ignore[reportArgumentType] - the fields above


def test_a_picture_counts_draws_and_says_what_waits() -> None:
    text = printed(picture_view(picture()))
    assert "3 cases" in text
    assert ["refund", "request", "2", "1", "1"] in [line.split() for line in text.splitlines()]
    assert ["all", "3", "1", "1", "1"] in [line.split() for line in text.splitlines()]
    assert "Hi Ada[1]." in text
    assert "1 request to sign in all, and 1 draft to read." in text
    assert max(map(len, text.splitlines())) <= 100


def test_a_picture_of_nothing_says_so() -> None:
    text = printed(picture_view(picture(tickets=0, rows={}, waiting=[], to_sign=None, sample=None)))
    assert "0 cases" in text
    assert "Nothing. 0 drafts to read." in text


def test_only_the_largest_sums_are_listed_and_the_rest_is_counted() -> None:
    many = [request(id=f"ap-{n}", amount=Money.of(f"{n}.00", "USD")) for n in range(1, 13)]
    text = printed(picture_view(picture(waiting=many)))
    assert "ap-12" in text
    assert "ap-1 " not in text
    assert "and 4 more; 12 requests to sign in all, and 0 drafts to read." in text


@pytest.mark.parametrize(("count", "said"), [(0, "0 cases"), (1, "1 case"), (1200, "1,200 cases")])
def test_a_number_and_its_noun_agree(count: int, said: str) -> None:
    assert plural(count, "case") == said


def test_the_live_display_gives_every_ticket_once(capsys: pytest.CaptureFixture[str]) -> None:
    working = Working()
    for ticket in working([TICKET, TICKET], quiet=False):
        working.tell(record(), ticket)
    assert capsys.readouterr().out == "2 tickets worked on.\n"
    assert list(working([TICKET], quiet=True)) == [TICKET]
    assert capsys.readouterr().out == ""
