"""A fake OpenAI-compatible server on loopback: answers from a script, misbehaves on demand, keeps a journal.

    with ModelServer() as server:
        server.script(says({"reply": "..."}), status(429, {"Retry-After": "1"}))

A request beyond the script gets a 501 and is noted in `surprises`; `left` is what was never asked for.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

USAGE = {"prompt_tokens": 900, "completion_tokens": 120, "total_tokens": 1020}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request as it arrived. A body is JSON of any shape."""

    body: dict[str, Any]
    headers: dict[str, str]
    at: float

    @property
    def words(self) -> str:
        return "\n".join(str(message["content"]) for message in self.body["messages"])

    @property
    def tools(self) -> list[str]:
        return [tool["function"]["name"] for tool in self.body.get("tools", [])]


Turn = Callable[[Asked], Response]


def says(content: object, *, finish: str | None = "stop", usage: dict[str, int] | None = USAGE) -> Turn:
    """A whole answer; anything but a text is written as JSON."""
    text = content if isinstance(content, str) else json.dumps(content)
    return _turn({"role": "assistant", "content": text}, finish, usage)


def calls(*wanted: tuple[str, object], ids: bool = True) -> Turn:
    """Tool calls by name; arguments that are a text are sent as they are, valid JSON or not."""
    asked = [
        {
            "id": f"call_{number}" if ids else "",
            "type": "function",
            "function": {"name": name, "arguments": given if isinstance(given, str) else json.dumps(given)},
        }
        for number, (name, given) in enumerate(wanted)
    ]
    return _turn({"role": "assistant", "content": None, "tool_calls": asked}, "tool_calls", USAGE)


def _turn(message: dict[str, Any], finish: str | None, usage: dict[str, int] | None) -> Turn:
    choice = {"index": 0, "message": message, "finish_reason": finish}
    body = {"id": "c1", "object": "chat.completion", "created": 1, "model": "fake", "choices": [choice], "usage": usage}
    return lambda asked: JSONResponse(body)


def status(code: int, headers: dict[str, str] | None = None) -> Turn:
    """An error as OpenAI words it."""
    return lambda asked: JSONResponse({"error": {"message": f"status {code}"}}, status_code=code, headers=headers)


def raw(body: str, content_type: str = "application/json") -> Turn:
    """Any bytes with status 200."""
    return lambda asked: Response(body, media_type=content_type)


def cut_off() -> Turn:
    """The connection breaks in the middle of the body."""

    def half() -> Iterator[bytes]:
        yield b'{"choices": [{"mess'
        raise ConnectionAbortedError("cut on purpose")

    return lambda asked: StreamingResponse(half(), media_type="application/json", headers={"Content-Length": "500"})


def late(seconds: float) -> Turn:
    """Nothing for a while."""

    def wait(asked: Asked) -> Response:
        time.sleep(seconds)
        return JSONResponse({})

    return wait


def dripping(seconds: float) -> Turn:
    """A blank now and then: the connection is never silent, and the answer never there."""

    def drip() -> Iterator[bytes]:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            yield b" "
            time.sleep(0.02)

    return lambda asked: StreamingResponse(drip(), media_type="application/json")


@dataclass
class ModelServer:
    """The server; `base_url` is what a client is given."""

    journal: list[Asked] = field(default_factory=list[Asked])
    surprises: list[Asked] = field(default_factory=list[Asked])
    _turns: deque[Turn] = field(default_factory=deque[Turn])
    _socket: socket.socket = field(default_factory=socket.socket)
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"

    @property
    def left(self) -> int:
        return len(self._turns)

    def script(self, *turns: Turn) -> None:
        self._turns.extend(turns)

    def forget(self) -> None:
        self.journal.clear()
        self.surprises.clear()
        self._turns.clear()

    def answer(self, asked: Asked) -> Response:
        self.journal.append(asked)
        if not self._turns:
            self.surprises.append(asked)
            return JSONResponse({"error": {"message": "not in the script"}}, status_code=501)
        return self._turns.popleft()(asked)

    def __enter__(self) -> Self:
        app = FastAPI()

        @app.post("/v1/chat/completions")
        async def completions(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction] - a route
            from starlette.concurrency import run_in_threadpool

            asked = Asked(body=await request.json(), headers=dict(request.headers), at=time.monotonic())
            return await run_in_threadpool(self.answer, asked)

        self._socket.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        return self

    def stop(self) -> None:
        """The server dies: connections are refused from now on."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(timeout=5)
        self._socket.close()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
