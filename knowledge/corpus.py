"""Any folder of help texts, as a batch search reads it: Markdown in whatever form, or JSON lines."""

import codecs
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.documents import DocumentStatus, Frozen, Problem
from knowledge.errors import DocumentError, SourceError
from knowledge.front_matter import Head, split_head
from knowledge.ingest import MAX_FILE_BYTES, markdown_files, read_text
from knowledge.markdown import headed_texts, split_parts
from knowledge.plainly import said
from knowledge.ranking import Pair

Key: TypeAlias = str | int
"""Names of documents and questions are given back exactly as they came."""

_Line = TypeVar("_Line", bound="_JsonLine")
PART_CHARS = 600
"""Of one part of a long text: about 130 tokens. Longer ones say too much at once for one vector to tell (README)."""
_WITHDRAWN = {DocumentStatus.DRAFT.value, DocumentStatus.SUPERSEDED.value}


class Text(Frozen):
    """One document: its name and the (title, text) pairs it is compared by."""

    id: Key
    passages: tuple[Pair, ...]
    version: int = 0


class Corpus(Frozen):
    """The documents of a folder, how many were left out as draft, superseded or older, and what could not be read."""

    texts: tuple[Text, ...]
    withdrawn: int
    problems: tuple[Problem, ...]


class _JsonLine(BaseModel):
    model_config = ConfigDict(strict=True)

    id: Key
    text: str = Field(min_length=1)


class Question(_JsonLine):
    """`{"id","text"}`."""


class _DocumentLine(_JsonLine):
    """`{"id","title","text"}`; the title may be missing."""

    title: str | None = None


def load_corpus(folder: Path, besides: Iterable[Path] = ()) -> Corpus:
    """Read every `*.md` and `*.jsonl` under a folder, except the files in `besides`; or one file of lines.

    Markdown needs no front matter. Where there is one, `id` and `title` are used, drafts and superseded texts are
    left out, and of several versions the highest stays. Without it the id is the path below the folder, no suffix.

    Raises:
        SourceError: There is no such folder.
    """
    excluded = {path.resolve() for path in besides}
    problems: list[Problem] = []
    texts: dict[Key, Text] = {}
    withdrawn = 0
    for text, path, line in _texts(folder, excluded, problems):
        earlier = texts.get(text.id) if text else None
        if text is None or (earlier and earlier.version > text.version):
            withdrawn += 1
        elif earlier and earlier.version == text.version:
            problems.append(
                Problem(path=str(path), line=line, message=f"id {text.id!r} is used twice: the first stays")
            )
        else:
            withdrawn += earlier is not None
            texts[text.id] = text
    return Corpus(texts=tuple(texts.values()), withdrawn=withdrawn, problems=tuple(problems))


def load_questions(path: Path) -> tuple[list[Question], list[Problem]]:
    """Read `{"id","text"}` lines; bad lines become problems."""
    problems: list[Problem] = []
    questions: dict[Key, Question] = {}
    for question, line in _json_lines(path, Question, problems):
        if question.id in questions:
            problems.append(Problem(path=str(path), line=line, message=f"id {question.id!r} is used twice"))
        else:
            questions[question.id] = question
    return list(questions.values()), problems


def _texts(folder: Path, excluded: set[Path], problems: list[Problem]) -> Iterator[tuple[Text | None, Path, int]]:
    """Each document with where it stands; None for one that is withdrawn."""
    if folder.is_file() and folder.suffix.lower() != ".jsonl":
        raise SourceError(f"{folder} is neither a folder of documents nor a .jsonl file of lines")
    lines = [folder] if folder.is_file() and folder.suffix.lower() == ".jsonl" else []
    for path in markdown_files(folder, readmes=True) if not lines else ():
        if path.resolve() not in excluded:
            try:
                yield _markdown(path, folder), path, 1
            except DocumentError as error:
                problems.append(Problem(path=error.path, line=error.line, message=error.reason))
    for path in lines or sorted(folder.rglob("*.jsonl")):
        if path.resolve() not in excluded:
            for line, number in _json_lines(path, _DocumentLine, problems):
                yield Text(id=line.id, passages=_passages([(line.title or "", line.text)])), path, number


def _markdown(path: Path, folder: Path) -> Text | None:
    head = _head(read_text(path), path)
    if str(head.values.get("status")) in _WITHDRAWN:
        return None
    sections = headed_texts(head.body)
    name = path.relative_to(folder).with_suffix("").as_posix()
    title = _title(head.values) or next((heading for heading, _ in sections if heading), path.stem.replace("-", " "))
    joined = [(title if heading in ("", title) else f"{title} › {heading}", text) for heading, text in sections]
    version = head.values.get("version")
    return Text(
        id=_key(head.values) or name,
        passages=_passages(joined or [(title, "")]),
        version=version if isinstance(version, int) else 0,
    )


def _head(text: str, path: Path) -> Head:
    """A head that is no front matter (a rule, say) is text like any other."""
    try:
        return split_head(text, path)
    except DocumentError:
        return Head(values={}, lines={}, body=text, body_line=1)


def _key(values: Mapping[str, object]) -> Key | None:
    key = values.get("id")
    return key if isinstance(key, str | int) else None


def _title(values: Mapping[str, object]) -> str:
    title = values.get("title")
    return title if isinstance(title, str) else ""


def _passages(sections: Iterable[Pair]) -> tuple[Pair, ...]:
    return tuple((title, part) for title, text in sections for part in split_parts(text, PART_CHARS) or [""])


def _json_lines(path: Path, shape: type[_Line], problems: list[Problem]) -> Iterator[tuple[_Line, int]]:
    def leave_out(line: int, reason: str) -> None:
        problems.append(Problem(path=str(path), line=line, message=reason))

    number = 0
    try:
        for number, raw in enumerate(_raw_lines(path), 1):
            if len(raw) > MAX_FILE_BYTES:
                return leave_out(number, "longer than 5 MB: the rest of the file is not read")
            try:
                yield shape.model_validate_json(raw.removeprefix(codecs.BOM_UTF8)), number
            except ValidationError as error:
                if raw.strip():
                    leave_out(number, _first_fault(error))
    except OSError as error:
        leave_out(number + 1, f"cannot be read: {error.strerror}")


def _raw_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while line := file.readline(MAX_FILE_BYTES + 1):
            yield line


def _first_fault(error: ValidationError) -> str:
    first = error.errors()[0]
    if not first["loc"] and first["type"] == "model_type":
        return "the line has to be an object with id and text"
    return "".join(f"{part}: " for part in first["loc"][:1]) + said(first["type"], first["msg"])
