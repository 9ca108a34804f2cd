"""Where paused cases wait: LangGraph checkpoints in a SQLite file of their own."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.checkpoint.sqlite import SqliteSaver

    Checkpointer = BaseCheckpointSaver[str]


@contextmanager
def open_checkpoints(path: Path) -> Generator[SqliteSaver]:
    """The checkpointer over `path`, made when it is not there. One connection for all threads of this process."""
    from langgraph.checkpoint.sqlite import SqliteSaver

    connection = sqlite3.connect(path, check_same_thread=False, timeout=10)
    try:
        saver = SqliteSaver(connection)
        saver.setup()
        yield saver
    finally:
        connection.close()
