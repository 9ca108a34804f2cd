"""`/api/v1/embed/tokens`: the backend of a helpdesk asks for a token with which one of its people opens one ticket."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from server.auth.embed import LONGEST, EmbedTokens
from server.auth.people import find_person
from server.auth.principal import How, Principal, Scope
from server.deps import SCOPES, Parts, principal_of
from server.problems import Problem, forbidden, unknown
from server.routes.errors import documented
from server.service import Service
from server.sidecar.access import own_name

router = APIRouter(prefix="/embed", tags=["sidecar"])


class TokenBody(BaseModel):
    """Whom the token is for, and the one ticket that it opens."""

    model_config = ConfigDict(extra="forbid")

    helpdesk: Annotated[str, Field(min_length=1, max_length=120, examples=["gorgias"])]
    ticket: Annotated[str, Field(min_length=1, max_length=200, examples=["5512"])]
    agent: Annotated[str, Field(min_length=1, max_length=64, description="id or e-mail", examples=["noor"])]


class Token(BaseModel):
    """A token and the address of the frame that it opens. It is shown once and kept nowhere."""

    token: str
    ticket: Annotated[str, Field(description="what the ticket is called here", examples=["gorgias-5512"])]
    url: Annotated[str, Field(examples=["/sidecar?ticket=gorgias-5512&token=cse_..."])]
    seconds: Annotated[int, Field(description="until it ends", examples=[600])]


def _asker(who: Annotated[Principal, Depends(principal_of)]) -> Principal:
    if who.how is How.EMBED:
        raise Problem(403, "not-allowed", "You may not do this", "A token does not make tokens.")
    if not (who.may(Scope.DECIDE) or who.may(Scope.EMBED)):
        raise forbidden(Scope.EMBED.value, who.comes_as)
    return who


SCOPES[_asker] = (Scope.DECIDE.value,)  # for others, embed: as the description says
Asker = Annotated[Principal, Depends(_asker)]


@router.post("/tokens", status_code=201, responses=documented(403, 404, 422))
def make_token(service: Parts, who: Asker, body: TokenBody) -> Token:
    """A token for ten minutes: for oneself, or for anybody of the team with a key of the scope `embed`."""
    return token_for(service, who, body)


def token_for(service: Service, who: Principal, body: TokenBody) -> Token:
    """Sign it. Raises a Problem: 404 for nobody of the team, 403 for somebody else without the key for that.

    Otherwise a colleague's limits would be anybody's, and a decision would be attributed to who did not make it.
    """
    agent = find_person(service.limits, service.database.accounts)(body.agent)
    if agent is None or service.database.accounts.get(agent.id) is None:
        raise unknown("person", body.agent)
    if agent.id != who.id and not (who.how is How.KEY and who.may(Scope.EMBED)):
        raise Problem(403, "not-allowed", "You may not do this", "A token for others takes a key of the scope embed.")
    ticket = own_name(service, body.helpdesk, body.ticket)
    signer = EmbedTokens(database=service.database, wall=service.wall)
    token = signer.sign(body.helpdesk, ticket, agent.id)
    url = f"/sidecar?ticket={quote(ticket)}&token={quote(token)}"
    return Token(token=token, ticket=ticket, url=url, seconds=int(LONGEST.total_seconds()))
