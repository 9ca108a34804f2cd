"""The service as the benchmark runs it: the real application in a process of its own, with a floor beside it.

`python -m evals.bench.served FOLDER PORT [CASES]`. The floor is a route of the same server that commits one row to the
same database, as durably as a webhook does.
"""

from __future__ import annotations

import sqlite3
import sys
import threading
from dataclasses import replace
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request

from agent.limits import Role
from agent.repositories import CaseEvent
from server.app import create_app
from server.auth.principal import GRANTED, How, Principal
from server.service import Service
from server.serving import open_service
from server.settings import Settings, harden

SOURCE, SECRET = "bench", "a-secret-of-the-benchmark"
WHO = "x-bench-who"


class AnybodyGate:
    """Lets everybody in as the admin they say they are: signing in is not what is measured."""

    def principal(self, request: Request) -> Principal:
        """As in Gate."""
        who = request.headers.get(WHO, "priya")
        return Principal(id=who, name=who, role=Role.ADMIN, how=How.KEY, scopes=GRANTED[Role.ADMIN])


def bench_settings(folder: Path) -> Settings:
    """Offline, without a limit on requests; Postgres and the rest come from the environment."""
    given = Settings.read(env_file=None)
    secrets = f"{SOURCE}:{SECRET}"
    return replace(
        given, data_dir=str(folder), webhook_secrets=secrets, rate_limit="1000000/minute",
        webhook_rate_limit="1000000/minute", webhook_proving=SOURCE,
    )  # fmt: skip


def add_floor(app: FastAPI, service: Service) -> None:
    """The routes that only the benchmark has."""
    path, local = service.settings.data / "countersign.db", threading.local()

    def connection() -> sqlite3.Connection:
        if not hasattr(local, "connection"):
            local.connection = sqlite3.connect(path, timeout=10, isolation_level=None)
            local.connection.execute("PRAGMA synchronous=FULL")
        found: sqlite3.Connection = local.connection
        return found

    connection().execute("CREATE TABLE IF NOT EXISTS bench_rows (id INTEGER PRIMARY KEY, body TEXT)")

    @app.post("/bench/floor")
    def floor() -> dict[str, bool]:  # pyright: ignore[reportUnusedFunction]
        connection().execute("INSERT INTO bench_rows (body) VALUES ('a row')")
        return {"ok": True}

    @app.post("/bench/event/{number}")
    def event(number: int) -> dict[str, bool]:  # pyright: ignore[reportUnusedFunction]
        told = CaseEvent(case_id="bench", at=service.clock.now(), kind="alert", body={"number": number})
        service.database.events.append([told])
        service.feed.wake()
        return {"ok": True}


def main(folder: Path, port: int) -> None:
    """Serve until the process is ended."""
    harden()
    settings = bench_settings(folder)
    with open_service(settings, lambda parts: AnybodyGate()) as service:
        if settings.role == "worker":
            threading.Event().wait()
        app = create_app(service)
        if settings.alone:
            add_floor(app, service)
        uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, access_log=False, timeout_keep_alive=120)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
