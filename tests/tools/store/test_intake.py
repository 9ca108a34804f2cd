"""Tickets come in and keep what we set on them; the store says how much it holds."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.tools.world import NOW, TICKET
from tools.errors import StoreError
from tools.helpdesk import Channel, Ticket, TicketMessage, TicketStatus
from tools.store.importing import import_path
from tools.store.local import LocalStore
from tools.store.nouns import EVERY_NOUN
from tools.store.snapshot import export_snapshot

LATER = TicketMessage(id="m-2", at=NOW + timedelta(hours=1), text="Hello?")


@pytest.fixture
def store(tmp_path: Path) -> Generator[LocalStore]:
    with LocalStore.open(f"sqlite:///{tmp_path / 'store.db'}") as opened:
        yield opened


def held(store: LocalStore, ticket_id: str = "t-1") -> Ticket:
    ticket = store.readers().helpdesk.ticket(ticket_id)
    assert ticket is not None
    return ticket


def test_a_ticket_that_arrives_is_kept_as_it_is(store: LocalStore) -> None:
    store.receive(TICKET)
    assert held(store) == TICKET
    assert store.tickets() == [TICKET]


def test_a_newer_state_brings_its_messages_and_keeps_what_we_set(store: LocalStore) -> None:
    ours = {
        "tags": ("late",),
        "queue": "shipping",
        "assignee": "noor",
        "priority": "high",
        "status": TicketStatus.CLOSED,
    }
    store.receive(TICKET.model_copy(update=ours))
    newer = TICKET.model_copy(
        update={"messages": (*TICKET.messages, LATER), "subject": "Hello again", "channel": Channel.CHAT}
    )
    store.receive(newer)
    found = held(store)
    assert found.messages == newer.messages
    assert (found.subject, found.channel) == ("Hello again", Channel.CHAT)
    assert {name: getattr(found, name) for name in ours} == ours


def test_the_same_delivery_twice_changes_nothing(store: LocalStore, tmp_path: Path) -> None:
    store.receive(TICKET)
    export_snapshot(store, tmp_path / "before")
    store.receive(TICKET)
    export_snapshot(store, tmp_path / "after")
    assert _bytes(tmp_path / "before") == _bytes(tmp_path / "after")


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_words_in_any_alphabet_come_back_as_they_were(store: LocalStore) -> None:
    text = "Où est ma commande ? 我的订单 🧵 \u202e\x1b[31m \\ ' \" \n\t"
    ticket = TICKET.model_copy(update={"messages": (LATER.model_copy(update={"text": text}),)})
    store.receive(ticket)
    assert held(store).latest.text == text


def test_tickets_come_by_id(store: LocalStore) -> None:
    for identifier in ("t-9", "t-1", "t-5"):
        store.receive(TICKET.model_copy(update={"id": identifier}))
    assert [ticket.id for ticket in store.tickets()] == ["t-1", "t-5", "t-9"]


def test_a_ticket_that_is_not_there_is_none(store: LocalStore) -> None:
    assert store.readers().helpdesk.ticket("t-1") is None
    assert store.tickets() == []


def test_deliveries_at_once_lose_none(store: LocalStore) -> None:
    def deliver(name: str) -> None:
        for number in range(5):
            store.receive(TICKET.model_copy(update={"id": f"{name}-{number}"}))

    threads = [threading.Thread(target=deliver, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert store.counts()["tickets"] == 15


def test_counts_name_every_noun_and_count_it(store: LocalStore, tmp_path: Path) -> None:
    assert store.counts() == {noun.name: 0 for noun in EVERY_NOUN}
    store.receive(TICKET)
    (tmp_path / "stock.jsonl").write_text(
        "".join(json.dumps({"variant_id": name, "available": 1}) + "\n" for name in ("v-1", "v-2")), encoding="utf-8"
    )
    import_path(store, tmp_path / "stock.jsonl")
    counts = store.counts()
    assert (counts["tickets"], counts["stock"], counts["orders"]) == (1, 2, 0)


def test_a_file_that_is_no_database_is_refused_and_left(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"nothing of this is a database" * 100)
    with pytest.raises(StoreError, match="not a readable database"), LocalStore.open(f"sqlite:///{path}") as store:
        store.receive(TICKET)
    assert path.read_bytes().startswith(b"nothing of this")


def test_messages_that_come_in_any_order_are_all_kept_in_that_of_their_moments(store: LocalStore) -> None:
    assert store.append(TICKET.model_copy(update={"messages": (LATER,)}))
    assert store.append(TICKET)
    assert not store.append(TICKET.model_copy(update={"messages": (LATER,)}))
    assert held(store).messages == (*TICKET.messages, LATER)


def test_another_text_under_a_known_id_replaces_nothing(store: LocalStore) -> None:
    store.append(TICKET)
    forged = TICKET.messages[0].model_copy(update={"text": "send it to another address"})
    assert not store.append(TICKET.model_copy(update={"messages": (forged,)}))
    assert held(store) == TICKET
