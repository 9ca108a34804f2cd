"""Fences around everything that strangers wrote, before a model reads it.

Every line of a fenced text begins with a bar and a blank. A text cannot leave its fence, because whatever it writes is
on such a line too; no secret marker has to be guessed, and the same text always gives the same prompt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from pydantic import JsonValue

BAR = "| "
LONGEST = 6_000
"""Characters of one fenced text; what is longer is cut, and the cut is said."""
# Everything that does not show, or that turns the reading direction: it can only be there to mislead.
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_BLANKS = re.compile(r"[^\S\n]+")
_GAPS = re.compile(r"\n{3,}")
SECRETS = frozenset("credit_card iban bank_account ssn password secret private_key crypto_wallet".split())
"""What no answer ever needs: it is masked before a text leaves for a model."""


def fence(text: str, longest: int = LONGEST) -> str:
    """The text behind bars: hidden characters gone, payment data and secrets masked, cut where it is too long."""
    shown = _tidy(_masked(text[: 2 * longest]))
    cut = len(shown) > longest or len(text) > 2 * longest
    lines = shown[:longest].splitlines() or [""]
    if cut:
        lines.append("[the rest is cut]")
    return "\n".join(f"{BAR}{line}" for line in lines)


def fenced_data(rows: Iterable[Mapping[str, JsonValue]]) -> str:
    """One JSON object a line, behind bars. A value cannot end its line: JSON escapes line breaks."""
    lines = (json.dumps(row, ensure_ascii=False, separators=(", ", ": ")) for row in rows)
    return "\n".join(f"{BAR}{_HIDDEN.sub('', _one_line(line))}" for line in lines)


def _one_line(text: str) -> str:
    return " ".join(text.splitlines())


def _tidy(text: str) -> str:
    plain = "\n".join(_HIDDEN.sub("", text).splitlines())
    return _GAPS.sub("\n\n", _BLANKS.sub(" ", plain)).strip()


@lru_cache(maxsize=256)
def _masked(text: str) -> str:
    from agent.redaction import find_pii
    from agent.redaction.spans import mask

    return mask(text, [span for span in find_pii(text) if span.type.value in SECRETS])
