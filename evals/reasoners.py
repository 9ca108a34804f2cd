"""Which reasoner is measured: the playbook, a language model over an OpenAI-compatible endpoint, or both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from agent.reasoners.base import Reasoner

if TYPE_CHECKING:
    from agent.limits import PolicyLimits
    from agent.reasoners.llm.chat import Chat, ModelTurn, Question
    from agent.reasoners.playbook import PlaybookReasoner

Wrap = Callable[["PlaybookReasoner"], Reasoner]
"""Another reasoner around the playbook's. A function of a module, so that worker processes find it."""
MILLION = 1_000_000
CALLS = 3
"""Classifying, proposing, mending: what one message may cost in calls."""


@dataclass(frozen=True, kw_only=True)
class LanguageModel:
    """A model and what it costs: millionths of a US dollar per million tokens, so that $0.15 is 150,000."""

    kind: Literal["llm", "hybrid"]
    model: str
    base_url: str
    api_key: str = field(default="", repr=False)
    seconds: int = 30
    tokens: int = 12_000
    input_price: int = 0
    output_price: int = 0

    def cost_micros(self, input_tokens: int, output_tokens: int) -> int:
        """Millionths of a US dollar, rounded up."""
        return -(-(input_tokens * self.input_price + output_tokens * self.output_price) // MILLION)


@dataclass
class HeardChat:
    """A chat whose endpoint is listened to: a model that cannot be reached is no model that answers wrong."""

    inner: Chat
    failures: list[str] = field(default_factory=list[str])

    @property
    def model(self) -> str:
        """That of the inner chat."""
        return self.inner.model

    def ask(self, question: Question) -> ModelTurn:
        """As the inner chat; a failure is noted."""
        from agent.reasoners.llm.chat import ModelFailed

        try:
            return self.inner.ask(question)
        except ModelFailed as failure:
            self.failures.append(str(failure))
            raise


def chat_of(chosen: LanguageModel) -> HeardChat:
    """The model's endpoint; nothing is sent yet."""
    from agent.reasoners.llm import Endpoint

    return HeardChat(Endpoint(model=chosen.model, base_url=chosen.base_url, api_key=chosen.api_key))


def with_model(playbook: PlaybookReasoner, limits: PolicyLimits, chosen: LanguageModel, chat: Chat) -> Reasoner:
    """The model's reasoner over the playbooks, or the hybrid of both."""
    from agent.reasoners.budget import Budget, Meter
    from agent.reasoners.hybrid import HybridReasoner
    from agent.reasoners.llm import LlmReasoner
    from agent.reasoners.llm.answer import offered_actions
    from agent.reasoners.prompting import load_prompts

    intents = {intent: each.title for intent, each in playbook.book.playbooks.items()}
    llm = LlmReasoner(
        chat=chat,
        playbook=playbook,
        prompts=load_prompts(playbook.voice, limits.business_hours.zone, offered_actions(), intents),
        meter=Meter(Budget(tokens=chosen.tokens, seconds=CALLS * chosen.seconds, call_seconds=chosen.seconds)),
    )
    return HybridReasoner(llm=llm) if chosen.kind == "hybrid" else llm
