"""Random tokens, and what is kept of them: a hash, because 256 random bits cannot be guessed back."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

KEY_PREFIX = "cs_"
_KEY = re.compile(r"cs_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


def new_token() -> str:
    """256 random bits, safe in a cookie and in an address."""
    return secrets.token_urlsafe(32)


def kept(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether both are the same, in a time that does not tell how much of them is."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def csrf_of(token: str) -> str:
    """What the forms of a session carry. Made from the cookie's token, which no other site can read."""
    return hmac.digest(token.encode("utf-8", "surrogatepass"), b"csrf", "sha256").hex()


def new_key() -> tuple[str, str]:
    """The prefix of a new API key, and the whole key, which is shown once."""
    prefix = secrets.token_hex(6)
    return prefix, f"{KEY_PREFIX}{prefix}_{new_token()}"


def prefix_of(key: str) -> str:
    """The prefix of what looks like a key; empty for anything else."""
    found = _KEY.fullmatch(key)
    return found[1] if found else ""


def sign_in_id() -> str:
    """Names a session where a person looks at theirs; it opens nothing."""
    return secrets.token_hex(6)
