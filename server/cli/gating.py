"""What stands behind `countersign gate`: which store is meant, and how effects happen there."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from agent.deps import SystemClock
from agent.limits import load_limits
from server.clock import read_demo_clock
from server.settings import Settings

if TYPE_CHECKING:
    from agent.gate import GateReport
    from tools.store.local import LocalStore

DATABASE = "countersign.db"
MARK = "gate-store.json"
"""Tells that the store of a data folder was filled by a gate run, and may be filled anew by the next."""


class GateStoreError(Exception):
    """The store for a gate run cannot be used; the message says which to name instead."""


def run_gate(
    store: Path, limits: Path | None, calls: Path, out: Path, *, apply: bool, approve_as: str | None
) -> GateReport:
    """Judge the calls; with `apply` also do them."""
    from agent.execution import applier
    from agent.gate import gate

    settings = Settings.read()
    rules = load_limits(limits or settings.limits)
    with _opened(store, settings, apply=apply) as (opened, now):
        execute = applier(opened.writers(lambda: now)) if apply else None
        return gate(opened.readers(), rules, calls, out, now=now, execute=execute, approve_as=approve_as)


@contextmanager
def _opened(folder: Path, settings: Settings, *, apply: bool) -> Generator[tuple[LocalStore, datetime]]:
    from tools.store.local import LocalStore

    if not folder.is_dir():
        raise GateStoreError(f"{folder} is not a folder; --store names a snapshot folder or a data folder")
    now = (read_demo_clock(folder) or SystemClock()).now()
    if (folder / DATABASE).is_file():
        with LocalStore.open(f"sqlite:///{(folder / DATABASE).resolve()}") as opened:
            yield opened, now
        return
    with _filled(folder, settings, apply=apply) as opened:
        yield opened, now


@contextmanager
def _filled(snapshot: Path, settings: Settings, *, apply: bool) -> Generator[LocalStore]:
    """A store made from a snapshot: the data folder's own with `apply`, else one that vanishes."""
    from tools.store.importing import import_path
    from tools.store.local import LocalStore

    with tempfile.TemporaryDirectory() as scratch:
        address = _for_effects(snapshot, settings) if apply else f"sqlite:///{Path(scratch) / 'store.db'}"
        with LocalStore.open(address) as opened:
            report = import_path(opened, snapshot)
            if report.problems:
                first = report.problems[0]
                raise GateStoreError(f"{snapshot} cannot be judged against as long as it has bad lines: {first}")
            yield opened


def _for_effects(snapshot: Path, settings: Settings) -> str:
    """The data folder's store, emptied when an earlier gate run filled it. Raises when it holds anything else."""
    path, mark = settings.data / DATABASE, settings.data / MARK
    if settings.database_url:
        raise GateStoreError("--apply on a snapshot fills a local store; unset COUNTERSIGN_DATABASE_URL for it")
    if path.exists() and not mark.exists():
        raise GateStoreError(
            f"{settings.data} already holds a store: set COUNTERSIGN_DATA_DIR to an empty folder, "
            f"or judge that store itself with --store {settings.data}"
        )
    settings.data.mkdir(parents=True, exist_ok=True)
    for old in settings.data.glob(f"{DATABASE}*"):
        old.unlink()
    mark.write_text(json.dumps({"snapshot": str(snapshot)}) + "\n", encoding="utf-8")
    return f"sqlite:///{path}"


def describe_actions() -> dict[str, object]:
    """Every action: what it does, its default gate, whether it can be undone, and its arguments as JSON Schema."""
    from tools.actions import ACTIONS

    return {
        kind: {
            "does": " ".join((action.__doc__ or "").split()),
            "gate": action.gate.value,
            "reversible": action.reversible,
            "arguments": action.model_json_schema(),
        }
        for kind, action in ACTIONS.items()
    }
