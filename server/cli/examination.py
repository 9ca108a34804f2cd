"""What `countersign doctor` looks at. Looking changes nothing: no folder, no database, no index is made.

A model that is configured is asked one tiny question, which names nobody.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from server.brand import borrowed, is_demo
from server.cli.folder import has_data, people_of, speak_of_people
from server.settings import PREFIX, Settings, SettingsError

if TYPE_CHECKING:
    from server.db.database import Database


class Finding(NamedTuple):
    """One thing that was looked at. `state` is ok, note (worth knowing) or missing (something does not work)."""

    name: str
    state: str
    said: str
    do: str = ""


Look = Callable[[Settings], Iterator[Finding]]


def examine() -> Iterator[Finding]:
    """Everything, in the order in which things depend on each other."""
    yield _python()
    try:
        settings = Settings.read()
    except SettingsError as error:
        yield Finding("Settings", "missing", str(error), _settings_there_are())
        return
    for look in LOOKS:
        yield from look(settings)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info < (3, 14):
        return Finding("Python", "ok", version)
    return Finding("Python", "missing", f"{version} is not tried", "use Python 3.11, 3.12 or 3.13")


def _settings_there_are() -> str:
    return "there are: " + ", ".join(f"{PREFIX}{each.name.upper()}" for each in fields(Settings))


def _data(settings: Settings) -> Iterator[Finding]:
    folder = settings.data
    there = next(place for place in (folder, *folder.parents) if place.exists())
    if not there.is_dir():
        do = "set COUNTERSIGN_DATA_DIR to a folder"
        yield Finding("Data folder", "missing", f"{there} is a file", do)
    elif not os.access(there, os.W_OK | os.X_OK) or not _writable(there):
        do = "set COUNTERSIGN_DATA_DIR to a folder you may write"
        yield Finding("Data folder", "missing", f"{there} cannot be written", do)
    elif there == folder:
        yield Finding("Data folder", "ok", str(folder))
    else:
        yield Finding("Data folder", "ok", f"{folder} (not there yet; the first command that needs it makes it)")


def _writable(folder: Path) -> bool:
    """Rights are not enough: the disk may be read-only or full."""
    probe = folder / f".countersign-{os.getpid()}"
    try:
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError:
        return False
    return True


def _limits(settings: Settings) -> Iterator[Finding]:
    from agent.limits import LimitsError, read_limits
    from server.autonomy import unread_intents

    try:
        found = read_limits(settings.limits)
    except LimitsError as error:
        mistakes = str(error).partition("\nNothing was changed")[0].splitlines()
        more = f" (and {len(mistakes) - 1} more)" if len(mistakes) > 1 else ""
        yield Finding("Limits", "missing", f"{mistakes[0]}{more}", f"mend {settings.limits}")
        return
    yield Finding("Limits", "ok", f"{settings.limits} ({len(found.limits.people)} people)")
    for warning in found.warnings:
        yield Finding("Limits", "note", str(warning))
    unread = [f"{intent} ({owner})" for intent, owner in unread_intents(found.limits).items()]
    if unread:
        yield Finding("Replies", "note", f"go out unread for {', '.join(unread)}", "limits.yaml: replies.mode")
    else:
        yield Finding("Replies", "ok", "a person reads every reply before it leaves")


def _brand(settings: Settings) -> Iterator[Finding]:
    from knowledge.errors import KnowledgeError

    try:
        yield from (Finding(name, "note", said, do) for name, said, do in borrowed(settings))
    except (KnowledgeError, OSError):
        return  # said where the playbooks are looked at


def _playbooks(settings: Settings) -> Iterator[Finding]:
    from agent.limits import LimitsError, load_limits
    from agent.reasoners.vocabulary import vocabulary
    from knowledge.errors import KnowledgeError
    from knowledge.playbooks import check_playbooks, load_voice

    try:
        problems = check_playbooks(settings.playbooks, settings.macros, vocabulary(load_limits(settings.limits)))
        load_voice(settings.voice)
    except LimitsError:
        yield Finding("Playbooks", "note", "not checked, because the limits cannot be read")
        return
    except (KnowledgeError, OSError) as error:
        yield Finding("Playbooks", "missing", str(error), "countersign playbooks check")
        return
    if problems:
        many = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}, the first: {problems[0]}"
        yield Finding("Playbooks", "missing", many, "countersign playbooks check")
    else:
        said = f"{settings.playbooks}; macros: {settings.macros}; voice: {settings.voice}"
        yield Finding("Playbooks", "ok", said)


def _database(settings: Settings) -> Iterator[Finding]:
    from server.db.database import Database
    from tools.errors import ToolError
    from tools.store.local import LocalStore

    fill = "countersign store import FOLDER, or countersign demo"
    if not has_data(settings):
        yield Finding("Store", "missing", f"there is no store in {settings.data}", fill)
        return
    try:
        with LocalStore.open(settings.database) as store, Database.open(settings.database) as database:
            speak_of_people(people_of(settings), database)
            counts, name = store.counts(), store.name
            cases = sum(database.cases.count_by("status").values())
            yield from _stops(database)
            yield from _categories(settings, store.categories() if counts["products"] else set())
    except ToolError as error:
        yield Finding("Store", "missing", str(error))
        return
    held = f"{counts['orders']:,} orders, {counts['customers']:,} customers, {cases:,} cases"
    if counts["orders"]:
        yield Finding("Store", "ok", f"{name} ({held}{', the demo brand' if is_demo(settings) else ''})")
    else:
        yield Finding("Store", "missing", f"{name} holds no orders", fill)


def _categories(settings: Settings, there: set[str]) -> Iterator[Finding]:
    """Categories with a rule of their own that no product has: such a rule holds for nothing, and nothing says so."""
    from agent.limits import LimitsError, load_limits
    from agent.limits.rules import plain

    if not there:
        return
    try:
        returns = load_limits(settings.limits).returns
    except LimitsError:
        return  # said where the limits are looked at
    known = {plain(category) for category in there}
    unknown = [
        name for name in dict.fromkeys((*returns.by_category, *returns.warranty_years)) if plain(name) not in known
    ]
    if unknown:
        some = sorted(there)[:20]
        said = f"no product is in {_quoted(unknown)}, so these rules hold for nothing; products are in {_quoted(some)}"
        yield Finding("Categories", "note", said, f"write them in {settings.limits} as the products do")


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _stops(database: Database) -> Iterator[Finding]:
    from server.cli.switch import stopped_scopes

    for scope in stopped_scopes(database):
        yield Finding("Stopped", "note", scope, "countersign go --as YOU")


def _lock(settings: Settings) -> Iterator[Finding]:
    from server.lock import DataFolderBusy, DataLock

    if not (settings.data / "working.lock").is_file():
        return
    try:
        with DataLock(settings.data):
            return
    except DataFolderBusy as error:
        yield Finding("At work", "note", str(error).partition(";")[0])
    except OSError:
        return  # said already: the folder cannot be written


def _knowledge(settings: Settings) -> Iterator[Finding]:
    from knowledge.errors import KnowledgeError
    from server.clock import clock_of
    from server.container import open_embedder, open_knowledge

    try:
        embedder, notice = open_embedder(settings)
    except KnowledgeError as error:
        yield Finding("Embeddings", "missing", str(error))
        return
    yield Finding("Embeddings", "note" if notice else "ok", notice or embedder.name)
    folder = settings.data / "knowledge"
    if not settings.chroma_url and not folder.is_dir():
        yield Finding("Knowledge", "missing", "no document was ingested", "countersign knowledge ingest FOLDER")
        return
    index = open_knowledge(settings, embedder)
    try:
        found = index.search("returns", 1, clock_of(settings.data).now())
    except KnowledgeError as error:
        yield Finding("Knowledge", "missing", str(error))
    else:
        place = "the Chroma server" if settings.chroma_url else str(folder)
        said = place if found else f"{place} holds no approved passage in force"
        yield Finding(
            "Knowledge", "ok" if found else "missing", said, "" if found else "countersign knowledge ingest FOLDER"
        )
    finally:
        index.close()


def _passages(settings: Settings) -> Iterator[Finding]:
    from agent.limits import LimitsError
    from knowledge.errors import KnowledgeError
    from server.cli.citing import uncited

    try:
        for place, intents in uncited(settings):
            said = f"no document has {place} in force, so nothing is written where it is cited: {intents}"
            yield Finding("Passage", "missing", said, "write it (knowledge/README.md) and ingest the folder again")
    except (KnowledgeError, LimitsError, OSError):
        return  # said where the limits, the playbooks and the documents are looked at


def _model(settings: Settings) -> Iterator[Finding]:
    from server.reasoner import NAMES, model_of, sent_away

    if settings.reasoner == "playbook":
        said = "none needed: the offline reasoner works from playbooks, and nothing leaves this machine"
        yield Finding("Model", "ok", said)
        return
    if settings.reasoner not in NAMES:
        said = f"COUNTERSIGN_REASONER is {settings.reasoner}, which there is not"
        yield Finding("Model", "missing", said, "write playbook, llm or hybrid")
        return
    try:
        model, address = model_of(settings)
        seconds = settings.number("model_timeout_seconds")
    except SettingsError as error:
        do = "set COUNTERSIGN_MODEL and COUNTERSIGN_MODEL_BASE_URL"
        yield Finding("Model", "missing", str(error), do)
        return
    yield _health(settings, model, address, seconds)
    yield Finding("Model", "note", sent_away(settings), "COUNTERSIGN_REASONER=playbook sends nothing")


def _health(settings: Settings, model: str, address: str, seconds: int) -> Finding:
    from agent.reasoners.llm import Endpoint
    from agent.reasoners.llm.probe import probe

    found = probe(Endpoint(model=model, base_url=address, api_key=settings.model_api_key), seconds)
    state = "missing" if not found.works else "note" if found.do else "ok"
    return Finding("Model", state, found.said, found.do)


def _mail(settings: Settings) -> Iterator[Finding]:
    if settings.mail_server:
        yield Finding("E-mail", "ok", f"{settings.mail_server} says who wrote")
    elif not is_demo(settings):
        said = "no server is named whose word proves who wrote; customers are known by address and order number"
        yield Finding(
            "E-mail", "note", said, "set COUNTERSIGN_MAIL_SERVER, and COUNTERSIGN_SHOP_ADDRESSES against loops"
        )


def _effects(settings: Settings) -> Iterator[Finding]:
    if not is_demo(settings) and has_data(settings):
        said = "what is signed happens in this store alone, for no connector to your shop is configured"
        yield Finding("Effects", "note", said, "do in your shop what `countersign approvals approve` names")


_SECRETS = ("_key", "_secret", "_secrets", "database_url")
"""How settings end of which it is enough that they are set: what `doctor` says is pasted into letters."""
_PASSWORD = re.compile(r"://[^/@\s]+@")
"""An address with a password in it."""


def _changed(settings: Settings) -> Iterator[Finding]:
    defaults = Settings()
    for each in fields(settings):
        value = getattr(settings, each.name)
        if value != getattr(defaults, each.name):
            secret = each.name.endswith(_SECRETS) or _PASSWORD.search(value)
            yield Finding(f"{PREFIX}{each.name.upper()}", "ok", "set" if secret else value)


LOOKS: tuple[Look, ...] = (
    _data,
    _limits,
    _brand,
    _playbooks,
    _database,
    _lock,
    _knowledge,
    _passages,
    _model,
    _mail,
    _effects,
    _changed,
)
STANDING: tuple[Look, ...] = (_data, _limits, _brand, _playbooks, _mail, _changed)
"""What can be looked at beside a service that runs: nothing of it opens the database, the index or a model."""
