"""`datasets`: labelled tickets are built, checked, brought along, and made from what people decided."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from evals.cli.choice import DATASETS, WrongChoice
from evals.cli.output import safe, say
from evals.cli.running import MISSED, place_of, program_of

OUT = typer.Option("--out", help="Where to write them.", dir_okay=False)
datasets = typer.Typer(name="datasets", help="Labelled tickets: build, check, bring your own.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(datasets)
    datasets.command(short_help="Write the shipped data sets anew.")(build)
    datasets.command(short_help="Is a text shared with the training data?")(check)
    datasets.command("import", short_help="Load your own labelled tickets.")(bring)
    datasets.command(short_help="Write down what people decided.")(history)
    datasets.command(short_help="Make a data set of approved candidates.")(approve)


def build() -> None:
    """Write the shipped data sets anew from `evals/datasets/written`; splits that were given stay."""
    from evals.building import rebuild
    from tools.connectors.demo import generate

    for name, count in rebuild(generate()).items():
        say(f"{name:14} {count} samples")


def check(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Data sets; the shipped ones when left out.", metavar="FILE")
    ] = None,
    examples: Annotated[
        Path | None, typer.Option(help="Your own training file (columns text,label) to compare with as well.")
    ] = None,
) -> None:
    """Is a text shared with what the classifier was trained on? Exit code 1 when one is."""
    from evals.leaks import brought_texts, inbox_texts, leaks, training_texts
    from evals.sample import load_samples

    samples = [sample for path in files or sorted(DATASETS.glob("*.jsonl")) for sample in load_samples(path)]
    known = training_texts() | inbox_texts() | (brought_texts(examples) if examples else {})
    found = leaks({f"{sample.dataset}/{sample.id}": sample.text for sample in samples}, known)
    for leak in found:
        say(safe(str(leak)))
    say(f"{len(samples)} samples against {len(known)} texts: {len(found)} too near")
    raise typer.Exit(MISSED if found else 0)


def bring(
    file: Annotated[Path, typer.Argument(help="Labelled tickets, .csv or .jsonl.")],
    out: Annotated[Path, OUT],
) -> None:
    """Load your own labelled tickets as a data set. What cannot be used is named; exit code 1 when something was."""
    from evals.importing import import_samples, write_samples

    _another(file, out)
    found = import_samples(file)
    _named(found.problems)
    if found.unread:
        _named([f"Columns that were not read: {', '.join(f'`{name[:60]}`' for name in found.unread[:40])}"])
    if not found.samples:
        say(f"Nothing in {file} could be used, so {out} was not written")
        raise typer.Exit(MISSED)
    write_samples(found.samples, out)
    say(f"{len(found.samples)} samples in {out}; {len(found.problems)} lines left out")
    raise typer.Exit(MISSED if found.problems else 0)


def history(context: typer.Context, out: Annotated[Path, OUT]) -> None:
    """Write down what people decided, without personal data, for somebody to read before it counts."""
    from evals.history import candidates, write_candidates

    count = write_candidates(candidates(place_of(context).past()), out)
    say(f"{count} candidates in {out}")
    if count:
        say("Read them, put right what is wrong, and write a lead's name behind `approved_by` in those to keep. Then:")
        say(f"  {program_of(context)} datasets approve {out} --out history.jsonl")


def approve(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="What `history` wrote, with names behind `approved_by`.")],
    out: Annotated[Path, OUT],
) -> None:
    """Make a data set of the candidates that a lead stands for; exit code 1 when a line could not be used."""
    from agent.limits import load_limits
    from evals.history import approved
    from evals.importing import write_samples

    _another(file, out)
    samples, problems = approved(file, load_limits(place_of(context).sources.limits))
    _named(problems)
    if not samples:
        say(f"Nobody stands for a line of {file} yet (`approved_by`), so {out} was not written")
        raise typer.Exit(MISSED if problems else 0)
    write_samples(samples, out)
    say(f"{len(samples)} samples in {out}; {len(problems)} lines left out for what is wrong with them")
    raise typer.Exit(MISSED if problems else 0)


def _another(file: Path, out: Path) -> None:
    """What somebody labelled by hand is never written over."""
    if out.exists() and out.samefile(file):
        raise WrongChoice(f"--out is the file that is read; name another than {file}")


def _named(problems: Iterable[object]) -> None:
    for problem in problems:
        sys.stderr.write(f"{safe(str(problem))}\n")
