"""Files that look like documents and are not read, and texts that nothing took the place of."""

from collections.abc import Iterable
from pathlib import Path

from knowledge.documents import Document, DocumentStatus

_TEXTS = frozenset(
    {
        ".txt",
        ".text",
        ".pdf",
        ".doc",
        ".docx",
        ".odt",
        ".rtf",
        ".htm",
        ".html",
        ".rst",
        ".pages",
        ".mdx",
        ".wpd",
        ".epub",
    }
)


def unread_files(folder: Path) -> tuple[str, ...]:
    """One sentence for each visible file under a folder whose text nobody reads, with what to do."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _TEXTS and path.is_file())
    visible = (path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts))
    return tuple(f"{path} is not read; save its text as Markdown, {path.with_suffix('.md').name}" for path in visible)


def without_successor(documents: Iterable[Document]) -> tuple[str, ...]:
    """One sentence for each document of which every version was superseded."""
    statuses: dict[str, set[DocumentStatus]] = {}
    for document in documents:
        statuses.setdefault(document.id, set()).add(document.status)
    gone = sorted(name for name, found in statuses.items() if found == {DocumentStatus.SUPERSEDED})
    return tuple(f"{name} was superseded and has no newer version here, so nothing of it is cited" for name in gone)
