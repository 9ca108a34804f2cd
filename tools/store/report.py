"""What an import did and what it could not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_PROBLEMS = 1_000
"""Problems kept one by one; a wrong file has one on every line."""


@dataclass(frozen=True)
class Problem:
    """Something that was left out. `line` counts from 1 (0: the whole file); `column` is a CSV column or JSON field."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        where = self.file + (f":{self.line}" if self.line else "")
        return f"{where}: {self.column}: {self.reason}" if self.column else f"{where}: {self.reason}"


@dataclass(frozen=True)
class ImportReport:
    """`counts` says how many of each noun were written; `more` counts problems beyond the first thousand.

    `notices` say what a file may leave out, and what is then not known.
    """

    counts: Mapping[str, int]
    problems: tuple[Problem, ...] = ()
    more: int = 0
    notices: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything was read."""
        return not self.problems


@dataclass
class Problems:
    """Problems as they are found."""

    kept: list[Problem] = field(default_factory=list[Problem])
    more: int = 0
    notices: list[Problem] = field(default_factory=list[Problem])

    def add(self, file: str, line: int, column: str, reason: str) -> None:
        """Note a problem."""
        if len(self.kept) < MOST_PROBLEMS:
            self.kept.append(Problem(file, line, column, reason))
        else:
            self.more += 1

    def notice(self, file: str, line: int, column: str, reason: str) -> None:
        """Note what is no fault and yet has to be known."""
        self.notices.append(Problem(file, line, column, reason))

    def report(self, counts: Mapping[str, int]) -> ImportReport:
        """The report of the whole import."""
        return ImportReport(dict(Counter(counts)), tuple(self.kept), self.more, tuple(self.notices))
