"""The demo brand in a data folder: creating it, its inbox, and a picture of what became of it."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from server.clock import FILE, write_demo_clock
from server.container import open_embedder, open_knowledge
from server.lock import PRIVATE
from server.settings import SOURCES, Settings

if TYPE_CHECKING:
    from agent.approvals import ApprovalRequest
    from agent.repositories import CaseRecord
    from server.container import Parts, Workshop
    from tools.connectors.demo import DemoWorld
    from tools.helpdesk import Ticket

DATABASE = "countersign.db"
ENOUGH = 6
"""Sources that a sample draft needs; beyond, a shorter one is the better picture."""
ARRIVALS = "arrivals.jsonl"
"""Tickets of the demo brand that have not been delivered, when a simulator delivers them."""
STARTED = "demo-started"
"""Stands in the folder while the brand is being made."""


class NotEmpty(Exception):
    """The data folder or the database belongs to a real shop; the demo brand is not mixed into it."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what}, and the demo brand needs a folder of its own: "
            "COUNTERSIGN_DATABASE_URL= COUNTERSIGN_DATA_DIR=./demo countersign demo"
        )


def created(settings: Settings) -> bool:
    """Whether the demo brand is there, whole. Raises NotEmpty when another shop is."""
    if (settings.data / FILE).is_file():
        return True
    if settings.database_url:
        raise NotEmpty("COUNTERSIGN_DATABASE_URL names a database")
    if (settings.data / DATABASE).is_file() and not (settings.data / STARTED).exists():
        _only_empty(settings)
    return False


def _only_empty(settings: Settings) -> None:
    """A command that only looked may have left an empty database behind; that is nobody's shop."""
    from tools.store.local import LocalStore

    with LocalStore.open(settings.database) as store:
        if any(store.counts().values()):
            raise NotEmpty(f"{settings.data} already belongs to a shop")


def create_brand(settings: Settings, world: DemoWorld | None = None, *, arriving: bool = False) -> dict[str, float]:
    """Orders, customers, tickets and policies; gives the seconds of each stage.

    With `arriving` the tickets are kept beside the store, for `server.simulation` to deliver one after the other. The
    clock is written last: a half-made brand is made again.
    """
    from knowledge.ingest import ingest_folder
    from tools.connectors.demo import NOW, generate, write_snapshot
    from tools.store.importing import import_path
    from tools.store.local import LocalStore

    started = time.monotonic()
    settings.data.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    (settings.data / STARTED).touch()
    world = world or generate()
    if arriving:
        write_arrivals(settings.data, world.tickets, _refunds(world))
        world = replace(world, tickets=())
    with tempfile.TemporaryDirectory() as scratch, LocalStore.open(settings.database) as store:
        import_path(store, write_snapshot(world, Path(scratch) / "brand"))
    stored = time.monotonic()
    embedder, _ = open_embedder(settings)
    knowledge = open_knowledge(settings, embedder)
    try:
        ingest_folder(SOURCES / "policies", knowledge)
    finally:
        knowledge.close()
    write_demo_clock(settings.data, NOW)
    (settings.data / STARTED).unlink()
    return {"brand": stored - started, "knowledge": time.monotonic() - stored}


def _refunds(world: DemoWorld) -> frozenset[str]:
    """Letters that end in a refund to sign: few, and what somebody who looks at the product wants to try first."""
    return frozenset(
        label.ticket_id
        for label in world.labels
        if label.language == "en" and any(each.kind == "refund_order" for each in label.must_propose)
    )


def remove_brand(settings: Settings) -> None:
    """Take the demo brand away, with all that was done in it. Raises NotEmpty when the folder is a shop's."""
    if not created(settings) and not (settings.data / STARTED).exists():
        return
    # The clock first: without it, and with the mark, whatever is left is a half-made brand.
    (settings.data / STARTED).touch()
    for name in (FILE, ARRIVALS):
        (settings.data / name).unlink(missing_ok=True)
    for name in (DATABASE, "checkpoints.db"):
        for path in settings.data.glob(f"{name}*"):
            path.unlink()
    if (settings.data / "knowledge").is_dir():
        shutil.rmtree(settings.data / "knowledge")


def inbox(workshop: Workshop) -> list[Ticket]:
    """Tickets nobody has worked on, in the order in which they arrived."""
    return unread(workshop.parts)


def unread(parts: Parts) -> list[Ticket]:
    """As `inbox`."""
    cases = parts.database.cases
    every = {ticket.id: ticket for ticket in (*arrivals(parts.settings.data), *parts.store.tickets())}
    fresh = [ticket for ticket in every.values() if cases.by_ticket(ticket.helpdesk, ticket.id) is None]
    return sorted(fresh, key=lambda ticket: (ticket.latest.at, ticket.id))


def write_arrivals(folder: Path, tickets: Sequence[Ticket], first: Collection[str] = ()) -> None:
    """Keep tickets for later, in the order in which they were written; those named in `first` before all others."""
    ordered = sorted(tickets, key=lambda ticket: (ticket.id not in first, ticket.latest.at, ticket.id))
    lines = (f"{ticket.model_dump_json(exclude_defaults=True)}\n" for ticket in ordered)
    (folder / ARRIVALS).write_text("".join(lines), encoding="utf-8")


def arrivals(folder: Path) -> list[Ticket]:
    """What `write_arrivals` kept; nothing when there is no such file."""
    from tools.helpdesk import Ticket

    path = folder / ARRIVALS
    if not path.is_file():
        return []
    return [Ticket.model_validate_json(line) for line in path.read_text(encoding="utf-8").splitlines()]


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


def picture(parts: Parts) -> Picture:
    """Counted from the case rows and the requests, as they are now."""
    from agent.approvals import ApprovalStatus

    database = parts.database
    waiting = database.approvals.list(ApprovalStatus.AWAITING, limit=10_000)
    rows: dict[str, dict[str, int]] = {}
    records = database.cases.list(limit=10_000)
    for record in records:
        row = rows.setdefault(record.intent or "unread", {})
        row[record.status.value] = row.get(record.status.value, 0) + 1
    signs = [request for request in waiting if request.kind == "sign"]
    to_sign = next((request for request in signs if request.amount), signs[0] if signs else None)
    people = [p for p in parts.limits.people if to_sign and p.role.covers(to_sign.required_role)]
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
    """A draft that shows what a sourced reply is: several sources, few words, in English."""
    drafts = [record for record in records if record.language == "en" and _sources(record)]
    return max(drafts, key=lambda record: (min(_sources(record), ENOUGH), -_length(record)), default=None)


def _sources(record: CaseRecord) -> int:
    reply = record.proposal.reply if record.proposal else None
    return len({source for span in reply.spans for source in span.sources}) if reply else 0


def _length(record: CaseRecord) -> int:
    reply = record.proposal.reply if record.proposal else None
    return len(reply.text) if reply else 0
