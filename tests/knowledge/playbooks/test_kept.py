"""A checked book is kept between starts; a kept book that is not exactly the one that would be made is never used."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from agent.limits import load_limits
from agent.reasoners.vocabulary import vocabulary
from knowledge.playbooks import (
    Engine,
    ExpressionError,
    PlaybookBook,
    PlaybooksInvalid,
    Vocabulary,
    load_kept_playbooks,
    load_playbooks,
)
from knowledge.playbooks.kept import MAX_BYTES, keep_book, key_of, read_book
from knowledge.playbooks.schema import Macro, digest_of
from server.settings import SOURCES
from tests.knowledge.playbooks.test_validator import MACROS, PLAYBOOK, WORDS, write


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "macros").mkdir()
    write(tmp_path)
    return tmp_path


def load(shop: Path, words: Vocabulary = WORDS) -> PlaybookBook:
    return load_kept_playbooks(shop / "playbooks", shop / "macros", words, shop / "data" / "kept")


def key(shop: Path, words: Vocabulary = WORDS) -> str:
    return key_of(shop / "playbooks", shop / "macros", words)


def plant(shop: Path, said: str, under: str = "") -> PlaybookBook:
    """Keep a book that says something else, sealed as ours are: whether it is read shows in what is said."""
    book = load_playbooks(shop / "playbooks", shop / "macros", WORDS)
    ask = Macro(name="ask", texts={"en": said})
    macros = {"not_received": {**book.macros["not_received"], "ask": ask}}
    other = PlaybookBook(playbooks=book.playbooks, macros=macros, digest=digest_of(book.playbooks, macros))
    keep_book(shop / "data" / "kept", under or key(shop), other)
    return other


def asks(book: PlaybookBook) -> str:
    return book.macro("ask", "not_received").text("en")


def test_the_second_start_reads_what_the_first_one_checked(shop: Path) -> None:
    first = load(shop)
    assert read_book(shop / "data" / "kept", key(shop)) == first == load(shop)
    planted = plant(shop, "Kept.")
    assert load(shop) == planted


def test_the_shipped_book_comes_back_as_it_was(tmp_path: Path) -> None:
    words = vocabulary(load_limits(SOURCES / "limits.yaml"))
    made = load_kept_playbooks(SOURCES / "playbooks", SOURCES / "macros", words, tmp_path / "kept")
    again = read_book(tmp_path / "kept", key_of(SOURCES / "playbooks", SOURCES / "macros", words))
    assert again == made
    assert list(made.playbooks) == list(again.playbooks if again else ())


def test_an_edited_playbook_or_macro_counts_at_the_next_start(shop: Path) -> None:
    load(shop)
    write(shop, macros=MACROS.replace("Which order", "What order"))
    assert asks(load(shop)) == "What order is it?"
    write(shop, playbook=PLAYBOOK.replace("Believe the customer", "Ask the customer"))
    assert load(shop).get("not_received").prose == "Ask the customer first."


def test_a_file_more_or_less_or_renamed_counts(shop: Path) -> None:
    known = {key(shop)}
    (shop / "macros" / "shared.yaml").write_text(MACROS, encoding="utf-8")
    known.add(key(shop))
    (shop / "macros" / "shared.yaml").rename(shop / "macros" / "other.yaml")
    known.add(key(shop))
    (shop / "macros" / "other.yaml").unlink()
    assert len(known) == 3
    assert key(shop) in known


def test_a_fault_is_told_at_every_start_and_never_kept(shop: Path) -> None:
    load(shop)
    write(shop, playbook=PLAYBOOK.replace("queue: shipping", "queue: shiping"))
    for _ in range(2):
        with pytest.raises(PlaybooksInvalid, match="unknown queue shiping"):
            load(shop)
    write(shop)
    assert asks(load(shop)) == "Which order is it?"


@pytest.mark.parametrize(
    "words",
    [
        replace(WORDS, lookups=WORDS.lookups | {"stock"}),
        replace(WORDS, actions={**WORDS.actions, "hold_order": frozenset()}),
        replace(WORDS, actions={**WORDS.actions, "refund_order": frozenset({"order_id"})}),
        replace(WORDS, objects={**WORDS.objects, "order": frozenset({"number"})}),
        replace(WORDS, lists={}),
        replace(WORDS, variables=frozenset({"today"})),
        replace(WORDS, promises={}),
        replace(WORDS, anchors=None),
        replace(WORDS, anchors=frozenset({"shipping#tracking"})),
        replace(WORDS, intents=frozenset({"not_received"})),
        replace(WORDS, languages=("de", "en")),
        replace(WORDS, queues=WORDS.queues | {"legal"}),
    ],
)
def test_other_words_make_another_book(shop: Path, words: Vocabulary) -> None:
    assert key(shop, words) != key(shop)


def test_what_the_program_no_longer_knows_is_refused_although_a_book_is_kept(shop: Path) -> None:
    load(shop)
    with pytest.raises(PlaybooksInvalid, match="unknown action open_carrier_trace"):
        load(shop, replace(WORDS, actions={}))


def test_another_version_of_the_program_makes_another_book(shop: Path) -> None:
    (shop / "checker.py").write_text("LIMIT = 1\n")
    before = key_of(shop / "playbooks", shop / "macros", WORDS, [shop])
    (shop / "checker.py").write_text("LIMIT = 2\n")
    assert before
    assert key_of(shop / "playbooks", shop / "macros", WORDS, [shop]) != before
    assert key_of(shop / "playbooks", shop / "macros", WORDS, [shop / "macros"]) == ""


def test_a_book_under_another_key_is_not_read(shop: Path) -> None:
    plant(shop, "Kept.", under="0" * 64)
    assert asks(load(shop)) == "Which order is it?"


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut off": lambda kept: kept[: len(kept) // 2],
    "no seal": lambda kept: kept.partition(b"\n")[2],
    "one letter": lambda kept: kept.replace(b"Which order", b"What  order"),
    "more behind": lambda kept: kept + b" ",
    "not text": lambda _: bytes(range(256)) * 9,
    "a pickle": lambda _: b"cos\nsystem\n(S'touch hacked'\ntR.",
    "a seal alone": lambda kept: kept.partition(b"\n")[0],
    "sealed nonsense": lambda kept: kept[:64] + b" " + hashlib.sha256(b"[]").hexdigest().encode() + b"\n[]",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_book_is_noticed_and_made_again(shop: Path, damage: str) -> None:
    plant(shop, "Which order of Kept.")
    kept = shop / "data" / "kept"
    kept.write_bytes(DAMAGE[damage](kept.read_bytes()))
    assert asks(load(shop)) == "Which order is it?"
    assert read_book(kept, key(shop)) == load_playbooks(shop / "playbooks", shop / "macros", WORDS)


def test_a_book_whose_digest_is_not_that_of_its_content_is_not_read(shop: Path) -> None:
    book = load_playbooks(shop / "playbooks", shop / "macros", WORDS)
    keep_book(shop / "data" / "kept", key(shop), book.model_copy(update={"digest": "0" * 64}))
    assert load(shop).digest == book.digest


def test_an_enormous_file_is_not_even_read(shop: Path) -> None:
    load(shop)
    with (shop / "data" / "kept").open("r+b") as file:
        file.truncate(MAX_BYTES + 1)
    assert read_book(shop / "data" / "kept", key(shop)) is None


def test_who_can_write_the_file_cannot_run_code(shop: Path) -> None:
    """Not even with a seal that fits: the engine checks the language again."""
    planted = plant(shop, "{{ ''.__class__.__mro__[1].__subclasses__() }}")
    assert load(shop) == planted
    with pytest.raises(ExpressionError):
        Engine("UTC").render(asks(planted), {}, "en")


@pytest.mark.parametrize("place", ["file/kept", "folder"])
def test_a_place_that_cannot_be_written_costs_time_alone(shop: Path, place: str) -> None:
    (shop / "file").write_text("in the way")
    (shop / "folder" / "in the way").mkdir(parents=True)
    for _ in range(2):
        book = load_kept_playbooks(shop / "playbooks", shop / "macros", WORDS, shop / place)
        assert asks(book) == "Which order is it?"
    assert not list(shop.glob("*.part"))


def test_a_missing_folder_is_told_as_ever(shop: Path) -> None:
    with pytest.raises(PlaybooksInvalid, match="there is no such folder"):
        load_kept_playbooks(shop / "playbooks", shop / "elsewhere", WORDS, shop / "kept")
    assert not (shop / "kept").exists()


WRITER = """
import sys
from pathlib import Path
from tests.knowledge.playbooks.test_kept import WORDS, key_of, keep_book, load_playbooks, read_book
shop = Path(sys.argv[1])
files = (shop / "playbooks", shop / "macros", WORDS)
key, book = key_of(*files), load_playbooks(*files)
for _ in range(200):
    keep_book(shop / "data" / "kept", key, book)
    assert read_book(shop / "data" / "kept", key) == book
print(key)
"""


def test_two_processes_never_see_half_a_book_and_agree_on_its_key(shop: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(shop)]
    seeds = ("1", "2")  # sets have another order in each
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONHASHSEED": seed}) for seed in seeds
    ]
    said = [process.communicate(timeout=60)[0].decode().strip() for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert said == [key(shop), key(shop)]
    assert [path.name for path in (shop / "data").iterdir()] == ["kept"]
