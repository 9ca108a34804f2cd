"""A case on a terminal: what is asked, what is true, what we would say, what would happen, who signs. In that order."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from agent.approvals.card import describe
from agent.case import Draft, Evidence, Verdict
from agent.repositories import CaseRecord
from tools.helpdesk import Ticket

_SHOWN = {
    "order": ("number", "stage", "placed_at", "total", "delivered_at"),
    "shipment": ("carrier", "status", "last_scan_at", "estimated_delivery", "delivered_at"),
    "customer": ("name", "orders_count", "lifetime_value", "refunds_90d"),
    "refund": ("amount", "at", "expected_by"),
    "return_": ("id", "status", "received_at"),
    "product": ("title", "price_from"),
    "attribute": ("name", "value"),
    "swap": ("title", "options", "in_stock", "difference"),
    "subscription": ("title", "price", "next_renewal"),
    "code": ("code", "in_force", "worth"),
}
_MARK = {Verdict.ALLOW: "done by itself", Verdict.REQUIRE_APPROVAL: "waits", Verdict.BLOCK: "blocked"}


def case_view(record: CaseRecord, ticket: Ticket | None) -> RenderableType:
    """Everything about a case that a person decides by."""
    return Group(*_parts(record, ticket))


def _parts(record: CaseRecord, ticket: Ticket | None) -> Iterator[RenderableType]:
    yield _head(record)
    if ticket is not None:
        yield from _section("The customer writes", Text(ticket.latest.text.strip()[:1500]))
    facts = [
        _fact(item) for item in (record.investigation.evidence if record.investigation else ()) if item.kind in _SHOWN
    ]
    if facts:
        yield from _section("What is true", Text("\n".join(facts)))
    if record.proposal is not None and record.proposal.reply is not None:
        yield from _section("Suggested reply", Text(numbered(record.proposal.reply)))
        yield from _section("Sources", Text("\n".join(sources(record.proposal.reply)) or "none"))
    yield from _section("What happens", Text("\n".join(_effects(record)) or "nothing"))
    why = _why(record)
    if why:
        yield from _section("Why", Text("\n".join(why)))


def _head(record: CaseRecord) -> Text:
    said = record.classification
    sure = f"{said.confidence:.0%}" if said else ""
    text = Text(f"{record.case_id}  ", style="bold")
    text.append(
        f"{record.intent.replace('_', ' ')} {sure} · {record.language} · {record.status.value.replace('_', ' ')}"
    )
    return text


def _section(title: str, body: RenderableType) -> tuple[RenderableType, ...]:
    return Text(f"\n{title}", style="bold"), Padding(body, (0, 0, 0, 2))


def _fact(item: Evidence) -> str:
    shown = (f"{name.replace('_', ' ')} {item.fields[name]}" for name in _SHOWN[item.kind] if name in item.fields)
    return f"{item.kind.rstrip('_')}: {', '.join(shown)}  [{item.source}]"


def numbered(draft: Draft) -> str:
    """The reply with a number behind everything that has a source."""
    text, marks = draft.text, _marks(draft)
    for end, number in sorted(marks, reverse=True):
        text = f"{text[:end]}[{number}]{text[end:]}"
    return text


def _marks(draft: Draft) -> list[tuple[int, int]]:
    order = {source: number for number, source in enumerate(_distinct(draft), 1)}
    return [(span.end, order[span.sources[0]]) for span in draft.spans if span.sources]


def _distinct(draft: Draft) -> list[str]:
    return list(dict.fromkeys(span.sources[0] for span in draft.spans if span.sources))


def sources(draft: Draft) -> list[str]:
    """`[1] order:ord_1042`, in the order of the reply."""
    return [f"[{number}] {source}" for number, source in enumerate(_distinct(draft), 1)]


def _effects(record: CaseRecord) -> Iterator[str]:
    if record.proposal is None or record.verdict is None:
        return
    done = {execution.action.fingerprint(): execution for execution in record.executions}
    for action in record.proposal.effects(record.ticket_id):
        execution = done.get(action.fingerprint())
        mark = f"{execution.status.value}" if execution else _MARK[record.verdict.of(action)]
        yield f"{mark:>14}  {describe(action)}"
    for number, option in enumerate(record.proposal.alternatives, 1):
        yield f"{f'alternative {number}':>14}  {option.title}"


def _why(record: CaseRecord) -> list[str]:
    found = record.verdict.every_violation() if record.verdict else ()
    said = [f"{v.message} [{v.rule}]" for v in found if v.verdict is not Verdict.ALLOW]
    return list(dict.fromkeys([record.outcome, *said] if record.outcome else said))
