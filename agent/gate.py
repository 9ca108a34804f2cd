"""The gate: judges a list of proposed calls one by one and, when asked, does what may be done, in order.

Without `execute`, every call is judged against the store as it is, by itself. With it, what is allowed is done at once,
what needs a signature is done when the person named may sign it (every ceiling and window counts what was done before),
and the next call meets the store as it is then. An effect is keyed by the caller's own id and the action's fingerprint:
the same id never has an effect twice, also over several runs; two ids are two intents.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TextIO

from pydantic import JsonValue

from agent.case import ActionVerdict, Identity, IdentityLevel, Verdict
from agent.gate_calls import Call, GateError, Problem, read_calls
from agent.gate_history import GateHistory
from agent.limits import Person, PolicyLimits
from agent.policy import Past, PastEffect, PolicyFacts, amount_of, judge, load_policy_facts, may_sign, past_of_store
from agent.policy.question import block
from tools.actions import Action
from tools.errors import OutcomeUnknown, ToolError
from tools.ports import Readers, Receipt

Execute = Callable[[PastEffect], Receipt]
"""Does an effect: its action under its key, for its approver (empty when none was needed). Raises ToolError."""

_NAMED = 5
"""Customers with one address that a message names."""

__all__ = ["Execute", "GateError", "GateReport", "gate"]


@dataclass
class GateReport:
    """What the gate did: how many calls got which verdict, what was done, and the lines that were no calls."""

    verdicts: Counter[Verdict] = field(default_factory=Counter[Verdict])
    executed: int = 0
    repeated: int = 0
    """Those among the executed that an earlier run had done already; nothing was changed for them."""
    not_executed: int = 0
    problems: list[Problem] = field(default_factory=list[Problem])

    @property
    def judged(self) -> int:
        """Calls with a verdict."""
        return self.verdicts.total()


@dataclass(frozen=True)
class _Outcome:
    executed: bool
    reference: str = ""
    error: str = ""
    repeated: bool = False


def gate(
    readers: Readers,
    limits: PolicyLimits,
    calls_path: Path,
    out_path: Path,
    *,
    now: datetime,
    execute: Execute | None = None,
    approve_as: str | None = None,
    history: Sequence[PastEffect] = (),
) -> GateReport:
    """Judge every call of `calls_path` into `out_path`, one JSON line each; with `execute` also do what may be done.

    `history` is what a ledger knows besides the store (who signed what). Raises GateError before anything is done when
    a file or the approver cannot be used.
    """
    run = _Run(readers, limits, now, execute, _approver(limits, approve_as, execute), list(history))
    report = GateReport()
    with _writing(out_path, calls_path) as out:
        for call in read_calls(calls_path):
            if isinstance(call, Problem):
                report.problems.append(call)
            else:
                _answer(run, call, report, out)
    return report


def _approver(limits: PolicyLimits, name: str | None, execute: Execute | None) -> Person | None:
    if name is None:
        return None
    if execute is None:
        raise GateError("--approve-as only means something together with --apply; nothing is signed without doing it")
    person = limits.person(name)
    if person is None:
        known = ", ".join(person.id for person in limits.people) or "nobody"
        raise GateError(f'nobody in `people` of limits.yaml answers to "{name}"; there are: {known}')
    return person


@contextmanager
def _writing(path: Path, calls: Path) -> Generator[TextIO]:
    """A file that takes its name when it is complete; while calls run, what was done is in `<name>.partial`."""
    partial = path.with_name(f"{path.name}.partial")
    if calls.exists() and path.exists() and calls.samefile(path):
        raise GateError(f"{path}: is the file of calls itself; give another name with --out")
    try:
        with partial.open("w", encoding="utf-8", newline="\n") as out:
            yield out
        partial.replace(path)
    except OSError as error:
        raise GateError(f"{path}: cannot be written ({error.strerror}); give another place with --out") from None
    except GateError:
        partial.unlink(missing_ok=True)
        raise


def _answer(run: _Run, call: Call, report: GateReport, out: TextIO) -> None:
    found, outcome = run.answer(call)
    report.verdicts[found.verdict] += 1
    line = _line(call.id, found)
    if outcome is not None:
        report.executed += outcome.executed
        report.repeated += outcome.repeated
        report.not_executed += not outcome.executed
        line |= {"executed": outcome.executed, "reference": outcome.reference, "error": outcome.error}
        line |= {"repeated": True} if outcome.repeated else {}
    out.write(json.dumps(line) + "\n")
    if outcome is not None:
        out.flush()


def _line(call_id: str | int, found: ActionVerdict) -> dict[str, JsonValue]:
    violations: list[JsonValue] = [
        {"rule": v.rule, "verdict": v.verdict.value, "message": v.message, "role": v.role} for v in found.violations
    ]
    return {"id": call_id, "verdict": found.verdict.value, "violations": violations}


@dataclass(frozen=True)
class _Judged:
    """An action with its verdict, and what it was judged by."""

    action: Action
    facts: PolicyFacts
    past: Past
    found: ActionVerdict


class _Run:
    """One pass over the calls, with what was done so far."""

    def __init__(
        self,
        readers: Readers,
        limits: PolicyLimits,
        now: datetime,
        execute: Execute | None,
        approver: Person | None,
        history: list[PastEffect],
    ) -> None:
        self._readers, self._limits, self._now = readers, limits, now
        self._execute, self._approver = execute, approver
        self._history = GateHistory(history, limits, now)

    def answer(self, call: Call) -> tuple[ActionVerdict, _Outcome | None]:
        """The verdict, and what came of it when calls are carried out."""
        if call.action is None:
            found = ActionVerdict(kind="", fingerprint="", verdict=Verdict.BLOCK, violations=call.wrong)
            return found, None if self._execute is None else _Outcome(False, error=_why(found))
        try:
            facts = self._facts(call, call.action)
            past = self._past(facts)
            found = judge(call.action, facts, self._limits, self._identity(call.customer), "", past, self._now)
        except ToolError as error:
            found = _unread(call.action, error)
            return found, None if self._execute is None else _Outcome(False, error=str(error))
        if self._execute is None:
            return found, None
        return found, self._carried_out(self._execute, call, _Judged(call.action, facts, past, found))

    def _facts(self, call: Call, action: Action) -> PolicyFacts:
        return load_policy_facts(action, self._readers, self._limits, self._now, case_id=_case(call))

    def _past(self, facts: PolicyFacts) -> Past:
        store = past_of_store(facts, self._history.keys(facts.customer_id))
        return self._history.about(facts.customer_id, facts.case_id, store)

    def _identity(self, customer: str) -> Identity:
        """The caller says who was authenticated; only a customer that exists counts."""
        if not customer:
            return Identity(level=IdentityLevel.UNKNOWN, how="nobody was authenticated")
        by_id = self._readers.customers.customer(customer)
        found = [by_id] if by_id is not None else self._readers.customers.customers_by_email(customer)
        if len(found) != 1:
            return Identity(level=IdentityLevel.UNKNOWN, how=_nobody(customer, [each.id for each in found]))
        return Identity(level=IdentityLevel.VERIFIED, customer_id=found[0].id, how="authenticated by the caller")

    def _carried_out(self, execute: Execute, call: Call, judged: _Judged) -> _Outcome:
        action, facts, found = judged.action, judged.facts, judged.found
        if found.verdict is Verdict.BLOCK:
            return _Outcome(False, error=_why(found))
        amount, approver = amount_of(action, facts), ""
        if found.verdict is Verdict.REQUIRE_APPROVAL:
            if self._approver is None:
                return _Outcome(False, error=f"waits for the signature of {found.role}")
            against = may_sign(self._approver, found, amount, judged.past, self._limits, self._now)
            if against:
                return _Outcome(False, error=" ".join(violation.message for violation in against))
            approver = self._approver.id
        key = f"{_case(call)}:{action.fingerprint()}"
        effect = PastEffect(
            action=action,
            at=self._now,
            customer_id=facts.customer_id,
            approver=approver,
            case_id=_case(call),
            amount=amount,
            key=key,
        )
        return self._done(execute, effect)

    def _done(self, execute: Execute, effect: PastEffect) -> _Outcome:
        try:
            receipt = execute(effect)
        except OutcomeUnknown as error:
            self._history.add(effect)  # it may have happened, so it counts
            return _Outcome(False, error=f"not known whether it happened, read before trying again: {error}")
        except ToolError as error:
            return _Outcome(False, error=str(error))
        if not receipt.repeated:
            self._history.add(effect)
        return _Outcome(True, reference=receipt.reference, repeated=receipt.repeated)


def _nobody(named: str, ids: Sequence[str]) -> str:
    """Why what was named is no customer of ours: nobody has it, or several share an address."""
    if not ids:
        return f"there is no customer {named}"
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return f"{len(ids)} customers have {named}: {', '.join(ids[:_NAMED])}{more}; name the id of the one who is asking"


def _case(call: Call) -> str:
    return f"gate:{call.id}"


def _why(found: ActionVerdict) -> str:
    return " ".join(violation.message for violation in found.violations if violation.verdict is Verdict.BLOCK)


def _unread(action: Action, error: ToolError) -> ActionVerdict:
    """What cannot be read cannot be judged, and what is not judged does not happen."""
    violation = block("gate.unreadable", f"The facts could not be read, so nothing happens: {error}")
    return ActionVerdict(
        kind=action.kind, fingerprint=action.fingerprint(), verdict=Verdict.BLOCK, violations=(violation,)
    )
