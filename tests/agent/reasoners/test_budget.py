from __future__ import annotations

import threading

import pytest

from agent.reasoners.base import Usage
from agent.reasoners.budget import MOST_OPEN, Budget, Meter, OverBudget, tokens_in

pytestmark = pytest.mark.system("N13")


def test_room_shrinks_with_what_was_spent() -> None:
    meter = Meter(Budget(tokens=1_000, seconds=10, call_seconds=4))
    spending = meter.spending("t/m")
    assert spending.room(100, 50) == (900, 4)
    meter.charge(spending, 7.5, sent=300, received=200)
    assert spending.room(100, 50) == (400, 2.5)


@pytest.mark.parametrize(
    ("seconds", "sent", "why"), [(0.0, 851, "1000 tokens"), (10.0, 0, "10 seconds"), (11.0, 0, "10 seconds")]
)
def test_beyond_it_nothing_is_asked(seconds: float, sent: int, why: str) -> None:
    meter = Meter(Budget(tokens=1_000, seconds=10))
    spending = meter.spending("t/m")
    meter.charge(spending, seconds, sent=sent)
    with pytest.raises(OverBudget, match=why):
        spending.room(100, 50)


def test_messages_do_not_pay_for_each_other() -> None:
    meter = Meter(Budget(tokens=100))
    meter.charge(meter.spending("one"), 0, sent=100)
    assert meter.spending("two").room(0, 100)[0] == 100
    assert meter.spending("one").tokens == 100


def test_only_so_many_messages_are_remembered() -> None:
    meter = Meter(Budget())
    meter.charge(meter.spending("first"), 0, sent=1)
    for number in range(MOST_OPEN):
        meter.spending(str(number))
    assert meter.spending("first").tokens == 0


def test_cases_that_run_beside_each_other_are_told_apart() -> None:
    meter = Meter(Budget())
    other: list[Usage] = []

    def work() -> None:
        meter.charge(meter.spending("other"), 1, sent=5)
        other.append(meter.usage())

    meter.charge(meter.spending("mine"), 1, sent=7, received=3)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert other == [Usage(model_calls=1, input_tokens=5)]
    assert meter.usage() == Usage(model_calls=1, input_tokens=7, output_tokens=3)
    assert meter.usage() == Usage()


def test_a_guess_grows_with_the_text() -> None:
    assert tokens_in("x" * 400) == 104
    assert tokens_in("", "") == 8
