"""`countersign store`: import, export, show."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from server.cli.edge import PARTLY
from server.cli.output import JSON_OPTION, complain, complain_all, emit, next_command, say, show, table

DataFolder = Annotated[Path | None, typer.Option("--store", help="Another data folder than COUNTERSIGN_DATA_DIR.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="The local store: orders, customers, products, stock.", no_args_is_help=True)
    group.command("import", short_help="Read a snapshot or Shopify's CSV exports.")(import_)
    group.command("export", short_help="Write the store as a snapshot folder.")(export)
    group.command("show")(show_counts)
    app.add_typer(group, name="store")


def import_(
    path: Annotated[Path, typer.Argument(help="A snapshot folder, Shopify CSV exports, or a folder of them.")],
    currency: Annotated[str, typer.Option(help="The shop's currency, where a file does not name one.")] = "",
    store: DataFolder = None,
    as_json: bool = JSON_OPTION,
) -> None:
    """Read a snapshot or Shopify's CSV exports. A bad row is named with file, line and column; the rest is kept."""
    from server.cli.folder import store_address
    from tools.errors import StoreError
    from tools.store.importing import import_path
    from tools.store.local import LocalStore

    if not path.exists():
        raise StoreError(f"{path} does not exist; name a snapshot folder, a .csv file or a folder of .csv files")
    with LocalStore.open(store_address(store, make=True)) as opened:
        report = import_path(opened, path, currency)
    bad = len(report.problems) + report.more
    if as_json:
        problems = [str(problem) for problem in report.problems]
        notices = [str(notice) for notice in report.notices]
        counts = dict(report.counts)
        emit({"imported": counts, "ok": report.ok, "problems": problems, "more": report.more, "notices": notices})
    else:
        complain_all([str(problem) for problem in report.problems])
        if report.more:
            complain(f"and {report.more:,} more that are not named")
        complain_all([str(notice) for notice in report.notices])
        left = (
            f" {bad:,} {'problem' if bad == 1 else 'problems'}: what they name was left out, or stays as it was here."
            if bad
            else ""
        )
        say(f"Imported {_counted(report.counts) or 'nothing'}.{left}")
        next_command(f"countersign store show{f' --store {store}' if store else ''}")
    if not report.ok:
        raise typer.Exit(PARTLY)


def export(
    path: Annotated[Path, typer.Argument(help="The folder to write; it is made when it is not there.")],
    store: DataFolder = None,
    as_json: bool = JSON_OPTION,
) -> None:
    """Write the store as a snapshot folder: one JSONL file per noun, the same bytes for the same world."""
    from server.cli.folder import store_address
    from tools.store.local import LocalStore
    from tools.store.snapshot import export_snapshot

    with LocalStore.open(store_address(store, make=False)) as opened:
        counts = export_snapshot(opened, path)
    if as_json:
        emit({"exported": counts, "to": str(path)})
    else:
        say(f"Exported {_counted(counts) or 'an empty store'} to {path}")


def show_counts(store: DataFolder = None, as_json: bool = JSON_OPTION) -> None:
    """How much of what is in the store."""
    from server.cli.folder import store_address
    from tools.store.local import LocalStore

    with LocalStore.open(store_address(store, make=False)) as opened:
        counts, name = opened.counts(), opened.name
    if as_json:
        emit(counts)
        return
    say(name)
    rows = [(noun.replace("_", " "), f"{count:,}") for noun, count in counts.items()]
    show(table(("What", "How many"), rows, right=("How many",)))
    if not any(counts.values()):
        next_command("countersign store import FOLDER")


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {_named(noun, count)}" for noun, count in counts.items() if count)


def _named(noun: str, count: int) -> str:
    """`1 order`, `2 orders`, `1 stock`."""
    return (noun.removesuffix("s") if count == 1 else noun).replace("_", " ")
