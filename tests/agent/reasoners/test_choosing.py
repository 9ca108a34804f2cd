"""Which reasoner the settings name, and what is said when they cannot be used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from agent.reasoners.llm import Endpoint, LlmReasoner
from server.reasoner import budget_of, choose_reasoner
from server.settings import Settings, SettingsError
from tests.agent.reasoners.world import Desk

HEAVY = ("openai", "langchain_core", "langchain_openai", "httpx2")
MODEL = {"MODEL": "qwen", "MODEL_BASE_URL": "http://127.0.0.1:11434/v1/", "MODEL_API_KEY": "key"}


def settings(**values: str) -> Settings:
    return Settings.read({f"COUNTERSIGN_{name}": value for name, value in values.items()}, None)


def test_without_a_word_nothing_is_asked(desk: Desk) -> None:
    assert choose_reasoner(settings(), desk.parts.limits, desk.playbook) is desk.playbook


@pytest.mark.system("N12")
@pytest.mark.parametrize("name", ["llm", "hybrid"])
def test_a_model_is_a_matter_of_settings(desk: Desk, name: str) -> None:
    reasoner = choose_reasoner(settings(REASONER=name, **MODEL), desk.parts.limits, desk.playbook)
    assert (reasoner.name, reasoner.repairs) == (name, True)


def test_the_endpoint_is_the_one_that_was_named(desk: Desk) -> None:
    reasoner = choose_reasoner(settings(REASONER="llm", **MODEL), desk.parts.limits, desk.playbook)
    assert isinstance(reasoner, LlmReasoner)
    assert isinstance(reasoner.chat, Endpoint)
    assert (reasoner.chat.model, reasoner.chat.base_url) == ("qwen", "http://127.0.0.1:11434/v1")


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"REASONER": "gpt"}, "it can be playbook, llm, hybrid"),
        ({"REASONER": "llm"}, "needs COUNTERSIGN_MODEL and COUNTERSIGN_MODEL_BASE_URL"),
        ({"REASONER": "hybrid", "MODEL": "qwen"}, "COUNTERSIGN_MODEL_BASE_URL"),
        ({"REASONER": "llm", **MODEL, "MODEL_BASE_URL": "localhost:11434"}, "http:// or https://"),
        ({"REASONER": "llm", **MODEL, "MODEL_TIMEOUT_SECONDS": "soon"}, "whole number"),
        ({"REASONER": "llm", **MODEL, "MAX_TOKENS_PER_TICKET": "-1"}, "whole number"),
    ],
)
def test_what_cannot_be_used_is_said_at_the_start(desk: Desk, values: dict[str, str], why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        choose_reasoner(settings(**values), desk.parts.limits, desk.playbook)


@pytest.mark.system("N13")
def test_the_budget_is_that_of_the_settings() -> None:
    budget = budget_of(settings(MODEL_TIMEOUT_SECONDS="10", MAX_TOKENS_PER_TICKET="4000"))
    assert (budget.tokens, budget.call_seconds, budget.seconds) == (4000, 10, 30)


def test_choosing_a_model_imports_none() -> None:
    code = (
        "import sys, agent.reasoners.llm, agent.reasoners.hybrid, agent.reasoners.scripted, agent.reasoners.prompting\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.strip() == "[]"
