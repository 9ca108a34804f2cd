"""Backups: one file with all that a shop cannot make again, taken while the service runs, put back into an empty place.

What is restored is stopped: effects that were signed for after the backup was taken may have happened, and nothing in
it knows of them. A person looks and says go.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from server.bundles import BUNDLES, bundle, check_bundles, unbundle
from server.lock import PRIVATE
from server.settings import SOURCES, Settings

if TYPE_CHECKING:
    from psycopg import Connection

    from knowledge.documents import IngestReport, Passage

FORMAT = 1
MAIN = "countersign.db"
KNOWLEDGE = "knowledge.jsonl"
DUMP = "postgres.dump"
META = "backup.json"
KEPT_FILES = ("limits.yaml", "voice.yaml", "clock.json", "autonomy.json", "arrivals.jsonl", "secrets.json")
"""What else lies in a data folder and cannot be made again; each may be absent."""
RESTORER = "restore"
ENGINE_SCHEMA = "dbos"
CHECKPOINT_TABLES = ("checkpoints", "checkpoint_blobs", "checkpoint_writes")
_BEGUN = (
    "alembic_version_app", "alembic_version_store", "audit_head", "marks", "checkpoint_migrations", "dbos_migrations",
)  # fmt: skip
"""Tables that hold a row as soon as they are made."""
_TABLES = """
    SELECT schemaname, tablename FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY schemaname, tablename
"""
_FUNCTIONS = """
    SELECT DISTINCT space.nspname, routine.proname
    FROM pg_trigger AS fired
    JOIN pg_proc AS routine ON routine.oid = fired.tgfoid
    JOIN pg_namespace AS space ON space.oid = routine.pronamespace
    WHERE NOT fired.tgisinternal
"""
"""Those of triggers. Every table that could have one is ours when this is asked."""

Name = tuple[str, str]
"""A schema, and a table or function in it."""


_PLAIN_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]*\.(?:db|jsonl|json|yaml|dump)$"


class BackupRefused(Exception):
    """A backup cannot be taken or put back; the message says why and what to do. Nothing was changed."""


class Manifest(BaseModel):
    """What a backup holds: sha256 of each file by name; a name is no path, so that it leads nowhere else."""

    model_config = ConfigDict(extra="forbid")

    format: Literal[1] = FORMAT
    taken_at: AwareDatetime
    database: Literal["sqlite", "postgres"]
    passages: int
    files: dict[Annotated[str, Field(pattern=_PLAIN_NAME)], str]


def take(settings: Settings, out: Path, now: datetime) -> Manifest:
    """Write a backup to `out`, whole or not at all. Raises BackupRefused."""
    if out.exists():
        raise BackupRefused(f"{out} is there already; name another file")
    if not out.parent.is_dir():
        raise BackupRefused(f"{out} cannot be written: {out.parent} is not a folder")
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".backup-") as scratch:
        folder = Path(scratch) / "content"
        folder.mkdir()
        manifest = _gather(settings, folder, now)
        whole = Path(scratch) / out.name
        with tarfile.open(whole, "w:gz") as archive:
            for path in sorted(folder.iterdir()):
                archive.add(path, path.name)
        whole.chmod(0o600)  # customers' data: nobody else's to read
        whole.rename(out)
    return manifest


def _gather(settings: Settings, folder: Path, now: datetime) -> Manifest:
    passages = _write_knowledge(settings, folder / KNOWLEDGE)
    for name in KEPT_FILES:
        if (settings.data / name).is_file():
            shutil.copyfile(settings.data / name, folder / name)
    for name, own in (("limits.yaml", settings.limits), ("voice.yaml", settings.voice)):
        if own.parent != SOURCES and own.is_file():
            shutil.copyfile(own, folder / name)  # also one that a setting names elsewhere
    bundle(settings, folder)
    if settings.database_url:
        _dump(settings.database_url, folder / DUMP)
    else:
        _copy_databases(settings.data, folder)
    files = {path.name: _sha256(path) for path in sorted(folder.iterdir())}
    kind = "postgres" if settings.database_url else "sqlite"
    manifest = Manifest(taken_at=now, database=kind, passages=passages, files=files)
    (folder / META).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return manifest


def _copy_databases(data: Path, folder: Path) -> None:
    """Each as it stands between two commits. The main one last: whatever the others know, it knows as well."""
    databases = sorted(data.glob("*.db"), key=lambda path: path.name == MAIN)
    for path in databases:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(folder / path.name)) as copy:
            source.backup(copy)


def _write_knowledge(settings: Settings, path: Path) -> int:
    """The passages themselves: vectors are made again, whatever version of the index reads them."""
    from server.container import open_embedder, open_knowledge

    knowledge = open_knowledge(settings, open_embedder(settings)[0])
    try:
        passages = knowledge.passages()
    finally:
        knowledge.close()
    path.write_text("".join(f"{passage.model_dump_json()}\n" for passage in passages), encoding="utf-8")
    return len(passages)


def put_back(settings: Settings, source: Path) -> Manifest:
    """Restore into an empty data folder (and database); effects stay stopped until a person says go.

    Raises BackupRefused for a file that is no backup or is damaged, and for a place where data is.
    """
    settings.data.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data, prefix=".restore-") as scratch:
        folder = Path(scratch)
        manifest = _unpacked(source, folder)
        _must_fit(settings, manifest)
        _must_know_nothing_else(settings, folder / KNOWLEDGE)
        if settings.database_url:
            _cleared(settings.database_url)
        if manifest.database == "postgres":
            _undump(settings.database_url, folder / DUMP)
        _stop(settings, folder, manifest)
        for name in manifest.files:
            if name in BUNDLES:
                unbundle(folder / name, settings.data)
            elif name not in (DUMP, KNOWLEDGE, MAIN):
                shutil.copyfile(folder / name, settings.data / name)
        _ingest(settings, folder / KNOWLEDGE)
        # Last: a folder with this file in it is a shop, one without it is nothing and can be restored into again.
        if manifest.database == "sqlite":
            (folder / MAIN).rename(settings.data / MAIN)
    return manifest


def _stop(settings: Settings, folder: Path, manifest: Manifest) -> None:
    """Bring the tables up to this version, and let nothing happen until somebody has looked."""
    from agent.switches import EVERYTHING, Switch
    from server.db.database import Database

    address = settings.database_url or f"sqlite:///{folder / MAIN}"
    with Database.open(address) as database:
        newest = list(database.audit.entries(max(0, database.audit.head().count - 1), 1))
        at = max([manifest.taken_at, *(entry.at for entry in newest)])
        reason = f"restored from the backup of {manifest.taken_at:%Y-%m-%d %H:%M} UTC: check what was signed since"
        database.switches.set(Switch(scope=EVERYTHING, stopped=True, by=RESTORER, reason=reason, at=at))


def _ingest(settings: Settings, path: Path) -> IngestReport:
    from server.container import open_embedder, open_knowledge

    knowledge = open_knowledge(settings, open_embedder(settings)[0])
    try:
        return knowledge.ingest(_passages(path))
    finally:
        knowledge.close()


def _passages(path: Path) -> list[Passage]:
    from knowledge.documents import Passage

    # Not by splitlines: a policy may hold signs that it takes for the end of a line, and JSON does not escape.
    lines = path.read_text(encoding="utf-8").split("\n")
    return [Passage.model_validate_json(line) for line in lines if line]


def _unpacked(source: Path, folder: Path) -> Manifest:
    try:
        with tarfile.open(source, "r:gz") as archive:
            for member in _plain(archive):
                _put(archive, member, folder / member.name)
        manifest = Manifest.model_validate_json((folder / META).read_text(encoding="utf-8"))
        check_bundles(folder)
    except FileNotFoundError as error:
        missing = "does not exist" if Path(str(error.filename)) == source else "is no backup of Countersign"
        raise BackupRefused(f"{source} {missing}") from None
    except EOFError:
        raise BackupRefused(f"{source} ends too early, so it was not copied in full; copy it again") from None
    except (tarfile.TarError, OSError, ValidationError, UnicodeDecodeError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            room = "there is no room on the disk to unpack the backup"
            raise BackupRefused(f"{room} in {folder.parent}; free some space, and nothing was restored yet") from None
        raise BackupRefused(f"{source} cannot be read as a backup: {_first_line(error)}") from None
    damaged = [name for name, sha256 in manifest.files.items() if _sha256_or_none(folder / name) != sha256]
    if damaged:
        raise BackupRefused(f"{source} is damaged: {', '.join(damaged)} is not what was written; take another backup")
    return manifest


def _put(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    # By hand: `extractall` knows `filter` only from Python 3.11.4 on, and without it takes owners and modes as well.
    content = archive.extractfile(member)
    if content is not None:
        with content, path.open("wb") as file:
            shutil.copyfileobj(content, file)


def _plain(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Files of the top level and nothing else: a backup names no place outside the folder it is put into."""
    return (member for member in archive if member.isfile() and Path(member.name).name == member.name)


def _must_fit(settings: Settings, manifest: Manifest) -> None:
    wanted = "postgres" if settings.database_url else "sqlite"
    if manifest.database != wanted:
        other = "set" if manifest.database == "postgres" else "empty"
        raise BackupRefused(f"the backup is of {manifest.database}: COUNTERSIGN_DATABASE_URL has to be {other} for it")
    there = [name for name in (MAIN, "checkpoints.db") if (settings.data / name).exists()]
    if there:
        raise BackupRefused(f"{settings.data} holds {there[0]} already; name an empty folder with COUNTERSIGN_DATA_DIR")


def _must_know_nothing_else(settings: Settings, path: Path) -> None:
    """A Chroma server may serve a shop that is open: a restore to have a look would take its knowledge away.

    Raises BackupRefused, and KnowledgeError when the server does not answer: both before anything was changed.
    """
    from server.container import open_embedder, open_knowledge

    if not settings.chroma_url:
        return
    knowledge = open_knowledge(settings, open_embedder(settings)[0])
    try:
        held = {passage.id: passage for passage in knowledge.passages()}
    finally:
        knowledge.close()
    if held and held != {passage.id: passage for passage in _passages(path)}:
        raise BackupRefused(
            f"the Chroma server of COUNTERSIGN_CHROMA_URL holds other knowledge already ({len(held)} passages); name "
            "an empty one, or empty this one when no shop that is open uses it"
        )


def _cleared(url: str) -> None:
    """Take away tables of ours that nobody has written into: looking into an empty database makes them.

    Raises BackupRefused, having changed nothing, for one that holds data or is somebody else's too.
    """
    import psycopg

    with psycopg.connect(_plain_url(url)) as connection:
        tables: list[Name] = connection.execute(_TABLES).fetchall()
        held = [name for name in tables if not _is_ours(name) or _has_rows(connection, name)]
        if held:
            some = ", ".join(name for _, name in held[:3])
            raise BackupRefused(
                f"the database of COUNTERSIGN_DATABASE_URL holds data already (in {some}); name an empty one"
            )
        _drop(connection, tables)


def _is_ours(name: Name) -> bool:
    from server.db import deliveries, people, review_tables
    from tools.store.tables import StoreTable

    schema, table = name
    modules = (deliveries, people, review_tables)  # each adds its tables to the one list of the application
    known = {each for module in modules for each in module.AppTable.metadata.tables}
    known |= {*StoreTable.metadata.tables, *CHECKPOINT_TABLES, *_BEGUN}
    return schema == ENGINE_SCHEMA or table in known


def _has_rows(connection: Connection, name: Name) -> bool:
    from psycopg import sql

    if name[1] in _BEGUN:
        return False
    asked = sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(*name))
    return connection.execute(asked).fetchone() is not None


def _drop(connection: Connection, tables: list[Name]) -> None:
    from psycopg import sql

    functions: list[Name] = connection.execute(_FUNCTIONS).fetchall() if tables else []
    for name in tables:
        connection.execute(sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier(*name)))
    for name in functions:
        connection.execute(sql.SQL("DROP FUNCTION {} CASCADE").format(sql.Identifier(*name)))
    connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(ENGINE_SCHEMA)))


def _dump(url: str, out: Path) -> None:
    _postgres_tool("pg_dump", "--format=custom", "--no-owner", f"--file={out}", f"--dbname={_plain_url(url)}")


def _undump(url: str, dump: Path) -> None:
    _postgres_tool("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={_plain_url(url)}", str(dump))


def _postgres_tool(name: str, *arguments: str) -> None:
    program = shutil.which(name)
    if program is None:
        raise BackupRefused(f"{name} is not on the PATH; install the client tools of your Postgres version")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise BackupRefused(f"{name}: {_why(done.stderr)}")


def _why(complaint: str) -> str:
    """What a tool of Postgres complained about. Raises nothing: an unknown complaint is passed on."""
    lines = complaint.strip().splitlines() or ["failed"]
    if "server version mismatch" in complaint or "unrecognized configuration parameter" in complaint:
        return f"{lines[-1]}; install the client tools of the version of your Postgres server, and put them on the PATH"
    return lines[-1]


def _plain_url(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sha256_or_none(path: Path) -> str | None:
    return _sha256(path) if path.is_file() else None


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
