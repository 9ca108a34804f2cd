"""LlmReasoner: one call for the usual ticket, a few lookups where they help, one repair; the playbook when it fails.

The model reads what code looked up and answers with data. It is handed no tool that changes anything, and no argument
of its names a customer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import JsonValue

from agent.case import Classification, LookupCall, ProposedResolution, RankedIntent
from agent.investigation.asked import MOST_LOOKUPS, POLICY, CaseLookups
from agent.investigation.needs import Needs
from agent.reasoners.base import Brief, Usage
from agent.reasoners.budget import Meter, OverBudget, Spending, tokens_in
from agent.reasoners.fences import fenced_data
from agent.reasoners.llm.answer import KINDS, Answer, Sorting, Unusable, answer_schema, read, schema_of
from agent.reasoners.llm.chat import Chat, ModelFailed, ModelResting, ModelTurn, Question, ToolCall
from agent.reasoners.llm.proposal import Composer, Source
from agent.reasoners.playbook import MOST_ASKS, PlaybookReasoner, written
from agent.reasoners.prompting import Message, Procedure, Prompts, spoken
from knowledge.errors import KnowledgeError
from knowledge.playbooks import Branch, Playbook, Scope
from tools.helpdesk import Ticket

LEAST_ANSWER = 300
"""Tokens below which asking makes no sense."""
MOST_ANSWER = 1_500
SORTED_IN = 200
"""Tokens of a classification."""

Made = TypeVar("Made")


@dataclass
class _Talk:
    """One conversation: what was said, what was looked up, and the passages that may be cited."""

    messages: list[Message]
    key: str
    lookups: CaseLookups | None = None
    left: int = 0
    calls: list[LookupCall] = field(default_factory=list[LookupCall])
    passages: set[str] = field(default_factory=set[str])


@dataclass(frozen=True, kw_only=True)
class LlmReasoner:
    """A language model that proposes; the shop's playbooks are given to it, and stand in for it."""

    chat: Chat
    playbook: PlaybookReasoner
    prompts: Prompts
    meter: Meter
    name: str = field(default="llm", init=False)
    repairs: bool = field(default=True, init=False)

    @property
    def versions(self) -> Mapping[str, str]:
        """Those of the shop's procedures. A signature is for effects: it holds when the model is exchanged."""
        return self.playbook.versions

    def expect(self, ticket: Ticket) -> None:
        """The local classifier: no model is asked before its turn."""
        self.playbook.expect(ticket)

    def classify(self, ticket: Ticket, hint: str) -> Classification:
        """By the local classifier; the model chooses only where that one abstains, and the case stays marked so."""
        said = self.playbook.classify(ticket, hint)
        if not said.abstained or said.automatic or said.human_request:
            return said
        try:
            sorting = self._sorted(ticket, said)
        except ModelFailed as failure:
            return said.model_copy(update={"reason": f"{said.reason}; no second opinion: {failure}".lstrip("; ")})
        return _second_opinion(said, sorting, self.chat.model)

    def needs(self, classification: Classification) -> Needs:
        """What the playbooks need, and the passage nearest to the question."""
        needs = self.playbook.needs(classification)
        return Needs(lookups=needs.lookups | {"knowledge"}, cites=needs.cites)

    def usage(self) -> Usage:
        """What this thread spent since the last call of this method."""
        return self.meter.usage()

    def propose(self, brief: Brief) -> ProposedResolution:
        """The model's proposal; the playbook's, with the reason, when the model cannot be used."""
        procedure = self.procedure(brief)
        if settled(brief, procedure):
            return procedure.standard
        try:
            return self._proposed(brief, procedure)
        except ModelFailed as failure:
            return fallen_back(procedure.standard, str(failure))

    def procedure(self, brief: Brief) -> Procedure:
        """How the shop's playbooks handle this case."""
        standard = self.playbook.propose(brief)
        asks = list(dict.fromkeys(brief.classification.intents))[:MOST_ASKS]
        playbooks = [self.playbook.book.get(intent) for intent in asks]
        may_speak = brief.investigation.identity.verified or not playbooks[0].needs_identity
        branch: Branch | None = None
        try:
            branch = self.playbook.engine.choose(playbooks[0], Scope(brief.scope)) if may_speak else None
        except KnowledgeError:
            # Without a branch the model goes by the prose alone.
            branch = None
        kinds = frozenset(KINDS) if brief.classification.abstained else kinds_of(playbooks)
        return Procedure(playbooks=playbooks, branch=branch, standard=standard, kinds=kinds)

    def _proposed(self, brief: Brief, procedure: Procedure) -> ProposedResolution:
        source = Source(model=self.chat.model, prompts=self.prompts.digest)
        composer = Composer(shop=self.playbook, source=source)
        talk = _Talk(
            messages=self.prompts.propose(brief, procedure),
            key=f"{brief.ticket.id}/{brief.ticket.latest.id}",
            lookups=brief.lookups() if brief.lookups else None,
            left=max(MOST_LOOKUPS - len(brief.asked), 0),
            calls=list(brief.asked),
            passages={passage.passage_id for passage in brief.investigation.passages},
        )

        def made(turn: ModelTurn) -> ProposedResolution:
            return composer.proposal(read(Answer, turn.text), brief, procedure, talk.calls, talk.passages)

        return self._until_usable(
            talk, answer_schema(procedure.kinds, written(brief.classification.language)), MOST_ANSWER, made
        )

    def _sorted(self, ticket: Ticket, said: Classification) -> Sorting:
        intents = sorted(self.playbook.book.playbooks)
        talk = _Talk(messages=self.prompts.classify(ticket, said.intent), key=f"{ticket.id}/{ticket.latest.id}")

        def made(turn: ModelTurn) -> Sorting:
            sorting = read(Sorting, turn.text)
            unknown = {sorting.intent, *sorting.secondary} - set(intents)
            if unknown:
                raise Unusable(f"intent: there is no {', '.join(sorted(unknown))}")
            return sorting

        return self._until_usable(talk, schema_of(Sorting, intent=intents, secondary=intents), SORTED_IN, made)

    def _until_usable(
        self, talk: _Talk, schema: dict[str, JsonValue], most: int, made: Callable[[ModelTurn], Made]
    ) -> Made:
        """Ask, answer lookups, mend once. Raises ModelFailed."""
        mended = False
        while True:
            turn = self._ask(talk, schema, most)
            if turn.calls and talk.left:
                _look_up(talk, turn)
                continue
            try:
                return made(_whole(turn))
            except Unusable as problem:
                if mended:
                    raise ModelFailed(f"{self.chat.model} gave two answers that cannot be used: {problem}") from problem
                mended = True
                talk.messages.extend(self.prompts.repair(turn.text, str(problem)))

    def _ask(self, talk: _Talk, schema: dict[str, JsonValue], most: int) -> ModelTurn:
        tools = talk.lookups.schemas() if talk.lookups is not None and talk.left else []
        spending = self.meter.spending(talk.key)
        estimate = tokens_in(spoken(talk.messages), json.dumps(schema), json.dumps(tools))
        try:
            tokens, seconds = spending.room(estimate, min(LEAST_ANSWER, most))
        except OverBudget as error:
            raise ModelFailed(str(error)) from error
        question = Question(
            messages=tuple(talk.messages), schema=schema, tools=tools, seconds=seconds, tokens=min(tokens, most)
        )
        return self._metered(question, spending, estimate)

    def _metered(self, question: Question, spending: Spending, estimate: int) -> ModelTurn:
        """One call, with what it cost noted also when it failed."""
        started = self.meter.clock()
        try:
            turn = self.chat.ask(question)
        except ModelResting:
            raise
        except ModelFailed:
            self.meter.charge(spending, self.meter.clock() - started)
            raise
        sent, received = turn.input_tokens or estimate, turn.output_tokens or tokens_in(turn.text)
        self.meter.charge(spending, self.meter.clock() - started, sent, received)
        return turn


def kinds_of(playbooks: Sequence[Playbook]) -> frozenset[str]:
    """What the shop does at all in such cases: an injected text cannot even name anything else."""
    branches = [branch for playbook in playbooks for branch in playbook.branches]
    options = [step for branch in branches for option in branch.alternatives for step in option.actions]
    steps = [step for branch in branches for step in branch.steps]
    return frozenset(step.kind for step in (*steps, *options)) & frozenset(KINDS)


def settled(brief: Brief, procedure: Procedure) -> bool:
    """Whether the shop's own procedure leaves nothing for a model to write.

    Facts are missing, nobody is proven, the customer asks for a person, or a person takes over anyway: a model that
    could answer instead could also talk the shop out of it.
    """
    if brief.investigation.failures or brief.classification.human_request or procedure.standard.ignore:
        return True
    branch = procedure.branch
    if branch is None:
        return not brief.investigation.identity.verified and procedure.playbooks[0].needs_identity
    meant = procedure.standard.reply is not None or bool(branch.escalate)
    return bool(branch.ignore) or (bool(procedure.standard.escalate) and meant)


def fallen_back(standard: ProposedResolution, why: str) -> ProposedResolution:
    """The playbook's proposal, saying why it is not the model's."""
    return standard.model_copy(update={"rationale": f"by playbook, because {why}; {standard.rationale}"})


def _whole(turn: ModelTurn) -> ModelTurn:
    if turn.calls:
        raise Unusable("no more lookups can be made; answer with what is known, or escalate")
    if not turn.whole:
        raise Unusable("the answer was cut off before its end; be shorter")
    return turn


def _look_up(talk: _Talk, turn: ModelTurn) -> None:
    """Answer the lookups of a turn, as far as there are any left."""
    talk.messages.append(_asked(turn))
    for call in turn.calls:
        answer = _answered(talk, call)
        talk.messages.append({"role": "tool", "tool_call_id": call.id, "content": fenced_data([answer])})


def _answered(talk: _Talk, call: ToolCall) -> Mapping[str, JsonValue]:
    if talk.lookups is None or not talk.left:
        return {"found": False, "why": "no lookups are left; answer with what is known"}
    talk.left -= 1
    if call.arguments is None or not all(isinstance(value, str) for value in call.arguments.values()):
        return {"found": False, "why": "the arguments have to be a JSON object of texts"}
    asked = LookupCall(name=call.name, arguments={name: str(value) for name, value in call.arguments.items()})
    answer = talk.lookups.answer(asked)
    if answer.get("found"):
        talk.calls.append(asked)
        talk.passages.update(_passage_ids(answer) if call.name == POLICY else ())
    return answer


def _passage_ids(answer: Mapping[str, JsonValue]) -> Sequence[str]:
    rows = answer["passages"]
    return [str(row["passage_id"]) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _asked(turn: ModelTurn) -> Message:
    calls: list[JsonValue] = [
        {
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": json.dumps(call.arguments or {})},
        }
        for call in turn.calls
    ]
    return {"role": "assistant", "content": turn.text, "tool_calls": calls}


def _second_opinion(said: Classification, sorting: Sorting, model: str) -> Classification:
    """The model's choice of intent. Everything that protects people stays as the local code found it, or gets stricter.

    Still abstained: only the local classifier knows how sure it is, and what it is unsure of a person reviews.
    """
    further = [intent for intent in dict.fromkeys(sorting.secondary) if intent != sorting.intent]
    return said.model_copy(
        update={
            "intent": sorting.intent,
            "secondary": tuple(RankedIntent(intent=intent, confidence=said.confidence) for intent in further),
            "human_request": said.human_request or sorting.human_request,
            "reason": f"{model}: {' '.join(sorting.reason.split())}",
        }
    )
