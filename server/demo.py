"""The demo brand in a data folder: creating it, its inbox, and a picture of what became of it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from server.clock import FILE, write_demo_clock
from server.container import open_embedder, open_knowledge
from server.settings import SOURCES, Settings

if TYPE_CHECKING:
    from agent.approvals import ApprovalRequest
    from agent.repositories import CaseRecord
    from server.container import Workshop
    from tools.connectors.demo import DemoWorld
    from tools.helpdesk import Ticket


class NotEmpty(Exception):
    """The data folder belongs to a real shop; the demo brand is not mixed into it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} already belongs to a shop; the demo brand needs its own: "
            "COUNTERSIGN_DATA_DIR=./demo countersign demo"
        )


def created(settings: Settings) -> bool:
    """Whether the demo brand is there, whole. Raises NotEmpty when something else is."""
    if (settings.data / FILE).is_file():
        return True
    if (settings.data / "countersign.db").is_file() and not (settings.data / "demo-started").exists():
        raise NotEmpty(settings.data)
    return False


def create_brand(settings: Settings, world: DemoWorld | None = None) -> None:
    """Orders, customers, tickets and policies. The clock is written last: a half-made brand is made again."""
    from knowledge.ingest import ingest_folder
    from tools.connectors.demo import NOW, generate, write_snapshot
    from tools.store.importing import import_path
    from tools.store.local import LocalStore

    settings.data.mkdir(parents=True, exist_ok=True)
    (settings.data / "demo-started").touch()
    with tempfile.TemporaryDirectory() as scratch, LocalStore.open(settings.database) as store:
        import_path(store, write_snapshot(world or generate(), Path(scratch) / "brand"))
    embedder, _ = open_embedder(settings)
    knowledge = open_knowledge(settings, embedder)
    try:
        ingest_folder(SOURCES / "policies", knowledge)
    finally:
        knowledge.close()
    write_demo_clock(settings.data, NOW)
    (settings.data / "demo-started").unlink()


def inbox(workshop: Workshop) -> list[Ticket]:
    """Tickets nobody has worked on, in the order in which they arrived."""
    cases = workshop.parts.database.cases
    tickets = workshop.parts.store.tickets()
    fresh = [ticket for ticket in tickets if cases.by_ticket(ticket.helpdesk, ticket.id) is None]
    return sorted(fresh, key=lambda ticket: (ticket.latest.at, ticket.id))


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What became of the inbox."""

    tickets: int
    rows: dict[str, dict[str, int]]
    waiting: Sequence[ApprovalRequest]
    to_sign: ApprovalRequest | None
    signer: str
    case_id: str
    sample: CaseRecord | None
    by_status: dict[str, int] = field(default_factory=dict[str, int])

    def as_json(self) -> dict[str, object]:
        """The same for machines."""
        return {
            "cases": self.tickets,
            "by_intent": self.rows,
            "by_status": self.by_status,
            "waiting": len(self.waiting),
            "to_sign": self.to_sign.id if self.to_sign else None,
            "signer": self.signer,
        }


def picture(workshop: Workshop) -> Picture:
    """Counted from the case rows and the requests, as they are now."""
    from agent.approvals import ApprovalStatus

    database = workshop.parts.database
    waiting = database.approvals.list(ApprovalStatus.AWAITING, limit=10_000)
    rows: dict[str, dict[str, int]] = {}
    records = database.cases.list(limit=10_000)
    for record in records:
        row = rows.setdefault(record.intent or "unread", {})
        row[record.status.value] = row.get(record.status.value, 0) + 1
    signs = [request for request in waiting if request.kind == "sign"]
    to_sign = next((request for request in signs if request.amount), signs[0] if signs else None)
    people = [p for p in workshop.parts.limits.people if to_sign and p.role.covers(to_sign.required_role)]
    return Picture(
        tickets=len(records),
        rows=dict(sorted(rows.items())),
        waiting=waiting,
        to_sign=to_sign,
        signer=people[0].id if people else "",
        case_id=records[0].case_id if records else "",
        sample=_sample(records),
        by_status=database.cases.count_by("status"),
    )


def _sample(records: Sequence[CaseRecord]) -> CaseRecord | None:
    """A draft that shows what a sourced reply is: many sources, in English."""
    english = [record for record in records if record.proposal and record.proposal.reply and record.language == "en"]
    return max(english, key=_sources, default=None)


def _sources(record: CaseRecord) -> int:
    reply = record.proposal.reply if record.proposal else None
    return len({source for span in reply.spans for source in span.sources}) if reply else 0
