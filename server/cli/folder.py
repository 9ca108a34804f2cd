"""Which data folder a command means, and whether there is anything in it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from server.container import Parts
    from server.settings import Settings

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


@contextmanager
def existing_parts(settings: Settings) -> Generator[Parts]:
    """The parts of a data folder that is there. Raises NothingHere for one that is not."""
    from server.container import open_parts

    if not has_data(settings):
        raise NothingHere(settings.data)
    with open_parts(settings) as parts:
        yield parts


def has_data(settings: Settings) -> bool:
    """Whether a database is there, or named by its address."""
    return bool(settings.database_url) or (settings.data / DATABASE).is_file()


def store_address(folder: Path | None, *, make: bool) -> str:
    """The address of the store in `folder`, or in the data folder. Raises NothingHere unless it is to be made."""
    from server.settings import Settings

    settings = Settings.read()
    if folder is None and settings.database_url:
        return settings.database_url
    folder = (folder or settings.data).resolve()
    if make:
        folder.mkdir(parents=True, exist_ok=True)
    elif not (folder / DATABASE).is_file():
        raise NothingHere(folder)
    return f"sqlite:///{folder / DATABASE}"


def read_text(path: Path) -> str:
    """A text file that a person named. Raises FileUnusable when it is not UTF-8, OSError when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileUnusable(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8") from None


def not_the_same(source: Path, out: Path) -> None:
    """Refuse to write answers over the questions. Raises FileUnusable."""
    if source.exists() and out.exists() and source.samefile(out):
        raise FileUnusable(f"{out} is the file that is read; give another name with --out")
    if out.is_dir():
        raise FileUnusable(f"{out} is a folder; name a file with --out")
    if not out.parent.is_dir():
        raise FileUnusable(f"{out} cannot be written: {out.parent} is not a folder")
