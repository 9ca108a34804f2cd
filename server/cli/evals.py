"""`countersign evals`: the harness that says whether a change made things better, started as the program it is."""

from __future__ import annotations

import subprocess
import sys

import typer

ANYTHING = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": list[str]()}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("evals", context_settings=ANYTHING, short_help="Run labelled tickets and score them.")(evals)


def evals(context: typer.Context) -> None:
    """Run labelled tickets and score them; `countersign evals --help` lists what it can do."""
    # The product must not know its judge: nothing here imports it.
    ended = subprocess.run([sys.executable, "-m", "evals.subcommand", *(context.args or ["--help"])], check=False)  # noqa: S603
    raise typer.Exit(ended.returncode)
