"""The sidecar: what a case comes to in 320 pixels. From a dossier to what the panel shows; pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from agent.approvals.request import ApprovalKind
from agent.case import CaseStatus, Classification, ExecutionStatus, Verdict
from server.ui.people import named_in
from server.ui.views.dossier import Dossier
from server.ui.views.draft import DraftView, draft_view
from server.ui.views.effects import Effect, effects_of
from server.ui.views.facts import (
    CustomerView,
    FactView,
    OrderView,
    Parcel,
    customer_view,
    fact_views,
    order_view,
    orders_named,
    parcel_view,
)
from server.ui.views.sources import Known, Source
from server.ui.views.status import Badge, badge_of
from server.ui.views.stopped import Stopped, stopped_view
from server.ui.words import language, sentence, share, spoken
from tools.actions import SendReply

SENDS = "send_reply"
WORKING = (CaseStatus.NEW, CaseStatus.WORKING)


@dataclass(frozen=True, kw_only=True)
class Cited:
    """One source of the draft, under the number that the text names it by."""

    number: int
    source: Source


@dataclass(frozen=True, kw_only=True)
class Buttons:
    """What may be done. `sends`: what the main button says, when this person may press it; else why they may not."""

    request_id: str = ""
    digest: str = ""
    sends: str = ""
    asks: bool = False
    """Whether they may ask somebody else for the signature."""
    asked: bool = False
    why_not: tuple[str, ...] = ()
    asks_whom: str = ""
    needs: str = ""
    until: str = ""
    amount: str = ""
    left: str = ""
    edits: bool = False


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Everything in the frame, from the top."""

    case_id: str
    status: Badge
    working: bool
    stopped: Stopped | None
    settled: bool
    """Whether nothing waits any more: what stands there is what was done, and what was not."""
    title: str
    """What the reply is: suggested, or sent."""
    turn: int
    """How many messages of the customer the case knows."""
    line: str
    mood: str
    order: OrderView | None
    parcel: Parcel | None
    draft: DraftView | None
    numbers: dict[str, int]
    """Mark of the draft to the number of its source."""
    cited: tuple[Cited, ...]
    effects: tuple[Effect, ...]
    buttons: Buttons
    with_person: str
    outcome: str
    customer: CustomerView | None
    facts: tuple[FactView, ...]


def panel_of(found: Dossier) -> Panel:
    """The panel of a case."""
    record, known = found.record, found.record.investigation
    draft = _draft(found)
    numbers, cited = _cited(draft)
    order = order_view(
        found.shop.order,
        found.shop.customer,
        found.shop.refunds,
        found.shop.returns,
        known.identity if known else None,
        orders_named(record),
    )
    parcels = [parcel_view(shipment) for shipment in found.shop.shipments]
    fact = known.find("customer") if known else None
    return Panel(
        case_id=record.case_id,
        status=badge_of(record, None, found.stop),
        working=found.stop is None and record.status in WORKING,
        stopped=stopped_view(found.stop, found.signed_by),
        settled=_settled(found),
        title=_title(found),
        turn=record.turn,
        line=_line(record.classification),
        mood=_mood(record.classification),
        order=order,
        parcel=parcels[-1] if parcels else None,
        draft=draft,
        numbers=numbers,
        cited=cited,
        effects=tuple(each for each in _effects(found) if each.kind != SENDS and not each.quiet),
        buttons=_buttons(found),
        with_person=named_in(record.with_person),
        outcome=named_in(record.outcome),
        customer=customer_view(found.shop.customer, known.identity if known else None, fact),
        facts=fact_views(known.evidence if known else ()),
    )


def _settled(found: Dossier) -> bool:
    return found.request is None and not found.signed_by and found.record.status not in WORKING


def _title(found: Dossier) -> str:
    done = found.record.executions
    if any(each.action.kind == SENDS and each.status is ExecutionStatus.SUCCEEDED for each in done):
        return "What was sent"
    return "What was suggested" if _settled(found) else "Suggested reply"


def _line(said: Classification | None) -> str:
    """`Not received 94 % · English · high priority`: what it is about, how sure that is, the language, how soon."""
    if said is None:
        return ""
    parts = [f"{sentence(spoken(said.intent))} {share(said.confidence)}", language(said.language)]
    parts += [] if said.urgency.value == "normal" else [f"{said.urgency.value} priority"]
    parts += [f"also {', '.join(spoken(each.intent) for each in said.secondary)}"] if said.secondary else []
    return " · ".join(parts)


def _mood(said: Classification | None) -> str:
    if said is None:
        return ""
    found = ["threatens legal steps"] if said.legal_threat else []
    found += ["very upset"] if said.high_emotion else []
    return ", ".join([*found, *(["wants a person"] if said.human_request else [])])


def _draft(found: Dossier) -> DraftView | None:
    proposal, verdict = found.record.proposal, found.record.verdict
    if proposal is None or proposal.reply is None:
        return None
    objections = [v for v in (verdict.every_violation() if verdict else ()) if v.verdict is not Verdict.ALLOW]
    return draft_view(proposal.reply, objections, Known.of(found.record, found.names))


def _cited(draft: DraftView | None) -> tuple[dict[str, int], tuple[Cited, ...]]:
    """Each source once, numbered in the order in which the text names them."""
    numbers: dict[str, int] = {}
    sources: dict[tuple[str, str], Cited] = {}
    for mark in draft.marks if draft else ():
        first = mark.sources[0]
        name = (first.title, first.where)
        known = sources.get(name) or Cited(number=len(sources) + 1, source=first)
        rows = tuple(dict.fromkeys([*known.source.rows, *first.rows]))
        # Each of them says what it says: two facts of one source stand under one number, both with their field.
        sources[name] = replace(known, source=replace(known.source, rows=rows))
        numbers[mark.id] = known.number
    return numbers, tuple(sources.values())


def _effects(found: Dossier) -> tuple[Effect, ...]:
    return effects_of(found.record, found.request, found.names, found.methods, found.signed_by, found.paid_back)


def _buttons(found: Dossier) -> Buttons:
    request, signing = found.request, found.signing
    if request is None or signing is None:
        return Buttons()
    replies = any(isinstance(effect, SendReply) for effect in request.effects)
    return Buttons(
        request_id=request.id,
        digest=request.digest,
        sends=(signing.does if request.kind is ApprovalKind.SIGN else "Send") if signing.may else "",
        asks=not signing.may,
        asked=any(
            event.kind == "sign_off_wanted" and event.body.get("request") == request.id for event in found.events
        ),
        why_not=tuple(rule.says for rule in (*signing.against, *signing.because)),
        asks_whom=sentence(signing.asks_whom),
        needs=signing.needs,
        until=signing.until,
        amount=signing.amount,
        left=signing.leaves if signing.may and (signing.left or signing.back) else "",
        edits=replies,
    )
