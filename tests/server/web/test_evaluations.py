"""The page of eval runs: figures and trends, and no ticket."""

from __future__ import annotations

from pathlib import Path

from agent.limits import Role
from evals.figures import figures_of
from evals.runner import run
from tests.databases import sqlite_alone
from tests.evals.fakes import FakeSolver, clockwork, task
from tests.server.web.conftest import Web, person

__all__ = ["sqlite_alone"]


def logged(folder: Path, name: str, wrong: int) -> None:
    samples = frozenset(f"s{number:03}" for number in range(wrong))
    work = task(12, solver=FakeSolver(wrong=samples, versions={"code": str(wrong)}))
    run(work, folder / f"{name}.jsonl", figures_of, clockwork(), processes=1)


def test_without_a_run_the_page_says_how_to_make_one(web: Web) -> None:
    said = web.client(person(Role.VIEWER)).get("/evals").text
    assert "No run yet" in said
    assert "countersign evals run" in said


def test_runs_and_their_trends_are_shown_and_no_ticket(web: Web) -> None:
    folder = web.service.settings.data / "evals"
    folder.mkdir(parents=True)
    logged(folder, "before", 3)
    logged(folder, "after", 1)
    (folder / "<script>alert(1)<.jsonl").write_text("{}", encoding="utf-8")
    (folder / "now.jsonl.part").touch()
    client = web.client(person(Role.VIEWER))
    said = client.get("/evals").text
    assert "Trends over 2 runs of the same 12 tickets, answered by approve all." in said
    assert "Are messages understood?" in said
    assert said.count("<polyline") >= 1
    assert "Not a finished log: &lt;script&gt;alert(1)&lt;" in said
    assert "Under way or interrupted: now." in said
    assert "Where is number" not in said  # the words of a ticket
    assert "s001" not in said
    assert 'href="/evals"' in client.get("/figures").text
    assert client.get("/evals?series=nonsense").status_code == 200
