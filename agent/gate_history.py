"""What a run of the gate has done so far, kept so that a long run stays quick."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from agent.limits import Per, PolicyLimits
from agent.policy import PastEffect, merged
from tools.actions import ACTIONS


class GateHistory:
    """Effects by customer, and those of everybody as far as a window of the shop or of a person counts them."""

    def __init__(self, past: Iterable[PastEffect], limits: PolicyLimits) -> None:
        shared = [window for window in limits.windows.limits if window.per in (Per.SHOP, Per.APPROVER)]
        self._counted = {kind for kind, action in ACTIONS.items() if action.gives_value}
        self._counted.update(*(window.actions for window in shared))
        self._own: defaultdict[str, list[PastEffect]] = defaultdict(list)
        self._shared: list[PastEffect] = []
        for effect in past:
            self.add(effect)

    def add(self, effect: PastEffect) -> None:
        """Count one more effect."""
        self._own[effect.customer_id].append(effect)
        if effect.action.kind in self._counted:
            self._shared.append(effect)

    def about(self, customer_id: str, store: Sequence[PastEffect]) -> list[PastEffect]:
        """What counts for an action of this customer, together with what the `store` itself knows."""
        others = [effect for effect in self._shared if effect.customer_id != customer_id]
        return merged(self._own.get(customer_id, []), list(store)) + others
