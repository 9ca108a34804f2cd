"""What a person changes in a proposal before signing. Pure; the guard checks the result like any other proposal."""

from __future__ import annotations

import re

from agent.case import Alternative, Draft, ProposedResolution
from knowledge.playbooks.formatting import format_money
from tools.actions import Action, IssueStoreCredit, RefundOrder
from tools.money import Money

ROUTING = frozenset({"tag_ticket", "assign_ticket", "set_priority"})
"""What stays when a person chooses an alternative."""


class CannotEdit(ValueError):
    """The change does not fit the proposal; the message says what would."""


def with_reply(proposal: ProposedResolution, text: str, by: str) -> ProposedResolution:
    """Another text for the reply. Raises CannotEdit when nothing is replied, or the text is empty."""
    before = proposal.reply
    if before is None or not text.strip():
        raise CannotEdit("there is no reply here to reword" if before is None else "the reply needs a text")
    draft = Draft(text=text, language=before.language, in_reply_to=before.in_reply_to)
    return proposal.model_copy(update={"reply": draft, "author": by})


def with_amount(proposal: ProposedResolution, amount: Money, by: str, text: str = "") -> ProposedResolution:
    """Another amount for the one refund or credit of the proposal, also where the reply names it once.

    Raises CannotEdit when there is no such action, or several, or when the reply names the old amount in a way that
    only a person can put right; `text` is then the reply's new words.
    """
    paying = [action for action in proposal.actions if isinstance(action, RefundOrder | IssueStoreCredit)]
    if len(paying) != 1:
        raise CannotEdit(
            f"the proposal has {len(paying)} refunds or credits; an amount can be changed when there is one"
        )
    changed = paying[0].model_copy(update={"amount": amount})
    actions = tuple(changed if action is paying[0] else action for action in proposal.actions)
    edited = _backed_by(with_actions(proposal, actions, by), paying[0], changed)
    words = text or _restated(proposal.reply, paying[0].amount, amount)
    return with_reply(edited, words, by) if words else edited


def _backed_by(proposal: ProposedResolution, before: Action, after: Action) -> ProposedResolution:
    """What the reply promised of `before` is kept by `after`."""
    old, new = before.fingerprint(), {"fingerprint": after.fingerprint()}
    kept = tuple(p.model_copy(update=new) if p.fingerprint == old else p for p in proposal.promises)
    return proposal.model_copy(update={"promises": kept})


def _restated(reply: Draft | None, before: Money, after: Money) -> str:
    """The reply with the new amount in place of the old; empty when it names none."""
    if reply is None:
        return ""
    said = format_money(before, reply.language)
    places = list(re.finditer(rf"(?<![\d.,]){re.escape(said)}(?!\d)", reply.text))
    digits = re.escape(str(before).partition(" ")[0]).replace(r"\.", "[.,]")
    if len(places) > 1 or len(re.findall(rf"(?<!\d){digits}(?!\d)", reply.text)) > len(places):
        raise CannotEdit(f"the reply names {said}, and only you can tell which of it changes: give its new words too")
    if not places:
        return ""
    start, end = places[0].span()
    return f"{reply.text[:start]}{format_money(after, reply.language)}{reply.text[end:]}"


def with_actions(proposal: ProposedResolution, actions: tuple[Action, ...], by: str) -> ProposedResolution:
    """Other actions altogether."""
    return proposal.model_copy(update={"actions": actions, "author": by})


def with_alternative(proposal: ProposedResolution, number: int, by: str) -> ProposedResolution:
    """The alternative of this number (from 1) with its reply; tags and queue stay. Raises CannotEdit for any other."""
    options = proposal.alternatives
    if not 1 <= number <= len(options):
        raise CannotEdit(f"there is no alternative {number}; this case has {len(options)}")
    option = options[number - 1]
    # The reply of an alternative is the reasoner's, not the person's: it is held to its sources as strictly.
    return chosen(proposal, option).model_copy(update={"author": "" if option.reply else by})


def chosen(proposal: ProposedResolution, option: Alternative) -> ProposedResolution:
    """The proposal with an alternative in place of its own effects; tags, queue and priority stay.

    Whoever chooses decides what was to be handed over, so nobody else is asked to.
    """
    kept = tuple(action for action in proposal.actions if action.kind in ROUTING)
    return proposal.model_copy(
        update={
            "actions": (*kept, *option.actions),
            "reply": option.reply or proposal.reply,
            "promises": option.promises,
            "alternatives": (),
            "escalate": "",
        }
    )
