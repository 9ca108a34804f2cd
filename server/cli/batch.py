"""Batches over files: `gate`, `triage`, `redact`. Bad lines are named, the rest is done, and the exit code says so."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.edge import PARTLY
from server.cli.output import JSON_OPTION, complain_all, emit, next_command, say

if TYPE_CHECKING:
    from agent.gate import GateReport

Out = Annotated[Path, typer.Option("--out", help="Where the answers go, one JSON line each.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("gate", short_help="Judge a file of proposed calls, and with --apply do what may be done.")(gate)
    app.command("triage", short_help="Label a file of messages, by our intents or by your own examples.")(triage)
    app.command("redact", short_help="Find personal data in a file of texts.")(redact)


def gate(
    store: Annotated[Path | None, typer.Option(help="A snapshot folder, or a data folder.")] = None,
    limits: Annotated[Path | None, typer.Option(help="Your limits.yaml; without it the one in force.")] = None,
    calls: Annotated[Path | None, typer.Option(help='Lines of {"id","customer","action","arguments"}.')] = None,
    out: Annotated[Path | None, typer.Option(help='Where {"id","verdict","violations"} lines go.')] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Also do, in order, what may be done.")] = False,
    approve_as: Annotated[
        str | None, typer.Option(metavar="<str>", help="With --apply: sign as this person what they may sign.")
    ] = None,
    at: Annotated[str, typer.Option(help="Judge as of this moment, such as 2026-03-10T12:00:00Z.")] = "",
    describe: Annotated[
        bool, typer.Option("--describe", help="Print every action with its arguments as JSON Schema.")
    ] = False,
    as_json: bool = JSON_OPTION,
) -> None:
    """Judge proposed calls against a store, and with --apply do what may be done.

    Without --apply nothing changes. With it, a snapshot folder is first copied into the store of the data folder
    (which must be empty or stem from an earlier gate run); `countersign store export DIR` shows the world after.
    A data folder is changed itself, unless somebody stopped it.
    """
    from server.cli.gating import describe_actions, run_gate

    if describe:
        emit(describe_actions())
        return
    if store is None or calls is None or out is None:
        named = {"--store": store, "--calls": calls, "--out": out}
        missing = ", ".join(name for name, value in named.items() if value is None)
        raise typer.BadParameter(f"{missing} missing; gate needs --store, --calls and --out, or --describe alone")
    moment = _moment(at) if at else None
    report = run_gate(store, limits, calls, out, apply=apply, approve_as=approve_as, at=moment)
    _tell_gate(report, store, out, apply=apply, as_json=as_json)


def _tell_gate(report: GateReport, store: Path, out: Path, *, apply: bool, as_json: bool) -> None:
    from agent.case import Verdict

    counts = {verdict.value: report.verdicts[verdict] for verdict in Verdict}
    problems = [str(problem) for problem in report.problems]
    if as_json:
        emit(
            {
                "judged": report.judged,
                **counts,
                "executed": report.executed,
                "repeated": report.repeated,
                "not_executed": report.not_executed,
                "bad_lines": len(problems),
                "problems": problems,
                "out": str(out),
            }
        )
    else:
        complain_all(problems)
        said = ", ".join(f"{count} {verdict.replace('_', ' ')}" for verdict, count in counts.items())
        earlier = f" ({report.repeated} of them in an earlier run, and not again)" if report.repeated else ""
        done = f" {report.executed} done{earlier}, {report.not_executed} not." if apply else " Nothing was changed."
        say(f"{report.judged} calls judged: {said}.{done} Verdicts are in {out}")
        if apply:
            folder = f" --store {store}" if (store / "countersign.db").is_file() else ""
            next_command(f"countersign store export world-after{folder}")
    _leave(bool(problems))


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f'--at "{text}" is not a moment; write it like 2026-03-10T12:00:00Z') from None
    if found.tzinfo is None:
        raise typer.BadParameter(f'--at "{text}" has no time zone; write it like 2026-03-10T12:00:00Z')
    return found


def triage(
    messages: Annotated[Path, typer.Option("--in", help="CSV with the columns id,text (commas, semicolons or tabs).")],
    out: Out,
    examples: Annotated[Path | None, typer.Option(help="Your own labels: CSV with the columns text,label.")] = None,
    as_json: bool = JSON_OPTION,
) -> None:
    """Label messages. With --examples the model learns from that file alone; without it, it knows our own intents."""
    from agent.triage import triage_file
    from server.cli.folder import a_table, not_the_same
    from server.container import open_embedder
    from server.settings import Settings

    not_the_same(messages, out)
    a_table(messages, "id,text")
    if examples is not None:
        not_the_same(examples, out)
        a_table(examples, "text,label")
    settings = Settings.read()
    embedder, notice = open_embedder(settings)
    report = triage_file(examples, messages, out, embedder, settings.models)
    notes = [*([notice] if notice else []), *report.notes]
    if as_json:
        emit({**report.model_dump(mode="json"), "notes": notes, "out": str(out)})
        return
    complain_all(notes)
    labels = ", ".join(f"{label} {count}" for label, count in list(report.by_label.items())[:8])
    say(f"{report.messages} messages labelled, {report.abstained} of them below the bar. Labels are in {out}")
    say(f"Most often: {labels}")
    say(
        f"Learned from {report.examples} examples of {report.labels} labels; "
        f"{report.accuracy_on_examples:.0%} of them are labelled right by a model that has not seen them."
    )


def redact(
    texts: Annotated[Path, typer.Option("--in", help='Lines of {"id","text"}.')],
    out: Out,
    as_json: bool = JSON_OPTION,
) -> None:
    """Find personal data: character spans with their type, by the redactor that the product itself uses."""
    from agent.redaction import redact_file
    from server.cli.folder import not_the_same

    not_the_same(texts, out)
    report = redact_file(texts, out)
    problems = list(report.problems)
    if as_json:
        spans = dict(report.spans)
        emit({"texts": report.texts, "spans": spans, "bad_lines": len(problems), "problems": problems, "out": str(out)})
    else:
        complain_all(problems)
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(report.spans.items(), key=lambda kv: -kv[1]))
        say(f"{report.texts} texts read, {sum(report.spans.values())} spans found. They are in {out}")
        if kinds:
            say(f"Found: {kinds}")
    _leave(bool(problems))


def _leave(partly: bool) -> None:
    if partly:
        raise typer.Exit(PARTLY)
