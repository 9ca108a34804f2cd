"""Whether a message wants different things for different lines: the sweater is wrong, and the tee goes back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.investigation.kept import Care, Clause
from agent.reading.asks import GOODS, remedies_of
from agent.reading.stated import OTHER_SIZE, OWN_MISTAKE, stated

_TELLING = (Care.WHY, Care.WISHED, Care.DOUBTED)


def asks_differ(named: Sequence[frozenset[str]], told: Sequence[Clause], intent: str) -> bool:
    """Whether two lines have nothing in common that is to be done about them.

    Args:
        named: The lines that each clause names.
        told: The clauses.
        intent: What leads; a fault without words for it is that fault.
    """
    wanted: dict[str, frozenset[str]] = {}
    for lines, remedies in _remedies(named, told, intent):
        for line in lines:
            wanted[line] = wanted.get(line, frozenset()) | remedies
    said = [each for each in wanted.values() if each]
    return any(not one & other for one in said for other in said)


def _remedies(
    named: Sequence[frozenset[str]], told: Sequence[Clause], intent: str
) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    faults = any(things and clause.care is Care.WHY for things, clause in zip(named, told, strict=True))
    telling = (*_TELLING, *(() if faults else (Care.MEANT,)))
    last: frozenset[str] = frozenset()
    for things, clause in zip(named, told, strict=True):
        last = things or last
        if clause.care not in telling:
            last = frozenset() if things else last
            continue
        said = stated(clause.text)
        remedies = remedies_of(said)
        if not remedies and things and {OWN_MISTAKE, OTHER_SIZE} & said:
            remedies = remedies_of(["exchange_request"])
        if not remedies and things and intent in GOODS and clause.care is not Care.WISHED:
            remedies = remedies_of([intent])
        yield last, remedies
