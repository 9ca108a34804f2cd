"""Doing once, when the product is set up, what every start would otherwise do again: compiling what it imports."""

from __future__ import annotations

import compileall
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent.parent
OURS = ("agent", "knowledge", "server", "tools")
ASKED = "How long does standard shipping take?"


@contextmanager
def keeping_bytecode() -> Generator[None]:
    """Keep the bytecode of every module that is imported meanwhile, and of those that were imported before.

    Installers that do not compile leave it to the first import, and where PYTHONDONTWRITEBYTECODE is set to every one:
    seconds, each time. Python compares the time of the source by itself, so an edited module counts as ever.
    """
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    try:
        yield
    finally:
        sys.dont_write_bytecode = before
    for module in list(sys.modules.values()):
        source = getattr(module, "__file__", None)
        if isinstance(source, str) and source.endswith(".py"):
            compileall.compile_file(source, quiet=2)
    for package in OURS:
        compileall.compile_dir(HERE / package, quiet=2)


@contextmanager
def shared(prepared: Path) -> Generator[None]:
    """What is prepared meanwhile may be read by every account: the service may run under another one.

    What was there before stays as it is: a model of a brand's own examples holds their words.
    """
    before = set(prepared.iterdir()) if prepared.is_dir() else set[Path]()
    yield
    if prepared.is_dir():
        for path in set(prepared.iterdir()) - before:
            path.chmod(0o644)


def work_once() -> None:
    """Work on one message in the shipped shop, in a folder that is thrown away: it imports what a ticket needs.

    Whatever is configured: what a person wrote is not touched, and no language model is called.
    """
    from agent.receiving import ticket_of_text
    from knowledge.ingest import ingest_folder
    from server.container import open_workshop
    from server.display.case import case_view
    from server.settings import SOURCES, Settings

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=folder)
        if settings.models.is_relative_to(settings.data):
            return  # the environment is read-only: nothing could be kept, and models would be made to be thrown away
        library = Path(folder, "library")
        library.mkdir()
        document = min((SOURCES / "policies").glob("shipping-*.md"))
        (library / document.name).write_bytes(document.read_bytes())
        with open_workshop(settings) as workshop:
            ingest_folder(library, workshop.knowledge)
            ticket = ticket_of_text(ASKED, "sam@example.com", workshop.parts.clock.now(), verified=None)
            workshop.parts.store.receive(ticket)
            case_view(workshop.runner.start(ticket.id), ticket)
