"""Which documents a command reads: those of a folder that was named, else those ingested, else the shipped ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from knowledge.documents import Passage
    from server.settings import Settings


class Documents(NamedTuple):
    """Passages of every status; `read` says in words where they are from."""

    passages: tuple[Passage, ...]
    problems: tuple[str, ...]
    read: str
    ingested: bool = False
    notices: tuple[str, ...] = ()


def read_documents(settings: Settings, folder: Path | None) -> Documents:
    """What replies may cite, as it was ingested; another folder only when one is named."""
    from server.settings import SOURCES

    if folder is not None:
        return _of_folder(folder, f"the documents in {folder}")
    if found := _ingested(settings):
        return Documents(found, (), f"the documents ingested into {settings.data}", ingested=True)
    return _of_folder(
        SOURCES / "policies", f"the shipped documents, because none was ingested into {settings.data} yet"
    )


def _of_folder(folder: Path, read: str) -> Documents:
    from knowledge.ingest import load_folder

    library = load_folder(folder)
    problems = tuple(str(problem) for problem in library.problems)
    return Documents(library.passages, problems, read, notices=library.notices)


def _ingested(settings: Settings) -> tuple[Passage, ...]:
    from server.container import open_embedder, open_knowledge

    if not (settings.data / "knowledge").is_dir():
        return ()
    index = open_knowledge(settings, open_embedder(settings)[0])
    try:
        return index.passages()
    finally:
        index.close()
