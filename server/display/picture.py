"""What became of an inbox, on one screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from server.cli.output import table
from server.demo import Picture
from server.display.case import numbered, sources

_COLUMNS = {
    "To read": ("awaiting_review",),
    "To sign": ("awaiting_approval",),
    "Person": ("escalated",),
    "Ignored": ("ignored",),
    "Other": ("answered", "resolved", "rejected", "failed", "working", "new"),
}


def picture_view(found: Picture, seconds: Mapping[str, float]) -> RenderableType:
    """Cases by intent, one draft with its sources, what waits for a signature and why, and how long it took."""
    return Group(*_parts(found, seconds))


def _parts(found: Picture, seconds: Mapping[str, float]) -> list[RenderableType]:
    parts: list[RenderableType] = [Text(f"\n{found.tickets} cases", style="bold"), _by_intent(found)]
    sample = found.sample.proposal.reply if found.sample and found.sample.proposal else None
    if found.sample is not None and sample is not None:
        parts += [Text(f"One draft, with its sources ({found.sample.ticket_id})", style="bold")]
        parts += [Padding(Text(numbered(sample)), (1, 2)), Padding(Text("  ".join(sources(sample))), (0, 2, 1, 2))]
    parts += [Text("What waits for a signature, and why", style="bold"), _waiting(found)]
    if seconds:
        said = ", ".join(f"{name} {value:.1f} s" for name, value in seconds.items())
        parts.append(Text(f"Took: {said}"))
    return parts


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


def _waiting(found: Picture) -> RenderableType:
    signs = [request for request in found.waiting if request.kind == "sign"]
    rows: list[tuple[str, ...]] = []
    for request in sorted(signs, key=lambda r: (r.amount is None, -(r.amount.minor if r.amount else 0)))[:8]:
        kinds = ", ".join(a.kind.replace("_", " ") for a in request.effects if a.kind != "send_reply")
        why = request.reasons[0] if request.reasons else ""
        rows.append((request.id, kinds, str(request.amount or ""), request.required_role.value, why))
    shown = table(("Request", "What", "Amount", "Role", "Why"), rows, right=("Amount",))
    rest = len(signs) - len(rows)
    return Group(shown, Text(f"and {rest} more, and {len(found.waiting) - len(signs)} drafts to read\n"))
