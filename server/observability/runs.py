"""Around every run of a case: what it logs names the case, one line says what came of it, and it leaves spans."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from server.observability.context import about_case
from tools.errors import ToolError

if TYPE_CHECKING:
    from agent.repositories import CaseRecord
    from server.costs import Prices
    from server.jobs.queue import Job
    from server.observability.traces import Tracing

T = TypeVar("T")
ReadCase = Callable[[str], "CaseRecord | None"]
_log = logging.getLogger("server.runs")


def watched(
    carry_out: Callable[[Job], T], read: ReadCase, tracing: Tracing | None, prices: Prices | None = None
) -> Callable[[Job], T]:
    """The same work, watched: whether it can be described or not, it is done."""

    def known(case_id: str) -> CaseRecord | None:
        try:
            return read(case_id)
        except ToolError:
            return None

    def watching(job: Job) -> T:
        with tracing.run(job.kind, job.case_id) if tracing else about_case(job.case_id) as span:
            line = _Line(job=job, before=known(job.case_id), started=time.perf_counter())
            begun = time.time_ns()
            try:
                result = carry_out(job)
            except BaseException:
                line.tell(logging.ERROR, "failed", None, prices)
                raise
            after = known(job.case_id)
            line.tell(logging.INFO, after.status.value if after else "done", after, prices)
            if tracing and span:
                tracing.describe(span, line.before, after, begun)
            return result

    return watching


@dataclass(frozen=True, kw_only=True)
class _Line:
    """What is said of one run: how it ended, how long it took, and what it spent on a model."""

    job: Job
    before: CaseRecord | None
    started: float

    def tell(self, level: int, status: str, after: CaseRecord | None, prices: Prices | None) -> None:
        facts: dict[str, object] = {
            "run": self.job.kind,
            "status": status,
            "attempt": self.job.attempt,
            "milliseconds": round((time.perf_counter() - self.started) * 1000, 1),
        }
        if after is not None:
            calls, into, out = (now - was for now, was in zip(_spent(after), _spent(self.before), strict=True))
            facts |= {"model_calls": calls, "input_tokens": into, "output_tokens": out}
            if prices is not None and calls:
                facts["cost"] = prices.said(into, out)
        _log.log(level, "%s %s", self.job.kind, status, extra={"facts": facts})


def _spent(record: CaseRecord | None) -> tuple[int, int, int]:
    """On the case so far."""
    return (record.model_calls, record.input_tokens, record.output_tokens) if record else (0, 0, 0)
