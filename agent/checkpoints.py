"""Where paused cases wait: LangGraph checkpoints in a SQLite file of their own."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tools.errors import StoreError

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.checkpoint.sqlite import SqliteSaver

    Checkpointer = BaseCheckpointSaver[str]


@contextmanager
def open_checkpoints(path: Path) -> Generator[SqliteSaver]:
    """The checkpointer over `path`, made when it is not there. One connection for all threads of this process.

    What is read back is data: no class that a file names is ever imported. Raises StoreError for a damaged file.
    """
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
    from langgraph.checkpoint.sqlite import SqliteSaver

    connection = sqlite3.connect(path, check_same_thread=False, timeout=10)
    try:
        saver = SqliteSaver(connection, serde=JsonPlusSerializer(allowed_msgpack_modules=None))
        try:
            saver.setup()
        except sqlite3.DatabaseError as error:
            raise StoreError(
                f"{path} cannot be used: {error}. Move it away: waiting cases are worked on anew, nothing happens twice"
            ) from error
        yield saver
    finally:
        connection.close()


def memory_checkpoints() -> Checkpointer:
    """The same for cases that nobody takes up again: nothing outlives the process."""
    from langgraph.checkpoint.memory import InMemorySaver
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

    return InMemorySaver(serde=JsonPlusSerializer(allowed_msgpack_modules=None))
