"""What a case says that stands still because somebody stopped effects: who, since when, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass

from agent.switches import Switch
from server.ui.people import named
from server.ui.words import moment, spoken


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """`title` says what is held, `says` by whom and since when, `then` what it waits for."""

    title: str
    says: str
    then: str


def stopped_view(switch: Switch | None, signed_by: str) -> Stopped | None:
    """None where nothing is stopped. `signed_by`: whose answer is held, if anybody's."""
    if switch is None:
        return None
    signer, by = named(signed_by), named(switch.by)
    why = f" ({switch.reason})" if switch.reason else ""
    again = f"; {signer}'s signature counts, and nobody has to sign again" if signed_by else ""
    return Stopped(
        title=f"Signed by {signer}, and effects are stopped" if signed_by else "Effects are stopped",
        says=f"{by} stopped {spoken(switch.stops)} on {moment(switch.at)}{why}. What is not done yet waits.",
        then=f"It goes on by itself when the switch is released{again}.",
    )
