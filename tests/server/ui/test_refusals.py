"""Whoever was slower is told in plain words who was faster, when, and what to do."""

from __future__ import annotations

from agent.approvals import decide
from agent.approvals.errors import AlreadyDecided, Expired, NotAllowed, StaleDigest
from agent.approvals.moves import supersede
from agent.testing import NOON
from server.ui.views.refusals import refusal
from tests.agent.execution.world import answer, ask


def said(why: type[Exception], *, signed: bool = False, gone: str = "") -> str:
    request = ask()
    request = decide(request, answer(request), NOON) if signed else request
    request = supersede(request, NOON, gone) if gone else request
    return refusal(why.__name__, "what a terminal says", request)


def test_who_was_faster_is_named_with_the_moment() -> None:
    assert said(AlreadyDecided, signed=True).startswith("Dana said yes to this already, on ")


def test_what_is_not_asked_any_more_says_why() -> None:
    for why in (StaleDigest, AlreadyDecided):
        assert "is not asked any more (dana took it over)" in said(why, gone="dana took it over")
    assert "is not asked any more." in said(StaleDigest)


def test_the_other_rules_keep_their_words() -> None:
    assert "the answer is no" in said(Expired)
    assert said(NotAllowed) == "What a terminal says"
    assert refusal(StaleDigest.__name__, "what a terminal says", None) == "what a terminal says"
