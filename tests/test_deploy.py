"""The files that deploy the service name things that exist: folders, settings, commands."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import fields
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import pytest
import yaml

from server.cli.health import PATIENCE
from server.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parent.parent
UNITS = sorted((ROOT / "server" / "deploy").glob("*.service"))
KNOWN = {f"{PREFIX}{each.name.upper()}" for each in fields(Settings)}


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return found


def test_what_the_image_copies_is_there() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = [line.split()[1:-1] for line in text.splitlines() if line.startswith("COPY ") and "--from" not in line]
    assert copied
    assert [name for names in copied for name in names if not (ROOT / name).exists()] == []


def test_every_setting_that_is_named_exists() -> None:
    texts = [ROOT / "Dockerfile", ROOT / "compose.yaml", *UNITS]
    named = {name for path in texts for name in re.findall(rf"\b{PREFIX}[A-Z_]+\b", path.read_text(encoding="utf-8"))}
    assert named - KNOWN == set()


def test_every_part_of_the_service_is_composed_and_waits_for_what_it_needs() -> None:
    services = compose()["services"]
    assert set(services) == {"web", "worker-0", "worker-1", "database", "knowledge"}
    names = [services[name]["environment"]["COUNTERSIGN_WORKER"] for name in ("worker-0", "worker-1")]
    assert names == ["worker-0", "worker-1"]
    for name in ("web", "worker-0", "worker-1"):
        assert services[name]["depends_on"] == {
            "database": {"condition": "service_healthy"},
            "knowledge": {"condition": "service_healthy"},
        }
    assert all(each["restart"] == "always" for each in services.values())


def test_the_image_has_the_client_tools_of_the_database_that_is_composed() -> None:
    """An older pg_dump refuses the server, and what a newer one writes cannot be put back into it."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    tools = re.findall(r"postgresql-client(\S*)", text)
    server = compose()["services"]["database"]["image"].removeprefix("postgres:")
    assert tools == [f"-{server}"]
    releases = set(re.findall(r"^FROM (\S+)", text, re.MULTILINE))
    assert releases == {"python:3.11-slim-trixie"}, "another Debian has other versions of Postgres"


def test_a_busy_machine_has_time_to_start_the_question_whether_the_service_is_ready() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    (seconds,) = re.findall(r"^HEALTHCHECK .*--timeout=(\d+)s", text, re.MULTILINE)
    assert int(seconds) >= PATIENCE + 5


def test_logs_do_not_fill_the_disk() -> None:
    for name, each in compose()["services"].items():
        assert set(each["logging"]["options"]) == {"max-size", "max-file"}, name


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_never_gives_up_and_keeps_its_files_to_itself(unit: Path) -> None:
    lines = unit.read_text(encoding="utf-8").splitlines()
    assert {"Restart=always", "StartLimitIntervalSec=0", "UMask=0077"} <= set(lines)


def _seconds(text: str) -> int:
    assert text.endswith("s")
    return int(text[:-1])


def test_every_part_of_ours_is_locked_in_and_has_time_to_stop() -> None:
    services = {name: each for name, each in compose()["services"].items() if each["image"] == "countersign:local"}
    assert len(services) == 4
    for name, each in services.items():
        assert (each["read_only"], each["tmpfs"], each["cap_drop"]) == (True, ["/tmp"], ["ALL"]), name  # noqa: S108
        assert each["security_opt"] == ["no-new-privileges:true"], name
        assert each["init"], f"{name}: as process 1 a program gets no signal that it does not ask for"
        if name != "knowledge":
            units = [unit.read_text(encoding="utf-8") for unit in UNITS]
            assert {f"TimeoutStopSec={_seconds(each['stop_grace_period'])}" in unit for unit in units} == {True}


def test_connections_of_a_part_that_vanished_do_not_fill_the_database() -> None:
    command = " ".join(compose()["services"]["database"]["command"])
    assert re.search(r"-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2", command)


def test_nothing_of_ours_is_missing_in_the_wheel_of_the_image(tmp_path: Path) -> None:
    """Built from what the image copies and from nothing else."""
    source, packages = tmp_path / "src", ("agent", "tools", "knowledge", "evals", "server")
    listed = subprocess.run(["git", "ls-files", *packages], cwd=ROOT, capture_output=True, text=True, check=True)
    ours = {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = {name for line in re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE) for name in line.split()}
    assert copied >= set(packages)
    for name in (*sorted(ours), *(each for each in copied if (ROOT / each).is_file())):
        if name.partition("/")[0] in copied:
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, source / name)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "wheel")]
    subprocess.run(build, cwd=source, check=True, capture_output=True, timeout=60)
    [wheel] = (tmp_path / "wheel").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    assert ours - inside == set()


def test_what_builds_the_wheel_is_locked() -> None:
    """The names that the script takes out of the lock are all that hatchling needs, and each is there with its hash."""
    script = (ROOT / "scripts" / "wheel_tools.sh").read_text(encoding="utf-8")
    [names] = re.findall(r"\^\(([\w|-]+)\)==", script)
    lock = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    assert [name for name in names.split("|") if not re.search(rf"^{name}==\S+ \\\n +--hash", lock, re.MULTILINE)] == []
    needed = {re.split(r"[^\w-]", each)[0] for each in requires("hatchling") or () if "extra ==" not in each}
    assert needed - {"tomli"} <= set(names.split("|"))


def test_nothing_listens_beyond_this_machine() -> None:
    ports = [port for each in compose()["services"].values() for port in each.get("ports", ())]
    assert ports == ["127.0.0.1:8321:8321"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_takes_the_unit(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed, so the unit is not checked")
    # What is installed in /opt on a server is not there in a test: any program stands for ours.
    text = unit.read_text(encoding="utf-8").replace("/opt/countersign/.venv/bin/countersign", "/bin/true")
    name = unit.name.replace("@.", "@0.")
    (tmp_path / name).write_text(text.replace("%i", "0"), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / name)], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr.replace(str(tmp_path), "")) == (0, "")
