"""Why an answer to a request for approval does not count. Each message is for the person who answered."""

from __future__ import annotations

from agent.approvals.request import ApprovalRequest, ApprovalStatus, DecisionKind
from agent.limits.people import Role

_DID = {
    DecisionKind.APPROVE: "approved",
    DecisionKind.MODIFY: "asked for changes to",
    DecisionKind.REJECT: "rejected",
    DecisionKind.ESCALATE: "escalated",
}


class ApprovalError(Exception):
    """The answer does not count and nothing changed."""


class UnknownRequest(ApprovalError):
    """No request has this id."""

    def __init__(self, request_id: str) -> None:
        super().__init__(f'there is no request "{request_id}"; `countersign approvals list` shows those that wait')


class AlreadyDecided(ApprovalError):
    """Somebody was faster: the message says who, what and when."""

    def __init__(self, request: ApprovalRequest) -> None:
        self.request = request
        decision = request.decision
        if decision is None:
            super().__init__(f"request {request.id} is {request.status} and can no longer be answered")
        else:
            when = f"{decision.at:%Y-%m-%d %H:%M:%S} UTC"
            super().__init__(f"{decision.by} already {_DID[decision.kind]} request {request.id} on {when}")


class Expired(ApprovalError):
    """The answer came too late, which means no."""

    def __init__(self, request: ApprovalRequest) -> None:
        self.request = request
        when = f"{request.expires_at:%Y-%m-%d %H:%M} UTC"
        super().__init__(f"request {request.id} expired on {when}, so the answer is no; run the case again to ask anew")


class StaleDigest(ApprovalError):
    """The answer was given for something else than what is asked now."""

    def __init__(self, request: ApprovalRequest) -> None:
        self.request = request
        gone = request.status is ApprovalStatus.SUPERSEDED
        what = "was replaced by a newer request" if gone else "is not what you were shown"
        super().__init__(f"request {request.id} {what}; look at what is asked now and answer that")


class NotAllowed(ApprovalError):
    """This person may not sign this."""

    def __init__(self, request: ApprovalRequest, by: str, role: Role, reasons: tuple[str, ...] = ()) -> None:
        self.request = request
        self.reasons = reasons or (f"it needs {request.required_role} or above",)
        super().__init__(f"{by} ({role}) may not sign request {request.id}: {'; '.join(self.reasons)}")


class ReasonMissing(ApprovalError):
    """A rejection without a reason teaches nobody anything."""

    def __init__(self) -> None:
        super().__init__("say why you reject it, in a few words")


class NothingEdited(ApprovalError):
    """A change was asked for, but none was given."""

    def __init__(self) -> None:
        super().__init__("say what should be different: other effects, or another text for the reply")


class UnknownPerson(ApprovalError):
    """Nobody answers to this name: neither in limits.yaml, nor by an account that may sign in."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f'nobody in the `people` of limits.yaml and no account answers to "{name}"; a signature names one'
        )
