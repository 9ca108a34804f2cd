"""From a model's answer to a proposal: actions built from the case, a letter in the shop's voice. Nothing happens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.case import Draft, LookupCall, Promise, ProposedResolution
from agent.reasoners.base import Brief
from agent.reasoners.builders import CannotBuild, build
from agent.reasoners.handover import handover, route
from agent.reasoners.llm.answer import ActionWanted, Answer, FollowUpWanted, Unusable
from agent.reasoners.playbook import PlaybookReasoner, asks_beyond, names_of, written
from agent.reasoners.prompting import Procedure
from knowledge.errors import KnowledgeError
from knowledge.playbooks import FollowUp, Step, compose
from tools.actions import Action

_GREETING = re.compile(
    r"\A(?:Hi|Hello|Dear|Hola|Bonjour|Guten Tag|Hallo|Liebe[r]?)\b[^\n.?]{0,60}(?:[,:]?[ \t]*\n\s*|[,:]\s*\Z)"
)


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where an answer comes from: versions that a proposal is bound to, and who is named in its reason."""

    model: str
    prompts: str


@dataclass(frozen=True, kw_only=True)
class Composer:
    """Makes proposals of answers, with the shop's own playbooks, voice and calendar."""

    shop: PlaybookReasoner
    source: Source

    def proposal(
        self, answer: Answer, brief: Brief, procedure: Procedure, calls: Sequence[LookupCall], passages: Iterable[str]
    ) -> ProposedResolution:
        """The proposal. Raises Unusable, for the model to mend, when the answer does not fit the case."""
        if not answer.reply.strip():
            return self._handover(answer, brief)
        language = written(brief.classification.language)
        if answer.language not in ("", language):
            raise Unusable(f'language: the reply has to be in "{language}"')
        _known("passage", answer.citations, passages)
        _known("action here named", (wanted.kind for wanted in answer.actions), procedure.kinds)
        standard, person = procedure.standard, _for_a_person(answer, brief)
        lead = procedure.playbooks[0]
        actions = [
            *route(brief, lead.queue, standard.branch or "model"),
            *(self._built(wanted, brief, procedure) for wanted in answer.actions),
            *(handover(brief, person).actions if person else ()),
        ]
        return ProposedResolution(
            reply=self._draft(answer.reply, language, brief),
            actions=tuple({action.fingerprint(): action for action in actions}.values()),
            rationale=f"{self.source.model}: {_line(answer.rationale) or 'no reason given'}",
            summary=standard.summary,
            playbook=lead.intent,
            branch=standard.branch or "model",
            citations=tuple(dict.fromkeys(answer.citations)),
            promises=self._promises(answer.follow_up, brief),
            alternatives=standard.alternatives,
            bindings=self._bindings(),
            escalate=person,
            lookups=tuple(calls),
        )

    def _handover(self, answer: Answer, brief: Brief) -> ProposedResolution:
        if not answer.escalate.strip():
            raise Unusable("reply: write a reply, or say in escalate why a person has to take over")
        return handover(brief, f"{self.source.model}: {_for_a_person(answer, brief)}")

    def _built(self, wanted: ActionWanted, brief: Brief, procedure: Procedure) -> Action:
        """The action as the playbook means it here, but for what the model sets itself."""
        try:
            step = _meant(wanted.kind, procedure)
            usual = self.shop.engine.arguments(step, brief.scope) if step else {}
            return build(wanted.kind, {**usual, **wanted.arguments()}, brief)
        except (CannotBuild, KnowledgeError) as error:
            raise Unusable(f"actions: {wanted.kind} does not fit this case: {error}") from error

    def _draft(self, body: str, language: str, brief: Brief) -> Draft:
        voice, (first, full) = self.shop.voice, names_of(brief)
        bare = _bare(body, voice.sign_off.get(language, ""))
        if not bare:
            raise Unusable("reply: a greeting alone is no reply")
        text = compose([bare], language, first, voice, full)
        return Draft(text=text, language=language, in_reply_to=brief.ticket.latest.id)

    def _promises(self, wanted: FollowUpWanted | None, brief: Brief) -> tuple[Promise, ...]:
        if wanted is None:
            return ()
        plan = FollowUp(in_days=wanted.in_days, text=_line(wanted.text))
        try:
            due: datetime = self.shop.engine.due(plan, brief.scope)
        except KnowledgeError as error:
            raise Unusable(f"follow_up: {error}") from error
        return (Promise(text=plan.text, kind="follow_up", due_at=due),)

    def _bindings(self) -> dict[str, str]:
        return {"playbooks": self.shop.book.digest, "prompts": self.source.prompts, "model": self.source.model}


def _meant(kind: str, procedure: Procedure) -> Step | None:
    """What the branch says of this kind of action, there or among its alternatives."""
    branch = procedure.branch
    options = branch.alternatives if branch else ()
    steps = (*(branch.steps if branch else ()), *(step for option in options for step in option.actions))
    return next((step for step in steps if step.kind == kind), None)


def _for_a_person(answer: Answer, brief: Brief) -> str:
    """Why a person reads the case: the model says so, or it was told the procedures of fewer asks than there are."""
    rest = asks_beyond(brief.classification)
    beyond = f"the message also asks about {', '.join(rest)}, for which the model had no procedure" if rest else ""
    return "; ".join(reason for reason in (_line(answer.escalate), beyond) if reason)


def _known(what: str, named: Iterable[str], there: Iterable[str]) -> None:
    unknown = sorted(set(named) - set(there))
    if unknown:
        raise Unusable(f"there is no {what} {', '.join(unknown)}")


def _bare(body: str, sign_off: str) -> str:
    """The body without a greeting and signature, which a model adds although it is told not to."""
    text = _GREETING.sub("", body.strip()).strip()
    return text.removesuffix(sign_off).rstrip(" \n-–—") if sign_off else text


def _line(text: str) -> str:
    return " ".join(text.split())
