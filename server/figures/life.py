"""The life of a case as figures see it: when it came, what left, who signed, when somebody came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agent.case import CaseStatus
from agent.outcomes import REOPENED_WITHIN


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A message that left for the customer. `notice`: only that it arrived; `by`: who signed it, empty for nobody."""

    at: datetime
    by: str = ""
    notice: bool = False


@dataclass(frozen=True, kw_only=True)
class Wrote:
    """The customer wrote again. `thanks`: a thank-you or an acknowledgement that asks for nothing."""

    at: datetime
    thanks: bool = False


@dataclass(frozen=True, kw_only=True)
class Life:
    """One case; moments are oldest first. `closed`: somebody's word closed it, a thank-you's or a person's.

    `signed`: any effect of it had a person's signature. `approved`, `edited`, `rejected`: how people decided.
    `finished`: a person said that nothing is left to do; `by_hand`: somebody had answered in the helpdesk by then.
    """

    case_id: str
    intent: str
    status: CaseStatus
    opened_at: datetime
    answers: tuple[Answer, ...] = ()
    closed: tuple[datetime, ...] = ()
    wrote: tuple[Wrote, ...] = ()
    handed: bool = False
    signed: bool = False
    finished: bool = False
    by_hand: bool = False
    approved: int = 0
    edited: int = 0
    rejected: int = 0
    runs: int = 0
    failures: int = 0
    effects: int = 0

    @property
    def first_answer(self) -> datetime | None:
        """When the first real answer left: a notice that the message arrived is none."""
        return next((answer.at for answer in self.answers if not answer.notice), None)

    @property
    def ended(self) -> tuple[datetime, ...]:
        """Every moment at which the case was over as far as we could tell: answered, or closed."""
        answered = (answer.at for answer in self.answers if not answer.notice)
        return tuple(sorted((*answered, *self.closed)))

    @property
    def reopened(self) -> bool:
        """Whether the customer came back with more than thanks within a week after an end."""
        asked = [wrote.at for wrote in self.wrote if not wrote.thanks]
        return any(end < at <= end + REOPENED_WITHIN for end in self.ended for at in asked)

    @property
    def resolved_at(self) -> datetime | None:
        """When somebody's word closed it for the last time, and nobody came back since."""
        if not self.closed:
            return None
        last = max(self.closed)
        back = any(not wrote.thanks and last < wrote.at <= last + REOPENED_WITHIN for wrote in self.wrote)
        return None if back else last
