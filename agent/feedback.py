"""What a person made of a draft: how much of it left as it was drafted. Pure; the bars are data (`EditBars`).

Words are compared, not characters: the share that changed is one minus the longest common run of words in order over
the words of the longer text. A figure (an amount, a date, a number) that was put right is never a small edit.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from math import sqrt
from typing import Annotated

from pydantic import AwareDatetime, Field

from tools.commerce import Identifier, Noun

Z95 = 1.96
"""Standard deviations on either side of a 95 % interval."""
PERMILLE = 1_000


class EditClass(StrEnum):
    """How much of a draft was kept, from all of it to nothing."""

    UNCHANGED = "unchanged"
    MINOR = "minor"
    MAJOR = "major"
    DISCARDED = "discarded"


class Via(StrEnum):
    """How a text left the draft's card."""

    SENT = "sent"
    """Through the assistant, as it was or edited first."""
    INSERTED = "inserted"
    """Put into the helpdesk's own composer."""
    COPIED = "copied"
    BY_HAND = "by_hand"
    """A person's own reply in the helpdesk, after a draft had been offered."""


FINAL = (Via.SENT, Via.BY_HAND)
"""What really left. What was copied or inserted may have been changed afterwards, so it is in no share."""


class EditBars(Noun):
    """Where one class ends, in permille of words that changed: up to `minor` is minor, above `major` discarded."""

    minor: Annotated[int, Field(ge=0, le=PERMILLE)] = 150
    major: Annotated[int, Field(ge=0, le=PERMILLE)] = 600
    figures_are_major: bool = True
    """A changed amount, date or number says that a fact was wrong, however short it is."""


BARS = EditBars()


class Edit(Noun):
    """The difference between a draft and what became of it. `changed` is in permille of the words."""

    kind: EditClass
    changed: Annotated[int, Field(ge=0, le=PERMILLE)]
    kept_words: int
    draft_words: int
    final_words: int
    figures: bool = False
    """Whether an amount, a date or a number is another one."""


class Feedback(Noun):
    """What one person made of one draft. Texts are not kept, only what can be counted, and digests."""

    id: Identifier
    case_id: Identifier
    ticket_id: Identifier
    message_id: str
    """The customer's message that the draft answers."""
    intent: str
    person: Identifier
    via: Via
    edit: Edit
    draft_digest: str
    final_digest: str
    seconds_open: Annotated[float, Field(ge=0)] = 0.0
    """How long the draft was on the person's screen."""
    at: AwareDatetime


class Share(Noun):
    """A share of something with its 95 % interval (Wilson); from 0 to 1."""

    of: int
    hits: int
    share: float
    low: float
    high: float


def edit_of(draft: str, final: str, bars: EditBars = BARS) -> Edit:
    """How a draft became `final`. White space alone is no change; an empty `final` is a discarded draft."""
    before, after = words_of(draft), words_of(final)
    kept = longest_common(before, after)
    longest = max(len(before), len(after))
    changed = PERMILLE - kept * PERMILLE // longest if longest else 0
    figures = _figures(before) != _figures(after)
    kind = _class(changed, figures=figures, final=bool(after) or not before, bars=bars)
    sizes = {"kept_words": kept, "draft_words": len(before), "final_words": len(after)}
    return Edit(kind=kind, changed=changed, figures=figures, **sizes)


def _class(changed: int, *, figures: bool, final: bool, bars: EditBars) -> EditClass:
    if not final or changed > bars.major:
        return EditClass.DISCARDED
    if changed == 0:
        return EditClass.UNCHANGED
    small = changed <= bars.minor and not (figures and bars.figures_are_major)
    return EditClass.MINOR if small else EditClass.MAJOR


def words_of(text: str) -> list[str]:
    """The words of a text with the marks that cling to them; forms of one letter are one."""
    return unicodedata.normalize("NFC", text).split()


def _figures(words: Iterable[str]) -> Counter[str]:
    return Counter(word.strip(".,;:!?()[]\"'“”«»") for word in words if any(char.isdigit() for char in word))


def longest_common(before: Sequence[str], after: Sequence[str]) -> int:
    """The length of the longest common subsequence.

    Rows of the table are bits of one number (Hyyrö 2004): texts of thousands of words take milliseconds, whatever is
    in them.
    """
    places: dict[str, int] = {}
    for at, word in enumerate(before):
        places[word] = places.get(word, 0) | 1 << at
    mask = (1 << len(before)) - 1
    row = mask
    for word in after:
        common = row & places.get(word, 0)
        row = ((row + common) | (row - common)) & mask
    return len(before) - row.bit_count()


def digest_of_text(text: str) -> str:
    """sha256 of the words of a text: the same for what differs in white space alone."""
    return hashlib.sha256(" ".join(words_of(text)).encode()).hexdigest()


def feedback_id(case_id: str, message_id: str, person: str, via: Via) -> str:
    """One person's word on one draft: who inserts the same draft again replaces what they said before."""
    return "fb-" + hashlib.sha256("\n".join((case_id, message_id, person, via.value)).encode()).hexdigest()[:16]


def share_of(hits: int, of: int) -> Share:
    """A share with its Wilson interval; nothing of nothing is 0 to 1."""
    if of == 0:
        return Share(of=0, hits=0, share=0.0, low=0.0, high=1.0)
    share, square = hits / of, Z95 * Z95
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z95 / (1 + square / of) * sqrt(share * (1 - share) / of + square / (4 * of * of))
    low, high = round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4)
    return Share(of=of, hits=hits, share=round(share, 4), low=low, high=high)


class IntentFeedback(Noun):
    """What people made of the drafts about one intent."""

    intent: str
    counts: dict[EditClass, int]
    unchanged: Share


def by_intent(counts: Mapping[str, Mapping[str, int]]) -> list[IntentFeedback]:
    """The table by intent, the most used first, from counts by intent and class."""
    rows = [_row(intent, found) for intent, found in counts.items()]
    return sorted(rows, key=lambda row: (-row.unchanged.of, row.intent))


def _row(intent: str, found: Mapping[str, int]) -> IntentFeedback:
    counts = {kind: found.get(kind.value, 0) for kind in EditClass}
    return IntentFeedback(
        intent=intent, counts=counts, unchanged=share_of(counts[EditClass.UNCHANGED], sum(counts.values()))
    )
