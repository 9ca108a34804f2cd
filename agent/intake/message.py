"""What arrived by e-mail, read but not believed: every field may have been written by an attacker."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

Verdict = Literal["pass", "fail", "none"]


class IntakeError(Exception):
    """A file that cannot be read as a message; the text says what is wrong and what to do."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Attachment(_Frozen):
    """What hangs on a message; its content is not kept. `size` is in bytes, decoded."""

    name: str
    content_type: str
    size: int


class Authentication(_Frozen):
    """What the receiving server says about the sender (RFC 8601), from the topmost header only.

    `none` when the server said nothing, could not tell, or gave no verdict.
    """

    spf: Verdict = "none"
    dkim: Verdict = "none"
    dmarc: Verdict = "none"


class EarlierMessage(_Frozen):
    """A message quoted or forwarded inside another: its introduction ("On 3 March ... wrote:") and its text."""

    header: str
    text: str


class InboundMail(_Frozen):
    """One e-mail.

    Attributes:
        message_id: with its angle brackets, empty when there is none.
        references: message ids of the thread, oldest first.
        from_address: lower case, empty when the header names none.
        date: aware UTC, None when missing or unreadable.
        text: what the sender wrote now.
        quoted: everything else of the bodies: quotes, signature, hidden text; nothing is thrown away.
        earlier: the quoted and forwarded messages, oldest first.
        notes: what was repaired or is suspicious, in plain words.
    """

    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    from_address: str = ""
    from_name: str = ""
    reply_to: str = ""
    to: tuple[str, ...] = ()
    subject: str = ""
    date: datetime | None = None
    text: str = ""
    quoted: str = ""
    earlier: tuple[EarlierMessage, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    return_path: str | None = None
    auto_submitted: str = ""
    precedence: str = ""
    auto_response: str = ""
    report_type: str = ""
    language: str = ""
    authentication: Authentication = Authentication()
    notes: tuple[str, ...] = ()
