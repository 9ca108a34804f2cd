"""What has to be looked up before a reply can be proposed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Needs:
    """Lookups by name, and passages (`document#anchor`) that a reply may have to cite."""

    lookups: frozenset[str]
    cites: tuple[str, ...] = ()
