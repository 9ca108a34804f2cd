"""What the triage tests share: a fast embedder, small sets of examples, and the shipped model trained once."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.triage import Example, Triage
from agent.triage.model import IntentModel, train
from knowledge.embedding import HashingEmbedder

DATA = Path(__file__).parent / "data"

SMALL = (
    Example("where is my order", "tracking"),
    Example("wheres my parcel", "tracking"),
    Example("has my order shipped yet", "tracking"),
    Example("tracking number please", "tracking"),
    Example("my package is late", "tracking"),
    Example("i want my money back", "refund"),
    Example("please refund me", "refund"),
    Example("when do i get my refund", "refund"),
    Example("refund the full amount", "refund"),
    Example("give me back my money", "refund"),
    Example("can i pay with paypal", "payment"),
    Example("my card was declined", "payment"),
    Example("do you take credit cards", "payment"),
    Example("payment failed at checkout", "payment"),
    Example("charged twice on my card", "payment"),
)


def rows(name: str) -> list[dict[str, str]]:
    """A file of this folder's data, as dictionaries."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def hashing() -> HashingEmbedder:
    return HashingEmbedder(128)


@pytest.fixture(scope="session")
def small_model(hashing: HashingEmbedder) -> IntentModel:
    return train(SMALL, hashing)


@pytest.fixture(scope="session")
def shipped(shipped_triage: Triage) -> Triage:
    """The model customers get: shipped examples, local sentence encoder."""
    return shipped_triage


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Put a file into the test's folder."""

    def put(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return put
