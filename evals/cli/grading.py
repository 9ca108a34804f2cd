"""`grade`: a language model's opinion of drafts, and whether people share it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from evals.cli.choice import WrongChoice
from evals.cli.output import progress_bar, safe, say
from evals.cli.running import JSON, place_of


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(short_help="Have a model mark drafts from 1 to 5.")(grade)


def grade(
    context: typer.Context,
    log: Annotated[Path, typer.Argument(help="A finished log.")],
    people: Annotated[
        Path | None, typer.Option(help='Marks of people, lines of {"id": "<sample id>", "mark": 1 to 5}.')
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Also write every mark here, as JSONL.", dir_okay=False)] = None,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Have the configured model mark the drafts of a run from 1 to 5. Optional: no gate and no other figure uses it.

    With --people only what people marked is graded, and it is said how far the two agree. Each draft is a model call.
    """
    from evals.grading import Graded, gradable, grades, lines_of, write_grades
    from evals.log import read_log
    from evals.reasoners import chat_of
    from evals.scorers.reply import ReplyGrade, audit, read_marks

    chosen = place_of(context).model
    if chosen is None:
        raise WrongChoice("no model is set: COUNTERSIGN_REASONER=llm, COUNTERSIGN_MODEL, COUNTERSIGN_MODEL_BASE_URL")
    marks = read_marks(people) if people else None
    drafts, grader = gradable(read_log(log), marks), ReplyGrade(chat=chat_of(chosen), seconds=chosen.seconds)
    found: list[Graded] = []
    with progress_bar(chosen.model) as told:
        for each in grades(drafts, grader):
            found.append(each)
            told(len(found), len(drafts), sum(one.mark is None for one in found))
    audited = audit(((each.id, each.score) for each in found), marks) if marks is not None else None
    if out:
        write_grades(found, out)
    if as_json:
        said = {
            "model": chosen.model,
            "audit": audited.line() if audited else "",
            "trusted": bool(audited and audited.trusted),
        }
        say(json.dumps({**said, "marks": {each.id: each.mark for each in found}}))
        return
    for line in lines_of(found, audited, chosen.model):
        say(safe(line))
