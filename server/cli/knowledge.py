"""`countersign knowledge`: ingest, search (one question or a batch), list."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.edge import PARTLY
from server.cli.output import JSON_OPTION, complain, complain_all, console, emit, next_command, say, show, table
from server.lock import PRIVATE

if TYPE_CHECKING:
    from knowledge.documents import Hit
    from knowledge.search import Progress


class NothingIngested(Exception):
    """The data folder holds no documents to search."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"no document was ingested into {folder} yet: countersign knowledge ingest FOLDER; "
            "or search a folder of texts with --source, --questions and --out"
        )


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Policies and help texts: what replies may cite.", no_args_is_help=True)
    group.command("ingest", short_help="Make the knowledge of the data folder exactly this folder.")(ingest)
    group.command("search", short_help="Find passages for a question, or documents for a file of them.")(search)
    group.command("list", short_help="Documents with version, status and dates.")(list_documents)
    app.add_typer(group, name="knowledge")


def ingest(
    folder: Annotated[
        Path, typer.Argument(help="Markdown files (.md) with front matter; README.md is left out, other texts too.")
    ],
    as_json: bool = JSON_OPTION,
) -> None:
    """Make the knowledge of the data folder exactly this folder. A second run changes nothing."""
    from knowledge.errors import SourceError
    from knowledge.ingest import ingest_folder
    from server.container import open_embedder, open_knowledge
    from server.settings import Settings

    if not folder.is_dir():
        raise SourceError(f"{folder} is not a folder; name the folder that holds your documents")
    settings = Settings.read()
    settings.data.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    embedder, notice = open_embedder(settings)
    index = open_knowledge(settings, embedder)
    try:
        report = ingest_folder(folder, index)
    finally:
        index.close()
    counts = {name: len(getattr(report, name)) for name in ("added", "changed", "unchanged", "removed")}
    problems = [str(problem) for problem in report.problems]
    if as_json:
        emit({**counts, "embedded": report.embedded, "problems": problems, **_noticed(notice, report.notices)})
    else:
        complain_all([*([notice] if notice else []), *problems, *report.notices])
        say(f"Passages: {', '.join(f'{count} {name}' for name, count in counts.items())}.")
        next_command('countersign knowledge search "how long do I have to return this?"')
    if problems:
        raise typer.Exit(PARTLY)


def _noticed(notice: str | None, notices: Sequence[str]) -> dict[str, object]:
    return {"notice": notice or "", "notices": list(notices)}


def search(
    question: Annotated[str, typer.Argument(help="One question, over the approved passages in force today.")] = "",
    source: Annotated[
        Path | None,
        typer.Option(help='A folder of Markdown files or {"id","title","text"} lines, or one file of lines.'),
    ] = None,
    questions: Annotated[Path | None, typer.Option(help='Lines of {"id","text"}.')] = None,
    k: Annotated[int, typer.Option("--k", "-k", min=1, max=1000, help="How many hits.")] = 5,
    out: Annotated[Path | None, typer.Option(help='Where {"id","hits"} lines go.')] = None,
    as_json: bool = JSON_OPTION,
) -> None:
    """Find passages for one question, or documents for a file of questions (--source, --questions, --out)."""
    if source is not None and questions is not None and out is not None and not question:
        _batch(source, questions, out, k, as_json=as_json)
    elif question.strip() and source is None and questions is None and out is None:
        _one(question, k, as_json=as_json)
    else:
        raise typer.BadParameter("give one question, or all of --source PLACE --questions FILE --out FILE")


def _batch(source: Path, questions: Path, out: Path, k: int, *, as_json: bool) -> None:
    from agent.triage.english import EnglishReading
    from agent.triage.language import language_of
    from knowledge.search import search_batch
    from knowledge.unread import unread_files
    from server.cli.folder import not_the_same
    from server.container import open_embedder
    from server.settings import Settings

    not_the_same(questions, out)
    embedder, notice = open_embedder(Settings.read())
    with _progress(quiet=as_json) as progress:
        report = search_batch(source, questions, out, k, EnglishReading(embedder), progress, language_of)
    problems, unread = [str(problem) for problem in report.problems], unread_files(source)
    if as_json:
        counts = report.model_dump(mode="json", exclude={"problems"})
        told = {"bad_lines": len(problems), "problems": problems, **_noticed(notice, unread)}
        emit({**counts, **told, "out": str(out)})
    else:
        complain_all([*([notice] if notice else []), *problems, *unread])
        say(f"{report.questions} questions over {report.documents} documents ({report.embedder}). Hits are in {out}")
    if problems:
        raise typer.Exit(PARTLY)


@contextmanager
def _progress(*, quiet: bool) -> Generator[Progress | None]:
    """A bar over the passages while they are embedded, on a terminal."""
    if quiet or not console().is_terminal:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    with Bar(
        TextColumn("Passages"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console(),
        transient=True,
    ) as bar:
        task = bar.add_task("passages", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _one(question: str, k: int, *, as_json: bool) -> None:
    from server.clock import clock_of
    from server.container import open_embedder, open_knowledge
    from server.settings import Settings

    settings = Settings.read()
    if not (settings.data / "knowledge").is_dir():
        raise NothingIngested(settings.data)
    embedder, notice = open_embedder(settings)
    index = open_knowledge(settings, embedder)
    try:
        hits = index.search(question, k, clock_of(settings.data).now())
    finally:
        index.close()
    if as_json:
        emit([_plain(hit) for hit in hits])
        return
    if notice:
        complain(notice)
    for hit in hits:
        say(f"{hit.score:.2f}  {hit.passage.id}  {hit.passage.title}", "bold")
        say(f"      {_short(hit.passage.text)}")
    if not hits:
        say("No approved passage is in force.")
        next_command("countersign knowledge ingest FOLDER")


def _plain(hit: Hit) -> dict[str, object]:
    passage = hit.passage
    return {"passage": passage.id, "title": passage.title, "score": round(hit.score, 4), "text": passage.text}


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 280 else f"{flat[:280].rsplit(' ', 1)[0]} …"


def list_documents(
    folder: Annotated[Path | None, typer.Argument(help="A folder of documents; without it those ingested.")] = None,
    as_json: bool = JSON_OPTION,
) -> None:
    """Documents with version, status and dates, and what is wrong with any in a folder."""
    from knowledge.catalogue import held
    from server.cli.documents import read_documents
    from server.settings import Settings

    found = read_documents(Settings.read(), folder)
    listed = held(found.passages)
    if as_json:
        documents = [each.model_dump(mode="json") for each in listed]
        emit({"read": found.read, "documents": documents, "problems": found.problems, "notices": found.notices})
    else:
        rows = [
            (d.id, str(d.version), d.status.value, str(d.effective_from), str(d.effective_to or ""), d.title)
            for d in listed
        ]
        show(table(("Document", "Version", "Status", "From", "To", "Title"), rows, right=("Version",)))
        complain_all([*found.problems, *found.notices])
        say(f"These are {found.read}.")
        search = 'countersign knowledge search "how long do I have to return this?"'
        next_command(search if found.ingested else f"countersign knowledge ingest {folder or 'FOLDER'}")
    if found.problems:
        raise typer.Exit(PARTLY)
