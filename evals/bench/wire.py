"""A small HTTP client over asyncio, so that what is measured is the server and not the client on the same two cores."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field


class Refused(Exception):
    """The server answered with something else than was expected."""


@dataclass
class Wire:
    """Requests to one server on loopback; connections are kept and used again."""

    port: int
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(
        default_factory=list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
    )

    async def post(self, path: str, body: bytes, headers: Mapping[str, str], expected: int) -> bytes:
        """The body of the answer. Raises Refused for another status."""
        reader, writer = self.idle.pop() if self.idle else await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(_head("POST", path, {**headers, "Content-Length": str(len(body))}) + body)
        status, fields = await _answer(reader)
        content = await reader.readexactly(int(fields.get("content-length", "0")))
        self.idle.append((reader, writer))
        if status != expected:
            raise Refused(f"{path} answered {status}: {content[:300].decode(errors='replace')}")
        return content

    async def events(self, path: str, headers: Mapping[str, str]) -> AsyncGenerator[dict[str, object]]:
        """What a stream says, as JSON documents, until the reader has enough."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(_head("GET", path, {**headers, "Accept": "text/event-stream"}))
            status, _ = await _answer(reader)
            if status != 200:
                raise Refused(f"{path} answered {status}")
            while line := await reader.readline():
                # Sizes of chunks are lines of their own here, and begin with a digit.
                if line.startswith(b"data:"):
                    yield json.loads(line[5:])
        finally:
            writer.close()

    async def close(self) -> None:
        """Close what was kept."""
        for _, writer in self.idle:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
        self.idle.clear()


def _head(method: str, path: str, headers: Mapping[str, str]) -> bytes:
    fields = {"Host": "127.0.0.1", "Connection": "keep-alive", **headers}
    lines = (f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {path} HTTP/1.1\r\n{''.join(lines)}\r\n".encode()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    first = await reader.readline()
    fields: dict[str, str] = {}
    while (line := await reader.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        fields[name.strip().lower()] = value.strip()
    return int(first.split()[1]), fields
