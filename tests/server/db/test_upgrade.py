"""What an earlier version wrote is there after an upgrade: cases, requests, effects, promises, switches, the log."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, create_engine, inspect

from agent.audit import verify
from agent.switches import EVERYTHING, Switch
from server.db.database import Database
from server.db.schema import upgrade
from server.db.tables import AppTable
from tests.journeys.shop import Shop, about

COUNTED = "case_counts"
"""Made by the upgrade from what there is."""


@pytest.fixture
def written(shop: Shop) -> Shop:
    """A shop in which something was asked, signed and done, and something stopped."""
    orders = [ids[0] for ids in shop.world.planted.values()][:6]
    records = [shop.ask("Where is my parcel?", shop.order(order), "order_status") for order in orders]
    shop.sign(records[0])
    shop.reject(records[1])
    switch = Switch(scope=EVERYTHING, stopped=True, by="dana", reason="a look", at=shop.clock.now())
    shop.database.switches.set(switch)
    shop.work(shop.letter("Thanks!", shop.owner(shop.order(orders[2]))), about("thanks"))
    return shop


def _first_version(source: Engine, address: str) -> None:
    """The same rows in the tables of the very first version."""
    target = create_engine(address)
    with source.connect() as old, target.begin() as new:
        upgrade(new, "old", "0001")
        for name in inspect(new).get_table_names():
            if name in AppTable.metadata.tables and name != COUNTED:
                _copy(old, new, name)
    target.dispose()


def _copy(old: Connection, new: Connection, name: str) -> None:
    kept = {column["name"] for column in inspect(new).get_columns(name)}
    table = AppTable.metadata.tables[name]
    rows = [{k: v for k, v in row.items() if k in kept} for row in old.execute(table.select()).mappings()]
    if name == "audit_head":
        new.execute(table.delete())
    if rows:
        new.execute(table.insert(), rows)


def test_what_the_first_version_wrote_is_there_today(written: Shop, url: str) -> None:
    today = written.database
    source = create_engine(written.parts.settings.database)
    _first_version(source, url)
    source.dispose()
    with Database.open(url) as upgraded:
        assert list(upgraded.cases.list(limit=100)) == list(today.cases.list(limit=100))
        assert upgraded.cases.count_by("status") == today.cases.count_by("status")
        assert list(upgraded.approvals.list()) == list(today.approvals.list())
        assert [e.hash for e in upgraded.audit.entries()] == [e.hash for e in today.audit.entries()]
        assert verify(upgraded.audit.entries(), upgraded.audit.head()).ok
        assert list(upgraded.events.read()) == list(today.events.read())
        assert upgraded.switches.stopped(()) == today.switches.stopped(())
        for record in today.cases.list(limit=100):
            assert list(upgraded.ledger.of_case(record.case_id)) == list(today.ledger.of_case(record.case_id))
            assert list(upgraded.promises.of_case(record.case_id)) == list(today.promises.of_case(record.case_id))
