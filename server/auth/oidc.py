"""Sign-in through an identity provider: OpenID Connect, authorization code with PKCE, state and nonce."""

from __future__ import annotations

import secrets
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, cast
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError

from agent.limits import Role
from server.settings import PREFIX, Settings, SettingsError

LASTS = timedelta(minutes=10)
SCOPES = "openid email profile"
ALGORITHMS = ("RS256", "ES256", "PS256", "EdDSA")
"""Never `none`, and never one whose key is the client's secret."""
SECONDS = 10.0
LEEWAY = 30
_RUNS = "Whoever runs Countersign has to mend that."
_CLOCKS = "The clocks of the identity provider and of this machine differ too much, so its answer does not count."
_NEAR = frozenset({"127.0.0.1", "localhost", "::1"})


class _Client(Protocol):
    """What is used of authlib's client, which has no types of its own."""

    def create_authorization_url(self, url: str, *, state: str, code_verifier: str, nonce: str) -> tuple[str, str]: ...

    def fetch_token(self, url: str, *, code: str, code_verifier: str, grant_type: str) -> dict[str, object]: ...

    def close(self) -> None: ...


class ProviderRefused(Exception):
    """The provider did not vouch for anybody. `kind` is for the log; the message is for the person."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Found(BaseModel):
    """What discovery says, as far as we need it."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class Begun(BaseModel):
    """What we have to remember between leaving for the provider and coming back; sealed in a cookie."""

    state: str
    nonce: str
    verifier: str
    next: str = "/"

    @classmethod
    def new(cls, address: str) -> Begun:
        """Fresh random values, used once."""
        return cls(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            next=address[:500],
        )


class Vouched(BaseModel):
    """Whom the provider vouches for. `subject` never changes there; an e-mail may."""

    subject: str = Field(min_length=1, max_length=600)
    email: str
    verified: bool
    name: str
    role: Role | None
    """What one of their groups stands for; the highest when there are several."""


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One provider, as the settings name it."""

    issuer: str
    client_id: str
    client_secret: str
    domains: frozenset[str]
    claim: str
    roles: Mapping[str, Role]

    @classmethod
    def of(cls, settings: Settings) -> Provider | None:
        """None when none is set. Raises SettingsError for what cannot work."""
        issuer = settings.oidc_issuer.strip().rstrip("/")
        if not issuer:
            return None
        address = urlsplit(issuer)
        if address.scheme != "https" and address.hostname not in _NEAR:
            raise SettingsError(f'{PREFIX}OIDC_ISSUER must begin with https://, not "{issuer}"')
        if not settings.oidc_client_id:
            raise SettingsError(f"{PREFIX}OIDC_CLIENT_ID is missing: the name that the provider knows Countersign by")
        return cls(
            issuer=issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            domains=frozenset(each.lower().removeprefix("@") for each in _listed(settings.oidc_domains)),
            claim=settings.oidc_role_claim,
            roles=dict(_role(pair) for pair in _listed(settings.oidc_roles)),
        )

    def leave(self, begun: Begun, back: str) -> str:
        """The provider's address to send a browser to. Raises ProviderRefused."""
        found = self._found()
        with self._client(back) as client:
            address, _ = client.create_authorization_url(
                found.authorization_endpoint, state=begun.state, code_verifier=begun.verifier, nonce=begun.nonce
            )
        return address

    def back(self, begun: Begun, code: str, back: str, now: datetime) -> Vouched:
        """Whom the provider vouches for with this code. Raises ProviderRefused."""
        from authlib.integrations.base_client import OAuthError  # pyright: ignore[reportMissingTypeStubs]

        found = self._found()
        with self._client(back) as client:
            try:
                given = client.fetch_token(
                    found.token_endpoint, code=code, code_verifier=begun.verifier, grant_type="authorization_code"
                )
            except (OAuthError, ValueError) as error:
                raise _not_given(str(getattr(error, "error", ""))) from None
        token = str(given.get("id_token", ""))
        return self._vouched(self._claims(token, found, begun.nonce, now))

    def _found(self) -> Found:
        said = _document(f"{self.issuer}/.well-known/openid-configuration")
        try:
            found = Found.model_validate(said)
        except ValidationError:
            raise _no("discovery", "The identity provider's description cannot be read.") from None
        if found.issuer.rstrip("/") != self.issuer:
            said = f"{found.issuer[:200]}, and {PREFIX}OIDC_ISSUER says {self.issuer}"
            raise _no("discovery", f"The identity provider calls itself {said}. {_RUNS}")
        return found

    def _claims(self, token: str, found: Found, nonce: str, now: datetime) -> dict[str, object]:
        from joserfc import jwt
        from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError
        from joserfc.jwk import KeySet

        keys = _document(found.jwks_uri)
        try:
            known = KeySet.import_key_set(cast("dict[str, list[dict[str, str | list[str]]]]", keys))  # pyright: ignore[reportArgumentType] - checked by it
            claims = jwt.decode(token, known, algorithms=list(ALGORITHMS)).claims
            wanted = jwt.JWTClaimsRegistry(
                now=int(now.timestamp()),
                leeway=LEEWAY,
                iss={"essential": True, "value": found.issuer},
                aud={"essential": True, "value": self.client_id},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": nonce},
            )
            wanted.validate(claims)
        except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
            if isinstance(error, ExpiredTokenError | InvalidClaimError) and error.claim in ("exp", "iat", "nbf"):
                raise _no("clock", f"{_CLOCKS} {_RUNS}") from None
            raise _no("token", "The identity provider's answer is not valid. Try again.") from None
        if claims.get("azp", self.client_id) != self.client_id:
            raise _no("token", "The identity provider's answer is meant for somebody else.")
        return claims

    def _vouched(self, claims: dict[str, object]) -> Vouched:
        email = str(claims.get("email", "")).strip().lower()
        name = str(claims.get("name", "")).strip() or email.partition("@")[0]
        return Vouched(
            subject=f"{self.issuer}|{claims['sub']}",
            email=email,
            verified=claims.get("email_verified") is True,
            name=name[:100],
            role=self._role_of(claims.get(self.claim) if self.claim else None),
        )

    def _role_of(self, groups: object) -> Role | None:
        named = cast("list[object]", groups) if isinstance(groups, list) else [groups]
        found = [self.roles[str(each)] for each in named if str(each) in self.roles]
        return max(found, key=lambda role: role.rank, default=None)

    @contextmanager
    def _client(self, back: str) -> Generator[_Client]:
        from authlib.integrations.httpx_client import OAuth2Client  # pyright: ignore[reportMissingTypeStubs]

        made = OAuth2Client(
            self.client_id,
            self.client_secret or None,
            token_endpoint_auth_method="client_secret_basic" if self.client_secret else "none",
            scope=SCOPES,
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=SECONDS,
        )
        with _answering(), closing(cast("_Client", made)) as client:
            yield client


@contextmanager
def _answering() -> Generator[None]:
    from httpx2 import HTTPError

    try:
        yield
    except HTTPError:
        raise _no("unreachable", "The identity provider does not answer. Try again in a moment.") from None


def _document(address: str) -> object:
    """A public document of the provider: its description, its keys."""
    import httpx2

    with _answering():
        answer = httpx2.get(address, timeout=SECONDS).raise_for_status()
    try:
        said: object = answer.json()
    except ValueError:
        raise _no("discovery", "The identity provider's answer cannot be read.") from None
    return said


def _no(kind: str, message: str) -> ProviderRefused:
    return ProviderRefused(kind, message)


def _not_given(error: str) -> ProviderRefused:
    """Why a code was worth nothing. Only what lies with the code is better at the next attempt."""
    if error in ("invalid_client", "unauthorized_client"):
        said = f"{PREFIX}OIDC_CLIENT_ID and {PREFIX}OIDC_CLIENT_SECRET"
        return _no("client", f"The identity provider does not accept {said}. {_RUNS}")
    return _no("code", "The identity provider did not accept this sign-in. Try again.")


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _role(pair: str) -> tuple[str, Role]:
    group, _, role = pair.rpartition("=")
    if not group or role not in [each.value for each in Role]:
        raise SettingsError(f'{PREFIX}OIDC_ROLES: "{pair}" must be GROUP=ROLE, with a role such as agent or lead')
    return group.strip(), Role(role)
