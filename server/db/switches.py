"""Switches in the database: every process reads them before every effect, so a stop counts at once and for all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import Connection, RowMapping, Select, bindparam, select

from agent.switches import EVERYTHING, Switch
from agent.trail import switch_note
from server.db.audit import append
from server.db.session import Session, insert_new, micros, moment_of, table, upsert

_T = table("switches")
_ALL = select(*_T.c)
_SCOPE = select(_T.c.scope).where(_T.c.stopped.is_(True))


@lru_cache(maxsize=16)
def _stopped(count: int) -> Select[str]:
    """Which of so many scopes are stopped."""
    return _SCOPE.where(_T.c.scope.in_([bindparam(_named(at)) for at in range(count)]))


def _named(at: int) -> str:
    return f"scope_{at}"


class StoredSwitches:
    """`agent.repositories.SwitchBoard`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def set(self, switch: Switch) -> None:
        """As in the port."""
        with self._session.durably() as connection:
            _set(connection, switch)

    def trip(self, switch: Switch) -> bool:
        """As in the port."""
        with self._session.durably() as connection:
            # Locked by inserting first: of two processes the second finds what the first has stopped.
            idle = switch.model_copy(update={"stopped": False})
            _put(connection, idle, replace=False)
            known = connection.execute(_ALL.where(_T.c.scope == switch.scope).with_for_update()).mappings().one()
            if _switch(known).stopped:
                return False
            _set(connection, switch)
            return True

    def stopped(self, scopes: Sequence[str]) -> Switch | None:
        """As in the port."""
        names = [EVERYTHING, *scopes]
        # Asked before every effect, and nearly always nothing is: the words are kept, and a stop is read in full after.
        if not self._session.cells(_stopped(len(names)), {_named(at): name for at, name in enumerate(names)}):
            return None
        rows = self._session.rows(_ALL.where(_T.c.scope.in_(names), _T.c.stopped.is_(True)))
        found = {str(row["scope"]): _switch(row) for row in rows}
        return next((found[name] for name in names if name in found), None)

    def all(self) -> Sequence[Switch]:
        """As in the port."""
        return sorted((_switch(row) for row in self._session.rows(_ALL)), key=lambda switch: switch.scope)


def _set(connection: Connection, switch: Switch) -> None:
    _put(connection, switch, replace=True)
    append(connection, switch_note(switch))


def _put(connection: Connection, switch: Switch, *, replace: bool) -> None:
    statement = upsert("switches", connection.dialect.name)
    if not replace:
        statement = insert_new("switches", connection.dialect.name)
    connection.execute(statement, {**switch.model_dump(exclude={"at"}), "at": micros(switch.at)})


def _switch(row: RowMapping) -> Switch:
    return Switch.model_validate({**row, "at": moment_of(row["at"])})
