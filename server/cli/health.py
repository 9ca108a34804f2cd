"""`countersign health`: whether the service on this machine takes work, for whoever watches over it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Annotated, cast

import typer

from server.cli.output import JSON_OPTION, complain, emit, say

NOT_READY = 1
PATIENCE = 3
"""Seconds for an answer. Whoever runs the command gives it more: the program itself has to start."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("health", short_help="Whether the service on this machine is ready.")(health)


def health(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where it listens.")] = 8321,
    host: Annotated[str, typer.Option(help="The address it listens on.")] = "127.0.0.1",
    as_json: bool = JSON_OPTION,
) -> None:
    """Ask the service whether it is ready. Exit code 0: it is; 1: it is not, or nothing answers."""
    ready, said = _asked(f"http://{host}:{port}/ready")
    if as_json:
        emit({"ready": ready, **said})
    elif ready:
        say("Ready.")
    else:
        complain(f"Not ready: {said.get('detail') or said.get('checks') or said}")
    if not ready:
        raise typer.Exit(NOT_READY)


def _asked(url: str) -> tuple[bool, dict[str, object]]:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310 - http on an address that a person named
            return True, _document(answer.read())
    except urllib.error.HTTPError as error:
        return False, _document(error.read())
    except OSError as error:
        return False, {"detail": f"nothing answers at {url} ({error})"}


def _document(content: bytes) -> dict[str, object]:
    try:
        found: object = json.loads(content)
    except ValueError:
        return {"detail": "the answer is no JSON: something else listens there"}
    return cast("dict[str, object]", found) if isinstance(found, dict) else {"detail": found}
