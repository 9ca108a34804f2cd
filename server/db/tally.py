"""How many cases there are of each status, intent, queue and language at once, for filters that count one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.repositories import CaseRecord

FIELDS = ("status", "intent", "queue", "language")
MOST = 10_000
"""Beyond so many cases nothing is counted anew at each page."""


@dataclass(frozen=True)
class Tally:
    """Cases by the values of FIELDS, in their order."""

    many: Mapping[tuple[str, ...], int]

    @classmethod
    def of(cls, records: Iterable[CaseRecord]) -> Tally:
        """Of these cases."""
        return cls(Counter((each.status.value, each.intent, each.queue, each.language) for each in records))

    def by(self, field: str, given: Mapping[str, str]) -> dict[str, int]:
        """The counts of `field` among those that the other fields of `given` leave, the most first."""
        place = FIELDS.index(field)
        wanted = {FIELDS.index(name): value for name, value in given.items() if value and name in FIELDS}
        wanted.pop(place, None)
        found: Counter[str] = Counter()
        for values, many in self.many.items():
            if all(values[at] == value for at, value in wanted.items()):
                found[values[place]] += many
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
