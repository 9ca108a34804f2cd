"""A backup is everything, is taken while work goes on, and comes back stopped; a damaged one is refused."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from agent.checkpoints import open_shared_checkpoints
from agent.switches import EVERYTHING, Switch
from knowledge.embedding import HashingEmbedder
from server.backup import (
    BackupRefused,
    _cleared,  # pyright: ignore[reportPrivateUsage] - a whole restore costs seconds
    put_back,
    take,
)
from server.container import open_knowledge
from server.db.database import Database
from server.jobs.engine import prepare
from server.settings import Settings
from tests.databases import address_of, on_server
from tests.knowledge.conftest import passage, shared_index
from tests.server.cli.conftest import Command
from tests.tools.world import NOW
from tools.store.local import LocalStore
from tools.store.snapshot import export_snapshot, import_snapshot

QUESTION = "how long do I have to return a mug"


@pytest.fixture
def archive(countersign: Command, brand: Path, tmp_path: Path) -> Path:
    made = countersign("backup", tmp_path / "shop.tar.gz", "--json")
    assert made.code == 0, made.err
    assert made.json["passages"] > 50
    return tmp_path / "shop.tar.gz"


def exported(folder: Path, out: Path) -> dict[str, bytes]:
    with LocalStore.open(f"sqlite:///{folder / 'countersign.db'}") as store:
        export_snapshot(store, out)
    return {path.name: path.read_bytes() for path in out.iterdir() if path.name != "meta.json"}


def test_what_comes_back_is_what_was_there_and_nothing_happens_until_a_person_says_go(
    countersign: Command, brand: Path, archive: Path, tmp_path: Path
) -> None:
    before = countersign("cases", "list", "--limit", 1000, "--json").json
    found = countersign("knowledge", "search", QUESTION, "--json").json
    asked = countersign("approvals", "list", "--json").json[0]["id"]
    new = tmp_path / "new"
    restored = countersign("restore", archive, data=new)
    assert restored.code == 0, restored.err
    assert "stopped" in restored.err
    assert countersign("cases", "list", "--limit", 1000, "--json", data=new).json == before
    assert countersign("knowledge", "search", QUESTION, "--json", data=new).json == found
    assert countersign("audit", "verify", data=new).code == 0
    assert exported(new, tmp_path / "b") == exported(brand, tmp_path / "a")
    held = countersign("approvals", "approve", asked, "--as", "priya", "--json", data=new)
    assert held.json["case"]["status"] == "working"
    assert countersign("go", "--as", "priya", "--json", data=new).json["carried_on"] == 1
    assert countersign("approvals", "show", asked, "--json", data=new).json["status"] == "executed"


def test_an_archive_is_readable_by_its_owner_alone_and_never_overwritten(countersign: Command, archive: Path) -> None:
    assert archive.stat().st_mode & 0o077 == 0
    again = countersign("backup", archive)
    assert (again.code, "is there already" in again.err) == (2, True)


def test_data_is_never_restored_over(countersign: Command, brand: Path, archive: Path) -> None:
    before = (brand / "countersign.db").read_bytes()
    refused = countersign("restore", archive)
    assert (refused.code, "holds countersign.db already" in refused.err) == (2, True)
    assert (brand / "countersign.db").read_bytes() == before


def _cut(archive: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:-2000])


def _text(archive: Path) -> None:
    archive.write_text("not a backup")


def _unpack(archive: Path, folder: Path) -> None:
    # By hand: `extractall` knows `filter` only from Python 3.11.4 on.
    folder.mkdir()
    with tarfile.open(archive) as source:
        for member in source:
            content = source.extractfile(member)
            (folder / member.name).write_bytes(content.read() if content else b"")


def _changed(archive: Path) -> None:
    folder = archive.parent / "content"
    _unpack(archive, folder)
    with (folder / "knowledge.jsonl").open("a") as stream:
        stream.write("{}\n")
    archive.unlink()
    with tarfile.open(archive, "w:gz") as out:
        for path in folder.iterdir():
            out.add(path, path.name)


def _leading_elsewhere(archive: Path) -> None:
    folder = archive.parent / "content"
    _unpack(archive, folder)
    (folder / "macros.json").write_text('{"../evil-was-here.yaml": "x"}')
    archive.unlink()
    with tarfile.open(archive, "w:gz") as out:
        for path in folder.iterdir():
            out.add(path, path.name)


def _escaping(archive: Path) -> None:
    (archive.parent / "evil").write_text("x")
    with tarfile.open(archive, "w:gz") as out:
        out.add(archive.parent / "evil", "../evil-was-here")


@pytest.mark.parametrize("harm", [_cut, _text, _changed, _leading_elsewhere, _escaping, Path.unlink])
def test_what_is_no_whole_backup_leaves_the_folder_empty(
    harm: Callable[[Path], None], countersign: Command, archive: Path, tmp_path: Path
) -> None:
    harm(archive)
    refused = countersign("restore", archive, data=tmp_path / "deep" / "new")
    assert refused.code == 2
    assert str(archive) in refused.err
    assert {path.name for path in (tmp_path / "deep" / "new").iterdir()} <= {"working.lock"}
    assert not (tmp_path / "deep" / "evil-was-here").exists()


def test_a_disk_that_is_full_is_no_damaged_backup(
    countersign: Command, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("server.backup.shutil.copyfileobj", full)
    refused = countersign("restore", archive, data=tmp_path / "new")
    assert (refused.code, "cannot be read as a backup" in refused.err) == (2, False)
    assert f"no room on the disk to unpack the backup in {tmp_path / 'new'}; free some space" in refused.err


def test_half_a_backup_is_to_be_copied_again(countersign: Command, archive: Path, tmp_path: Path) -> None:
    _cut(archive)
    refused = countersign("restore", archive, data=tmp_path / "new")
    assert "was not copied in full; copy it again" in refused.err


def test_a_list_that_names_a_place_elsewhere_is_no_backup(countersign: Command, archive: Path, tmp_path: Path) -> None:
    parts, data = tmp_path / "parts", tmp_path / "deep" / "new"
    _unpack(archive, parts)
    data.mkdir(parents=True)
    (data / "note.json").write_text("x")
    listed = json.loads((parts / "backup.json").read_text())
    listed["files"]["../note.json"] = hashlib.sha256(b"x").hexdigest()
    (parts / "backup.json").write_text(json.dumps(listed))
    with tarfile.open(archive, "w:gz") as out:
        for path in parts.iterdir():
            out.add(path, path.name)
    assert countersign("restore", archive, data=data).code == 2
    assert [path.name for path in data.parent.iterdir()] == ["new"]
    assert not (data / "countersign.db").exists()


def test_postgres_goes_out_and_comes_back(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, demo_database: Path
) -> None:
    from pgserver._commands import POSTGRES_BIN_PATH

    monkeypatch.setenv("PATH", f"{POSTGRES_BIN_PATH}:{os.environ['PATH']}")
    first, second = (_database(postgres, name) for name in ("shop_a", "shop_b"))
    there = Settings(data_dir=str(tmp_path / "a"), database_url=first)
    here = Settings(data_dir=str(tmp_path / "b"), database_url=second)
    with LocalStore.open(f"sqlite:///{demo_database}") as demo, LocalStore.open(first) as store, Database.open(first):
        export_snapshot(demo, tmp_path / "snapshot")
        import_snapshot(store, tmp_path / "snapshot")
        counts = store.counts()
    assert take(there, tmp_path / "shop.tar.gz", NOW).database == "postgres"
    with pytest.raises(BackupRefused, match="has to be set"):
        put_back(Settings(data_dir=str(tmp_path / "c")), tmp_path / "shop.tar.gz")
    _looked_into(second)
    put_back(here, tmp_path / "shop.tar.gz")
    with LocalStore.open(second) as store, Database.open(second) as database:
        assert store.counts() == counts
        stop = database.switches.stopped(())
    assert stop is not None
    assert "restored" in stop.reason
    with pytest.raises(BackupRefused, match=r"holds data already \(in .*\); name an empty one"):
        put_back(here, tmp_path / "shop.tar.gz")


def test_a_restore_to_have_a_look_leaves_the_knowledge_of_the_open_shop_alone(
    chroma_server: str, countersign: Command, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(shared_index(chroma_server, HashingEmbedder())) as shop:
        shop.ingest([passage("Newer than the backup.")])
        monkeypatch.setenv("COUNTERSIGN_CHROMA_URL", chroma_server)
        refused = countersign("restore", archive, data=tmp_path / "look")
        assert (refused.code, "holds other knowledge already (1 passages)" in refused.err) == (2, True)
        assert [each.text for each in shop.passages()] == ["Newer than the backup."]
        assert not (tmp_path / "look" / "countersign.db").exists()
        shop.ingest([])
    for folder in ("look", "again"):  # into an empty one, and into one that holds just this
        assert countersign("restore", archive, data=tmp_path / folder).code == 0


def test_knowledge_comes_back_whatever_signs_it_holds(tmp_path: Path) -> None:
    """Signs that Python takes for the end of a line stand in texts that come out of other programs."""
    odd = "Returns:\u2028within 30 days.\u0085Refunds:\x0bfive days.\x1c"
    before, after = (Settings(data_dir=str(tmp_path / name)) for name in ("a", "b"))
    with LocalStore.open(before.database), Database.open(before.database):
        _ingest_texts(before, odd)
    take(before, tmp_path / "shop.tar.gz", NOW)
    put_back(after, tmp_path / "shop.tar.gz")
    with closing(open_knowledge(after, HashingEmbedder())) as knowledge:
        assert [each.text for each in knowledge.passages()] == [odd]


def _ingest_texts(settings: Settings, *texts: str) -> None:
    with closing(open_knowledge(settings, HashingEmbedder())) as knowledge:
        knowledge.ingest([passage(text) for text in texts])


def test_tables_that_nobody_wrote_into_are_no_data(postgres: str) -> None:
    """Asking an empty database for its cases makes them, and its owner never put anything there."""
    url = _database(postgres, "shop_c")
    assert _looked_into(url) > 40
    _cleared(url)
    assert _tables_of(url) == 0
    assert _looked_into(url) > 40, "nothing is left behind that would be in the way"
    with Database.open(url) as database:
        database.switches.set(Switch(scope=EVERYTHING, stopped=True, by="dana", reason="a try", at=NOW))
    with pytest.raises(BackupRefused, match=r"holds data already \(in audit, switches\)"):
        _cleared(url)
    assert _tables_of(url) > 40


def test_tables_of_another_program_are_left_alone(postgres: str) -> None:
    import psycopg

    url = _database(postgres, "shop_d")
    with psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://")) as connection:
        connection.execute("CREATE TABLE wiki (id integer)")
    with pytest.raises(BackupRefused, match=r"in wiki"):
        _cleared(url)
    assert _tables_of(url) == 1


def _looked_into(url: str) -> int:
    with LocalStore.open(url), Database.open(url), open_shared_checkpoints(url):
        prepare(url, "the test")
    return _tables_of(url)


def _tables_of(url: str) -> int:
    import psycopg

    with psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://")) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname IN ('public', 'dbos')").fetchone()
    assert found is not None
    return found[0]


def test_tools_of_another_version_say_which_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "pg_dump"
    tool.write_text(
        "#!/bin/sh\necho 'pg_dump: error: aborting because of server version mismatch' >&2\n"
        "echo 'pg_dump: detail: server version: 16.2; pg_dump version: 15.18' >&2\nexit 1\n"
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    settings = Settings(data_dir=str(tmp_path / "a"), database_url="postgresql+psycopg://nobody@/nothing")
    with pytest.raises(BackupRefused, match=r"version: 16\.2.*install the client tools of the version"):
        take(settings, tmp_path / "shop.tar.gz", NOW)


def _database(address: str, name: str) -> str:
    on_server(address, f"DROP DATABASE IF EXISTS {name}")
    on_server(address, f"CREATE DATABASE {name}")
    return address_of(address, name)


def test_playbooks_macros_and_limits_of_the_shop_come_back_wherever_they_lay(
    countersign: Command, brand: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.settings import SOURCES

    own = tmp_path / "own"
    for name in ("playbooks", "macros"):
        shutil.copytree(SOURCES / name, own / name)
    (own / "playbooks" / "thanks.md").write_text("ours", encoding="utf-8")
    shutil.copy(SOURCES / "limits.yaml", own / "rules.yaml")
    for name, value in (("PLAYBOOKS_DIR", "playbooks"), ("MACROS_DIR", "macros"), ("LIMITS_FILE", "rules.yaml")):
        monkeypatch.setenv(f"COUNTERSIGN_{name}", str(own / value))
    saved, new = tmp_path / "own.tgz", tmp_path / "back"
    assert countersign("backup", saved).code == 0
    for name in ("PLAYBOOKS_DIR", "MACROS_DIR", "LIMITS_FILE"):
        monkeypatch.delenv(f"COUNTERSIGN_{name}")
    assert countersign("restore", saved, data=new).code == 0
    assert (new / "playbooks" / "thanks.md").read_text(encoding="utf-8") == "ours"
    assert len(list((new / "macros").iterdir())) == len(list((SOURCES / "macros").iterdir()))
    settings = Settings(data_dir=str(new))
    assert (settings.playbooks, settings.limits) == (new / "playbooks", new / "limits.yaml")
