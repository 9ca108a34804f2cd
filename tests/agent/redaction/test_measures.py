"""What is not searched because a text has too few digits, or no run long enough, would not have been found."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from agent.redaction import identity, network, payment, phone, places, streets
from agent.redaction.spans import Rule

MODULES = (identity, network, payment, phone, places)
RULES = [
    rule
    for rule in (*(rule for module in MODULES for rule in module._RULES), *streets._rules())  # pyright: ignore[reportPrivateUsage]
    if rule.digits or rule.run
]
PIECES = (
    "0|1|5|9|42|030|555|1234|90210|078-05-1120|(415) 555-2671|+49 (0) 30 901820|06 12 34 56 78|612 345 678|91 12 34 56|"
    "4111 1111 1111 1111|12345678Z|X1234567L|AB 12 34 56 C|2 69 05 2A 588 157 80|12-3456789|DE 123 456 789|"
    "192.168.0.12|00:1b:44:11:3a:b7|001b.4411.3ab7|48.8583, 2.2944|D-10115 Berlin|Austin, TX 73301|"
    "sk_live_abcdefgh12|1BoatSLRHtKNngkdXEeobR76b53LETtpyT| |.|-|/|(|)| ext 5|call |ssn |vat |order |, |\n|a"
).split("|")
TEXTS = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


def test_there_are_such_rules() -> None:
    assert len(RULES) > 15


@given(text=TEXTS)
def test_what_is_not_searched_would_not_have_been_found(text: str) -> None:
    for rule in RULES:
        assert _spans(rule, text) == _spans(replace(rule, digits=0, run=0, hints=""), text), rule.pattern.source


def _spans(rule: Rule, text: str) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in rule.find(text)]
