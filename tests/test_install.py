"""`scripts/install.sh` where uv cannot be had: pip installs everything else that is locked, with the same hashes."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
PYTHON = """#!/usr/bin/env bash
echo "$*" >> "$CALLS"
for ((at = 1; at <= $#; at++)); do
  [ "${!at}" = -r ] && file=$((at + 1)) && cp "${!file}" "$CALLS.$(basename "${!file}")"
done
case "$*" in *uv.txt*) exit "$UV_PIP";; *"pip --version"*) exit "$NO_PIP";; esac
"""
UV = """#!/usr/bin/env bash
echo "uv $*" >> "$CALLS"
exit "$UV_SYNC"
"""


def install(folder: Path, *, uv_pip: int = 0, uv_sync: int = 0, no_pip: int = 0) -> list[str]:
    """What the script does with a python and a uv that only note how they are called."""
    (folder / "bin").mkdir()
    for name, text in (("python", PYTHON), ("uv", UV)):
        (folder / "bin" / name).write_text(text, encoding="utf-8")
        (folder / "bin" / name).chmod(0o755)
    bash = shutil.which("bash")
    assert bash is not None
    codes = {"UV_PIP": str(uv_pip), "UV_SYNC": str(uv_sync), "NO_PIP": str(no_pip)}
    environment = {"PATH": "/usr/bin:/bin", "CALLS": str(folder / "calls"), "TMPDIR": str(folder), **codes}
    script = ROOT / "scripts" / "install.sh"
    subprocess.run([bash, script, folder / "bin"], cwd=ROOT, env=environment, check=True, capture_output=True)
    return (folder / "calls").read_text(encoding="utf-8").splitlines()


def packages(path: Path) -> set[str]:
    return set(re.findall(r"^([\w.-]+)==", path.read_text(encoding="utf-8"), re.M))


def test_uv_comes_from_the_lock_and_installs_the_rest(tmp_path: Path) -> None:
    calls = install(tmp_path)
    assert packages(tmp_path / "calls.uv.txt") == {"uv"}
    assert "--hash=sha256:" in (tmp_path / "calls.uv.txt").read_text(encoding="utf-8")
    assert [call for call in calls if call.startswith("uv pip sync") and call.endswith("requirements-dev.lock")]
    assert not [call for call in calls if "rest.txt" in call]


@pytest.mark.parametrize("broken", [{"uv_pip": 1}, {"uv_sync": 2}])
def test_without_uv_pip_installs_everything_but_uv(tmp_path: Path, broken: dict[str, int]) -> None:
    calls = install(tmp_path, **broken)
    [fallback] = [call for call in calls if "rest.txt" in call]
    assert "--require-hashes --no-deps" in fallback
    everything = set(re.findall(r"^([\w.-]+)==", LOCK, re.M))
    assert packages(tmp_path / "calls.rest.txt") == everything - {"uv"}
    hashes = (tmp_path / "calls.rest.txt").read_text(encoding="utf-8").count("--hash=")
    assert hashes + (tmp_path / "calls.uv.txt").read_text(encoding="utf-8").count("--hash=") == LOCK.count("--hash=")
    assert calls[-1].endswith("-e . --disable-pip-version-check")


def test_a_pip_that_uv_took_away_comes_back(tmp_path: Path) -> None:
    assert "-m ensurepip -q" in install(tmp_path, uv_sync=1, no_pip=1)
