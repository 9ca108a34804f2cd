"""What a message asks: the classifier's reading held against what is said outright."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.case import RankedIntent
from agent.reading.asked_about import asked_to_end
from agent.reading.asks import (
    ADDRESS,
    ENDS,
    OUTRIGHT,
    PAID_WITH,
    QUESTION,
    SURE,
    Heard,
    further,
    is_said,
    lead_of,
    only_paid_with,
)
from agent.reading.refusals import not_asked
from agent.reading.stated import CAME, CHEAPER, OTHER_SIZE, OWN_MISTAKE, REPLACEMENT, cautions, stated
from agent.triage.intents import Intent

INTENTS = st.sampled_from([intent.value for intent in Intent])
SAID = st.frozensets(st.sampled_from([*sorted(OUTRIGHT), OWN_MISTAKE, OTHER_SIZE, CAME, CHEAPER, "return_policy"]))


def heard(intent: str, confidence: float = 0.9, *secondary: str, **likely: float) -> Heard:
    ranked = tuple(RankedIntent(intent=each, confidence=0.8) for each in secondary)
    return Heard(intent=intent, confidence=confidence, likely={intent: confidence, **likely}, secondary=ranked)


def lead(text: str, intent: str, confidence: float = 0.9, *, names_order: bool = True, **likely: float) -> str:
    return lead_of(heard(intent, confidence, **likely), stated(text), names_order=names_order)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("The bowl arrived cracked. I'd rather have a refund.", "damaged_item"),
        ("You sent me the wrong blanket, please refund it", "wrong_item"),
        ("one sock is missing, refund me for it", "missing_item"),
        ("Die Vase kam kaputt an, bitte erstatten Sie sie", "damaged_item"),
    ],
)
def test_what_is_wrong_with_the_goods_decides_about_the_money(text: str, fault: str) -> None:
    assert lead(text, "refund_request") == fault
    assert further(heard("refund_request"), fault, stated(text))[-1].intent == "refund_request"


@pytest.mark.parametrize(
    ("text", "wants_money"),
    [
        ("Six weeks and no tote. I don't want another one sent after it. Give me back what I paid.", True),
        ("Six weeks and no tote. Please send another one. What I paid is yours to keep.", False),
    ],
)
def test_a_sentence_of_its_own_can_ask_for_the_money(text: str, wants_money: bool) -> None:
    asked = further(heard("not_received", 0.9, "refund_request"), "not_received", stated(text))
    assert bool(asked) is wants_money


@pytest.mark.parametrize("text", ["I don't want another one", "we do not need a new one", "no replacement please"])
def test_a_replacement_can_be_refused(text: str) -> None:
    assert REPLACEMENT not in stated(text)


def test_a_refund_that_has_not_come_is_no_lost_parcel() -> None:
    assert lead("the refund never arrived", "refund_request", 0.8) == "refund_request"
    assert lead("it never arrived, refund please", "refund_request", 0.8, not_received=0.1) == "not_received"


def test_a_price_of_ours_that_fell_is_no_return() -> None:
    text = "You lowered the price of the flask last night, can I get the difference refunded?"
    assert lead(text, "refund_request", 0.95) == "promotion"
    assert lead(f"{text} And it leaks.", "damaged_item", 0.95) == "damaged_item"


def test_the_difference_to_a_price_that_fell_is_no_second_ask() -> None:
    text = "The cardigan got cheaper, can you refund the price difference?"
    assert further(heard("promotion", 0.6, "refund_request"), "promotion", stated(text)) == ()
    other = "Does the code work twice? And refund the mug of 2145."
    assert [each.intent for each in further(heard("promotion", 0.6, "refund_request"), "promotion", stated(other))]


def test_who_calls_off_what_never_came_wants_no_other_one() -> None:
    def money(text: str) -> bool:
        asked = further(heard("not_received", 0.65, cancel_order=0.3), "not_received", stated(text))
        return any(each.intent == "refund_request" for each in asked)

    assert money("Cancel #1947, it vanished in October and I stopped believing.")
    assert not money("#1947 vanished in October.")
    assert not money("Cancel the search for #1947 and send another one.")


def test_which_fault_it_is_need_not_be_certain_where_one_is_said() -> None:
    text = "2145 came in three parts, do I get another one?"
    assert lead(text, "return_request", 0.45, missing_item=0.38, damaged_item=0.01) == "damaged_item"
    assert lead(text, "return_request", 0.45, damaged_item=0.01) == "return_request"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Wrong size, entirely my own mistake. S rather than M?", "exchange_request"),
        ("I chose the wrong one, please cancel it", "cancel_order"),
        ("Wrong size arrived: M came instead of S", "wrong_item"),
    ],
)
def test_a_mistake_of_the_customers_own_is_none_of_ours(text: str, meant: str) -> None:
    assert lead(text, "wrong_item", 0.8) == meant


def test_a_weak_reading_gives_way_to_what_is_said() -> None:
    text = "#2145, the seam of the apron is ripped"
    assert lead(text, "stock_availability", 0.5, damaged_item=0.1) == "damaged_item"
    assert lead(text, "stock_availability", SURE, damaged_item=0.1) == "stock_availability"
    assert lead(text, "stock_availability", 0.5) == "stock_availability"
    assert lead(text, "stock_availability", 0.5, names_order=False, damaged_item=0.1) == "stock_availability"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("cancel it or swap it for another one, 2145", "change_order"),
        ("Where is it? Just refund it.", "order_status"),
        ("how many days do I have to send it back", "stock_availability"),
        ("it is broken, refund please", "missing_item"),
    ],
)
def test_asks_that_contradict_each_other_move_nothing_to_money(text: str, intent: str) -> None:
    every = dict.fromkeys(OUTRIGHT - {intent}, 0.1)
    assert lead(text, intent, 0.5, **every) not in {
        "refund_request",
        "return_request",
        "cancel_order",
        "exchange_request",
    }


def test_a_further_ask_needs_words() -> None:
    found = heard("cancel_order", 0.9, "not_received", "product_question", "delivery_estimate")
    said = stated("cancel it please. it was delivered. is it washable?") | {QUESTION}
    assert [each.intent for each in further(found, "cancel_order", said)] == ["product_question"]
    assert further(found, "cancel_order", said - {QUESTION}) == ()


@pytest.mark.parametrize(
    ("text", "money"),
    [
        ("the bowl is cracked, just refund it", True),
        ("the bowl is cracked, refund it or send a replacement", False),
        ("the bowl is cracked", False),
    ],
)
def test_money_is_given_for_goods_only_to_who_asks_for_it(text: str, money: bool) -> None:
    asks = [each.intent for each in further(heard("damaged_item"), "damaged_item", stated(text))]
    assert asks == (["refund_request"] if money else [])


def test_thanks_with_an_ask_is_an_ask() -> None:
    text = "Merci de supprimer mon compte"
    assert lead(text, "thanks", 0.5, account=0.1) == "account"
    assert lead(text, "thanks", SURE, account=0.1) == "thanks"
    assert lead("Merci beaucoup", "thanks", 0.5, account=0.1) == "thanks"


def test_who_only_asks_about_a_return_returns_nothing_yet() -> None:
    text = "Until when could I send 2145 back? I have not decided yet."
    assert lead(text, "return_request", 0.5, return_policy=0.4) == "return_policy"
    assert lead(text, "return_request", SURE, return_policy=0.2) == "return_request"


@pytest.mark.parametrize(
    ("intent", "text", "said"),
    [
        ("refund_request", "the socks too", False),
        ("refund_request", "refund the socks too", True),
        ("exchange_request", "M instead of L", True),
        ("promotion", "it costs 4 USD less today", True),
        ("order_status", "hm", False),
    ],
)
def test_an_ask_has_words(intent: str, text: str, said: bool) -> None:
    assert is_said(intent, stated(text)) is said


@given(intent=INTENTS, confidence=st.floats(0, 1), said=SAID, names_order=st.booleans())
def test_a_lead_moves_only_to_what_is_said(
    intent: str, confidence: float, said: frozenset[str], names_order: bool
) -> None:
    every = dict.fromkeys((each.value for each in Intent), 0.1)
    moved = lead_of(Heard(intent=intent, confidence=confidence, likely=every), said, names_order=names_order)
    words = {"exchange_request": OTHER_SIZE, "promotion": CHEAPER}
    # Whoever chose wrongly themselves wants to swap, send back or stop, whichever is likeliest; never a gift of ours.
    own = OWN_MISTAKE in said and moved in ("exchange_request", "change_order", "return_request", "cancel_order")
    # Talk that is none goes to a person, a sign-in that is none to a question; neither to what is signed for.
    harmless = moved not in OUTRIGHT and (intent, moved == "other") in (("thanks", True), ("account", False))
    assert moved == intent or moved in said or words.get(moved) in said or own or harmless


def test_where_the_new_one_goes_is_said_besides_what_is_wrong_with_the_old_one() -> None:
    assert lead("the carafe of 2289 broke, send the new one to my office, 1828 5th Avenue", "change_address") == (
        "damaged_item"
    )
    assert lead("send 2289 to my office, 1828 5th Avenue", "change_address") == "change_address"
    moved = "could 2453 come here instead of the old apartment? 464 Pine Street. A new key is there"
    assert lead(moved, "change_address") == "change_address"
    assert lead("the carafe broke. 2290 goes to my office, 1828 5th Avenue", "change_address") == "change_address"


def test_nobody_asks_when_an_order_comes_and_ends_it() -> None:
    found, said = heard("delivery_estimate", 0.9, "cancel_order"), frozenset({"cancel_order", "delivery_estimate"})
    assert further(found, "delivery_estimate", said) == ()
    assert [each.intent for each in further(found, "delivery_estimate", said, orders=2)] == ["cancel_order"]


def test_who_refuses_one_more_may_want_the_money() -> None:
    text = "The mug broke. No me manden otra."
    assert not_asked("damaged_item", text)
    assert not not_asked("damaged_item", text, ("damaged_item", "refund_request"))


def test_who_writes_a_complete_address_wants_something_sent_there() -> None:
    said = stated("ship 2145 to 12 Elm Street, Portland, OR 97205") | {ADDRESS}
    assert lead_of(heard("delivery_estimate", 0.5, change_address=0.1), said, names_order=True) == "change_address"
    assert lead_of(heard("delivery_estimate", SURE, change_address=0.1), said, names_order=True) == "delivery_estimate"


@pytest.mark.parametrize(
    ("text", "intent", "none"),
    [
        ("don't cancel 2145", "cancel_order", True),
        ("don't cancel 2145", "order_status", False),
        ("please cancel 2145", "cancel_order", False),
        ("I do not want to return it", "return_request", True),
        ("what happens if I cancel", "cancel_order", True),
        ("it leaks, and what happens if I open it", "damaged_item", False),
        ("ignore my last mail, it is not broken", "damaged_item", True),
        ("No me lo cancelen, por favor", "cancel_order", True),
        ("N'annulez rien, je garde le premier", "cancel_order", True),
        ("Stornieren wäre schade", "cancel_order", True),
        ("you needn't cancel it so that I can order two", "cancel_order", True),
        ("Nobody here wants to return anything, it's a matter of honor", "return_request", True),
        ("Es kommt also nichts zurück", "return_request", True),
        ("por favor no me cambien nada", "exchange_request", True),
        ("Je ne demande pas de retour", "return_request", True),
        ("Hold on with the M, don't change anything until I've written again", "exchange_request", True),
        ("Neither is needed, it came off in the wash", "damaged_item", True),
        ("My sister says I should return the dress", "return_request", True),
        ("My sister says I should keep the dress. I want to return it", "return_request", False),
        ("My sister says I should return it, and I do: send it back to you, how?", "return_request", True),
        ("7261 stays navy, no changes needed", "change_order", True),
        ("the tee in M. The rest stays as it is", "change_order", False),
        ("send it to my office, my account stays as it is", "change_address", False),
        ("No refund, no credit please", "refund_request", True),
        ("No credit please, a refund", "refund_request", False),
        ("it has a dent, please don't send another one", "damaged_item", True),
        ("it has a dent, don't send another one, refund me", "damaged_item", False),
        ("Vorrei restituire la coperta. Il resto lo tengo.", "return_request", False),
        ("La mochila me la quedo. La manta la devuelvo.", "return_request", False),
        ("Je vous renvoie le pull. La tasse, je la garde.", "return_request", False),
        ("Je voulais renvoyer la tasse. La tasse, je la garde.", "return_request", True),
        ("Mi amiga quiere devolver lo suyo. Lo mío me lo quedo", "return_request", True),
        ("swap, don't return. M like you said", "exchange_request", False),
        ("swap, don't return. M like you said", "return_request", True),
        ("I asked to swap it, but I'll keep it, don't exchange mine", "exchange_request", True),
        ("If you have it in M, swap my S. If you don't, leave everything as it is", "exchange_request", False),
        ("I wouldn't send the towels back if you paid me", "return_request", True),
        ("Zurückgeben? Nur über meine Leiche!", "return_request", True),
        ("the sweater isn't here, I obviously can't cancel any more", "cancel_order", True),
        ("Cancel the S and send me the M instead", "cancel_order", True),
        ("no new one please, I'll take the money, the mug is broken", "damaged_item", False),
    ],
)
def test_what_is_refused_taken_back_or_only_asked_about_is_not_asked(text: str, intent: str, none: bool) -> None:
    assert bool(not_asked(intent, text)) is none


def test_money_rather_than_goods_is_money() -> None:
    text = "the jug came broken and I would prefer a refund over a replacement"
    assert [each.intent for each in further(heard("damaged_item"), "damaged_item", stated(text))] == ["refund_request"]
    friend = "my flatmate says make them send a new one. It broke, I don't want a new one, refund me please"
    said = stated(friend) | cautions(friend)
    assert [each.intent for each in further(heard("damaged_item"), "damaged_item", said)] == ["refund_request"]
    other = "the jug came broken, no refund please, a replacement"
    assert not further(heard("damaged_item"), "damaged_item", stated(other))


@pytest.mark.parametrize(
    ("text", "aside"),
    [
        ("The cups in white please. I paid with a gift card, by the way", True),
        ("Bitte in Weiß. Ich habe mit Karte bezahlt.", True),
        ("En blanco, por favor. Pagué con tarjeta.", True),
        ("En blanc, s'il vous plaît. J'ai payé par carte.", True),
        ("The cups in white please. I paid with a gift card, does it expire?", False),
        ("I paid with my card and was charged twice", False),
        ("Ich habe mit Karte bezahlt, abgebucht wurde zweimal", False),
        ("my card was declined", False),
        ("The cups in white please", False),
    ],
)
def test_how_something_was_paid_is_no_question_about_paying(text: str, aside: bool) -> None:
    assert only_paid_with(text) is aside
    said = stated(text) | ({PAID_WITH} if aside else set[str]())
    asked = {each.intent for each in further(heard("change_order", 0.9, "payment_issue"), "change_order", said)}
    assert asked == ({"payment_issue"} if "payment_issue" in said and not aside else set())


def test_a_refund_that_is_asked_about_is_not_asked_for() -> None:
    assert lead("why did you refund me?", "refund_request") == "refund_status"
    assert lead("why did you not refund me?", "refund_request") == "refund_request"


def test_how_a_parcel_is_packed_ends_no_order() -> None:
    assert lead("don't ship it with the invoice in the box", "cancel_order") == "change_order"


def test_who_sends_one_thing_back_and_wants_another_asks_for_both() -> None:
    text = "Return it and send me M in green"
    assert [each.intent for each in further(heard("return_request"), "return_request", stated(text))] == [
        "exchange_request"
    ]
    assert not further(heard("return_request"), "return_request", stated("Return it and send me a label"))


def test_a_fault_that_is_denied_is_made_good_only_where_another_one_is_told() -> None:
    assert not_asked("damaged_item", "the mug isn't broken, just not my taste")
    assert not not_asked("damaged_item", "the mug isn't broken but the cup arrived cracked")


@pytest.mark.parametrize(
    ("text", "intent", "meant"),
    [
        ("hey can u cancel my order, had a bit of a shopping spree there", "complaint", "cancel_order"),
        ("Please refund it, and sorry for the novel", "thanks", "refund_request"),
        ("You never cancel anything, you are the worst", "complaint", "complaint"),
        ("Please refund it, it arrived broken", "complaint", "complaint"),
    ],
)
def test_chatter_with_an_outright_ask_is_that_ask(text: str, intent: str, meant: str) -> None:
    said = stated(text) | ({ENDS} if asked_to_end(text) else frozenset[str]())
    assert lead_of(heard(intent, 0.85), said, names_order=False) == meant


def test_an_address_beside_an_exchange_is_where_it_goes() -> None:
    secondary = (RankedIntent(intent="exchange_request", confidence=0.97),)
    sure = Heard(intent="change_address", confidence=0.96, likely={}, secondary=secondary)
    assert lead_of(sure, frozenset(), names_order=True) == "exchange_request"
    unsure = (RankedIntent(intent="exchange_request", confidence=0.75),)
    doubted = Heard(intent="change_address", confidence=0.96, likely={}, secondary=unsure)
    assert lead_of(doubted, frozenset(), names_order=True) == "change_address"


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("It went to the wrong card, that of our joint account. PayPal please?", False),
        ("You charged my card twice, and my account says the password is wrong.", True),
    ],
)
def test_an_account_that_pays_is_no_question_about_an_account(text: str, account: bool) -> None:
    found = further(heard("payment_issue", 0.9, "account"), "payment_issue", stated(text))
    assert ("account" in [each.intent for each in found]) is account


def test_money_for_what_was_never_used_is_not_asked_for_a_fault() -> None:
    text = "I lie here with a dripping thing in my arm, please refund the towels. They're unused."
    assert lead(text, "refund_request") == "refund_request"
    assert lead("The tap drips, please refund it", "refund_request", damaged_item=0.1) == "damaged_item"


@pytest.mark.parametrize(("intent", "likely", "meant"), [("other", 0.42, "subscription"), ("other", 0.1, "other")])
def test_who_leaves_a_club_means_the_subscription(intent: str, likely: float, meant: str) -> None:
    text = "With effect from today I terminate my participation in the Coffee Club."
    assert lead(text, intent, 0.53, names_order=False, subscription=likely) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("wfjk the. sorry pocket", "other"),
        ("Prices up, the little handwritten notes gone.", "other"),
        ("ok then", "thanks"),
        ("The apron is a joy, bless you", "thanks"),
    ],
)
def test_no_conversation_is_closed_without_a_kind_word(text: str, meant: str) -> None:
    assert lead(text, "thanks", 0.5, names_order=False) == meant
    assert lead(text, "thanks", 0.9, names_order=False) == "thanks"


@pytest.mark.parametrize(("names_order", "meant"), [(True, "change_order"), (False, "account")])
def test_whose_mailbox_it_is_written_from_is_no_ask(names_order: bool, meant: str) -> None:
    text = "it's Zoe, using my dad's email because mine is full. 2406 should be M"
    assert lead(text, "account", 0.52, names_order=names_order, change_order=0.2) == meant


@pytest.mark.parametrize(
    ("text", "intent", "likely", "meant"),
    [
        ("no quiero #2463, cancelenlo. Lo pagué con la tarjeta regalo", "payment_issue", {}, "cancel_order"),
        ("You took it twice, please cancel the second charge on my card", "payment_issue", {}, "payment_issue"),
        ("Can I enter two codes when I pay?", "payment_issue", {"promotion": 0.2}, "promotion"),
        ("Can I enter two codes when I pay?", "payment_issue", {"promotion": 0.05}, "payment_issue"),
        ("want to return 2094, it doesnt look good on me, tags still on", "damaged_item", {}, "return_request"),
        ("2094 came torn, tags still on, I want to return it", "damaged_item", {}, "damaged_item"),
    ],
)
def test_words_stand_against_an_unsure_reading(text: str, intent: str, likely: dict[str, float], meant: str) -> None:
    said = stated(text) | ({ENDS} if asked_to_end(text) else frozenset[str]())
    assert lead_of(heard(intent, 0.5, **likely), said, names_order=True) == meant


def test_who_asks_for_a_size_in_order_to_swap_wants_to_swap() -> None:
    text = "do you still have the sweater in XL? if so swap mine (L) for it"
    assert lead(text, "stock_availability", 0.93, exchange_request=0.06) == "exchange_request"
    assert lead("do you still have the sweater in XL?", "stock_availability", 0.93) == "stock_availability"


def test_the_new_address_of_what_came_broken_is_where_the_next_one_goes() -> None:
    text = "2271 arrived smashed. send me a fresh mug to 2036 College Avenue, Cleveland"
    assert lead(text, "change_address", 0.91, damaged_item=0.01) == "damaged_item"
    assert lead("2271 goes to 2036 College Avenue, Cleveland", "change_address", 0.91) == "change_address"
