"""What every KnowledgeIndex does, on disk or in memory."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.catalogue import held
from knowledge.documents import DocumentKind, DocumentStatus, Passage
from knowledge.index import ChromaIndex, InMemoryIndex, KnowledgeIndex
from tests.knowledge.conftest import NOW, CountingEmbedder, passage

WINDOW = "You can send an item back within 30 days of delivery."
REFUND = "We refund the card you paid with five days after the parcel arrives."


def found(index: KnowledgeIndex, question: str, now: datetime = NOW, k: int = 10) -> list[str]:
    return [hit.passage.id for hit in index.search(question, k, now)]


def test_finds_the_passage_that_answers(index: KnowledgeIndex) -> None:
    index.ingest(
        [passage(WINDOW), passage(REFUND, anchor="refund"), passage("We ship to Canada.", document="shipping")]
    )
    hits = index.search("which card is the refund paid to", 2, NOW)
    assert len(hits) == 2
    assert hits[0].passage.id == "returns@v1#refund"
    assert hits[0].score >= hits[1].score
    assert hits[0].passage.text == REFUND


def test_second_ingest_embeds_nothing(index: KnowledgeIndex, embedder: CountingEmbedder) -> None:
    passages = [passage(WINDOW), passage(REFUND, anchor="refund")]
    first = index.ingest(passages)
    assert first.added == ("returns@v1#refund", "returns@v1#window")
    assert first.embedded == 2
    embedder.texts.clear()
    second = index.ingest(passages)
    assert embedder.texts == []
    assert second.embedded == 0
    assert second.unchanged == first.added
    assert second.added == second.changed == second.removed == ()


def test_all_that_was_ingested_is_there_whatever_its_status(index: InMemoryIndex | ChromaIndex) -> None:
    draft = passage(REFUND, anchor="refund", status=DocumentStatus.DRAFT)
    assert index.passages() == ()
    index.ingest([passage(WINDOW), draft])
    assert {each.id for each in index.passages()} == {"returns@v1#window", "returns@v1#refund"}
    [document] = held(index.passages())
    assert (document.id, document.version, document.title, document.passages) == ("returns", 1, "About returns", 2)


def test_new_version_embeds_only_new_words(index: KnowledgeIndex, embedder: CountingEmbedder) -> None:
    old = [passage(WINDOW), passage(REFUND, anchor="refund")]
    index.ingest(old)
    embedder.texts.clear()
    new = [passage(WINDOW, version=2), passage("We refund within two days.", version=2, anchor="refund")]
    report = index.ingest([*old, *new])
    assert report.embedded == 1
    assert embedder.texts == ["About returns\nWe refund within two days.", "About returns"]
    assert found(index, "send an item back within 30 days")[0] == "returns@v2#window"


def test_two_passages_may_swap_their_texts(index: KnowledgeIndex) -> None:
    index.ingest([passage(WINDOW, anchor="a"), passage(REFUND, anchor="b")])
    index.ingest([passage(REFUND, anchor="a"), passage(WINDOW, anchor="b")])
    assert found(index, WINDOW)[0] == "returns@v1#b"
    assert found(index, REFUND)[0] == "returns@v1#a"


def test_changed_status_needs_no_embedding_and_works_at_once(index: KnowledgeIndex) -> None:
    index.ingest([passage(WINDOW)])
    report = index.ingest([passage(WINDOW, status=DocumentStatus.SUPERSEDED)])
    assert report.changed == ("returns@v1#window",)
    assert report.embedded == 0
    assert found(index, WINDOW) == []


def test_vanished_documents_are_removed(index: KnowledgeIndex) -> None:
    index.ingest([passage(WINDOW), passage("We ship to Canada.", document="shipping")])
    report = index.ingest([passage(WINDOW)])
    assert report.removed == ("shipping@v1#window",)
    assert found(index, "ship to Canada") == ["returns@v1#window"]
    assert index.passage("shipping@v1#window") is None


@pytest.mark.system("A4")
@pytest.mark.parametrize(
    "unusable",
    [
        passage(WINDOW, status=DocumentStatus.DRAFT),
        passage(WINDOW, status=DocumentStatus.SUPERSEDED),
        passage(WINDOW, since=date(2026, 11, 21)),
        passage(WINDOW, until=date(2026, 11, 19)),
    ],
    ids=["draft", "superseded", "future", "expired"],
)
def test_what_is_not_in_force_is_never_found_or_cited(index: KnowledgeIndex, unusable: Passage) -> None:
    index.ingest([unusable, passage("We ship to Canada.", document="shipping")])
    assert found(index, WINDOW) == ["shipping@v1#window"]
    assert found(index, "returns@v1") == ["shipping@v1#window"]
    assert index.cite("returns", "window", NOW) is None
    assert index.passage("returns@v1#window") == unusable


@pytest.mark.system("A4")
def test_older_version_is_never_cited_beside_a_newer_one_in_force(index: KnowledgeIndex) -> None:
    forgotten = passage("You have 14 days.", version=1)
    index.ingest(
        [forgotten, passage(WINDOW, version=2), passage("You have 60 days.", version=3, since=date(2027, 1, 1))]
    )
    assert found(index, "You have 14 days") == ["returns@v2#window"]
    cited = index.cite("returns", "window", NOW)
    assert cited is not None
    assert cited.id == "returns@v2#window"
    later = index.cite("returns", "window", datetime(2027, 1, 1, tzinfo=UTC))
    assert later is not None
    assert later.version == 3


def test_a_seasonal_version_gives_way_again(index: KnowledgeIndex) -> None:
    season = passage("Send gifts back until 31 January.", version=2, since=date(2026, 12, 1), until=date(2027, 1, 31))
    index.ingest([passage(WINDOW), season])
    assert found(index, "send back", datetime(2026, 11, 30, 23, 59, tzinfo=UTC)) == ["returns@v1#window"]
    assert found(index, "send back", datetime(2026, 12, 1, tzinfo=UTC)) == ["returns@v2#window"]
    assert found(index, "send back", datetime(2027, 1, 31, 23, 59, tzinfo=UTC)) == ["returns@v2#window"]
    assert found(index, "send back", datetime(2027, 2, 1, tzinfo=UTC)) == ["returns@v1#window"]


def test_many_unusable_passages_do_not_hide_the_usable_one(index: KnowledgeIndex) -> None:
    near = [passage(f"{WINDOW} {number}", version=number, status=DocumentStatus.SUPERSEDED) for number in range(2, 90)]
    index.ingest([*near, passage("Nothing alike at all.", document="other")])
    assert found(index, WINDOW, k=3) == ["other@v1#window"]


def test_exact_identifier_comes_first(index: KnowledgeIndex) -> None:
    articles = [
        passage(f"Lamp BK-{number} ships in {number % 7 + 2} days from Lyon.", document=f"lamp-{number}")
        for number in range(4700, 4760)
    ]
    index.ingest(articles)
    for question in ("how long does BK-4711 take to ship?", "is bk-4711 in stock", "BK-4711?"):
        hits = index.search(question, 5, NOW)
        assert hits[0].passage.id == "lamp-4711@v1#window", question
        assert hits[0].score > 1 > hits[1].score


def test_kinds_narrow_the_search(index: KnowledgeIndex) -> None:
    index.ingest([passage(WINDOW), passage(WINDOW, document="faq", kind=DocumentKind.FAQ)])
    hits = index.search(WINDOW, 5, NOW, kinds={DocumentKind.FAQ})
    assert [hit.passage.id for hit in hits] == ["faq@v1#window"]


def test_citing_a_long_section_joins_its_parts(index: KnowledgeIndex) -> None:
    index.ingest([passage("First half.", anchor="long~1"), passage("Second half.", anchor="long~2")])
    cited = index.cite("returns", "long", NOW)
    assert cited is not None
    assert cited.text == "First half.\n\nSecond half."
    assert cited.id == "returns@v1#long"
    assert index.passage(cited.id) == cited
    part = index.passage("returns@v1#long~2")
    assert part is not None
    assert part.text == "Second half."


def test_several_are_cited_at_once_as_one_by_one_and_anew_after_a_change(index: KnowledgeIndex) -> None:
    long = [passage("First half.", anchor="long~1"), passage("Second half.", anchor="long~2")]
    index.ingest([*long, passage(WINDOW, document="faq")])
    wanted = [("returns", "long"), ("faq", "window"), ("faq", "none"), ("none", "window"), ("returns", "long")]
    for _ in range(2):
        assert index.cite_all(wanted, NOW) == [index.cite(document, anchor, NOW) for document, anchor in wanted]
    index.ingest([long[0], passage("Another half.", anchor="long~2")])
    cited = index.cite_all([("returns", "long"), ("faq", "window")], NOW)
    assert [each.text if each else "" for each in cited] == ["First half.\n\nAnother half.", ""]


def test_ties_are_ordered_by_id(index: KnowledgeIndex) -> None:
    index.ingest([passage("Same words.", document=name).model_copy(update={"title": "T"}) for name in ("b", "c", "a")])
    assert found(index, "same words") == ["a@v1#window", "b@v1#window", "c@v1#window"]


def test_question_without_words_is_answered_without_order(index: KnowledgeIndex) -> None:
    index.ingest([passage(WINDOW), passage(REFUND, anchor="refund")])
    assert found(index, "???", k=1) == ["returns@v1#refund"]


@pytest.mark.parametrize("question", ["", "   ", "\n"])
def test_blank_question_finds_nothing(index: KnowledgeIndex, question: str) -> None:
    index.ingest([passage(WINDOW)])
    assert index.search(question, 3, NOW) == []


def test_empty_index_finds_nothing(index: KnowledgeIndex) -> None:
    assert index.search("anything", 3, NOW) == []
    assert index.cite("returns", "window", NOW) is None
    assert index.passage("returns@v1#window") is None
    assert index.passage("nonsense") is None


def edition(document: str, version: int, status: DocumentStatus, since: int, days: int | None) -> Passage:
    first = NOW.date() + timedelta(days=since)
    last = None if days is None else first + timedelta(days=days)
    return passage(WINDOW, document=document, version=version, status=status, since=first, until=last)


EDITIONS = st.lists(
    st.builds(
        edition,
        st.sampled_from(["returns", "shipping"]),
        st.integers(1, 4),
        st.sampled_from(list(DocumentStatus)),
        st.integers(-3, 3),
        st.one_of(st.none(), st.integers(0, 4)),
    ),
    max_size=8,
    unique_by=lambda each: each.id,
)


def expected_version(editions: list[Passage], document: str) -> int | None:
    today = NOW.date()
    return max(
        (
            each.version
            for each in editions
            if each.document_id == document
            and each.status is DocumentStatus.APPROVED
            and each.effective_from <= today <= (each.effective_to or today)
        ),
        default=None,
    )


@pytest.mark.system("A4")
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EDITIONS)
def test_only_the_highest_approved_version_of_today_is_ever_offered(editions: list[Passage]) -> None:
    index = InMemoryIndex(CountingEmbedder(64))
    index.ingest(editions)
    offered = {hit.passage.document_id: hit.passage.version for hit in index.search(WINDOW, 10, NOW)}
    for document in ("returns", "shipping"):
        cited = index.cite(document, "window", NOW)
        expected = expected_version(editions, document)
        assert (cited.version if cited else None) == expected
        assert offered.get(document) == expected
