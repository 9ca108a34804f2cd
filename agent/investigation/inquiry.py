"""The investigation of a case: identity first, then the lookups, then every fact as scope and as evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from agent.case import CitedPassage, Classification, Investigation
from agent.investigation import catalog, lines, orders, swaps
from agent.investigation.evidence import evidence_of
from agent.investigation.found import Found, look_up_customer, look_up_history, look_up_subscription
from agent.investigation.identity import identify
from agent.investigation.needs import Needs
from agent.investigation.scope import scope_of
from agent.limits import PolicyLimits
from agent.reading.answers import answered
from agent.reading.words import fold
from agent.triage.glossary import glossaries, in_english
from knowledge.documents import DocumentKind, Hit, Passage
from knowledge.identifiers import identifiers
from knowledge.index import KnowledgeIndex
from tools.errors import Unavailable
from tools.helpdesk import Ticket
from tools.ports import Readers
from tools.remembering import of_each, remembering

Lookup = Callable[[Found, Readers], None]

LOOKUPS: dict[str, Lookup] = {
    "customer": look_up_customer,
    "history": look_up_history,
    "orders": orders.look_up_orders,
    "order": lines.look_up_lines,
    "prices": lines.look_up_prices,
    "shipment": orders.look_up_shipment,
    "returns": orders.look_up_returns,
    "refunds": orders.look_up_refunds,
    "product": catalog.look_up_product,
    "stock": swaps.look_up_swap,
    "subscription": look_up_subscription,
    "discount_code": catalog.look_up_code,
}
"""Lookups in the order in which they build on each other. `knowledge` and `estimate` need none of the store's rows."""
ALWAYS = frozenset({"customer", "orders", "order", "history"})
NAMES = frozenset(LOOKUPS) | {"knowledge", "estimate"}
LONGEST = 10_000
"""Characters of a message that are read for what it means. Who needs more is answered by a person."""
CONFIDENT, WITH_CODE = 0.6, 0.35
"""From this score on a passage answers the question; below it is a lead for a person, not an answer.

Of 44 questions of our own, 28 with an answer in the demo's texts, 22 reach 0.6 and 21 of those are answered; at 0.55 it
is 23 of 26, at 0.65 it is 19 of 19. A passage that holds a code of the question scores 1 more and says what the code is
about, so less likeness will do; without any it only happens to name it.
"""
ABOUT_IT = 0.53
"""The same where the passage names the very article that is asked about: of 32 such questions (samples to tune on,
fresh messages) 21 reach it and 20 of those are answered; of the 3 that nothing answers the best has 0.51."""

MOST_ASKED = 500
"""Characters of a question: more of it would blur what is asked."""
_REPLY = re.compile(r"\s*(?:re|fwd?|aw|wg|rv|tr|antw|sv)\s*:", re.I)
ANSWERS = (DocumentKind.POLICY, DocumentKind.FAQ, DocumentKind.PRODUCT, DocumentKind.NOTICE)
"""What a reply may rest on. How we write (`guide`) and what we write (`macro`) are no facts."""


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """The same facts twice: as sourced evidence for people and the guard, as values for playbooks."""

    ticket: Ticket
    """As it was when the facts were looked up."""
    investigation: Investigation
    scope: Mapping[str, object]


def investigate(
    ticket: Ticket,
    classification: Classification,
    needs: Needs,
    *,
    readers: Readers,
    knowledge: KnowledgeIndex,
    limits: PolicyLimits,
    now: datetime,
) -> Inquiry:
    """Look everything up that `needs` names. A system that is down is a recorded failure, never an invented fact."""
    readers = remembering(readers)
    identity = identify(ticket, classification, readers, limits.identity.unauthenticated_email)
    text = _told(ticket)[:LONGEST]
    found = Found(ticket=ticket, classification=classification, identity=identity, limits=limits, now=now, text=text)
    _run(found, readers, needs.lookups | ALWAYS)
    best = _best_passage(found, knowledge, needs)
    scope = scope_of(found, best)
    return Inquiry(
        ticket=ticket,
        investigation=Investigation(
            identity=identity,
            evidence=evidence_of(scope, now),
            passages=_passages(needs, best, knowledge, now),
            open_questions=_open_questions(found),
            failures=tuple(found.failures),
        ),
        scope=scope,
    )


def message_text(ticket: Ticket) -> str:
    """Subject and newest message: what the customer says now."""
    return f"{ticket.subject}\n{ticket.latest.text}".strip()


def _told(ticket: Ticket) -> str:
    """What the customer says now, and what a few words of it answer: "M it is then" names no article."""
    return f"{message_text(ticket)}\n{answered(ticket)}".strip()


def _run(found: Found, readers: Readers, wanted: frozenset[str]) -> None:
    for name, lookup in LOOKUPS.items():
        if name in wanted:
            try:
                lookup(found, readers)
            except Unavailable as error:
                found.failures.append(f"{name}: {error}")


def _best_passage(found: Found, knowledge: KnowledgeIndex, needs: Needs) -> tuple[Passage, bool] | None:
    if "knowledge" not in needs.lookups:
        return None
    asked = _question(found.ticket)
    language = found.classification.language
    # The encoder knows English: put into it word by word, a question finds an English passage as well.
    english = [in_english(asked, language)] if language in glossaries() else []
    hits = [hit for question in (asked, *english) for hit in knowledge.search(question, 1, found.now, ANSWERS)]
    best = max(hits, key=lambda hit: hit.score, default=None)
    return (best.passage, _answers(asked, best, found)) if best is not None else None


def _question(ticket: Ticket) -> str:
    """What is asked, without a subject that only answers an earlier mail."""
    text = ticket.latest.text if _REPLY.match(ticket.subject) else message_text(ticket)
    return text[:MOST_ASKED]


def _answers(question: str, hit: Hit, found: Found) -> bool:
    codes = len(identifiers(question) & identifiers(f"{hit.passage.title}\n{hit.passage.text}"))
    about_it = found.product is not None and fold(found.product.title) in fold(hit.passage.text)
    return hit.score - codes >= (WITH_CODE if codes else ABOUT_IT if about_it else CONFIDENT)


def _passages(
    needs: Needs, best: tuple[Passage, bool] | None, knowledge: KnowledgeIndex, now: datetime
) -> tuple[CitedPassage, ...]:
    wanted = [_place(cite) for cite in dict.fromkeys(needs.cites)]
    sections = knowledge.cite_all(wanted, now) if wanted else ()
    cited = [passage for passage in sections if passage is not None and passage.kind in ANSWERS]
    found = [*cited, best[0]] if best else cited
    return tuple({passage.id: cited_passage(passage) for passage in found}.values())


def _place(cite: str) -> tuple[str, str]:
    document, _, anchor = cite.partition("#")
    return document, anchor


def cited_passage(passage: Passage) -> CitedPassage:
    """A passage as a case keeps it."""
    return _kept(passage)


def _as_cited(passage: Passage) -> CitedPassage:
    return CitedPassage(
        passage_id=passage.id,
        document_id=passage.document_id,
        version=passage.version,
        anchor=passage.anchor,
        title=passage.title,
        text=passage.text,
    )


_kept = of_each(_as_cited, most=1_024)
"""The index gives the same passage each time."""


def _open_questions(found: Found) -> tuple[str, ...]:
    questions: list[str] = []
    if not found.identity.verified:
        questions.append(f"who writes: {found.identity.how}")
    if found.order_not_found:
        questions.append("which order: the number named is not one of this customer's")
    if found.order_ambiguous:
        questions.append("which order: several fit")
    if len(found.orders_named) > 1:
        others = ", ".join(order.number for order in found.orders_named[1:])
        questions.append(f"the message names {others} too; only {found.orders_named[0].number} was looked up")
    return tuple(questions)
