"""An empty shop, and a folder for the files that are imported into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.store.local import LocalStore


@pytest.fixture
def empty(tmp_path: Path) -> LocalStore:
    return LocalStore.open(f"sqlite:///{tmp_path / 'empty.db'}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "files").mkdir()
    return tmp_path / "files"
