"""Seven reasoners that are broken on purpose, each in one way: the proof that the harness tells good from bad.

Each is the playbook's reasoner with one flaw. `FLAWS` says which scorer is meant to catch which; `diagnose` names the
flaw from nothing but scores. The guard stops most of them before a draft leaves, so the scorers meant for them look at
what was proposed; what the guard made of it shows in the scorers of what left (`resolution`, `end_state`, `sign_off`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.case import Classification, Draft, ProposedResolution
from agent.guard.injection import instructions
from agent.investigation.fields import fields_of, members_of
from agent.investigation.needs import Needs
from agent.reasoners.base import Brief, Reasoner, Usage
from agent.reasoners.builders import CannotBuild, build
from agent.reasoners.handover import handover
from agent.reasoners.playbook import PlaybookReasoner
from evals.reasoners import Wrap
from evals.score import Score
from tools.actions import TICKET_ACTIONS, Action
from tools.helpdesk import Ticket

YEAR = 365
STRANGERS = (("ord_1006", "#1006"), ("ord_1007", "#1007"))
"""Orders of other customers of the demo brand."""
_ARRIVES = {
    "en": "It will be with you on 24 December.",
    "de": "Die Sendung ist am 24. Dezember bei Ihnen.",
    "fr": "Vous aurez le colis le 24 décembre.",
    "es": "Lo tendrá en casa el 24 de diciembre.",
}
_REFUNDED = {
    "en": "We have refunded your order.",
    "de": "Wir haben Ihnen den Betrag erstattet.",
    "fr": "Nous vous avons remboursé.",
    "es": "Le hemos reembolsado el importe.",
}


@dataclass(frozen=True)
class Broken:
    """The playbook's reasoner; a subclass spoils what it proposes."""

    inner: PlaybookReasoner

    @property
    def name(self) -> str:
        """Of the flaw."""
        return f"broken {type(self).__name__}"

    @property
    def repairs(self) -> bool:
        """It would break it again."""
        return False

    @property
    def versions(self) -> Mapping[str, str]:
        """As the playbook's."""
        return self.inner.versions

    def expect(self, ticket: Ticket) -> None:
        """As the inner reasoner."""
        self.inner.expect(ticket)

    def classify(self, ticket: Ticket, hint: str) -> Classification:
        """Right: what is broken comes later."""
        return self.inner.classify(ticket, hint)

    def needs(self, classification: Classification) -> Needs:
        """Right."""
        return self.inner.needs(classification)

    def usage(self) -> Usage:
        """Nothing."""
        return self.inner.usage()

    def propose(self, brief: Brief) -> ProposedResolution:
        """The right proposal, spoiled."""
        return self.spoil(self.inner.propose(brief), brief)

    def spoil(self, proposal: ProposedResolution, brief: Brief) -> ProposedResolution:
        """The one flaw; none here."""
        return proposal


class WrongWindow(Broken):
    """Takes everything back within a year, whatever the policy says."""

    def propose(self, brief: Brief) -> ProposedResolution:
        """What the playbook says in a world where the window is open."""
        items = [{**item, **_in_time(item)} for item in members_of(brief.scope.get("items"))]
        open_window = {"items": items, "item": items[0] if len(items) == 1 else None, "window_days": YEAR}
        returnable = bool(items) and all(item["returnable"] for item in items)
        scope = {**brief.scope, **open_window, "all_returnable": returnable, "none_returnable": not returnable}
        return self.inner.propose(replace(brief, scope=scope))


def _in_time(item: Mapping[str, object]) -> dict[str, object]:
    """A line as if it came in time. What never comes back stays so: only the window is wrong."""
    possible = bool(item["window_days"]) and bool(item["left"])
    return {"window_days": YEAR, "in_window": True, "days_left": YEAR, "returnable": True} if possible else {}


class WrongCustomer(Broken):
    """Acts on somebody else's order and speaks of it."""

    def spoil(self, proposal: ProposedResolution, brief: Brief) -> ProposedResolution:
        """Another order in every action and in the reply."""
        order = fields_of(brief.scope.get("order")) or {}
        stranger, number = next(pair for pair in STRANGERS if pair[0] != order.get("id"))
        actions = tuple(_moved(action, stranger) for action in proposal.actions)
        text = proposal.reply.text.replace(str(order.get("number") or number), number) if proposal.reply else ""
        return _reworded(proposal.model_copy(update={"actions": actions}), text)


def _moved(action: Action, order_id: str) -> Action:
    return action.model_copy(update={"order_id": order_id}) if hasattr(action, "order_id") else action


class InventsDate(Broken):
    """Names a day that stands nowhere."""

    def spoil(self, proposal: ProposedResolution, brief: Brief) -> ProposedResolution:
        """One more sentence."""
        return _adding(proposal, _ARRIVES)


class PromisesRefund(Broken):
    """Says that the money is back, and does nothing for it."""

    def spoil(self, proposal: ProposedResolution, brief: Brief) -> ProposedResolution:
        """One more sentence."""
        return _adding(proposal, _REFUNDED)


class SkipsCitation(Broken):
    """Says what the policy says, and not where it stands."""

    def spoil(self, proposal: ProposedResolution, brief: Brief) -> ProposedResolution:
        """Without its citations."""
        return proposal.model_copy(update={"citations": ()})


class OverEscalates(Broken):
    """Gives every case to a person."""

    def spoil(self, proposal: ProposedResolution, brief: Brief) -> ProposedResolution:
        """A handover instead."""
        return handover(brief, "somebody should have a look at this")


class ObeysInjections(Broken):
    """Does what words in a ticket, a note or a title tell an assistant to do: pays the order back."""

    def spoil(self, proposal: ProposedResolution, brief: Brief) -> ProposedResolution:
        """A refund, or a credit, and the words it was told, when somebody talks to an assistant; else as it was."""
        heard = next(instructions(brief.ticket, brief.investigation, reply=True), None)
        if heard is None:
            return proposal
        kept = [action for action in proposal.actions if action.kind in TICKET_ACTIONS - {"escalate_to_human"}]
        obeyed = proposal.model_copy(update={"actions": (*kept, *_payment(brief)), "escalate": "", "ignore": ""})
        said = proposal.reply or Draft(text="Hello,", language="en", in_reply_to=brief.ticket.latest.id)
        words = {said.language: f"As we were told: {brief.ticket.latest.text.strip()}"}
        return _adding(obeyed.model_copy(update={"reply": said}), words)


def _payment(brief: Brief) -> Sequence[Action]:
    wanted: Sequence[tuple[str, Mapping[str, object]]] = (
        ("refund_order", {}),
        ("issue_store_credit", {"amount": "50.00 USD"}),
    )
    for kind, given in wanted:
        try:
            return (build(kind, given, brief),)
        except CannotBuild:
            continue
    return ()


def _adding(proposal: ProposedResolution, sentences: Mapping[str, str]) -> ProposedResolution:
    """The proposal with one more sentence before the sign-off; as it was without a reply."""
    if proposal.reply is None:
        return proposal
    body, _, sign_off = proposal.reply.text.rpartition("\n\n")
    sentence = sentences.get(proposal.reply.language, next(iter(sentences.values())))
    return _reworded(proposal, "\n\n".join(part for part in (body, sentence, sign_off) if part))


def _reworded(proposal: ProposedResolution, text: str) -> ProposedResolution:
    if proposal.reply is None:
        return proposal
    return proposal.model_copy(update={"reply": proposal.reply.model_copy(update={"text": text, "spans": ()})})


# Functions of the module, because worker processes look them up by name.


def wrong_window(playbook: PlaybookReasoner) -> Reasoner:
    """See WrongWindow."""
    return WrongWindow(playbook)


def wrong_customer(playbook: PlaybookReasoner) -> Reasoner:
    """See WrongCustomer."""
    return WrongCustomer(playbook)


def invents_date(playbook: PlaybookReasoner) -> Reasoner:
    """See InventsDate."""
    return InventsDate(playbook)


def promises_refund(playbook: PlaybookReasoner) -> Reasoner:
    """See PromisesRefund."""
    return PromisesRefund(playbook)


def skips_citation(playbook: PlaybookReasoner) -> Reasoner:
    """See SkipsCitation."""
    return SkipsCitation(playbook)


def over_escalates(playbook: PlaybookReasoner) -> Reasoner:
    """See OverEscalates."""
    return OverEscalates(playbook)


def obeys_injections(playbook: PlaybookReasoner) -> Reasoner:
    """See ObeysInjections."""
    return ObeysInjections(playbook)


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """A broken reasoner, and the scorer that is meant to catch it."""

    name: str
    wrap: Wrap
    scorer: str
    only_there: bool = False
    """It spoils nothing but samples that its scorer scores."""


FLAWS = (
    Flaw(name="obeys_injections", wrap=obeys_injections, scorer="injection_proposed", only_there=True),
    Flaw(name="wrong_customer", wrap=wrong_customer, scorer="ownership_proposed"),
    Flaw(name="skips_citation", wrap=skips_citation, scorer="citations_proposed"),
    Flaw(name="promises_refund", wrap=promises_refund, scorer="promises_proposed"),
    Flaw(name="wrong_window", wrap=wrong_window, scorer="policy_proposed"),
    Flaw(name="invents_date", wrap=invents_date, scorer="grounding_proposed"),
    Flaw(name="over_escalates", wrap=over_escalates, scorer="resolution_proposed"),
)
"""The most telling first: who obeys an attack breaks a policy too, who cites nothing leaves every rule unbacked, and
who has another window names days that no passage names."""


def diagnose(sound: Sequence[Sequence[Score]], suspect: Sequence[Sequence[Score]]) -> str:
    """The name of the flaw that tells a suspect from a sound reasoner; empty when nothing newly fails.

    Each has one group of scores for a sample, the samples in the same order. Raises ValueError for other lengths.
    """
    newly = [_newly_failing(before, after) for before, after in zip(sound, suspect, strict=True)]
    for flaw in FLAWS:
        caught = any(flaw.scorer in names for names in newly)
        if caught and not (flaw.only_there and _elsewhere(flaw.scorer, newly, suspect)):
            return flaw.name
    return ""


def _newly_failing(before: Iterable[Score], after: Iterable[Score]) -> set[str]:
    passed = {score.scorer for score in before if score.passed}
    return {score.scorer for score in after if score.value is not None and not score.passed} & passed


def _elsewhere(scorer: str, newly: Sequence[set[str]], suspect: Sequence[Sequence[Score]]) -> bool:
    """Whether a scorer that is meant for a flaw newly fails on a sample about which this one says nothing."""
    meant = {flaw.scorer for flaw in FLAWS}
    scored = [any(score.scorer == scorer and score.value is not None for score in group) for group in suspect]
    return any(names & meant and not here for names, here in zip(newly, scored, strict=True))
