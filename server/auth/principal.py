"""Principal: who a request comes from and what it may do. Every write names one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from agent.limits import Role

if TYPE_CHECKING:
    from fastapi import Request


class Scope(StrEnum):
    """What a key, a session or an embed token may do. Roles hold scopes; a key has those it was made with."""

    READ = "read"
    """See cases, requests, knowledge and figures."""
    TICKETS = "tickets"
    """Bring tickets and messages in."""
    DECIDE = "decide"
    """Answer requests, send replies, take cases over and give them back; ceilings of the role still apply."""
    OPERATE = "operate"
    """Stop and go, retry runs, work on a case anew, bring knowledge in."""
    ADMINISTER = "administer"
    """Accounts, keys, settings."""
    EMBED = "embed"
    """Open the sidecar for everybody of the team, each as themselves: for the key of a helpdesk's backend."""


GRANTED: dict[Role, frozenset[Scope]] = {
    Role.VIEWER: frozenset({Scope.READ}),
    Role.AGENT: frozenset({Scope.READ, Scope.TICKETS, Scope.DECIDE}),
    Role.LEAD: frozenset({Scope.READ, Scope.TICKETS, Scope.DECIDE, Scope.OPERATE}),
    Role.ADMIN: frozenset(Scope),
}
"""What each role may do."""


class How(StrEnum):
    """How somebody proved who they are."""

    SESSION = "session"
    KEY = "key"
    EMBED = "embed"


@dataclass(frozen=True, kw_only=True)
class Principal:
    """A person, or a program acting for one. `id` is what approvals and the audit log record.

    `helpdesk` and `ticket`: an embed token speaks about this ticket and no other; empty for everybody else.
    """

    id: str
    name: str
    role: Role
    how: How
    scopes: frozenset[Scope]
    csrf: str = ""
    """What a form of this session has to carry; empty where no cookie is involved."""
    helpdesk: str = ""
    ticket: str = ""

    def may(self, scope: Scope) -> bool:
        """Whether this request may do that."""
        return scope in self.scopes

    @property
    def comes_as(self) -> str:
        """What decides over what this request may do, in words: a key may do less than the role of its owner."""
        if self.ticket:
            return "the sidecar of one ticket"
        if self.how is How.SESSION:
            return self.role.value
        return (
            f"a key of {self.id} for {', '.join(scope.value for scope in Scope if scope in self.scopes) or 'nothing'}"
        )


class Gate(Protocol):
    """Tells who a request comes from: `server.auth.gate.AccountGate`, or `FixedGate` in tests."""

    def principal(self, request: Request) -> Principal | None:
        """Who it is by session cookie, API key or embed token; None when nobody proved anything.

        Raises CsrfMissing for a write that rides on a cookie without the session's CSRF token.
        """
        ...


@dataclass(frozen=True)
class FixedGate:
    """The same principal for every request: for tests of what lies behind the gate."""

    who: Principal | None

    def principal(self, request: Request) -> Principal | None:
        """As in Gate."""
        return self.who
