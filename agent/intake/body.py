"""The parts of a message: which of them is the text, which are attachments, which are other messages."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from typing import TypeVar

from agent.intake import headers
from agent.intake.headers import RawMessage
from agent.intake.message import Attachment, EarlierMessage
from agent.intake.text import clean, decode, oddities

_MAX_DEPTH = 30
_TEXTS = frozenset({"text/plain", "text/html"})
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w-]{2,30})", re.IGNORECASE)
_NO_HTML = re.compile(
    r"(?:not|cannot|can't|unable to|kein\w*|ne|no)\b.{0,40}\b(?:support|display|view|show|read|darstell"
    r"|unterst|anzeig|affich|mostrar|admite).{0,30}html"
    r"|html.{0,40}(?:not|nicht|pas|no) |view (?:this|it) .{0,20}(?:in your|in a|online)",
    re.IGNORECASE,
)

T = TypeVar("T")


@dataclass(slots=True)
class Body:
    """What was found in a message or in one part of it."""

    text: str = ""
    hidden: str = ""
    attachments: list[Attachment] = field(default_factory=list[Attachment])
    forwarded: list[EarlierMessage] = field(default_factory=list[EarlierMessage])
    notes: list[str] = field(default_factory=list[str])

    def add(self, other: "Body") -> None:
        """Take in another part, below what is there."""
        self.text = "\n".join(piece for piece in (self.text, other.text) if piece.strip())
        self.hidden = "\n".join(piece for piece in (self.hidden, other.hidden) if piece)
        self.attachments += other.attachments
        self.forwarded += other.forwarded
        self.notes += [note for note in other.notes if note not in self.notes]


def read_body(message: RawMessage, depth: int = 0) -> Body:
    """The text of a message or part, its attachments, and the messages inside it."""
    kind = message.get_content_type()
    if depth > _MAX_DEPTH:
        return Body(notes=["parts nested too deeply were not read"])
    if kind == "message/rfc822":
        return _forwarded(message, depth)
    if message.is_multipart() and kind.startswith("multipart/"):
        return _alternative(message, depth) if kind == "multipart/alternative" else _sequence(message, depth)
    # A multipart whose boundary is missing has no parts: all of it is one text.
    if (kind in _TEXTS or kind.startswith("multipart/")) and not _is_attached(message):
        return _text_part(message, html=kind == "text/html")
    return Body(attachments=[_attachment(message)])


def _children(message: RawMessage) -> Iterator[RawMessage]:
    payload: object = message.get_payload()
    if isinstance(payload, list):
        for part in payload:  # pyright: ignore[reportUnknownVariableType] - the parser's payload is untyped
            if isinstance(part, Message):
                yield part  # pyright: ignore[reportUnknownVariableType]


def _sequence(message: RawMessage, depth: int) -> Body:
    body = Body()
    for part in _children(message):
        body.add(read_body(part, depth + 1))
    return body


def _alternative(message: RawMessage, depth: int) -> Body:
    """Plain text when it says something, else the richest version that does; attachments of all."""
    versions = [(part.get_content_type(), read_body(part, depth + 1)) for part in _children(message)]
    spoken = [(kind, body) for kind, body in versions if body.text.strip()]
    plain = [body for kind, body in spoken if kind == "text/plain" and not _is_excuse(body.text)]
    rich = [body for kind, body in spoken if kind != "text/plain"]
    chosen = (plain or rich[::-1] or [body for _, body in spoken] or [Body()])[0]
    for _, body in versions:
        if body is not chosen:
            chosen.add(Body("", body.hidden, body.attachments, body.forwarded, body.notes))
    return chosen


def _is_excuse(text: str) -> bool:
    """Whether the text only says that the mail program shows no HTML."""
    return len(text) < 250 and bool(_NO_HTML.search(text))


def _forwarded(message: RawMessage, depth: int) -> Body:
    """A message attached to this one."""
    body = Body()
    for inner in _children(message):
        inside = read_body(inner, depth + 1)
        names = ("From", "Date", "To", "Subject")
        header = "\n".join(f"{name}: {value}" for name in names if (value := headers.field(inner, name)))
        body.forwarded += [*inside.forwarded, EarlierMessage(header=header, text=inside.text.strip())]
        body.attachments += inside.attachments
        body.hidden, body.notes = inside.hidden, inside.notes
    return body


def _text_part(message: RawMessage, *, html: bool) -> Body:
    data = _payload(message)
    named = tolerant(message.get_content_charset, None)
    meta = _META.search(data[:4000]) if html and named is None else None
    raw, as_named = decode(data, named or (meta[1].decode("ascii") if meta else "utf-8"))
    notes = [] if as_named or not data else [f"the text is not in the charset it names ({(named or 'utf-8')[:30]})"]
    if not html:
        return Body(clean(raw), notes=[*notes, *oddities(raw)])
    from agent.intake.markup import html_text

    page = html_text(clean(raw))
    notes += ["the HTML is too large: only its beginning was read"] if page.cut else []
    notes += ["text that the sender made invisible was set aside"] if page.hidden else []
    return Body(page.text, page.hidden, notes=[*notes, *oddities(raw)])


def _payload(message: RawMessage) -> bytes:
    """The decoded bytes of a part; broken base64 or quoted-printable gives what can be read."""
    payload: object = tolerant(lambda: message.get_payload(decode=True), None)
    return payload if isinstance(payload, bytes) else b""


def _is_attached(message: RawMessage) -> bool:
    disposition = tolerant(message.get_content_disposition, None)
    return disposition == "attachment" or bool(tolerant(message.get_filename, None))


def _attachment(message: RawMessage) -> Attachment:
    name = clean(headers.decoded(tolerant(message.get_filename, None) or ""))
    # Only the last part of a path, without what file systems treat specially: the name may be written to a disk.
    name = re.sub(r"[\x00-\x1f<>:\"|?*]", "_", re.split(r"[/\\]", name)[-1]).strip(". ")[:200]
    size = len(_payload(message)) or sum(len(bytes(part)) for part in _children(message))
    return Attachment(name=name or "unnamed", content_type=message.get_content_type()[:100], size=size)


def tolerant(read: Callable[[], T], otherwise: T) -> T:
    """What the standard library reads from a header, or `otherwise` where a hostile header makes it stumble."""
    try:
        return read()
    except (LookupError, ValueError, TypeError, AttributeError, AssertionError):
        return otherwise
