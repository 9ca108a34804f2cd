"""One episode about order #1042 of Mia Rossi in which everything is right; a test spoils one thing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from pydantic import JsonValue

from agent.approvals.request import ApprovalDecision, ApprovalKind, ApprovalRequest, DecisionKind
from agent.case import (
    CaseStatus,
    Classification,
    Draft,
    ExecutionStatus,
    Identity,
    Investigation,
    Promise,
    ProposedResolution,
)
from agent.ledger import LedgerEntry
from agent.limits import Role
from evals.episode import Change, Episode
from evals.sample import Sample
from evals.score import Score, Scorer, scored
from evals.scorers import Shop
from tests.agent.guard.world import KINDS, NOW, PASSAGES, VERIFIED, Fields, evidence
from tools.actions import Action, CreateReturn, Lines, SendReply, TagTicket
from tools.helpdesk import SentMessage

SHOP = Shop.shipped()
TICKET, CASE = "t-1", "local-t-1"
TAG = TagTicket(ticket_id=TICKET, tags=("return_request",))
RETURN = CreateReturn(order_id="ord_1042", lines=(Lines(line_id="l-1"),))
TEXT = (
    "Hi Mia,\n\n"
    "We have attached the return label for order #1042. You can return most items within 30 days of delivery. "
    "The refund takes 5 to 10 business days after we receive the parcel.\n\n"
    "The Alder & Wren team"
)
CITES = ("returns@v3#window", "refunds@v2#how-refunds-work")


def sample(**expected: JsonValue) -> Sample:
    """The ticket with labels; by default only the intent is labelled."""
    return Sample.model_validate(
        {
            "id": TICKET,
            "kind": expected.pop("kind", "control"),
            "ticket": {
                "messages": [{"text": "I want to send back #1042", "sender": "mia@inbox.example", "sender_name": "Mia"}]
            },
            "expected": expected or {"intent": "return_request"},
        }
    )


def draft(text: str = TEXT, language: str = "en") -> Draft:
    return Draft(text=text, language=language, in_reply_to=f"{TICKET}-m1")


def proposal(
    *actions: Action,
    text: str = TEXT,
    language: str = "en",
    citations: Sequence[str] = CITES,
    promises: Sequence[Promise] = (),
    escalate: str = "",
) -> ProposedResolution:
    return ProposedResolution(
        reply=draft(text, language) if text else None,
        actions=actions or (TAG, RETURN),
        rationale="it is in time",
        citations=tuple(citations),
        promises=tuple(promises),
        escalate=escalate,
    )


def effect(action: Action, approval_id: str = "ap-1", customer_id: str = "cus_0001") -> LedgerEntry:
    """What happened."""
    return LedgerEntry(
        key=f"{CASE}:{action.fingerprint()}",
        case_id=CASE,
        action=action,
        status=ExecutionStatus.SUCCEEDED,
        approval_id=approval_id,
        approved_by="noor" if approval_id else "",
        claimed_at=NOW,
        owner="test",
        customer_id=customer_id,
    )


def request(
    *effects: Action,
    role: Role = Role.AGENT,
    by: Role = Role.AGENT,
    kind: ApprovalKind = ApprovalKind.SIGN,
    said: DecisionKind | None = DecisionKind.APPROVE,
) -> ApprovalRequest:
    """What was asked, with its answer."""
    asked = ApprovalRequest(
        id="ap-1",
        case_id=CASE,
        ticket_id=TICKET,
        kind=kind,
        effects=effects,
        bindings={},
        required_role=role,
        created_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )
    if said is None:
        return asked
    answer = ApprovalDecision(kind=said, by="noor", role=by, at=NOW, digest=asked.digest)
    return asked.model_copy(update={"decision": answer})


def changed(noun: str, key: str) -> Change:
    return Change(noun=noun, id=key, before={"version": 1}, after={"version": 2})


def investigation(identity: Identity = VERIFIED, **kinds: Fields) -> Investigation:
    """Every kind of evidence from a table of its own."""
    found = evidence({**KINDS, **kinds})
    looked_up = tuple(item.model_copy(update={"source": f"store.{item.kind}"}) for item in found)
    return Investigation(identity=identity, evidence=looked_up, passages=PASSAGES)


def episode(said: ProposedResolution | None = None, /, **changes: object) -> Episode:
    """Everything went well, with this proposal."""
    given = said or proposal()
    reply = SendReply(ticket_id=TICKET, in_reply_to=f"{TICKET}-m1", text=given.reply.text) if given.reply else None
    effects = [action for action in (*given.actions, reply) if action is not None]
    asked = [action for action in effects if action.kind not in ("tag_ticket", "escalate_to_human", "set_priority")]
    right = Episode(
        sample_id=TICKET,
        status=CaseStatus.ANSWERED,
        classification=Classification(intent="return_request", confidence=0.9),
        investigation=investigation(),
        proposed=(given,),
        proposal=given,
        requests=(request(*asked),) if asked else (),
        ledger=tuple(effect(action, "ap-1" if action in asked else "") for action in effects),
        sent=(SentMessage(id="s-1", ticket_id=TICKET, kind="reply", text=given.reply.text, at=NOW),)
        if given.reply
        else (),
        diff=(changed("returns", "ret_1"), changed("orders", "ord_1042"), changed("tickets", TICKET)),
    )
    return right.model_copy(update=changes)


def judged(scorer: Scorer, what: Sample, run: Episode) -> Score:
    """The score as the runner takes it."""
    return scored(scorer, what, run)
