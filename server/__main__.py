"""The `countersign` command. Importing this is cheap: each command imports its own stack when it runs."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Annotated, NoReturn

import typer

from server.cli import (
    approvals,
    audit,
    backup,
    batch,
    cases,
    demo,
    doctor,
    evals,
    health,
    knowledge,
    people,
    playbooks,
    serve,
    store,
    switch,
    tickets,
)
from server.cli.output import WIDTH
from server.cli.shape import CommandGroup

app = typer.Typer(
    name="countersign",
    help="Support for a small shop: sourced drafts, signed-off refunds, each effect exactly once.",
    cls=CommandGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"max_content_width": WIDTH, "help_option_names": ["--help", "-h"]},
)
for module in (
    demo,
    serve,
    tickets,
    cases,
    approvals,
    store,
    knowledge,
    playbooks,
    people,
    batch,
    switch,
    audit,
    evals,
    backup,
    health,
    doctor,
):
    module.register(app)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        sys.stdout.write(f"countersign {version('countersign')}\n")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Support for a small shop: sourced drafts, signed-off refunds, each effect exactly once."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    from server.cli.edge import run
    from server.settings import harden
    from server.startup import begin

    begin()
    harden()
    _with_streams()
    _leave(run(app))


def _with_streams() -> None:
    """Who closed a stream (`>&-`) wants nothing of it; the interpreter leaves None there, which nobody expects."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))


def _leave(code: int) -> NoReturn:
    """End at once. All that is ours is closed by now; taking the interpreter apart would only cost time.

    After a Ctrl-C it might never end: Python waits for a thread whose pool was interrupted while it started it.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
