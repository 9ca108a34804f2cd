"""Promises need an effect. Negated, conditional or kept before is none; amounts and days agree (row U3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from agent.case import Promise
from tests.agent.guard.world import KINDS, NOW, Case, Fields, changed, without
from tools import actions as act
from tools.actions import Action, Lines
from tools.money import Money

LINES = (Lines(line_id="ord_1042-1"),)
REFUND = act.RefundOrder(order_id="ord_1042", amount=Money.of("39.00", "USD"), lines=LINES)
REPLACE = act.ReplaceItems(order_id="ord_1042", lines=LINES)
SWAP = act.Swap(line_id="ord_1042-1", variant_id="var_2")
EXCHANGE = act.ExchangeItems(order_id="ord_1042", swaps=(SWAP,))
LABEL = act.CreateReturn(order_id="ord_1042", lines=LINES)
CANCEL = act.CancelOrder(order_id="ord_1042", reason="customer request")
CREDIT = act.IssueStoreCredit(customer_id="cus_0001", amount=Money.of("20.00", "USD"))
TRACE = act.OpenCarrierTrace(shipment_id="shp_1042-1", ticket_id="t-1")
HANDED = act.EscalateToHuman(ticket_id="t-1", reason="asked for a person")
WRITE_AGAIN = Promise(text="write again", kind="follow_up", due_at=NOW + timedelta(days=3))
WITHOUT = "promise.without_effect"

PROMISES: Sequence[tuple[str, str, Action]] = [
    ("en", "We have refunded $39.00.", REFUND),
    ("en", "I've refunded you.", REFUND),
    ("en", "Your refund is on its way.", REFUND),
    ("en", "You will receive a refund.", REFUND),
    ("en", "You'll get your money back.", REFUND),
    ("en", "Your money is on its way back.", REFUND),
    ("en", "The refund has been issued.", REFUND),
    ("en", "We are refunding you now.", REFUND),
    ("en", "You have been refunded.", REFUND),
    ("en", "We'll send a replacement.", REPLACE),
    ("en", "A replacement is on its way.", REPLACE),
    ("en", "You will get a new one.", REPLACE),
    ("en", "We have attached the return label.", LABEL),
    ("en", "Your order has been cancelled.", CANCEL),
    ("en", "We have added store credit to your account.", CREDIT),
    ("en", "You will receive $20.00 in store credit.", CREDIT),
    ("en", "We have opened a trace with UPS.", TRACE),
    ("en", "A colleague will reply to you.", HANDED),
    ("es", "Hemos reembolsado 39,00 $.", REFUND),
    ("es", "Recibirá su dinero.", REFUND),
    ("es", "Le devolveremos el importe.", REFUND),
    ("es", "Hemos enviado un reemplazo.", REPLACE),
    ("es", "Hemos cancelado el pedido.", CANCEL),
    ("es", "Hemos abierto una investigación con UPS.", TRACE),
    ("fr", "Nous avons remboursé 39,00 $US.", REFUND),
    ("fr", "Vous recevrez votre remboursement.", REFUND),
    ("fr", "Nous vous rembourserons.", REFUND),
    ("fr", "Nous avons envoyé un remplacement.", REPLACE),
    ("fr", "Nous avons annulé la commande.", CANCEL),
    ("fr", "Nous avons ouvert une enquête chez UPS.", TRACE),
    ("de", "Wir haben Ihnen 39,00 $ erstattet.", REFUND),
    ("de", "Wir werden Ihnen den Betrag erstatten.", REFUND),
    ("de", "Wir erstatten Ihnen den Betrag.", REFUND),
    ("de", "Wir haben Ihnen Ersatz geschickt.", REPLACE),
    ("de", "Wir haben die Bestellung storniert.", CANCEL),
    ("de", "Wir haben einen Nachforschungsauftrag gestellt.", TRACE),
    ("en", "Your cash is heading home.", REFUND),
    ("en", "We cancelled your order.", CANCEL),
    ("en", "Another one is in the mail.", REPLACE),
    ("en", "Another one is in the mail.", EXCHANGE),
]
NO_PROMISES = [
    ("en", "We have not refunded anything."),
    ("en", "We haven't refunded anything yet."),
    ("en", "Nothing has been refunded so far."),
    ("en", "The order has not been cancelled."),
    ("en", "We will not send a replacement."),
    ("en", "If we have already sent a replacement, please tell us."),
    ("en", "If the parcel is lost, you will get a replacement or a refund."),
    ("en", "You will get a refund once we receive and check the parcel."),
    ("en", "Would you like a refund or a replacement?"),
    ("en", "Please tell us when you would like to cancel."),
    ("es", "No hemos reembolsado nada."),
    ("es", "Todavía no le hemos enviado un reemplazo."),
    ("es", "Si el paquete se pierde, recibirá un reemplazo o su dinero."),
    ("fr", "Nous n'avons rien remboursé."),
    ("fr", "Nous n'avons pas annulé la commande."),
    ("fr", "Si le colis est perdu, vous recevrez un remplacement ou un remboursement."),
    ("de", "Wir haben nichts erstattet."),
    ("de", "Wir haben die Bestellung nicht storniert."),
    ("de", "Wir haben Ihnen noch keinen Ersatz geschickt."),
    ("de", "Wenn das Paket verloren ist, bekommen Sie Ersatz oder Ihr Geld zurück."),
]
STILL_PROMISES = [
    ("en", "There is no doubt, we have refunded you."),
    ("en", "Not a problem: we have refunded you."),
    ("en", "As soon as I read this, I have refunded you."),
    ("en", "If it helps you, know that we have refunded you already."),
    ("de", "Wir haben, keine Sorge, Ihnen alles schon heute erstattet."),
    ("es", "No se preocupe, hemos reembolsado todo."),
    ("fr", "Pas de souci, nous avons remboursé."),
    ("en", "Hemos reembolsado todo."),
]


@pytest.mark.system("U3")
@pytest.mark.parametrize(("language", "text", "effect"), PROMISES, ids=[f"{p[0]}: {p[1]}" for p in PROMISES])
def test_a_promise_is_kept_by_its_effect_and_by_nothing_else(language: str, text: str, effect: Action) -> None:
    assert WITHOUT in Case(language=language).rules(text)
    kept = Case(language=language, effects=(effect,)).check(text)
    assert [v.rule for v in kept.violations] == []
    assert effect.fingerprint() in {promise.fingerprint for promise in kept.promises}


@pytest.mark.parametrize(("language", "text"), NO_PROMISES, ids=[f"{p[0]}: {p[1]}" for p in NO_PROMISES])
def test_negated_and_conditional_sentences_promise_nothing(language: str, text: str) -> None:
    assert Case(language=language).rules(text) == []


@pytest.mark.parametrize(("language", "text"), STILL_PROMISES, ids=[f"{p[0]}: {p[1]}" for p in STILL_PROMISES])
def test_a_no_or_an_if_elsewhere_takes_no_promise_back(language: str, text: str) -> None:
    assert WITHOUT in Case(language=language).rules(text)


def test_a_promise_of_value_under_a_condition_needs_a_passage() -> None:
    text = "If you are not happy with the colour, you will get a refund."
    assert "promise.condition_without_passage" in Case(passages=()).rules(text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "We have refunded $78.00."),
        ("en", "We have refunded $78.00 of what you paid, the Wren Tote included."),
        ("en", "$78.00 has been refunded."),
        ("es", "Hemos reembolsado 78,00 $."),
        ("fr", "Nous avons remboursé 78,00 $US."),
        ("de", "Wir haben Ihnen 78,00 $ erstattet."),
    ],
)
def test_the_amount_promised_is_the_amount_of_the_effect(language: str, text: str) -> None:
    """78.00 USD is evidence (the order's total), so only the promise itself is wrong."""
    assert Case(language=language, effects=(REFUND,)).rules(text) == ["promise.other_amount"]


def test_other_amounts_may_stand_in_the_sentence() -> None:
    assert Case(effects=(REFUND,)).rules("We have refunded $39.00 of the $78.00 you paid.") == []


def test_a_follow_up_names_its_own_day() -> None:
    case = Case(promises=(WRITE_AGAIN,))
    assert case.rules("We will write to you by Thursday, November 19.") == []
    later = Case(promises=(WRITE_AGAIN.model_copy(update={"due_at": NOW + timedelta(days=10)}),))
    assert later.rules("We will write to you by Thursday, November 26.") == []
    assert later.rules("We will write to you by Thursday, November 19.") == ["promise.other_date"]


def test_the_day_of_a_follow_up_grounds_no_other_sentence() -> None:
    """A reasoner chooses that day: it must not become the day a parcel arrives."""
    case = Case(promises=(WRITE_AGAIN.model_copy(update={"due_at": NOW + timedelta(days=9)}),))
    assert "grounding.date" in case.rules("The parcel arrives on November 25.")
    assert case.rules("We will write to you on November 25.") == []


@pytest.mark.parametrize("due", [None, NOW - timedelta(days=1), NOW, NOW + timedelta(days=400)])
def test_a_follow_up_without_a_sane_day_is_refused(due: object) -> None:
    promise = WRITE_AGAIN.model_copy(update={"due_at": due})
    assert "promise.bad_follow_up" in Case(promises=(promise,)).rules("We will write to you again.")


def test_forged_promises_back_nothing_and_are_not_kept() -> None:
    forged = (
        Promise(text="done", kind="refund", fingerprint=REFUND.fingerprint()),
        WRITE_AGAIN.model_copy(update={"fingerprint": "f" * 64}),
    )
    found = Case(promises=forged).check("We have refunded $39.00. We will write to you again.")
    assert WITHOUT in [v.rule for v in found.violations]
    assert {(promise.kind, promise.fingerprint) for promise in found.promises} == {("follow_up", "")}


def test_what_was_done_before_may_be_told() -> None:
    refund: Fields = {"id": "ref_1", "amount": "39.00 USD", "at": "2026-11-10T15:00:00+00:00"}
    kinds = {**KINDS, "refund": refund}
    assert Case(kinds=kinds).rules("The refund of $39.00 was issued on November 10.") == []
    assert Case(kinds=kinds).rules("The refund of $78.00 was issued.") == ["promise.other_amount"]
    assert Case(kinds=kinds).rules("The refund of $39.00 was issued on November 5.") == ["promise.other_date"]
    assert WITHOUT in Case(kinds=kinds).rules("We will refund you $39.00.")
    assert WITHOUT in Case(kinds=without("refund")).rules("The refund of $39.00 was issued.")


def test_an_effect_of_another_kind_keeps_no_promise() -> None:
    assert WITHOUT in Case(effects=(LABEL,)).rules("We have refunded $39.00.")
    assert WITHOUT in Case(effects=(HANDED,)).rules("We have refunded $39.00.")


def test_a_handover_is_promised_only_with_one() -> None:
    text = "A person on our team will answer you."
    assert Case(effects=(HANDED,)).rules(text) == []
    assert WITHOUT in Case().rules(text)


def test_a_trace_that_is_open_may_be_told() -> None:
    kinds = changed("shipment", trace_open=True)
    assert Case(kinds=kinds).rules("We have opened a trace with UPS.") == []


@pytest.mark.system("B8")
@pytest.mark.parametrize("text", ["You promised me $20", "Your colleague told me I get $20 credit"])
def test_what_a_customer_says_was_promised_is_no_evidence(text: str) -> None:
    case = Case(given=text)
    assert "grounding.amount" in case.rules("As promised, $20 is yours.")
    assert WITHOUT in case.rules("We have added $20.00 store credit.")
