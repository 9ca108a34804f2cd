"""The demo brand behind its real gate, with one account of each role."""

from __future__ import annotations

from dataclasses import replace

from agent.testing import FixedClock
from server.app import create_app
from server.auth.gate import AccountGate
from server.auth.team import Team
from tests.server.auth.conftest import NOW, QUICK, House, peopled
from tests.server.web.conftest import Web


def demo_house(web: Web, *, demo: bool = True, **settings: str) -> House:
    """The house over the shop of `web`, with these settings."""
    wall, said = FixedClock(NOW), replace(web.service.settings, **settings)
    gate = AccountGate(web.service.database, said, wall)
    service = replace(web.service, wall=wall, passwords=QUICK, settings=said, gate=gate, demo=demo)
    return peopled(House(service, wall, Team.of(service), create_app(service)))
