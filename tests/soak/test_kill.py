"""kill -9 anywhere between a signature and its last effect: each effect happens exactly once, and nothing is lost."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from agent.approvals import ApprovalStatus
from agent.audit import verify
from agent.case import ExecutionStatus
from tests.soak.victim import EFFECTS, STEPS, Death, Shop, race, work
from tests.tools.conftest import fill
from tests.tools.world import NOW, PENDING, TICKET, usd
from tools.store.local import LocalStore

WAIT = 60


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Real processes that start quickly: forked from one that has loaded everything and opened nothing."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.soak.victim"])
    return context


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A shop with one request that waits for a signature."""
    with LocalStore.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
        fill(store)
    shop = Shop(tmp_path, Death(""), "p-0")
    shop.ask()
    shop.close()
    return tmp_path


def run(context: ForkServerContext, target: Callable[..., None], *arguments: object) -> int:
    process = context.Process(target=target, args=arguments)
    process.start()
    process.join(WAIT)
    assert process.exitcode is not None
    return process.exitcode


def check_exactly_once(folder: Path) -> None:
    shop = Shop(folder, Death(""), "p-check")
    readers = shop.store.readers()
    assert [refund.amount for refund in readers.orders.refunds(PENDING.id)] == [usd("39.00")]
    assert [credit.amount for credit in readers.customers.store_credits("c-ada")] == [usd("5.00")]
    assert len(readers.helpdesk.sent(TICKET.id)) == 1
    order = readers.orders.order(PENDING.id)
    assert order is not None
    assert order.refunded == usd("39.00")
    entries = shop.records.ledger.of_case("case-1")
    assert {entry.action.kind for entry in entries} == {action.kind for action in EFFECTS}
    assert {entry.status for entry in entries} == {ExecutionStatus.SUCCEEDED}
    request = shop.records.approvals.get("ap-1")
    assert request is not None
    assert request.status is ApprovalStatus.EXECUTED
    report = verify(shop.records.audit.entries(), shop.records.audit.head())
    assert report.ok, report.message
    shop.close()


@pytest.mark.system("N3")
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_each_effect_happens_once(processes: ForkServerContext, folder: Path, step: str) -> None:
    assert run(processes, work, folder, step, "p-1") == -signal.SIGKILL
    assert run(processes, work, folder, "", "p-2") == 0
    check_exactly_once(folder)


@pytest.mark.system("U2")
def test_of_two_processes_that_sign_at_once_one_wins_and_the_other_hears_who(
    processes: ForkServerContext, folder: Path
) -> None:
    both = [processes.Process(target=race, args=(folder, by, "go")) for by in ("dana", "sam")]
    for process in both:
        process.start()
    deadline = time.monotonic() + WAIT
    while not all((folder / f"{by}.ready").exists() for by in ("dana", "sam")):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    (folder / "go").touch()
    for process in both:
        process.join(WAIT)
        assert process.exitcode == 0
    said = {by: (folder / f"{by}.said").read_text().splitlines()[0] for by in ("dana", "sam")}
    (winner,) = [by for by, text in said.items() if text == "won"]
    loser = "sam" if winner == "dana" else "dana"
    assert said[loser].startswith(f"{winner} already approved request ap-1 on {NOW:%Y-%m-%d}")
    assert run(processes, work, folder, "", "p-3") == 0
    check_exactly_once(folder)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(40))
def test_killed_again_and_again_each_effect_happens_once(processes: ForkServerContext, folder: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    for attempt in range(chance.randint(2, 8)):
        run(processes, work, folder, chance.choice(STEPS), f"p-{attempt}")
    assert run(processes, work, folder, "", "p-last") == 0
    check_exactly_once(folder)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_killed_at_any_instant_each_effect_happens_once(processes: ForkServerContext, folder: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    for attempt in range(6):
        process = processes.Process(target=work, args=(folder, "", f"p-{attempt}"))
        process.start()
        time.sleep(chance.random() * 0.25)
        if process.pid is not None and process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
        process.join(WAIT)
    assert run(processes, work, folder, "", "p-last") == 0
    check_exactly_once(folder)
