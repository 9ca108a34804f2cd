"""`retrieval`, `intents`, `pii`, `autonomy`: parts of the product measured on labelled data of your own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from evals.cli.output import say
from evals.cli.running import JSON, MISSED, place_of
from evals.cli.tables import aligned

QUESTIONS = Path(__file__).resolve().parent.parent / "tasks" / "questions.jsonl"
OUT = typer.Option(help="Also write it here, as Markdown.", dir_okay=False)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(short_help="Is the written knowledge found?")(retrieval)
    app.command(short_help="Are messages told apart by your labels?")(intents)
    app.command(short_help="Is personal data found, and nothing else?")(pii)
    app.command(short_help="What each intent has earned.")(autonomy)


def retrieval(
    context: typer.Context,
    questions: Annotated[
        Path, typer.Argument(help='Lines of {"id", "text", "relevant": ["returns#window"], "style"}.')
    ] = QUESTIONS,
    documents: Annotated[
        Path | None, typer.Option(help="The folder of documents; the shop's policies when left out.")
    ] = None,
    on: Annotated[datetime | None, typer.Option(help="The day whose versions count; today when left out.")] = None,
    out: Annotated[Path | None, OUT] = None,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Is the written knowledge found? recall@k, nDCG@10 and MRR over questions with known answers."""
    from agent.triage.english import EnglishReading
    from evals.tasks.lines import UnusableInput
    from evals.tasks.retrieval import evaluate_retrieval, lines_of, read_questions
    from knowledge.embedding import choose_embedder
    from knowledge.index import InMemoryIndex
    from knowledge.ingest import load_folder

    place = place_of(context)
    asked = read_questions(questions)
    library = load_folder(documents or place.sources.policies)
    if library.problems:
        raise UnusableInput("; ".join(str(problem) for problem in library.problems[:5]))
    embedder, notice = choose_embedder(place.models)
    index = InMemoryIndex(EnglishReading(embedder))
    index.ingest(library.passages)
    found = evaluate_retrieval(index, library.passages, asked, _day(on), embedder.name)
    _tell([*([notice] if notice else []), *lines_of(found)], found, out, as_json=as_json)


def intents(
    context: typer.Context,
    test: Annotated[Path, typer.Argument(help="A CSV file with the columns text and label.")],
    train: Annotated[
        Path | None, typer.Option(help="Another such file to learn from; without it, cross-validation.")
    ] = None,
    shipped: Annotated[bool, typer.Option("--shipped", help="The intents that come with the product.")] = False,
    folds: Annotated[int, typer.Option(help="Parts of the cross-validation.", min=2, max=20)] = 5,
    out: Annotated[Path | None, OUT] = None,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Are messages told apart by your own labels? Precision, recall, calibration, and what is taken for what."""
    from agent.triage import shipped_examples
    from agent.triage.cache import load_or_train, load_shipped
    from evals.tasks.intents import cross_validate, evaluate_intents, lines_of, read_labelled
    from knowledge.embedding import choose_embedder

    if train and shipped:
        raise typer.BadParameter("give --train or --shipped, not both")
    place, labelled = place_of(context), read_labelled(test)
    known = shipped_examples() if shipped else read_labelled(train) if train else ()
    embedder, notice = choose_embedder(place.models)
    if known:
        model = load_shipped(embedder, place.models) if shipped else load_or_train(known, embedder, place.models)
        found = evaluate_intents(model, labelled, known)
    else:
        found = cross_validate(labelled, embedder, folds)
    _tell([*([notice] if notice else []), *lines_of(found)], found, out, as_json=as_json)


def pii(
    texts: Annotated[
        Path, typer.Argument(help='Lines of {"id", "text", "spans": [{"start", "end", "type"}], "known": {"names"}}.')
    ],
    out: Annotated[Path | None, OUT] = None,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Is personal data found, and nothing else? Exit code 1 when something the customer record names was missed."""
    from evals.tasks.pii import evaluate_pii, lines_of, read_labelled_texts

    found = evaluate_pii(read_labelled_texts(texts))
    _tell(lines_of(found), found, out, as_json=as_json)
    raise typer.Exit(MISSED if found.missed_known else 0)


def autonomy(
    context: typer.Context,
    requests: Annotated[
        Path | None, typer.Argument(help="Stored approval requests, one JSON object a line; else the data folder's.")
    ] = None,
    on: Annotated[datetime | None, typer.Option(help="The moment to judge at (UTC); now when left out.")] = None,
    out: Annotated[Path | None, OUT] = None,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """What has each intent earned on reviewed drafts, and which bar is missing before its replies may go unread?"""
    from agent.limits import load_limits
    from evals.tasks.autonomy import autonomy_report, lines_of, read_requests

    place = place_of(context)
    limits = load_limits(place.sources.limits)
    answered = read_requests(requests) if requests else place.reviewed()
    found = autonomy_report(answered, limits, _day(on))
    _tell(lines_of(found), found, out, as_json=as_json)


def _day(on: datetime | None) -> datetime:
    """A moment in UTC, which it is in unless it says otherwise; now, by the machine's clock, when none was named."""
    from agent.deps import SystemClock

    if on is None:
        return SystemClock().now()
    return on.astimezone(UTC) if on.tzinfo else on.replace(tzinfo=UTC)


def _tell(lines: Iterable[str], found: object, out: Path | None, *, as_json: bool) -> None:
    from pydantic import TypeAdapter

    text = "\n".join(aligned(lines))
    if out:
        out.write_text(f"{text}\n", encoding="utf-8")
    say(json.dumps(TypeAdapter(type(found)).dump_python(found, mode="json")) if as_json else text)
