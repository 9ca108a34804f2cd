"""Thousands of hostile cases over one store: see tests/agent/hostile."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.agent.hostile.shop import open_shop, write_store
from tests.agent.hostile.test_hostile import PROFILE, attack

LONG = 3_500


@pytest.mark.soak
@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of a long scenario; it says nothing about us
@pytest.mark.system("U5")
def test_thousands_of_hostile_cases(tmp_path: Path) -> None:
    with open_shop(write_store(tmp_path), tmp_path) as shop:
        told = attack(shop, settings(PROFILE, max_examples=LONG, derandomize=False))
    assert told["strangers' facts proposed"] > LONG
    assert told["done refund_order"] > 0
    assert told["done send_reply"] > 50
