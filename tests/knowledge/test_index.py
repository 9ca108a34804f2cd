"""What only the index on disk has to survive: other processes, kills, other models, damage."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from knowledge.embedding import HashingEmbedder
from knowledge.errors import IndexBusy, IndexDamaged
from knowledge.index import ChromaIndex, SharedChromaIndex
from knowledge.turns import Turns
from tests.knowledge.conftest import NOW, CountingEmbedder, line_to, passage, shared_index

ROOT = Path(__file__).parents[2]
WINDOW = "You can send an item back within 30 days of delivery."

CHILD = """
import sys
from pathlib import Path
from knowledge.index import ChromaIndex
from knowledge.embedding import HashingEmbedder
from tests.knowledge.conftest import passage
index = ChromaIndex(Path(sys.argv[1]), HashingEmbedder())
{body}
index.close()
"""


def start_child(path: Path, body: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", CHILD.format(body=body), str(path)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)


def run_child(path: Path, body: str) -> None:
    with start_child(path, body) as child:
        child.communicate()
    assert child.returncode == 0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def index(path: Path) -> Iterator[ChromaIndex]:
    opened = ChromaIndex(path, HashingEmbedder(), wait_seconds=0.2)
    yield opened
    opened.close()


def found(index: ChromaIndex, question: str) -> list[str]:
    return [hit.passage.id for hit in index.search(question, 5, NOW)]


def test_survives_closing(index: ChromaIndex) -> None:
    index.ingest([passage(WINDOW)])
    index.close()
    assert found(index, WINDOW) == ["returns@v1#window"]


def test_open_index_sees_what_another_process_wrote(index: ChromaIndex, path: Path) -> None:
    index.ingest([passage(WINDOW)])
    assert found(index, "ship to Canada") == ["returns@v1#window"]
    run_child(path, "index.ingest([passage('We ship to Canada.', document='shipping')])")
    assert found(index, "ship to Canada") == ["shipping@v1#window"]
    assert index.passage("returns@v1#window") is None


def test_two_open_indexes_in_one_process_see_each_other(index: ChromaIndex, path: Path) -> None:
    index.ingest([passage(WINDOW)])
    other = ChromaIndex(path, HashingEmbedder())
    other.ingest([passage("We ship to Canada.", document="shipping")])
    assert found(index, "ship to Canada") == ["shipping@v1#window"]
    other.close()


def test_second_process_is_refused_while_the_first_is_inside(index: ChromaIndex, path: Path) -> None:
    body = (
        "from knowledge.turns import Turns\n"
        "with Turns(Path(sys.argv[1], 'index.lock'), 1).turn():\n"
        "    print('inside', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", CHILD.format(body=body), str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"inside\n"
        with pytest.raises(IndexBusy, match=f"process {child.pid} "):
            index.search("anything", 1, NOW)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    # The lock died with its holder.
    assert index.search("anything", 1, NOW) == []


def test_killed_ingest_is_completed_by_the_next(index: ChromaIndex, path: Path) -> None:
    many = [passage(f"{WINDOW} Number {number}.", document=f"d{number}") for number in range(300)]
    body = (
        "index.ingest([passage('Old text.', document='old')])\nprint('go', flush=True)\n"
        f"index.ingest([passage(f'{WINDOW} Number {{n}}.', document=f'd{{n}}') for n in range(300)])"
    )
    with start_child(path, body) as child:
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(0.05)
        child.kill()
        child.wait()
    patient = ChromaIndex(path, HashingEmbedder())
    patient.ingest(many)
    assert patient.ingest(many).unchanged == tuple(sorted(each.id for each in many))
    assert found(patient, "Number 17")[0] == "d17@v1#window"
    assert patient.passage("old@v1#window") is None
    patient.close()


def test_another_model_embeds_again_by_itself(index: ChromaIndex, path: Path) -> None:
    index.ingest([passage(WINDOW), passage("We ship to Canada.", document="shipping")])
    index.close()
    other = CountingEmbedder(256)
    reopened = ChromaIndex(path, other)
    assert [hit.passage.id for hit in reopened.search("ship to Canada", 1, NOW)] == ["shipping@v1#window"]
    assert len(other.texts) == 5  # two passages, their titles, and the question
    assert reopened.ingest([passage(WINDOW)]).embedded == 0
    reopened.close()


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000], ids=["truncated", "garbage"])
def test_damaged_files_are_named_with_the_way_out(index: ChromaIndex, path: Path, content: bytes) -> None:
    index.ingest([passage(WINDOW)])
    index.close()
    (path / "chroma.sqlite3").write_bytes(content)
    with pytest.raises(IndexDamaged, match=r"Delete that folder and run `countersign knowledge ingest DIR`"):
        index.search("anything", 1, NOW)


def test_folder_that_is_a_file_is_a_clear_error(tmp_path: Path) -> None:
    file = tmp_path / "index"
    file.write_text("not a folder")
    with pytest.raises(IndexDamaged, match="cannot be used"):
        ChromaIndex(file, HashingEmbedder()).search("anything", 1, NOW)


def test_turns_are_counted_across_holders(tmp_path: Path) -> None:
    first, second = (Turns(tmp_path / "lock", 0.1) for _ in range(2))
    with first.turn():
        assert first.count_write() == 1
        with pytest.raises(IndexBusy), second.turn():
            pass
    with second.turn():
        assert second.counter() == 1
    first.close()
    second.close()


def test_two_processes_of_one_server_find_what_either_brought_in(chroma_server: str) -> None:
    embedder = CountingEmbedder()
    first, second = shared_index(chroma_server, embedder), SharedChromaIndex(chroma_server, embedder)
    with closing(first), closing(second):
        assert second.passages() == ()
        first.ingest([passage(WINDOW)])
        until = time.monotonic() + 10
        while not second.search("send back within 30 days", 3, NOW) and time.monotonic() < until:
            time.sleep(0.1)
        assert [hit.passage.text for hit in second.search("send back within 30 days", 3, NOW)] == [WINDOW]


def test_a_server_that_does_not_answer_is_tried_again_later() -> None:
    with closing(SharedChromaIndex("http://127.0.0.1:9", CountingEmbedder())) as index, pytest.raises(IndexBusy):
        index.search("anything", 3, NOW)


def test_a_server_that_falls_silent_is_waited_for_no_longer_than_said(chroma_server: str) -> None:
    """A machine that is gone breaks no connection: whoever waits for its answer would wait for ever."""
    shared_index(chroma_server, CountingEmbedder()).close()
    with line_to(chroma_server) as (url, cut):
        with closing(SharedChromaIndex(url, CountingEmbedder(), patience=1.5)) as index:
            index.ingest([passage(WINDOW)])
            assert index.search("send back within 30 days", 3, NOW)
            cut.set()
            with pytest.raises(IndexBusy):
                index.ingest([passage(WINDOW, version=2)])
        with closing(SharedChromaIndex(url, CountingEmbedder(), patience=1.5)) as late, pytest.raises(IndexBusy):
            late.passages()
