"""A shop's own playbooks and macros in a backup: each folder is one file, so that a backup stays a flat list."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter

from server.settings import SOURCES, Settings

BUNDLES = {"playbooks.json": "playbooks", "macros.json": "macros"}
"""The file of a backup, and the folder below the data folder that it becomes again."""
_FILES = TypeAdapter(dict[Annotated[str, Field(pattern=r"^[^/\\.][^/\\]*\.(?:md|yaml)$")], str])


def bundle(settings: Settings, folder: Path) -> None:
    """Write the texts of the folders that are the shop's own into `folder`. Shipped ones come with the program."""
    for name, source in zip(BUNDLES, (settings.playbooks, settings.macros), strict=True):
        if source.parent == SOURCES or not source.is_dir():
            continue
        files = sorted(path for path in source.iterdir() if path.suffix in (".md", ".yaml") and path.is_file())
        texts = {path.name: path.read_text(encoding="utf-8") for path in files}
        (folder / name).write_bytes(_FILES.dump_json(texts, indent=1))


def check_bundles(folder: Path) -> None:
    """Raises ValidationError where a bundle names anything but plain files: it leads nowhere else."""
    for name in BUNDLES:
        if (folder / name).is_file():
            _FILES.validate_json((folder / name).read_bytes())


def unbundle(path: Path, data: Path) -> None:
    """Make the folder again below the data folder, where it is found without a setting."""
    folder = data / BUNDLES[path.name]
    folder.mkdir(exist_ok=True)
    for name, text in _FILES.validate_json(path.read_bytes()).items():
        (folder / name).write_text(text, encoding="utf-8")
