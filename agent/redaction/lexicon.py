"""Word lists for the name patterns, read once from the files in `words/`."""

from functools import cache
from pathlib import Path


@cache
def words(name: str) -> frozenset[str]:
    """The words of `words/<name>.txt` in lower case; lines that begin with # are comments."""
    path = Path(__file__).with_name("words") / f"{name}.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
