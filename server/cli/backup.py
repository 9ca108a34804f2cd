"""`countersign backup` and `countersign restore`: everything a shop cannot make again, in one file and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from server.cli.output import JSON_OPTION, complain, emit, next_command, say


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("backup", short_help="One file with all data, rules and texts; may be taken while the service runs.")(
        backup
    )
    app.command("restore", short_help="Put a backup back into an empty data folder.")(restore)


def backup(
    out: Annotated[Path, typer.Argument(help="The file to write, such as shop-2026-11-21.tar.gz.")],
    as_json: bool = JSON_OPTION,
) -> None:
    """One file with all data; may be taken while the service runs. Keep it where nobody else can read it."""
    from server.backup import take
    from server.cli.folder import must_have_data
    from server.clock import clock_of
    from server.settings import Settings

    settings = Settings.read()
    must_have_data(settings)
    manifest = take(settings, out, clock_of(settings.data).now())
    if as_json:
        emit(manifest.model_dump(mode="json"))
        return
    size = out.stat().st_size / 1_000_000
    say(f"{out}: {len(manifest.files)} files, {manifest.passages} passages, {size:.1f} MB.")
    elsewhere = " COUNTERSIGN_DATABASE_URL=<an empty database>" if manifest.database == "postgres" else ""
    next_command(f"COUNTERSIGN_DATA_DIR=./restored{elsewhere} countersign restore {out}")


def restore(
    source: Annotated[Path, typer.Argument(help="A file that `countersign backup` wrote.")],
    as_json: bool = JSON_OPTION,
) -> None:
    """Put a backup back into an empty data folder. Effects stay stopped until a person has looked and says go."""
    from server.backup import put_back
    from server.lock import DataLock
    from server.settings import Settings

    settings = Settings.read()
    with DataLock(settings.data):
        manifest = put_back(settings, source)
    if as_json:
        emit(manifest.model_dump(mode="json"))
        return
    say(f"Restored into {settings.data}, as of {manifest.taken_at:%Y-%m-%d %H:%M} UTC.")
    complain("Effects are stopped: what was signed after that moment may have happened and is not in here.")
    complain("Compare with your shop first. countersign approvals list shows what would be asked or done.")
    next_command("countersign audit verify")
