"""Search in other languages: what reaches the encoder is English, and what is found is what was asked for."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

import pytest

from agent.triage.english import EnglishReading, read_in_english
from knowledge.corpus import load_corpus
from knowledge.embedding import Embedder, HashingEmbedder
from knowledge.minilm import MiniLMEmbedder
from knowledge.search import DocumentSearch
from server.settings import Settings
from tests.agent.triage.conftest import DATA

if TYPE_CHECKING:
    from knowledge.embedding import Vectors


class Hearing(HashingEmbedder):
    """Keeps what it was asked to embed."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def embed(self, texts: Sequence[str]) -> "Vectors":
        self.heard += texts
        return super().embed(texts)

    def ahead(self, texts: Sequence[str]) -> None:
        self.heard += texts


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ich möchte meine Bestellung stornieren", {"order", "cancel"}),
        ("wanneer krijg ik mijn geld terug", {"when", "money"}),
        ("où est mon colis", {"parcel"}),
        ("quiero cambiar la talla", {"change", "size"}),
        ("esqueci minha senha", {"forgot", "password"}),
        ("il codice sconto non funziona", {"code", "discount"}),
    ],
)
def test_six_languages_are_read_in_english(text: str, words: set[str]) -> None:
    assert words <= set(read_in_english(text).split())
    embedder = Hearing()
    EnglishReading(embedder).embed([text])
    EnglishReading(embedder).ahead([text])
    assert embedder.heard == [read_in_english(text)] * 2


def test_english_and_unknown_scripts_stay_as_they_are() -> None:
    for text in ("Where is my order #10234?", "", "注文はどこですか", "Lamp XL-200"):
        assert read_in_english(text) == text


def test_its_vectors_are_told_apart_from_those_of_the_encoder() -> None:
    plain = HashingEmbedder()
    reading = EnglishReading(plain)
    assert reading.fingerprint != plain.fingerprint
    assert reading.fingerprint == EnglishReading(HashingEmbedder()).fingerprint
    assert (reading.name, reading.dimensions) == (plain.name, plain.dimensions)


def test_a_german_shop_finds_its_own_articles(tmp_path: Path) -> None:
    """32 articles; 36 questions in German, as customers word them, 8 in English. One question is 0.023."""
    minilm = MiniLMEmbedder(Settings.read(env_file=None).prepared)
    (tmp_path / "faq").mkdir()
    (tmp_path / "faq" / "faq.jsonl").write_bytes((DATA / "german_faq.jsonl").read_bytes())
    plain, reading = (_gain(tmp_path / "faq", each) for each in (minilm, EnglishReading(minilm)))
    assert plain < 0.5
    assert reading >= 0.74


def _gain(folder: Path, embedder: Embedder) -> float:
    questions = [
        json.loads(line) for line in (DATA / "german_questions.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    ranked = DocumentSearch(load_corpus(folder).texts, embedder).rank([each["text"] for each in questions], 10)
    return mean(_ndcg([hit.id for hit in hits], each["relevant"]) for hits, each in zip(ranked, questions, strict=True))


def _ndcg(found: Sequence[object], relevant: Sequence[str]) -> float:
    gains = [1 / math.log2(place + 2) for place in range(10)]
    return sum(gains[at] for at, each in enumerate(found[:10]) if each in relevant) / sum(gains[: len(relevant)])
