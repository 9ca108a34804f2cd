"""The demo brand Alder & Wren: a deterministic world of orders, parcels and tickets on a virtual clock."""

from tools.connectors.demo.generate import generate
from tools.connectors.demo.labels import ExpectedAction, Resolution, TicketLabel
from tools.connectors.demo.simulator import DemoClock, arrivals, later
from tools.connectors.demo.snapshot import write_labels, write_snapshot
from tools.connectors.demo.world import NOW, ORDERS, SEED, DemoWorld

__all__ = [
    "NOW",
    "ORDERS",
    "SEED",
    "DemoClock",
    "DemoWorld",
    "ExpectedAction",
    "Resolution",
    "TicketLabel",
    "arrivals",
    "generate",
    "later",
    "write_labels",
    "write_snapshot",
]
