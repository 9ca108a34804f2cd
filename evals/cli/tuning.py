"""`tune-encoder`: the shipped change of the sentence encoder, made anew from the shipped examples."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from evals.cli.output import say
from evals.cli.running import MISSED


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("tune-encoder", short_help="Make the tuned encoder anew.")(tune)


def tune(
    out: Annotated[Path | None, typer.Option(help="The folder to write to; agent/triage when left out.")] = None,
) -> None:
    """Make tuned.npz and tuned.json from the shipped examples: 25 minutes of a core, needs torch, always the same."""
    from agent.triage import shipped_examples
    from agent.triage.tuned import HERE
    from evals.tuning.recipe import Recipe, TorchMissing, tune_encoder

    with tempfile.TemporaryDirectory() as scratch:
        try:
            settled = tune_encoder(shipped_examples(), out or HERE, Path(scratch), Recipe(), say)
        except TorchMissing as error:
            say(str(error))
            raise typer.Exit(MISSED) from None
    say(f"{out or HERE}/tuned.npz: {settled.model_dump_json(indent=2)}")
