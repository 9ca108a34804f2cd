"""What a message says in so many words."""

from __future__ import annotations

import csv

import pytest

from agent.reading.stated import (
    CAME,
    CAUTIONS,
    CHEAPER,
    FILE,
    GRATEFUL,
    HYPOTHETICAL,
    LONGEST,
    LOOKED_ALREADY,
    NO_FAULT,
    NO_MONEY,
    NOT_CANCEL,
    NOT_RETURN,
    OF_AN_ACCOUNT,
    ONE_MORE,
    ONLY_TELLING,
    OTHER_METHOD,
    OTHER_SIZE,
    OWN_FAULT,
    OWN_MISTAKE,
    PARCEL_WISH,
    PART_MONEY,
    RATHER_MONEY,
    REFUNDED,
    REPLACEMENT,
    RETURN_OFF,
    SENDS_TOO,
    SENT_BACK,
    SHOP_RIGHT,
    TERMS,
    UNUSED,
    WITHDRAWN,
    WORN,
    cautions,
    stated,
    terms,
)
from agent.reading.words import fold
from agent.triage.intents import Intent


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("The teapot came shattered", "damaged_item"),
        ("there's a hole in the sleeve", "damaged_item"),
        ("Der Teller ist zerbrochen", "damaged_item"),
        ("la jarra llegó rota", "damaged_item"),
        ("l'assiette est cassée", "damaged_item"),
        ("you have sent me the wrong scarf", "wrong_item"),
        ("This is not what I ordered.", "wrong_item"),
        ("Es kam ein falscher Artikel", "wrong_item"),
        ("ce n'est pas le bon", "wrong_item"),
        ("two plates are missing", "missing_item"),
        ("the spoon wasn’t in the box", "missing_item"),
        ("Es fehlt der Deckel", "missing_item"),
        ("it never arrived", "not_received"),
        ("it says delivered but I have nothing", "not_received"),
        ("nichts ist angekommen", "not_received"),
        ("je n'ai toujours rien", "not_received"),
        ("I would like a refund", "refund_request"),
        ("Ich möchte mein Geld zurück", "refund_request"),
        ("quiero que me devuelvan el dinero", "refund_request"),
        ("I want to send these back", "return_request"),
        ("je voudrais le renvoyer", "return_request"),
        ("may I swap it", "exchange_request"),
        ("please cancel it", "cancel_order"),
        ("bitte stornieren", "cancel_order"),
        ("don't ship it", "cancel_order"),
        ("my own mistake", OWN_MISTAKE),
        ("Die Hose passt mir nicht", OWN_MISTAKE),
        ("M instead of S", OTHER_SIZE),
        ("a parcel came", CAME),
        ("you lowered the price since, will you refund the difference", CHEAPER),
    ],
)
def test_words_say_it(text: str, statement: str) -> None:
    assert statement in stated(text)


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("it is not broken", "damaged_item"),
        ("nothing is damaged, I just do not like it", "damaged_item"),
        ("wrong colour for our kitchen", "wrong_item"),
        ("It was delivered last week", "not_received"),
        ("how is my refund doing", "refund_request"),
        ("you cancelled my order", "cancel_order"),
        ("I have returned it already", "return_request"),
        ("Die Bestellung wurde gestern storniert", "cancel_order"),
        ("I found it cheaper in another shop", CHEAPER),
        ("M for S please, I pay any difference", CHEAPER),
        ("I forgot my password", "missing_item"),
        ("That's not my tee", OTHER_SIZE),
        ("it\u2019s not the tee", OTHER_SIZE),
    ],
)
def test_what_only_sounds_like_it_does_not(text: str, statement: str) -> None:
    assert statement not in stated(text)


def test_words_of_two_sentences_say_nothing_together() -> None:
    assert "return_request" in stated("send the two of them back")
    assert "return_request" not in stated("Please send it. I am back on Monday.")


def test_a_line_that_is_only_wrapped_is_one_sentence() -> None:
    assert "damaged_item" in stated("the cups came in three\nparts")
    assert "damaged_item" not in stated("the cups came in three\nParts of it are fine")
    assert "damaged_item" not in stated("the cups came in three.\nparts of it are fine")


def test_an_endless_text_is_read_to_a_limit() -> None:
    assert stated("a " * LONGEST + "broken") == frozenset()


def test_the_words_are_folded_and_every_statement_has_all_languages() -> None:
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = {row["statement"] for row in rows}
    marks = {OWN_MISTAKE, OTHER_SIZE, CAME, CHEAPER, REPLACEMENT, SHOP_RIGHT, NO_MONEY, RATHER_MONEY, *CAUTIONS}
    marks |= {LOOKED_ALREADY, OF_AN_ACCOUNT, GRATEFUL, UNUSED, REFUNDED, SENDS_TOO, PARCEL_WISH, *TERMS}
    assert names - marks <= {intent.value for intent in Intent}
    assert sorted((row["statement"], row["language"]) for row in rows) == sorted(
        (name, language) for name in names for language in ("en", "de", "es", "fr", "it", "pt", "nl")
    )
    assert all(row["phrases"] == fold(row["phrases"]) and ";;" not in row["phrases"] for row in rows)


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("I misread the chart", OWN_MISTAKE),
        ("Hab mich bei der Grösse verschätzt", OWN_MISTAKE),
        ("j'aurais dû prendre le M", OWN_MISTAKE),
        ("You shipped exactly what I had in my basket", SHOP_RIGHT),
        ("das ist nicht eure Schuld", SHOP_RIGHT),
        ("please do not refund it", NO_MONEY),
        ("kein Geld bitte, nur die Lampe", NO_MONEY),
        ("I'd rather have the money", "refund_request"),
        ("bitte nur den Betrag zurück", "refund_request"),
        ("Prefiero el dinero", "refund_request"),
        ("I'd prefer a refund over a replacement", RATHER_MONEY),
        ("lieber das Geld als einen neuen Becher", RATHER_MONEY),
        ("you took the money two times", "payment_issue"),
        ("please don't pack my order", "cancel_order"),
        ("scrap #2468", "cancel_order"),
        ("Brauche die Tasche nicht mehr", "cancel_order"),
        ("Ne préparez pas ma commande", "cancel_order"),
        ("het hoeft niet meer", "cancel_order"),
        ("let it travel back to you", "return_request"),
        ("il repart chez vous", "return_request"),
        ("vuelve con ustedes", "return_request"),
        ("la funda también se va de vuelta", "return_request"),
        ("You sent a garden hose, not the overshirt", "wrong_item"),
    ],
)
def test_other_words_for_it(text: str, statement: str) -> None:
    assert statement in stated(text)


@pytest.mark.parametrize(
    "text",
    ["#1234 never came, I want my money.", "It never arrived, refund please", "not here yet! give me my money"],
)
def test_what_never_came_does_not_refuse_the_money(text: str) -> None:
    assert {"refund_request", "not_received"} <= stated(text)


@pytest.mark.parametrize(
    "text",
    [
        "I don't want my money back, just the missing sock",
        "I do not need a refund",
        "a new one instead of a refund please",
        "ich will nicht mein Geld zurück",
        "no quiero que me devuelvan el dinero",
    ],
)
def test_money_that_is_refused_is_not_asked_for(text: str) -> None:
    assert "refund_request" not in stated(text)


@pytest.mark.parametrize(
    ("text", "caution"),
    [
        ("Please ignore my last mail, it's fine", WITHDRAWN),
        ("the parcel has turned up", WITHDRAWN),
        ("Das Paket ist inzwischen doch angekommen", WITHDRAWN),
        ("what happens if I send it back after Christmas", HYPOTHETICAL),
        ("Was passiert, wenn ich storniere?", HYPOTHETICAL),
        ("et si je voulais le renvoyer", HYPOTHETICAL),
        ("the last one now: the socks", ONE_MORE),
        ("Please do not cancel 2145, I only ask when it comes", NOT_CANCEL),
        ("I was thinking of cancelling but keep it going", NOT_CANCEL),
        ("Bitte nicht stornieren!", NOT_CANCEL),
        ("No anulen mi pedido, lo quiero", NOT_CANCEL),
        ("N'annulez surtout pas", NOT_CANCEL),
        ("niet annuleren alsjeblieft", NOT_CANCEL),
        ("I don't want to return it", NOT_RETURN),
        ("Ich will es nicht zurückschicken", NOT_RETURN),
        ("no quiero devolverlo", NOT_RETURN),
        ("you already sent me a new one, so nothing to do", WITHDRAWN),
        ("cancel 2466... jk keep it", WITHDRAWN),
        ("my wife told you to cancel 2466, ignore that", WITHDRAWN),
        ("Storniert 2466 bloß nicht", NOT_CANCEL),
        ("I never asked for a return label", NOT_RETURN),
        ("can I return it after christmas", HYPOTHETICAL),
        ("I'd return it if I could find the box", HYPOTHETICAL),
        ("the mug isn't broken, just not my taste", NO_FAULT),
        ("Die Tasse ist nicht kaputt", NO_FAULT),
        ("la taza no está rota", NO_FAULT),
        ("la tasse n'est pas cassée", NO_FAULT),
    ],
)
def test_why_what_looks_like_an_ask_may_be_none(text: str, caution: str) -> None:
    assert caution in cautions(text)
    assert not cautions("The mug arrived broken, please send a new one")


@pytest.mark.parametrize(
    "text",
    [
        "I don't like it, I want to return it",
        "gefällt mir nicht, ich schicke es zurück",
        "brauche ich nicht mehr, bitte stornieren",
        "no me gusta, quiero devolverlo",
        "I wanted to cancel my order",
        "I told you to cancel it",
        "do not send it, cancel it",
        "things have changed, nothing to do with you, please cancel",
    ],
)
def test_an_ask_behind_a_denial_stays_an_ask(text: str) -> None:
    assert not cautions(text)


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("the seam tore on day two", "damaged_item"),
        ("The zipper is jammed", "damaged_item"),
        ("it shrank at the first wash", "damaged_item"),
        ("die Naht ist aufgegangen", "damaged_item"),
        ("se me descosió la manga", "damaged_item"),
        ("la couture s'est décousue", "damaged_item"),
        ("the parcel came completely empty", "missing_item"),
        ("there was nothing inside", "missing_item"),
        ("Der Karton war leer", "missing_item"),
        ("la caja venía vacía", "missing_item"),
        ("le colis était vide", "missing_item"),
        ("we looked everywhere and asked the neighbours", LOOKED_ALREADY),
        ("Die Nachbarn habe ich gefragt", LOOKED_ALREADY),
        ("ya pregunté a los vecinos", LOOKED_ALREADY),
        ("j'ai demandé aux voisins", LOOKED_ALREADY),
    ],
)
def test_more_words_for_faults(text: str, statement: str) -> None:
    assert statement in stated(text)


@pytest.mark.parametrize(
    "text",
    ["my cup is empty", "the inbox is empty", "the mail box was empty", "send it on my Amex instead of the Visa"],
)
def test_what_is_said_of_other_things_is_no_fault(text: str) -> None:
    assert not {"missing_item", "wrong_item", "damaged_item"} & stated(text)


@pytest.mark.parametrize(
    "text",
    [
        "Found them! Sorry for the trouble",
        "it was at my sister's. Please close the ticket.",
        "Never mind",
        "habe sie inzwischen gefunden",
        "ya los encontré",
        "je l'ai retrouvé",
        "Vous pouvez clore le dossier",
    ],
)
def test_what_is_taken_back(text: str) -> None:
    assert WITHDRAWN in cautions(text)


def test_what_was_found_broken_is_not_taken_back() -> None:
    assert WITHDRAWN not in cautions("I opened the box and found it broken")
    assert WITHDRAWN not in cautions("la encontré rota")
    assert WITHDRAWN not in cautions("never mind the box, the cup is cracked")


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("a partial refund is enough", PART_MONEY),
        ("15 dollars back and I keep it", PART_MONEY),
        ("die Hälfte zurück", PART_MONEY),
        ("me lo quedo si me devuelven una parte", PART_MONEY),
        ("un remboursement partiel me suffit", PART_MONEY),
        ("please to a different card", OTHER_METHOD),
        ("my card was stolen last week", OTHER_METHOD),
        ("bitte auf ein anderes Konto", OTHER_METHOD),
        ("a otra tarjeta por favor", OTHER_METHOD),
        ("sur une autre carte", OTHER_METHOD),
        ("I dropped the mug", OWN_FAULT),
        ("mir ist sie runtergefallen", OWN_FAULT),
        ("se me cayó", OWN_FAULT),
        ("j'ai fait tomber le bol", OWN_FAULT),
        ("I wore it twice", WORN),
        ("ich habe es schon gewaschen", WORN),
        ("ya la he lavado", WORN),
        ("je l'ai portée une fois", WORN),
        ("please stop my return", RETURN_OFF),
        ("refund the mug but I'm keeping it", PART_MONEY),
        ("I dropped off the return yesterday", SENT_BACK),
        ("Die Retoure habe ich gestern abgegeben", SENT_BACK),
        ("I found one elsewhere, so don't bother sending it", ONLY_TELLING),
        ("bitte die Rücksendung stornieren", RETURN_OFF),
        ("cancelen la devolución", RETURN_OFF),
        ("annulez le retour", RETURN_OFF),
    ],
)
def test_on_what_terms_something_is_asked_for(text: str, term: str) -> None:
    assert term in terms(text)


@pytest.mark.parametrize(
    "text",
    [
        "the courier dropped it",
        "I dropped it off at the post office",
        "this is not my fault",
        "das ist nicht meine Schuld",
        "I have never worn it",
        "ich habe es nie getragen",
        "please send #2145 back",
        "put it back on my card",
        "I do not want a partial refund",
        "the refund is still not on my card",
        "refund the mug, I'm keeping the socks",
    ],
)
def test_usual_terms_are_none(text: str) -> None:
    assert not terms(text)


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("Return it and send me M in green", SENDS_TOO),
        ("Ich schicke ihn zurück, bitte schickt mir M", SENDS_TOO),
        ("Lo devuelvo, mándenme la M", SENDS_TOO),
        ("Je le renvoie, envoyez-moi un M", SENDS_TOO),
        ("why did you refund me?", REFUNDED),
        ("Warum habt ihr mir Geld erstattet?", REFUNDED),
        ("¿por qué me reembolsaron?", REFUNDED),
        ("Pourquoi vous m'avez remboursé ?", REFUNDED),
        ("please don't put the price in the parcel", PARCEL_WISH),
        ("bitte keine Rechnung ins Paket legen", PARCEL_WISH),
        ("no pongan el precio en el paquete", PARCEL_WISH),
        ("ne mettez pas le prix dans le colis", PARCEL_WISH),
        ("can you refund me the difference", CHEAPER),
        ("please don't send 2466 before monday", PARCEL_WISH),
        ("hold it until friday", PARCEL_WISH),
        ("Bitte erst nächste Woche verschicken", PARCEL_WISH),
        ("no envíen el 2466 hasta el lunes", PARCEL_WISH),
        ("n'envoyez pas 2466 avant lundi", PARCEL_WISH),
    ],
)
def test_words_for_what_is_no_ask_by_itself(text: str, statement: str) -> None:
    assert statement in stated(text)


@pytest.mark.parametrize(
    "text",
    [
        "I want to return it, please send me a label",
        "Bitte schicken Sie mir ein Rücksendeetikett",
        "mándenme la etiqueta por favor",
        "envoyez-moi une étiquette",
        "send me my money back",
        "why haven't you refunded me",
        "why did you refund only half",
        "Warum wurde noch nichts erstattet?",
        "¿por qué no me reembolsaron?",
        "pourquoi je ne suis pas remboursé",
        "don't send the parcel",
    ],
)
def test_what_only_sounds_like_a_second_parcel_a_refund_or_a_wish_does_not(text: str) -> None:
    assert not {SENDS_TOO, REFUNDED, PARCEL_WISH} & stated(text)


@pytest.mark.parametrize(
    "text",
    [
        "If the sweater doesn't fit, do I get my money back?",
        "can I return it if it doesn't fit my wife",
        "Falls die Jacke nicht passt, bekomme ich mein Geld zurück?",
        "Si no me queda bien, ¿me devuelven el dinero?",
        "Si le pull ne me va pas, je serai remboursée ?",
    ],
)
def test_what_would_be_if_it_does_not_fit_is_only_asked(text: str) -> None:
    assert HYPOTHETICAL in cautions(text)
    assert HYPOTHETICAL not in cautions("The sweater doesn't fit. Can I return it?")


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("the cardigan is cheaper on your site today than what I paid last week", CHEAPER, True),
        ("I paid more for the blanket last week than it costs in your shop today", CHEAPER, True),
        ("M, not L. You can charge or refund whatever the difference is", CHEAPER, False),
        ("please give me back the difference", CHEAPER, True),
        ("do send whatever it takes to post it to you", "change_address", False),
        ("send it to 12 Oak Street", "change_address", True),
        ("don't go to the trouble of sending a second one, I want to see the amount back", RATHER_MONEY, True),
    ],
)
def test_a_price_of_ours_an_address_and_money_rather_than_goods_are_told_apart(
    text: str, name: str, said: bool
) -> None:
    assert (name in stated(text)) is said


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("he's M not L. other stuff in there all good", False),
        ("my daughter turned up with one she had made herself", False),
        ("it turned up yesterday", True),
        ("the mug arrived after all, all good", True),
    ],
)
def test_what_is_good_besides_takes_nothing_back(text: str, taken: bool) -> None:
    assert (WITHDRAWN in cautions(text)) is taken
