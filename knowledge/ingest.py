"""From Markdown files to passages: what is wrong is reported with its line, the rest loads."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.documents import SECTION, Document, Frozen, IngestReport, Passage, Problem, content_hash
from knowledge.errors import DocumentError, SourceError
from knowledge.front_matter import split_head, validate_head
from knowledge.markdown import Section, split_parts, split_sections
from knowledge.unread import unread_files, without_successor

if TYPE_CHECKING:
    from knowledge.index import KnowledgeIndex

MAX_FILE_BYTES = 5_000_000


class Library(Frozen):
    """What a folder holds: the good documents, their passages, and the files that were left out."""

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    problems: tuple[Problem, ...]
    notices: tuple[str, ...] = ()


def ingest_folder(folder: Path, index: "KnowledgeIndex") -> IngestReport:
    """Make the index hold exactly the passages of `folder`; a second run computes no embedding.

    A document that cannot be read is no longer offered: what nobody can check must not be quoted.

    Raises:
        SourceError: The folder is missing or holds no readable document; the index is then left as it was.
    """
    library = load_folder(folder)
    if not library.passages:
        reasons = "".join(f"\n  {told}" for told in (*library.problems, *library.notices))
        raise SourceError(f"{folder} holds no readable document; the index was left as it was{reasons}")
    return index.ingest(library.passages).model_copy(update={"problems": library.problems, "notices": library.notices})


def load_folder(folder: Path) -> Library:
    """Read every Markdown file under `folder` (not `README.md`, not hidden files), in path order.

    Raises:
        SourceError: There is no such folder.
    """
    documents: dict[str, Document] = {}
    passages: list[Passage] = []
    problems: list[Problem] = []
    for path in markdown_files(folder):
        try:
            document = load_document(path, folder)
            _refuse_second(document, documents, path)
            passages += split_document(document, path)
        except DocumentError as error:
            problems.append(Problem(path=error.path, line=error.line, message=error.reason))
        else:
            documents[document.reference] = document
    found = tuple(documents.values())
    notices = (*unread_files(folder), *without_successor(found))
    return Library(documents=found, passages=tuple(passages), problems=tuple(problems), notices=notices)


def markdown_files(folder: Path, *, readmes: bool = False) -> list[Path]:
    """The Markdown files under a folder, sorted; hidden ones never, `README.md` if asked for.

    Raises:
        SourceError: There is no such folder.
    """
    if not folder.is_dir():
        raise SourceError(f"{folder} is not a folder: name the folder that holds the Markdown documents")
    found = (path for path in folder.rglob("*") if path.suffix.lower() in {".md", ".markdown"} and path.is_file())
    visible = (path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts))
    return sorted(path for path in visible if readmes or path.name.lower() != "readme.md")


def load_document(path: Path, root: Path) -> Document:
    """Read one document with its front matter.

    Raises:
        DocumentError: Naming the line of the fault.
    """
    return parse_document(read_text(path), path, path.relative_to(root).as_posix())


def parse_document(text: str, path: Path, name: str) -> Document:
    """One document from its text; `path` is named in errors, `name` is kept as where it is from.

    Raises:
        DocumentError: Naming the line of the fault.
    """
    head = split_head(text, path)
    if not head.values:
        raise DocumentError(path, 1, "no front matter: begin with ---, id, title, version, status, effective_from, ---")
    matter = validate_head(head, path)
    if not head.body.strip():
        raise DocumentError(path, head.body_line, "there is no text after the front matter: is the file truncated?")
    return Document(**matter.model_dump(), path=name, body=head.body, body_line=head.body_line)


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        DocumentError: It is unreadable, empty, larger than 5 MB, or not UTF-8 text.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_FILE_BYTES else b""
    except OSError as error:
        raise DocumentError(path, 1, f"cannot be read: {error.strerror}") from error
    if size > MAX_FILE_BYTES:
        raise DocumentError(path, 1, f"{size / 1e6:.1f} MB is too large (limit 5 MB): split the document")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DocumentError(path, line, "not UTF-8 text: save the file as UTF-8") from error
    if not text.strip():
        raise DocumentError(path, 1, "the file is empty")
    if "\0" in text:
        raise DocumentError(path, text.count("\n", 0, text.index("\0")) + 1, "not UTF-8 text: save the file as UTF-8")
    return text


def split_document(document: Document, path: Path) -> list[Passage]:
    """The passages of a document; `path` is named in errors.

    Raises:
        DocumentError: Anchors collide, or no heading has any text.
    """
    sections = split_sections(document.body, document.body_line, path)
    if not sections:
        raise DocumentError(path, document.body_line, "there is no text under any heading")
    return [passage for section in sections for passage in _passages(document, section)]


def _passages(document: Document, section: Section) -> Iterator[Passage]:
    title = document.title if section.title in ("", document.title) else f"{document.title}{SECTION}{section.title}"
    inherited = document.model_dump(include=set(Passage.model_fields) - {"id", "title"})
    texts = split_parts(section.text)
    for number, text in enumerate(texts, 1):
        anchor = section.anchor if len(texts) == 1 else f"{section.anchor}~{number}"
        yield Passage(
            **inherited,
            id=f"{document.reference}#{anchor}",
            document_id=document.id,
            anchor=anchor,
            title=title,
            text=text,
            sha256=content_hash(title, text),
        )


def _refuse_second(document: Document, documents: dict[str, Document], path: Path) -> None:
    earlier = documents.get(document.reference)
    if earlier is not None:
        raise DocumentError(path, 2, f"{document.reference} is already defined by {earlier.path}: raise the version")
