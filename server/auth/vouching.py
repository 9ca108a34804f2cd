"""Who of us it is that the identity provider vouches for."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from agent.audit import AuditNote
from server.auth.accounts import Account, AccountRefused
from server.auth.oidc import Provider, ProviderRefused, Vouched
from server.auth.team import Newcomer, Team

if TYPE_CHECKING:
    from agent.limits import Role

BY = "provider"


def account_of(vouched: Vouched, provider: Provider, team: Team) -> Account:
    """The account: known by its name there, else by a verified e-mail, else made. Raises ProviderRefused.

    A role that one of their groups stands for counts at each sign-in; without one, the account's own stays.
    """
    known = team.database.accounts.by_subject(vouched.subject) or _linked(vouched, team)
    account = _with_role(known, vouched.role, team) if known else _made(vouched, provider, team)
    if account.disabled:
        raise ProviderRefused("disabled", "This account is disabled. An admin can let you in again.")
    return account


def _linked(vouched: Vouched, team: Team) -> Account | None:
    """An account of the same e-mail that nobody of the provider has yet. One that it did not verify proves nothing."""
    account = team.database.accounts.by_email(vouched.email)
    if account is None:
        return None
    if not vouched.verified or account.subject:
        raise ProviderRefused("e-mail", "An account has this e-mail, and the provider does not prove it is yours.")
    note = AuditNote(at=team.clock.now(), actor=BY, event="account.linked", payload={"account": account.id})
    return team.database.accounts.change(account.id, {"subject": vouched.subject}, note)


def _with_role(account: Account, role: Role | None, team: Team) -> Account:
    if role is None or role is account.role:
        return account
    # The last admin stays one, whatever the provider says: somebody has to be able to let people in.
    with suppress(AccountRefused):
        return team.set_role(account.id, role, BY)
    return account


def _made(vouched: Vouched, provider: Provider, team: Team) -> Account:
    domain = vouched.email.rpartition("@")[2]
    if not vouched.email:
        raise ProviderRefused("domain", "The identity provider did not say your e-mail. Ask whoever runs the provider.")
    if not vouched.verified or domain not in provider.domains:
        raise ProviderRefused("domain", f"There is no account for {vouched.email[:254]}. Ask an admin to make one.")
    if vouched.role is None:
        raise ProviderRefused("role", "None of your groups may use Countersign. Ask whoever runs the provider.")
    new = Newcomer(email=vouched.email, name=vouched.name, role=vouched.role, subject=vouched.subject)
    try:
        return team.add(new, BY)
    except AccountRefused as refused:
        raise ProviderRefused("account", f"No account could be made: {refused}.") from None
