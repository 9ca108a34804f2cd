"""What `make setup` compiles once, no start compiles again, whatever the environment says about bytecode."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.cli.warmup import shared
from server.container import bring_models
from server.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
IMPORTS = """
import sys
from server.cli.warmup import keeping_bytecode
with keeping_bytecode():
    import brand_new
    assert "sqlalchemy" not in sys.modules, "nothing is imported but what is asked for"
import too_late
assert sys.dont_write_bytecode
"""


def run(*command: str, cache: Path, path: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPYCACHEPREFIX": str(cache),
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(path))),
        "COUNTERSIGN_DATA_DIR": str(cache.parent / "data"),
    }
    return subprocess.run(
        [sys.executable, *command], cwd=cache.parent, env=environment, capture_output=True, text=True, check=False
    )


def kept(cache: Path) -> set[str]:
    """Names of the modules whose bytecode is there."""
    return {path.name.partition(".")[0] for path in cache.rglob("*.pyc")}


@pytest.mark.parametrize("writable", [True, False])
def test_what_is_imported_meanwhile_is_kept_and_all_of_ours(tmp_path: Path, writable: bool) -> None:
    for name in ("brand_new", "too_late"):
        (tmp_path / f"{name}.py").write_text("SAID = 1\n")
    cache = tmp_path / "cache"
    if not writable:
        cache.write_text("in the way")
    done = run("-c", IMPORTS, cache=cache, path=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    if writable:
        assert {"brand_new", "container", "guard", "embedding", "money"} <= kept(cache)
        assert "too_late" not in kept(cache)


@pytest.mark.soak
def test_preparing_compiles_what_a_ticket_needs_and_touches_no_data(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    done = run("-m", "server", "doctor", "--prepare", cache=cache)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "data").exists()
    ticket = ("-v", "-m", "server", "ticket", "Where is my order?", "--json")
    again = run(*ticket, cache=cache)
    assert again.returncode == 0
    compiled = [line for line in again.stderr.splitlines() if line.startswith("# code object from /")]
    assert compiled == []


def readable(path: Path, mode: int) -> bool:
    """As `os.access` says where nothing may be written."""
    return mode != os.W_OK


def test_a_process_that_is_locked_in_takes_the_prepared_models_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in an image, or under ProtectSystem=strict: making them anew would take minutes."""
    prepared, kept = tmp_path / "share" / "countersign", tmp_path / "data" / "models"
    prepared.mkdir(parents=True)
    for name in ("minilm-1.onnx", "minilm-1.sha256", "minilm.lock", "triage-1.npz", "x.part"):
        (prepared / name).write_text(name)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    settings = Settings(data_dir=str(tmp_path / "data"))
    assert settings.models == prepared
    with monkeypatch.context() as locked:
        locked.setattr("server.settings.os.access", readable)
        assert settings.models == kept
        bring_models(settings.prepared, settings.models)
        (kept / "triage-1.npz").write_text("trained since")
        bring_models(settings.prepared, settings.models)
    assert {path.name for path in kept.iterdir()} == {"minilm-1.onnx", "minilm-1.sha256", "triage-1.npz"}
    assert (kept / "triage-1.npz").read_text() == "trained since"


def test_several_that_start_at_once_in_one_folder_bring_the_models_whole(tmp_path: Path) -> None:
    """In containers every one of them is process 2: a name made of that is no name of their own."""
    prepared, kept = tmp_path / "share", tmp_path / "models"
    prepared.mkdir()
    for at in range(20):
        (prepared / f"triage-{at}.npz").write_bytes(bytes([at]) * 400_000)
    with ThreadPoolExecutor(6) as starting:
        for done in [starting.submit(bring_models, prepared, kept) for _ in range(6)]:
            done.result()
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == {
        path.name: path.read_bytes() for path in prepared.iterdir()
    }


def test_what_is_prepared_may_be_read_by_the_account_that_serves(tmp_path: Path) -> None:
    (tmp_path / "own.npz").touch(0o600)
    with shared(tmp_path):
        (tmp_path / "triage-1.npz").touch(0o600)
    assert (tmp_path / "triage-1.npz").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "own.npz").stat().st_mode & 0o777 == 0o600
