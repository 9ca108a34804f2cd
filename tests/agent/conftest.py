"""What tests of the graph and of the runner share: the small shop on disk, made once and copied for each test."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.agent.graph.world import SmallShop

    OpenShop = Callable[..., AbstractContextManager[SmallShop]]


@pytest.fixture(scope="session")
def small_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small shop with nothing worked on. Copy it; never write to it."""
    from tests.agent.graph.world import make_template

    return make_template(tmp_path_factory.mktemp("small"))


@pytest.fixture
def opening(tmp_path: Path, small_template: Path) -> OpenShop:
    """Opens the small shop of this test: the first time as new, later as after a restart."""
    from tests.agent.graph.world import open_shop

    return partial(open_shop, tmp_path, small_template)


@pytest.fixture
def small(opening: OpenShop) -> Generator[SmallShop]:
    """The small shop, with a reasoner that proposes a tag, a refund and a reply."""
    with opening() as shop:
        yield shop
