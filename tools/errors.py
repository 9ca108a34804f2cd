"""What can go wrong with the outside world, and who must act.

ToolError
├── ActionRefused      the world or a precondition says no: tell the person, change nothing      -> person
├── ConnectorError     a system did not answer as it should
│   ├── Unavailable    nothing was sent, or a read failed: safe to try again                     -> retry
│   ├── OutcomeUnknown sent, and no answer came: read before anything else                       -> reconcile
│   └── Rejected       the system refused the request for good                                   -> escalate
└── StoreError         a file or database of ours cannot be read; the message says what to do    -> operator
"""

from __future__ import annotations

from collections.abc import Sequence

from tools.commerce import Noun


class Refusal(Noun):
    """Why an action cannot be done: a stable `code` and a sentence that a person understands."""

    code: str
    message: str


class ToolError(Exception):
    """The root: something outside did not work."""


class ActionRefused(ToolError):
    """The action was not done; `refusals` says why. Nothing changed."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__("; ".join(refusal.message for refusal in self.refusals))


class ConnectorError(ToolError):
    """A connected system did not answer as it should."""


class Unavailable(ConnectorError):
    """Nothing was changed; the same call may be tried again."""


class OutcomeUnknown(ConnectorError):
    """The call was sent and may have worked: settle it by reading, never by sending again."""


class Rejected(ConnectorError):
    """The system refused the call for good; a person has to look."""


class StoreError(ToolError):
    """A store or snapshot cannot be read; the message names the file and what to do."""


class Unstorable(StoreError):
    """A database can neither keep nor look for this, such as a NUL in a text; the same again ends the same."""
