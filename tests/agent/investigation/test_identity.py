"""Identity before data: nothing of a customer is used before it is proven who writes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.case import IdentityLevel
from agent.investigation.evidence import CUSTOMER_KINDS
from agent.investigation.identity import written
from agent.limits import PolicyLimits
from agent.limits.service import EmailTrust
from tests.agent.investigation.world import BEN, LIMITS, MIA, about, letter, look, order
from tools.commerce import Customer

MINE, BENS = order("2145"), order("2146", customer=BEN)


def trusting(trust: EmailTrust) -> PolicyLimits:
    rule = LIMITS.identity.model_copy(update={"unauthenticated_email": trust})
    return LIMITS.model_copy(update={"identity": rule})


def level(text: str, numbers: tuple[str, ...] = (), verified: bool | None = None, trust: str = "two_facts") -> str:
    found = look(letter(text, verified=verified), about("order_status", numbers=numbers), MINE, BENS,
                 limits=trusting(EmailTrust(trust)))  # fmt: skip
    identity = found.investigation.identity
    assert identity.how
    assert bool(identity.customer_id) == identity.verified
    return identity.level.value


def test_a_channel_that_proves_the_sender_is_enough() -> None:
    assert level("where is it", verified=True) == "verified"


@pytest.mark.parametrize("trust", ["accept", "two_facts", "refuse"])
def test_a_failed_proof_never_counts_whatever_else_is_known(trust: str) -> None:
    assert level("where is #2145", ("#2145",), verified=False, trust=trust) == "claimed"


@pytest.mark.parametrize(
    ("text", "numbers", "expected"),
    [
        ("where is #2145", ("#2145",), "verified"),
        ("where is 2145?", (), "verified"),
        ("where is #2146", ("#2146",), "claimed"),
        ("where is 2146?", (), "claimed"),
        ("where is #9999", ("#9999",), "claimed"),
        ("where is my order", (), "claimed"),
        ("it cost 2145 USD, call 555 2145", (), "claimed"),
    ],
)
def test_an_unproven_address_needs_the_number_of_an_own_order(
    text: str, numbers: tuple[str, ...], expected: str
) -> None:
    assert level(text, numbers) == expected


def test_a_number_that_only_a_classifier_saw_proves_nothing() -> None:
    assert level("where is my order", ("#2145",)) == "claimed"


def test_the_shop_decides_what_an_address_alone_is_worth() -> None:
    assert level("where is my order", trust="accept") == "verified"
    assert level("where is #2145", ("#2145",), trust="refuse") == "claimed"


def test_an_address_that_two_customers_share_is_nobodys() -> None:
    twin = Customer(id="twin", name="Tom Lund", emails=MIA.emails)
    found = look(letter("where is #2145"), about("order_status", numbers=("#2145",)), twin, MINE)
    assert found.investigation.identity.level is IdentityLevel.UNKNOWN


def test_a_proven_address_of_two_customers_is_whose_order_is_named() -> None:
    twin = Customer(id="twin", name="Tom Lund", emails=MIA.emails)
    mine = MINE.model_copy(update={"email": "Mia@example.com"})
    his = order("2147", customer=twin).model_copy(update={"email": "mia@example.com"})
    strangers = order("2148", customer=twin).model_copy(update={"email": "tom@example.com"})

    def whose(text: str, *numbers: str, verified: bool | None = True) -> str:
        message = letter(text, verified=verified)
        found = look(message, about("order_status", numbers=numbers), twin, mine, his, strangers, BENS)
        return found.investigation.identity.customer_id

    assert whose("where is #2145", "#2145") == "mia"
    assert whose("where is #2147", "#2147") == "twin"
    # Unproven, unnamed, both named, another address's, somebody else's.
    assert whose("where is #2145", "#2145", verified=None) == ""
    assert whose("where is my order") == ""
    assert whose("where is my order", "#2145") == ""
    assert whose("where are #2145 and #2147", "#2145", "#2147") == ""
    assert whose("where is #2148", "#2148") == ""
    assert whose("where is #2146", "#2146") == ""


@pytest.mark.parametrize("sender", ["somebody@example.com", "", "  "])
def test_an_unknown_sender_is_told_apart(sender: str) -> None:
    found = look(letter("where is #2145", sender=sender), about("order_status", numbers=("#2145",)), MINE)
    assert found.investigation.identity.level is IdentityLevel.UNKNOWN


def test_case_and_spaces_of_an_address_do_not_matter() -> None:
    found = look(letter("hello", sender=" Mia@Example.com "), about("other"))
    assert found.investigation.identity.customer_id == "mia"


@pytest.mark.parametrize("verified", [None, False])
def test_without_proof_no_fact_of_a_customer_is_looked_up(verified: bool | None) -> None:
    found = look(letter("where is my order", verified=verified), about("order_status"), MINE, BENS)
    assert not {item.kind for item in found.investigation.evidence} & CUSTOMER_KINDS
    assert found.scope["customer"] is None
    assert found.scope["order"] is None
    assert found.scope["orders"] == []
    assert any("who writes" in question for question in found.investigation.open_questions)


@given(
    text=st.text(alphabet="104#a_-. \u0661\u00e9", max_size=20),
    number=st.sampled_from(["104", "#104", "4", "a-1", "#", " 10"]),
)
def test_a_number_is_written_where_it_stands_whole(text: str, number: str) -> None:
    name = re.escape(number.strip().lstrip("#"))
    expected = bool(name) and re.search(rf"(?<!\w){name}(?!\w)", f"\n{text}", re.I) is not None
    assert written(number, letter(text, subject="")) is expected
