"""How often somebody may try to sign in: for an account from one address, for an account, and from one address."""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from server.db.attempts import StoredAttempts

WINDOW = timedelta(minutes=15)
PAIR, ACCOUNT, ADDRESS = 5, 50, 40
"""Failures within the window. An account's own is wide, so that a stranger cannot lock its owner out at once."""


@dataclass(frozen=True)
class Throttle:
    """Counts before the password is looked at, in the database, so that all processes count together."""

    attempts: StoredAttempts

    def refused(self, email: str, address: str, now: datetime) -> datetime | None:
        """Until when this may not be tried; None when it may, and then it counts as a failure until `good`."""
        most = dict(zip(_keys(email, address), (PAIR, ACCOUNT, ADDRESS), strict=True))
        return self.attempts.take(most, WINDOW, now)

    def good(self, email: str, address: str) -> None:
        """It was the right password."""
        pair, account, place = _keys(email, address)
        self.attempts.forget(pair)
        self.attempts.give_back([account, place])


def _keys(email: str, address: str) -> tuple[str, str, str]:
    who, place = email.strip().lower()[:254], network_of(address)
    return _key("pair", who, place), _key("account", who), _key("address", place)


def _key(*parts: str) -> str:
    # A hash: people type their password into the other field.
    return f"{parts[0]}:{hashlib.sha256(chr(0).join(parts).encode('utf-8', 'surrogatepass')).hexdigest()}"


def network_of(address: str) -> str:
    """Whom an address belongs to: itself for IPv4, the /64 that one household has for IPv6."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def blurred(address: str) -> str:
    """Enough to see from where, too little to see who: the /24 or /48 that an audit log may hold."""
    network = network_of(address)
    if network == "unknown":
        return network
    base = ipaddress.ip_network(network)
    return str(base.supernet(new_prefix=24 if base.version == 4 else 48))
