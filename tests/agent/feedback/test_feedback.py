"""How much of a draft was kept: classes, bars, and an exact difference of words at any size."""

from __future__ import annotations

import time
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.feedback import EditBars, EditClass, by_intent, edit_of, longest_common, share_of

DRAFT = (
    "Hello Mia, your parcel #1042 was handed to DHL on November 3 and is on its way. It should be with you by Friday. "
    "If it is not there by then, write to us and we look for it together. Best wishes, Alder & Wren"
)
WORDS = st.lists(st.sampled_from("the a parcel is on its way #1042 $39.00 Friday".split()), max_size=24)


@pytest.mark.parametrize(
    ("final", "kind"),
    [
        (DRAFT, EditClass.UNCHANGED),
        (DRAFT.replace(". ", ".\n\n"), EditClass.UNCHANGED),
        (DRAFT.replace("Best wishes", "Warm regards"), EditClass.MINOR),
        (DRAFT.replace("#1042", "#1043"), EditClass.MAJOR),
        (DRAFT.replace("November 3", "November 4"), EditClass.MAJOR),
        (DRAFT.partition(" If it")[0], EditClass.MAJOR),
        ("Dear Mia, I have just phoned the carrier myself; your neighbour Mr Olsen has it.", EditClass.DISCARDED),
        ("", EditClass.DISCARDED),
    ],
)
def test_classes(final: str, kind: EditClass) -> None:
    assert edit_of(DRAFT, final).kind is kind


def test_the_bars_are_data() -> None:
    changed = DRAFT.replace("#1042", "#1043")
    assert edit_of(DRAFT, changed, EditBars(figures_are_major=False)).kind is EditClass.MINOR
    assert edit_of(DRAFT, changed, EditBars(minor=0, major=0)).kind is EditClass.DISCARDED


def _plain(before: list[str], after: list[str]) -> int:
    @cache
    def common(at: int, other: int) -> int:
        if at == len(before) or other == len(after):
            return 0
        if before[at] == after[other]:
            return 1 + common(at + 1, other + 1)
        return max(common(at + 1, other), common(at, other + 1))

    return common(0, 0)


@given(WORDS, WORDS)
def test_the_difference_is_the_textbook_one_and_the_same_both_ways(before: list[str], after: list[str]) -> None:
    assert longest_common(before, after) == _plain(before, after) == longest_common(after, before)


@given(WORDS, WORDS)
def test_an_edit_is_unchanged_exactly_when_the_words_are(before: list[str], after: list[str]) -> None:
    edit = edit_of(" ".join(before), " ".join(after))
    assert (edit.kind is EditClass.UNCHANGED) is (before == after)
    assert 0 <= edit.changed <= 1_000
    assert edit.changed == edit_of(" ".join(after), " ".join(before)).changed


@given(WORDS, WORDS, WORDS)
def test_more_added_words_never_make_a_smaller_change(draft: list[str], more: list[str], most: list[str]) -> None:
    some, every = edit_of(" ".join(draft), " ".join([*draft, *more])), [*draft, *more, *most]
    assert some.changed <= edit_of(" ".join(draft), " ".join(every)).changed


def test_a_hostile_text_of_the_largest_size_takes_no_time() -> None:
    began = time.process_time()
    edit_of("a " * 10_000, "a b " * 5_000)
    assert time.process_time() - began < 1


def test_a_share_has_an_interval() -> None:
    assert share_of(0, 0).high == 1
    found = share_of(8, 10)
    assert (found.low, found.high) == (0.4902, 0.9433)  # Wilson, by hand
    (first, second) = by_intent({"thanks": {"minor": 1}, "order_status": {"unchanged": 3, "discarded": 1}})
    assert (first.intent, first.unchanged.share, second.unchanged.hits) == ("order_status", 0.75, 0)
