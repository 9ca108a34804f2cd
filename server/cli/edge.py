"""The edge of the process: errors become one sentence that says what to do, and an exit code."""

from __future__ import annotations

import errno
import os
import shlex
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

import typer

from server.cli.output import complain, typed
from server.ui.people import named_in

OURS = frozenset({"agent", "tools", "knowledge", "server", "evals"})
PARTLY = 1
"""Something in the input was bad; the rest was done."""
CANNOT = 2
"""The command could not be used or could not start; nothing was done."""
STOPPED = 130
"""A person pressed Ctrl-C."""

_SYSTEM = {
    errno.ENOENT: "does not exist",
    errno.EISDIR: "is a folder; name a file",
    errno.ENOTDIR: "is not a folder",
    errno.EACCES: "may not be read or written by you; change its rights or name another place",
    errno.EPERM: "may not be read or written by you; change its rights or name another place",
    errno.EROFS: "cannot be written, the disk is read-only; name another place",
    errno.ENOSPC: "cannot be written, the disk is full",
    errno.ENAMETOOLONG: "is too long for a file name",
}


def run(command: Callable[..., object], program: str = "countersign") -> int:
    """The exit code of a command line. An error of ours speaks for itself; any other is a fault, kept in a file."""
    try:
        code = command(prog_name=program, standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        return _misused(error)
    except KeyboardInterrupt:
        code = STOPPED
    except BrokenPipeError:
        # Whoever reads has enough; without this the interpreter complains about the same pipe while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _refused_by_system(error)
    except Exception as error:
        return _failed(error)
    if code == STOPPED:
        again = typed(f"{program} {shlex.join(sys.argv[1:])}")
        complain(f"\nStopped. What was finished is kept; go on with: {again}")
    return code if isinstance(code, int) else 0


def _misused(error: typer.TyperException) -> int:
    """One sentence instead of a usage text; a group without a command gets its help."""
    message = error.format_message()
    if message.startswith("Usage:"):
        sys.stdout.write(f"{message}\n")
        return CANNOT
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "countersign"
    sentence = " ".join(message.removeprefix("Invalid value: ").split()).rstrip(".")
    complain(f"{sentence}. See: {path} --help")
    return CANNOT


def _refused_by_system(error: OSError) -> int:
    if error.errno == errno.ENOSPC and not error.filename:
        complain("the disk is full; free some space and try again")
        return CANNOT
    what = error.filename if isinstance(error.filename, str) else "the system"
    complain(f"{what}: {_SYSTEM.get(error.errno or 0, error.strerror or str(error))}")
    return CANNOT


def _failed(error: Exception) -> int:
    if type(error).__module__.partition(".")[0] in OURS:
        complain(named_in(str(error)))
        return CANNOT
    path = _keep_trace()
    complain(f"A fault of ours ({type(error).__name__}); nothing more was done. What happened is written in {path}")
    return CANNOT


def _keep_trace() -> str:
    """Beside the data when there is a place for it; a read-only folder must not hide the fault."""
    trace = traceback.format_exc()
    for folder in (_data_folder(), Path(tempfile.gettempdir())):
        path = folder / "last-error.txt"
        try:
            path.write_text(trace, encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        return str(path)
    return "nothing, because no folder can be written"


def _data_folder() -> Path:
    from server.settings import Settings, SettingsError

    try:
        return Settings.read().data
    except (SettingsError, OSError, ValueError):
        return Path.cwd()
