"""`countersign doctor`: what is configured, what is missing, what to do."""

from __future__ import annotations

from typing import Annotated

import typer

from server.cli.edge import PARTLY
from server.cli.output import JSON_OPTION, complain, emit, next_command, say

_STYLE = {"missing": "bold red", "note": "yellow"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(
    prepare: Annotated[
        bool, typer.Option("--prepare", help="Build the local models and compile now; say nothing but problems.")
    ] = False,
    as_json: bool = JSON_OPTION,
) -> None:
    """Say what is configured, what is missing and what to do."""
    if prepare:
        _prepare(as_json=as_json)
        return
    from server.cli.examination import examine

    findings = list(examine())
    missing = [finding for finding in findings if finding.state == "missing"]
    if as_json:
        emit([finding._asdict() for finding in findings])
    else:
        for finding in findings:
            say(f"{finding.state:>8}  {finding.name}: {finding.said}", _STYLE.get(finding.state, ""))
            if finding.do:
                say(f"{'':>10}{finding.do}")
        say(f"{len(missing)} missing." if missing else "Everything that is needed is there.")
        next_command("countersign doctor" if missing else 'countersign ticket "Where is my order?"')
    if missing:
        raise typer.Exit(PARTLY)


def _prepare(*, as_json: bool) -> None:
    """The embedding graph, the intent model and the bytecode, so that the first ticket does not wait for them."""
    from server.cli.warmup import keeping_bytecode, shared, work_once

    with keeping_bytecode():
        from agent.reasoners.local import LocalClassifier
        from server.container import open_embedder
        from server.settings import Settings

        settings = Settings.read()
        with shared(settings.prepared):
            embedder, notice = open_embedder(settings)
            LocalClassifier.load(embedder, settings.models)
        work_once()
    if as_json:
        emit({"embedder": embedder.name, "notice": notice or ""})
    elif notice:
        complain(notice)
