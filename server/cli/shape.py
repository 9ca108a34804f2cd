"""How help looks: commands in the order in which a person meets them."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

ORDER = (
    "demo",
    "serve",
    "ticket",
    "process",
    "cases",
    "approvals",
    "stop",
    "go",
    "audit",
    "store",
    "knowledge",
    "playbooks",
    "people",
    "keys",
    "gate",
    "triage",
    "redact",
    "evals",
    "backup",
    "restore",
    "health",
    "doctor",
)


class CommandGroup(TyperGroup):
    """Lists commands by `ORDER`; one that is not in it comes last."""

    def list_commands(self, ctx: Any) -> list[str]:  # click's context: typer carries its own copy of click
        """Names in the order of `countersign --help`."""
        place = {name: number for number, name in enumerate(ORDER)}
        return sorted(self.commands, key=lambda name: place.get(name, len(ORDER)))
