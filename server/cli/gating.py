"""What stands behind `countersign gate`: which store is meant, and how effects happen there."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from agent.limits import PolicyLimits, load_limits
from server.cli.folder import DATABASE
from server.clock import clock_of
from server.lock import DataLock
from server.settings import Settings

if TYPE_CHECKING:
    from agent.gate import Execute, GateReport
    from agent.policy import PastEffect
    from server.db.database import Database
    from tools.store.local import LocalStore

MARK = "gate-store.json"
"""Tells that the store of a data folder was filled by a gate run, and may be filled anew by the next."""


class GateStoreError(Exception):
    """The store for a gate run cannot be used; the message says which to name instead."""


@dataclass(frozen=True)
class _Place:
    """Where calls are judged. `database` is None for a snapshot that is only looked at."""

    store: LocalStore
    database: Database | None
    now: datetime


def run_gate(
    store: Path,
    limits: Path | None,
    calls: Path,
    out: Path,
    *,
    apply: bool,
    approve_as: str | None,
    at: datetime | None,
) -> GateReport:
    """Judge the calls; with `apply` also do them. It is `at` meanwhile, else the folder's own moment, else now."""
    from agent.gate import gate

    settings = Settings.read()
    rules = load_limits(limits or settings.limits)
    _refuse_to_replace(out, store, limits or settings.limits)
    with _opened(store, settings, apply=apply, at=at) as place:
        return gate(
            place.store.readers(),
            rules,
            calls,
            out,
            now=place.now,
            execute=_execute(place) if apply else None,
            approve_as=approve_as,
            history=_history(place, rules),
        )


def _refuse_to_replace(out: Path, store: Path, limits: Path) -> None:
    """Verdicts never take the place of what they were judged by."""
    beside = store.is_dir() and out.resolve().parent == store.resolve()
    if beside and ((out.exists() and out.suffix != ".jsonl") or not (store / DATABASE).is_file()):
        raise GateStoreError(f"{out} lies in the store that is judged; give another place with --out")
    if out.exists() and limits.exists() and out.samefile(limits):
        raise GateStoreError(f"{out} holds the limits; give another name with --out")


def _history(place: _Place, rules: PolicyLimits) -> list[PastEffect]:
    """Who signed what in this data folder: ceilings of a person count it too."""
    from agent.history import LedgerHistory
    from agent.policy.facts import longest_memory

    if place.database is None:
        return []
    history = LedgerHistory(ledger=place.database.ledger, limits=rules)
    return list(history.past_effects(place.now - longest_memory(rules)))


def _execute(place: _Place) -> Execute:
    """Does an effect unless somebody stopped the folder meanwhile."""
    from agent.execution import applier
    from server.cli.gate_effects import GateEffects

    database, apply = place.database, applier(place.store.writers(lambda: place.now))
    if database is None:
        raise GateStoreError("effects need a data folder")
    return GateEffects(database, apply, lambda: _stopped(database), place.now)


def _stopped(database: Database) -> str:
    """Who stopped what. A call has no intent, so a stop of one intent stops calls too: nobody can tell them apart."""
    found = [switch for switch in database.switches.all() if switch.stopped and not switch.scope.startswith("loop:")]
    return f"{found[0].by} stopped {found[0].stops}: {found[0].reason}" if found else ""


@contextmanager
def _opened(folder: Path, settings: Settings, *, apply: bool, at: datetime | None) -> Generator[_Place]:
    if not folder.is_dir():
        raise GateStoreError(f"{folder} is not a folder; --store names a snapshot folder or a data folder")
    with ExitStack() as stack:
        if (folder / DATABASE).is_file():
            yield _data_folder(stack, folder, at, apply=apply)
        else:
            yield _snapshot(stack, folder, settings, at or clock_of(folder).now(), apply=apply)


def _data_folder(stack: ExitStack, folder: Path, at: datetime | None, *, apply: bool) -> _Place:
    from server.db.database import Database
    from tools.store.local import LocalStore

    if apply:
        stack.enter_context(DataLock(folder))
    address = f"sqlite:///{(folder / DATABASE).resolve()}"
    store = stack.enter_context(LocalStore.open(address))
    database = stack.enter_context(Database.open(address))
    if apply:
        _refuse_when_stopped(database, folder)
    return _Place(store, database, at or clock_of(folder, database.audit).now())


def _refuse_when_stopped(database: Database, folder: Path) -> None:
    why = _stopped(database)
    if why:
        raise GateStoreError(
            f"nothing was done in {folder}: {why}. `countersign go` lets effects happen again; without --apply calls "
            "are still judged"
        )


def _snapshot(stack: ExitStack, folder: Path, settings: Settings, now: datetime, *, apply: bool) -> _Place:
    """A store made from a snapshot: the data folder's own with `apply`, else one that vanishes."""
    from server.db.database import Database
    from tools.store.local import LocalStore

    if not apply:
        scratch = stack.enter_context(tempfile.TemporaryDirectory())
        store = stack.enter_context(LocalStore.open(f"sqlite:///{Path(scratch) / 'store.db'}"))
        _fill(store, folder)
        return _Place(store, None, now)
    if settings.database_url:
        raise GateStoreError("--apply on a snapshot fills a local store; unset COUNTERSIGN_DATABASE_URL for it")
    stack.enter_context(DataLock(settings.data))
    address = _emptied(folder, settings)
    store = stack.enter_context(LocalStore.open(address))
    _fill(store, folder)
    return _Place(store, stack.enter_context(Database.open(address)), now)


def _fill(store: LocalStore, snapshot: Path) -> None:
    from tools.store.importing import import_path

    report = import_path(store, snapshot)
    if report.problems:
        more = len(report.problems) + report.more - 1
        rest = f" (and {more} more; `countersign store import` names them all)" if more else ""
        raise GateStoreError(f"{snapshot} has bad lines, so nothing is judged against it: {report.problems[0]}{rest}")


def _emptied(snapshot: Path, settings: Settings) -> str:
    """The data folder's store, emptied when an earlier gate run filled it. Raises when it holds anything else."""
    path, mark = settings.data / DATABASE, settings.data / MARK
    if path.exists():
        _only_of_gate(path, mark, settings)
    mark.write_text(json.dumps({"snapshot": str(snapshot)}) + "\n", encoding="utf-8")
    for old in settings.data.glob(f"{DATABASE}*"):
        old.unlink()
    return f"sqlite:///{path}"


def _only_of_gate(path: Path, mark: Path, settings: Settings) -> None:
    from server.db.database import Database

    if not mark.exists():
        raise GateStoreError(
            f"{settings.data} already holds a store: set COUNTERSIGN_DATA_DIR to an empty folder, "
            f"or judge that store itself with --store {settings.data}"
        )
    with Database.open(f"sqlite:///{path}") as database:
        _refuse_when_stopped(database, settings.data)
        if database.cases.list(limit=1):
            raise GateStoreError(
                f"tickets were worked on in {settings.data} since the last gate run; "
                "set COUNTERSIGN_DATA_DIR to an empty folder"
            )


def describe_actions() -> dict[str, object]:
    """Every action: what it does, its default gate, whether it can be undone, and its arguments as JSON Schema."""
    from tools.actions import ACTIONS

    return {
        kind: {
            "does": " ".join((action.__doc__ or "").split()),
            "gate": action.gate.value,
            "reversible": action.reversible,
            "gives_value": action.gives_value,
            "arguments": action.model_json_schema(),
        }
        for kind, action in ACTIONS.items()
    }
