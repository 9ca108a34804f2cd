"""The report as Markdown: for a pull request, a terminal, an archive. What customers wrote stands in fences only."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence

from agent.case import Evidence
from evals.log import EvalLog
from evals.metrics import Share
from evals.report.cards import Card, Changed, Outcome, arguments_of, cards_of, shown_of
from evals.report.summary import Summary, summary_of
from evals.versions import WHO_SIGNS, of_own_limits
from tools.actions import Action

MOST_TRANSCRIPTS = 50
_MOST_MISTAKES = 15


def markdown_of(log: EvalLog, most: int = MOST_TRANSCRIPTS, *, held_out: bool = True) -> str:
    """The whole report; at most so many failures with their transcript, the others by name.

    Held-out ones are in every figure and among the failures only with `held_out`.
    """
    cards = cards_of(log)
    summary = summary_of(log, cards)
    parts = (
        _head(summary),
        _scorers(summary),
        _quality(summary),
        _groups(summary),
        _triage(summary),
        _cost(summary),
        _failures(shown_of(cards, held_out=held_out), most, _wrong(cards)),
    )
    return "\n".join(line for part in parts for line in part) + "\n"


def plain(text: str) -> str:
    """Foreign text inside a line or a cell: no markup, no HTML, no line break."""
    flat = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"([\\`*_\[\]|#~!])", r"\\\1", html.escape(flat, quote=False))


def fenced(text: str) -> Iterator[str]:
    """Foreign text as a block; the fence is longer than any inside it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}text"
    yield text
    yield fence


def _head(summary: Summary) -> Iterator[str]:
    header, footer = summary.log.header, summary.log.footer
    counts = ", ".join(f"{summary.outcomes.get(each, 0)} {each}" for each in Outcome)
    yield f"# Evaluation: {plain(header.task)}"
    yield ""
    yield f"{counts}; passed {_share(summary.passed)}."
    yield ""
    yield "| solver | approver | samples | epochs | seed | data set | seconds |"
    yield "|---|---|--:|--:|--:|---|--:|"
    yield (
        f"| {plain(header.solver)} | {plain(header.approver)} | {header.samples} | {header.epochs} | {header.seed} "
        f"| `{header.versions.dataset[:12]}` | {footer.seconds:.1f} |"
    )
    yield ""
    if of_own_limits(header.versions.solver):
        yield WHO_SIGNS
        yield ""
    yield "Versions: " + (", ".join(f"{plain(k)} `{plain(v)}`" for k, v in header.versions.solver.items()) or "none")
    yield ""


def _scorers(summary: Summary) -> Iterator[str]:
    yield "## Scorers"
    yield ""
    yield "| scorer | n | wholly right | 95 % interval | mean | before the guard | unscored |"
    yield "|---|--:|--:|---|--:|--:|--:|"
    for each in summary.scorers:
        interval = f"{each.right.low:.1%} to {each.right.high:.1%}" if each.right.n else ""
        before = _share(each.proposed, counts=False) if each.proposed else ""
        yield (
            f"| {plain(each.name)} v{each.version} | {each.right.n} | {_share(each.right, counts=False)} | {interval} "
            f"| {_number(each.mean)} | {before} | {each.unscored} |"
        )
    yield ""
    metrics = summary.log.footer.metrics
    if metrics:
        yield "| figure | value | 95 % interval | n |"
        yield "|---|--:|---|--:|"
        for metric in metrics:
            known = metric.low is not None and metric.high is not None
            interval = f"{metric.low:.3f} to {metric.high:.3f}" if known else ""
            yield f"| {plain(metric.name)} | {_number(metric.value)} {plain(metric.unit)} | {interval} | {metric.n} |"
        yield ""


def _quality(summary: Summary) -> Iterator[str]:
    found = summary.quality
    if found is None:
        return
    yield f"## Draft quality: {found.value:.1f} of 100 ({found.n} drafts, {found.vetoed} at 0 by a veto)"
    yield ""
    yield "| part | weight | mean | n | why |"
    yield "|---|--:|--:|--:|---|"
    for each in found.parts:
        yield f"| {each.scorer} | {each.points} | {_number(each.mean)} | {each.n} | {plain(each.why)} |"
    yield ""


def _groups(summary: Summary) -> Iterator[str]:
    yield "## By kind, split and intent"
    yield ""
    yield "| | | passed |"
    yield "|---|---|--:|"
    for each in summary.groups:
        yield f"| {each.by} | {plain(each.name)} | {_share(each.passed)} |"
    yield ""


def _triage(summary: Summary) -> Iterator[str]:
    table, sure = summary.confusion, summary.calibration
    if table is None:
        return
    yield f"## Triage ({table.n} labelled)"
    yield ""
    yield f"Macro-F1 {_number(table.macro_f1())}, accuracy {_number(table.accuracy)}."
    yield ""
    yield "| right | taken for | times |"
    yield "|---|---|--:|"
    for gold, said, times in table.mistakes()[:_MOST_MISTAKES]:
        yield f"| {plain(gold)} | {plain(said)} | {times} |"
    yield ""
    if sure is not None:
        yield f"Calibration error (ECE) {sure.ece:.3f}, Brier {sure.brier:.3f}."
        yield ""
        yield "| sure | n | mean confidence | right |"
        yield "|---|--:|--:|--:|"
        for each in sure.bins:
            yield f"| {each.low:.0%} to {each.high:.0%} | {each.n} | {each.confidence:.1%} | {each.accuracy:.1%} |"
        yield ""
    if summary.abstention:
        yield "| left to a person below | answered | right of those | n |"
        yield "|--:|--:|--:|--:|"
        for point in summary.abstention:
            yield f"| {point.bar:.1%} | {point.coverage:.1%} | {point.accuracy:.1%} | {point.n} |"
        yield ""


def _cost(summary: Summary) -> Iterator[str]:
    spent = summary.spending
    yield "## Time and cost"
    yield ""
    yield (
        f"{spent.model_calls} model calls, {spent.input_tokens} tokens in, {spent.output_tokens} out, {spent.cost} "
        f"({spent.cost_each} a ticket)."
    )
    yield ""
    yield "| step | n | p50 ms | p95 ms | slowest ms |"
    yield "|---|--:|--:|--:|--:|"
    for each in (*((summary.whole,) if summary.whole else ()), *summary.steps):
        yield f"| {plain(each.name)} | {each.n} | {each.p50:.1f} | {each.p95:.1f} | {each.most:.1f} |"
    yield ""


def _wrong(cards: Iterable[Card]) -> list[Card]:
    return [card for card in cards if card.outcome in (Outcome.FAILED, Outcome.ERROR)]


def _failures(cards: Iterable[Card], most: int, every: Sequence[Card]) -> Iterator[str]:
    wrong = _wrong(cards)
    yield f"## Failures ({len(every)})"
    yield ""
    if not every:
        yield "None."
    if hidden := len(every) - len(wrong):
        yield f"{hidden} of held-out tickets are not shown, so that nobody tunes to them; `--held-out` shows them."
        yield ""
    for card in wrong[:most]:
        yield from _transcript(card)
    if len(wrong) > most:
        yield f"### {len(wrong) - most} more, by name"
        yield ""
        for card in wrong[most:]:
            yield f"- {plain(card.name)}: {plain(card.why)}"


def _transcript(card: Card) -> Iterator[str]:
    sample, episode = card.result.sample, card.result.episode
    yield f"### {plain(card.name)} ({card.outcome})"
    yield ""
    yield f"{sample.kind}, {sample.split}, {plain(card.intent)}. {plain(sample.note)}".strip()
    yield ""
    if episode.error:
        yield from _listed("The run failed", [episode.error])
    yield from _listed("Scores", [f"{score.scorer}: {score.explanation}" for score in card.objections])
    yield from _listed("Expected", [f"{what}: {value}" for what, value in card.expected])
    yield "**Ticket**" + (f": {plain(sample.ticket.subject)}" if sample.ticket.subject else "")
    yield ""
    for message in sample.ticket.messages:
        yield from fenced(f"{message.author} {message.sender}\n\n{message.text}".strip())
        yield ""
    yield from _understood(card)
    yield from _draft(card)
    yield from _judged(card)
    yield from _listed("World", [f"{each.how} {each.noun} {each.id}: {_fields(each)}" for each in card.changes])


def _understood(card: Card) -> Iterator[str]:
    said, known = card.result.episode.classification, card.result.episode.investigation
    if said is not None:
        yield f"**Understood** {plain(said.intent)} ({said.confidence:.0%}), {plain(said.language)}, {said.urgency}"
        yield ""
    if known is not None:
        evidence = [f"{_named(item)} ({item.source}, {item.as_of:%Y-%m-%d %H:%M})" for item in known.evidence]
        passages = [f"passage {passage.passage_id}" for passage in known.passages]
        yield from _listed("Evidence", [*evidence, *passages, *(f"failed: {each}" for each in known.failures)])


def _named(item: Evidence) -> str:
    """An id often says the kind already."""
    return item.id if item.id.startswith(item.kind) else f"{item.kind} {item.id}"


def _draft(card: Card) -> Iterator[str]:
    for title, pieces in (("What the reasoner meant", card.meant), ("Draft", card.draft)):
        if pieces:
            yield f"**{title}**"
            yield ""
            yield from fenced("".join(piece.text for piece in pieces))
            yield ""
            stated = [f"{p.text.strip()} ({p.kind}): {', '.join(p.sources) or 'no source'}" for p in pieces if p.kind]
            yield from _listed("Rests on", stated)
    proposal = card.result.episode.proposal
    if proposal is not None:
        yield from _listed("Proposed", [_action(each) for each in proposal.actions])


def _action(action: Action) -> str:
    return f"{action.kind}: {', '.join(f'{name} {value}' for name, value in arguments_of(action).items())}"


def _fields(change: Changed) -> str:
    if change.how == "changed":
        return "; ".join(f"{name} {old or '∅'} → {new or '∅'}" for name, old, new in change.fields)
    return "; ".join(f"{name} {old or new}" for name, old, new in change.fields)


def _judged(card: Card) -> Iterator[str]:
    episode = card.result.episode
    if episode.verdict is not None:
        rules = [f"{v.rule}: {v.message}" for v in episode.verdict.every_violation()]
        yield from _listed(f"Verdict: {episode.verdict.verdict}", rules or ["no rule objected"])
    asked = [
        f"{each.kind} by {each.required_role}: "
        + (f"{each.decision.kind} by {each.decision.by}" if each.decision else str(each.status))
        for each in episode.requests
    ]
    yield from _listed("Asked", asked)
    yield from _listed("Done", [f"{each.action.kind}: {each.status}" for each in episode.ledger])


def _listed(title: str, rows: Iterable[str]) -> Iterator[str]:
    found = [f"- {plain(row)}" for row in rows]
    if found:
        yield f"**{plain(title)}**"
        yield ""
        yield from found
        yield ""


def _share(of: Share, *, counts: bool = True) -> str:
    if of.value is None:
        return "none"
    return f"{of.value:.1%} ({of.count} of {of.n}, {of.low:.1%} to {of.high:.1%})" if counts else f"{of.value:.1%}"


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"
