"""Versions of all that a result rests on, as digests: two runs that share them are the same experiment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PACKAGES = ("agent", "tools", "knowledge")
"""What decides about a ticket. `evals` itself counts by the versions of its scorers, `server` does not decide."""
SHORT = 12
WHO_SIGNS = (
    "Labels say who signs by the shipped limits.yaml: what sign_off objects to under other limits is what the change of"
    " limits does, and no fault by itself."
)


@dataclass(frozen=True, kw_only=True)
class Sources:
    """What a shop writes itself."""

    limits: Path
    playbooks: Path
    macros: Path
    voice: Path
    policies: Path

    @classmethod
    def shipped(cls) -> Sources:
        """Those of the demo brand."""
        import knowledge

        folder = Path(knowledge.__file__ or "").parent / "sources"
        return cls(
            limits=folder / "limits.yaml",
            playbooks=folder / "playbooks",
            macros=folder / "macros",
            voice=folder / "voice.yaml",
            policies=folder / "policies",
        )


def versions_of(sources: Sources, models: Path) -> Mapping[str, str]:
    """By name: digests of code, data and what the shop wrote; the embedder and the generated world."""
    from knowledge.embedding import choose_embedder
    from tools.connectors.demo.world import NOW, SEED

    embedder, _ = choose_embedder(models)
    return {
        "code": _of_packages(".py"),
        "data": _of_packages(".md", ".jsonl", ".json", ".csv", ".txt", ".yaml"),
        "limits": digest([sources.limits]),
        "playbooks": digest(_files(sources.playbooks)),
        "macros": digest(_files(sources.macros)),
        "voice": digest([sources.voice]),
        "policies": digest(_files(sources.policies)),
        "prompts": digest(_files(_package("agent") / "prompts")),
        "embedder": f"{embedder.name} {embedder.fingerprint[:SHORT]}",
        "world": f"demo brand, seed {SEED}, {NOW:%Y-%m-%d %H:%M} UTC",
    }


def of_own_limits(versions: Mapping[str, str]) -> bool:
    """Whether a run with these versions had other limits than the shipped ones, by which labels say who signs."""
    shipped = digest([Sources.shipped().limits])
    return versions.get("limits", shipped) != shipped


def digest(files: Iterable[Path]) -> str:
    """Short sha256 over names and bytes."""
    found = hashlib.sha256()
    for path in files:
        found.update(f"{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:SHORT]


@lru_cache(maxsize=4)
def _of_packages(*suffixes: str) -> str:
    # A run takes minutes, in which somebody may save a file: what counts is what was there when it began.
    return digest(path for name in PACKAGES for path in _files(_package(name)) if path.suffix in suffixes)


def _package(name: str) -> Path:
    return Path(__file__).resolve().parent.parent / name


def _files(folder: Path) -> list[Path]:
    """All but what Python compiled and what is written for readers of the code."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != "README.md")
    return sorted(path for path in found if "__pycache__" not in path.parts)
