"""Who has a case open right now: whoever said so last is forgotten as soon as they stop saying it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from server.db.people import LOOKERS as _T
from server.db.session import Session, micros, upsert

STAYS = timedelta(seconds=35)
"""How long somebody counts after they were last heard of; a page says that it is open every ten seconds."""


@dataclass(frozen=True, kw_only=True)
class Looker:
    """Somebody who has a case open."""

    person: str
    name: str
    writing: bool


class StoredLookers:
    """Who looks at which case. Never more than a row for each open case of each person."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def here(self, case_id: str, looker: Looker, now: datetime) -> None:
        """Somebody has the case open. Whoever has not been heard of goes at the same time."""
        row = {"case_id": case_id, "person": looker.person, "name": looker.name, "writing": looker.writing}
        with self._session.quickly() as connection:
            connection.execute(delete(_T).where(_T.c.seen_at < micros(now - STAYS)))
            connection.execute(upsert("lookers", connection.dialect.name), {**row, "seen_at": micros(now)})

    def gone(self, case_id: str, person: str) -> None:
        """They closed it."""
        with self._session.quickly() as connection:
            connection.execute(delete(_T).where(_T.c.case_id == case_id, _T.c.person == person))

    def others(self, case_id: str, person: str, now: datetime) -> Sequence[Looker]:
        """Who else has it open, whoever writes first, then by name."""
        wanted = select(_T.c.person, _T.c.name, _T.c.writing).where(
            _T.c.case_id == case_id, _T.c.person != person, _T.c.seen_at >= micros(now - STAYS)
        )
        found = [
            Looker(person=row["person"], name=row["name"], writing=row["writing"]) for row in self._session.rows(wanted)
        ]
        return sorted(found, key=lambda each: (not each.writing, each.name))
