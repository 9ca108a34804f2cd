"""A process that takes a ticket through the whole product on real files, and is killed where it is told to."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from agent.case import CaseStatus
from tests.agent.graph.world import SmallShop, open_shop
from tests.agent.runner.deaths import Moment, watched_database, watched_saver, watched_writers


def killed(what: str) -> None:
    """No handler, no `finally`: as the power would do it."""
    os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def process(folder: Path, moment: Moment) -> Generator[SmallShop]:
    """One process of the product over a folder that holds `template.db` to begin with."""
    with open_shop(
        folder,
        folder / "template.db",
        database=watched_database(moment),
        saver=watched_saver(moment),
        writing=watched_writers(moment),
    ) as shop:
        yield shop


def live(folder: Path, die_after: int, name: str = "") -> None:
    """Start, carry on what is open, take the ticket in, sign what waits; be killed after a write."""
    with process(folder, Moment(die_after, name, killed)) as shop:
        shop.runner.recover()
        if shop.work().status is CaseStatus.AWAITING_APPROVAL:
            shop.sign()
