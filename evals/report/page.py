"""The report as one HTML file: opens from a disk without network, and nothing a customer wrote can run in it.

Every value is escaped by the template engine, and the page's own policy lets only our script run: by its hash.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from evals.log import EvalLog
from evals.report.cards import Card, Outcome, arguments_of, as_text, cards_of, shown_of
from evals.report.charts import abstention_plot, calibration_plot, histogram
from evals.report.summary import summary_of
from evals.versions import WHO_SIGNS, of_own_limits

if TYPE_CHECKING:
    from jinja2 import Environment

_FILES = Path(__file__).parent / "files"
FULL_UP_TO = 200
"""Up to so many results all have their transcript; beyond, those that passed are a line."""


def page_of(log: EvalLog, *, full_up_to: int = FULL_UP_TO, held_out: bool = True) -> str:
    """The page. Failures, errors and unscored results always have their transcript, held-out ones with `held_out`."""
    every = cards_of(log)
    summary = summary_of(log, every)
    cards = shown_of(every, held_out=held_out)
    script, style = _own("report.js"), _own("report.css")
    return (
        _templates()
        .get_template("report.html")
        .render(
            summary=summary,
            note=WHO_SIGNS if of_own_limits(log.header.versions.solver) else "",
            cards=cards,
            hidden=len(every) - len(cards),
            full={card.number for card in cards if len(cards) <= full_up_to or card.outcome is not Outcome.PASSED},
            outcomes=tuple(Outcome),
            filters=_filters(cards),
            calibration=calibration_plot(summary.calibration) if summary.calibration else Markup(""),
            abstention=abstention_plot(summary.abstention) if summary.abstention else Markup(""),
            speed=histogram([second * 1000 for second in summary.seconds], "milliseconds", "Time for a ticket"),
            arguments_of=arguments_of,
            as_text=as_text,
            script=Markup(script),  # noqa: S704 - our own file
            style=Markup(style),  # noqa: S704 - our own file
            policy=f"default-src 'none'; base-uri 'none'; form-action 'none'; "
            f"script-src {_hash(script)}; style-src {_hash(style)}",
        )
    )


def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_FILES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _own(name: str) -> str:
    return (_FILES / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    """As a browser's content policy names an inline script or style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _filters(cards: tuple[Card, ...]) -> dict[str, list[str]]:
    """What can be chosen, by filter; a filter with one choice is of no use."""
    found = {
        "outcome": [each.value for each in Outcome if any(card.outcome is each for card in cards)],
        "scorer": sorted({name for card in cards for name in (*card.failed, *card.short)}),
        "kind": sorted({card.result.sample.kind.value for card in cards}),
        "split": sorted({card.result.sample.split.value for card in cards}),
        "intent": sorted({card.intent for card in cards} - {""}),
    }
    return {name: choices for name, choices in found.items() if len(choices) > 1 or (name == "scorer" and choices)}
