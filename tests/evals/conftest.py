from __future__ import annotations

from collections.abc import Iterator

import pytest

from evals.solver import BrandSession, BrandSolver
from evals.versions import Sources
from server.settings import Settings


@pytest.fixture(scope="session")
def session() -> Iterator[BrandSession]:
    """The offline reasoner over the demo brand, as `python -m evals run` opens it."""
    with BrandSolver(sources=Sources.shipped(), models=Settings().models).open() as session:
        yield session
