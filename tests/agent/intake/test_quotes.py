"""New words and quoted words, in nine languages and several mail programs."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.intake import split

INTRODUCTIONS = [
    "On Mon, Mar 3, 2025 at 10:02 AM Support <help@shop.example> wrote:",
    "On 03/03/2025 10:02, Support wrote:",
    "On Mon, 3 Mar 2025, 10:02 Support Team at Shop,\n<help@shop.example> wrote:",
    "Am Mo., 3. März 2025 um 10:02 Uhr schrieb Support <help@shop.example>:",
    "Am 03.03.2025 um 10:02 schrieb Support:",
    "Le lun. 3 mars 2025 à 10:02, Support <help@shop.example> a écrit :",
    "El lun, 3 mar 2025 a las 10:02, Ayuda (<help@shop.example>) escribió:",
    "El 3/3/2025 a las 10:02, Ayuda escribió:",
    "Support <help@shop.example> wrote:",
    "Op ma 3 mrt 2025 om 10:02 schreef Support <help@shop.example>:",
    "Op 3 mrt. 2025 om 10:02 heeft Support <help@shop.example> het volgende geschreven:",
    "Il giorno lun 3 mar 2025 alle ore 10:02 Support <help@shop.example> ha scritto:",
    "Em seg., 3 de mar. de 2025 às 10:02, Support <help@shop.example> escreveu:",
    "Den mån 3 mars 2025 kl 10:02 skrev Support <help@shop.example>:",
]
BLOCKS = [
    "Van: Support <help@shop.example>\nVerzonden: maandag 3 maart 2025 10:02\nAan: Maria\nOnderwerp: Re: bestelling",
    "---------- Doorgestuurd bericht ----------\nVan: Support\nDatum: ma 3 mrt 2025\nOnderwerp: Re\nAan: Maria",
    "-----Messaggio originale-----\nDa: Support\nInviato: lunedì 3 marzo 2025 10:02\nA: Maria\nOggetto: R: ordine",
    "Da: Support\nInviato: lunedì\nA: Maria\nOggetto: ordine",
    "De: Support\nEnviada em: segunda-feira, 3 de março de 2025 10:02\nPara: Maria\nAssunto: Pedido",
    "Från: Support\nSkickat: måndag\nTill: Maria\nÄmne: order",
    "##- Please type your reply above this line -##\nYour request has been updated",
    "-----Original Message-----\nFrom: Support\nSent: Monday\nTo: Maria\nSubject: Re: order",
    "________________________________\nFrom: Support <help@shop.example>\nSent: Monday\nTo: Maria\nSubject: Re",
    "From: Support\nDate: Monday\nTo: Maria\nSubject: Re: order",
    "*From:* Support\n*Sent:* Monday\n*To:* Maria\n*Subject:* Re",
    "Von: Support\nGesendet: Montag\nAn: Maria\nBetreff: AW: Bestellung",
    "-----Ursprüngliche Nachricht-----\nVon: Support\nGesendet: Montag\nAn: Maria\nBetreff: AW",
    "De : Support\nEnvoyé : lundi\nÀ : Maria\nObjet : RE: commande",
    "-----Message d'origine-----\nDe : Support\nEnvoyé : lundi\nÀ : Maria",
    "De: Support\nEnviado el: lunes\nPara: Maria\nAsunto: RE: pedido",
    "-----Mensaje original-----\nDe: Support\nEnviado: lunes\nPara: Maria",
    "---------- Forwarded message ---------\nFrom: Support\nDate: Monday\nSubject: x\nTo: y",
    "Begin forwarded message:\n\nFrom: Support\nSubject: x\nDate: Monday",
]


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
def test_marked_quotation_below(introduction: str) -> None:
    found = split(f"Refund, please.\nThanks, Maria\n\n{introduction}\n\n> Refund or\n> replacement?\n")
    assert found.text == "Refund, please.\nThanks, Maria"
    assert [(e.header, e.text) for e in found.earlier] == [(introduction, "Refund or\nreplacement?")]


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
def test_answer_below_the_quotation(introduction: str) -> None:
    found = split(f"{introduction}\n> Refund or replacement?\n\nRefund, please.\n")
    assert found.text == "Refund, please."
    assert found.earlier[0].text == "Refund or replacement?"


@pytest.mark.parametrize("block", [*INTRODUCTIONS, *BLOCKS])
def test_unmarked_quotation(block: str) -> None:
    found = split(f"Yes.\n\n{block}\n\nRefund or replacement?\nYour shop\n")
    assert found.text == "Yes."
    assert found.quoted.startswith(block.split("\n")[0])
    assert found.earlier[-1].text.endswith("Refund or replacement?\nYour shop")


def test_answers_between_the_lines() -> None:
    found = split("> Refund or replacement?\n\nRefund.\n\n> To which card?\n\nThe visa.\n")
    assert found.text == "Refund.\n\nThe visa."
    assert found.quoted == "> Refund or replacement?\n> To which card?"


def test_thread_is_oldest_first() -> None:
    text = (
        "third\n\nOn Tue, Mar 4, 2025 at 9:00 AM A <a@x.example> wrote:\n> second\n>\n"
        "> On Mon, Mar 3, 2025 at 9:00 AM B <b@x.example> wrote:\n>> first\n"
    )
    assert [e.text for e in split(text).earlier] == ["first", "second"]


def test_outlook_thread_is_oldest_first() -> None:
    text = "3\n\nFrom: A\nSent: Tue\nTo: B\nSubject: x\n\nsecond\n\nFrom: B\nSent: Mon\nTo: A\nSubject: x\n\nfirst"
    assert [e.text for e in split(text).earlier] == ["first", "second"]


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nMaria\n030 1234567",
        "Sent from my iPhone",
        "Gesendet von meinem iPad",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Get Outlook for iOS",
    ],
)
def test_signatures_are_set_aside(signature: str) -> None:
    found = split(f"Where is it?\n\n{signature}\n")
    assert found.text == "Where is it?"
    assert found.quoted.split() == signature.split()


@pytest.mark.parametrize(
    "text",
    [
        "I ordered on 3 March 2025 and it\nsays delivered. Your rep wrote:\nNothing yet.",
        "Two asks:\n- refund\n- new size\n\nBest regards\nMaria",
        "From: Berlin\nI want to send it to: Paris",
        "On Monday I wrote: where is it?\nNo answer.",
        "Am Montag kam es an: kaputt.",
        "El pedido: 1042",
        "Le colis 1042 : toujours rien",
        "Thanks,\nI also need an invoice: order 1042.",
        "---\nbroken\n---",
    ],
)
def test_ordinary_text_stays_whole(text: str) -> None:
    assert (split(text).text, split(text).quoted) == (text, "")


@pytest.mark.parametrize(
    "text",
    [
        "> only a quotation",
        "---------- Forwarded message ---------\nFrom: A\nDate: x\nSubject: y\n\nplease help",
        "-- \nMaria",
    ],
)
def test_when_nothing_would_be_left_everything_stays(text: str) -> None:
    assert split(text).text == "\n".join(line.rstrip() for line in text.split("\n"))


LINES = st.sampled_from(
    [
        *INTRODUCTIONS,
        *BLOCKS,
        "> quoted",
        ">> older",
        "-- ",
        "Sent from my iPhone",
        "words",
        "",
        "From: x",
        "a: b",
        "____________",
    ]
)


@given(st.lists(LINES | st.text(alphabet="ab >:\n-", max_size=8), max_size=14).map("\n".join))
@settings(max_examples=200, deadline=None)
def test_no_line_is_ever_lost(text: str) -> None:
    found = split(text)
    kept = [line.strip() for part in (found.text, found.quoted) for line in part.split("\n") if line.strip()]
    assert Counter(kept) == Counter(line.strip() for line in text.split("\n") if line.strip())


@pytest.mark.parametrize(
    "line",
    ["Verzonden vanaf mijn iPhone", "Inviato da iPhone", "Enviado do meu iPhone", "Skickat från min iPhone"],
)
def test_the_line_of_a_phone_is_no_words_of_a_customer(line: str) -> None:
    assert split(f"my words\n\n{line}").text == "my words"


@pytest.mark.parametrize("text", ["Van: de Vries\nwaar blijft het?", "Da: quando?\n\nA: chi?", "Aan: u\nhallo"])
def test_words_with_a_colon_are_no_header(text: str) -> None:
    assert split(text).quoted == ""
