"""Whether the world is still the one that was signed for, now that some of what was signed may have been done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.approvals.request import ApprovalRequest
from agent.case import ExecutionStatus
from agent.ledger import LedgerEntry

_MOVED_BY_US = ("order:", "customer:", "shipment:")
"""Versions that an effect of ours can raise."""


def changed(request: ApprovalRequest, entries: Sequence[LedgerEntry], now: Mapping[str, str]) -> list[str]:
    """The names of the versions that somebody else has moved since a request was signed.

    Args:
        request: What was signed.
        entries: What the ledger has under this signature, in the order of the effects.
        now: The versions that the effects rest on, read from the world.
    """
    expected, loose = _expected(request, entries)
    moved = sorted(name for name, version in now.items() if expected.get(name) != version)
    return [name for name in moved if not (loose and name.startswith(_MOVED_BY_US))]


def _expected(request: ApprovalRequest, entries: Sequence[LedgerEntry]) -> tuple[Mapping[str, str], bool]:
    """The versions that a signature rests on by now.

    Loose when the last effect was settled by reading: then nobody noted how far it moved its own versions.
    """
    done = [entry for entry in entries if entry.status is ExecutionStatus.SUCCEEDED]
    if not done:
        return request.bindings, False
    last = done[-1]
    return (last.after, False) if last.after else (last.before, True)
