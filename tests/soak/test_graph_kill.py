"""kill -9 anywhere between a ticket and its answer: each effect happens exactly once, and nothing is lost (row N3)."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import time
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from agent.approvals import ApprovalStatus
from agent.audit import verify
from agent.case import CaseStatus, ExecutionStatus
from tests.agent.graph.world import REPLY, SmallShop, make_template
from tests.agent.runner.deaths import Moment
from tests.soak.graph_victim import live, process

WAIT = 120
WRITES = 37
"""From the arrival of a ticket to the end of its case."""
BOUNDARIES = (
    ("checkpoint writes", 1),  # taken in, and nothing thought yet
    ("checkpoint writes", 4),  # while it thinks
    ("cases.save", 1),  # asked, and not yet answered
    ("approvals.swap", 1),  # signed, and not yet carried in
    ("shop.refund_order", 1),  # paid, and not yet written down
    ("ledger.swap", 2),  # written down, and the reply not yet sent
    ("approvals.swap", 2),  # all done, and the graph has not heard of it
    ("checkpoint writes", 8),  # it has, and has not moved on
)


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Real processes that start quickly: forked from one that has loaded everything and opened nothing."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.soak.graph_victim"])
    return context


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def folder(tmp_path: Path, template: Path) -> Path:
    shutil.copy(template, tmp_path / "template.db")
    return tmp_path


def run(context: ForkServerContext, folder: Path, die_after: int = 0, name: str = "") -> int:
    started = context.Process(target=live, args=(folder, die_after, name))
    started.start()
    started.join(WAIT)
    assert started.exitcode is not None
    return started.exitcode


def check_exactly_once(folder: Path) -> None:
    with process(folder, Moment()) as shop:
        record = shop.case()
        assert record.status is CaseStatus.ANSWERED, record.outcome
        assert shop.refunded() == ["20.00 USD"]
        assert [sent.text for sent in shop.replies()] == [REPLY]
        assert {entry.status for entry in record.executions} == {ExecutionStatus.SUCCEEDED}
        assert {entry.action.kind for entry in record.executions} == {"tag_ticket", "refund_order", "send_reply"}
        assert [request.status for request in shop.database.approvals.list()] == [ApprovalStatus.EXECUTED]
        check_the_trail(shop)
        assert shop.runner.recover().cases == ()


def check_the_trail(shop: SmallShop) -> None:
    report = verify(shop.database.audit.entries(), shop.database.audit.head())
    assert report.ok, report.message
    trail = shop.trail()
    assert trail.count("approval.awaiting") == 1
    assert trail.count("approval.executing") == 1
    assert trail.count("effect.succeeded") == 3


@pytest.mark.system("N3")
@pytest.mark.parametrize(("name", "number"), BOUNDARIES)
def test_killed_at_a_boundary_everything_is_carried_on_and_happens_once(
    processes: ForkServerContext, folder: Path, name: str, number: int
) -> None:
    assert run(processes, folder, number, name) == -signal.SIGKILL
    assert run(processes, folder) == 0
    check_exactly_once(folder)


@pytest.mark.system("N3")
def test_killed_between_the_question_and_the_answer_the_question_still_waits(
    processes: ForkServerContext, folder: Path
) -> None:
    assert run(processes, folder, 1, "cases.save") == -signal.SIGKILL
    with process(folder, Moment()) as shop:
        (waiting,) = shop.database.approvals.list(ApprovalStatus.AWAITING)
        assert shop.case().approval_id == waiting.id
        assert shop.refunded() == []
        assert shop.sign().status is CaseStatus.ANSWERED
    check_exactly_once(folder)


@pytest.mark.soak
@pytest.mark.parametrize("number", range(1, WRITES + 1))
def test_killed_at_any_write_everything_is_carried_on_and_happens_once(
    processes: ForkServerContext, folder: Path, number: int
) -> None:
    assert run(processes, folder, number) == -signal.SIGKILL
    assert run(processes, folder) == 0
    check_exactly_once(folder)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(40))
def test_killed_again_and_again_everything_happens_once(processes: ForkServerContext, folder: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    for _ in range(chance.randint(2, 10)):
        run(processes, folder, chance.randint(1, WRITES))
    assert run(processes, folder) == 0
    check_exactly_once(folder)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_killed_at_any_instant_everything_happens_once(processes: ForkServerContext, folder: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    for _ in range(6):
        started = processes.Process(target=live, args=(folder, 0))
        started.start()
        time.sleep(chance.random() * 0.6)
        if started.pid is not None and started.is_alive():
            os.kill(started.pid, signal.SIGKILL)
        started.join(WAIT)
    assert run(processes, folder) == 0
    check_exactly_once(folder)
