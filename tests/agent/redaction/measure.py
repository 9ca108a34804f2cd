"""Precision and recall on the labelled texts beside this file: `python -m tests.agent.redaction.measure`."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from agent.redaction import PiiType, find_pii

DATA = Path(__file__).with_name("data.jsonl")
UNSTRUCTURED = {PiiType.PERSON_NAME, PiiType.ADDRESS, PiiType.POSTAL_CODE}

Labelled = tuple[int, int, str]


@dataclass
class Tally:
    """Found and labelled spans that overlap and agree in type, those found in vain, those missed; and exact matches."""

    hits: Counter[str] = field(default_factory=Counter[str])
    false: Counter[str] = field(default_factory=Counter[str])
    missed: Counter[str] = field(default_factory=Counter[str])
    exact: int = 0

    def precision(self, kinds: set[str]) -> float:
        hits = sum(self.hits[kind] for kind in kinds)
        return hits / max(1, hits + sum(self.false[kind] for kind in kinds))

    def recall(self, kinds: set[str]) -> float:
        hits = sum(self.hits[kind] for kind in kinds)
        return hits / max(1, hits + sum(self.missed[kind] for kind in kinds))

    def count(self, kinds: set[str]) -> int:
        return sum(self.hits[kind] + self.missed[kind] for kind in kinds)


def _overlaps(span: Labelled, others: list[Labelled]) -> bool:
    return any(span[2] == o[2] and span[0] < o[1] and o[0] < span[1] for o in others)


def texts(path: Path = DATA) -> Iterator[tuple[str, str, list[Labelled]]]:
    """Yield id, text and labelled spans."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield row["id"], row["text"], [(s["start"], s["end"], s["type"]) for s in row["spans"]]


def tally(path: Path = DATA) -> Tally:
    """Run the redactor over all labelled texts."""
    result = Tally()
    for _, text, labelled in texts(path):
        found = [(span.start, span.end, span.type.value) for span in find_pii(text)]
        result.exact += len(set(found) & set(labelled))
        for span in labelled:
            (result.hits if _overlaps(span, found) else result.missed)[span[2]] += 1
        for span in found:
            if not _overlaps(span, labelled):
                result.false[span[2]] += 1
    return result


def report(result: Tally) -> str:
    """One Markdown table row per type."""
    kinds = sorted({*result.hits, *result.false, *result.missed})
    rows = [("structured", set(kinds) - UNSTRUCTURED), ("all", set(kinds)), *((kind, {kind}) for kind in kinds)]
    return "\n".join(
        f"| {name} | {result.count(group)} | {result.precision(group):.3f} | {result.recall(group):.3f} |"
        for name, group in rows
    )


if __name__ == "__main__":
    sys.stdout.write(report(tally()) + "\n")
