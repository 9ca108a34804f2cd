"""What is not searched because a quick look says that it cannot be there would not have been found."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.redaction import (
    abroad,
    contact,
    folding,
    identity,
    names,
    network,
    payment,
    phone,
    places,
    registers,
    streets,
)
from agent.redaction.folding import fold
from agent.redaction.spans import Rule

MODULES = (abroad, identity, names, network, payment, phone, places, registers)
RULES = [
    *(rule for module in MODULES for rule in module._RULES),  # pyright: ignore[reportPrivateUsage]
    *contact.RULES,
    *streets._rules(),  # pyright: ignore[reportPrivateUsage]
]
PIECES = (
    "0|1|5|9|42|030|555|1234|90210|078-05-1120|(415) 555-2671|+49 (0) 30 901820|06 12 34 56 78|612 345 678|91 12 34 56|"
    "4111 1111 1111 1111|12345678Z|X1234567L|AB 12 34 56 C|2 69 05 2A 588 157 80|12-3456789|DE 123 456 789|"
    "192.168.0.12|00:1b:44:11:3a:b7|001b.4411.3ab7|48.8583, 2.2944|D-10115 Berlin|Austin, TX 73301|"
    "sk_live_abcdefgh12|1BoatSLRHtKNngkdXEeobR76b53LETtpyT| |.|-|/|(|)| ext 5|call |ssn |vat |order |, |\n|a|"
    "Am Markt 3, 80331 Bonn|Unter den Linden 7|Hinter der Mauer 4 10115 Ulm|Gartenweg 3|Hauptstraße 12|"
    "An der Brücke 5|12 rue de la Paix|3 Allée Verte|Calle Mayor 5|C/ Sol, 3|Vía Layetana 9|PO Box 12|"
    "B.P. 12, 75001 Paris|Locked Bag 7|12 High Street|742 evergreen terrace|301 W Broadway|5 Ridgeway|"
    "48 Birch, Leeds LS1 4AB|Ohio, 44101|Troy, Ohio 44101|E8 1EJ|K1A 0B6|zip 12345|c.p. 28001|Po\u017ftcode E8 1EJ|"
    "This is Tom Becker|thi\u017f i\u017f Tom|I am Tom|\u0131'm Tom,|it's me, Tom|asked for Anna|spoken with Anna|"
    "care of Anna|It's me again, Anna|Name: Tom Becker|name:tom becker|\n-- Tom|\n~ Anna\n|Dear Tom,|Thanks, Tom|"
    "my name is tom|Kerkstraat 5, 3512 AB Utrecht|dorpsstraat 7, 1441bh purmerend|Storgatan 5, 111 51 Malmö|"
    "\nMeir 7\n2100 Gent\n|"
    "Rua Augusta, 24|rua do sol, 8|R. Nova 5, apto 2 - Centro, Recife - PE, 50010-000|Recife/PE 50010-000|"
    "Via Roma 5, 00100 Roma (RM)|indirizzo: via dei Mille 7|"
    "ul. Nowa 5/6|Dublin 4, D04 P7W8|cep 50010-000|postcode 1234 AB|"
    "529.982.247-25|11.222.333/0001-81|85.07.30-033.28|RSSMRA85M01H501Z|1 85 05 78 006 084|sécu |bsn 123456782|"
    "Coogee NSW 2034|3 elm close, leeds LS1 4AB|The Lodge, Back Lane, Leeds LS1 4AB|goethestr. 5, 80336 ulm|"
    "(31) 3222-4455|85 9 8877-6655|0475/12.34.56|ik ben Daan|"
    "PSC 38, Box 7\nAPO AE 09012|fpo ap 12345|Flat 7\nElm Lane\nLeeds\nLS1 4AB|rue Verte, 97421 Cayenne|"
    "Recanto Sol, 78\nVila B\n30123-456 Pereira / RJ|username ann_92|C. Sol 8, Girona, 17001|"
    "Groetjes, Femke|Olá Ana,|naam: Kees"
).split("|")
TEXTS = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


def test_there_are_such_rules() -> None:
    assert len(RULES) > 70


@given(text=TEXTS)
def test_what_is_not_searched_would_not_have_been_found(text: str) -> None:
    for rule in RULES:
        assert _spans(rule, text) == _spans(_looking_everywhere(rule), text), rule.pattern.source


def _strange(text: str) -> str:
    return text.replace("s", "\u017f").replace("i", "\u0131")


@pytest.mark.parametrize("change", [str, str.upper, str.lower, _strange])
def test_nor_would_it_in_texts_as_people_write_them(change: Callable[[str], str]) -> None:
    lines = Path(__file__).with_name("data.jsonl").read_text(encoding="utf-8").splitlines()
    for text in (fold(change(json.loads(line)["text"])).text for line in lines):
        found = [(rule.pattern.source, _spans(rule, text)) for rule in RULES]
        assert found == [(rule.pattern.source, _spans(_looking_everywhere(rule), text)) for rule in RULES]


@given(
    text=st.text(alphabet="aé\u0301ß\u00a0\u00ad\u200b\u2019\u201c\u2014\u20ac\u0130\u017f\uff21\u0662x1 .", max_size=9)
)
def test_a_text_is_folded_at_once_as_letter_by_letter(text: str) -> None:
    at_once, slowly = fold(text), folding._one_by_one(text)  # pyright: ignore[reportPrivateUsage]
    assert at_once.text == slowly.text
    places = [(start, end) for end in range(1, len(slowly.text) + 1) for start in range(end)]
    assert [at_once.original(*place) for place in places] == [slowly.original(*place) for place in places]


def _looking_everywhere(rule: Rule) -> Rule:
    return replace(rule, digits=0, run=0, hints="", words="", first=None)


def _spans(rule: Rule, text: str) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in rule.find(text)]
