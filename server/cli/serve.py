"""`countersign serve`: the service on a port, until Ctrl-C."""

from __future__ import annotations

import signal
import socket
import sys
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.output import say, show, table
from server.lock import PRIVATE

if TYPE_CHECKING:
    from fastapi import FastAPI

    from server.service import Service
    from server.settings import Settings

PORT = 8321


class PortTaken(Exception):
    """Something else listens there, or the address is not this machine's."""

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(f"port {port} of {host} cannot be used ({why}); name another: --port {port + 1}")


class FolderReadOnly(Exception):
    """The data folder cannot be written."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve", short_help="The service: console, API, sidecar, webhooks.")(serve)


def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where to listen.")] = PORT,
    host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 for every network.")] = "127.0.0.1",
    demo: Annotated[
        bool, typer.Option("--demo", help="The demo brand, with customers who write while you watch.")
    ] = False,
    pace: Annotated[float, typer.Option(min=0.5, help="Seconds between two letters of the demo brand.")] = 20.0,
) -> None:
    """Run the service until Ctrl-C: the console for people, the API and webhooks for programs."""
    from server.settings import Settings

    settings, started = Settings.read(), time.monotonic()
    check_folder(settings)
    if not sys.stderr.isatty():
        _keep_logs(settings)
    signal.signal(signal.SIGTERM, _interrupt)
    if settings.role == "worker":
        _work(settings)
        return
    with closing(listen(host, port)) as listening:
        if demo:
            _create(settings)
        _host(settings, listening, Place(settings, host, port), pace if demo else 0, started)


def _keep_logs(settings: Settings) -> None:
    """Nobody watches: what happens is kept as JSON lines by whoever reads standard error."""
    from server.observability.logs import log_as_json, secrets_of

    log_as_json(secrets_of(settings))


class Place:
    """Where the service is reached."""

    def __init__(self, settings: Settings, host: str, port: int) -> None:
        here = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not listened on
        self.here = f"http://{f'[{here}]' if ':' in here else here}:{port}"
        self.public = settings.public_url.rstrip("/") or self.here


def _interrupt(number: int, frame: FrameType | None) -> None:
    """What a service manager sends ends the service as Ctrl-C does: everything is closed."""
    raise KeyboardInterrupt


def check_folder(settings: Settings) -> None:
    """Raises FolderReadOnly when data could not be kept."""
    probe = settings.data / ".writable"
    try:
        settings.data.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        probe.touch()
        probe.unlink(missing_ok=True)  # another process of the same folder may start now
    except OSError as error:
        raise FolderReadOnly(
            f"{settings.data} cannot be written ({error.strerror}); change its rights, or name another folder with "
            "COUNTERSIGN_DATA_DIR"
        ) from None


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; taken before anything is made, so that nothing is made in vain. Raises PortTaken."""
    found = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        found.listen(256)
    except OSError as error:
        found.close()
        raise PortTaken(host, port, (error.strerror or str(error)).lower()) from None
    return found


def _create(settings: Settings) -> None:
    from server.demo import create_brand, created
    from server.lock import DataLock

    if created(settings):
        return
    with DataLock(settings.data):
        say("Alder & Wren is a small shop for bags, knitwear, mugs and coffee. Creating it: orders, parcels")
        say(f"and policies, in {settings.data}")
        seconds = create_brand(settings, arriving=True)
    say(", ".join(f"{name} {value:.1f} s" for name, value in seconds.items()) + ".")


def _work(settings: Settings) -> None:
    """A worker: no port, until it is told to stop."""
    from server.auth.gate import AccountGate
    from server.serving import open_service

    with open_service(settings, AccountGate.of):
        say(f"{settings.worker} works on cases. Stop it with Ctrl-C; what it has begun is gone on with.")
        with _until_stopped():
            threading.Event().wait()


def _host(settings: Settings, listening: socket.socket, place: Place, pace: float, started: float) -> None:
    from server.app import create_app
    from server.auth.gate import AccountGate
    from server.serving import open_service

    with open_service(settings, AccountGate.of) as service:
        app = create_app(service)
        _greet(service, place)
        if pace:
            threading.Thread(target=_tell_first, args=(service, started), daemon=True).start()
        with _customers(service, pace), _until_stopped():
            _listen_to_requests(app, listening)
    say("Stopped. Nothing is lost; the next start goes on from here.")


def _listen_to_requests(app: FastAPI, listening: socket.socket) -> None:
    import uvicorn

    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, proxy_headers=False, timeout_graceful_shutdown=5
    )
    uvicorn.Server(config).run(sockets=[listening])


@contextmanager
def _until_stopped() -> Generator[None]:
    """Being stopped is how a service ends, and no fault."""
    try:
        yield
    except KeyboardInterrupt:
        say("")


@contextmanager
def _customers(service: Service, pace: float) -> Generator[None]:
    """Those of the demo brand write until the block ends; with a pace of 0 nobody does."""
    from server.simulation import Customers, Simulator

    if not pace or not service.demo:
        yield
        return
    customers = Customers(settings=service.settings, store=service.store, clock=service.clock)
    simulator = Simulator(customers, service.work, pace)
    simulator.start()
    try:
        yield
    finally:
        simulator.stop()


def _tell_first(service: Service, started: float) -> None:
    """How long it took from the command to the first draft that somebody can read."""
    deadline = started + 120
    while time.monotonic() < deadline:
        if any(record.proposal for record in service.database.cases.list(limit=20)):
            say(f"First draft after {time.monotonic() - started:.1f} s.")
            return
        time.sleep(0.1)


def _greet(service: Service, place: Place) -> None:
    """Where it is, how to come in, how to stop it."""
    from server.auth.setup import create_demo_logins, setup_link
    from server.auth.team import Team

    team = Team.of(service)
    say(f"\nCountersign is open at {place.public}\n", "bold")
    if service.demo:
        _tell_logins(create_demo_logins(team), service)
    elif link := setup_link(team, place.public):
        say(f"Nobody can sign in yet. This makes the first account, once: {link}\n")
    say("Stop it with Ctrl-C. Nothing is lost; the next start goes on from here.")


def _tell_logins(logins: Mapping[str, str], service: Service) -> None:
    roles = {person.email: person.role.value for person in service.limits.people}
    show(table(("Sign in as", "Role", "Password, new at each start"), [(e, roles[e], p) for e, p in logins.items()]))
    say("Begin as the lead: what waits for a signature is under Sign-off.\n")
