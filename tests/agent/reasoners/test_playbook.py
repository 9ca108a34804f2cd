"""The offline reasoner over a few tiny procedures: it fills, cites, refuses, and hands over what it cannot say."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from agent.case import Classification, ProposedResolution
from agent.reasoners.base import Brief
from agent.reasoners.grounds import SAID_OF_GOODS, UNSAID, UNSURE, Weight
from agent.reasoners.playbook import MOST_ASKS, PlaybookReasoner
from knowledge.documents import DocumentKind, Hit
from tests.agent.investigation.world import (
    MIA,
    MUG,
    NOW,
    PRODUCTS,
    SOCKS,
    Library,
    Shelf,
    about,
    letter,
    line,
    look,
    order,
    parcel,
    passage,
)
from tests.agent.reasoners.procedures import reasoner
from tools.actions import AssignTicket, EscalateToHuman, OpenCarrierTrace, RefundOrder
from tools.commerce import Noun, OrderStage, ParcelStatus

HOW, WINDOW = passage("refunds", "how", "Back on your card."), passage("returns", "window", "You have 30 days.")
SENT = order("2145", line(MUG), stage=OrderStage.SHIPPED)
QUIET = parcel(SENT, ParcelStatus.IN_TRANSIT, scanned_at=NOW - timedelta(days=6))
MOVING = parcel(SENT, ParcelStatus.IN_TRANSIT, scanned_at=NOW)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> PlaybookReasoner:
    return reasoner(tmp_path_factory.mktemp("procedures"), about("other"))


def brief(
    text: str,
    said: Classification,
    *nouns: Noun,
    verified: bool | None = True,
    library: Library | None = None,
    down: frozenset[str] = frozenset(),
) -> Brief:
    ticket = letter(text, verified=verified)
    shelf = Shelf((MIA, *PRODUCTS, *nouns), down=down)
    found = look(
        ticket, said, shelf=shelf, library=library or Library((HOW, WINDOW)), cites=("refunds#how", "returns#window")
    )
    return Brief(ticket=ticket, classification=said, investigation=found.investigation, scope=found.scope, now=NOW)


def said_in(proposal: ProposedResolution) -> str:
    assert proposal.reply is not None
    return proposal.reply.text


def kinds(proposal: ProposedResolution) -> set[str]:
    return {action.kind for action in proposal.actions}


def test_one_ask_is_answered_by_the_first_branch_that_fits(book: PlaybookReasoner) -> None:
    proposal = book.propose(brief("where is it?", about("order_status"), SENT, MOVING))
    assert (proposal.playbook, proposal.branch) == ("order_status", "told")
    assert "Order #2145 is shipped." in said_in(proposal)
    assert said_in(proposal).startswith("Hi Mia,")
    assert kinds(proposal) == {"tag_ticket", "assign_ticket"}
    assert proposal.bindings == {"playbooks": book.book.digest}
    assert "order_status: told" in proposal.rationale


def test_actions_come_from_the_facts_and_a_follow_up_is_a_promise(book: PlaybookReasoner) -> None:
    proposal = book.propose(brief("where is it?", about("order_status"), SENT, QUIET))
    traces = [action for action in proposal.actions if isinstance(action, OpenCarrierTrace)]
    assert [trace.shipment_id for trace in traces] == [QUIET.id]
    (promise,) = proposal.promises
    assert promise.due_at is not None
    assert (promise.text, promise.due_at - NOW) == ("look at the trace", timedelta(days=2))


@pytest.mark.system("A2")
def test_a_case_has_one_queue(book: PlaybookReasoner) -> None:
    proposal = book.propose(brief("where is it?", about("order_status", "thanks"), SENT, MOVING))
    assert [action.queue for action in proposal.actions if isinstance(action, AssignTicket)] == ["shipping"]


def test_the_reply_is_in_the_customers_language_or_in_english(book: PlaybookReasoner) -> None:
    german = book.propose(brief("Wo ist es?", about("order_status", language="de"), SENT, MOVING))
    assert "Bestellung #2145: shipped." in said_in(german)
    dutch = book.propose(brief("waar is het?", about("order_status", language="nl"), SENT, MOVING))
    assert dutch.reply is not None
    assert dutch.reply.language == "en"


@pytest.mark.system("A4")
def test_a_policy_branch_cites_its_passages(book: PlaybookReasoner) -> None:
    proposal = book.propose(brief("refund it", about("refund_request"), SENT))
    assert proposal.citations == ("refunds@v1#how",)
    assert "We have refunded $26.00." in said_in(proposal)


@pytest.mark.system("A4")
def test_without_an_approved_passage_no_policy_is_stated(book: PlaybookReasoner) -> None:
    proposal = book.propose(brief("refund it", about("refund_request"), SENT, library=Library((WINDOW,))))
    assert proposal.reply is None
    assert "no approved passage in force for refunds#how" in proposal.escalate
    assert "refund_order" not in kinds(proposal)


@pytest.mark.system("A4")
def test_what_is_quoted_is_cited(book: PlaybookReasoner) -> None:
    best = Hit(passage=passage("faq", "gifts", "Gifts come back\nwithin 30 days.", DocumentKind.FAQ), score=0.9)
    proposal = book.propose(brief("gifts?", about("return_policy"), library=Library((WINDOW,), best=best)))
    assert (proposal.branch, proposal.citations) == ("quoted", ("faq@v1#gifts",))
    unsure = best.model_copy(update={"score": 0.4})
    general = book.propose(brief("gifts?", about("return_policy"), library=Library((WINDOW,), best=unsure)))
    assert (general.branch, general.citations) == ("general", ("returns@v1#window",))


def test_a_person_may_choose_what_the_facts_allow(book: PlaybookReasoner) -> None:
    proposal = book.propose(brief("refund the mug", about("refund_request"), SENT))
    assert [each.title for each in proposal.alternatives] == ["Send it again"]
    assert [action.kind for action in proposal.alternatives[0].actions] == ["replace_items"]


def test_several_asks_are_answered_in_one_letter(book: PlaybookReasoner) -> None:
    said = about("order_status", "return_policy", "thanks")
    text = said_in(book.propose(brief("where is it, how do I return it, thanks", said, SENT, MOVING)))
    assert text.index("#2145") < text.index("You can send it back.") < text.index("Thank you for writing.")
    assert text.count("Hi Mia,") == 1


def test_an_ask_is_answered_once(book: PlaybookReasoner) -> None:
    said = about("order_status", "order_status", "refund_request")
    text = said_in(book.propose(brief("where is it", said, order("1", days_ago=3), order("2", days_ago=4))))
    assert text.count("Which order is it?") == 1


def test_what_a_letter_leaves_open_goes_to_a_person_by_name(book: PlaybookReasoner) -> None:
    asks = ("return_policy", "thanks", "product_question", "refund_request", "thanks")
    said = about("order_status", *asks)
    proposal = book.propose(brief("many things about the mug", said, SENT, MOVING))
    assert len(set(said.intents)) == MOST_ASKS + 1
    assert "Order #2145" in said_in(proposal)
    assert proposal.escalate == "the message also asks about refund request, which the reply does not answer"
    assert "escalate_to_human" in kinds(proposal)
    assert "assign_ticket" not in kinds(proposal)


def test_small_talk_that_is_left_out_is_nobodys_work(book: PlaybookReasoner) -> None:
    said = about("order_status", "return_policy", "product_question", "refund_request", "thanks", "other")
    assert book.propose(brief("many things about the mug", said, SENT, MOVING)).escalate == ""


def test_a_second_order_in_the_message_goes_to_a_person_by_number(book: PlaybookReasoner) -> None:
    other = order("2158", line(SOCKS))
    proposal = book.propose(brief("where are 2145 and 2158?", about("order_status"), SENT, MOVING, other))
    assert "#2145" in said_in(proposal)
    assert "A person answers you about #2158." in said_in(proposal)
    assert proposal.escalate == "the message names #2158 too, of which the reply only says that a person answers"


@pytest.mark.system("U9")
def test_whoever_asks_for_a_person_gets_one_whatever_else_is_asked(book: PlaybookReasoner) -> None:
    said = about("order_status", "refund_request").model_copy(update={"human_request": True})
    proposal = book.propose(brief("where is it? give me a person", said, SENT, MOVING))
    assert (proposal.playbook, proposal.escalate) == ("human_request", "the customer asks for a person")
    assert "A person answers you." in said_in(proposal)


@pytest.mark.parametrize("verified", [None, False])
def test_without_identity_nothing_is_told_and_nothing_done(book: PlaybookReasoner, verified: bool | None) -> None:
    said = about("refund_request", "order_status")
    proposal = book.propose(brief("refund it", said, SENT, verified=verified))
    assert said_in(proposal).count("Please write from your own address.") == 1
    assert "2145" not in said_in(proposal)
    assert kinds(proposal) == {"tag_ticket", "assign_ticket"}
    assert proposal.branch == "verify_identity"


def test_what_anybody_may_know_is_answered_without_identity(book: PlaybookReasoner) -> None:
    said = about("refund_request", "return_policy")
    text = said_in(book.propose(brief("refund? and how?", said, SENT, verified=None)))
    assert "Please write from your own address." in text
    assert "You can send it back." in text


@pytest.mark.system("A3")
@pytest.mark.parametrize("down", ["orders_of", "shipments"])
def test_with_a_system_down_nothing_is_drafted(book: PlaybookReasoner, down: str) -> None:
    proposal = book.propose(brief("where is 2145?", about("order_status"), SENT, MOVING, down=frozenset({down})))
    assert proposal.reply is None
    assert proposal.escalate.startswith("order context missing (")
    assert down in proposal.escalate


@pytest.mark.system("A14")
def test_a_reply_with_a_hole_never_leaves_the_reasoner(book: PlaybookReasoner) -> None:
    proposal = book.propose(brief("what does it cost?", about("product_question")))
    assert proposal.reply is None
    assert proposal.escalate.startswith("the playbook could not be filled: ")


def test_an_action_that_cannot_be_built_is_a_handover_with_the_reason(book: PlaybookReasoner) -> None:
    proposal = book.propose(brief("send it to my office", about("change_address"), SENT))
    assert proposal.reply is None
    assert proposal.escalate == "the playbook could not be filled: the message holds no complete new address"
    assert not [action for action in proposal.actions if action.kind == "change_shipping_address"]


def test_a_branch_may_hand_over_in_silence_or_with_a_word(book: PlaybookReasoner) -> None:
    silent = book.propose(brief("terrible", about("complaint"), SENT))
    assert (silent.reply, silent.escalate) == (None, "a person reads complaints")
    large = order("2145", line(MUG, price="400.00"))
    spoken = book.propose(brief("refund it", about("refund_request"), large))
    assert "A person on our team is checking it." in said_in(spoken)
    assert spoken.escalate == "a large order"
    (handed,) = [action for action in spoken.actions if isinstance(action, EscalateToHuman)]
    assert "refund order" in handed.context
    assert not [action for action in spoken.actions if isinstance(action, RefundOrder)]


def test_a_second_ask_that_needs_a_person_gets_one(book: PlaybookReasoner) -> None:
    proposal = book.propose(brief("where is it? terrible", about("order_status", "complaint"), SENT, MOVING))
    assert "#2145" in said_in(proposal)
    assert proposal.escalate == "a person reads complaints"


def test_what_needs_no_answer_gets_none(book: PlaybookReasoner) -> None:
    proposal = book.propose(brief("spam", about("other")))
    assert (proposal.reply, proposal.ignore) == (None, "there is nothing to say")


@pytest.mark.parametrize(
    ("intent", "confidence", "abstained", "drafted"),
    [
        ("return_policy", UNSURE - 0.01, True, False),
        ("return_policy", UNSURE, True, True),
        ("return_policy", UNSURE - 0.01, False, True),
        ("order_status", UNSURE - 0.01, True, True),
    ],
)
def test_a_guess_that_is_too_weak_is_not_drafted_on(
    book: PlaybookReasoner, intent: str, confidence: float, abstained: bool, drafted: bool
) -> None:
    said = about(intent, confidence=confidence).model_copy(update={"abstained": abstained})
    proposal = book.propose(brief("hm, 2145", said, SENT, MOVING))
    assert bool(proposal.reply) is drafted
    if not drafted:
        assert proposal.escalate == "not clear what is asked; return policy at best (34%)"


@pytest.mark.parametrize(
    ("intent", "text", "confidence", "handed"),
    [
        ("missing_item", "the mug too, 2145", UNSAID[Weight.GIVES] - 0.01, True),
        ("missing_item", "the mug too, 2145", UNSAID[Weight.GIVES], False),
        ("missing_item", "the mug is missing, 2145", SAID_OF_GOODS, False),
        ("missing_item", "the mug is missing, 2145", SAID_OF_GOODS - 0.01, True),
        ("not_received", "2145, still", UNSAID[Weight.GIVES] - 0.01, False),
        ("not_received", "2145, still", UNSAID[Weight.TELLS] - 0.01, True),
    ],
)
def test_what_is_given_away_is_asked_for_in_words(
    book: PlaybookReasoner, intent: str, text: str, confidence: float, handed: bool
) -> None:
    proposal = book.propose(brief(text, about(intent, confidence=confidence), SENT, MOVING))
    assert proposal.escalate.startswith("not clear what is asked") is handed


@pytest.mark.parametrize(
    ("intents", "text", "why"),
    [
        (
            ("refund_request", "refund_status"),
            "where is the money of 2145, my daughter saw to it",
            "not clear what is asked",
        ),
        (("refund_request",), "you took the money for 2145 two times, please check", "not clear what is asked"),
        (("refund_request",), "what happens if I ask for the money of 2145", "only asks what would be"),
        (("cancel_order",), "do not cancel 2145", "says something against cancel order"),
        (("missing_item",), "please ignore my last mail, the mug of 2145 is there", "seems to take something back"),
        (("missing_item",), "the last one now: the mug of 2145", "not clear what is asked"),
        (("order_status", "return_request"), "where is 2145, I do not want to return it", "says something against"),
    ],
)
def test_what_is_refused_taken_back_or_about_something_said_before_is_for_a_person(
    book: PlaybookReasoner, intents: tuple[str, ...], text: str, why: str
) -> None:
    proposal = book.propose(brief(text, about(*intents, confidence=0.97), SENT, MOVING))
    assert why in proposal.escalate
    assert {action.kind for action in proposal.actions} == {"tag_ticket", "set_priority", "escalate_to_human"}


def test_what_is_wanted_on_a_condition_is_for_a_person(book: PlaybookReasoner) -> None:
    said = about("refund_request", confidence=0.97)
    proposal = book.propose(brief("please refund 2145 if the mug has lead in it", said, SENT, MOVING))
    assert "on a condition" in proposal.escalate
    assert proposal.reply is None
    assert "refund_order" not in kinds(proposal)
    asked = book.propose(brief("please refund 2145 if you can", said, SENT, MOVING))
    assert (asked.escalate, "refund_order" in kinds(asked)) == ("", True)


def test_a_weak_guess_about_an_order_we_do_not_know_is_no_answer(book: PlaybookReasoner) -> None:
    said = about("order_status", confidence=0.2).model_copy(update={"abstained": True})
    assert book.propose(brief("hm", said)).reply is None


@pytest.mark.parametrize(
    ("text", "second", "handed"),
    [
        ("The socks are missing from #2145 and the mug goes back", "return_request", True),
        ("The socks are missing from #2145 and the mug is cracked", "damaged_item", False),
        ("The socks are missing from #2145, refund them", "refund_request", False),
    ],
)
def test_different_things_for_different_items_are_for_a_person(
    book: PlaybookReasoner, text: str, second: str, handed: bool
) -> None:
    said = about("missing_item", second, numbers=("#2145",))
    bought = order("2145", line(MUG), line(SOCKS))
    proposal = book.propose(brief(text, said, bought))
    assert ("different things for different items" in proposal.escalate) is handed
    assert not handed or proposal.reply is None


def test_an_ask_of_another_item_counts_though_it_was_not_classified(book: PlaybookReasoner) -> None:
    bought = order("2145", line(MUG), line(SOCKS))
    said = about("missing_item", numbers=("#2145",))
    apart = book.propose(
        brief("The socks are missing from #2145. I want to return the mug, it is too big.", said, bought)
    )
    assert apart.reply is None
    assert apart.escalate


def test_needs_are_those_of_every_ask(book: PlaybookReasoner) -> None:
    needs = book.needs(about("refund_request", "return_policy"))
    assert set(needs.cites) == {"refunds#how", "returns#window"}
    assert needs.lookups == {"order", "shipment"}  # where the parcel is may tell what is meant
    assert book.usage().model_calls == 0


def test_the_same_facts_give_the_same_proposal(book: PlaybookReasoner) -> None:
    case = brief("refund the mug", about("refund_request"), SENT)
    assert book.propose(case) == book.propose(case)


def test_the_classifier_is_asked_and_nobody_else(tmp_path: Path) -> None:
    said = about("thanks")
    assert reasoner(tmp_path, said).classify(letter("ty"), "de") == said
