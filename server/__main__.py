"""The `countersign` command. Importing this is cheap: each command imports its own stack when it runs."""

from __future__ import annotations

import sys

import typer

from server.cli import approvals, audit, batch, cases, demo, doctor, knowledge, playbooks, store, tickets

app = typer.Typer(
    name="countersign",
    help="Support for a small shop: sourced drafts, signed-off refunds, each effect exactly once.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (demo, tickets, cases, approvals, store, knowledge, playbooks, batch, audit, doctor):
    module.register(app)


def main() -> None:
    """Run the command line and leave with its exit code."""
    from server.cli.edge import run
    from server.settings import harden

    harden()
    sys.exit(run(app))


if __name__ == "__main__":
    main()
