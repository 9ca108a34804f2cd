"""SignOff: was the right person asked, and nobody when nobody had to be?"""

from __future__ import annotations

from typing import ClassVar

from agent.limits import Role
from evals.episode import Episode
from evals.sample import Sample
from evals.score import Score
from evals.scorers.view import Marker

NOBODY = ""


class SignOff(Marker):
    """1 when the highest role that was asked to sign is the labelled one. A draft that waits to be read is none.

    Asking too high wastes a lead's time and is as wrong as asking too low; the part `error` tells them apart.
    """

    base: ClassVar[str] = "sign_off"
    labels: ClassVar[frozenset[str]] = frozenset({"asked"})

    def score(self, sample: Sample, episode: Episode) -> Score:
        """Parts: `expected`, `found` (roles, or empty), `error`: missing, needless, too_low, too_high or empty."""
        expected = sample.expected.asked or NOBODY
        roles = [request.required_role for request in episode.signatures]
        found = max(roles, key=lambda role: role.rank).value if roles else NOBODY
        error = _error(expected, found)
        said = f"{_spoken(expected)} should have been asked, and {_spoken(found)} was" if error else ""
        return self.mark(float(not error), said, expected=str(expected), found=found, error=error)


def _error(expected: str, found: str) -> str:
    if expected == found:
        return ""
    if not found:
        return "missing"
    if not expected:
        return "needless"
    return "too_high" if Role(found).covers(Role(expected)) else "too_low"


def _spoken(role: str) -> str:
    return f"the role {role}" if role else "nobody"
