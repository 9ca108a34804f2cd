"""A language model behind any OpenAI-compatible endpoint, as a reasoner."""

from agent.reasoners.llm.endpoint import Endpoint
from agent.reasoners.llm.reasoner import LlmReasoner

__all__ = ["Endpoint", "LlmReasoner"]
