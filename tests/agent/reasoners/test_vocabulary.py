"""The vocabulary knows every field whatever countries a shop sends to."""

from __future__ import annotations

import pytest

from agent.reasoners.vocabulary import vocabulary
from tests.agent.investigation.world import LIMITS


@pytest.mark.parametrize("days", [{"DE": (1, 2), "AT": (2, 4)}, {}], ids=["elsewhere", "nowhere"])
def test_an_estimate_has_its_fields_in_every_shop(days: dict[str, tuple[int, int]]) -> None:
    delivery = LIMITS.delivery.model_copy(update={"transit_days": days})
    assert vocabulary(LIMITS.model_copy(update={"delivery": delivery})) == vocabulary(LIMITS)
