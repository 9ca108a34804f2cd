"""The order of a shift: who waits longest comes first; what nobody waits for comes behind them, newest first.

Each status in which somebody waits is read by itself, in the order of its index, and the few rows of each are merged:
a page costs the same however many cases there are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Subquery, select, tuple_, union_all

from agent.case import CaseStatus
from agent.repositories import UNANSWERED, CaseRecord
from server.db.session import micros, table

_CASES = table("cases")
_BY = ("waiting_since", "created_at", "case_id")
_KEY = tuple(_CASES.c[name] for name in _BY)
Part = Select[int | None, int, str]


def waits_since(record: CaseRecord) -> datetime | None:
    """Since when the customer waits, or did until we answered; None when a person who has it answered by hand."""
    by_hand = record.status is CaseStatus.ESCALATED and record.waiting_since is None
    return None if by_hand else record.waiting_since or record.created_at


def somebody_waits(record: CaseRecord) -> bool:
    """Whether it is among the cases that are listed by how long somebody waits."""
    return record.status in UNANSWERED and waits_since(record) is not None


def behind(record: CaseRecord, other: CaseRecord) -> bool:
    """Whether somebody waits for `record`, and not as long as they waited for `other`."""
    return somebody_waits(record) and _key(record) > _key(other)


def _key(record: CaseRecord) -> tuple[int, int, str]:
    return micros(waits_since(record) or record.created_at), micros(record.created_at), record.case_id


def longest(
    statuses: Sequence[CaseStatus], named: Mapping[str, str], limit: int, after: tuple[int, int, str] | None
) -> Select[str] | None:
    """The bodies of cases that somebody waits for; None where nobody can.

    `named`: what fields have to be; `after`: since when somebody waited for the last one, when it was made, its id.
    """
    where = [_CASES.c.waiting_since.is_not(None), *_by_status(named)]
    if after is not None:
        where.append(tuple_(*_KEY) > after)
    parts = [_part(_is(each), *where).order_by(*_KEY).limit(limit) for each in statuses if each in UNANSWERED]
    return _merged(parts, limit, lambda found: [found.c[name] for name in _BY]) if parts else None


def rest(
    statuses: Sequence[CaseStatus], named: Mapping[str, str], limit: int, after: tuple[int, str] | None
) -> Select[str]:
    """The bodies of the other cases; `after`: when the last one was made, and its id."""
    beyond = [tuple_(*_KEY[1:]) < after] if after is not None else []
    newest = [each.desc() for each in _KEY]
    nobody = [_CASES.c.waiting_since.is_(None), *_by_status(named), *beyond]
    parts = [_part(_is(each), *nobody).order_by(*newest).limit(limit) for each in statuses if each in UNANSWERED]
    if not set(statuses) <= set(UNANSWERED):
        # Nearly all cases are over: they are met at once in the order of any index.
        others = [each.value for each in CaseStatus if each in UNANSWERED or each not in statuses]
        fields = [_CASES.c[name] == value for name, value in named.items()]
        over = _part(_CASES.c.status.not_in(others), *fields, *beyond)
        parts.append(over.order_by(*newest[1:]).limit(limit))
    return _merged(parts, limit, lambda found: [found.c[name].desc() for name in _BY[1:]])


def _is(status: CaseStatus) -> ColumnElement[bool]:
    return _CASES.c.status == status.value


def _by_status(named: Mapping[str, str]) -> list[ColumnElement[bool]]:
    # As expressions, which no index has: that of a field would be read to its end, in another order than this one.
    return [_CASES.c[name].concat("") == value for name, value in named.items()]


def _part(*where: ColumnElement[bool]) -> Part:
    return select(*_KEY).where(*where)


def _merged(
    parts: Sequence[Part], limit: int, order: Callable[[Subquery], Sequence[ColumnElement[int | str]]]
) -> Select[str]:
    every = union_all(*(select(part.subquery()) for part in parts)).subquery()
    first = select(every).order_by(*order(every)).limit(limit).subquery()
    return select(_CASES.c.body).join(first, first.c.case_id == _CASES.c.case_id).order_by(*order(first))
