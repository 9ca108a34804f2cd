"""BrandSolver: the real graph, store, guard, desk and executor over the demo brand, a fresh world for every sample.

What the product keeps in a database is kept in memory here, and the clock stands; everything else is the product's own,
put together by `agent.assembly` as the product puts it together.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from agent.case import CaseStatus
from evals.episode import Episode, Measured
from evals.reasoners import HeardChat, LanguageModel, Wrap, chat_of, with_model
from evals.sample import DatasetError, PassagePatch, Sample, World
from evals.versions import Sources, versions_of
from evals.world import FreshWorld, Worlds, merged, scratch
from knowledge.errors import KnowledgeError
from tools.errors import ToolError

if TYPE_CHECKING:
    from agent.approvals.request import ApprovalRequest
    from agent.limits import PolicyLimits
    from agent.repositories import CaseRecord
    from agent.runner import CaseRunner
    from agent.testing import InMemoryDatabase
    from evals.recording import RecordingReasoner
    from evals.task import Answer, Approver
    from knowledge.documents import Passage
    from knowledge.embedding import Embedder, Vectors
    from knowledge.index import InMemoryIndex

MOST_ROUNDS = 6
"""Requests that one case may ask in a row before it is left alone."""
OWNER = "evals"
EVERY = 1_000_000


@dataclass(frozen=True, kw_only=True)
class BrandSolver:
    """Any reasoner over the demo brand. `wrap` puts another reasoner around the playbook's, a broken one say."""

    name: str = "playbook"
    sources: Sources
    models: Path
    """The folder of prepared models, where the trained classifier is kept as well."""
    model: LanguageModel | None = None
    wrap: Wrap | None = None

    @property
    def versions(self) -> Mapping[str, str]:
        """What the result rests on."""
        wrapped = {"wrap": f"{self.wrap.__module__}.{self.wrap.__qualname__}"} if self.wrap else {}
        return {
            **versions_of(self.sources, self.models),
            "reasoner": self.model.kind if self.model else "playbook",
            "model": self.model.model if self.model else "none",
            **wrapped,
        }

    @contextmanager
    def open(self) -> Generator[BrandSession]:
        """Template store, index, classifier and playbooks, once for all samples."""
        from agent.assembly import playbook_reasoner
        from agent.limits import load_limits
        from agent.reasoners.local import LocalClassifier
        from agent.triage.english import EnglishReading
        from evals.recording import RecordingReasoner
        from knowledge.embedding import choose_embedder
        from knowledge.ingest import load_folder
        from tools.connectors.demo import generate

        with scratch() as folder, Worlds.open(folder, generate()) as worlds:
            limits = load_limits(self.sources.limits)
            embedder, _ = choose_embedder(self.models)
            own = frozenset(person.email.lower() for person in limits.people if person.email)
            heard = replace(LocalClassifier.load(embedder, self.models), own_addresses=own)
            files = self.sources
            playbook = playbook_reasoner(heard, limits, files.playbooks, files.macros, files.voice)
            chat = chat_of(self.model) if self.model else None
            reasoner = with_model(playbook, limits, self.model, chat) if self.model and chat else playbook
            yield BrandSession(
                solver=self,
                worlds=worlds,
                limits=limits,
                own_names=(playbook.voice.brand, *playbook.voice.sign_off.values()),
                reasoner=RecordingReasoner(self.wrap(playbook) if self.wrap else reasoner),
                chat=chat,
                library=Library(Remembering(EnglishReading(embedder)), load_folder(files.policies).passages),
            )


class Remembering:
    """`knowledge.embedding.Embedder` that computes no vector twice: worlds with other passages share the rest."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}
        self.name, self.fingerprint, self.dimensions = embedder.name, embedder.fingerprint, embedder.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """As the embedder."""
        import numpy as np

        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        if fresh:
            self._known.update(zip(fresh, self._embedder.embed(fresh), strict=True))
        return np.stack([self._known[text] for text in texts])

    def ahead(self, texts: Sequence[str]) -> None:
        """As the embedder, of texts that are new."""
        self._embedder.ahead([text for text in texts if text not in self._known])

    def knows(self, word: str) -> bool:
        """As the embedder."""
        return self._embedder.knows(word)


class Library:
    """The brand's passages, and those of worlds that hold others."""

    def __init__(self, embedder: Remembering, passages: tuple[Passage, ...]) -> None:
        self._embedder = embedder
        self._passages = passages
        self._plain = self._index(passages)

    def of(self, patches: tuple[PassagePatch, ...]) -> InMemoryIndex:
        """The index of a world."""
        if not patches:
            return self._plain
        gone = {(patch.document, patch.anchor) for patch in patches}
        kept = tuple(each for each in self._passages if (each.document_id, each.section) not in gone)
        return self._index((*kept, *(self._passage(patch) for patch in patches)))

    def _index(self, passages: tuple[Passage, ...]) -> InMemoryIndex:
        from knowledge.index import InMemoryIndex

        index = InMemoryIndex(self._embedder)
        index.ingest(passages)
        return index

    def _passage(self, patch: PassagePatch) -> Passage:
        """In the document's version in force, or as the first version of a new one."""
        from knowledge.documents import DocumentStatus, Passage, content_hash
        from tools.connectors.demo import NOW

        same = [each for each in self._passages if each.document_id == patch.document and each.in_force(NOW)]
        section = next((each for each in same if each.section == patch.anchor), None)
        title = patch.title or (section.title if section else patch.document)
        changes = {
            "id": f"{patch.document}@v{same[0].version if same else 1}#{patch.anchor}",
            "document_id": patch.document,
            "anchor": patch.anchor,
            "title": title,
            "text": patch.text,
            "sha256": content_hash(title, patch.text),
        }
        if same:
            return same[0].model_copy(update=changes)
        return Passage.model_validate(
            {**changes, "version": 1, "status": DocumentStatus.APPROVED, "effective_from": NOW.date()}
        )


@dataclass(frozen=True, kw_only=True)
class BrandSession:
    """`evals.task.Session`."""

    solver: BrandSolver
    worlds: Worlds
    limits: PolicyLimits
    own_names: tuple[str, ...]
    reasoner: RecordingReasoner
    library: Library
    chat: HeardChat | None = None

    def solve(self, sample: Sample, approver: Approver, *, epoch: int = 1, seed: int = 0) -> Episode:
        """Run one sample in a fresh world.

        Raises DatasetError for a sample whose world cannot be made: a broken sample must not look like a wrong answer.
        """
        begun = Episode(sample_id=sample.id, epoch=epoch, seed=seed, solver=self.solver.name, approver=approver.name)
        started = time.perf_counter()
        try:
            limits = self._limits(sample.world)
            with self.worlds.fresh(sample.world, (*sample.world.before, sample.ticket)) as world:
                episode = _Run(self, world, limits, sample, approver).episode(begun)
        except DatasetError as error:
            raise DatasetError(f"sample {sample.id}: {error}") from error
        except (ToolError, KnowledgeError, OSError, sqlite3.Error) as error:
            episode = begun.model_copy(update={"error": f"{type(error).__name__}: {error}"})
        spent = Measured(seconds=round(time.perf_counter() - started, 6), timings=episode.measured.timings)
        return episode.model_copy(update={"measured": spent})

    def _limits(self, world: World) -> PolicyLimits:
        if not world.limits:
            return self.limits
        from agent.limits import PolicyLimits

        try:
            return PolicyLimits.model_validate_json(
                json.dumps(merged(self.limits.model_dump(mode="json"), world.limits))
            )
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise DatasetError(f"limits: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


class _Run:
    """One case from its ticket to its end, with the scripted person in between."""

    def __init__(
        self, session: BrandSession, world: FreshWorld, limits: PolicyLimits, sample: Sample, approver: Approver
    ) -> None:
        from agent.testing import InMemoryDatabase

        self._session, self._world, self._limits = session, world, limits
        self._sample, self._approver = sample, approver
        self._kept: InMemoryDatabase = InMemoryDatabase()
        self._runner = self._assembled()
        self._turned_away: list[str] = []

    def _assembled(self) -> CaseRunner:
        from agent.assembly import Premises, assemble
        from agent.checkpoints import memory_checkpoints
        from agent.testing import FixedClock
        from tools.connectors.demo import NOW

        clock = FixedClock(NOW)
        premises = Premises(
            readers=self._world.readers(),
            writers=self._world.store.writers(clock.now),
            repositories=self._kept,
            limits=self._limits,
            clock=clock,
            own_names=self._session.own_names,
            owner=OWNER,
            alive=lambda other: True,
        )
        knowledge = self._session.library.of(self._sample.world.passages)
        return assemble(premises, self._session.reasoner, knowledge, memory_checkpoints())

    def episode(self, begun: Episode) -> Episode:
        """Everything that came of it."""
        for ticket in self._sample.world.before:
            self._answered(self._runner.start(ticket.id))
        self._turned_away.clear()
        if self._session.chat:
            self._session.chat.failures.clear()
        self._session.reasoner.taken()
        self._world.mark()
        first = self._runner.start(self._sample.ticket.id)
        last = self._answered(first)
        requests = self._kept.approvals.list(None, first.case_id, EVERY)
        proposed = self._session.reasoner.taken()
        return begun.model_copy(
            update={
                "error": self._error(last),
                "status": last.status,
                "outcome": last.outcome,
                "classification": first.classification,
                "investigation": first.investigation,
                "proposed": proposed,
                "proposal": first.proposal,
                "verdict": first.verdict,
                "final": last.proposal if last.proposal != first.proposal else None,
                # Where a graph paused is a random number: no two runs share it.
                "requests": tuple(request.model_copy(update={"interrupt_id": ""}) for request in requests),
                "events": tuple(self._kept.events.read(0, first.case_id, EVERY)),
                "ledger": tuple(self._kept.ledger.of_case(first.case_id)),
                "sent": self._world.sent(self._sample.ticket.id),
                "diff": self._world.diff(),
                "turned_away": tuple(self._turned_away),
                "model_calls": last.model_calls,
                "input_tokens": last.input_tokens,
                "output_tokens": last.output_tokens,
                "cost_micros": self._cost(last),
                "measured": Measured(timings=last.timings),
            }
        )

    def _error(self, last: CaseRecord) -> str:
        """What of the machinery failed: the model's endpoint, or a store for which the case was put off."""
        failures = self._session.chat.failures if self._session.chat else []
        if failures:
            return f"the model could not be asked: {failures[0]}"
        # A case that waits for something to work again is what only a world that says so can mean.
        put_off = last.status is CaseStatus.WORKING and not self._sample.world.down
        return last.outcome if put_off else ""

    def _cost(self, record: CaseRecord) -> int:
        model = self._session.solver.model
        return model.cost_micros(record.input_tokens, record.output_tokens) if model else 0

    def _answered(self, record: CaseRecord) -> CaseRecord:
        """The case after the approver has answered all that it asked."""
        for _ in range(MOST_ROUNDS):
            request = self._kept.approvals.get(record.approval_id)
            if request is None or not request.awaiting:
                return record
            after = self._decided(request)
            if after is None:
                return record
            record = after
        return record

    def _decided(self, request: ApprovalRequest) -> CaseRecord | None:
        """The case after the first answer that counts; None when none does."""
        from agent.approvals.errors import ApprovalError
        from agent.edits import CannotEdit

        for answer in self._approver.answers(request, self._sample, self._limits):
            try:
                return self._decide(request, answer)
            except (ApprovalError, CannotEdit) as refused:
                self._turned_away.append(f"{answer.kind.value} by {answer.by or 'nobody'}: {refused}")
        return None

    def _decide(self, request: ApprovalRequest, answer: Answer) -> CaseRecord:
        from agent.edits import with_reply

        return self._runner.decide(
            request.id,
            answer.kind,
            answer.by,
            reason=answer.reason,
            digest=answer.digest,
            edit=(lambda proposal: with_reply(proposal, answer.text, answer.by)) if answer.text else None,
        )
