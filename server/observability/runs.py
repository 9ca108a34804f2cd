"""Around every run of a case: what it logs names the case, and it leaves spans when that is configured."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from server.observability.context import about_case

if TYPE_CHECKING:
    from server.jobs.queue import Job
    from server.observability.traces import ReadCase, Tracing

T = TypeVar("T")


def watched(carry_out: Callable[[Job], T], read: ReadCase, tracing: Tracing | None) -> Callable[[Job], T]:
    """The same work, watched."""

    def watching(job: Job) -> T:
        with tracing.run(job.kind, job.case_id, read) if tracing else about_case(job.case_id):
            return carry_out(job)

    return watching
