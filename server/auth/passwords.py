"""Passwords: argon2id, and at most a few at a time, because each takes 64 MiB while it is worked on."""

from __future__ import annotations

import secrets
from collections.abc import Generator
from contextlib import contextmanager
from functools import cached_property
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from server.auth.accounts import AccountRefused

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LEAST, MOST = 12, 200
AT_ONCE = 2
PATIENCE = 5.0
"""Seconds that a sign-in waits for its turn."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class TooBusy(Exception):
    """More people sign in than this machine can check at once."""


class Passwords:
    """Hashes and checks. The defaults are RFC 9106's second choice: 3 passes over 64 MiB in 4 lanes."""

    def __init__(self, passes: int = 3, memory_kib: int = 65_536, lanes: int = 4) -> None:
        self._cost = (passes, memory_kib, lanes)
        self._turns = BoundedSemaphore(AT_ONCE)

    @cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher

        return PasswordHasher(*self._cost)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe(16))

    def hash(self, password: str) -> str:
        """What the database keeps."""
        with self._turn():
            return self._hasher.hash(password)

    def check(self, kept: str, password: str) -> bool:
        """Whether it is the one. An account without a password costs the same time, so that nobody can tell."""
        from argon2.exceptions import InvalidHashError, VerificationError

        with self._turn():
            try:
                right = self._hasher.verify(kept or self._nobodys, password[: MOST + 1])
            except (VerificationError, InvalidHashError):
                return False
        return right and bool(kept)

    def outdated(self, kept: str) -> bool:
        """Whether it was hashed with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

    @contextmanager
    def _turn(self) -> Generator[None]:
        if not self._turns.acquire(timeout=PATIENCE):
            raise TooBusy("too many people sign in at this moment; try again in a few seconds")
        try:
            yield
        finally:
            self._turns.release()


def random_password() -> str:
    """Four groups that a person can type: 98 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


def must_be_good(password: str, *known: str) -> None:
    """Raises AccountRefused for a password that is short, of few signs, or made of what everybody knows about them."""
    if not LEAST <= len(password) <= MOST:
        raise _weak(f"a password needs {LEAST} to {MOST} signs; a few unrelated words are best")
    if len(set(password)) < 6:
        raise _weak("that password repeats a few signs; a few unrelated words are best")
    rest = password.casefold()
    for word in sorted((name.casefold() for name in known if len(name) > 3), key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(rest) < 6:
        raise _weak("that password is made of your name or address; a few unrelated words are best")


def _weak(message: str) -> AccountRefused:
    return AccountRefused("password-weak", message)
