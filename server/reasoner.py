"""Which reasoner the settings name: the playbook alone, a language model that falls back on it, or both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.settings import PREFIX, Settings, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.limits import PolicyLimits
    from agent.reasoners.base import Reasoner
    from agent.reasoners.budget import Budget
    from agent.reasoners.llm.chat import Chat
    from agent.reasoners.playbook import PlaybookReasoner

    Around = Callable[[Chat], Chat]

NAMES = ("playbook", "llm", "hybrid")
WAITS = 3
"""A message may cost this many times the seconds of one call: classifying, proposing, mending."""


def choose_reasoner(
    settings: Settings, limits: PolicyLimits, playbook: PlaybookReasoner, around: Around | None = None
) -> Reasoner:
    """The reasoner of the settings, over the shop's playbooks. Raises SettingsError that says what to write instead.

    `around` wraps the model, to watch its calls.
    """
    if settings.reasoner not in NAMES:
        raise SettingsError(f'{PREFIX}REASONER is "{settings.reasoner}"; it can be {", ".join(NAMES)}')
    if settings.reasoner == "playbook":
        return playbook
    from agent.reasoners.budget import Meter
    from agent.reasoners.hybrid import HybridReasoner
    from agent.reasoners.llm import Endpoint, LlmReasoner
    from agent.reasoners.llm.answer import offered_actions
    from agent.reasoners.prompting import load_prompts

    model, address = model_of(settings)
    intents = {intent: each.title for intent, each in playbook.book.playbooks.items()}
    endpoint = Endpoint(model=model, base_url=address, api_key=settings.model_api_key)
    llm = LlmReasoner(
        chat=around(endpoint) if around else endpoint,
        playbook=playbook,
        prompts=load_prompts(playbook.voice, limits.business_hours.zone, offered_actions(), intents),
        meter=Meter(budget_of(settings)),
    )
    return HybridReasoner(llm=llm) if settings.reasoner == "hybrid" else llm


def model_of(settings: Settings) -> tuple[str, str]:
    """Name and address of the model. No address is assumed: what customers write goes nowhere that nobody named."""
    address = settings.model_base_url.rstrip("/")
    if not settings.model or not address:
        raise SettingsError(
            f"{PREFIX}REASONER={settings.reasoner} needs {PREFIX}MODEL and {PREFIX}MODEL_BASE_URL, such as "
            "http://127.0.0.1:11434/v1; with playbook no model is needed"
        )
    if not address.startswith(("http://", "https://")):
        raise SettingsError(f'{PREFIX}MODEL_BASE_URL has to begin with http:// or https://, not "{address}"')
    return settings.model, address


def sent_away(settings: Settings) -> str:
    """What leaves the shop's own code with every ticket, and where it goes; empty when nothing does."""
    if settings.reasoner == "playbook":
        return ""
    model, address = model_of(settings)
    return (
        f"{PREFIX}REASONER={settings.reasoner}: the text of tickets and the facts of their cases are sent to {model} "
        f"at {address}; card numbers, bank accounts and passwords are masked first"
    )


def budget_of(settings: Settings) -> Budget:
    """What a message may cost."""
    from agent.reasoners.budget import Budget

    seconds = settings.number("model_timeout_seconds")
    tokens = settings.number("max_tokens_per_ticket")
    return Budget(tokens=tokens, seconds=WAITS * seconds, call_seconds=seconds)
