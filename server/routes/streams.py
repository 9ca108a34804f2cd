"""`/api/v1/stream` and `/api/v1/cases/{id}/stream`: what happens, as it happens, without gaps or repeats."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from agent.repositories import CaseEvent
from server.auth.principal import Principal, Scope
from server.deps import Insider, Parts, Reader
from server.problems import Problem
from server.routes.cases import CaseId
from server.routes.errors import documented
from server.routes.seeing import seen_case
from server.service import Service

router = APIRouter(tags=["streams"])
BEAT = 15.0
"""Seconds after which a quiet stream says that it is there, and asks whether its reader still may read."""
_RECONNECT = 1_000
_SEND_SECONDS = 30
_STREAM: dict[int | str, dict[str, object]] = {
    200: {
        "description": "Events; `id` is what to come back with, `event` the kind, `data` a CaseEvent",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
Position = Annotated[int | None, Query(ge=0, le=2**62, description="The `id` of the last event that was seen.")]
LastEventId = Annotated[str, Header(alias="Last-Event-ID", max_length=40, description="Counts more than `after`.")]


def _position(after: Position = None, last_event_id: LastEventId = "") -> int | None:
    """Where a reader was: what the browser says when it comes back counts more than the address it came with."""
    if last_event_id.isascii() and last_event_id.isdecimal():
        return int(last_event_id[:18])
    return after


Start = Annotated[int | None, Depends(_position)]


@router.get("/stream", response_class=EventSourceResponse, responses={**_STREAM, **documented(422)})
def every_case(request: Request, service: Parts, who: Insider, start: Start) -> EventSourceResponse:
    """What happens in any case, from now on or from where the reader was."""
    return _stream(request, service, who, service.feed.head() if start is None else start, "")


@router.get(
    "/cases/{case_id}/stream", response_class=EventSourceResponse, responses={**_STREAM, **documented(404, 422)}
)
def one_case(request: Request, service: Parts, who: Reader, case_id: CaseId, start: Start) -> EventSourceResponse:
    """What happens in a case, from its beginning or from where the reader was."""
    record = seen_case(service, who, case_id)
    return _stream(request, service, who, start or 0, record.case_id)


def _stream(request: Request, service: Service, who: Principal, start: int, case_id: str) -> EventSourceResponse:
    if not service.feed.has_room(who.id):
        raise Problem(
            429, "too-many-streams", "Too many streams are open", "Close one first.", headers={"Retry-After": "5"}
        )
    events = told(request, service, who, start, case_id)
    # Our own beats: each of them also asks whether the reader still may read.
    return EventSourceResponse(events, ping=0, send_timeout=_SEND_SECONDS)


async def told(
    request: Request, service: Service, who: Principal, start: int, case_id: str, beat: float = BEAT
) -> AsyncGenerator[ServerSentEvent]:
    """The messages of a stream. It ends when its reader may no longer read."""
    with service.feed.stream_of(who.id):
        yield ServerSentEvent(comment="open", retry=_RECONNECT)
        if start > await asyncio.to_thread(service.feed.head):
            # The log was put back to an earlier moment: what the reader has seen may be other events.
            start = 0 if case_id else await asyncio.to_thread(service.feed.head)
            yield ServerSentEvent(event="reset", data="{}")
        checked = time.monotonic()
        events = service.feed.follow(start, case_id, beat)
        try:
            async for event in events:
                if time.monotonic() - checked >= beat:
                    if not await asyncio.to_thread(_may_still_read, request, service, who):
                        yield ServerSentEvent(event="end", data='{"why": "access"}')
                        return
                    checked = time.monotonic()
                yield message(event) if event else ServerSentEvent(comment="beat")
        finally:
            await events.aclose()


def message(event: CaseEvent) -> ServerSentEvent:
    """An event on the wire."""
    return ServerSentEvent(id=str(event.seq), event=event.kind, data=event.model_dump_json())


def _may_still_read(request: Request, service: Service, who: Principal) -> bool:
    now = service.gate.principal(request)
    return now is not None and now.may(Scope.READ) and (now.id, now.ticket) == (who.id, who.ticket)
