"""What a person is told that their limits leave them: all that their signatures paid out within a day."""

from __future__ import annotations

from datetime import timedelta

from agent.limits import Person, Role
from agent.policy import PastEffect
from server.ui.views.signing import left_today
from tests.agent.execution.world import REFUND, ask
from tests.agent.gate.conftest import LIMITS
from tests.tools.world import NOW, usd
from tools.actions import Action, ExchangeItems, Swap

NOOR = Person(id="noor", name="Noor", role=Role.AGENT)
EXCHANGE = ExchangeItems(order_id="o-1005", swaps=(Swap(line_id="l-mug", variant_id="v-mug-red"),))


def signed(action: Action, amount: str, hours: float = 1, by: str = "noor") -> PastEffect:
    return PastEffect(action=action, at=NOW - timedelta(hours=hours), approver=by, amount=usd(amount))


def left(*past: PastEffect) -> str:
    return left_today(NOOR, past, LIMITS, NOW).split(";")[0]


def test_what_an_exchange_paid_back_is_taken_off_as_a_refund_is() -> None:
    assert left() == "$150.00 left of your $150.00 today"
    assert left(signed(REFUND, "20.00"), signed(EXCHANGE, "30.00")) == "$100.00 left of your $150.00 today"


def test_what_others_signed_or_a_day_has_passed_since_is_not() -> None:
    assert left(signed(EXCHANGE, "30.00", by="dana"), signed(EXCHANGE, "30.00", hours=24)) == left()


def test_a_request_that_pays_back_a_difference_gives_value() -> None:
    asked = ask(EXCHANGE, now=NOW)
    assert not asked.gives_value
    assert asked.model_copy(update={"amounts": {EXCHANGE.fingerprint(): usd("5.00")}}).gives_value
