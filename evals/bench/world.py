"""Worlds to measure in: the demo brand, composed as the product composes it, in a folder of its own."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from agent.case import CaseStatus, Classification
from agent.repositories import CaseRecord
from server.container import Workshop, open_workshop
from server.demo import create_brand, inbox
from server.settings import Settings
from tools.connectors.demo import NOW, generate
from tools.helpdesk import Ticket


@contextmanager
def demo_workshop(folder: Path, orders: int = 1_500, cases: int = 0) -> Generator[tuple[Workshop, Sequence[Ticket]]]:
    """The demo brand with this many orders and this many old cases, and its inbox. Offline, the playbook reasoner."""
    settings = Settings(data_dir=str(folder))
    create_brand(settings, generate(scale=orders))
    with open_workshop(settings) as workshop:
        add_old_cases(workshop, cases)
        yield workshop, inbox(workshop)


def add_old_cases(workshop: Workshop, count: int) -> None:
    """Cases of the past year, so that lists, limits and ledgers have something to carry."""
    for number in range(count):
        at = NOW - timedelta(minutes=10 * (number + 200))
        workshop.parts.database.cases.save(
            CaseRecord(
                case_id=f"old-{number}",
                ticket_id=f"old-{number}",
                status=CaseStatus.ANSWERED,
                classification=Classification(intent="order_status", confidence=0.9),
                customer_id=f"cus_{number % 900 + 1:04d}",
                created_at=at,
                updated_at=at,
            )
        )
