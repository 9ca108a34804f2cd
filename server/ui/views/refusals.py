"""What a page says to somebody whose answer did not count: who was faster, and what to look at now."""

from __future__ import annotations

from agent.approvals import ApprovalRequest, DecisionKind
from agent.approvals.errors import AlreadyDecided, Expired, StaleDigest
from server.ui.people import named, named_in
from server.ui.words import moment, priced, sentence

_DID = {
    DecisionKind.APPROVE: "said yes to this",
    DecisionKind.MODIFY: "changed this",
    DecisionKind.REJECT: "rejected this",
    DecisionKind.ESCALATE: "handed this to a person",
}


def refusal(why: str, said: str, request: ApprovalRequest | None) -> str:
    """`why`: the name of the rule; `said`: what a terminal would say, for rules that need no other words here."""
    if request is None:
        return said
    decided = request.decision
    if why == AlreadyDecided.__name__ and decided is not None:
        did = f"{sentence(named(decided.by))} {_DID[decided.kind]} already"
        return f"{did}, on {moment(decided.at)}. Yours was not counted."
    if why == Expired.__name__:
        return (
            f"Its time ran out on {moment(request.expires_at)}, so the answer is no. Work on the case anew to be asked."
        )
    if why in (StaleDigest.__name__, AlreadyDecided.__name__):
        because = f" ({named_in(request.detail)})" if request.detail else ""
        return f"What you were shown is not asked any more{because}. Nothing was done; look at what stands here now."
    return sentence(priced(named_in(said)))
