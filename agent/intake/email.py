"""Reads e-mail: one message (`.eml`) or a mailbox (`mbox`). All of it is untrusted."""

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from agent.intake import headers
from agent.intake.body import Body, read_body, tolerant
from agent.intake.headers import RawMessage
from agent.intake.message import EarlierMessage, InboundMail, IntakeError
from agent.intake.quotes import Split, split

MAX_BYTES = 25 * 1024 * 1024
_MAX_PARTS = 1_000
_MAX_TEXT = 100_000
_SAVE = "Save the message from your mail program as .eml (often: Show original, Download) and try again."
_MAGIC = {
    b"\xd0\xcf\x11\xe0": f"This is an Outlook .msg file. {_SAVE}",
    b"%PDF": f"This is a PDF, not an e-mail. {_SAVE}",
    b"PK\x03\x04": "This is a ZIP or Office file, not an e-mail. Unpack it and give the .eml file inside.",
    b"\x1f\x8b": "This is a gzip file, not an e-mail. Unpack it and try again.",
    b"\x89PNG": f"This is an image, not an e-mail. {_SAVE}",
    b"\xff\xd8\xff": f"This is an image, not an e-mail. {_SAVE}",
}
_HEADERS = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Received",
    "Return-Path",
    "Delivered-To",
    "Reply-To",
    "MIME-Version",
)
_POINTS = re.compile(
    r"\W*(?:(?:hi|hello|hallo|bonjour|hola|please|pls|bitte|por favor|svp)\W+)*"
    r"(?:fyi|f\.y\.i|for your information|see (?:below|attached|mail below|email below|forwarded)|as below|below"
    r"|zur info(?:rmation)?|z\. ?k|s\. ?u|siehe unten|siehe anhang|pour info(?:rmation)?|voir ci-dessous|ci-dessous"
    r"|para (?:su|tu) informaci[oó]n|ver abajo|v[eé]ase abajo)?"
    r"(?:\W+(?:please|pls|thanks|thank you|thx|danke|merci|gracias))*\W*",
    re.IGNORECASE,
)
"""All that some people write above a message they pass on."""
_LONGEST_POINTER = 60
_PASSED_ON = re.compile(r"forward|weitergeleitet|transf[ée]r|r[ée]exp[ée]di|reenviado", re.IGNORECASE)
_PASSED_ON_SUBJECT = re.compile(r"\W*(?:fwd?|wg|tr|rv|rvs?)\s*:", re.IGNORECASE)
_PART = re.compile(rb"^content-type\s*:", re.IGNORECASE | re.MULTILINE)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_email(data: bytes, *, server: str | None = None) -> InboundMail:
    """Read one message.

    Args:
        data: the bytes of an `.eml` file.
        server: authserv-id of the receiving server; when given, only its Authentication-Results are believed.

    Raises:
        IntakeError: empty, larger than 25 MB, or not an e-mail; the text says what to do.
    """
    message = _parse(_checked(data))
    body = read_body(message)
    return _mail(message, body, server)


def _checked(data: bytes) -> bytes:
    """The bytes, unless they cannot be a message."""
    if len(data) > MAX_BYTES:
        size = len(data) / 1024 / 1024
        raise IntakeError(
            f"The message is {size:.1f} MB; at most 25 MB are read. Remove large attachments and try again."
        )
    if data.startswith(_UTF16):
        data = data.decode("utf-16", "replace").encode("utf-8")
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n\t \x00")
    if not data:
        raise IntakeError("The file is empty: there is no message to read.")
    for magic, advice in _MAGIC.items():
        if data.startswith(magic):
            raise IntakeError(advice)
    if len(_PART.findall(data)) > _MAX_PARTS:
        raise IntakeError(
            f"The message has more than {_MAX_PARTS} parts and was not read. Forward only the part that matters."
        )
    return data


def _parse(data: bytes) -> RawMessage:
    # Some exports keep the mbox line above the headers.
    data = re.sub(rb"\A>?From [^\r\n]{0,500}\r?\n", b"", data)
    try:
        message = email.message_from_bytes(data, policy=email.policy.compat32)
    except RecursionError as error:
        raise IntakeError(
            "The message is nested too deeply and was not read. Forward only the part that matters."
        ) from error
    if not any(message.get(name) for name in _HEADERS):
        raise IntakeError(f"This is not an e-mail: no From, To, Subject or Date line at its top. {_SAVE}")
    return message


def _mail(message: RawMessage, body: Body, server: str | None) -> InboundMail:
    senders = headers.addresses(message, "From") or headers.addresses(message, "Sender")
    name, address = senders[0] if senders else ("", "")
    text, quoted, earlier, notes = _texts(headers.field(message, "Subject"), body)
    replies = headers.addresses(message, "Reply-To")
    many = ["the From header names several senders"] if len(senders) > 1 else []
    return InboundMail(
        message_id=next(iter(headers.message_ids(headers.field(message, "Message-ID"))), ""),
        in_reply_to=next(iter(headers.message_ids(headers.field(message, "In-Reply-To"))), ""),
        references=headers.message_ids(headers.field(message, "References")),
        from_address=address,
        from_name=name[:200],
        reply_to=replies[0][1] if replies else "",
        to=tuple(address for header in ("To", "Cc") for _, address in headers.addresses(message, header)),
        subject=headers.field(message, "Subject")[:998],
        date=headers.date(message),
        text=text,
        quoted=quoted,
        earlier=earlier,
        attachments=tuple(body.attachments),
        return_path=headers.return_path(message),
        auto_submitted=headers.field(message, "Auto-Submitted")[:200],
        precedence=headers.field(message, "Precedence")[:200],
        auto_response=_auto_response(message),
        report_type=_report_type(message),
        language=headers.field(message, "Content-Language")[:35],
        authentication=headers.authentication(message, server),
        notes=tuple(dict.fromkeys([*many, *notes])),
    )


def _forwarded(subject: str, body: Body, parts: Split) -> str:
    """The text of the message that was passed on, attached or below; empty when what is below is a quoted answer."""
    if body.forwarded:
        return body.forwarded[-1].text
    newest = parts.earlier[-1] if parts.earlier else None
    passed_on = newest is not None and (_PASSED_ON.search(newest.header) or _PASSED_ON_SUBJECT.match(subject))
    return newest.text if newest is not None and passed_on else ""


def _texts(subject: str, body: Body) -> tuple[str, str, tuple[EarlierMessage, ...], list[str]]:
    """New text, quoted text, earlier messages, notes."""
    parts = split(body.text)
    text, notes = parts.text, list(body.notes)
    if len(text) > _MAX_TEXT:
        notes.append(f"the text is very long: what follows its first {_MAX_TEXT} characters was set aside")
    rest = [text[_MAX_TEXT:], parts.quoted, *(f"{m.header}\n\n{m.text}" for m in body.forwarded), body.hidden]
    forwarded = _forwarded(subject, body, parts)
    if not text and forwarded:
        text = forwarded
        notes.append("the text is that of the forwarded message; the sender added none")
    elif forwarded and len(text) <= _LONGEST_POINTER and _POINTS.fullmatch(text):
        text = f"{text}\n\n{forwarded}"
        notes.append("the sender only points at the forwarded message; its text was read as theirs")
    quoted = "\n\n".join(piece for piece in rest if piece)
    return text[:_MAX_TEXT], quoted, (*body.forwarded, *parts.earlier), notes


def _auto_response(message: RawMessage) -> str:
    """The name of the header by which a program says that it answers by itself."""
    for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply", "X-Auto-Response"):
        if headers.field(message, name).lower() not in {"", "no", "false", "0"}:
            return name
    return ""


def _report_type(message: RawMessage) -> str:
    """`delivery-status`, `disposition-notification`, ... of a multipart/report; empty for ordinary messages."""
    if message.get_content_type() != "multipart/report":
        return ""
    value: object = tolerant(lambda: message.get_param("report-type"), None)
    return value.lower()[:100] if isinstance(value, str) else "report"


@dataclass(frozen=True, slots=True)
class MailProblem:
    """A message of a mailbox that could not be read: where it stands and why."""

    where: str
    reason: str


def read_mbox(path: Path, *, server: str | None = None) -> Iterator[InboundMail | MailProblem]:
    """Read a mailbox message by message; one that cannot be read is yielded as a problem and the rest goes on.

    Raises:
        IntakeError: the file is empty or does not begin like a mailbox.
        OSError: the file cannot be opened.
    """
    with path.open("rb") as stream:
        for number, (line, data) in enumerate(split_mbox(stream), start=1):
            if number == 1 and line == 0:
                raise IntakeError(
                    f"{path} is not a mailbox: it does not begin with a `From ` line. Is it a single .eml message?"
                )
            try:
                yield read_email(data, server=server)
            except IntakeError as error:
                yield MailProblem(f"{path}:{line} (message {number})", str(error))
        if stream.tell() == 0:
            raise IntakeError(f"{path} is empty: there is no message to read.")


_FROM_LINE = re.compile(rb"^From \S{0,320}.{0,60}\d{4}\s*$|^From \S{1,320}@\S{1,320}\s")
_ESCAPED = re.compile(rb"^>(>*From )")


def split_mbox(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the line number and the bytes of each message; of one larger than the limit just enough to say so."""
    start, size, previous_blank = 0, 0, True
    pieces: list[bytes] = []
    for number, line in enumerate(iter(lambda: stream.readline(1 << 20), b""), start=1):
        if previous_blank and line.startswith(b"From ") and _FROM_LINE.match(line[:1000]):
            if pieces:
                yield start, b"".join(pieces)
            start, size, pieces = number, 0, []
        elif size <= MAX_BYTES:
            pieces.append(_ESCAPED.sub(rb"\1", line))
            size += len(line)
        previous_blank = not line.strip()
    if pieces:
        yield start, b"".join(pieces)


def read_mail_file(path: Path, *, server: str | None = None) -> Iterator[InboundMail | MailProblem]:
    """Read an `.eml` file or a mailbox, whichever it is.

    Raises:
        IntakeError: neither, empty, or a single message that is too large.
        OSError: the file cannot be opened.
    """
    with path.open("rb") as stream:
        head = stream.read(5)
        if head != b"From ":
            yield read_email(head + stream.read(MAX_BYTES + 1), server=server)
            return
    yield from read_mbox(path, server=server)
