"""The composition root: real parts, chosen once. Nothing here runs at import."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from agent.deps import Clock
from agent.limits import PolicyLimits, load_limits
from server import startup
from server.autonomy import log_autonomy
from server.clock import clock_of
from server.lock import PRIVATE, DataLock
from server.reasoner import choose_reasoner
from server.settings import Settings

if TYPE_CHECKING:
    from agent.checkpoints import Checkpointer
    from agent.progress import Progress
    from agent.reasoners.base import Reasoner
    from agent.reasoners.notice import QueueNotice
    from agent.reasoners.playbook import PlaybookReasoner
    from agent.runner import CaseRunner
    from knowledge.embedding import Embedder
    from knowledge.index import ChromaIndex, KnowledgeIndex
    from server.db.database import Database
    from tools.store.local import LocalStore

_MODELS = (".onnx", ".sha256", ".npz")
KEPT_BOOK = "playbooks.cache"
"""In the data folder: the playbooks as they were checked last. It may be deleted at any time."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Everything that reads: enough for lists, searches and checks."""

    settings: Settings
    limits: PolicyLimits
    clock: Clock
    store: LocalStore
    database: Database


@dataclass(frozen=True, kw_only=True)
class Seat:
    """Who this process is among those that work on cases; `alive` says of another one whether it still does.

    `progress` is told each stage of a case; without it nobody watches.
    """

    owner: str
    alive: Callable[[str], bool]
    progress: Progress | None = None


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """Everything that works on tickets. `notice` is what has to be said aloud about how this runs."""

    parts: Parts
    knowledge: ChromaIndex
    reasoner: Reasoner
    runner: CaseRunner
    notice: str


@contextmanager
def open_parts(settings: Settings) -> Generator[Parts]:
    """The store and the database of a data folder, made when they are not there."""
    from server.db.database import Database
    from tools.store.local import LocalStore

    settings.data.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    limits = load_limits(settings.limits)
    with LocalStore.open(settings.database) as store, Database.open(settings.database) as database:
        clock = clock_of(settings.data, database.audit)
        yield Parts(settings=settings, limits=limits, clock=clock, store=store, database=database)


@contextmanager
def open_workshop(settings: Settings) -> Generator[Workshop]:
    """All parts, for the one process that works on this data folder. Raises DataFolderBusy for a second one."""
    with DataLock(settings.data), open_parts(settings) as parts:
        log_autonomy(parts)
        embedder, notice = open_embedder(settings)
        knowledge = open_knowledge(settings, embedder)
        try:
            with open_saver(settings) as saver:
                playbook = build_playbook(settings, parts.limits, embedder, early=True)
                reasoner = choose_reasoner(settings, parts.limits, playbook)
                runner = build_runner(parts, reasoner, knowledge, saver, notice_of(playbook))
                startup.finish()
                yield Workshop(parts=parts, knowledge=knowledge, reasoner=reasoner, runner=runner, notice=notice or "")
        finally:
            knowledge.close()


def open_saver(settings: Settings) -> AbstractContextManager[Checkpointer]:
    """Where paused cases wait: a file in the data folder, or the Postgres that several processes share."""
    from agent.checkpoints import open_checkpoints, open_shared_checkpoints

    if settings.alone:
        return open_checkpoints(settings.data / "checkpoints.db")
    return open_shared_checkpoints(settings.database)


def open_embedder(settings: Settings) -> tuple[Embedder, str | None]:
    """The local sentence encoder, or the fallback with what to say about it."""
    from knowledge.embedding import choose_embedder

    bring_models(settings.prepared, settings.models)
    return choose_embedder(settings.models)


def bring_models(prepared: Path, kept: Path) -> None:
    """Copy what was prepared when the product was installed to where this process may write.

    An image or a service that is locked in may not write beside its environment; making the models anew takes minutes.
    """
    if prepared == kept or not prepared.is_dir():
        return
    kept.mkdir(parents=True, exist_ok=True)
    for path in sorted(prepared.iterdir()):
        there = kept / path.name
        if path.suffix in _MODELS and not there.exists() and os.access(path, os.R_OK):
            # Not named by process: in containers that share the folder, each is process 2.
            handle, part = tempfile.mkstemp(dir=kept, suffix=".part")
            os.close(handle)
            shutil.copyfile(path, part)
            Path(part).replace(there)


def open_knowledge(settings: Settings, embedder: Embedder) -> ChromaIndex:
    """The knowledge index of the data folder, or of the Chroma server that several processes share."""
    from agent.triage.english import EnglishReading
    from knowledge.index import ChromaIndex, SharedChromaIndex

    reading = EnglishReading(embedder)
    if settings.chroma_url:
        return SharedChromaIndex(settings.chroma_url, reading)
    return ChromaIndex(settings.data / "knowledge", reading)


def build_playbook(
    settings: Settings, limits: PolicyLimits, embedder: Embedder, *, early: bool = False
) -> PlaybookReasoner:
    """The offline reasoner over the shop's procedures; `early` as in LocalClassifier.

    Raises PlaybooksInvalid that names file and line.
    """
    from agent.assembly import playbook_reasoner
    from agent.reasoners.local import LocalClassifier

    heard = LocalClassifier.load(embedder, settings.models)
    known = replace(heard, own_addresses=own_addresses(settings, limits), early=early)
    files = (settings.playbooks, settings.macros, settings.voice)
    return playbook_reasoner(known, limits, *files, kept=settings.data / KEPT_BOOK)


def own_addresses(settings: Settings, limits: PolicyLimits) -> frozenset[str]:
    """Who is never answered: the shop itself and its people, or two programs would write to each other for ever."""
    return settings.own_addresses | {person.email.lower() for person in limits.people if person.email}


def own_names(settings: Settings) -> tuple[str, ...]:
    """What the shop calls itself in a letter: no stranger's name."""
    from knowledge.playbooks import load_voice

    voice = load_voice(settings.voice)
    return (voice.brand, *voice.sign_off.values())


def build_runner(
    parts: Parts,
    reasoner: Reasoner,
    knowledge: KnowledgeIndex,
    saver: Checkpointer,
    notice: QueueNotice | None = None,
    seat: Seat | None = None,
) -> CaseRunner:
    """The runner over real parts. Without a notice, the shop's own is loaded when the limits ask for one."""
    from agent.assembly import Premises, assemble
    from server.auth.people import find_person

    seat = seat or only_seat(parts.settings)
    premises = Premises(
        readers=parts.store.readers(),
        writers=parts.store.writers(parts.clock.now),
        repositories=parts.database,
        limits=parts.limits,
        clock=parts.clock,
        own_names=own_names(parts.settings),
        owner=seat.owner,
        alive=seat.alive,
        progress=seat.progress,
        notice=(notice or queue_notice(parts)) if parts.limits.replies.queue_notice else None,
        # A page or a key has an account, or there is no principal; so whoever has none comes from the command line.
        person=find_person(parts.limits, parts.database.accounts, command_line=True),
        feedback=parts.database.feedback.about,
    )
    return assemble(premises, reasoner, knowledge, saver)


def only_seat(settings: Settings) -> Seat:
    """A process of its own name. On SQLite it is the only one, by the lock on the data folder.

    Whoever else left a claim in that file is dead, so nobody has to wait for it.
    """
    owner = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
    return Seat(owner=owner, alive=lambda other: other == owner or not settings.alone)


def notice_of(playbook: PlaybookReasoner) -> QueueNotice:
    """The notice in the words that the reasoner speaks with."""
    from agent.reasoners.notice import QueueNotice

    return QueueNotice(book=playbook.book, engine=playbook.engine, voice=playbook.voice)


def queue_notice(parts: Parts) -> QueueNotice:
    """The notice in the brand's own words."""
    from agent.reasoners.notice import QueueNotice
    from agent.reasoners.vocabulary import vocabulary
    from knowledge.playbooks import Engine, load_kept_playbooks, load_voice

    settings, limits = parts.settings, parts.limits
    words, kept = vocabulary(limits), settings.data / KEPT_BOOK
    return QueueNotice(
        book=load_kept_playbooks(settings.playbooks, settings.macros, words, kept),
        engine=Engine(limits.business_hours.time_zone, limits.business_hours.holidays),
        voice=load_voice(settings.voice),
    )
