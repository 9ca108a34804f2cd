"""What never leaves the shop: the business of staff, and the data of a customer whom nobody has verified (row U4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agent.case import Evidence, Violation
from agent.guard.claims import claims_of
from agent.guard.grounding import sources_of
from agent.guard.known import Known
from agent.guard.policy_words import INTERNAL, INTERNAL_HINTS
from agent.guard.rules import Rule, blocked
from agent.investigation.evidence import CUSTOMER_KINDS
from knowledge.hints import may_hold

ASKED = "asked_"


def internal(text: str) -> Iterator[Violation]:
    """What only staff may read never reaches a customer (row B5)."""
    for match in INTERNAL.finditer(text) if may_hold(text, INTERNAL_HINTS) else ():
        yield blocked(Rule.INTERNAL, f'"{match[0]}" is for staff only', *match.span())


def usable(evidence: Iterable[Evidence], *, verified: bool) -> Iterator[Evidence]:
    """The evidence that a reply may use: nothing that belongs to a customer before the sender is verified."""
    return (item for item in evidence if verified or not of_customer(item))


def of_customer(item: Evidence) -> bool:
    """Whether it belongs to a customer; what a reasoner asked for does, but for the catalogue."""
    return item.kind in CUSTOMER_KINDS or (item.kind.startswith(ASKED) and item.kind != f"{ASKED}products")


def unverified(violations: Iterable[Violation], text: str, language: str, withheld: Known) -> Iterator[Violation]:
    """The same violations; one whose words stand in withheld customer data says so."""
    claims = {claim.start: claim for claim in claims_of(text, language)}
    for found in violations:
        said = text[found.start or 0 : found.end or 0].strip("# ")
        claim = claims.get(found.start or 0)
        if said and (withheld.holding(said) or (claim is not None and sources_of(claim, withheld))):
            message = f'"{said}" belongs to a customer, and nobody has verified who writes'
            yield found.model_copy(update={"rule": Rule.UNVERIFIED.value, "message": message})
        else:
            yield found
