"""Cards: what stands beside every data set; the counts in them are kept by the program, the rest by people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.sample import Sample, Split

SECTION = "## Counts"
PER_TAG = 3
"""Tags on fewer samples are left out of the card."""


def recount(path: Path, samples: Sequence[Sample]) -> None:
    """Writes the section `Counts` of a card anew; makes a card with nothing else when there is none."""
    text = path.read_text(encoding="utf-8") if path.exists() else f"# {path.stem}\n\n{SECTION}\n"
    before, _, after = text.partition(f"{SECTION}\n")
    _, mark, rest = after.partition("\n## ")
    path.write_text(f"{before}{SECTION}\n\n" + "\n".join(_lines(samples)) + f"\n{mark}{rest}", encoding="utf-8")


def _lines(samples: Sequence[Sample]) -> Iterator[str]:
    held = sum(sample.split is Split.HELD_OUT for sample in samples)
    yield from _table([("samples", len(samples)), ("held out", held), ("to tune on", len(samples) - held)])
    for name, values in (
        ("intent", Counter(sample.expected.intent for sample in samples)),
        ("language", Counter(sample.expected.language for sample in samples)),
        ("ends with", Counter(sample.expected.resolution or "nothing said" for sample in samples)),
        ("tag", Counter(tag for sample in samples for tag in sample.tags)),
    ):
        most = [(key, count) for key, count in values.most_common() if name != "tag" or count >= PER_TAG]
        yield from ("", f"By {name}:", "", *_table(most))


def _table(rows: Sequence[tuple[str, int]]) -> list[str]:
    return ["| what | samples |", "|---|---|", *(f"| {name} | {count} |" for name, count in rows)]
