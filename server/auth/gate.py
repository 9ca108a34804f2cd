"""AccountGate: tells who a request comes from, by session cookie, API key or embed token."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from anyio import from_thread
from fastapi import Request

from agent.deps import SystemClock
from server.auth.accounts import Account
from server.auth.cookies import SAFE, from_elsewhere, token_of
from server.auth.door import living
from server.auth.embed import EMBED_PREFIX, EmbedTokens
from server.auth.oidc import Provider
from server.auth.principal import GRANTED, How, Principal, Scope
from server.auth.tokens import KEY_PREFIX, csrf_of, kept, prefix_of, same
from server.problems import Problem

if TYPE_CHECKING:
    from agent.deps import Clock
    from server.container import Parts
    from server.db.database import Database
    from server.settings import Settings

USED_EVERY = timedelta(minutes=1)
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
IN_THE_SIDECAR = frozenset({Scope.READ, Scope.DECIDE})


class CsrfMissing(Problem):
    """A write that rides on a cookie has to prove that a page of ours sent it."""

    def __init__(self, detail: str) -> None:
        super().__init__(403, "csrf-missing", "This was not sent from a page of Countersign", detail)


class AccountGate:
    """Gate over the accounts. A header counts before a cookie: who sends a key means the key."""

    def __init__(self, database: Database, settings: Settings, wall: Clock) -> None:
        self._database, self._settings, self._wall = database, settings, wall
        self._idle = timedelta(minutes=settings.number("session_idle_minutes"))
        self._embed = EmbedTokens(database=database, wall=wall)

    @classmethod
    def of(cls, parts: Parts) -> AccountGate:
        """Over the parts of a service, by the machine's clock: the demo brand's is not what sessions end by.

        Raises SettingsError for settings of signing in that cannot work: at the start, not at somebody's sign-in.
        """
        Provider.of(parts.settings)
        parts.settings.number("session_hours")
        return cls(parts.database, parts.settings, SystemClock())

    def principal(self, request: Request) -> Principal | None:
        """Who it is; None when nobody proved anything. Raises CsrfMissing. `?embed=` counts for reading alone."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme:
            return self._bearer(given.strip()) if scheme.lower() == "bearer" else None
        embed = request.query_params.get("embed", "") if request.method in SAFE else ""
        if embed:
            # A frame's address and an event stream cannot carry a header.
            return self.embedded(embed)
        token = token_of(request, self._settings)
        return self._session(request, token) if token else None

    def _bearer(self, given: str) -> Principal | None:
        if given.startswith(EMBED_PREFIX):
            return self.embedded(given)
        return self._key(given) if given.startswith(KEY_PREFIX) else None

    def _key(self, given: str) -> Principal | None:
        prefix, now = prefix_of(given), self._wall.now()
        found = self._database.api_keys.find(prefix) if prefix else None
        if found is None:
            return None
        key, secret, owner = found
        ended = key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now)
        if not same(secret, kept(given)) or ended or owner.disabled:
            return None
        if key.used_at is None or now - key.used_at >= USED_EVERY:
            self._database.api_keys.used(prefix, now)
        # What the owner may no longer do, their keys may not do either.
        return _principal(owner, How.KEY, key.scopes)

    def embedded(self, given: str) -> Principal | None:
        """Whom an embed token stands for, for the page whose address carries it; None when it does not count."""
        said = self._embed.read(given)
        account = self._database.accounts.get(said.agent) if said else None
        if said is None or account is None or account.disabled:
            return None
        return _principal(account, How.EMBED, IN_THE_SIDECAR, helpdesk=said.helpdesk, ticket=said.ticket)

    def _session(self, request: Request, token: str) -> Principal | None:
        found = living(self._database, token, self._wall.now(), self._idle)
        if found is None:
            return None
        csrf = csrf_of(token)
        if request.method not in SAFE:
            _must_be_ours(request, self._settings, csrf)
        return _principal(found[1], How.SESSION, frozenset(Scope), csrf=csrf)


def _principal(
    account: Account, how: How, scopes: frozenset[Scope], *, csrf: str = "", helpdesk: str = "", ticket: str = ""
) -> Principal:
    return Principal(
        id=account.id,
        name=account.name,
        role=account.role,
        how=how,
        scopes=scopes & GRANTED[account.role],
        csrf=csrf,
        helpdesk=helpdesk,
        ticket=ticket,
    )


def _must_be_ours(request: Request, settings: Settings, csrf: str) -> None:
    if from_elsewhere(request, settings):
        raise CsrfMissing("The page that sent this is not of this service. Open Countersign itself and try again.")
    if not same(_given(request), csrf):
        raise CsrfMissing("Load the page again and repeat it; programs send the header X-CSRF-Token.")


def _given(request: Request) -> str:
    header = request.headers.get("x-csrf-token", "")
    if header or not request.headers.get("content-type", "").lower().startswith(FORMS):
        return header
    # Routes run in threads; the form is read in the event loop once, and kept for the route.
    return from_thread.run(_field, request)


async def _field(request: Request) -> str:
    found = (await request.form()).get("csrf")
    return found if isinstance(found, str) else ""
