"""A process that ends at a chosen moment: right after its nth write to the records, the checkpoints or the shop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata
from langgraph.checkpoint.sqlite import SqliteSaver

from server.db.database import Database
from tests.agent.graph.world import Died
from tools.ports import CustomerWriter, HelpdeskWriter, OrderWriter, Writers

if TYPE_CHECKING:
    from agent.checkpoints import Checkpointer

WRITES = frozenset({"start", "save", "open", "swap", "claim", "release", "record", "append"})


def raise_died(what: str) -> None:
    raise Died(what)


class Moment:
    """Counts writes; at one of them the process ends: the nth of all, or the nth of one name. 0 survives."""

    def __init__(self, die_after: int = 0, name: str = "", end: Callable[[str], None] = raise_died) -> None:
        self.writes: list[str] = []
        self._die_after, self._name, self._end = die_after, name, end

    def __call__(self, what: str, write: Callable[[], object]) -> object:
        result = write()
        self.writes.append(what)
        if what.startswith(self._name) and self._count() == self._die_after:
            self._end(what)
        return result

    def _count(self) -> int:
        return sum(write.startswith(self._name) for write in self.writes)


class Watched:
    """A port whose writes count."""

    def __init__(self, name: str, port: object, moment: Moment, writes: frozenset[str] | None = WRITES) -> None:
        self._name, self._port, self._moment, self._writes = name, port, moment, writes

    def __getattr__(self, method: str) -> object:
        found: Callable[..., object] = getattr(self._port, method)
        if self._writes is not None and method not in self._writes:
            return found

        def write(*given: object, **named: object) -> object:
            return self._moment(f"{self._name}.{method}", lambda: found(*given, **named))

        return write


class WatchedSaver(SqliteSaver):
    """Checkpoints whose writes count."""

    moment: Moment

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        plain = super().put
        return cast(
            "RunnableConfig", self.moment("checkpoint", lambda: plain(config, checkpoint, metadata, new_versions))
        )

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, object]], task_id: str, task_path: str = ""
    ) -> None:
        plain = super().put_writes
        self.moment("checkpoint writes", lambda: plain(config, writes, task_id, task_path))


def watched_database(moment: Moment) -> Callable[[Database], object]:
    """All records of one process."""

    class Records:
        def __init__(self, plain: Database) -> None:
            self.cases = Watched("cases", plain.cases, moment)
            self.approvals = Watched("approvals", plain.approvals, moment)
            self.ledger = Watched("ledger", plain.ledger, moment)
            self.promises = Watched("promises", plain.promises, moment)
            self.switches, self.audit, self.events = plain.switches, plain.audit, plain.events
            self.accounts, self.feedback = plain.accounts, plain.feedback

    return Records


def watched_saver(moment: Moment) -> Callable[[Checkpointer], Checkpointer]:
    def wrap(plain: Checkpointer) -> Checkpointer:
        assert isinstance(plain, SqliteSaver)
        saver = WatchedSaver(plain.conn, serde=plain.serde)
        saver.moment = moment
        return saver

    return wrap


def watched_writers(moment: Moment) -> Callable[[Writers], Writers]:
    def wrap(plain: Writers) -> Writers:
        return Writers(
            orders=cast("OrderWriter", Watched("shop", plain.orders, moment, None)),
            customers=cast("CustomerWriter", Watched("shop", plain.customers, moment, None)),
            helpdesk=cast("HelpdeskWriter", Watched("shop", plain.helpdesk, moment, None)),
            effects=plain.effects,
        )

    return wrap
