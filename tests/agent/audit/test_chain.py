"""Whatever somebody does to the log, the check names the first entry that is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from agent.audit import GENESIS, AuditEntry, AuditHead, AuditNote, Fault, chain, hash_of, head_after, verify
from agent.testing import NOON, InMemoryAudit
from server.db.database import Database


def log(size: int) -> tuple[list[AuditEntry], AuditHead]:
    audit = InMemoryAudit()
    for number in range(size):
        note = AuditNote(
            at=NOON + timedelta(minutes=number), actor="dana", event=f"event-{number}", payload={"n": number}
        )
        audit.append(note)
    return list(audit.entries()), audit.head()


def test_a_whole_log_is_unbroken() -> None:
    for size in (0, 1, 5):
        report = verify(*log(size))
        assert (report.ok, report.count, report.seq) == (True, size, None)


def test_the_empty_log_starts_from_nothing() -> None:
    assert AuditHead().hash == GENESIS == "0" * 64


@pytest.mark.parametrize("field", ["at", "actor", "event", "case_id", "payload", "prev_hash", "hash"])
@pytest.mark.parametrize("place", [0, 2, 4])
def test_an_edited_entry_is_named(field: str, place: int) -> None:
    entries, head = log(5)
    value = NOON + timedelta(seconds=1) if field == "at" else "x"
    entries[place] = entries[place].model_copy(update={field: value})
    report = verify(entries, head)
    assert (report.ok, report.seq, report.fault) == (False, place + 1, Fault.EDITED)
    assert f"entry {place + 1} was changed" in report.message


def test_an_entry_rewritten_with_its_hash_breaks_the_next() -> None:
    entries, head = log(5)
    entries[2] = rehashed(entries[2], actor="mallory")
    report = verify(entries, head)
    assert (report.seq, report.fault) == (4, Fault.BROKEN_LINK)


def test_the_last_entry_rewritten_with_its_hash_is_not_the_head() -> None:
    entries, head = log(5)
    entries[4] = rehashed(entries[4], actor="mallory")
    report = verify(entries, head)
    assert (report.ok, report.seq, report.fault) == (False, 5, Fault.HEAD_CHANGED)


@pytest.mark.parametrize("place", [0, 2])
def test_a_deleted_entry_is_named(place: int) -> None:
    entries, head = log(5)
    del entries[place]
    report = verify(entries, head)
    assert (report.seq, report.fault) == (place + 1, Fault.MISSING)


@pytest.mark.parametrize("left", [0, 1, 4])
def test_a_tail_that_was_cut_off_shows(left: int) -> None:
    entries, head = log(5)
    report = verify(entries[:left], head)
    assert (report.ok, report.seq, report.fault) == (False, left + 1, Fault.TRUNCATED)


def test_swapped_entries_are_named() -> None:
    entries, head = log(5)
    entries[1], entries[2] = entries[2], entries[1]
    report = verify(entries, head)
    assert (report.seq, report.fault) == (2, Fault.MISSING)


def test_an_inserted_entry_is_named() -> None:
    entries, head = log(5)
    entries.insert(2, chain(head_after(entries[1]), AuditNote(at=NOON, actor="mallory", event="signed")))
    report = verify(entries, head)
    assert (report.seq, report.fault) == (4, Fault.OUT_OF_PLACE)
    moved = [*entries[:3], *(e.model_copy(update={"seq": e.seq + 1}) for e in entries[3:])]
    assert verify(moved, head).seq == 4


def test_an_appended_entry_without_the_head_shows() -> None:
    entries, head = log(5)
    entries.append(chain(head, AuditNote(at=NOON, actor="mallory", event="signed")))
    report = verify(entries, head)
    assert (report.ok, report.seq, report.fault) == (False, 6, Fault.HEAD_CHANGED)


def test_a_log_rewritten_as_a_whole_is_not_the_one_that_was_noted() -> None:
    _, head = log(5)
    forged = InMemoryAudit()
    for number in range(7):
        forged.append(AuditNote(at=NOON, actor="mallory", event=f"event-{number}"))
    assert verify(forged.entries(), forged.head()).ok
    report = verify(forged.entries(), forged.head(), noted=head)
    assert (report.ok, report.seq) == (False, 5)
    entries, later = log(8)
    assert verify(entries, later, noted=head).ok
    assert verify(entries, later, noted=AuditHead()).ok


def rehashed(entry: AuditEntry, **changes: str) -> AuditEntry:
    changed = entry.model_copy(update=changes)
    return changed.model_copy(update={"hash": hash_of(changed)})


@settings(max_examples=150, deadline=None)
@given(st.integers(2, 12), st.data())
def test_any_tampering_is_found(size: int, data: st.DataObject) -> None:
    entries, head = log(size)
    tampered = data.draw(st.sampled_from([edited, dropped, swapped, doubled]))(entries, data)
    assert verify(tampered, head).ok is (tampered == entries)


def edited(entries: Sequence[AuditEntry], data: st.DataObject) -> list[AuditEntry]:
    place, actor = data.draw(st.integers(0, len(entries) - 1)), data.draw(st.text(max_size=5))
    changed = entries[place].model_copy(update={"actor": actor})
    if data.draw(st.booleans()):
        changed = changed.model_copy(update={"hash": hash_of(changed)})
    return [*entries[:place], changed, *entries[place + 1 :]]


def dropped(entries: Sequence[AuditEntry], data: st.DataObject) -> list[AuditEntry]:
    start = data.draw(st.integers(0, len(entries) - 1))
    stop = data.draw(st.integers(start, len(entries)))
    return [*entries[:start], *entries[stop:]]


def swapped(entries: Sequence[AuditEntry], data: st.DataObject) -> list[AuditEntry]:
    return list(data.draw(st.permutations(entries)))


def doubled(entries: Sequence[AuditEntry], data: st.DataObject) -> list[AuditEntry]:
    place = data.draw(st.integers(0, len(entries) - 1))
    return [*entries[: place + 1], *entries[place:]]


@pytest.mark.parametrize(
    ("statement", "seq", "fault"),
    [
        ("UPDATE audit SET payload = '[]' WHERE seq = 3", 3, Fault.EDITED),
        ("UPDATE audit SET at = 'yesterday' WHERE seq = 3", 3, Fault.EDITED),
        ("DELETE FROM audit WHERE seq = 3", 3, Fault.MISSING),
        ("DELETE FROM audit WHERE seq >= 4", 4, Fault.TRUNCATED),
        ("DELETE FROM audit", 1, Fault.TRUNCATED),
        ("UPDATE audit_head SET count = 4", 5, Fault.HEAD_CHANGED),
        ("DELETE FROM audit_head", 1, Fault.HEAD_CHANGED),
    ],
)
def test_tampering_in_the_file_is_found(
    tmp_path_factory: pytest.TempPathFactory, statement: str, seq: int, fault: Fault
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('audit') / 'app.db'}"
    with Database.open(url) as database:
        for number in range(5):
            database.audit.append(AuditNote(at=NOON, actor="dana", event=f"event-{number}"))
        engine = create_engine(url)
        with engine.begin() as connection:
            for what in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER audit_is_append_only_{what}"))
            connection.execute(text(statement))
        engine.dispose()
        report = verify(database.audit.entries(), database.audit.head())
    assert (report.ok, report.seq, report.fault) == (False, seq, fault)
