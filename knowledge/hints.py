"""A quick look before a slow search: a text without any of a few words cannot hold what is searched.

It decides nothing, so it errs towards searching.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

# Others have letters that an expression without case takes for these: the Kelvin sign, the long s, the dotless i.
_USUAL = re.compile("[\x00-\xff\u2010-\u2026\u202f\u20ac]*")


@lru_cache(maxsize=64)
def lowered(text: str) -> str:
    """Lower case; empty for a text whose letters an expression without case may compare otherwise."""
    return text.lower() if _USUAL.fullmatch(text) else ""


def may_hold(text: str, hints: Iterable[str]) -> bool:
    """Whether one of the hints (lower case) stands in a text, whatever its case. A strange text may hold any."""
    lower = lowered(text)
    if not lower:
        return bool(text)
    # A plain loop: a generator takes three times as long.
    for hint in hints:  # noqa: SIM110
        if hint in lower:
            return True
    return False
