"""The frame around every page: where one can go, who is there, and what has to be said above everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.switches import EVERYTHING, Switch
from server.auth.principal import Principal
from server.ui.people import named
from server.ui.views.stopped import stop_says
from server.ui.words import initials

THEMES = ("system", "light", "dark")
PLACES = (
    ("inbox", "Inbox", "/", False),
    ("approvals", "Sign-off", "/approvals", False),
    ("knowledge", "Knowledge", "/knowledge", True),
    ("playbooks", "Playbooks", "/playbooks", True),
    ("runs", "Runs", "/runs", False),
    ("figures", "Figures", "/figures", False),
    ("audit", "Audit", "/audit", True),
    ("settings", "Settings", "/settings", False),
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """One entry of the bar. `less`: the first to go where there is little room."""

    name: str
    href: str
    here: bool
    less: bool
    count: int = 0
    count_says: str = ""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A line above the page. `kind`: stopped, trouble (an incident lasts), told (it worked) or refused."""

    kind: str
    text: str
    href: str = ""
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Shell:
    """What base.html shows. `here` is the address of the page, for coming back to it."""

    title: str
    section: str
    who: Principal | None
    theme: str
    places: tuple[Place, ...]
    notices: tuple[Notice, ...]
    here: str
    search: str = ""
    arrived: bool = False
    """Whether an answer led here: what is pressed in the next moment was meant for what stood there before."""

    @property
    def initials(self) -> str:
        """Of whoever is signed in."""
        return initials(self.who.name) if self.who else ""


def places(section: str, waiting: int) -> tuple[Place, ...]:
    """Every place, with how many signatures wait."""
    says = "waits for a signature" if waiting == 1 else "wait for a signature"
    return tuple(
        Place(
            name=name,
            href=href,
            here=key == section,
            less=less,
            count=waiting if key == "approvals" else 0,
            count_says=says,
        )
        for key, name, href, less in PLACES
    )


def stop_notices(switches: Sequence[Switch]) -> tuple[Notice, ...]:
    """What is stopped, by whom and why."""
    return tuple(
        Notice(kind="stopped", text=_stopped(switch), href="/settings#stop", link="See the switch")
        for switch in switches
        if switch.stopped
    )


def _stopped(switch: Switch) -> str:
    what = stop_says(switch.scope)
    are = "are" if what.startswith("replies") else "is"
    held = ": nothing leaves and nothing is paid" if switch.scope == EVERYTHING else "; the rest goes on"
    why = f" ({switch.reason.rstrip('.')})" if switch.reason else ""
    by = named(switch.by)
    return f"{what[:1].upper()}{what[1:]} {are} stopped{held}. {by[:1].upper()}{by[1:]} stopped it{why}."


def theme_of(cookies: Mapping[str, str]) -> str:
    """The stored choice, else the system's."""
    chosen = cookies.get("theme", "")
    return chosen if chosen in THEMES else "system"
