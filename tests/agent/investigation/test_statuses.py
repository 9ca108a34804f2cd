"""Which lines of an order have a fault, where a message says of each whether it has one."""

from __future__ import annotations

import time

import pytest

from agent.investigation.statuses import Reader
from tests.agent.investigation.test_kept import COVER, CUP, SOCK, THREE, meant

MISSING, DAMAGED, WRONG = "missing_item", "damaged_item", "wrong_item"


@pytest.mark.parametrize(
    ("text", "intent", "language", "titles"),
    [
        ("there are no socks in 2145, just mug and pillow case. could you post them to me", MISSING, "en", {SOCK}),
        ("mug wasn't in the box, just the cushion thing and the socks. please send it on.", MISSING, "en", {CUP}),
        ("mug missing!! only the cushion cover and socks in there, box was sealed", MISSING, "en", {CUP}),
        ("Tout y était sauf la tasse. Pouvez-vous l'envoyer ?", MISSING, "fr", {CUP}),
        ("die socken waren nicht dabei, becher und kissenhülle schon", MISSING, "de", {SOCK}),
        ("Me falta la taza, el resto vino bien. ¿Me la enviáis?", MISSING, "es", {CUP}),
        (
            "A mug and a cushion cover I find in it, and no socks, and I looked under the piano as well.",
            MISSING,
            "en",
            {SOCK},
        ),
        ("one cushion cover, one pair of socks, a great deal of paper, and no mug.", MISSING, "en", {CUP}),
        ("cushion's here, socks are here, mug isnt. can u send the mug?", MISSING, "en", {CUP}),
        ("Everything was there except the socks", MISSING, "en", {SOCK}),
        ("All but the mug arrived", MISSING, "en", {CUP}),
        ("Mug and socks arrived. Cushion cover didn't.", MISSING, "en", {COVER}),
        ("got mug, got socks, no cover", MISSING, "en", {COVER}),
        ("The cover isn't there. I have the mug and the socks only", MISSING, "en", {COVER}),
        ("I got the mug and the cover but the socks never made it into the box", MISSING, "en", {SOCK}),
        ("Where are my socks? The mug and the cushion cover were in the parcel.", MISSING, "en", {SOCK}),
        ("Socken da, Becher da, Kissenhülle fehlt", MISSING, "de", {COVER}),
        ("Becher und Socken waren drin, von der Kissenhülle keine Spur", MISSING, "de", {COVER}),
        ("Nur der Becher und die Socken waren im Paket.", MISSING, "de", {COVER}),
        ("les chaussettes et la housse de coussin sont arrivées mais pas la tasse", MISSING, "fr", {CUP}),
        ("Il n'y avait que la tasse et les chaussettes", MISSING, "fr", {COVER}),
        ("Han llegado la taza y los calcetines, pero la funda de cojín no.", MISSING, "es", {COVER}),
        ("Solo venían la taza y la funda de cojín", MISSING, "es", {SOCK}),
        ("The box held the mug and the socks. I also paid for a cushion cover.", MISSING, "en", {COVER}),
        ("I opened it: mug yes, socks yes, cushion cover no.", MISSING, "en", {COVER}),
        ("mug ✓ socks ✓ cover ✗", MISSING, "en", {COVER}),
        ("Two of the three things came. The mug is not among them.", MISSING, "en", {CUP}),
        ("socks + cover received, mug not received", MISSING, "en", {CUP}),
        ("I unpacked a mug and a pair of socks; the cushion cover must still be with you", MISSING, "en", {COVER}),
        ("The cushion cover: lovely. The socks: on. The mug: broken.", DAMAGED, "en", {CUP}),
        (
            "les chaussettes sont décousues au bout, neuves pourtant. housse de coussin et tasse nickel",
            DAMAGED,
            "fr",
            {SOCK},
        ),
        ("La tasse a une fêlure qui fait tout le tour. Le reste, rien à signaler.", DAMAGED, "fr", {CUP}),
        (
            "Rien à dire sur la housse de coussin ni sur les chaussettes. La tasse est fendue et goutte.",
            DAMAGED,
            "fr",
            {CUP},
        ),
        ("mug cracked, cover ok, socks ok", DAMAGED, "en", {CUP}),
        ("The mug arrived with the handle off. Cover and socks are great.", DAMAGED, "en", {CUP}),
        ("Socks have a hole in the toe. No complaints about the mug or the cushion cover.", DAMAGED, "en", {SOCK}),
        ("Becher hat einen Sprung, Socken und Kissenhülle sind super", DAMAGED, "de", {CUP}),
        ("Die Socken sind top, die Kissenhülle auch, nur der Becher ist hin.", DAMAGED, "de", {CUP}),
        ("La taza llegó rota. Los calcetines y la funda de cojín, perfectos.", DAMAGED, "es", {CUP}),
        ("the cover's seam has come undone. mug's good, socks are good", DAMAGED, "en", {COVER}),
        (
            "Becher richtig, Kissenhülle richtig, aber statt meiner Socken habe ich die Socken von jemand anderem.",
            WRONG,
            "de",
            {SOCK},
        ),
        ("tout va bien sauf les chaussettes : reçues en L au lieu de M.", WRONG, "fr", {SOCK}),
        ("cushion cover in the wrong colour, mug and socks as ordered", WRONG, "en", {COVER}),
        ("Right mug, right socks, wrong cushion cover.", WRONG, "en", {COVER}),
        ("missing: mug and socks. the cover came.", MISSING, "en", {CUP, SOCK}),
        ("neither mug nor socks, only the cover", MISSING, "en", {CUP, SOCK}),
        ("I only got the cover", MISSING, "en", {CUP, SOCK}),
        ("the cover arrived, nothing else did", MISSING, "en", {CUP, SOCK}),
    ],
)
def test_who_says_what_came_and_what_did_not_is_not_asked_again(
    text: str, intent: str, language: str, titles: set[str]
) -> None:
    found, certain = meant(text, intent, language=language)
    assert (set(found), certain) == (titles, True)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Taza y calcetines llegaron, la funda no", "es"),
        ("Becher da, Socken da, Hülle fehlt", "de"),
        ("tout y était sauf la housse", "fr"),
    ],
)
def test_a_cover_is_called_by_its_short_name_too(text: str, language: str) -> None:
    assert meant(text, MISSING, language=language) == ([COVER], True)


@pytest.mark.parametrize(
    "text",
    [
        "I'd expected a mug, socks and a cushion cover. That isn't what I have.",
        "something is missing from my order",
        "mug, socks, cover. one of them isn't there, guess which",
        "I ordered a mug, socks and a cushion cover and one is missing",
    ],
)
def test_half_a_picture_is_asked_about(text: str) -> None:
    assert meant(text)[1] is False


@pytest.mark.parametrize(
    ("text", "titles"),
    [("Everything but the socks goes back", {COVER, CUP}), ("I'm returning all of it save... no, just the mug", {CUP})],
)
def test_what_is_left_out_of_a_return_stays(text: str, titles: set[str]) -> None:
    assert set(meant(text, "return_request")[0]) == titles


@pytest.mark.parametrize(
    "piece", ["mug and socks, ", "only the mug ", "all but the mug ", "no mug. ", "n'y avait que "]
)
def test_hostile_text_takes_little_time(piece: str) -> None:
    began = time.process_time()
    for missing in (True, False):
        Reader(lines=THREE, language="en", missing=missing).concerned(piece * 2_000)
    assert time.process_time() - began < 2
