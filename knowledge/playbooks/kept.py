"""A checked book, kept as data beside the shop's data, so that a start need not read and check every file again.

A kept book counts only for exactly the files, vocabulary and program that made it, and only when it is whole. It holds
text and no code: whoever changes it changes at most what a playbook could say, and the engine checks that again.
"""

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from pydantic import ValidationError

from knowledge.playbooks.loader import MACROS, PLAYBOOKS, load_playbooks, written_files
from knowledge.playbooks.schema import PlaybookBook, digest_of
from knowledge.playbooks.vocabulary import Vocabulary

MAX_BYTES = 50_000_000
_LIBRARIES = ("jinja2", "pydantic", "pyyaml")
_PROGRAM = (Path(__file__).parent, Path(__file__).parent.parent)


def load_kept_playbooks(folder: Path, macros_folder: Path, vocabulary: Vocabulary, kept: Path) -> PlaybookBook:
    """As `load_playbooks`, from the file `kept` when it still holds; otherwise it is written anew.

    A file that cannot be written costs time and nothing else.

    Raises:
        PlaybooksInvalid: As `load_playbooks`.
    """
    key = key_of(folder, macros_folder, vocabulary)
    book = read_book(kept, key) if key else None
    if book is not None:
        return book
    book = load_playbooks(folder, macros_folder, vocabulary)
    # A file that was saved while we read would be kept under the name of what it said before.
    if key and key == key_of(folder, macros_folder, vocabulary):
        with suppress(OSError):
            keep_book(kept, key, book)
    return book


def key_of(folder: Path, macros_folder: Path, vocabulary: Vocabulary, program: Iterable[Path] = _PROGRAM) -> str:
    """The sha256 (hex) of all that a checked book depends on; empty when some of it cannot be read.

    `program` are the folders whose modules read and check.
    """
    try:
        files = [*written_files(folder, PLAYBOOKS), None, *written_files(macros_folder, MACROS)]
        said = [(path.name, _sha256(path.read_bytes())) if path else None for path in files]
        modules = [_sha256(path.read_bytes()) for place in program for path in sorted(place.glob("*.py"))]
    except OSError:
        return ""
    if not modules:
        return ""
    made_by = [sys.version, *(version(library) for library in _LIBRARIES), *modules]
    content = json.dumps([made_by, list(_words(vocabulary)), said])
    return _sha256(content.encode("utf-8", "surrogateescape"))


def read_book(path: Path, key: str) -> PlaybookBook | None:
    """The book kept under this key; None when there is none, or it is damaged or of another making."""
    try:
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            return None
        seal, _, content = path.read_bytes().partition(b"\n")
        if seal.decode("ascii", "replace") != _seal(key, content):
            return None
        book = PlaybookBook.model_validate_json(content)
    except (OSError, ValidationError):
        return None
    return book if book.digest == digest_of(book.playbooks, book.macros) else None


def keep_book(path: Path, key: str, book: PlaybookBook) -> None:
    """Write the book. Beside its name first, so that no other process ever sees half of it. Raises OSError."""
    content = book.model_dump_json().encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_seal(key, content).encode() + b"\n" + content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _seal(key: str, content: bytes) -> str:
    return f"{key} {_sha256(content)}"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _words(vocabulary: Vocabulary) -> Iterator[object]:
    """The vocabulary in one order, whatever order its sets have in this process."""
    yield sorted(vocabulary.lookups)
    for names in (vocabulary.actions, vocabulary.objects, vocabulary.lists, vocabulary.promises):
        yield [(name, sorted(names[name])) for name in sorted(names)]
    yield [sorted(vocabulary.variables), sorted(vocabulary.intents), sorted(vocabulary.queues)]
    yield [list(vocabulary.languages), None if vocabulary.anchors is None else sorted(vocabulary.anchors)]
