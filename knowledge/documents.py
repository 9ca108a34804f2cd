"""The nouns: documents, their passages, and what a reply cites.

A document is one version of one text (`returns`, version 3). A passage is one section of it, named
`returns@v3#window`; a section too long for one embedding has parts, `returns@v3#window~1`, `~2` and so on.
A citation in a playbook names no version: `returns#window`. Dates are calendar days in UTC, both ends included.
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from knowledge.errors import SourceError

DocumentId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=100)]
LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]

SECTION = " › "
"""Between the title of a document and that of a section, in the title of a passage."""
_REFERENCE = re.compile(r"(?P<document>[a-z0-9][a-z0-9._-]*)#(?P<anchor>[\w-]+)")


class Frozen(BaseModel):
    """A value: immutable, and refusing fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DocumentStatus(StrEnum):
    """Whether people have agreed to this version."""

    DRAFT = "draft"
    APPROVED = "approved"
    SUPERSEDED = "superseded"


class DocumentKind(StrEnum):
    """What sort of text it is; search can be narrowed to some kinds."""

    POLICY = "policy"
    FAQ = "faq"
    PRODUCT = "product"
    GUIDE = "guide"
    MACRO = "macro"
    NOTICE = "notice"


class Edition(Frozen):
    """The facts about one version that its passages inherit."""

    version: Annotated[int, Field(ge=1)]
    status: DocumentStatus
    effective_from: date
    effective_to: date | None = None
    language: LanguageTag = "en"
    kind: DocumentKind = DocumentKind.POLICY

    def in_force(self, now: datetime) -> bool:
        """Approved, and `now` (aware) falls on one of its days."""
        today = now.astimezone(UTC).date()
        ended = self.effective_to is not None and today > self.effective_to
        return self.status is DocumentStatus.APPROVED and self.effective_from <= today and not ended


class Document(Edition):
    """One version of one text, as its author wrote it."""

    id: DocumentId
    title: str
    path: str
    body: str
    body_line: int = 1

    @property
    def reference(self) -> str:
        """`returns@v3`."""
        return f"{self.id}@v{self.version}"


class Passage(Edition):
    """One citable section (or part of a long one) of one document version."""

    id: str
    document_id: DocumentId
    anchor: str
    title: str
    text: str
    sha256: str

    @property
    def section(self) -> str:
        """The anchor without its part number: what a citation names."""
        return self.anchor.partition("~")[0]

    @property
    def content(self) -> str:
        """Title and text together."""
        return f"{self.title}\n{self.text}"


class Citation(Frozen):
    """What a reply points at: a passage of a version, and the words relied on."""

    passage_id: str
    document_id: DocumentId
    version: int
    anchor: str
    title: str
    quote: str


class Hit(Frozen):
    """A passage and how well it answers (see `knowledge.ranking.score`): about 0 to 1, more when it holds a code."""

    passage: Passage
    score: float


class Problem(Frozen):
    """A file (at a line, from 1) that was left out, and why."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class IngestReport(Frozen):
    """What one ingest did; the tuples hold passage ids. `notices` are no faults, and say what is not cited."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    embedded: int = 0
    problems: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()


def content_hash(title: str, text: str) -> str:
    """The sha256 (hex) of what is embedded: equal hashes share one embedding."""
    return hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()


def cite(passage: Passage, quote: str | None = None) -> Citation:
    """Point at `passage`, quoting all of it or the given part.

    Raises:
        SourceError: The quote is not in the passage.
    """
    words = passage.text if quote is None else quote
    if words not in passage.text:
        raise SourceError(f"{passage.id} does not say {words!r}: quote it word for word")
    return Citation(
        passage_id=passage.id,
        document_id=passage.document_id,
        version=passage.version,
        anchor=passage.anchor,
        title=passage.title,
        quote=words,
    )


def parse_reference(reference: str) -> tuple[str, str]:
    """Split `returns#window` into document id and anchor.

    Raises:
        SourceError: It has another form.
    """
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise SourceError(f"{reference!r} is not a citation: write document#section, such as returns#window")
    return match["document"], match["anchor"]


def whole_section(parts: Sequence[Passage]) -> Passage:
    """Join the parts of one section of one version, given in order, into the passage a citation means."""
    first = parts[0]
    text = "\n\n".join(part.text for part in parts)
    anchor = first.section
    changes = {
        "id": f"{first.document_id}@v{first.version}#{anchor}",
        "anchor": anchor,
        "text": text,
        "sha256": content_hash(first.title, text),
    }
    return first if len(parts) == 1 and first.anchor == anchor else first.model_copy(update=changes)
