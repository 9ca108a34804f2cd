"""`/api/v1/queue`: how much work waits."""

from __future__ import annotations

from fastapi import APIRouter

from server.deps import Insider, Parts
from server.routes.errors import documented
from server.work import QueueState

router = APIRouter(prefix="/queue", tags=["running"])


@router.get("", responses=documented(422))
def queue(service: Parts, who: Insider) -> QueueState:
    """How many cases wait and run, and how long the oldest has waited, in seconds."""
    return service.work.queue()
