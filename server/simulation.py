"""The demo brand's customers: tickets arrive one after the other, as letters of today, while the service runs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.deps import Clock
from server.demo import arrivals
from server.settings import Settings
from server.work import CaseWork
from tools.errors import ToolError
from tools.helpdesk import Ticket
from tools.store.local import LocalStore

AT_ONCE = 40
"""Letters that have come in when the shop opens."""
APART = timedelta(minutes=4)
"""Between those."""
_log = logging.getLogger(__name__)


def written_at(ticket: Ticket, at: datetime) -> Ticket:
    """The same conversation with its last message at `at`: the gaps between its messages stay."""
    moved = at - ticket.messages[-1].at
    messages = tuple(message.model_copy(update={"at": message.at + moved}) for message in ticket.messages)
    return ticket.model_copy(update={"messages": messages})


@dataclass(frozen=True, kw_only=True)
class Customers:
    """What is still to come, in order. `at_once` letters have come in by now; the others come `pace` seconds apart."""

    settings: Settings
    store: LocalStore
    clock: Clock
    at_once: int = AT_ONCE

    def opening(self) -> Iterator[Ticket]:
        """The letters of this morning that are not in the store, oldest first."""
        letters, now = arrivals(self.settings.data)[: self.at_once], self.clock.now()
        for place, ticket in enumerate(letters):
            if not self._known(ticket):
                yield written_at(ticket, now - APART * (len(letters) - place))

    def later(self) -> Iterator[Ticket]:
        """The others, each written when it is asked for."""
        for ticket in arrivals(self.settings.data)[self.at_once :]:
            if not self._known(ticket):
                yield written_at(ticket, self.clock.now())

    def _known(self, ticket: Ticket) -> bool:
        return self.store.readers().helpdesk.ticket(ticket.id) is not None


class Simulator:
    """Delivers letters in a thread of its own until it is stopped; what is left comes with the next start."""

    def __init__(self, customers: Customers, work: CaseWork, pace: float) -> None:
        self._customers = customers
        self._work = work
        self._pace = pace
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="customers", daemon=True)

    def start(self) -> None:
        """Let the letters come."""
        self._thread.start()

    def stop(self) -> None:
        """No letter comes after this returns."""
        self._stopping.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        for ticket in self._customers.opening():
            if not self._delivered(ticket):
                return
        for ticket in self._customers.later():
            if self._stopping.wait(self._pace) or not self._delivered(ticket):
                return

    def _delivered(self, ticket: Ticket) -> bool:
        if self._stopping.is_set():
            return False
        try:
            self._work.receive(ticket)
        except ToolError:
            _log.exception("a letter of the demo brand could not be delivered")
        return True
