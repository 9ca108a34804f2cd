"""`/api/v1/me`, `/accounts` and `/keys`: who may come in, for whoever administers."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from agent.limits import Role
from server.auth.accounts import Account, AccountRefused, ApiKey
from server.auth.passwords import MOST, TooBusy, random_password
from server.auth.principal import How, Scope
from server.auth.team import LONGEST_KEY_DAYS, Newcomer, Team
from server.db.places import Place
from server.db.session import micros
from server.deps import Administrator, Parts, Reader
from server.paging import Cursor, Limit, page_of, place_of
from server.problems import Problem, unknown
from server.routes.errors import documented

router = APIRouter(tags=["people"])
_STATUS = {"account-unknown": 404, "account-taken": 409, "last-admin": 409}
AccountPath = Annotated[str, Path(max_length=64, examples=["dana"])]
Prefix = Annotated[str, Path(max_length=12, examples=["3f09c2d4117a"])]


class Me(BaseModel):
    """Who asks, and what they may do."""

    id: str
    name: str
    role: Role
    how: How
    scopes: list[Scope]
    ticket: str = ""


class AccountDocument(BaseModel):
    """Somebody who may sign in. `id` is what approvals and the audit log record."""

    id: str
    email: str
    name: str
    role: Role
    disabled: bool
    created_at: AwareDatetime


class AccountPage(BaseModel):
    """Accounts by id. `next` is the cursor of the page after; empty on the last one."""

    accounts: list[AccountDocument]
    next: str


class NewAccount(BaseModel):
    """Somebody to let in. Without a password one is made; `id` is that of limits.yaml, or made from the e-mail."""

    model_config = ConfigDict(extra="forbid")

    email: Annotated[str, Field(max_length=254, examples=["dana@alderandwren.example"])]
    name: Annotated[str, Field(max_length=100, examples=["Dana Whitfield"])]
    role: Annotated[Role, Field(examples=["lead"])]
    id: Annotated[str, Field(max_length=64)] = ""
    password: Annotated[str, Field(max_length=MOST)] = ""


class MadeAccount(AccountDocument):
    """`password` is there when one was made, this once."""

    password: str = ""


class AccountChange(BaseModel):
    """What should be different; what is not there stays."""

    model_config = ConfigDict(extra="forbid")

    role: Annotated[Role | None, Field(examples=["lead"])] = None
    disabled: Annotated[bool | None, Field(examples=[False])] = None


class GivenPassword(BaseModel):
    """A random password, shown this once. Every session of the account has ended."""

    password: str


class KeyDocument(BaseModel):
    """A key without what opens anything: it begins with `cs_`, then `prefix`."""

    prefix: str
    owner: str
    name: str
    scopes: list[Scope]
    created_at: AwareDatetime
    expires_at: AwareDatetime | None
    used_at: AwareDatetime | None
    revoked_at: AwareDatetime | None


class KeyPage(BaseModel):
    """Keys, newest first. `next` is the cursor of the page after; empty on the last one."""

    keys: list[KeyDocument]
    next: str


class NewKey(BaseModel):
    """A key for a program that acts for `owner`: its scopes are at most those of the owner's role."""

    model_config = ConfigDict(extra="forbid")

    owner: Annotated[str, Field(max_length=64, examples=["dana"])]
    name: Annotated[str, Field(min_length=1, max_length=100, examples=["n8n"])]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope), examples=[["tickets"]])]
    days: Annotated[int | None, Field(ge=1, le=LONGEST_KEY_DAYS)] = None


class MadeKey(KeyDocument):
    """`key` is shown this once."""

    key: str


@router.get("/me")
def me(who: Reader) -> Me:
    """Who asks."""
    scopes = sorted(who.scopes)
    return Me(id=who.id, name=who.name, role=who.role, how=who.how, scopes=scopes, ticket=who.ticket)


@router.get("/accounts", responses=documented(422))
def accounts(service: Parts, who: Administrator, limit: Limit = 50, cursor: Cursor = "") -> AccountPage:
    """Accounts, by id."""
    place = place_of(cursor)
    found = service.database.accounts.list(limit + 1, place.id if place else "")
    page, more = page_of(found, limit, lambda last: Place(0, last.id))
    return AccountPage(accounts=[_account(each) for each in page], next=more)


@router.post("/accounts", status_code=201, responses=documented(409, 422))
def add_account(service: Parts, who: Administrator, new: NewAccount) -> MadeAccount:
    """Let somebody in."""
    given = "" if new.password else random_password()
    wanted = Newcomer(email=new.email, name=new.name, role=new.role, id=new.id, password=new.password or given)
    with _told():
        account = Team.of(service).add(wanted, who.id)
    return MadeAccount(**_account(account).model_dump(), password=given)


@router.patch("/accounts/{account_id}", responses=documented(404, 409, 422))
def change_account(
    service: Parts, who: Administrator, account_id: AccountPath, change: AccountChange
) -> AccountDocument:
    """Another role, or disabled and back; it counts from the next request of theirs."""
    team = Team.of(service)
    account = service.database.accounts.get(account_id)
    if account is None:
        raise unknown("account", account_id)
    with _told():
        if change.role is not None:
            account = team.set_role(account_id, change.role, who.id)
        if change.disabled is not None:
            account = team.set_disabled(account_id, who.id, disabled=change.disabled)
    return _account(account)


@router.post("/accounts/{account_id}/password", responses=documented(404, 422))
def give_password(service: Parts, who: Administrator, account_id: AccountPath) -> GivenPassword:
    """A new random password for somebody who forgot theirs."""
    with _told():
        return GivenPassword(password=Team.of(service).give_password(account_id, who.id))


@router.get("/keys", responses=documented(422))
def keys(
    service: Parts,
    who: Administrator,
    owner: Annotated[str, Query(max_length=64)] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> KeyPage:
    """Keys, newest first; of one account when `owner` names it."""
    found = service.database.api_keys.list(owner, limit + 1, place_of(cursor))
    page, more = page_of(found, limit, lambda last: Place(micros(last.created_at), last.prefix))
    return KeyPage(keys=[_key(each) for each in page], next=more)


@router.post("/keys", status_code=201, responses=documented(404, 422))
def make_key(service: Parts, who: Administrator, new: NewKey) -> MadeKey:
    """Make a key; this answer is the only place that ever shows it."""
    with _told():
        key, whole = Team.of(service).make_key(new.owner, new.name, frozenset(new.scopes), who.id, new.days)
    return MadeKey(**_key(key).model_dump(), key=whole)


@router.delete("/keys/{prefix}", status_code=204, responses=documented(404, 422))
def revoke_key(service: Parts, who: Administrator, prefix: Prefix) -> None:
    """From now on the key opens nothing."""
    if not Team.of(service).revoke_key(prefix, who.id):
        raise unknown("key", prefix)


@contextmanager
def _told() -> Generator[None]:
    """A refusal of the team as a problem."""
    try:
        yield
    except AccountRefused as refused:
        said = str(refused)
        title = "This is not possible"
        raise Problem(_STATUS.get(refused.kind, 422), refused.kind, title, f"{said[:1].upper()}{said[1:]}.") from None
    except TooBusy as busy:
        raise Problem(503, "busy", "Busy", str(busy), headers={"Retry-After": "5"}) from None


def _account(account: Account) -> AccountDocument:
    return AccountDocument.model_validate(account.model_dump(exclude={"subject"}))


def _key(key: ApiKey) -> KeyDocument:
    return KeyDocument.model_validate(
        {**key.model_dump(exclude={"account_id"}), "owner": key.account_id, "scopes": sorted(key.scopes)}
    )
