"""The store with its witness, made once; each test takes a copy."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.agent.hostile.shop import HostileShop, Template, open_shop, write_store


@pytest.fixture(scope="session")
def witnessed(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return write_store(tmp_path_factory.mktemp("hostile"))


@pytest.fixture
def shop(witnessed: Template, tmp_path: Path) -> Generator[HostileShop]:
    with open_shop(witnessed, tmp_path) as opened:
        yield opened
