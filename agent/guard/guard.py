"""The verdict on a whole proposal: every action by policy, the reply by its sources, the case by its own rules.

Default deny: what cannot be judged is blocked. The facts are re-read by code; nothing is believed because a
reasoner said it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from agent.case import (
    ActionVerdict,
    Alternative,
    Classification,
    Draft,
    GuardVerdict,
    Identity,
    Investigation,
    Promise,
    ProposedResolution,
    Verdict,
    Violation,
    effect_key,
    strictest,
)
from agent.edits import chosen
from agent.guard.case_rules import Subject, case_rules
from agent.limits import PolicyLimits
from agent.policy import PastEffect, amount_of, judge, load_policy_facts, merged, past_of_store
from agent.policy.facts import longest_memory
from agent.policy.question import PolicyFacts
from tools.actions import Action, SendReply
from tools.commerce import FraudBand, Order
from tools.facts import load_facts, versions
from tools.helpdesk import Author
from tools.money import Money
from tools.ports import Readers
from tools.remembering import once, remembering

MOST_ALTERNATIVES = 6
__all__ = ["EffectHistory", "Guard", "Judged", "Judgements", "Subject", "TextCase", "TextCheck", "TextVerdict"]


class EffectHistory(Protocol):
    """What was done or is approved to be done, for cumulative limits."""

    def past_effects(self, since: datetime, customer_id: str = "", case_id: str = "") -> Sequence[PastEffect]:
        """Effects since a moment that count for this customer, this case or the whole shop, oldest first."""
        ...


@dataclass(frozen=True, kw_only=True)
class TextVerdict:
    """What the sources say about a reply."""

    draft: Draft
    promises: tuple[Promise, ...] = ()
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TextCase:
    """Everything that the words of a reply are held against."""

    draft: Draft
    classification: Classification
    investigation: Investigation
    proposal: ProposedResolution
    effects: tuple[Action, ...]
    now: datetime
    given: str = ""
    """What the customer wrote: an address in it may be repeated back, nothing else."""


TextCheck = Callable[[TextCase], TextVerdict]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A proposal with its sources and versions filled in, and the verdict on it."""

    proposal: ProposedResolution
    verdict: GuardVerdict
    amounts: dict[str, Money]
    """What each effect gives, by fingerprint."""


@dataclass(frozen=True, kw_only=True)
class Judgements:
    """Every action judged in order, the versions they rest on, and what they give."""

    verdicts: list[ActionVerdict]
    bindings: dict[str, str]
    amounts: dict[str, Money]


StillRead = Callable[[str, datetime], str]
"""Why a person has to read replies about an intent; empty when it has earned to go unread."""


def _always_read(intent: str, now: datetime) -> str:
    return f"nothing is known about reviewed drafts about {intent.replace('_', ' ')}."


@dataclass(frozen=True, kw_only=True)
class Guard:
    """Judges proposals. Reads the world; changes nothing."""

    readers: Readers
    limits: PolicyLimits
    history: EffectHistory
    text_check: TextCheck
    still_read: StillRead = _always_read

    def check(self, subject: Subject, proposal: ProposedResolution, now: datetime) -> Judged:
        """The verdict on `proposal`, with spans, promises and bindings filled in."""
        effects = proposal.effects(subject.ticket.id)
        found = self._at_one_moment()._judge_all(subject, effects, now)
        text = self._text(subject, proposal, effects, now)
        whole = (
            *case_rules(subject, proposal, effects),
            *self._not_earned(subject, effects, now),
            *_about_words(text, proposal.author),
        )
        actions = together(found.verdicts, whole)
        verdict = strictest([*(item.verdict for item in actions), *(violation.verdict for violation in whole)])
        filled = proposal.model_copy(
            update={
                "reply": text.draft if text else None,
                "promises": text.promises if text else (),
                "alternatives": self._sound(subject, proposal, now),
                "bindings": {**proposal.bindings, **found.bindings},
            }
        )
        judged = GuardVerdict(verdict=verdict, actions=actions, violations=whole)
        return Judged(proposal=filled, verdict=judged, amounts=found.amounts)

    def judge_one(
        self, subject: Subject, action: Action, now: datetime, before: Sequence[PastEffect] = ()
    ) -> tuple[ActionVerdict, PolicyFacts]:
        """The verdict on one action with the facts as they are now; run again right before the effect."""
        identity, order = subject.investigation.identity, self._order(subject)
        facts = load_policy_facts(
            action,
            self.readers,
            self.limits,
            now,
            case_id=subject.case_id,
            case_fraud=order.fraud if order else FraudBand.LOW,
            basket_order=order,
        )
        own = effect_key(subject.case_id, action)  # claimed already when it is judged again before it happens
        every = merged(list(self._past(identity, subject.case_id, now)), past_of_store(facts))
        past = [effect for effect in every if effect.key != own]
        verdict = judge(action, facts, self.limits, identity, subject.classification.intent, [*past, *before], now)
        return verdict, facts

    def _not_earned(self, subject: Subject, effects: Sequence[Action], now: datetime) -> Sequence[Violation]:
        """Being listed as unread is not enough: an intent has to have earned it (row A17)."""
        intent = subject.classification.intent
        replies = any(isinstance(action, SendReply) for action in effects)
        why = self.still_read(intent, now) if replies and self.limits.replies.owner_of(intent) else ""
        ask = Violation(rule="reply.not_earned", verdict=Verdict.REQUIRE_APPROVAL, role="agent", message=why)
        return [ask] if why else []

    def bindings(self, subject: Subject, effects: Sequence[Action], now: datetime) -> dict[str, str]:
        """The versions that these effects rest on, read now."""
        readers, found = remembering(self.readers), self._standing(subject)
        for action in effects:
            found.update(versions(load_facts(action, readers, now)))
        return found

    def _standing(self, subject: Subject) -> dict[str, str]:
        """What every proposal rests on, besides the facts of its actions."""
        ticket, staff = subject.ticket, subject.ticket.staff
        own = {"limits": self.limits.digest[:16], f"ticket:{ticket.id}": ticket.latest.id}
        # What a person wrote meanwhile ends every signature: nobody is answered twice, by two voices.
        return {**subject.rests_on, **own, **({f"staff:{ticket.id}": staff} if staff else {})}

    def _at_one_moment(self) -> Guard:
        """This guard for one judgement: what two actions need is read once."""
        return replace(self, readers=remembering(self.readers), history=once(self.history))

    def _judge_all(self, subject: Subject, effects: Sequence[Action], now: datetime) -> Judgements:
        verdicts: list[ActionVerdict] = []
        before: list[PastEffect] = []
        bindings = self._standing(subject)
        for action in effects:
            verdict, facts = self.judge_one(subject, action, now, before)
            verdicts.append(verdict)
            before.append(_as_past(action, facts, subject, now))
            bindings.update(versions(facts.world))
        amounts = {past.action.fingerprint(): past.amount for past in before if past.amount is not None}
        return Judgements(verdicts=verdicts, bindings=bindings, amounts=amounts)

    def _past(self, identity: Identity, case_id: str, now: datetime) -> Sequence[PastEffect]:
        return self.history.past_effects(now - longest_memory(self.limits), identity.customer_id, case_id)

    def _order(self, subject: Subject) -> Order | None:
        evidence = subject.investigation.find("order")
        return self.readers.orders.order(str(evidence.fields["id"])) if evidence else None

    def _sound(self, subject: Subject, proposal: ProposedResolution, now: datetime) -> tuple[Alternative, ...]:
        """The alternatives whose replies could be sent: what a person is offered is a draft like any other."""
        return tuple(
            option
            for option in proposal.alternatives[:MOST_ALTERNATIVES]
            if option.reply is None or self._says_only_what_is_known(subject, chosen(proposal, option), now)
        )

    def _says_only_what_is_known(self, subject: Subject, proposal: ProposedResolution, now: datetime) -> bool:
        text = self._text(subject, proposal, proposal.effects(subject.ticket.id), now)
        return text is None or all(found.verdict is not Verdict.BLOCK for found in text.violations)

    def _text(
        self, subject: Subject, proposal: ProposedResolution, effects: tuple[Action, ...], now: datetime
    ) -> TextVerdict | None:
        if proposal.reply is None:
            return None
        return self.text_check(
            TextCase(
                draft=proposal.reply,
                classification=subject.classification,
                investigation=subject.investigation,
                proposal=proposal,
                effects=effects,
                now=now,
                given="\n".join(m.text for m in subject.ticket.messages if m.author is Author.CUSTOMER),
            )
        )


def _about_words(text: TextVerdict | None, author: str) -> tuple[Violation, ...]:
    """What the sources say. A person may write what we cannot source: they see it named, and sign for it."""
    found = text.violations if text else ()
    if not author:
        return found
    signed = {"verdict": Verdict.REQUIRE_APPROVAL, "role": "agent"}
    return tuple(item.model_copy(update=signed) if item.verdict is Verdict.BLOCK else item for item in found)


def _as_past(action: Action, facts: PolicyFacts, subject: Subject, now: datetime) -> PastEffect:
    """An earlier action of the same proposal counts for the later ones: splitting inside one proposal gains nothing."""
    return PastEffect(
        action=action,
        at=now,
        customer_id=facts.customer_id or subject.investigation.identity.customer_id,
        case_id=subject.case_id,
        amount=amount_of(action, facts),
    )


def together(judged: Sequence[ActionVerdict], whole: Sequence[Violation]) -> tuple[ActionVerdict, ...]:
    """A reply speaks about the other effects, so it waits for their signature and falls with their block."""
    others = [item.verdict for item in judged if item.kind != "send_reply"]
    reply = strictest([*others, *(violation.verdict for violation in whole)])
    return tuple(_raised(item, reply) if item.kind == "send_reply" else item for item in judged)


def _raised(item: ActionVerdict, least: Verdict) -> ActionVerdict:
    verdict = strictest([item.verdict, least])
    role = item.role or ("agent" if verdict is Verdict.REQUIRE_APPROVAL else "")
    return item.model_copy(update={"verdict": verdict, "role": role})
