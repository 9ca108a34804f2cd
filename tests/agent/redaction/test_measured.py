"""The figures in the package's README are those of the labelled texts."""

from pathlib import Path

import pytest

import agent.redaction
from agent.redaction import PiiType, find_pii
from tests.agent.redaction.measure import DATA, UNSTRUCTURED, report, tally, texts

KINDS = {str(kind) for kind in PiiType}


def test_labels_are_spans_of_their_texts() -> None:
    rows = list(texts())
    assert len(rows) >= 300
    assert sum(not spans for _, _, spans in rows) >= 100, "hard negatives keep the precision honest"
    for key, text, spans in rows:
        for start, end, kind in spans:
            assert 0 <= start < end <= len(text), key
            assert kind in KINDS, key


def test_precision_and_recall_on_structured_types() -> None:
    result = tally(DATA)
    structured = KINDS - UNSTRUCTURED
    assert result.precision(structured) >= 0.99
    assert result.recall(structured) >= 0.97


def test_names_and_addresses_without_a_record() -> None:
    result = tally(DATA)
    assert result.precision(set(UNSTRUCTURED)) >= 0.97
    assert result.recall(set(UNSTRUCTURED)) >= 0.95


def test_readme_gives_the_measured_figures() -> None:
    readme = Path(agent.redaction.__file__).with_name("README.md").read_text(encoding="utf-8")
    assert report(tally(DATA)) in readme


@pytest.mark.parametrize(
    "text",
    [
        "Order 4155552671 has not arrived",
        "tracking 1Z999AA10123456784",
        "USPS 9400 1000 0000 0000 0000 00",
        "FedEx 7489 1234 5678",
        "SKU BK-4711, TEE-BLK-M",
        "$1,234,567.89 and 1.234,56 €",
        "2024-03-14 14:05, 20.03.2024, 03/18/2024",
        "iOS 17.4.1, firmware 10.2.3.4, v1.2.3.4",
        "IMEI 490154203237518",
        "EAN 4006381333931",
        "order 123-45-6789",
        "Spring 2024, Engineering 101",
        "My password is not working",
        "https://www.ups.com/track?tracknum=1Z999AA10123456784",
        "Hi Team, thanks in advance",
        "3 Big Blue Park Benches please",
    ],
)
def test_ordinary_numbers_and_words_stay(text: str) -> None:
    assert find_pii(text) == []


def test_texts_from_other_countries() -> None:
    """Dutch, Brazilian, Portuguese, Italian, Belgian, Australian, northern and Polish texts beside the usual ones."""
    result = tally(DATA.with_name("abroad.jsonl"))
    structured = KINDS - UNSTRUCTURED
    assert result.count(KINDS) >= 460
    assert result.recall(structured) >= 0.98
    assert result.precision(structured) >= 0.98
    assert result.recall(set(UNSTRUCTURED)) >= 0.95
    assert result.precision(set(UNSTRUCTURED)) >= 0.95


def test_what_was_found_in_part_is_found_whole() -> None:
    rows = [(text, spans) for key, text, spans in texts() if key.startswith("g")]
    assert len(rows) >= 15
    for text, spans in rows:
        assert [(span.start, span.end, str(span.type)) for span in find_pii(text)] == spans
