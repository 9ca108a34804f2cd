"""Header fields of a message that may be broken or hostile."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import TypeAlias

from agent.intake.message import Authentication, Verdict
from agent.intake.text import clean, decode

# Longer fields are cut: no client writes them, and some of the parsers below are quadratic.
_MAX_FIELD = 8_000
_MAX_VALUES = 200
_ADDRESS = re.compile(r"[^\s@<>\"',;:()\[\]\\]{1,64}@[^\s@<>\"',;:()\[\]\\]{1,253}")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"(?:^|[;\s])(spf|dkim|dmarc)\s*=\s*([a-z]+)", re.IGNORECASE)

RawMessage: TypeAlias = "Message[str, str]"


def field(message: RawMessage, name: str) -> str:
    """The decoded value of the first header `name`: one line, without control characters; empty when absent."""
    return next(fields(message, name), "")


def fields(message: RawMessage, name: str) -> Iterator[str]:
    """The decoded values of every header `name`, top to bottom."""
    for raw in (message.get_all(name) or [])[:_MAX_VALUES]:
        yield " ".join(clean(decoded(str(raw)[:_MAX_FIELD])).split())


def decoded(raw: str) -> str:
    """Encoded words and raw bytes of a header as text."""
    if "=?" not in raw:
        return _bytes_as_text(raw)
    try:
        pieces = decode_header(raw)
    except (HeaderParseError, MessageError, ValueError, LookupError):
        return _bytes_as_text(raw)
    return "".join(_piece(part, charset) for part, charset in pieces)


def _piece(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return _bytes_as_text(part)
    return decode(part, charset or "utf-8")[0]


def _bytes_as_text(raw: str) -> str:
    """The parser keeps bytes that are no ASCII as surrogates: read them as UTF-8 or as Western European."""
    if raw.isascii():
        return raw
    return decode(raw.encode("utf-8", "surrogateescape"), "utf-8")[0]


def addresses(message: RawMessage, name: str) -> list[tuple[str, str]]:
    """Display name and address (lower case) of each mailbox in the headers `name`."""
    found: list[tuple[str, str]] = []
    for raw in (message.get_all(name) or [])[:20]:
        text = clean(_bytes_as_text(str(raw)[:_MAX_FIELD])).replace("\n", " ")
        if text.count("(") > 20:
            # The standard parser descends into comments by recursion.
            text = re.sub(r"[()]", " ", text)
        pairs = [(decoded(display), address) for display, address in getaddresses([text])]
        strict = [(" ".join(clean(display).split()), address.strip().lower()) for display, address in pairs]
        valid = [pair for pair in strict if _ADDRESS.fullmatch(pair[1])]
        found += valid or [("", match.lower()) for match in _ADDRESS.findall(text)]
    return found[:_MAX_VALUES]


def date(message: RawMessage) -> datetime | None:
    """The Date header in UTC; None when it is missing or unreadable. Without a zone it counts as UTC."""
    try:
        when = parsedate_to_datetime(field(message, "Date"))
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def message_ids(value: str) -> tuple[str, ...]:
    """Message ids in a header value, in order, each once."""
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(value)))[:_MAX_VALUES]


def return_path(message: RawMessage) -> str | None:
    """Where bounces go: lower case, empty for the null path `<>`, None without the header."""
    value = next(fields(message, "Return-Path"), None)
    return None if value is None else value.strip("<> ").lower()


def authentication(message: RawMessage, server: str | None = None) -> Authentication:
    """SPF, DKIM and DMARC verdicts of the receiving server.

    Only the topmost Authentication-Results header counts: the receiving server writes it above all that came with the
    message, and a sender can add as many others as he likes. With `server` only that authserv-id is believed.
    """
    value = field(message, "Authentication-Results")
    identifier = value.partition(";")[0].split()
    if server is not None and (not identifier or identifier[0].lower() != server.lower()):
        return Authentication()
    results: dict[str, set[Verdict]] = {}
    for method, result in _RESULT.findall(_without_comments(value)):
        results.setdefault(method.lower(), set()).add(_verdict(result.lower()))
    return Authentication(spf=_worst(results, "spf"), dkim=_best(results, "dkim"), dmarc=_worst(results, "dmarc"))


def _without_comments(value: str) -> str:
    """Comments and quoted strings may hold anything, also `dkim=pass`."""
    value = re.sub(r'"[^"]*"', "", value)
    for _ in range(10):
        value, count = _COMMENT.subn(" ", value)
        if not count:
            break
    return value


def _verdict(result: str) -> Verdict:
    if result == "pass":
        return "pass"
    return "fail" if result in {"fail", "softfail", "hardfail", "permerror", "policy", "reject"} else "none"


def _best(results: dict[str, set[Verdict]], method: str) -> Verdict:
    """One good signature of several is enough."""
    found = results.get(method, set())
    return "pass" if "pass" in found else _worst(results, method)


def _worst(results: dict[str, set[Verdict]], method: str) -> Verdict:
    found = results.get(method, set())
    return "fail" if "fail" in found else "pass" if found == {"pass"} else "none"
