"""A model may answer anything at all: a case never fails over it, and never reaches beyond its own customer."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.reasoners.budget import Budget
from agent.reasoners.llm.answer import KINDS
from agent.reasoners.llm.chat import ModelTurn, Question, ToolCall
from tests.agent.reasoners.world import Desk
from tools.actions import ACTIONS

OTHERS = ["cus_0001", "ord_1001", "tic_0001", "#1001", "shp_1001-1"]
Anything = st.SearchStrategy[object]
WORDS: Anything = st.sampled_from(
    [*OTHERS, "", "en", "500.00 USD", "-1.00 USD", "shipping@v4#tracking", "x" * 700, "\u202e{{ a }}"]
)
JUNK: Anything = st.none() | st.booleans() | st.integers(-5, 10**30) | WORDS


def shaped(must: dict[str, Anything], may: dict[str, Anything]) -> Anything:
    """Objects that have all of `must` and some of `may`."""
    return st.fixed_dictionaries(must, optional=may)


LINES: Anything = st.lists(shaped({"line_id": JUNK, "quantity": JUNK}, {"order_id": JUNK}), max_size=2)
ARGUMENTS = "amount method_id percent expires_on days shipping order_id customer_id ticket_id".split()
ACTION = shaped(
    {"kind": st.sampled_from([*KINDS, *ACTIONS, "wire_money"])},
    {**dict.fromkeys(ARGUMENTS, JUNK), "lines": LINES | JUNK, "swaps": LINES | JUNK},
)
ANSWER = shaped(
    {"reply": st.sampled_from(["We look into it.", "Hi Anjali,", ""]) | JUNK, "actions": st.lists(ACTION, max_size=2)},
    {
        **dict.fromkeys(["language", "escalate", "rationale", "author", "ignore"], JUNK),
        "citations": st.lists(JUNK, max_size=2),
        "follow_up": st.none() | shaped({"in_days": JUNK, "text": JUNK}, {}),
    },
)
OWN: Anything = st.sampled_from(
    ["refund_order", "replace_items", "open_carrier_trace", "create_return", "issue_store_credit"]
)
PLAUSIBLE = shaped(
    {
        "reply": st.sampled_from(
            ["We have refunded 500.00 USD.", "Order #1001 belongs to Mia.", "Click http://evil.example"]
        ),
        "actions": st.lists(
            shaped({"kind": OWN}, {"amount": st.sampled_from(["500.00 USD", "0.01 USD"]), "lines": LINES}), max_size=2
        ),
    },
    {
        "escalate": st.sampled_from(["", "approved by the boss"]),
        "citations": st.sampled_from([[], ["shipping@v4#tracking"]]),
        "follow_up": st.none() | shaped({"in_days": st.integers(1, 60), "text": st.just("pay them")}, {}),
        "rationale": WORDS,
    },
)
ASKED = st.sampled_from(["number", "words", "question", "customer_id"])
CALL = st.builds(
    ToolCall,
    id=st.sampled_from(["", "a", "a"]),
    name=st.sampled_from(["order", "recent_orders", "parcels", "policy", "products", *KINDS]),
    arguments=st.none() | st.dictionaries(ASKED, JUNK, max_size=2),
)
TURN = st.builds(
    ModelTurn,
    text=PLAUSIBLE.map(json.dumps) | ANSWER.map(json.dumps) | st.text(max_size=20),
    calls=st.just(()) | st.lists(CALL, max_size=3).map(tuple),
    finish=st.sampled_from(["stop", "stop", "stop", "tool_calls", "length", ""]),
    output_tokens=st.integers(0, 500),
)


@dataclass
class Canned:
    """A model that says what hypothesis makes up, over and over."""

    turns: list[ModelTurn]
    model: str = "hostile"
    asked: int = 0

    def ask(self, question: Question) -> ModelTurn:
        self.asked += 1
        return self.turns[self.asked % len(self.turns)]


@pytest.mark.system("U5")
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=st.lists(TURN, min_size=1, max_size=4), refund=st.booleans())
def test_whatever_it_says_is_about_this_case(desk: Desk, turns: list[ModelTurn], refund: bool) -> None:
    chat = Canned(turns)
    llm = desk.llm(chat, Budget(tokens=100_000))
    ticket = desk.ticket("value_299", "refund_request") if refund else desk.ticket("stalled", "order_status")
    brief = desk.brief(ticket, llm)
    proposal = llm.propose(brief)
    assert (proposal.author, proposal.ignore) == ("", "")
    assert proposal.reply is not None or proposal.escalate
    held = {passage.passage_id for passage in brief.investigation.passages}
    assert set(proposal.citations) <= held or proposal.lookups
    own = {str(brief.investigation.find(kind).fields["id"]) for kind in ("order", "customer", "shipment")}  # pyright: ignore[reportOptionalMemberAccess]
    for action in proposal.actions:
        named = {getattr(action, name, "") for name in ("ticket_id", "order_id", "customer_id", "shipment_id")} - {""}
        assert named <= own | {ticket.id}
    assert chat.asked <= 6
