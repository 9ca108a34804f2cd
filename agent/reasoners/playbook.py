"""The offline reasoner: local classifier, playbooks, macros filled only from evidence. It calls no model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from agent.case import Alternative, Classification, Draft, Promise, ProposedResolution
from agent.investigation.fields import fields_of, members_of, texts_of
from agent.investigation.needs import Needs
from agent.reading.answers import asks
from agent.reading.asks import FAULTS, remedies_of
from agent.reasoners.base import Brief, Usage
from agent.reasoners.beyond import asked_besides, with_questions
from agent.reasoners.builders import CannotBuild, build
from agent.reasoners.grounds import Weight, conditional, doubt, weight_of
from agent.reasoners.handover import handover, ignore, route
from agent.reasoners.rereading import clues_of
from agent.reasoners.summary import summary
from agent.reasoners.terms import on_other_terms
from agent.reasoners.together import Kept, led, together, wants_instead
from knowledge.errors import KnowledgeError
from knowledge.playbooks import Branch, Engine, FollowUp, Playbook, PlaybookBook, Scope, Step, Voice, compose
from tools.actions import Action
from tools.helpdesk import Author, Ticket

WRITTEN = ("en", "es", "fr", "de")
MOST_ASKS = 4
"""Asks that one reply answers; what a message asks beyond goes to a person by name."""
ON_CONDITION = "the customer asks for it on a condition, which a person has to look into"
TOLD_BEFORE = "the customer was told just this before, and writes again"
VERIFY, PERSON, OTHER_ORDERS = "verify_identity", "human_request", "other_orders"
THE_REST = "the_rest"


class Classifier(Protocol):
    """Says what a ticket is about."""

    def expect(self, ticket: Ticket) -> None: ...  # noqa: D102 - as of the reasoner
    def __call__(self, ticket: Ticket, hint: str) -> Classification: ...  # noqa: D102 - the class says it


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One ask of a message, answered by one branch."""

    playbook: Playbook
    branch: Branch | None
    body: str
    cites: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    promises: tuple[Promise, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PlaybookReasoner:
    """Executes the store's own procedures: the baseline a language model has to beat, and the fallback."""

    classifier: Classifier
    book: PlaybookBook
    engine: Engine
    voice: Voice
    name: str = field(default="playbook", init=False)
    repairs: bool = field(default=False, init=False)

    @property
    def versions(self) -> Mapping[str, str]:
        """The digest of playbooks and macros."""
        return {"playbooks": self.book.digest}

    def expect(self, ticket: Ticket) -> None:
        """By the local model."""
        self.classifier.expect(ticket)

    def classify(self, ticket: Ticket, hint: str) -> Classification:
        """By the local model, with the reason."""
        return with_questions(ticket, self.classifier(ticket, hint), self.classifier)

    def needs(self, classification: Classification) -> Needs:
        """The lookups and citations of every playbook that this message may need."""
        books = self._playbooks(_first_asks(classification))
        cites = (cite for book in books for branch in book.branches for cite in book.citations(branch))
        lookups = frozenset(lookup for book in books for lookup in book.lookups)
        return Needs(lookups=lookups | clues_of(classification), cites=tuple(dict.fromkeys(cites)))

    def usage(self) -> Usage:
        """Nothing: no model is called."""
        return Usage()

    def propose(self, brief: Brief) -> ProposedResolution:
        """What the playbooks say; whatever they cannot say goes to a person with the reason."""
        try:
            proposed = self._propose(brief)
            return (
                handover(brief, TOLD_BEFORE, suggested=proposed.actions) if _told_before(proposed, brief) else proposed
            )
        except (CannotBuild, KnowledgeError) as problem:
            return handover(brief, f"the playbook could not be filled: {problem}")

    def _propose(self, brief: Brief) -> ProposedResolution:
        least = Weight.GIVES if brief.classification.intent in FAULTS else Weight.TELLS
        beyond = _missing_context(brief) or doubt(brief, least) or _mixed(brief)
        if beyond:
            return handover(brief, on_other_terms(brief, (), ()) or beyond)
        scope = Scope(brief.scope)
        playbooks = self._playbooks(led(_first_asks(brief.classification), brief))
        first = self.engine.choose(playbooks[0], scope) if self._may_speak(playbooks[0], brief) else None
        unclear = doubt(brief, weight_of(first))
        if unclear:
            return handover(brief, on_other_terms(brief, (), ()) or unclear)
        if first is not None and first.ignore:
            return ignore(brief, first.ignore)
        if first is not None and first.escalate and not first.reply:
            return handover(brief, first.escalate)
        kept = together([self._answer(book, brief, scope) for book in playbooks], brief)
        answers = kept.answers
        meant = [action for answer in answers for action in answer.actions]
        if any(conditional(brief, answer.playbook.intent, answer.branch) for answer in answers):
            return handover(brief, ON_CONDITION, queue=answers[0].playbook.queue, suggested=meant)
        replies = [answer.branch.reply or "" for answer in answers if answer.branch]
        otherwise = on_other_terms(brief, [action.kind for action in meant], replies)
        if otherwise:
            return handover(brief, otherwise, queue=answers[0].playbook.queue, suggested=meant)
        return self._resolution(brief, scope, kept)

    def _playbooks(self, asks: Iterable[str]) -> list[Playbook]:
        return [self.book.get(intent) for intent in asks]

    def _may_speak(self, playbook: Playbook, brief: Brief) -> bool:
        return brief.investigation.identity.verified or not playbook.needs_identity

    def _answer(self, playbook: Playbook, brief: Brief, scope: Scope) -> Answer:
        if not self._may_speak(playbook, brief):
            return Answer(playbook=playbook, branch=None, body=self._say(VERIFY, playbook, brief, scope))
        branch = self.engine.choose(playbook, scope)
        if branch.reply is None:
            return Answer(playbook=playbook, branch=branch, body="")
        body = self._say(branch.reply, playbook, brief, scope, branch.follow_up)
        return Answer(
            playbook=playbook,
            branch=branch,
            body=body,
            cites=(*_found_cites(self.engine.citations(playbook, branch, scope), brief), *_quoted(body, brief)),
            actions=self._actions(branch.steps, brief, scope, playbook),
            promises=self._promises(branch.follow_up, scope),
        )

    def _say(
        self, macro: str, playbook: Playbook, brief: Brief, scope: Scope, follow_up: FollowUp | None = None
    ) -> str:
        language = written(brief.classification.language)
        text = self.book.macro(macro, playbook.intent).text(language)
        return self.engine.render(text, scope, language, follow_up)

    def _actions(self, steps: Iterable[Step], brief: Brief, scope: Scope, of: Playbook) -> tuple[Action, ...]:
        return tuple(build(step.kind, self.engine.arguments(step, scope), brief, of.intent) for step in steps)

    def _promises(self, follow_up: FollowUp | None, scope: Scope) -> tuple[Promise, ...]:
        if follow_up is None:
            return ()
        due: datetime = self.engine.due(follow_up, scope)
        return (Promise(text=follow_up.text, kind="follow_up", due_at=due),)

    def _resolution(self, brief: Brief, scope: Scope, kept: Kept[Answer]) -> ProposedResolution:
        answers = kept.answers
        lead = answers[0]
        branch = lead.branch.name if lead.branch else VERIFY
        actions = [
            *route(brief, lead.playbook.queue, branch),
            *(action for answer in answers for action in answer.actions),
        ]
        escalated = (answer.branch.escalate for answer in answers if answer.branch)
        besides = asked_besides(brief.ticket, brief.classification, self.classifier)
        left = _unanswered(brief, kept, besides)
        person = "; ".join(dict.fromkeys(reason for reason in (*escalated, *left) if reason))
        options = self._alternatives(brief, scope, lead)
        bodies = list(dict.fromkeys(answer.body for answer in answers if answer.body))
        beside = self._beside(brief, scope, lead.playbook)
        if besides or brief.scope.get("not_own"):
            beside.append(self._say(THE_REST, self.book.get("other"), brief, scope))
        if person:
            would = options[0].actions if options else ()
            handed = handover(brief, person, queue=lead.playbook.queue, suggested=would)
            actions = [*(action for action in actions if action.kind != "assign_ticket"), *handed.actions]
        return ProposedResolution(
            reply=self._draft(brief, [*bodies, *beside] if bodies else []),
            actions=_each_once(actions),
            rationale=_rationale(brief.classification, answers),
            summary=summary(brief.ticket, brief.classification, brief.investigation, actions, reply=True),
            playbook=lead.playbook.intent,
            branch=branch,
            citations=tuple(dict.fromkeys(cite for answer in answers for cite in answer.cites)),
            promises=tuple(promise for answer in answers for promise in answer.promises),
            alternatives=options,
            bindings={"playbooks": self.book.digest},
            escalate=person,
        )

    def _beside(self, brief: Brief, scope: Scope, lead: Playbook) -> list[str]:
        """Which further orders a person answers about: the reply speaks of one."""
        also = texts_of(brief.scope.get("also_named"))
        return [self._say(OTHER_ORDERS, lead, brief, scope)] if also else []

    def _draft(self, brief: Brief, bodies: list[str]) -> Draft:
        language = written(brief.classification.language)
        first, full = names_of(brief)
        text = compose(bodies, language, first, self.voice, full)
        return Draft(text=text, language=language, in_reply_to=brief.ticket.latest.id)

    def _alternatives(self, brief: Brief, scope: Scope, lead: Answer) -> tuple[Alternative, ...]:
        """What a person may choose instead; one that the facts do not allow is not offered."""
        options: list[Alternative] = []
        for option in lead.branch.alternatives if lead.branch else ():
            try:
                actions = self._actions(option.actions, brief, scope, lead.playbook)
                body = self._say(option.reply, lead.playbook, brief, scope, option.follow_up) if option.reply else ""
            except (CannotBuild, KnowledgeError):
                continue
            beside = self._beside(brief, scope, lead.playbook)
            reply = self._draft(brief, [body, *beside]) if body else None
            promises = self._promises(option.follow_up, scope)
            options.append(Alternative(title=option.title, actions=actions, reply=reply, promises=promises))
        return tuple(options)


def _first_asks(said: Classification) -> list[str]:
    """Those that one reply is made for."""
    return asks_of(said)[:MOST_ASKS]


def asks_of(said: Classification) -> list[str]:
    """The intents to answer, each once."""
    # Whoever asks for a person gets one in this turn, whatever else the message is about (row U9).
    return [PERSON] if said.human_request else list(dict.fromkeys(said.intents))


def asks_beyond(said: Classification) -> list[str]:
    """What a message also asks, in words, beyond the MOST_ASKS that one reply is made for."""
    return [ask.replace("_", " ") for ask in asks_of(said)[MOST_ASKS:] if ask not in ("thanks", "other")]


def written(language: str) -> str:
    """The language a reply is written in: the customer's when we write it, else English."""
    return language if language in WRITTEN else "en"


def names_of(brief: Brief) -> tuple[str, str]:
    """First and full name to greet with; empty when we do not know them."""
    sender = fields_of(brief.scope.get("sender"))
    return ("", "") if sender is None else (str(sender["first_name"]), str(sender["full_name"]))


def _told_before(proposed: ProposedResolution, brief: Brief) -> bool:
    """Whether a reply says word for word what the customer has had: it did not help them. A question may come twice."""
    if proposed.reply is None or proposed.playbook == "thanks":
        return False
    said = proposed.reply.text.split()
    ours = (message for message in brief.ticket.messages if message.author is not Author.CUSTOMER)
    told = sum(message.text.split() == said for message in ours)
    return told > int(asks(proposed.reply.text))


def _missing_context(brief: Brief) -> str:
    """Why no draft can be sourced: a system did not answer (row A3)."""
    failed = [failure for failure in brief.investigation.failures if not failure.startswith("discount_code")]
    return f"order context missing ({'; '.join(failed)})" if failed else ""


def _mixed(brief: Brief) -> str:
    """Why no remedy is proposed when one item is missing and another goes back: which is which is for a person."""
    several = bool(brief.scope.get("items_named")) and len(members_of(brief.scope.get("items"))) > 1
    asked = remedies_of(brief.classification.intents)
    if not (several and len(asked) > 1) and not (asked and brief.scope.get("asks_differ")):
        return ""
    asks = ", ".join(_spoken(intent) for intent in brief.classification.intents)
    return f"the message asks for different things for different items ({asks})"


def _spoken(intent: str) -> str:
    return intent.replace("_", " ")


def _unanswered(brief: Brief, kept: Kept[Answer], besides: Iterable[str]) -> Iterable[str]:
    """What the reply leaves open, so that nothing a customer wrote is dropped in silence."""
    rest = [*asks_beyond(brief.classification), *kept.undone, *(_spoken(ask) for ask in besides)]
    if rest:
        yield f"the message also asks about {', '.join(rest)}, which the reply does not answer"
    if kept.answers[0].playbook.intent == "cancel_order" and wants_instead(brief):
        yield "the message wants something sent instead, which the reply does not speak of"
    also = texts_of(brief.scope.get("also_named"))
    unknown = texts_of(brief.scope.get("not_own"))
    if unknown:
        yield f"the message names {', '.join(unknown)} too, which is no order of this customer"
    if also:
        yield f"the message names {', '.join(also)} too, of which the reply only says that a person answers"


def _found_cites(cites: Iterable[str], brief: Brief) -> tuple[str, ...]:
    """Passage ids of the citations. Without an approved passage there is no policy sentence, so none is written."""
    have = {f"{p.document_id}#{p.anchor.partition('~')[0]}": p.passage_id for p in brief.investigation.passages}
    missing = [cite for cite in cites if cite not in have]
    if missing:
        raise CannotBuild(f"no approved passage in force for {', '.join(missing)}")
    return tuple(have[cite] for cite in cites)


def _quoted(body: str, brief: Brief) -> tuple[str, ...]:
    """The passage that the reply quotes word for word, if it does: what is quoted is cited (row A4)."""
    text, name = brief.scope.get("passage"), brief.scope.get("passage_id")
    if not (isinstance(text, str) and text and isinstance(name, str)):
        return ()
    return (name,) if " ".join(text.split()) in " ".join(body.split()) else ()


def _each_once(actions: Iterable[Action]) -> tuple[Action, ...]:
    return tuple({action.fingerprint(): action for action in actions}.values())


def _rationale(said: Classification, answers: Sequence[Answer]) -> str:
    rules = [f"{a.playbook.intent}: {a.branch.name if a.branch else 'sender not verified'}" for a in answers]
    cites = [cite for answer in answers for cite in answer.cites]
    because = f" on {', '.join(dict.fromkeys(cites))}" if cites else ""
    return f"{said.reason or said.intent}; playbook {', '.join(rules)}{because}"
