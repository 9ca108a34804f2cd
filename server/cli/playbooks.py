"""`countersign playbooks`: check, list."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from server.cli.edge import PARTLY
from server.cli.output import JSON_OPTION, complain_all, emit, next_command, say, show, table


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="How each kind of message is handled.", no_args_is_help=True)
    group.command("check")(check)
    group.command("list")(list_playbooks)
    app.add_typer(group, name="playbooks")


Folder = Annotated[Path | None, typer.Option(help="Your playbooks; without it those in force.")]
Macros = Annotated[Path | None, typer.Option(help="Your macros; without it those in force.")]


Policies = Annotated[Path | None, typer.Option(help="Your documents, which replies cite; without it those ingested.")]


def check(folder: Folder = None, macros: Macros = None, policies: Policies = None, as_json: bool = JSON_OPTION) -> None:
    """Check every playbook and macro; a mistake is named with file and line."""
    from agent.limits import load_limits
    from agent.reasoners.vocabulary import vocabulary
    from knowledge.errors import SourceError
    from knowledge.playbooks import check_playbooks
    from server.cli.documents import read_documents
    from server.cli.stating import unbacked
    from server.settings import Settings

    for named in (folder, macros, policies):
        if named is not None and not named.is_dir():
            raise SourceError(f"{named} is not a folder; name the folder that holds your files")
    settings = Settings.read()
    documents = read_documents(settings, policies)
    approved = [passage for passage in documents.passages if passage.status == "approved"]
    anchors = {f"{passage.document_id}#{passage.section}" for passage in approved}
    words = vocabulary(load_limits(settings.limits), anchors)
    places = folder or settings.playbooks, macros or settings.macros
    problems = [*check_playbooks(*places, words), *sorted(set(unbacked(*places, approved)))]
    if as_json:
        emit([{"file": p.file, "line": p.line, "message": p.message} for p in problems])
    else:
        complain_all([str(problem) for problem in problems])
        many = "problem" if len(problems) == 1 else "problems"
        say(f"{len(problems)} {many}." if problems else f"No problems in {folder or settings.playbooks}.")
        say(f"Citations were checked against {documents.read}.")
        next_command("countersign playbooks check" if problems else "countersign playbooks list")
    if problems:
        raise typer.Exit(PARTLY)


def list_playbooks(as_json: bool = JSON_OPTION) -> None:
    """Playbooks with their branches."""
    from agent.limits import load_limits
    from agent.reasoners.vocabulary import vocabulary
    from knowledge.playbooks import load_playbooks
    from server.settings import Settings

    settings = Settings.read()
    book = load_playbooks(settings.playbooks, settings.macros, vocabulary(load_limits(settings.limits)))
    if as_json:
        emit([playbook.model_dump(mode="json", exclude={"prose"}) for playbook in book.playbooks.values()])
        return
    rows = [
        (p.intent.replace("_", " "), str(p.version), p.queue, ", ".join(b.name for b in p.branches))
        for p in book.playbooks.values()
    ]
    show(table(("Intent", "Version", "Queue", "Branches"), rows, right=("Version",)))
