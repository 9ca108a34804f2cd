"""Words that help the author of a playbook put a fault right."""

from collections.abc import Iterable
from difflib import get_close_matches

MAX_LISTED = 12


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean order?`, or the known names when there are few, or nothing."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; known: {', '.join(names)}" if 0 < len(names) <= MAX_LISTED else ""
