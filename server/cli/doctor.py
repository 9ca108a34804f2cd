"""`countersign doctor`: what is configured, what is missing, what to do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Annotated, NamedTuple

import typer

from server.cli.edge import PARTLY
from server.cli.output import JSON_OPTION, complain, emit, say
from server.settings import Settings


class Finding(NamedTuple):
    """One thing that was looked at. `state` is ok, note or missing."""

    name: str
    state: str
    said: str
    do: str = ""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(
    prepare: Annotated[
        bool, typer.Option("--prepare", help="Build the local models now and say nothing else.")
    ] = False,
    as_json: bool = JSON_OPTION,
) -> None:
    """Say what is configured, what is missing and what to do."""
    settings = Settings.read()
    if prepare:
        _prepare(settings)
        return
    findings = [finding for look in LOOKS for finding in look(settings)]
    if as_json:
        emit([finding._asdict() for finding in findings])
    else:
        for finding in findings:
            say(f"{finding.state:>8}  {finding.name}: {finding.said}", "bold" if finding.state == "missing" else "")
            if finding.do:
                say(f"          {finding.do}")
    if any(finding.state == "missing" for finding in findings):
        raise typer.Exit(PARTLY)


def _prepare(settings: Settings) -> None:
    """The embedding graph and the intent model, so that the first ticket does not wait for them."""
    from agent.reasoners.local import LocalClassifier
    from server.container import open_embedder

    embedder, notice = open_embedder(settings)
    if notice:
        complain(notice)
    LocalClassifier.load(embedder, settings.models)


def _python(settings: Settings) -> Iterator[Finding]:
    yield Finding("Python", "ok", sys.version.split()[0])


def _data(settings: Settings) -> Iterator[Finding]:
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        probe = settings.data / ".probe"
        probe.write_text("", encoding="utf-8")
        probe.unlink()
    except OSError as error:
        yield Finding(
            "Data folder",
            "missing",
            f"{settings.data}: {error.strerror}",
            "set COUNTERSIGN_DATA_DIR to a folder you may write",
        )
        return
    yield Finding("Data folder", "ok", str(settings.data))


def _limits(settings: Settings) -> Iterator[Finding]:
    from agent.limits import LimitsError, read_limits

    try:
        found = read_limits(settings.limits)
    except LimitsError as error:
        yield Finding("Limits", "missing", str(error), f"mend {settings.limits}")
        return
    yield Finding("Limits", "ok", f"{settings.limits} ({len(found.limits.people)} people)")
    for warning in found.warnings:
        yield Finding("Limits", "note", str(warning))
    if settings.limits.name == "limits.yaml" and settings.limits.parent.name == "sources":
        yield Finding(
            "Limits",
            "note",
            "these are the demo brand's",
            f"copy them to {settings.data / 'limits.yaml'} and make them yours",
        )


def _playbooks(settings: Settings) -> Iterator[Finding]:
    from agent.limits import LimitsError, load_limits
    from agent.reasoners.vocabulary import vocabulary
    from knowledge.playbooks import check_playbooks

    try:
        problems = check_playbooks(settings.playbooks, settings.macros, vocabulary(load_limits(settings.limits)))
    except LimitsError:
        yield Finding("Playbooks", "note", "not checked, because the limits cannot be read")
        return
    if problems:
        yield Finding("Playbooks", "missing", f"{len(problems)} problems", "countersign playbooks check")
    else:
        yield Finding("Playbooks", "ok", str(settings.playbooks))


def _store(settings: Settings) -> Iterator[Finding]:
    from tools.errors import ToolError
    from tools.store.local import LocalStore

    try:
        with LocalStore.open(settings.database) as store:
            counts, name = store.counts(), store.name
    except ToolError as error:
        yield Finding("Store", "missing", str(error))
        return
    if counts["orders"]:
        yield Finding("Store", "ok", f"{name} ({counts['orders']:,} orders, {counts['customers']:,} customers)")
    else:
        yield Finding(
            "Store", "missing", f"{name} holds no orders", "countersign store import FOLDER, or countersign demo"
        )


def _knowledge(settings: Settings) -> Iterator[Finding]:
    from server.container import open_embedder

    embedder, notice = open_embedder(settings)
    yield Finding("Embeddings", "note" if notice else "ok", notice or embedder.name)
    if (settings.data / "knowledge").is_dir():
        yield Finding("Knowledge", "ok", str(settings.data / "knowledge"))
    else:
        yield Finding("Knowledge", "missing", "no document was ingested", "countersign knowledge ingest FOLDER")


def _model(settings: Settings) -> Iterator[Finding]:
    if settings.reasoner == "playbook":
        yield Finding(
            "Model", "ok", "none needed: the offline reasoner works from playbooks; nothing leaves this machine"
        )
    elif settings.model and settings.model_base_url:
        yield Finding("Model", "ok", f"{settings.model} at {settings.model_base_url}")
    else:
        yield Finding(
            "Model",
            "missing",
            f"reasoner is {settings.reasoner}",
            "set COUNTERSIGN_MODEL and COUNTERSIGN_MODEL_BASE_URL",
        )


def _settings(settings: Settings) -> Iterator[Finding]:
    from dataclasses import fields

    defaults = Settings()
    for each in fields(settings):
        value = getattr(settings, each.name)
        if value != getattr(defaults, each.name):
            shown = "set" if each.name.endswith("key") or "url" in each.name else value
            yield Finding(f"COUNTERSIGN_{each.name.upper()}", "note", shown)


LOOKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    _python,
    _data,
    _limits,
    _playbooks,
    _store,
    _knowledge,
    _model,
    _settings,
)
