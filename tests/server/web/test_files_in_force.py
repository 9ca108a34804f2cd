"""Pages say when a file is not what is in force: rules and playbooks are read when the service starts."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from agent.limits import Role
from tests.databases import sqlite_alone
from tests.server.web.conftest import Web, person

__all__ = ["sqlite_alone"]
HTML = {"Accept": "text/html"}
CHANGED = "have changed since the service started"


@pytest.fixture
def own(web: Web, tmp_path: Path) -> Web:
    """The shop with files of its own, as they were when it started."""
    known, folder = web.service.settings, tmp_path / "own"
    shutil.copytree(known.playbooks, folder / "playbooks")
    shutil.copytree(known.macros, folder / "macros")
    shutil.copy(known.limits, folder / "limits.yaml")
    settings = replace(
        known,
        playbooks_dir=str(folder / "playbooks"),
        macros_dir=str(folder / "macros"),
        limits_file=str(folder / "limits.yaml"),
    )
    return Web(web.shop, replace(web.service, settings=settings, began=web.service.wall.now()))


def test_a_playbook_that_was_edited_is_said_to_count_from_the_next_start(own: Web) -> None:
    lead = own.client(person(Role.LEAD))
    assert CHANGED not in lead.get("/playbooks", headers=HTML).text
    file = own.service.settings.playbooks / "thanks.md"
    file.write_text(file.read_text().replace("title: ", "title: Our "))
    page = lead.get("/playbooks", headers=HTML).text
    assert CHANGED in page
    file.write_text("x: [")
    page = lead.get("/playbooks", headers=HTML).text
    assert "thanks.md, line 1" in page
    assert "does not start again with these" in page


def test_a_file_that_was_taken_away_is_noticed(own: Web) -> None:
    lead, folder = own.client(person(Role.LEAD)), own.service.settings.playbooks
    old = folder / "aaa_unknown.md"
    old.write_text("x: [")
    (folder / "zzz_note.txt").write_text("newer")
    assert "aaa_unknown.md" in lead.get("/playbooks", headers=HTML).text
    old.unlink()
    assert "aaa_unknown.md" not in lead.get("/playbooks", headers=HTML).text


@pytest.mark.parametrize("text", ["x: [", None])
def test_limits_that_are_not_those_in_force_are_said(own: Web, text: str | None) -> None:
    lead, file = own.client(person(Role.LEAD)), own.service.settings.limits
    assert "Limits in force" not in lead.get("/settings", headers=HTML).text
    file.write_text(text or file.read_text().replace("50.00 USD", "45.00 USD"))
    page = lead.get("/settings", headers=HTML).text
    assert "Limits in force" in page
    assert "start the service again" in page
