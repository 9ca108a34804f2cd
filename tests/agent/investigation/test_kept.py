"""What a message names and leaves as it is."""

from __future__ import annotations

import time

import pytest

from agent.investigation.fields import members_of
from agent.investigation.kept import Care, clauses
from tests.agent.investigation.world import CUSHION, MUG, SOCKS, about, letter, line, look, order
from tools.commerce import LineItem, OrderStage
from tools.helpdesk import Author, Ticket

THREE = (line(CUSHION), line(MUG), line(SOCKS))
COVER, CUP, SOCK = "Linen Cushion Cover", "Hearth Mug", "Bramble Socks"


def meant(
    text: str, *intents: str, language: str = "en", lines: tuple[LineItem, ...] = THREE
) -> tuple[list[str], bool]:
    said = about(*(intents or ("missing_item",)), numbers=("#2145",), language=language)
    scope = look(letter(text), said, order("2145", *lines)).scope
    return [str(item["title"]) for item in members_of(scope["items"])], bool(scope["items_meant"])


@pytest.mark.parametrize(
    ("text", "language", "title"),
    [
        ("The socks were in the box, the mug wasn't.", "en", CUP),
        ("no mug. got the cushion cover and the socks though", "en", CUP),
        ("Mug missing! The parcel had only the socks and a cushion cover in it", "en", CUP),
        ("Der Becher fehlt, Socken und Kissenhülle sind angekommen.", "de", CUP),
        ("Faltan los calcetines, la taza y la funda sí llegaron", "es", SOCK),
        ("colis reçu hier, sans la tasse", "fr", CUP),
        ("Paket heute erhalten, ohne Becher", "de", CUP),
        ("Il manque la tasse, les chaussettes étaient dans le colis", "fr", CUP),
    ],
)
def test_what_came_is_not_missing(text: str, language: str, title: str) -> None:
    assert meant(text, language=language) == ([title], True)


@pytest.mark.parametrize("text", ["Only the mug and the socks came", "I received just the mug and the socks."])
def test_what_alone_came_means_that_the_rest_is_missing(text: str) -> None:
    assert meant(text) == ([COVER], True)


def test_nothing_is_sent_on_a_guess_when_only_what_came_is_named() -> None:
    assert meant("The mug was in the parcel.") == ([COVER, SOCK], False)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("The mug has a crack. Socks and cushion cover are fine.", "damaged_item"),
        ("please refund the mug, the socks stay with me and so does the cushion, I keep it", "refund_request"),
        ("Return only the mug. I will write again about the socks.", "return_request"),
    ],
)
def test_what_is_fine_or_stays_is_left_alone(text: str, intent: str) -> None:
    assert meant(text, intent) == ([CUP], True)


def test_who_keeps_one_thing_sends_back_the_others() -> None:
    assert meant("Refund please, but I keep the mug", "refund_request") == ([COVER, SOCK], True)


@pytest.mark.parametrize(
    ("text", "intent", "language"),
    [
        ("I just got the mug and it is cracked", "damaged_item", "en"),
        ("The mug is not fine at all", "damaged_item", "en"),
        ("the mug was ok at first. now it leaks", "damaged_item", "en"),
        ("Der Becher passt nicht in den Halter", "return_request", "de"),
    ],
)
def test_a_thing_that_is_complained_about_stays_meant(text: str, intent: str, language: str) -> None:
    assert meant(text, intent, language=language) == ([CUP], True)


def test_a_question_by_the_way_names_nothing_to_act_on() -> None:
    text = "The mug is missing. And what is the return period for a cushion cover?"
    assert meant(text, "missing_item", "return_policy") == ([CUP], True)
    assert meant(text, "missing_item")[0] == [COVER, CUP]


def test_what_was_made_good_before_is_not_meant_again() -> None:
    refunded = (line(CUSHION), line(MUG, refunded=1), line(SOCKS))
    assert meant("after the mug, the socks have a hole too", "damaged_item", lines=refunded) == ([SOCK], True)
    assert meant("the mug again", "damaged_item", lines=refunded) == ([CUP], True)


@pytest.mark.parametrize(("stage", "titles"), [(OrderStage.PENDING, [SOCK]), (OrderStage.CANCELLED, [CUP, SOCK])])
def test_what_was_sent_again_counts_unless_that_was_cancelled(stage: OrderStage, titles: list[str]) -> None:
    again = order("2145-R1", line(MUG), stage=stage, days_ago=1)
    again = again.model_copy(update={"replaces_order_id": "o-2145"})
    said = about("damaged_item", numbers=("#2145",))
    scope = look(letter("first the mug, now the socks are torn"), said, order("2145", *THREE), again).scope
    assert [str(item["title"]) for item in members_of(scope["items"])] == titles


def test_a_name_alone_belongs_to_what_is_said_of_the_next() -> None:
    found = clauses("Mug, cushion and socks are fine", missing=False, asides=False)
    assert [clause.care for clause in found] == [Care.ASIDE]


def test_what_is_said_of_the_rest_is_not_said_of_what_was_named() -> None:
    assert meant("Hearth Mug in slate, rest stays", "change_order") == ([CUP], True)


def test_what_came_in_part_is_not_there() -> None:
    two = (line(CUSHION), line(MUG))
    assert meant("the mug came without its handle, the other thing is fine", lines=two) == ([CUP], True)
    assert meant("the mug was in the parcel", lines=two) == ([COVER], False)


@pytest.mark.parametrize(
    ("text", "intent", "titles"),
    [
        ("Cushion fine, mug fine, socks with a hole the size of a coin.", "damaged_item", [SOCK]),
        ("Mug and socks exactly as I wanted them, but that cushion cover is somebody else's.", "wrong_item", [COVER]),
        (
            "Two of three. Mug: check. Socks, on my feet. The cushion cover must be in your warehouse.",
            "missing_item",
            [COVER],
        ),
        ("I now own a mug, socks to go with it and no cushion cover.", "missing_item", [COVER]),
        ("we looked twice, the socks were not with the mug and the cushion cover", "missing_item", [SOCK]),
        ("No complaints about the socks or the mug. The cushion cover goes back.", "return_request", [COVER]),
        ("The socks moved in with us. The mug and I did not become friends, so back it goes.", "return_request", [CUP]),
        ("I ordered a mug, then socks. The mug leaks.", "damaged_item", [CUP]),
        ("The mug leaks. The socks too.", "damaged_item", [CUP, SOCK]),
        ("The mug leaks. And the socks", "damaged_item", [CUP, SOCK]),
        ("The mug on my desk has a crack, the socks are lovely", "damaged_item", [CUP]),
        ("The mug, the socks and the cushion cover are all broken or torn", "damaged_item", [COVER, CUP, SOCK]),
    ],
)
def test_of_things_that_are_only_mentioned_and_things_with_a_fault_the_latter_are_meant(
    text: str, intent: str, titles: list[str]
) -> None:
    assert meant(text, intent) == (titles, True)


@pytest.mark.parametrize(
    ("text", "language", "intent", "title"),
    [
        ("Becher und Socken sind heil angekommen, die Kissenhülle hat einen Riss.", "de", "damaged_item", COVER),
        ("Taza y funda impecables, los calcetines con un agujero.", "es", "damaged_item", SOCK),
        ("La tasse et le coussin sont intacts, les chaussettes sont trouées.", "fr", "damaged_item", SOCK),
        ("Mit den Socken ist alles gut. Den Becher schicke ich zurück.", "de", "return_request", CUP),
        ("Il y avait la tasse et la housse de coussin, aucune chaussette.", "fr", "missing_item", SOCK),
        ("Il y avait le coussin et la tasse, mais où sont mes chaussettes ?", "fr", "missing_item", SOCK),
        ("La taza se perdió en el camino, solo estaban la funda y los calcetines.", "es", "missing_item", CUP),
        ("Rendez-moi l'argent des chaussettes. La tasse, elle, me plaît.", "fr", "refund_request", SOCK),
    ],
)
def test_the_same_in_other_languages(text: str, language: str, intent: str, title: str) -> None:
    assert meant(text, intent, language=language) == ([title], True)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I have received only one of the socks. Mug and cushion cover came.", "en"),
        ("We just got one sock, the mug and the cushion cover are here", "en"),
        ("Ich habe nur eine der Socken bekommen, Becher und Kissenhülle sind da.", "de"),
        ("Ich habe nur eine Socke bekommen.", "de"),
        ("Solo llegó uno de los calcetines, la taza y la funda llegaron bien", "es"),
        ("Je n'ai reçu qu'une chaussette, la tasse et le coussin sont arrivés", "fr"),
    ],
)
def test_some_of_a_thing_is_a_part_of_that_thing_missing(text: str, language: str) -> None:
    assert meant(text, language=language) == ([SOCK], True)


def test_of_two_that_came_singly_one_is_missing_and_of_one_nobody_knows() -> None:
    pair = (line(CUSHION), line(MUG, quantity=2), line(SOCKS))
    assert meant("I only got one mug", lines=pair) == ([CUP], True)
    assert meant("I only got two mugs", lines=pair) == ([COVER, SOCK], True)
    assert meant("I only got one mug") == ([COVER, CUP, SOCK], False)
    assert meant("Only one mug is missing") == ([CUP], True)


def test_when_all_that_is_named_came_nothing_is_certain() -> None:
    two = (line(MUG), line(SOCKS))
    assert meant("The mug and the socks arrived", lines=two) == ([CUP, SOCK], False)


@pytest.mark.parametrize(
    ("text", "intent", "titles", "certain"),
    [
        ("The socks arrived with holes and the mug is missing", "missing_item", [CUP, SOCK], True),
        ("The socks came in a torn box and the mug is missing", "missing_item", [CUP], True),
        ("The cushion cover is soaked and the mug has a crack", "damaged_item", [COVER, CUP], True),
        ("The cushion cover is odd and the mug has a crack", "damaged_item", [COVER, CUP], False),
        ("Everything came wet and the socks are mouldy", "damaged_item", [COVER, CUP, SOCK], True),
        ("All three things were stained, and the mug cracked", "damaged_item", [COVER, CUP, SOCK], True),
        ("Everything is fine, but the mug is cracked", "damaged_item", [CUP], True),
        ("Everything else came fine, the mug is cracked", "damaged_item", [CUP], True),
        (
            "You sent the cushion cover in clay but I ordered natural. The mug goes back.",
            "wrong_item",
            [COVER, CUP],
            False,
        ),
        ("Please replace the mug. It is chipped. I bought socks as a gift.", "damaged_item", [CUP], True),
    ],
)
def test_no_line_with_a_fault_is_dropped_and_a_wish_tells_no_fault(
    text: str, intent: str, titles: list[str], certain: bool
) -> None:
    assert meant(text, intent) == (titles, certain)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The socks have a hole. I would also like to know whether the mug can go in an oven.", "en"),
        ("The socks have a hole and I was wondering if the cushion cover comes in another colour", "en"),
        ("The socks have a hole. Is the mug dishwasher safe?", "en"),
        ("Die Socken haben ein Loch. Ich wüsste gern, ob der Becher spülmaschinenfest ist.", "de"),
        ("Die Socken haben ein Loch. Ich wollte noch fragen, ob es die Kissenhülle in Grün gibt.", "de"),
        ("Los calcetines tienen un agujero. Me gustaría saber si la taza va al lavavajillas.", "es"),
        ("Les chaussettes sont trouées. Je voudrais aussi savoir si la tasse va au lave-vaisselle.", "fr"),
    ],
)
def test_what_is_only_asked_about_is_not_made_good(text: str, language: str) -> None:
    assert meant(text, "damaged_item", language=language) == ([SOCK], True)


def test_an_ask_in_the_form_of_a_question_is_an_ask() -> None:
    text = "Socks and cushion cover came. I'd like to know where my mug is."
    assert meant(text, "missing_item") == ([CUP], True)
    text = "The socks are fine. I was wondering if you could refund the mug, it leaks."
    assert meant(text, "damaged_item") == ([CUP], True)


def test_not_all_of_it_is_not_the_whole_order() -> None:
    assert not meant("Not all three items were in the parcel")[1]


@pytest.mark.parametrize(
    ("text", "intent", "differ"),
    [
        ("The mug is cracked. I am returning the socks because they itch.", "damaged_item", True),
        ("You sent the cushion cover in clay but I ordered natural. I want to return the mug.", "wrong_item", True),
        ("The mug is cracked, I want to return the mug. The socks are torn too.", "damaged_item", False),
        ("The mug is cracked and the socks are torn, refund both", "damaged_item", False),
        ("I ordered socks. I want to exchange the mug, it is cracked", "damaged_item", False),
    ],
)
def test_different_things_may_be_wanted_for_different_lines(text: str, intent: str, differ: bool) -> None:
    said = about(intent, numbers=("#2145",))
    assert look(letter(text), said, order("2145", *THREE)).scope["asks_differ"] is differ


@pytest.mark.parametrize(
    "piece", ["only got ", "i would like to know ", "one of the ", "sent it but ", "the mug and ", "n'ai "]
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    began = time.process_time()
    for missing in (True, False):
        clauses(piece * 4_000, missing=missing, asides=True, fault=True)
    assert time.process_time() - began < 4


@pytest.mark.parametrize(
    ("text", "aside"),
    [
        ("I paid with a gift card, by the way", True),
        ("Pagué con una tarjeta regalo", True),
        ("Ich habe mit einer Geschenkkarte bezahlt", True),
        ("J'ai payé avec une carte cadeau", True),
        ("I would like the gift card in another design", False),
    ],
)
def test_what_something_was_paid_with_is_none_of_the_things_meant(text: str, aside: bool) -> None:
    (clause,) = clauses(text, missing=False, asides=False)
    assert (clause.care is Care.ASIDE) is aside


@pytest.mark.parametrize(
    "text",
    [
        "Mug, one. Socks, one pair. Cushion cover: see for yourself. The balance doesn't come out.",
        "I have the list in hand: the cushion cover isn't there. Mug only. Would you put it in with them?",
    ],
)
def test_a_list_of_what_came_does_not_make_everything_missing(text: str) -> None:
    assert meant(text)[1] is False


@pytest.mark.parametrize("text", ["Neither the mug nor the socks nor the cushion cover came", "All three are missing"])
def test_everything_is_missing_where_that_is_said(text: str) -> None:
    assert len(meant(text)[0]) == 3


@pytest.mark.parametrize(
    ("text", "intent", "title"),
    [
        (
            "There is nothing wrong with the socks other than that I own eleven pairs. I'd like their price back, "
            "the mug and the cover are spoken for.",
            "refund_request",
            SOCK,
        ),
        ("We don't need the mug. The socks, on the other hand, are in daily service.", "return_request", CUP),
        ("The mug is too small. Please exchange it. Not the socks, not the cushion cover.", "exchange_request", CUP),
        ("Nothing wrong with the cushion and the mug. It's the socks, please take them back", "return_request", SOCK),
        ("The mug came in two halves. Sheets aside, the socks are a joy.", "damaged_item", CUP),
    ],
)
def test_praise_and_idioms_set_apart_what_they_say_and_no_more(text: str, intent: str, title: str) -> None:
    assert meant(text, intent)[0] == [title]


def conversation(*texts: str) -> Ticket:
    """A customer and the shop in turn."""
    ticket = letter(*texts[-1:], *texts[:-1])
    ours = (Author.CUSTOMER, Author.ASSISTANT)
    messages = (each.model_copy(update={"author": ours[at % 2]}) for at, each in enumerate(ticket.messages))
    return ticket.model_copy(update={"messages": tuple(messages)})


MUG_FIRST = "I bought the mug from you, it's not what I had in mind."


def of_conversation(*texts: str) -> tuple[list[object], object]:
    scope = look(conversation(*texts), about("refund_request", numbers=("#2145",)), order("2145", *THREE)).scope
    return [item["title"] for item in members_of(scope["items"])], scope["items_meant"]


def test_the_thing_is_the_one_that_the_conversation_named() -> None:
    assert of_conversation(
        MUG_FIRST, "Swap it, or your money back?", "Then I take the second door, the one with the money behind it."
    ) == ([CUP], True)


@pytest.mark.parametrize(
    ("reply", "newest"),
    [
        ("Swap it, or your money back?", "Take back the other item as well, please."),
        ("Swap it, or your money back?", "And how much would I get paid back in the end, roughly?"),
        ("The label is on its way.", "Then I take the second door, the one with the money behind it."),
    ],
)
def test_who_answers_nothing_or_means_something_else_is_not_held_to_the_thing_named_before(
    reply: str, newest: str
) -> None:
    assert of_conversation(MUG_FIRST, reply, newest) != ([CUP], True)


def test_the_newest_message_says_which_thing_it_means() -> None:
    newest = "It's the socks after all, take them back"
    assert of_conversation(MUG_FIRST, "Swap it, or your money back?", newest) == ([SOCK], True)
