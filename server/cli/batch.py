"""Batches over files: `gate`, `triage`, `redact`. Bad lines are named, the rest is done, and the exit code says so."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from server.cli.edge import PARTLY
from server.cli.output import JSON_OPTION, complain, emit, say

Out = Annotated[Path, typer.Option("--out", help="Where the answers go, one JSON line each.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("gate")(gate)
    app.command("triage")(triage)
    app.command("redact")(redact)


def gate(
    store: Annotated[Path | None, typer.Option(help="A snapshot folder, or a data folder.")] = None,
    limits: Annotated[Path | None, typer.Option(help="Your limits.yaml; without it the one in force.")] = None,
    calls: Annotated[Path | None, typer.Option(help='Lines of {"id","customer","action","arguments"}.')] = None,
    out: Annotated[Path | None, typer.Option(help='Where {"id","verdict","violations"} lines go.')] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Also do, in order, what may be done.")] = False,
    approve_as: Annotated[
        str | None, typer.Option(help="With --apply: sign as this person what they may sign.")
    ] = None,
    describe: Annotated[
        bool, typer.Option("--describe", help="Print every action with its arguments as JSON Schema.")
    ] = False,
    as_json: bool = JSON_OPTION,
) -> None:
    """Judge proposed calls against a store, and with --apply do what may be done.

    Without --apply nothing changes. With it, a snapshot folder is first copied into the store of the data folder
    (which must be empty or stem from an earlier gate run); `countersign store export DIR` shows the world after.
    """
    from server.cli.gating import describe_actions, run_gate

    if describe:
        emit(describe_actions())
        return
    if store is None or calls is None or out is None:
        complain("gate needs --store, --calls and --out (or --describe alone)")
        raise typer.Exit(2)
    report = run_gate(store, limits, calls, out, apply=apply, approve_as=approve_as)
    counts = {verdict.value: report.verdicts[verdict] for verdict in sorted(report.verdicts)}
    _problems([str(problem) for problem in report.problems])
    summary = {"judged": report.judged, **counts, "executed": report.executed, "bad_lines": len(report.problems)}
    if as_json:
        emit(summary)
    else:
        said = ", ".join(f"{count} {verdict.replace('_', ' ')}" for verdict, count in counts.items())
        say(f"{report.judged} calls judged: {said or 'none'}. {report.executed} done. Verdicts are in {out}")
    _leave(bool(report.problems))


def triage(
    messages: Annotated[Path, typer.Option("--in", help="CSV with the columns id,text.")],
    out: Out,
    examples: Annotated[Path | None, typer.Option(help="Your own labels: CSV with the columns text,label.")] = None,
    as_json: bool = JSON_OPTION,
) -> None:
    """Label messages. With --examples the model learns from that file alone; without it, it knows our own intents."""
    from agent.triage import triage_file
    from server.container import open_embedder
    from server.settings import Settings

    settings = Settings.read()
    embedder, notice = open_embedder(settings)
    if notice:
        complain(notice)
    report = triage_file(examples, messages, out, embedder, settings.models)
    _problems([str(problem) for problem in report.problems])
    if as_json:
        emit({"labelled": report.labelled, "abstained": report.abstained, "bad_lines": len(report.problems)})
    else:
        say(f"{report.labelled} messages labelled, {report.abstained} below the bar. Labels are in {out}")
    _leave(bool(report.problems))


def redact(
    texts: Annotated[Path, typer.Option("--in", help='Lines of {"id","text"}.')],
    out: Out,
    as_json: bool = JSON_OPTION,
) -> None:
    """Find personal data: character spans with their type, by the redactor that the product itself uses."""
    from agent.redaction import redact_file

    report = redact_file(texts, out)
    _problems(list(report.problems))
    if as_json:
        emit({"texts": report.texts, "spans": dict(report.spans), "bad_lines": len(report.problems)})
    else:
        say(f"{report.texts} texts read, {sum(report.spans.values())} spans found. They are in {out}")
    _leave(bool(report.problems))


def _problems(lines: list[str]) -> None:
    for line in lines:
        complain(line)


def _leave(partly: bool) -> None:
    if partly:
        raise typer.Exit(PARTLY)
