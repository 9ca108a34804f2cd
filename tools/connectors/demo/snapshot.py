"""write_snapshot: a demo world as the JSONL folder that `countersign store import` reads."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from tools.commerce import Noun
from tools.connectors.demo.world import DemoWorld

FORMAT = {"format": "countersign-store", "version": 1}


def write_snapshot(world: DemoWorld, folder: Path) -> Path:
    """Write `meta.json` and one `.jsonl` file per noun, a noun a line without its defaults; returns the folder.

    Labels and planted cases stay out: they are answers, not facts of the shop.
    """
    folder.mkdir(parents=True, exist_ok=True)
    meta = {**FORMAT, "source": "demo", "seed": world.seed, "now": world.now.isoformat()}
    (folder / "meta.json").write_text(json.dumps(meta, indent=2) + "\n", encoding="utf-8")
    for name, nouns in files(world).items():
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(f"{noun.model_dump_json(exclude_defaults=True)}\n" for noun in nouns)
    return folder


def write_labels(world: DemoWorld, path: Path) -> Path:
    """Write the labels of the tickets, a label a line; returns the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(f"{label.model_dump_json()}\n" for label in world.labels)
    return path


def files(world: DemoWorld) -> dict[str, Iterable[Noun]]:
    """The nouns of a snapshot by file name, each sorted by id."""
    return {
        "customers": world.customers,
        "discount_codes": world.discount_codes,
        "orders": world.orders,
        "products": world.products,
        "refunds": world.refunds,
        "returns": world.returns,
        "shipments": world.shipments,
        "stock": world.stock,
        "store_credits": world.store_credits,
        "subscriptions": world.subscriptions,
        "suppressions": world.suppressions,
        "tickets": world.tickets,
        "traces": world.traces,
    }
