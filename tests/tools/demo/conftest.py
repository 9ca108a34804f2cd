from __future__ import annotations

import pytest

from tools.connectors.demo import DemoWorld, generate


@pytest.fixture(scope="session")
def world() -> DemoWorld:
    return generate()
