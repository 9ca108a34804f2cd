"""The composition root: what a role needs, one process on SQLite, and several over Postgres and a Chroma server."""

from __future__ import annotations

import shutil
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from server.auth.principal import FixedGate, Gate
from server.container import Parts
from server.lock import DataFolderBusy
from server.service import Service
from server.serving import open_service
from server.settings import Settings, SettingsError
from tests.journeys.shop import FILE
from tools.errors import StoreError
from tools.helpdesk import Ticket, TicketMessage

WAIT = 90.0


def nobody(parts: Parts) -> Gate:
    return FixedGate(None)


def write(service: Service, name: str) -> str:
    """A stranger writes; gives the case."""
    said = TicketMessage(
        id=f"{name}-1", sender=f"{name}@example.com", at=service.clock.now(), text="Do you ship to Spain?"
    )
    return service.work.receive(Ticket(id=name, subject="Shipping", messages=(said,))).case_id


def worked_on(service: Service, case_id: str) -> None:
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        case = service.database.cases.get(case_id)
        if case is not None and case.status not in ("new", "working"):
            return
        time.sleep(0.05)
    raise AssertionError(service.work.queue())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"role": "boss"}, "must be one of all, web, worker"),
        ({"role": "web"}, "needs? Postgres|need Postgres"),
        ({"role": "worker", "database_url": "postgresql+psycopg://x@127.0.0.1:9/x"}, "COUNTERSIGN_CHROMA_URL"),
    ],
)
def test_a_role_that_cannot_be_is_refused(tmp_path: Path, changes: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said), open_service(Settings(data_dir=str(tmp_path), **changes), nobody):
        pass


def test_one_process_does_everything_on_sqlite_and_goes_on_after_a_restart(demo_database: Path, tmp_path: Path) -> None:
    shutil.copy(demo_database, tmp_path / FILE)
    settings = Settings(data_dir=str(tmp_path))
    with open_service(settings, nobody) as service:
        first = write(service, "anna")
        with pytest.raises(DataFolderBusy), open_service(settings, nobody):
            pass
        worked_on(service, first)
        kinds = [event.kind for event in service.database.events.read(case_id=first)]
        assert kinds[0] == "received"
        assert len([kind for kind in kinds if kind == "classified"]) == 1
        second = write(service, "bert")
    with open_service(settings, nobody) as service:
        worked_on(service, second)
        assert service.work.queue().failed == 0


def test_a_web_process_takes_in_what_a_worker_works_on(
    server_database: str, chroma_server: str, tmp_path: Path
) -> None:
    shared = {"database_url": server_database, "chroma_url": chroma_server}
    web = Settings(data_dir=str(tmp_path / "web"), role="web", **shared)
    worker = Settings(data_dir=str(tmp_path / "worker"), role="worker", worker="worker-7", **shared)
    with ExitStack() as held:
        front = held.enter_context(open_service(web, nobody))
        case_id = write(front, "cleo")
        assert front.work.queue().waiting == 1
        with open_service(worker, nobody):
            worked_on(front, case_id)
            with pytest.raises(StoreError, match="another process works as worker-7"):
                _second(worker)
        assert front.work.queue().running == 0


def _second(settings: Settings) -> None:
    from server.db.presence import Presence

    presence = Presence(settings.database, settings.worker)
    try:
        presence.take(0)
    finally:
        presence.close()
