"""`countersign knowledge`: ingest, search (one question or a batch), list."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.edge import PARTLY
from server.cli.output import JSON_OPTION, complain, emit, next_command, say, show, table

if TYPE_CHECKING:
    from knowledge.documents import Hit


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Policies and help texts: what replies may cite.", no_args_is_help=True)
    group.command("ingest")(ingest)
    group.command("search")(search)
    group.command("list")(list_documents)
    app.add_typer(group, name="knowledge")


def ingest(
    folder: Annotated[Path, typer.Argument(help="Markdown files with front matter; README.md is left out.")],
    as_json: bool = JSON_OPTION,
) -> None:
    """Make the knowledge of the data folder exactly this folder. A second run changes nothing."""
    from knowledge.ingest import ingest_folder
    from server.container import open_embedder, open_knowledge
    from server.settings import Settings

    settings = Settings.read()
    settings.data.mkdir(parents=True, exist_ok=True)
    embedder, notice = open_embedder(settings)
    if notice:
        complain(notice)
    index = open_knowledge(settings, embedder)
    try:
        report = ingest_folder(folder, index)
    finally:
        index.close()
    for problem in report.problems:
        complain(str(problem))
    counts = {name: len(getattr(report, name)) for name in ("added", "changed", "unchanged", "removed")}
    if as_json:
        emit({**counts, "embedded": report.embedded, "problems": [str(problem) for problem in report.problems]})
    else:
        say(", ".join(f"{count} passages {name}" for name, count in counts.items()))
        next_command('countersign knowledge search "how long do I have to return this?"')
    if report.problems:
        raise typer.Exit(PARTLY)


def search(
    question: Annotated[str, typer.Argument(help="One question, over the approved passages in force today.")] = "",
    source: Annotated[
        Path | None, typer.Option(help='A folder of Markdown files or {"id","title","text"} lines.')
    ] = None,
    questions: Annotated[Path | None, typer.Option(help='Lines of {"id","text"}.')] = None,
    k: Annotated[int, typer.Option("--k", "-k", min=1, max=1000, help="How many hits.")] = 5,
    out: Annotated[Path | None, typer.Option(help='Where {"id","hits"} lines go.')] = None,
    as_json: bool = JSON_OPTION,
) -> None:
    """Find passages for one question, or documents for a file of questions (--source, --questions, --out)."""
    if source is not None and questions is not None and out is not None:
        _batch(source, questions, out, k, as_json=as_json)
    elif question and source is None and questions is None:
        _one(question, k, as_json=as_json)
    else:
        complain("give one question, or all of --source DIR --questions FILE --out FILE")
        raise typer.Exit(2)


def _batch(source: Path, questions: Path, out: Path, k: int, *, as_json: bool) -> None:
    from knowledge.search import search_batch
    from server.container import open_embedder
    from server.settings import Settings

    embedder, notice = open_embedder(Settings.read())
    if notice:
        complain(notice)
    report = search_batch(source, questions, out, k, embedder)
    for problem in report.problems:
        complain(str(problem))
    if as_json:
        emit({**report.model_dump(mode="json", exclude={"problems"}), "bad_lines": len(report.problems)})
    else:
        say(f"{report.questions} questions over {report.documents} documents ({report.embedder}). Hits are in {out}")
    if report.problems:
        raise typer.Exit(PARTLY)


def _one(question: str, k: int, *, as_json: bool) -> None:
    from agent.deps import SystemClock
    from server.clock import read_demo_clock
    from server.container import open_embedder, open_knowledge
    from server.settings import Settings

    settings = Settings.read()
    embedder, notice = open_embedder(settings)
    if notice:
        complain(notice)
    index = open_knowledge(settings, embedder)
    try:
        hits = index.search(question, k, (read_demo_clock(settings.data) or SystemClock()).now())
    finally:
        index.close()
    if as_json:
        emit([_plain(hit) for hit in hits])
    elif hits:
        _show(hits)
    else:
        say("No approved passage is in force.")
        next_command("countersign knowledge ingest FOLDER")


def _plain(hit: Hit) -> dict[str, object]:
    passage = hit.passage
    return {"passage": passage.id, "title": passage.title, "score": round(hit.score, 4), "text": passage.text}


def _show(hits: list[Hit]) -> None:
    for hit in hits:
        say(f"{hit.score:.2f}  {hit.passage.id}  {hit.passage.title}", "bold")
        say(f"      {' '.join(hit.passage.text.split())[:280]}")


def list_documents(
    folder: Annotated[Path | None, typer.Argument(help="A folder of documents; without it the shipped ones.")] = None,
    as_json: bool = JSON_OPTION,
) -> None:
    """Documents with version, status and dates, and what is wrong with any of them."""
    from knowledge.ingest import load_folder
    from server.settings import SOURCES

    library = load_folder(folder or SOURCES / "policies")
    for problem in library.problems:
        complain(str(problem))
    if as_json:
        emit([document.model_dump(mode="json", exclude={"body", "body_line"}) for document in library.documents])
    else:
        rows = [
            (d.id, str(d.version), d.status.value, str(d.effective_from), str(d.effective_to or ""), d.title)
            for d in library.documents
        ]
        show(table(("Document", "Version", "Status", "From", "To", "Title"), rows, right=("Version",)))
    if library.problems:
        raise typer.Exit(PARTLY)
