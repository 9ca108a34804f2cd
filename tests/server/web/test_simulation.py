"""The demo brand's customers write one after the other, today, and never twice."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from server.demo import arrivals, write_arrivals
from server.simulation import APART, Customers, Simulator, written_at
from server.work import DirectWork, Received
from tests.databases import sqlite_alone
from tests.server.web.conftest import Web
from tools.errors import Unavailable
from tools.helpdesk import Ticket

__all__ = ["sqlite_alone"]


@dataclass(frozen=True, kw_only=True)
class Post(DirectWork):
    """Takes letters in without working on them; the names in `lost` do not get through once."""

    seen: list[Ticket] = field(default_factory=list[Ticket])
    lost: set[str] = field(default_factory=set[str])

    def receive(self, ticket: Ticket) -> Received:
        if ticket.id in self.lost:
            self.lost.discard(ticket.id)
            raise Unavailable("the database is away")
        self.seen.append(ticket)
        return Received(ticket_id=ticket.id, case_id=ticket.id, fresh=self.store.append(ticket))


def letters(web: Web, count: int) -> list[Ticket]:
    some = web.shop.world.tickets[:count]
    return [ticket.model_copy(update={"id": f"letter-{at}"}) for at, ticket in enumerate(some)]


@pytest.fixture
def customers(web: Web) -> Customers:
    write_arrivals(web.service.settings.data, letters(web, 6))
    return Customers(settings=web.service.settings, store=web.service.store, clock=web.shop.clock, at_once=4)


def delivered(customers: Customers, post: Post, count: int) -> list[str]:
    simulator = Simulator(customers, post, pace=0.01)
    simulator.start()
    deadline = time.monotonic() + 30
    while len(post.seen) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    simulator.stop()
    return [ticket.id for ticket in post.seen]


def test_letters_are_of_today_and_keep_the_gaps_between_their_messages(web: Web, customers: Customers) -> None:
    now = web.shop.clock.now()
    moments = [ticket.messages[-1].at for ticket in customers.opening()]
    assert moments == [now - APART * place for place in (4, 3, 2, 1)]
    thread = next(ticket for ticket in web.shop.world.tickets if len(ticket.messages) > 1)
    moved = written_at(thread, now)
    gaps = [b.at - a.at for a, b in zip(thread.messages, thread.messages[1:], strict=False)]
    assert [b.at - a.at for a, b in zip(moved.messages, moved.messages[1:], strict=False)] == gaps
    assert moved.messages[-1].at - now == timedelta(0)


def test_each_letter_comes_once_over_two_starts(web: Web, customers: Customers) -> None:
    post = Post(store=web.service.store, runner=web.shop.runner)
    wanted = [ticket.id for ticket in arrivals(web.service.settings.data)]
    assert delivered(customers, post, 6) == wanted
    simulator = Simulator(customers, post, pace=0.01)
    simulator.start()
    simulator.stop()
    assert [ticket.id for ticket in post.seen] == wanted


def test_a_letter_that_is_lost_comes_with_the_next_start(web: Web, customers: Customers) -> None:
    post = Post(store=web.service.store, runner=web.shop.runner, lost={"letter-1"})
    first = delivered(customers, post, 5)
    assert "letter-1" not in first
    again = delivered(replace(customers, at_once=6), replace(post, seen=[]), 1)
    assert again == ["letter-1"]
