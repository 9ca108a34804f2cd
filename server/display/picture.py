"""What became of an inbox, on one screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from agent.approvals import ApprovalRequest
from server.cli.output import table, visible
from server.demo import Picture
from server.display.approval import kinds, main_reason
from server.display.case import numbered, sources

MOST = 8
_COLUMNS = {
    "Drafted": ("awaiting_review", "answered", "resolved"),
    "To sign": ("awaiting_approval",),
    "To a person": ("escalated",),
    "Ignored": ("ignored",),
    "Other": ("rejected", "failed", "working", "new"),
}


def picture_view(found: Picture) -> RenderableType:
    """Cases by intent, one draft with its sources, and what waits for a signature and why."""
    return Group(*_parts(found))


def _parts(found: Picture) -> Iterator[RenderableType]:
    yield Text(f"\n{plural(found.tickets, 'case')}\n", style="bold")
    yield _by_intent(found)
    sample = found.sample.proposal.reply if found.sample and found.sample.proposal else None
    if found.sample is not None and sample is not None:
        yield Text(f"\nOne draft, with its sources ({found.sample.ticket_id})\n", style="bold")
        yield Padding(Text(visible(numbered(sample))), (0, 2), expand=False)
        yield Padding(Text("\n" + visible("\n".join(sources(found.sample))), style="dim"), (0, 2), expand=False)
    yield Text("\nWhat waits for a signature, and why\n", style="bold")
    yield from _waiting(found)


def plural(count: int, noun: str) -> str:
    """`1 case`, `2 cases`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _by_intent(found: Picture) -> RenderableType:
    rows = [(intent.replace("_", " "), str(sum(row.values())), *_cells(row)) for intent, row in found.rows.items()]
    totals: Counter[str] = Counter()
    for row in found.rows.values():
        totals.update(row)
    rows.append(("all", str(totals.total()), *_cells(totals)))
    columns = ("Intent", "Cases", *_COLUMNS)
    return table(columns, rows, right=columns[1:])


def _cells(row: Mapping[str, int]) -> list[str]:
    return [str(sum(row.get(name, 0) for name in names) or "") for names in _COLUMNS.values()]


def _waiting(found: Picture) -> Iterator[RenderableType]:
    signs = [request for request in found.waiting if request.kind == "sign"]
    drafts = plural(len(found.waiting) - len(signs), "draft")
    if not signs:
        yield Text(f"Nothing. {drafts} to read.\n")
        return
    first = sorted(signs, key=lambda r: (r.amount is None, -(r.amount.minor if r.amount else 0)))[:MOST]
    columns = ("Request", "What", "Amount", "Role", "Why")
    yield table(columns, [_request(request) for request in first], right=("Amount",))
    rest = f"and {len(signs) - len(first)} more; " if len(signs) > len(first) else ""
    yield Text(f"{rest}{plural(len(signs), 'request')} to sign in all, and {drafts} to read.\n")


def _request(request: ApprovalRequest) -> tuple[str, ...]:
    amount = str(request.amount or "")
    return request.id, kinds(request), amount, request.required_role.value, main_reason(request)
