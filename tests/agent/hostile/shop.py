"""The demo store with a witness: SQLite itself writes down every row that changes, whoever changes it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from langgraph.checkpoint.memory import InMemorySaver
from sqlalchemy import text as sql

from agent.approvals.desk import ApprovalDesk
from agent.deps import AgentDeps
from agent.execution import Executor
from agent.guard.guard import Guard, TextCheck
from agent.guard.text import TextGuard
from agent.history import AskedHistory, LedgerHistory
from agent.limits import PolicyLimits, load_limits, shipped_limits
from agent.objections import Objections
from agent.reasoners.base import Reasoner
from agent.runner import CaseRunner, Records
from agent.testing import FixedClock, InMemoryDatabase
from knowledge.embedding import HashingEmbedder
from knowledge.index import InMemoryIndex, KnowledgeIndex
from knowledge.ingest import load_folder
from knowledge.playbooks import load_voice
from tools.connectors.demo import NOW, DemoWorld, generate, write_snapshot
from tools.ports import Readers
from tools.store.importing import import_path
from tools.store.local import LocalStore
from tools.store.nouns import EVERY_NOUN

SOURCES = shipped_limits().parent
LIMITS = load_limits(shipped_limits())
TABLES = tuple(noun.name for noun in EVERY_NOUN)
EVENTS = (
    ("INSERT", "NEW", "NULL", "NEW.body"),
    ("UPDATE", "NEW", "OLD.body", "NEW.body"),
    ("DELETE", "OLD", "OLD.body", "NULL"),
)


@dataclass(frozen=True)
class Change:
    """One row that changed: `before` and `after` are its JSON, None when it was not there."""

    table: str
    id: str
    before: str | None
    after: str | None

    def fields(self) -> dict[str, object]:
        """The row as it is now, or was last."""
        return json.loads(self.after or self.before or "{}")


@dataclass(frozen=True)
class Template:
    """What every test starts from: the store as a file, the same brand as nouns, and its knowledge."""

    path: Path
    world: DemoWorld
    knowledge: KnowledgeIndex


def write_store(folder: Path) -> Template:
    """The demo brand in a store, with triggers that witness every change. Guides lie in the index, as no evidence."""
    world, path, index = generate(), folder / "witnessed.db", InMemoryIndex(HashingEmbedder())
    with LocalStore.open(f"sqlite:///{path}") as store:
        import_path(store, write_snapshot(world, folder / "snapshot"))
        with store.transaction() as connection:
            connection.execute(sql("CREATE TABLE witness (n INTEGER PRIMARY KEY, name, id, old, new)"))
            for name in TABLES:
                for event, row, old, new in EVENTS:
                    trigger = (  # our own names
                        f"CREATE TRIGGER witness_{event}_{name} AFTER {event} ON {name} BEGIN INSERT INTO witness "  # noqa: S608
                        f"(name, id, old, new) VALUES ('{name}', {row}.id, {old}, {new}); END"
                    )
                    connection.execute(sql(trigger))
    index.ingest(load_folder(SOURCES).passages)
    return Template(path, world, index)


def _as_it_is(guard: Guard) -> Guard:
    return guard


@dataclass
class HostileShop:
    """The store, and a fresh product around it for every case."""

    store: LocalStore
    world: DemoWorld
    knowledge: KnowledgeIndex
    text_check: TextCheck
    seen: int = 0
    cases: int = 0
    around_guard: Callable[[Guard], Guard] = _as_it_is

    @property
    def limits(self) -> PolicyLimits:
        return LIMITS

    @property
    def readers(self) -> Readers:
        return self.store.readers()

    def changes(self) -> list[Change]:
        """What changed since the last time this was asked, in order; rows that came to the same are left out."""
        with self.store.reading() as connection:
            rows = connection.execute(
                sql("SELECT n, name, id, old, new FROM witness WHERE n > :seen ORDER BY n"), {"seen": self.seen}
            ).all()
        self.seen = max([self.seen, *(int(row[0]) for row in rows)])
        first: dict[tuple[str, str], str | None] = {}
        last: dict[tuple[str, str], str | None] = {}
        for _, name, row_id, old, new in rows:
            first.setdefault((name, row_id), old)
            last[(name, row_id)] = new
        return [Change(*key, first[key], after) for key, after in last.items() if first[key] != after]

    def bodies(self) -> dict[tuple[str, str], str]:
        """Every row of the store by table and id."""
        with self.store.reading() as connection:
            return {
                (name, str(row[0])): str(row[1])
                for name in TABLES
                for row in connection.execute(sql(f"SELECT id, body FROM {name}"))  # noqa: S608 - our own table names
            }

    def open(self, reasoner: Reasoner) -> OpenShop:
        """Runner, desk, executor and empty records around the store, with this reasoner."""
        database, clock = InMemoryDatabase(), FixedClock(NOW)
        done = LedgerHistory(ledger=database.ledger, limits=LIMITS)
        asked = AskedHistory(done=done, approvals=database.approvals)
        guard = self.around_guard(Guard(readers=self.readers, limits=LIMITS, history=asked, text_check=self.text_check))
        executor = Executor(
            writers=self.store.writers(clock.now),
            guard=replace(guard, history=done),
            ledger=database.ledger,
            approvals=database.approvals,
            switches=database.switches,
            clock=clock,
            owner="hostile",
            loop=LIMITS.replies.max_per_recipient,
        )
        deps = AgentDeps(
            reasoner=reasoner, readers=self.readers, knowledge=self.knowledge, limits=LIMITS, guard=guard, clock=clock
        )
        records = Records(
            cases=database.cases, approvals=database.approvals, ledger=database.ledger, promises=database.promises
        )
        desk = ApprovalDesk(
            approvals=database.approvals, person=LIMITS.person, objections=Objections(limits=LIMITS, history=asked)
        )
        runner = CaseRunner(deps, executor, InMemorySaver(), records, desk)
        return OpenShop(runner=runner, database=database, clock=clock)


@dataclass(frozen=True)
class OpenShop:
    """One product over the store."""

    runner: CaseRunner
    database: InMemoryDatabase
    clock: FixedClock

    def later(self, hours: int) -> None:
        self.clock.advance(timedelta(hours=hours))


@contextmanager
def open_shop(template: Template, folder: Path) -> Generator[HostileShop]:
    """A copy of the store, its brand and its knowledge."""
    copy = Path(shutil.copy(template.path, folder / "store.db"))
    voice = load_voice(SOURCES / "voice.yaml")
    words = TextGuard.for_shop(LIMITS, lambda _: "", (voice.brand, *voice.sign_off.values()))
    with LocalStore.open(f"sqlite:///{copy}") as store:
        shop = HostileShop(store=store, world=template.world, knowledge=template.knowledge, text_check=words)
        shop.changes()
        yield shop
