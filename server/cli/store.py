"""`countersign store`: import, export, show."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from server.cli.edge import PARTLY
from server.cli.output import JSON_OPTION, complain, emit, next_command, say, show, table

DataFolder = Annotated[Path | None, typer.Option("--store", help="Another data folder than COUNTERSIGN_DATA_DIR.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="The local store: orders, customers, products, stock.", no_args_is_help=True)
    group.command("import")(import_)
    group.command("export")(export)
    group.command("show")(show_counts)
    app.add_typer(group, name="store")


def _address(folder: Path | None) -> str:
    from server.cli.gating import DATABASE
    from server.settings import Settings

    settings = Settings.read()
    if folder is None:
        settings.data.mkdir(parents=True, exist_ok=True)
        return settings.database
    return f"sqlite:///{(folder / DATABASE).resolve()}"


def import_(
    path: Annotated[Path, typer.Argument(help="A snapshot folder, Shopify CSV exports, or a folder of them.")],
    currency: Annotated[str, typer.Option(help="The shop's currency, where a file does not name one.")] = "",
    store: DataFolder = None,
    as_json: bool = JSON_OPTION,
) -> None:
    """Read a snapshot or Shopify's CSV exports. A bad row is named with file, line and column; the rest is kept."""
    from tools.store.importing import import_path
    from tools.store.local import LocalStore

    with LocalStore.open(_address(store)) as opened:
        report = import_path(opened, path, currency)
    for problem in report.problems:
        complain(str(problem))
    if as_json:
        emit(
            {
                "imported": dict(report.counts),
                "problems": [str(problem) for problem in report.problems],
                "more": report.more,
            }
        )
    else:
        said = ", ".join(f"{count:,} {noun.replace('_', ' ')}" for noun, count in report.counts.items() if count)
        say(f"Imported {said or 'nothing'}. {len(report.problems) + report.more} rows were left out.")
        next_command("countersign store show")
    if report.problems:
        raise typer.Exit(PARTLY)


def export(
    path: Annotated[Path, typer.Argument(help="The folder to write; it is made when it is not there.")],
    store: DataFolder = None,
    as_json: bool = JSON_OPTION,
) -> None:
    """Write the store as a snapshot folder: one JSONL file per noun, the same bytes for the same world."""
    from tools.store.local import LocalStore
    from tools.store.snapshot import export_snapshot

    with LocalStore.open(_address(store)) as opened:
        counts = export_snapshot(opened, path)
    if as_json:
        emit({"exported": counts, "to": str(path)})
    else:
        said = ", ".join(f"{count:,} {noun.replace('_', ' ')}" for noun, count in counts.items() if count)
        say(f"Exported {said or 'an empty store'} to {path}")


def show_counts(store: DataFolder = None, as_json: bool = JSON_OPTION) -> None:
    """How much of what is in the store."""
    from tools.store.local import LocalStore

    with LocalStore.open(_address(store)) as opened:
        counts = opened.counts()
    if as_json:
        emit(counts)
        return
    show(
        table(
            "",
            ("What", "How many"),
            [(noun.replace("_", " "), f"{count:,}") for noun, count in counts.items()],
            right=("How many",),
        )
    )
    if not any(counts.values()):
        next_command("countersign store import FOLDER")
