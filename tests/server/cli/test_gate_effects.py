"""An effect of the gate in the ledger: claimed before, recorded after, given back when nothing happened."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from agent.case import ExecutionStatus
from agent.policy import PastEffect
from server.cli.gate_effects import GateEffects
from server.db.database import Database
from tests.tools.world import NOW, usd
from tools.actions import Action, RefundOrder
from tools.errors import ActionRefused, OutcomeUnknown, Refusal, Rejected, ToolError, Unavailable
from tools.ports import Receipt

EFFECT = PastEffect(
    action=RefundOrder(order_id="o-1", amount=usd("20.00")),
    at=NOW,
    customer_id="c-ada",
    approver="sam",
    case_id="gate:1",
    amount=usd("20.00"),
    key="gate:1:f",
)
Apply = Callable[[Action, str, str], Receipt]


@pytest.fixture
def database(tmp_path: Path) -> Generator[Database]:
    with Database.open(f"sqlite:///{tmp_path / 'gate.db'}") as opened:
        yield opened


def effects(database: Database, apply: Apply, why: str = "") -> GateEffects:
    return GateEffects(database, apply, lambda: why, NOW)


def fine(action: Action, key: str, approver: str) -> Receipt:
    return Receipt(key=key, reference="refund-1", summary="done", at=NOW)


def broken(error: ToolError) -> Apply:
    def apply(action: Action, key: str, approver: str) -> Receipt:
        raise error

    return apply


def status(database: Database) -> ExecutionStatus | None:
    found = database.ledger.get(EFFECT.key)
    return found.status if found else None


@pytest.mark.parametrize(
    ("error", "left"),
    [
        (Unavailable("down"), None),
        (OutcomeUnknown("lost"), ExecutionStatus.UNKNOWN),
        (Rejected("no"), ExecutionStatus.FAILED),
        (ActionRefused((Refusal(code="unknown_order", message="no"),)), ExecutionStatus.FAILED),
    ],
)
def test_the_ledger_says_what_became_of_it_and_the_next_try_counts_once(
    database: Database, error: ToolError, left: ExecutionStatus | None
) -> None:
    with pytest.raises(type(error)):
        effects(database, broken(error))(EFFECT)
    assert status(database) is left
    assert effects(database, fine)(EFFECT).reference == "refund-1"
    [entry] = database.ledger.of_case("gate:1")
    assert (entry.status, entry.approved_by, entry.amount) == (ExecutionStatus.SUCCEEDED, "sam", usd("20.00"))


def test_an_id_that_had_an_effect_has_no_other_one(database: Database) -> None:
    other = EFFECT.model_copy(update={"key": "gate:1:g", "action": RefundOrder(order_id="o-1", amount=usd("21.00"))})
    with pytest.raises(Rejected):
        effects(database, broken(Rejected("no")))(EFFECT)
    assert effects(database, fine)(other).reference == "refund-1"
    with pytest.raises(Rejected, match=r"used for another call \(refund_order\)"):
        effects(database, fine)(EFFECT)
    assert effects(database, fine)(other).reference == "refund-1"


def test_what_was_claimed_before_a_crash_counts_until_it_is_known(database: Database) -> None:
    class Killed(BaseException):
        pass

    def dying(action: Action, key: str, approver: str) -> Receipt:
        raise Killed

    with pytest.raises(Killed):
        effects(database, dying)(EFFECT)
    assert status(database) is ExecutionStatus.PENDING
    assert database.ledger.history(NOW, "", "", NOW.replace(year=2000), ["refund_order"])


def test_while_somebody_stopped_everything_nothing_is_claimed(database: Database) -> None:
    with pytest.raises(Unavailable, match="dana stopped everything: odd, so this was not done"):
        effects(database, fine, "dana stopped everything: odd")(EFFECT)
    assert status(database) is None
    assert not list(database.audit.entries())
