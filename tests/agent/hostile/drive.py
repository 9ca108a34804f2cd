"""Takes a hostile case through the real graph, lets people answer in any order, and checks after every step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from agent import edits
from agent.approvals import ApprovalRequest, ApprovalStatus, DecisionKind
from agent.approvals.errors import ApprovalError
from agent.case import ProposedResolution
from agent.edits import CannotEdit
from agent.record import case_id_of
from agent.repositories import CaseRecord
from tests.agent.hostile.oracle import check_words, check_writes
from tests.agent.hostile.scenario import Answer, HostileReasoner, Scenario
from tests.agent.hostile.shop import HostileShop, OpenShop
from tools.actions import Action
from tools.money import Money


def run_case(shop: HostileShop, scenario: Scenario) -> Counter[str]:
    """What happened, counted. AssertionError when something did that nobody allowed, or a stranger's fact got out."""
    shop.cases += 1
    ticket = scenario.ticket(f"tic_h{shop.cases}")
    shop.store.receive(ticket)
    shop.changes()
    opened = shop.open(HostileReasoner(scenario, ticket.id))
    case_id, told = case_id_of(ticket), Counter[str]()

    def look(record: CaseRecord) -> None:
        told.update({"drafts that passed": check_words(shop, opened, scenario, record, ticket.id)})
        kinds = check_writes(shop, opened, scenario, case_id, ticket.id)
        told.update(dict.fromkeys({f"done {kind}" for kind in kinds}, 1))

    record = opened.runner.start(ticket.id)
    look(record)
    told[f"first {record.status.value}"] += 1
    for answer in scenario.answers:
        look(step(opened, answer, scenario, record, told))
    told["strangers' facts proposed"] += len(scenario.facts)
    return told


def step(opened: OpenShop, answer: Answer, scenario: Scenario, record: CaseRecord, told: Counter[str]) -> CaseRecord:
    """One answer at the desk, perhaps given twice, perhaps too late."""
    opened.later(answer.hours_before)
    if answer.hours_before:
        opened.runner.expire()
        opened.runner.recover()
    requests = sorted(
        opened.database.approvals.list(limit=1_000), key=lambda r: (r.status is ApprovalStatus.AWAITING, r.created_at)
    )
    if requests:
        for _ in range(1 + answer.twice):
            decide(opened, requests[-1], requests[0], answer, scenario, told)
    return opened.database.cases.get(record.case_id) or record


def decide(
    opened: OpenShop,
    request: ApprovalRequest,
    first: ApprovalRequest,
    answer: Answer,
    scenario: Scenario,
    told: Counter[str],
) -> None:
    digest = {"wrong": "0" * 64, "first": first.digest}.get(answer.digest, "")
    before = opened.database.approvals.get(request.id)
    try:
        opened.runner.decide(
            request.id, answer.kind, answer.by, reason="because", digest=digest, edit=edit_of(answer, scenario)
        )
    except (ApprovalError, CannotEdit) as error:
        refused = type(error).__name__
    else:
        refused = ""
    after = opened.database.approvals.get(request.id)
    if refused:
        told[f"refused {refused}"] += 1
        assert after == before or refused in ("Expired", "AlreadyDecided"), "what was refused has changed something"
        return
    assert digest in ("", request.digest), "an answer to something else was taken"
    told[f"answered {answer.kind.value}"] += 1


def edit_of(answer: Answer, scenario: Scenario) -> Callable[[ProposedResolution], ProposedResolution] | None:
    if answer.kind is not DecisionKind.MODIFY:
        return None
    actions: tuple[Action, ...] = scenario.proposals[-1].actions
    options: dict[str, Callable[[ProposedResolution], ProposedResolution]] = {
        "reply": lambda proposal: edits.with_reply(proposal, scenario.typed, answer.by),
        "amount": lambda proposal: edits.with_amount(proposal, Money.of("3.00", "USD"), answer.by),
        "alternative": lambda proposal: edits.with_alternative(proposal, 1, answer.by),
        "actions": lambda proposal: edits.with_actions(proposal, actions, answer.by),
    }
    return options.get(answer.edit)
