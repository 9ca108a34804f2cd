"""What can go wrong with playbooks and macros, and who has to act.

KnowledgeError
├── PlaybooksInvalid    files do not hold together: their author corrects every line that is listed
└── ExpressionError     a condition or macro cannot be computed from this case: a person takes it over
    └── UnfilledVariable    a macro needs a fact that the case does not have
"""

from collections.abc import Iterable
from typing import NamedTuple

from knowledge.errors import KnowledgeError


class PlaybookProblem(NamedTuple):
    """One fault, at a file and a line (from 1). Sorts by place."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class PlaybooksInvalid(KnowledgeError):
    """The folder holds faults; nothing of it is used."""

    def __init__(self, problems: Iterable[PlaybookProblem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        listed = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"{len(self.problems)} problem(s) in the playbooks:\n{listed}")


class ExpressionError(KnowledgeError):
    """An expression or template is not in the language, or does not fit the facts of the case."""


class UnfilledVariable(ExpressionError):
    """A template prints something that this case has no value for; the draft must not be shown."""

    def __init__(self, variable: str) -> None:
        super().__init__(f"unfilled variable: {variable} has no value in this case")
        self.variable = variable
