"""`run`, `compare`, `gate`, `report`: what is asked of the harness day by day."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evals.cli.choice import Choice, Place, WrongChoice
from evals.cli.output import progress_bar, say, show_comparison, show_figures, show_verdicts

if TYPE_CHECKING:
    from evals.log import EvalLog, Header
    from evals.task import Task
    from evals.versions import Sources

MISSED = 1
DATASET = typer.Option(
    help="A data set (JSONL), may be repeated; the shipped ones when left out.",
    exists=True,
    dir_okay=False,
    metavar="FILE",
)
SPLIT = typer.Option(
    help="tune, held_out or all, the default; with --fast that of the fast gate.", metavar="SPLIT", show_default=False
)
PROCESSES = typer.Option(help="Worker processes.", min=1, max=64)
HELD_OUT = typer.Option("--held-out", help="Show held-out tickets one by one too; do not tune to what you see.")
JSON = typer.Option("--json", help="Print JSON and nothing else.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(short_help="Run labelled tickets, score them, write the log.")(run)
    app.command(short_help="Hold figures against thresholds.")(gate)
    app.command(short_help="What moved between two runs.")(compare)
    app.command(short_help="Write a run down for people.")(report)
    app.command(short_help="Accept the figures of a run.")(accept)


def run(
    context: typer.Context,
    dataset: Annotated[list[Path] | None, DATASET] = None,
    split: Annotated[str, SPLIT] = "",
    sample: Annotated[
        list[str] | None, typer.Option("--id", help="Only this sample; may be repeated.", metavar="ID")
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(help="Only samples of this kind, intent or tag; all that are given.", metavar="TAG"),
    ] = None,
    fast: Annotated[bool, typer.Option("--fast", help="Only the few samples of the fast gate.")] = False,
    limit: Annotated[int, typer.Option(help="Only so many.", min=0)] = 0,
    approver: Annotated[
        str, typer.Option(help="approve_all, reject_all, by_label, adversarial, up_to:50.00 USD.")
    ] = "approve_all",
    broken: Annotated[str, typer.Option(help="A reasoner that is broken on purpose, by name.")] = "",
    epochs: Annotated[int, typer.Option(help="How often each sample is run, for pass^k.", min=1, max=100)] = 1,
    processes: Annotated[int, PROCESSES] = 2,
    out: Annotated[Path | None, typer.Option(help="Where the log is written.", dir_okay=False)] = None,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Run labelled tickets through the real graph, score them, write the log.

    Interrupted, the same command goes on where it stopped. A run that was made before is shown, not made again.
    """
    from evals.cli.choice import task_of

    place = place_of(context)
    choice = Choice(
        dataset=dataset or (),
        split=_split(split or usual_split(fast=fast)),
        ids=sample or (),
        tags=tag or (),
        fast=fast,
        limit=limit,
        approver=approver,
        broken=broken,
        epochs=epochs,
    )
    log, path = log_of(task_of(choice, place), place, out, processes)
    if as_json:
        say(
            json.dumps({"log": str(path), "metrics": [metric.model_dump(mode="json") for metric in log.footer.metrics]})
        )
        return
    show_figures(log)
    say(f"Log: {path}\nRead it: {program_of(context)} report {path}")


def gate(
    context: typer.Context,
    log: Annotated[Path | None, typer.Argument(help="A finished log; without one, a run is made.")] = None,
    fast: Annotated[bool, typer.Option("--fast", help="The fixed few samples, not everything held out.")] = False,
    thresholds: Annotated[Path | None, typer.Option(help="Your own thresholds.yaml.", dir_okay=False)] = None,
    processes: Annotated[int, PROCESSES] = 2,
) -> None:
    """Hold the figures against the thresholds; exit code 1 when one is missed."""
    from evals.cli.choice import task_of
    from evals.gate import SHIPPED, judge, load_thresholds, unfit
    from evals.log import read_log

    bars = load_thresholds(thresholds or SHIPPED)
    stage = bars.fast if fast else bars.full
    place = place_of(context)
    if log is None:
        task = task_of(Choice(split=stage.split.value, fast=fast), place)
        found, _ = log_of(task, place, None, processes)
    else:
        found = read_log(log)
        if reasons := unfit(stage, found):
            wanted = "--fast" if fast else f"--split {stage.split.value}"
            made = f"`python -m evals run {wanted}` makes one"
            raise WrongChoice(f"{log} is no run for this gate: {'; '.join(reasons)}; {made}")
    verdicts = judge(stage, found.metrics)
    show_verdicts(verdicts)
    missed = [verdict.name for verdict in verdicts if not verdict.ok]
    missed += _worse(found, program_of(context), whole=not fast)
    say(f"The gate stays shut: {', '.join(missed)}" if missed else "The gate is open.")
    raise typer.Exit(MISSED if missed else 0)


def compare(
    before: Annotated[Path, typer.Argument(help="The log of the earlier run.")],
    after: Annotated[Path, typer.Argument(help="The log of the later run.")],
    held_out: Annotated[bool, HELD_OUT] = False,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Two runs of the same samples: what moved beyond chance, and which tickets flipped, side by side.

    Held-out tickets that flipped are counted and not shown, so that nobody tunes to them.
    """
    from evals.compare import compare as held_against
    from evals.log import read_log

    found = held_against(read_log(before), read_log(after))
    if as_json:
        say(json.dumps(found.as_json(held_out=held_out)))
    else:
        show_comparison(found, held_out=held_out)


def report(
    log: Annotated[Path, typer.Argument(help="A finished log.")],
    out: Annotated[Path | None, typer.Option(help="The folder to write to; beside the log when left out.")] = None,
    held_out: Annotated[bool, HELD_OUT] = False,
) -> None:
    """Write a run down for people: Markdown, and one HTML page that opens anywhere.

    Held-out tickets are in every figure and not shown, so that nobody tunes to them.
    """
    from evals.log import read_log
    from evals.report import write_report

    for path in write_report(read_log(log), out or log.parent, log.stem, held_out=held_out):
        say(str(path))


def accept(
    log: Annotated[Path, typer.Argument(help="A finished log without errors.")],
    out: Annotated[Path | None, typer.Option(help="Where to keep it; evals/accepted.json when left out.")] = None,
) -> None:
    """Accept the figures of a run: later runs of the same samples must not be clearly worse.

    A prompt that changes afterwards fails the tests until a run with it was accepted.
    """
    from evals.accepted import SHIPPED, accepted_of, write_accepted
    from evals.log import read_log

    accepted = accepted_of(read_log(log))
    write_accepted(accepted, out or SHIPPED)
    say(f"Accepted: {accepted.samples} samples, {accepted.solver}. Kept in {out or SHIPPED}")


def _worse(log: EvalLog, program: str, *, whole: bool) -> list[str]:
    """What got clearly worse since a run of the same samples was accepted, said aloud."""
    from evals.accepted import SHIPPED, of_other_samples, read_accepted, regressions

    if not SHIPPED.exists():
        return []
    accepted = read_accepted()
    if whole and of_other_samples(accepted, log):
        say("The samples are not those of the accepted run, so nothing was compared with it. Read what came of")
        say(f"this one, and accept it: {program} accept LOG")
    found = list(regressions(accepted, log))
    for each in found:
        say(f"Worse than accepted: {each}")
    return [each.partition(" ")[0] for each in found]


def program_of(context: typer.Context) -> str:
    """What was typed to get here: `python -m evals` or `countersign evals`."""
    return context.find_root().info_name or "python -m evals"


def place_of(context: typer.Context) -> Place:
    """What the environment says, as `evals.__main__` found it."""
    made = context.find_object(Place)
    if made is None:
        raise WrongChoice("run this as python -m evals")
    return made


def usual_split(*, fast: bool) -> str:
    """The split of a run that names none: the fast gate's own, so that its log may be held against it."""
    from evals.gate import SHIPPED, load_thresholds

    return load_thresholds(SHIPPED).fast.split.value if fast else "all"


def _split(name: str) -> str:
    if name not in ("tune", "held_out", "all"):
        raise WrongChoice(f'there is no split "{name}"; use tune, held_out or all')
    return name


_WORLD = (
    "Judged in the demo brand's world, its store and its documents; what you wrote yourself is read: {own}.\n"
    "A name, terms or passages of another brand count as faults there. To judge limits or playbooks, leave your\n"
    "voice.yaml out (COUNTERSIGN_VOICE_FILE=knowledge/sources/voice.yaml). {who_signs}\n"
)


def _say_which_world(sources: Sources) -> None:
    from evals.versions import WHO_SIGNS

    shipped = sources.shipped()
    names = ("limits", "voice", "playbooks", "macros")
    own = [name for name in names if getattr(sources, name).resolve() != getattr(shipped, name).resolve()]
    if own:
        sys.stderr.write(_WORLD.format(own=", ".join(own), who_signs=WHO_SIGNS if "limits" in own else ""))


def _made_before(path: Path, header: Header) -> EvalLog | None:
    """The log at `path`, if it is of this very run."""
    from evals.log import LogError, read_log

    try:
        log = read_log(path) if path.exists() else None
    except LogError:
        return None
    return log if log is not None and log.header == header else None


def log_of(task: Task, place: Place, out: Path | None, processes: int) -> tuple[EvalLog, Path]:
    """The log of a task, made now unless exactly this was run before."""
    from evals.figures import figures_of
    from evals.log import header_of, read_log
    from evals.runner import run as run_task
    from evals.runner import the_machine

    _say_which_world(place.sources)
    header = header_of(task)
    path = out or place.logs / f"{task.solver.name}-{header.id}.jsonl"
    log = read_log(path) if out is None and path.exists() else _made_before(path, header)
    if log is not None:
        sys.stderr.write("Nothing has changed since this was run; here is what came of it.\n")
        if log.errors:
            sys.stderr.write(f"{len(log.errors)} samples ended with an error; delete {path} to run them again.\n")
        return log, path
    with progress_bar(f"{task.solver.name}, {task.approver.name}") as progress:
        return run_task(task, path, figures_of, the_machine(), processes=processes, progress=progress), path
