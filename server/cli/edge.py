"""The edge of the process: errors become one sentence that says what to do, and an exit code."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from server.cli.output import complain

OURS = frozenset({"agent", "tools", "knowledge", "server", "evals"})
PARTLY = 1
"""Something in the input was bad; the rest was done."""
CANNOT = 2
"""The command could not be used or could not start; nothing was done."""


def run(command: Callable[[], object]) -> int:
    """The exit code of a command. An error of ours speaks for itself; any other is a fault, kept in a file."""
    try:
        command()
    except KeyboardInterrupt:
        complain("Stopped. What was finished is kept; the same command goes on from there.")
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        complain(f"{error.filename or 'the system'}: {error.strerror or error}")
        return CANNOT
    except Exception as error:
        return _failed(error)
    return 0


def _failed(error: Exception) -> int:
    if type(error).__module__.partition(".")[0] in OURS:
        complain(str(error))
        return CANNOT
    path = _keep_trace()
    complain(f"A fault of ours ({type(error).__name__}); nothing more was done. What happened is written in {path}")
    return CANNOT


def _keep_trace() -> str:
    from server.settings import Settings

    try:
        folder = Settings.read().data
        folder.mkdir(parents=True, exist_ok=True)
    except Exception:
        folder = Path.cwd()
    path = folder / "last-error.txt"
    path.write_text(traceback.format_exc(), encoding="utf-8")
    return str(path)
