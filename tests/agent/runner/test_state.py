"""What a paused case leaves on disk: plain data of a known version, and no record of the customer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import cast

import ormsgpack
import pytest
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from pydantic import JsonValue

from agent.case import CaseStatus
from agent.state import STATE_VERSION, CaseState, UnknownState, upgrade
from agent.threads import thread
from tests.agent.graph.world import CASE, REPLY, SmallShop, fixed, proposal
from tests.tools.world import ADA, DELIVERED, HOME
from tools.errors import StoreError

OpenShop = Callable[..., AbstractContextManager[SmallShop]]
FIRST: dict[str, JsonValue] = {
    "version": 1,
    "case_id": CASE,
    "ticket_id": "t-9",
    "turn": "m-9",
    "halted": "",
    "message": "",
    "alerts": ["send_reply of case local-t-9 was not confirmed within 15 minutes"],
    "rounds": 0,
}
OLD = {1: FIRST}
"""A state as each version wrote it."""


def test_there_is_a_sample_of_every_older_version() -> None:
    assert sorted(OLD) == list(range(1, STATE_VERSION))


@pytest.mark.parametrize("version", sorted(OLD))
def test_a_state_of_an_older_version_is_brought_to_todays_shape(version: int) -> None:
    today = upgrade(cast("CaseState", OLD[version]))
    assert today["version"] == STATE_VERSION
    assert set(today) <= set(CaseState.__annotations__)
    assert today["case_id"] == CASE
    assert upgrade(today) == today


def test_a_newer_or_foreign_state_is_refused() -> None:
    with pytest.raises(UnknownState, match="newer version"):
        upgrade({"version": STATE_VERSION + 1})
    for odd in ({}, {"version": 0}, {"version": -3}):
        with pytest.raises(UnknownState, match="no version wrote"):
            upgrade(cast("CaseState", odd))


def saved_by(shop: SmallShop, version: int) -> None:
    """As if another version of the program had paused the case: its state, in the same checkpoint."""
    found = shop.saver.get_tuple(thread(CASE, "m-9"))
    assert found is not None
    found.checkpoint["channel_values"] |= {"version": version, "alerts": ["x"]}
    shop.saver.put(found.config, found.checkpoint, found.metadata, {})


@pytest.mark.parametrize("version", sorted(OLD))
def test_a_case_that_an_older_version_paused_can_be_signed(opening: OpenShop, version: int) -> None:
    with opening() as shop:
        shop.work()
        saved_by(shop, version)
    with opening() as shop:
        assert shop.sign().status is CaseStatus.ANSWERED
        assert shop.refunded() == ["20.00 USD"]


def test_a_case_that_a_newer_version_saved_waits_for_that_version(opening: OpenShop) -> None:
    with opening() as shop:
        shop.stop()
        shop.work()
        saved_by(shop, STATE_VERSION + 1)
        shop.stop(stopped=False)
    with opening() as shop:
        (record,) = shop.runner.recover().cases
        assert record.status is CaseStatus.WORKING
        assert "newer version" in record.outcome
        assert shop.happened() == []


def test_nobody_can_decide_with_a_program_that_is_too_old(small: SmallShop) -> None:
    record = small.work()
    saved_by(small, STATE_VERSION + 1)
    with pytest.raises(StoreError, match="newer version"):
        small.sign(record)
    assert small.request(record).awaiting
    assert small.refunded() == []


# --- what is in a checkpoint ----------------------------------------------------------------------------------------


def contents(shop: SmallShop) -> list[object]:
    """Every value of the case's own channels; the framework's, which hold no more, begin with underscores."""
    rows = list(shop.saver.list(thread(CASE, "m-9")))
    kept = [item for row in rows for item in row.checkpoint["channel_values"].items()]
    kept += [(name, value) for row in rows for _, name, value in row.pending_writes or ()]
    return [value for name, value in kept if not name.startswith("__") or name == "__start__"]


def test_a_checkpoint_holds_plain_json(small: SmallShop) -> None:
    small.work()
    small.sign()
    found = contents(small)
    assert len(found) > 20
    for value in found:
        assert json.loads(json.dumps(value)) == value


def test_a_checkpoint_holds_no_record_of_the_customer(opening: OpenShop, tmp_path: Path) -> None:
    with opening(fixed(proposal(reply=REPLY))) as shop:
        shop.work()
        shop.sign()
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("checkpoints.db*"))
    assert b"Hi Ada" in raw
    for private in (
        ADA.emails[0],
        HOME.line1,
        HOME.postal_code,
        "lifetime_value",
        "placed_at",
        "shipping_address",
    ):
        assert private.encode() not in raw, private
    assert DELIVERED.payment_method_id.encode() not in raw
    # On its own: the ids of checkpoints are random hex digits, some of which spell it.
    assert not re.search(rb"(?<![0-9a-f])1881(?![0-9a-f])", raw)


def touch(path: str) -> None:
    Path(path).touch()


def test_what_a_checkpoint_names_is_never_called(small: SmallShop, tmp_path: Path) -> None:
    """A row that asks for a function of some module to be called when it is read comes back as data."""
    marker = tmp_path / "called"
    call = ormsgpack.Ext(0, ormsgpack.packb((touch.__module__, touch.__name__, str(marker))))
    small.saver.serde.loads_typed(("msgpack", ormsgpack.packb({"x": call})))
    assert not marker.exists()
    JsonPlusSerializer().loads_typed(("msgpack", ormsgpack.packb({"x": call})))
    assert marker.exists(), "the sample must be one that an open serializer obeys"
