"""The address of the database, however it is written; and what libraries are told before they are loaded."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from server.settings import Settings
from tools.store.engine import open_engines

ROOT = Path(__file__).resolve().parents[2]
GIVEN_UP = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "2",
    "tcp_user_timeout": "20000",
}


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://countersign:secret@database/countersign",
        "postgresql+psycopg://countersign:pa?ss/w:rd@database:5433/countersign",
        "postgresql://database/countersign",
        "postgresql+psycopg://countersign:secret@/countersign?host=/run/postgresql",
        "postgresql+psycopg://a:b@database/countersign?application_name=x@y&sslmode=require",
    ],
)
def test_a_database_that_vanished_is_given_up_and_the_rest_of_its_address_stays(address: str) -> None:
    before, after = make_url(address), make_url(Settings(database_url=address).database)
    assert dict(after.query) == {**before.query, **GIVEN_UP}
    assert after.set(query=before.query) == before


def test_what_the_address_says_itself_counts() -> None:
    own = "postgresql+psycopg://database/countersign?tcp_user_timeout=5000&connect_timeout=3"
    assert make_url(Settings(database_url=own).database).query["tcp_user_timeout"] == "5000"
    assert make_url(Settings(database_url=own).database).query["connect_timeout"] == "3"


def test_a_file_stays_a_file() -> None:
    assert Settings(data_dir="/data").database == "sqlite:////data/countersign.db"


def test_a_real_connection_is_made_with_it(postgres: str) -> None:
    address = Settings(database_url=postgres).database
    with closing(psycopg.connect(address.replace("postgresql+psycopg://", "postgresql://"))) as connection:
        made = connection.info.get_parameters()
    assert {name: made.get(name) for name in GIVEN_UP} == GIVEN_UP


def test_the_name_of_a_store_shows_no_parameter(postgres: str) -> None:
    engines = open_engines(Settings(database_url=f"{postgres}&password=hunter2&application_name=x").database)
    assert [word for word in ("hunter2", "application_name", "keepalives") if word in engines.name] == []


def test_the_library_of_the_sentence_encoder_reports_to_nobody(tmp_path: Path) -> None:
    """Left alone, it makes an id of this machine in the home folder and sends what it is used for to its maker."""
    code = """
import sys
from pathlib import Path
from server.settings import harden
harden()
from knowledge.minilm import MiniLMEmbedder
print(len(MiniLMEmbedder(Path(sys.argv[1])).embed(["Where is my order?"])))
"""
    home = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "ORT_DISABLE_TELEMETRY": "0"}
    command = [sys.executable, "-c", code, str(Settings.read(env_file=None).prepared)]
    done = subprocess.run(command, cwd=ROOT, env=home, check=True, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "1"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
