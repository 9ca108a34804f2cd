"""The lock of a data folder: what is made under it is nobody else's to read, whatever the folder allows."""

from __future__ import annotations

import os
from pathlib import Path

from server.lock import DataLock


def test_what_is_made_in_a_folder_that_everybody_may_look_into_is_its_owner_s_alone(tmp_path: Path) -> None:
    usual = os.umask(0o022)
    try:
        tmp_path.chmod(0o755)
        with DataLock(tmp_path):
            (tmp_path / "countersign.db").write_text("customers")
            (tmp_path / "knowledge").mkdir()
        (tmp_path / "later").write_text("not ours")
        rights = {each.name: oct(each.stat().st_mode & 0o777) for each in tmp_path.iterdir()}
    finally:
        os.umask(usual)
    assert rights == {"working.lock": "0o600", "countersign.db": "0o600", "knowledge": "0o700", "later": "0o644"}
