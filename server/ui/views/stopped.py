"""What is stopped, in words, and what a case says that stands still for it: who, since when, and what becomes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.switches import EVERYTHING, Switch
from server.ui.people import named, named_in
from server.ui.words import moment, spoken

_INTENT = re.compile(r"(?<= stopped )intent (\w+)")


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
        says=f"{by} stopped {stop_says(switch.scope)} on {moment(switch.at)}{why}. What is not done yet waits.",
        then=f"It goes on by itself when the switch is released{again}.",
    )


def stop_says(scope: str) -> str:
    """`everything`, `everything about refund request` of `intent:refund_request`, `replies to one sender`."""
    kind, _, name = scope.partition(":")
    if kind == "intent":
        return f"everything about {spoken(name)}"
    return "everything" if scope == EVERYTHING else "replies to one sender" if kind == "loop" else spoken(name or kind)


def paused_says(why: str) -> str:
    """The stored reason of a pause, with people by their names and intents in words."""
    said = named_in(why.removeprefix("paused: "))
    return _INTENT.sub(lambda found: f"everything about {spoken(found[1])}", said)
