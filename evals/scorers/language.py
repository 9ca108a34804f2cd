"""Language: is the reply in the customer's language, where we write it?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from agent.guard.promise_words import WRITTEN
from agent.triage import language_of
from evals.episode import Episode
from evals.sample import Sample
from evals.score import Score
from evals.scorers.facts import plain
from evals.scorers.sources import cited_in
from evals.scorers.view import NO_DRAFT, Viewed

LEAST_WORDS = 8


@dataclass(frozen=True, kw_only=True)
class Language(Viewed):
    """1 when the words of the draft are in the labelled language, or in English where we do not write that one.

    The text is listened to; what the draft says about itself does not count. Every paragraph of prose counts: one that
    is in another language is not understood, however right the rest is. A passage that is cited word for word may be
    as it was written.
    """

    base: ClassVar[str] = "language"
    revision: ClassVar[int] = 2
    labels: ClassVar[frozenset[str]] = frozenset({"language"})

    def score(self, sample: Sample, episode: Episode) -> Score:
        """Parts: `expected` and `found`: the language of the whole, or of the first paragraph that is in another."""
        proposal = self.view.of(episode)
        if proposal is None or proposal.reply is None:
            return self.none(NO_DRAFT)
        text = proposal.reply.text
        quoted = " ".join(plain(passage.text) for passage in cited_in(proposal, episode.investigation))
        wanted = sample.expected.language
        expected = wanted if wanted in WRITTEN else "en"
        own = [paragraph for paragraph in text.split("\n\n") if plain(paragraph) not in quoted]
        heard = (language_of(words, expected) for words in ("\n\n".join(own), *_prose(own)))
        found = next((language for language in heard if language != expected), expected)
        return self.mark(
            float(found == expected),
            "" if found == expected else f"the reply is in {found}, and {expected} was due",
            expected=expected,
            found=found,
        )


def _prose(paragraphs: Iterable[str]) -> Iterator[str]:
    """Those long enough to tell; rows of a list are names, sizes and addresses in no language."""
    for paragraph in paragraphs:
        lines = [line for line in paragraph.splitlines() if not line.lstrip().startswith("-")]
        if sum(len(line.split()) for line in lines) >= LEAST_WORDS:
            yield "\n".join(lines)
