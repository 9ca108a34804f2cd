"""How much memory the product itself holds: run in a process of its own."""

from __future__ import annotations

import tempfile
from pathlib import Path

from evals.bench.world import demo_workshop


def resident(count: int) -> float:
    """Megabytes resident after `count` tickets, the brand's generator included."""
    with tempfile.TemporaryDirectory() as scratch, demo_workshop(Path(scratch)) as (workshop, inbox):
        for ticket in inbox[:count]:
            workshop.runner.start(ticket.id)
        status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
