"""Whoever watches a case hears each stage when it is reached, and the log holds each of them once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent.approvals import DecisionKind
from agent.repositories import CaseEvent, EventLog
from server.db.database import Database
from tests.journeys.shop import Brand, draft
from tools.errors import Unavailable


@dataclass
class Watcher:
    """Keeps what it is told in the log, unless it is deaf."""

    log: EventLog
    deaf: bool = False
    heard: list[str] = field(default_factory=list[str])

    def tell(self, events: Sequence[CaseEvent]) -> None:
        if self.deaf:
            raise Unavailable("nobody listens")
        self.heard += [event.kind for event in events]
        self.log.append(events)

    def settle(self) -> None:
        pass


def test_each_stage_is_told_once_and_in_order(brand: Brand, tmp_path: Path) -> None:
    watchers: list[Watcher] = []

    def watch(database: Database) -> Watcher:
        watchers.append(Watcher(database.events))
        return watchers[0]

    with brand.open(tmp_path, progress=watch) as shop:
        order = shop.order(next(iter(shop.world.planted.values()))[0])
        case = shop.ask("Where is my parcel?", order, "order_status")
        thought = ["classified", "looked_up", "proposed", "checked"]
        assert [kind for kind in watchers[0].heard if kind != "found"][:4] == thought
        shop.runner.decide(case.approval_id, DecisionKind.APPROVE, "dana")
        events = shop.database.events.read(case_id=case.case_id)
        many = Counter(event.kind for event in events)
        assert all(many[kind] == 1 for kind in (*thought, "decided", "waiting", "closed")), many
        assert many["executed"] == len(shop.database.ledger.of_case(case.case_id))
        bodies = {event.kind: event.body for event in events}
        assert bodies["proposed"]["text"] == draft(case).text
        assert bodies["checked"]["spans"] == draft(case).model_dump(mode="json")["spans"]


def test_a_deaf_watcher_costs_the_case_nothing(brand: Brand, tmp_path: Path) -> None:
    with brand.open(tmp_path, progress=lambda database: Watcher(database.events, deaf=True)) as shop:
        order = shop.order(next(iter(shop.world.planted.values()))[0])
        case = shop.sign(shop.ask("Where is my parcel?", order, "order_status"))
        assert case.status == "answered"
        assert [event.kind for event in shop.database.events.read(case_id=case.case_id)] == ["waiting", "closed"]
