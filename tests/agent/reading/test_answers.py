"""Short answers to the shop are about what was asked before; news, thanks and the wish for a person are not."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from agent.reading.answers import OFFERS, accepted, answered, heard
from agent.reading.stated import stated
from agent.reasoners.local import words_of
from agent.triage import TriageResult
from agent.triage.classify import Likely
from tests.agent.investigation.world import NOW
from tools.helpdesk import Author, Ticket, TicketMessage

ASKED = "Hello, I would like to swap the cardigan for another size."


@dataclass
class Judge:
    """Reads the newest message as `intent`; what holds the earlier one as an exchange."""

    intent: str
    confidence: float = 0.4
    person: bool = False
    read: list[str] = field(default_factory=list[str])

    def ahead(self, text: str, subject: str = "") -> None:
        """Nothing."""

    def classify(self, text: str, subject: str = "", hint_language: str = "") -> TriageResult:
        self.read.append(text)
        whole = "cardigan" in text
        intent, confidence = ("exchange_request", 0.97) if whole else (self.intent, self.confidence)
        return TriageResult(
            intent=intent,
            confidence=confidence,
            abstained=not whole,
            ranked=(Likely(intent=intent, confidence=confidence),),
            secondary=(),
            language="en",
            sentiment=-0.9 if whole else 0.2,
            high_emotion=whole,
            legal_threat=False,
            human_request=self.person,
            urgency="high" if whole else "normal",
            reason="read",
        )


def thread(*texts: str, shop: Author = Author.STAFF) -> Ticket:
    """The customer and the shop in turn, the customer first."""
    return Ticket(
        id="t-1",
        messages=tuple(
            TicketMessage(id=f"m-{at}", author=shop if at % 2 else Author.CUSTOMER, at=NOW, text=text)
            for at, text in enumerate(texts)
        ),
    )


@pytest.mark.parametrize("shop", [Author.STAFF, Author.ASSISTANT])
@pytest.mark.parametrize("intent", ["change_order", "thanks"])
def test_a_short_answer_is_about_what_was_asked_before(shop: Author, intent: str) -> None:
    found = heard(Judge(intent), thread(ASKED, "Gladly. Which size would you like?", "M please!", shop=shop), "")
    assert (found.intent, found.confidence, found.abstained) == ("exchange_request", 0.97, False)
    # Mood and urgency were those of the first message.
    assert (found.sentiment, found.high_emotion, found.urgency) == (0.2, False, "normal")


def test_an_answer_that_ends_with_thanks_still_answers_the_question() -> None:
    found = heard(Judge("thanks", 0.95), thread(ASKED, "Gladly. Which size would you like?", "M. Thanks!"), "")
    assert found.intent == "exchange_request"


@pytest.mark.parametrize(
    ("judge", "reply", "newest"),
    [
        (Judge("thanks", 0.95), "It is on its way.", "perfect, that's all I needed"),
        (Judge("thanks", 0.95), "Is it behind the door?", "Found it, it was behind the door, thank you all"),
        (Judge("human_request", person=True), "Which size would you like?", "A person please"),
        (Judge("order_status", 0.96), "Which size would you like?", "Where is my other order?"),
        (Judge("order_status"), "Which size would you like?", " ".join(["word"] * 17)),
    ],
)
def test_what_says_by_itself_what_it_is_about_is_read_alone(judge: Judge, reply: str, newest: str) -> None:
    assert heard(judge, thread(ASKED, reply, newest), "").intent == judge.intent
    assert judge.read == [newest]


@pytest.mark.parametrize("texts", [("M please!",), ("We have news for you.", "M please!")])
def test_without_an_earlier_question_of_the_customer_there_is_nothing_to_answer(texts: tuple[str, ...]) -> None:
    ticket = (
        thread(*texts)
        if len(texts) == 1
        else thread("", *texts).model_copy(update={"messages": thread("", *texts).messages[1:]})
    )
    assert heard(Judge("change_order"), ticket, "").intent == "change_order"


def test_two_messages_in_a_row_are_no_answer() -> None:
    ticket = thread(ASKED, "Which size would you like?", "M please!")
    alone = ticket.model_copy(update={"messages": (ticket.messages[0], ticket.messages[2])})
    assert heard(Judge("change_order"), alone, "").intent == "change_order"


TORN = "Hi! 2144, the tee in S pinches in odd places."
OFFER = "Hello, sure, we can swap it for M. Shall we?"
CHOICE = "You can have another colour where there is one, or your money after a return. Which do you prefer?"


@pytest.mark.parametrize(
    ("question", "answer", "asks"),
    [
        (OFFER, "M it is then", {"exchange_request"}),
        (OFFER, "Yes please, thanks", {"exchange_request"}),
        (OFFER, "no, leave it", set[str]()),
        (OFFER, "don't bother, it fits", set[str]()),
        (OFFER, "my sister has another tee and would like to know what it costs", set[str]()),
        ("We can swap it for M.", "Fine", set[str]()),
        (CHOICE, "The money, thanks.", {"return_request"}),
        (CHOICE, "Blue then", set[str]()),
        ("Was it packed badly, or not packed at all?", "packed badly", set[str]()),
    ],
)
def test_a_few_words_take_up_what_we_offered(question: str, answer: str, asks: set[str]) -> None:
    said = stated(answered(thread(TORN, question, answer)))
    # To swap what has not left yet is the same wish.
    assert (said & OFFERS) - {"change_order"} == asks
    assert "missing_item" not in said


PLACES = "We can (a) swap it for size M or (b) send you a label and refund it once it is back. Which should it be?"


@pytest.mark.parametrize(
    ("question", "answer", "taken"),
    [
        (OFFER, "M it is then", "exchange_request"),
        (OFFER, "no, leave it", ""),
        (CHOICE, "The money, thanks.", "return_request"),
        (CHOICE, "Both sound fine", ""),
        ("We can send it back for you or cancel it. Which?", "cancel", "cancel_order"),
        ("Which size would you like?", "M please", ""),
        (PLACES, "Then b, the money. No size of that cut sits right", "refund_request"),
        (
            PLACES,
            "The first, please. My wife agrees by the way and she is right more often than I am",
            "exchange_request",
        ),
        (PLACES, "lieber das zweite", "refund_request"),
        (PLACES, "the second time this happens!", ""),
        ("Preferisce che glieli spediamo o che le rimborsiamo i calzini?", "La seconda che ha detto", "refund_request"),
        ("So we send it to 3 Elm Road, Portland, ME 04102 instead. Right?", "yes exactly, that's it", "change_address"),
        ("Shall we swap it instead?", "yes exactly", "exchange_request"),
    ],
)
def test_what_is_offered_and_taken_is_what_is_asked(question: str, answer: str, taken: str) -> None:
    assert accepted(thread(TORN, question, answer)) == taken


def test_a_longer_answer_tells_no_fault_that_it_has_no_words_for() -> None:
    answer = "Not the shirt. Not the scarf either. By process of elimination, my dear friend, it's what you knitted"
    asked = thread(ASKED, "With pleasure. Which one is it?", answer)
    assert heard(Judge("missing_item", 0.6), asked, "").intent == "exchange_request"
    fault = thread(ASKED, "With pleasure. Which one is it?", f"{answer}. It arrived cracked")
    assert heard(Judge("damaged_item", 0.6), fault, "").intent == "damaged_item"


def test_a_message_of_its_own_takes_nothing() -> None:
    assert accepted(thread("Yes, swap it")) == ""


def test_a_few_words_are_read_with_what_the_customer_wrote_before() -> None:
    ticket = thread("The mug of 2144 came broken.", "Sorry for that. Is it the blue one?", "yes, the blue")
    assert "damaged_item" in stated(words_of(ticket))
    found = thread("My parcel never arrived.", "Is it behind the door?", "Found it, thanks")
    assert "not_received" not in stated(words_of(found))
    assert words_of(thread("The mug came broken.")).strip() == "The mug came broken."


@pytest.mark.parametrize(
    ("judge", "reply", "newest"),
    [
        (Judge("thanks", 0.97), "We looked it up for you.", "nice ty! and what about the cardigan-less one, is it in"),
        (
            Judge("thanks", 0.9),
            "Which order, and which name?",
            "That is the #2066, in the name of Ann Lee Ltd. Thanks a lot",
        ),
        (Judge("thanks", 0.72), "Which one shall it be?", "oh right lol. the sock one of them. rest is fine"),
    ],
)
def test_a_friendly_word_does_not_hide_an_answer(judge: Judge, reply: str, newest: str) -> None:
    found = heard(judge, thread(ASKED, reply, newest.replace("cardigan-less", "other")), "")
    assert found.intent == "exchange_request"
