"""Signed deliveries: what proves that a source sent them, and when they count as new. Pure.

The source sends `X-Countersign-Timestamp` (seconds since 1970 UTC) and `X-Countersign-Signature: v1=HEX`, the
HMAC-SHA256 of `TIMESTAMP.BODY` under its secret, in which BODY is exactly the bytes that are sent. Two signatures with
a comma between may come while a secret is changed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

WINDOW = timedelta(minutes=5)
"""How far the timestamp may be from our clock, to either side."""
MOST_BYTES = 1_048_576
_SECONDS = re.compile(r"\d{1,11}")
_ESCAPES = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_NOBODY = ("no such source, but it takes as long to say so",)


class DeliveryOutcome(StrEnum):
    """What became of a delivery; the names are those of the counter in /metrics."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    FORGED = "forged"
    STALE = "stale"
    REPLAYED = "replayed"
    OVERSIZED = "oversized"
    MALFORMED = "malformed"
    CONFLICT = "conflict"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What a source puts into its header: `v1=` and 64 hex digits."""
    content = timestamp.encode() + b"." + body
    return "v1=" + hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


def proven(secrets: Sequence[str], timestamp: str, body: bytes, offered: str) -> bool:
    """Whether one of the signatures offered is that of one of the secrets. Takes as long for a source without any."""
    given = [part.strip().encode("utf-8", "replace") for part in offered.split(",", 4)[:4]]
    expected = [signature(secret, timestamp, body).encode() for secret in secrets or _NOBODY]
    same = [hmac.compare_digest(one, other) for one in given for other in expected]
    return any(same) and bool(secrets)


def in_time(timestamp: str, now: datetime) -> bool:
    """Whether the timestamp is within WINDOW of `now`."""
    if not _SECONDS.fullmatch(timestamp):
        return False
    return abs(datetime.fromtimestamp(int(timestamp), UTC) - now) <= WINDOW


def whole(body: bytes) -> bytes:
    """The body with each half of a character as U+FFFD: a text that was cut in the middle of an emoji ends in one.

    JSON may escape such a half, and no text can hold it: the ticket would be refused however often it is sent.
    """
    return _ESCAPES.sub(lambda found: b"\\ufffd" if found["half"] else found[0], body)


def content_of(body: bytes) -> str:
    """What a delivery says, in 64 hex digits: the same id with another content is a mistake of the sender."""
    return hashlib.sha256(body).hexdigest()


def signed_content(timestamp: str, body: bytes) -> str:
    """What was signed, whichever secret signed it: the same again is a replay."""
    return hashlib.sha256(timestamp.encode() + b"." + body).hexdigest()
