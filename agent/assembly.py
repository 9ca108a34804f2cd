"""Puts the parts of a case runner together, the same way for the product and for evals. It chooses none of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from agent.deps import AgentDeps, Clock
from agent.repositories import (
    ApprovalRepository,
    CaseRepository,
    ExecutionLedger,
    PromiseLedger,
    SwitchBoard,
)

if TYPE_CHECKING:
    from agent.approvals.desk import FindPerson
    from agent.autonomy import FeedbackAbout
    from agent.checkpoints import Checkpointer
    from agent.guard.guard import Guard
    from agent.history import AskedHistory, LedgerHistory
    from agent.limits import PolicyLimits
    from agent.progress import Progress
    from agent.reasoners.base import Brief, Reasoner
    from agent.reasoners.playbook import Classifier, PlaybookReasoner
    from agent.runner import CaseRunner
    from knowledge.index import KnowledgeIndex
    from tools.actions import SendReply
    from tools.ports import Readers, Writers


class Repositories(Protocol):
    """What must outlive a run: `server.db.Database`, or `agent.testing.InMemoryDatabase`."""

    @property
    def cases(self) -> CaseRepository: ...  # noqa: D102 - the type says it
    @property
    def approvals(self) -> ApprovalRepository: ...  # noqa: D102
    @property
    def ledger(self) -> ExecutionLedger: ...  # noqa: D102
    @property
    def switches(self) -> SwitchBoard: ...  # noqa: D102
    @property
    def promises(self) -> PromiseLedger: ...  # noqa: D102


@dataclass(frozen=True, kw_only=True)
class Premises:
    """What a runner stands on. `own_names` are what the shop calls itself in a letter: no stranger's name.

    `owner` names this process uniquely; `alive` says of the owner of another claim whether it may still be at work.
    `person` says who there is and with which role; None: the people of limits.yaml.
    """

    readers: Readers
    writers: Writers
    repositories: Repositories
    limits: PolicyLimits
    clock: Clock
    own_names: tuple[str, ...]
    owner: str
    alive: Callable[[str], bool]
    notice: Callable[[Brief], SendReply] | None = None
    person: FindPerson | None = None
    progress: Progress | None = None
    """Who is told each stage as it is reached; None: nobody watches."""
    feedback: FeedbackAbout | None = None
    """What people answered by hand or changed, for what an intent has earned; None: their decisions alone count."""


def assemble(premises: Premises, reasoner: Reasoner, knowledge: KnowledgeIndex, saver: Checkpointer) -> CaseRunner:
    """The runner. Its executor judges again over what was done, not over what others ask for."""
    from agent.approvals.desk import ApprovalDesk
    from agent.execution import Executor
    from agent.history import AskedHistory, LedgerHistory
    from agent.objections import Objections
    from agent.runner import CaseRunner, Records

    kept, limits = premises.repositories, premises.limits
    done = LedgerHistory(ledger=kept.ledger, limits=limits)
    asked = AskedHistory(done=done, approvals=kept.approvals)
    guard = _guard(premises, asked)
    executor = Executor(
        writers=premises.writers,
        guard=replace(guard, history=done),
        ledger=kept.ledger,
        approvals=kept.approvals,
        switches=kept.switches,
        clock=premises.clock,
        owner=premises.owner,
        alive=premises.alive,
        loop=limits.replies.max_per_recipient,
    )
    deps = AgentDeps(
        reasoner=reasoner,
        readers=premises.readers,
        knowledge=knowledge,
        limits=limits,
        guard=guard,
        clock=premises.clock,
        notice=premises.notice,
        earlier_cases=kept.cases.of_customer,
    )
    records = Records(cases=kept.cases, approvals=kept.approvals, ledger=kept.ledger, promises=kept.promises)
    person = premises.person or limits.person
    objections = Objections(limits=limits, history=asked, person=person)
    desk = ApprovalDesk(approvals=kept.approvals, person=person, objections=objections)
    return CaseRunner(deps, executor, saver, records, desk, premises.progress)


def _guard(premises: Premises, history: AskedHistory | LedgerHistory) -> Guard:
    from agent.autonomy import Earned
    from agent.guard.guard import Guard
    from agent.guard.text import TextGuard

    return Guard(
        readers=premises.readers,
        limits=premises.limits,
        history=history,
        text_check=TextGuard.for_shop(premises.limits, _spoken, premises.own_names),
        still_read=Earned(
            approvals=premises.repositories.approvals, limits=premises.limits, feedback=premises.feedback
        ),
    )


def _spoken(text: str) -> str:
    """The language of a text; empty when it cannot be told."""
    from agent.triage import language_of

    heard = language_of(text)
    return "" if heard == "other" else heard


def playbook_reasoner(
    classifier: Classifier, limits: PolicyLimits, playbooks: Path, macros: Path, voice: Path, kept: Path | None = None
) -> PlaybookReasoner:
    """The offline reasoner over these procedures; `kept` is where the checked book is kept for the next start.

    Raises PlaybooksInvalid that names file and line.
    """
    from agent.reasoners.playbook import PlaybookReasoner
    from agent.reasoners.vocabulary import vocabulary
    from knowledge.playbooks import Engine, load_kept_playbooks, load_playbooks, load_voice

    words = vocabulary(limits)
    return PlaybookReasoner(
        classifier=classifier,
        book=load_kept_playbooks(playbooks, macros, words, kept) if kept else load_playbooks(playbooks, macros, words),
        engine=Engine(limits.business_hours.time_zone, limits.business_hours.holidays),
        voice=load_voice(voice),
    )
