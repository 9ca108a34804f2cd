"""`python -m evals`: is it any good? Importing this is cheap: each command imports its own stack when it runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from evals.cli import datasets, grading, measuring, running, tuning

if TYPE_CHECKING:
    from agent.approvals.request import ApprovalRequest
    from evals.bench.figures import Figure
    from evals.cli.choice import Place
    from evals.history import Past
    from evals.reasoners import LanguageModel
    from server.settings import Settings

PROGRAM = "python -m evals"
MOST_REVIEWS = 20_000
"""Answers of one intent that the autonomy report reads: more than any bar can ask for."""
app = typer.Typer(
    name=PROGRAM,
    help="Runs of labelled tickets that say whether a change, a playbook or a model made things better.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"max_content_width": 100, "help_option_names": ["--help", "-h"]},
)
running.register(app)
grading.register(app)
measuring.register(app)
datasets.register(app)
tuning.register(app)


@app.callback()
def root(context: typer.Context) -> None:
    """Runs of labelled tickets that say whether a change, a playbook or a model made things better."""
    # A loader, so that help and `compare` need no settings.
    context.obj = (
        None if context.invoked_subcommand in ("bench", "compare", "report", "accept", "tune-encoder") else _place()
    )


@app.command(short_help="Measure speed against references.")
def bench(
    what: Annotated[str, typer.Argument(help="core: the suggestion alone; service: the running service.")],
    tickets: Annotated[int, typer.Argument(help="How many tickets are timed.", min=1)] = 300,
) -> None:
    """Measure speed, as ratios to references timed in the same run; exit code 1 when a bar is missed."""
    missed = 0
    for figure in _figures(what, tickets):
        sys.stdout.write(f"{figure.line()}\n")
        sys.stdout.flush()
        missed += figure.ok is False
    raise typer.Exit(1 if missed else 0)


def _figures(what: str, tickets: int) -> Iterator[Figure]:
    match what:
        case "core":
            from evals.bench.core import core

            return core(tickets)
        case "service":
            from evals.bench.service import service

            return service(min(tickets, 120))
        case _:
            raise typer.BadParameter(f'there is no benchmark "{what}"; use core or service')


def _place() -> Place:
    from evals.cli.choice import Place
    from evals.versions import Sources
    from server.settings import SOURCES, Settings

    settings = Settings.read()
    sources = Sources(
        limits=settings.limits,
        playbooks=settings.playbooks,
        macros=settings.macros,
        voice=settings.voice,
        policies=SOURCES / "policies",
    )
    return Place(
        logs=settings.data / "evals",
        models=settings.models,
        sources=sources,
        model=_model(settings),
        reviewed=partial(_reviewed, settings),
        past=partial(_past, settings),
    )


def _reviewed(settings: Settings) -> list[ApprovalRequest]:
    """What people answered, by intent, from the data folder; nothing is made where there is none."""
    from agent.limits.vocabulary import INTENTS
    from server.db.database import Database

    if not settings.database_url and not (settings.data / "countersign.db").exists():
        return []
    with closing(Database.open(settings.database)) as database:
        return [request for intent in sorted(INTENTS) for request in database.approvals.decided(intent, MOST_REVIEWS)]


def _past(settings: Settings) -> list[Past]:
    """The cases of the data folder, with what was asked about them; nothing is made where there is none."""
    from evals.history import past_of
    from server.db.database import Database
    from tools.store.local import LocalStore

    if not settings.database_url and not (settings.data / "countersign.db").exists():
        return []
    with closing(Database.open(settings.database)) as database, LocalStore.open(settings.database) as store:
        return list(past_of(database.cases, database.approvals, store.readers()))


def _model(settings: Settings) -> LanguageModel | None:
    if settings.reasoner == "playbook":
        return None
    from evals.reasoners import MILLION, LanguageModel
    from server.costs import prices_of
    from server.reasoner import model_of

    model, address = model_of(settings)
    prices = prices_of(settings)
    # Figures of cost are in US dollars; prices in another currency are left out rather than mixed in.
    dollars = prices is not None and prices.currency == "USD"
    return LanguageModel(
        kind="hybrid" if settings.reasoner == "hybrid" else "llm",
        model=model,
        base_url=address,
        api_key=settings.model_api_key,
        seconds=settings.number("model_timeout_seconds"),
        tokens=settings.number("max_tokens_per_ticket"),
        input_price=int(prices.into * MILLION) if prices and dollars else 0,
        output_price=int(prices.out * MILLION) if prices and dollars else 0,
    )


def main(program: str = PROGRAM) -> None:
    """Run the command line and leave with its exit code. `program` is how it was called, for what to type next."""
    from server.cli.edge import run
    from server.settings import harden

    harden()
    sys.exit(run(app, program))


if __name__ == "__main__":
    main()
