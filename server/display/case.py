"""A case on a terminal: what is asked, what is true, what we would say, what would happen, who signs. In that order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from agent.approvals.card import describe
from agent.approvals.names import NO_NAMES, Names, names_of
from agent.case import Draft, Evidence, SourcedSpan, Verdict
from agent.repositories import CaseRecord
from server.cli.output import visible
from server.ui.people import named_in
from tools.helpdesk import Ticket
from tools.ports import Readers

LONGEST_MESSAGE = 1_500
LONGEST_QUOTED = 600
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
_CALLED = ("number", "title", "name")
"""The field of a fact that people call it by."""
_MARK = {Verdict.ALLOW: "done by itself", Verdict.REQUIRE_APPROVAL: "waits", Verdict.BLOCK: "blocked"}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d[:.\d]*(?:[+-]\d\d:\d\d|Z)")
_PASSAGE = re.compile(r"@v\d+#")


def case_view(record: CaseRecord, ticket: Ticket | None, names: Names = NO_NAMES) -> RenderableType:
    """Everything about a case that a person decides by. `names` is what the orders and lines in it are called."""
    return Group(*_parts(record, ticket, names))


def case_names(record: CaseRecord, readers: Readers) -> Names:
    """What the orders, lines and people are called that the proposal and what was done touch."""
    asked = record.proposal.effects(record.ticket_id) if record.proposal else ()
    return names_of([*asked, *(execution.action for execution in record.executions)], readers)


def _parts(record: CaseRecord, ticket: Ticket | None, names: Names) -> Iterator[RenderableType]:
    yield _head(record)
    if ticket is not None:
        yield from _section("The customer writes", _message(ticket))
    investigation = record.investigation
    facts = [_fact(item) for item in (investigation.evidence if investigation else ()) if item.kind in _SHOWN]
    if facts:
        yield from _section("What is true", "\n".join(facts))
    if record.proposal is not None and record.proposal.reply is not None:
        yield from _section("Suggested reply", numbered(record.proposal.reply))
        yield from _section("Sources", "\n".join(sources(record, names)) or "none")
    yield from _section("What happens", "\n".join(_effects(record, names)) or "nothing")
    why = _why(record)
    if why:
        yield from _section("Why", "\n".join(why))
    yield Text("")


def _head(record: CaseRecord) -> Text:
    said = record.classification
    sure = f"{said.confidence:.0%}" if said else ""
    text = Text(f"{record.case_id}  ", style="bold")
    parts = (f"{record.intent.replace('_', ' ')} {sure}", record.language, record.status.value.replace("_", " "))
    return text.append(" · ".join(part for part in parts if part.strip()))


def _section(title: str, body: str) -> tuple[RenderableType, ...]:
    return Text(f"\n{title}", style="bold"), Padding(Text(visible(body)), (0, 0, 0, 2), expand=False)


def _message(ticket: Ticket) -> str:
    text, quoted = ticket.latest.text.strip(), ticket.latest.quoted.strip()
    below = f"\n\n[quoted or forwarded below it]\n{_beginning(quoted, LONGEST_QUOTED)}" if quoted else ""
    files = "".join(
        f"\n[file {each.name}, {each.content_type}, {each.size:,} bytes]" for each in ticket.latest.attachments[:10]
    )
    subject = f"{ticket.subject}\n\n" if ticket.subject else ""
    return f"{subject}{_beginning(text, LONGEST_MESSAGE)}{files}{below}"


def _beginning(text: str, longest: int) -> str:
    more = f"\n… and {len(text) - longest:,} more characters" if len(text) > longest else ""
    return f"{text[:longest]}{more}"


def _fact(item: Evidence) -> str:
    named = (name for name in _SHOWN[item.kind] if item.fields.get(name) not in (None, ""))
    shown = (f"{name.replace('_', ' ')} {_value(item.fields[name])}" for name in named)
    return f"{item.kind.rstrip('_')}: {', '.join(shown)}  [{item.source}]"


def _value(value: object) -> str:
    text = str(value)
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M} UTC" if _MOMENT.fullmatch(text) else text


def numbered(draft: Draft) -> str:
    """The reply with a number behind everything that has a source."""
    order = {sources: number for number, sources in enumerate(_distinct(draft), 1)}
    text = draft.text
    for end, number in sorted(((span.end, order[_best(span)]) for span in draft.spans if span.sources), reverse=True):
        text = f"{text[:end]}[{number}]{text[end:]}"
    return text


def _distinct(draft: Draft) -> list[tuple[str, ...]]:
    return list(dict.fromkeys(_best(span) for span in draft.spans if span.sources))


def _best(span: SourcedSpan) -> tuple[str, ...]:
    """What a person would look up: the passages when there are any, else the first fact."""
    passages = tuple(source for source in span.sources if _PASSAGE.search(source))
    return passages[:3] or span.sources[:1]


def sources(record: CaseRecord, names: Names = NO_NAMES) -> list[str]:
    """`[1] order #1042 (order:ord_1042, store.orders, 2026-03-10 12:00)`, in the order of the reply."""
    if record.proposal is None or record.proposal.reply is None:
        return []
    return [
        f"[{number}] {', '.join(_told(source, record, names) for source in found)}"
        for number, found in enumerate(_distinct(record.proposal.reply), 1)
    ]


def _told(source: str, record: CaseRecord, names: Names) -> str:
    """Where a source is from and as of when; an effect is told by what it does."""
    evidence = {item.id: item for item in (record.investigation.evidence if record.investigation else ())}
    if source in evidence:
        return _sourced(evidence[source])
    effects = record.proposal.effects(record.ticket_id) if record.proposal else ()
    named = {f"effect:{action.fingerprint()[:12]}": f"what happens: {describe(action, names)}" for action in effects}
    return named.get(source, source)


def _sourced(item: Evidence) -> str:
    called = next((f" {item.fields[name]}" for name in _CALLED if item.fields.get(name)), "")
    moment = f"{item.source}, {item.as_of:%Y-%m-%d %H:%M} UTC"
    return f"{item.kind.rstrip('_')}{called} ({item.id}, {moment})" if called else f"{item.id} ({moment})"


def _effects(record: CaseRecord, names: Names) -> Iterator[str]:
    if record.proposal is None or record.verdict is None:
        return
    done = {execution.action.fingerprint(): execution for execution in record.executions}
    for action in record.proposal.effects(record.ticket_id):
        execution = done.get(action.fingerprint())
        mark = execution.status.value if execution else _MARK[record.verdict.of(action)]
        yield f"{mark:>14}  {describe(action, names)}"
    for number, option in enumerate(record.proposal.alternatives, 1):
        yield f"{f'alternative {number}':>14}  {option.title}"


def _why(record: CaseRecord) -> list[str]:
    found = record.verdict.every_violation() if record.verdict else ()
    said = [f"{v.message} [{v.rule}]" for v in found if v.verdict is not Verdict.ALLOW]
    return list(dict.fromkeys([named_in(record.outcome), *said] if record.outcome else said))
