"""Worlds: a fresh store of the demo brand for every sample, its changes laid over it, and what differs after a run.

The template is made once per process. A copy of its file costs a few milliseconds; triggers in it note the id of every
row that is touched, so that no change of whatever table can go unseen.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast

from pydantic import JsonValue, ValidationError

from evals.episode import Change
from evals.sample import DatasetError, Patch, World
from tools.errors import Unavailable
from tools.helpdesk import SentMessage, Ticket

if TYPE_CHECKING:
    from tools.connectors.demo import DemoWorld
    from tools.ports import Readers
    from tools.store.local import LocalStore
    from tools.store.nouns import AnyTable, Row

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
"""Where a disk in memory is, on Linux: a store that is thrown away need not wait for a real one."""
_IDS: Mapping[str, str] = {"traces": "shipment_id", "discount_codes": "code", "stock": "variant_id"}
"""The field that a patch's id is, where it is not `id`."""
Body = dict[str, JsonValue]


@contextmanager
def scratch() -> Generator[Path]:
    """A folder for stores, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="countersign-evals-", dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)


def make_template(folder: Path, world: DemoWorld) -> Path:
    """The store of the demo brand in `folder`, without its inbox: the only ticket of a world is the sample's."""
    from tools.connectors.demo import write_snapshot
    from tools.store.importing import import_path
    from tools.store.local import LocalStore

    path = folder / "template.db"
    with LocalStore.open(f"sqlite:///{path}") as store:
        import_path(store, write_snapshot(replace(world, tickets=()), folder / "brand"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        # No key: a conflict in a trigger is handled as the statement that fired it says, which would let that fail.
        connection.execute("CREATE TABLE touched (noun TEXT, id TEXT)")
        for table in _tables():
            for verb, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
                note = f"INSERT INTO touched VALUES ('{table}', {row}.id)"  # noqa: S608 - our words
                connection.execute(f"CREATE TRIGGER touch_{table}_{verb} AFTER {verb} ON {table} BEGIN {note}; END")
        connection.commit()
    return path


def _tables() -> list[str]:
    from tools.store.nouns import EVERY_NOUN

    return [noun.name for noun in EVERY_NOUN if noun.name != "effects"]


@dataclass
class FreshWorld:
    """One world for one sample. `mark` before what is to be compared, `diff` after it."""

    store: LocalStore
    path: Path
    template: Path
    down: frozenset[str] = frozenset()
    _baseline: dict[tuple[str, str], str | None] = field(default_factory=dict[tuple[str, str], str | None])

    def readers(self) -> Readers:
        """The read ports, those that are down raising Unavailable."""
        plain = self.store.readers()
        dead = {name: _Down(name) for name in self.down}
        return replace(plain, **dead)  # pyright: ignore[reportArgumentType] - stands for any port

    def mark(self) -> None:
        """From now on, the world as it is counts as the world before."""
        with closing(sqlite3.connect(self.path)) as connection:
            for table, key in _touched(connection):
                self._baseline[table, key] = _body(connection, table, key)
            connection.execute("DELETE FROM touched")
            connection.commit()

    def diff(self) -> tuple[Change, ...]:
        """Every noun that is not as it was at the last mark, by table and id."""
        changes: list[Change] = []
        with closing(sqlite3.connect(self.path)) as now, closing(sqlite3.connect(self.template)) as then:
            for table, key in _touched(now):
                known = (table, key) in self._baseline
                before = self._baseline[table, key] if known else _body(then, table, key)
                after = _body(now, table, key)
                if before != after:
                    changes.append(Change(noun=table, id=key, before=_parsed(before), after=_parsed(after)))
        return tuple(changes)

    def sent(self, ticket_id: str) -> tuple[SentMessage, ...]:
        """What was written on a ticket, oldest first."""
        return tuple(self.store.readers().helpdesk.sent(ticket_id))


def _touched(connection: sqlite3.Connection) -> Sequence[tuple[str, str]]:
    return connection.execute("SELECT DISTINCT noun, id FROM touched ORDER BY noun, id").fetchall()


def _body(connection: sqlite3.Connection, table: str, key: str) -> str | None:
    found = connection.execute(f"SELECT body FROM {table} WHERE id = ?", (key,)).fetchone()  # noqa: S608 - our words
    return str(found[0]) if found else None


def _parsed(body: str | None) -> Body | None:
    return None if body is None else cast("Body", json.loads(body))  # a noun is an object


@dataclass(frozen=True)
class Worlds:
    """One world after the other, all in the same file over the same store: statements are compiled once."""

    template: Path
    path: Path
    store: LocalStore

    @classmethod
    @contextmanager
    def open(cls, folder: Path, world: DemoWorld) -> Generator[Worlds]:
        """With a template of its own."""
        from tools.store.local import LocalStore

        template, path = make_template(folder, world), folder / "world.db"
        shutil.copyfile(template, path)
        with LocalStore.open(f"sqlite:///{path}") as store:
            yield cls(template, path, store)

    @contextmanager
    def fresh(self, world: World, tickets: Iterable[Ticket]) -> Generator[FreshWorld]:
        """A copy of the template with the changes of a sample and its tickets. Raises DatasetError for a bad patch."""
        # Closing drops the connections, no more: the next statement opens one on whatever file is there then.
        self.store.close()
        for file in self.path.parent.glob(f"{self.path.name}-*"):
            file.unlink()
        shutil.copyfile(self.template, self.path)
        for patch in world.patches:
            _apply(self.store, patch)
        for ticket in tickets:
            self.store.receive(ticket)
        fresh = FreshWorld(self.store, self.path, self.template, frozenset(world.down))
        fresh.mark()
        yield fresh


def _apply(store: LocalStore, patch: Patch) -> None:
    from tools.store.nouns import EVERY_NOUN
    from tools.store.rows import bodies_of, put

    noun = next(noun for noun in EVERY_NOUN if noun.name == patch.noun)
    key = _key(patch)
    with store.transaction() as connection:
        body = bodies_of(connection, noun, [key]).get(key)
        if patch.fields is not None:
            put(connection, [_patched(noun, patch, body)])
            return
        if body is None:
            raise DatasetError(f"there is no {patch.noun} {patch.id} to take away")
        connection.exec_driver_sql(f"DELETE FROM {patch.noun} WHERE id = ?", (key,))  # noqa: S608 - one of our tables
        for each in noun.parse(body).satellites:
            connection.exec_driver_sql(f"DELETE FROM {each.table} WHERE {each.owner} = ?", (key,))  # noqa: S608


def _key(patch: Patch) -> str:
    """The key under which the store keeps the noun."""
    from tools.store.nouns import stock_id
    from tools.store.words import folded

    if patch.noun == "stock":
        variant, _, location = patch.id.partition("@")
        return stock_id(variant, location or "main")
    return folded(patch.id) if patch.noun == "discount_codes" else patch.id


def _patched(noun: AnyTable, patch: Patch, body: str | None) -> Row:
    named: Body = {_IDS.get(patch.noun, "id"): patch.id.partition("@")[0] if patch.noun == "stock" else patch.id}
    before = named if body is None else _parsed(body)
    try:
        row = noun.parse(json.dumps(merged(before or {}, patch.fields or {})))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        known = "" if body else " (there is none with this id, so that the fields must be the whole noun)"
        raise DatasetError(f"{patch.noun} {patch.id}{known}: {where}: {first['msg']}") from None
    except ValueError as error:
        raise DatasetError(f"{patch.noun} {patch.id}: {error}") from None
    if row.id != _key(patch):
        raise DatasetError(f"{patch.noun} {patch.id}: the fields change its id to {row.id}")
    return row


def merged(base: Mapping[str, JsonValue], changes: Mapping[str, JsonValue]) -> Body:
    """`changes` laid over `base`: objects key by key, null takes a key away, everything else is replaced."""
    result = dict(base)
    for name, value in changes.items():
        below = result.pop(name, None)
        if value is not None:
            result[name] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


class _Down:
    """A port that does not answer, whatever it is asked."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, asked: str) -> object:
        def fail(*arguments: object, **named: object) -> NoReturn:
            raise Unavailable(f"{self._name} did not answer")

        return fail
