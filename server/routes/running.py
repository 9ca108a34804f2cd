"""`/health` and `/ready`, for whoever restarts processes and sends them requests."""

from __future__ import annotations

import shutil

from fastapi import APIRouter, Response

from knowledge.errors import KnowledgeError
from server.deps import Parts
from server.routes.errors import documented
from server.service import Service
from server.views.running import Alive, Check, Ready
from tools.errors import ToolError

router = APIRouter(tags=["running"])
ROOM = 50_000_000
"""Bytes that have to be free in the data folder: with less, the next write may be the one that fails."""


@router.get("/health", responses=documented(429))
def health() -> Alive:
    """The process lives. Says nothing about what it needs: see /ready."""
    return Alive()


@router.get("/ready", responses={503: {"model": Ready, "description": "Something does not work"}, **documented(429)})
def ready(service: Parts, response: Response) -> Ready:
    """The database answers with the newest schema, knowledge is open, no work waits too long, the disk has room."""
    checks = [_database(service), _knowledge(service), _queue(service), _disk(service)]
    fine = all(check.ok for check in checks)
    response.status_code = 200 if fine else 503
    return Ready(ready=fine, checks=checks)


def _database(service: Service) -> Check:
    try:
        current = service.database.up_to_date()
    except ToolError:
        return Check(name="database", ok=False, said="does not answer")
    return Check(name="database", ok=current, said="" if current else "has another schema than this program")


def _knowledge(service: Service) -> Check:
    try:
        service.knowledge.passage("-")
    except KnowledgeError:
        return Check(name="knowledge", ok=False, said="cannot be read")
    return Check(name="knowledge", ok=True)


def _queue(service: Service) -> Check:
    most = service.settings.number("ready_queue_seconds")
    try:
        oldest = service.work.queue().oldest_seconds
    except ToolError:
        return Check(name="queue", ok=False, said="does not answer")
    return Check(name="queue", ok=oldest <= most, said=f"the oldest has waited {oldest:.0f} s")


def _disk(service: Service) -> Check:
    try:
        free = shutil.disk_usage(service.settings.data).free
    except OSError as error:
        return Check(name="disk", ok=False, said=f"the data folder cannot be looked at ({error.strerror})")
    return Check(name="disk", ok=free >= ROOM, said=f"{free / 1_000_000:,.0f} MB are left for the data folder")
