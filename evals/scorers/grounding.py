"""Grounding: does every amount, date, number, link and name of a draft come from somewhere?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import ClassVar
from zoneinfo import ZoneInfo

from agent.guard.grounding import ground
from agent.guard.lexicon import MONTHS
from agent.guard.rules import Rule
from evals.episode import Episode
from evals.sample import Sample
from evals.score import Score
from evals.scorers.shop import Shop
from evals.scorers.sources import dump, known_to, moment
from evals.scorers.view import NO_DRAFT, Viewed, listed, share

_SIGN = r"(?:[$€£¥]|\b(?:US\$|USD|EUR|GBP|CAD)\b)"
_DIGITS = r"\d[\d.,'’ \u00a0\u202f]*?[.,]\d{2}"
_AMOUNT = re.compile(rf"{_SIGN}[ \u00a0\u202f]?({_DIGITS})(?![\d])|(?<![\d.,])({_DIGITS})[ \u00a0\u202f]?{_SIGN}")
_MINOR = re.compile(r"(?<![\d.])(\d+\.\d{2})(?!\d)")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2})?)?")


@dataclass(frozen=True, kw_only=True)
class Grounding(Viewed):
    """The share of claims that have a source; wholly right only when none is without.

    Two rulers. The first is the product's own extraction, over sources gathered anew from the episode. The second is
    plain on purpose and knows nothing of the first: every amount beside a currency and every day with its month must
    stand among the sources as it is. Policy sentences are the business of the scorer `policy`.
    """

    base: ClassVar[str] = "grounding"
    shop: Shop

    def score(self, sample: Sample, episode: Episode) -> Score:
        """Parts: `supported` (count) and `unsupported` (the words)."""
        proposal = self.view.of(episode)
        if proposal is None or proposal.reply is None:
            return self.none(NO_DRAFT)
        text, language = proposal.reply.text, proposal.reply.language
        found = ground(text, language, known_to(sample, episode, proposal, self.shop), ())
        first = [text[v.start or 0 : v.end or 0] for v in found.violations if v.rule != Rule.POLICY.value]
        sources, today = dump(sample, episode, proposal), moment(sample, episode)
        second = [*strange_amounts(text, sources), *strange_days(text, sources, today, self.shop.zone)]
        unsupported = list(dict.fromkeys([*first, *second]))
        return self.mark(
            share(len(found.spans), len(unsupported)),
            f"no source for {listed(unsupported)}" if unsupported else "",
            supported=len(found.spans),
            unsupported=[*unsupported],
        )


def strange_amounts(text: str, sources: str) -> Iterator[str]:
    """Amounts beside a currency whose digits stand in no source."""
    known = {re.sub(r"\D", "", found).lstrip("0") for found in _MINOR.findall(sources)}
    known |= {re.sub(r"\D", "", one or other).lstrip("0") for one, other in _AMOUNT.findall(sources)}
    for match in _AMOUNT.finditer(text):
        if re.sub(r"\D", "", match[1] or match[2]).lstrip("0") not in known:
            yield match[0].strip()


def strange_days(text: str, sources: str, now: datetime, zone: ZoneInfo) -> Iterator[str]:
    """Days with a month in words that no source names and that are not today."""
    known = {(day.month, day.day) for moment in _ISO.findall(sources) for day in _days(moment, zone)}
    known |= {pair for _, pair in _named(sources)} | {(day.month, day.day) for day in _days(now.isoformat(), zone)}
    for words, pair in _named(text):
        if pair not in known:
            yield words


def _days(moment: str, zone: ZoneInfo) -> set[date]:
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return set()
    if len(moment) == len("2026-11-16") or found.tzinfo is None:
        return {found.date()}
    return {found.astimezone(zone).date(), found.astimezone(UTC).date()}


def _named(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """`November 19`, `19. November`, `19 de noviembre`: the words with month and day."""
    for match in _shape().finditer(text):
        name, day = (match["m1"], match["d1"]) if match["m1"] else (match["m2"], match["d2"])
        yield match[0], (MONTHS[name.casefold().rstrip(".")], int(day))


@cache
def _shape() -> re.Pattern[str]:
    months = "|".join(sorted((re.escape(name) for name in MONTHS if len(name) > 2), key=len, reverse=True))
    first = rf"\b(?P<m1>{months})\.?\s(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?![\d.,:]\d|\d)"
    second = rf"(?<![\d.,:])(?P<d2>\d{{1,2}})(?:\.|er|st|nd|rd|th)?\s(?:de\s|of\s)?(?P<m2>{months})\b"
    return re.compile(rf"{first}|{second}", re.IGNORECASE)
