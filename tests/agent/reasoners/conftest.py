from __future__ import annotations

import ipaddress
import socket
from collections.abc import Generator
from pathlib import Path

import pytest

from server.demo import create_brand
from server.settings import Settings
from tests.agent.reasoners.world import Desk, open_desk
from tests.fakes.model_server import ModelServer
from tools.connectors.demo import DemoWorld, generate


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that would reach a real model fails."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: tuple[str, int] | str) -> None:
        if not isinstance(address, str) and not ipaddress.ip_address(address[0]).is_loopback:
            raise AssertionError(f"a test wants to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def world() -> DemoWorld:
    return generate(scale=500)


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory, world: DemoWorld) -> Path:
    """The demo brand in a folder, made once; whoever changes it takes a copy."""
    folder = tmp_path_factory.mktemp("brand")
    create_brand(Settings(data_dir=str(folder)), world)
    return folder


@pytest.fixture(scope="module")
def desk(demo_folder: Path, world: DemoWorld) -> Generator[Desk]:
    tickets = {ticket.id: ticket for ticket in world.tickets}
    with open_desk(demo_folder, tickets, {label.ticket_id: label for label in world.labels}) as desk:
        yield desk


@pytest.fixture(scope="session")
def model_server() -> Generator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture
def server(model_server: ModelServer) -> Generator[ModelServer]:
    """A server without a script. Whatever is asked beyond it, or left of it, fails the test."""
    model_server.forget()
    yield model_server
    assert model_server.surprises == []
    assert model_server.left == 0
