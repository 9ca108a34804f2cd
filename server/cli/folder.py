"""Which data folder a command means, whether there is anything in it, and the files a person names."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from server.lock import PRIVATE

if TYPE_CHECKING:
    from agent.limits import Person, PolicyLimits
    from server.auth.accounts import Accounts
    from server.container import Parts, Workshop
    from server.db.database import Database
    from server.settings import Settings
    from tools.store.local import LocalStore

DATABASE = "countersign.db"


class NothingHere(Exception):
    """The folder holds no data; reading it would only make an empty database there."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"there is no data in {folder} yet: `countersign demo` fills it with a demo brand, `countersign store "
            "import FOLDER` with your shop; or name another folder with COUNTERSIGN_DATA_DIR"
        )


class FileUnusable(Exception):
    """A file that was named cannot be read or written; the message says why and what to do."""


class NobodyOfThatName(Exception):
    """`--as` names nobody who may act."""

    def __init__(self, name: str, limits: PolicyLimits) -> None:
        known = ", ".join(person.id for person in limits.people) or "nobody yet"
        super().__init__(
            f'nobody in `people` of limits.yaml and no account that may sign in answers to "{name}"; there are: {known}'
        )


def has_data(settings: Settings) -> bool:
    """Whether a database is there, or named by its address."""
    return bool(settings.database_url) or (settings.data / DATABASE).is_file()


def must_have_data(settings: Settings) -> None:
    """Raises NothingHere for a folder without a database."""
    if not has_data(settings):
        raise NothingHere(settings.data)
    if not settings.database_url and not (settings.data / DATABASE).stat().st_size:
        raise FileUnusable(
            f"{settings.data / DATABASE} is empty (0 bytes), which no database is; "
            "put yours back with `countersign restore`"
        )


@contextmanager
def existing_database(settings: Settings) -> Generator[Database]:
    """Cases, requests and the audit log of a folder that is there; they are readable whatever the limits say."""
    from server.db.database import Database

    must_have_data(settings)
    with Database.open(settings.database) as database:
        yield database


@contextmanager
def existing_store(settings: Settings) -> Generator[LocalStore]:
    """Orders, customers and tickets of a folder that is there."""
    from tools.store.local import LocalStore

    must_have_data(settings)
    with LocalStore.open(settings.database) as store:
        yield store


@contextmanager
def existing_parts(settings: Settings) -> Generator[Parts]:
    """All that reads, of a folder that is there. Raises NothingHere for another, LimitsError for broken rules."""
    from server.container import open_parts

    must_have_data(settings)
    with open_parts(settings) as parts:
        speak_of_people(parts.limits.people, parts.database)
        yield parts


@contextmanager
def existing_workshop(settings: Settings) -> Generator[Workshop]:
    """All that works, of a folder that is there."""
    from server.container import open_workshop

    must_have_data(settings)
    with open_workshop(settings) as workshop:
        speak_of_people(workshop.parts.limits.people, workshop.parts.database)
        yield workshop


def store_address(folder: Path | None, *, make: bool) -> str:
    """The address of the store in `folder`, or in the data folder. Raises NothingHere unless it is to be made."""
    from server.settings import Settings

    settings = Settings.read()
    if folder is None and settings.database_url:
        return settings.database_url
    folder = (folder or settings.data).resolve()
    if make:
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    elif not (folder / DATABASE).is_file():
        raise NothingHere(folder)
    return f"sqlite:///{folder / DATABASE}"


def speak_of_people(people: Iterable[Person], database: Database) -> None:
    """From now on, what this command says calls people by their names; `--json` keeps the ids.

    Asked at once, for a refusal is said when the database is closed.
    """
    from server.auth.people import names_of_people
    from server.ui.people import call_by_name

    known = names_of_people(people, database.accounts.list())
    call_by_name(lambda: known)


def people_of(settings: Settings) -> tuple[Person, ...]:
    """Those of limits.yaml; nobody where it cannot be read, because a folder is readable whatever the limits say."""
    from agent.limits import LimitsError, load_limits

    try:
        return tuple(load_limits(settings.limits).people)
    except LimitsError:
        return ()


def person_of(name: str, limits: PolicyLimits, accounts: Accounts) -> Person:
    """Whoever answers to a name: by account, else in limits.yaml. Raises NobodyOfThatName, which says who there is."""
    from server.auth.people import find_person

    person = find_person(limits, accounts, command_line=True)(name)
    if person is None:
        raise NobodyOfThatName(name, limits)
    return person


def read_text(path: Path) -> str:
    """A text file that a person named. Raises FileUnusable when it is not UTF-8, OSError when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileUnusable(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8") from None


def a_table(path: Path, columns: str) -> None:
    """Refuse JSON where a table is read: it would be told as CSV with wrong quotation marks. Raises FileUnusable."""
    with path.open("rb") as stream:
        start = stream.read(200).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"{", b"[{")):
        raise FileUnusable(f"{path} holds JSON; save it as CSV with the columns {columns}")


def not_the_same(source: Path, out: Path) -> None:
    """Refuse to write answers over the questions. Raises FileUnusable."""
    if source.exists() and out.exists() and source.samefile(out):
        raise FileUnusable(f"{out} is the file that is read; give another name with --out")
    if out.is_dir():
        raise FileUnusable(f"{out} is a folder; name a file with --out")
    if not out.parent.is_dir():
        raise FileUnusable(f"{out} cannot be written: {out.parent} is not a folder")
