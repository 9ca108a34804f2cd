"""CaseQueue: runs on cases, kept in the database until they are done; one at a time for each case."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from pydantic import JsonValue

from tools.errors import StoreError
from tools.store.engine import translated

if TYPE_CHECKING:
    from datetime import datetime

    from dbos import DBOSClient, EnqueueOptions, WorkflowStatus

    from tools.store.local import Transaction

APPLICATION = "countersign"
VERSION = "1"
"""What runs are understood by. Raised only when runs that wait could not be carried out by the newer program."""
CASES = "cases"
"""The queue, with one partition for each case."""
WAITS = ("ENQUEUED", "DELAYED")
ACTIVE = (*WAITS, "PENDING")
FAILED = ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
_LOOK_AGAIN = 0.02
_BATCH = 500
_TRY = " ~"

Payload = Mapping[str, JsonValue]


@dataclass(frozen=True, kw_only=True)
class Job:
    """One run to be: `id` names it for ever, so that asking for it twice is asking once. `after`: seconds to wait."""

    kind: str
    case_id: str
    id: str
    payload: Payload = field(default_factory=dict[str, JsonValue])
    attempt: int = 1
    after: float = 0.0


def tried(run_id: str, name: str) -> str:
    """The id of another try of a run.

    Message ids are part of run ids and have no spaces in them: a try is never taken for another message's run, which
    may have been carried out long ago.
    """
    return f"{run_id.partition(_TRY)[0]}{_TRY}{name}"


class RunFailed(StoreError):
    """A run went wrong for good."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"this went wrong and was not done; the runs say why, and can be begun again ({run_id})")


class CaseQueue:
    """Puts runs into the database and reads what came of them. Any process may; only workers carry them out."""

    def __init__(self, client: DBOSClient, name: str) -> None:
        self._client = client
        self._name = name

    @classmethod
    def open(cls, url: str, name: str, threads: int, seconds: float, *, patient: bool = False) -> Self:
        """Over a database that `server.jobs.engine.prepare` has made ready. `name` is what errors call it.

        A worker's is `patient`: it waits for a database that is away, because a worker must not lose what it wants to
        try later. It also says that every worker carries out `threads` runs at a time and looks for more every so many
        `seconds`.
        """
        from dbos import DBOSClient, DBOSPortableJSONSerializer

        client = DBOSClient(
            system_database_url=url,
            serializer=DBOSPortableJSONSerializer(),
            application_name=APPLICATION,
            retry_connection_errors=patient,
        )
        if patient:
            with translated(name):
                client.register_queue(
                    CASES, worker_concurrency=threads, partition_concurrency=1, polling_interval_sec=seconds
                )
        return cls(client, name)

    def look_every(self, seconds: float) -> None:
        """How often workers look for more, from their next look on. Raises Unavailable."""
        with translated(self._name):
            queue = self._client.retrieve_queue(CASES)
            if queue is not None:
                queue.set_polling_interval_sec(seconds)

    def put(self, job: Job) -> None:
        """Durable when it returns. A run that is known stays as it is. Raises Unavailable."""
        with translated(self._name):
            self._client.enqueue(_options(job), job.case_id, dict(job.payload), job.attempt)

    def put_within(self, transaction: Transaction, job: Job) -> None:
        """The same in a transaction of the same database that the caller commits."""
        self._client.enqueue_in_transaction(transaction, _options(job), job.case_id, dict(job.payload), job.attempt)

    def status(self, run_id: str) -> WorkflowStatus | None:
        """A run by its id, with what came of it."""
        with translated(self._name):
            found = self._client.list_workflows(workflow_ids=[run_id], load_input=False)
        return found[0] if found else None

    def result(self, run_id: str, seconds: float) -> JsonValue:
        """What came of a run; None when it is not done within `seconds`. Raises RunFailed when it went wrong."""
        until = time.monotonic() + seconds
        while True:
            run = self.status(run_id)
            if run is not None and run.status in FAILED:
                raise RunFailed(run_id)
            if run is not None and run.status not in ACTIVE:
                return run.output
            if time.monotonic() >= until:
                return None
            time.sleep(_LOOK_AGAIN)

    def busy(self) -> set[str]:
        """The cases that some run is waiting for or working on."""
        with translated(self._name):
            found = self._client.list_workflows(
                status=list(ACTIVE), queue_name=CASES, load_input=False, load_output=False
            )
        return {run.queue_partition_key for run in found if run.queue_partition_key}

    def named(self, run_ids: Sequence[str]) -> Mapping[str, WorkflowStatus]:
        """Those of these runs that are there, by id."""
        if not run_ids:
            return {}
        with translated(self._name):
            found = self._client.list_workflows(workflow_ids=[*run_ids], load_input=False, load_output=True)
        return {run.workflow_id: run for run in found}

    def failed(self, run_id: str) -> Job | None:
        """What would begin a failed run again, under another id."""
        with translated(self._name):
            found = self._client.list_workflows(workflow_ids=[run_id], status=list(FAILED), load_output=False)
        if not found or found[0].input is None:
            return None
        case_id, payload, *_ = found[0].input["args"]
        again = tried(run_id, uuid.uuid4().hex[:8])
        return Job(kind=found[0].name, case_id=case_id, id=again, payload=payload or {})

    def forget(self, run_id: str) -> None:
        """Delete a run that has ended."""
        with translated(self._name):
            self._client.delete_workflow(run_id)

    def forget_before(self, moment: datetime, kinds: Sequence[str]) -> int:
        """Delete runs of these kinds that ended before a moment; how many."""
        ended, gone = ["SUCCESS", "CANCELLED", *FAILED], 0
        while True:
            with translated(self._name):
                found = self._client.list_workflows(
                    name=[*kinds],
                    status=ended,
                    completed_before=moment.isoformat(),
                    limit=_BATCH,
                    load_input=False,
                    load_output=False,
                )
                if not found:
                    return gone
                self._client.delete_workflows([run.workflow_id for run in found])
            gone += len(found)

    def workers(self) -> set[str]:
        """Who has runs under way."""
        return {run.executor_id for run in self._under_way() if run.executor_id}

    def take_over(self, worker: str) -> int:
        """Queue again what a worker had under way; for a caller who knows that it is dead, and stays so meanwhile."""
        left = [run for run in self._under_way() if run.executor_id == worker]
        with translated(self._name):
            for run in left:
                self._client.resume_workflow(run.workflow_id, queue_name=run.queue_name)
        return len(left)

    def _under_way(self) -> Sequence[WorkflowStatus]:
        with translated(self._name):
            return self._client.list_workflows(status="PENDING", load_input=False, load_output=False)

    def close(self) -> None:
        """Close every connection."""
        self._client.destroy()


def _options(job: Job) -> EnqueueOptions:
    options: EnqueueOptions = {
        "workflow_name": job.kind,
        "queue_name": CASES,
        "workflow_id": job.id,
        "queue_partition_key": job.case_id,
    }
    if job.after > 0:
        options["delay_seconds"] = job.after
    return options
