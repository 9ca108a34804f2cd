"""Shop: what scorers have to know about the brand: how it writes, what it calls itself, where a day ends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import knowledge
from agent.limits import PolicyLimits, load_limits, shipped_limits
from knowledge.playbooks import Voice, load_voice


@dataclass(frozen=True)
class Shop:
    """The brand that is evaluated."""

    limits: PolicyLimits
    voice: Voice

    @classmethod
    def shipped(cls) -> Shop:
        """The demo brand, as it comes with the product."""
        voice = Path(next(iter(knowledge.__path__))) / "sources" / "voice.yaml"
        return cls(limits=load_limits(shipped_limits()), voice=load_voice(voice))

    @property
    def zone(self) -> ZoneInfo:
        """Where its days end."""
        return self.limits.business_hours.zone

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What it calls itself in a letter."""
        return (self.voice.brand, *self.voice.sign_off.values())
