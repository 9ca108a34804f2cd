"""History: what people accepted, changed or refused becomes samples, without anybody's personal data, once approved.

Two steps, so that nothing gets into a data set unread. `candidates` writes down what was decided with names, addresses
and numbers masked by the product's own redactor. A person reads the file, puts right what is wrong, and writes their
name behind `approved_by`; `approved` takes those lines and no others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from pydantic import ValidationError

from agent.approvals.request import ApprovalRequest, DecisionKind
from agent.limits import PolicyLimits, Role
from agent.redaction import KnownPeople, redact
from agent.repositories import ApprovalRepository, CaseRecord, CaseRepository
from agent.triage import language_of
from evals.importing import Problem
from evals.plainly import reason
from evals.sample import WRITTEN, DatasetError, Expected, Sample
from tools.actions import TICKET_ACTIONS, SendReply
from tools.commerce import Customer, Noun
from tools.helpdesk import Attachment, Author, Ticket, TicketMessage
from tools.ports import Readers

MASKED_SENDER = "customer@masked.invalid"
DATASET = "history"
PAGE = 500


class Decided(StrEnum):
    """What people made of a suggestion."""

    ACCEPTED = "accepted"
    EDITED = "edited"
    REJECTED = "rejected"


class Candidate(Noun):
    """A sample to be, for a person to read. `approved_by` is empty until somebody stands for it."""

    approved_by: str = ""
    decided: Decided
    decided_by: str
    sample: Sample


@dataclass(frozen=True, slots=True)
class Past:
    """One case with its ticket, what was asked about it, and its customer, if one is known."""

    case: CaseRecord
    ticket: Ticket
    requests: Sequence[ApprovalRequest]
    customer: Customer | None = None


def past_of(cases: CaseRepository, approvals: ApprovalRepository, readers: Readers) -> Iterator[Past]:
    """Every case that the product has, newest first, with what a candidate needs; those without a ticket are left."""
    after = ""
    while page := cases.list(limit=PAGE, after=after):
        for case in page:
            ticket = readers.helpdesk.ticket(case.ticket_id)
            requests = approvals.list(None, case.case_id, PAGE)
            if ticket is not None and requests:
                customer = readers.customers.customer(case.customer_id) if case.customer_id else None
                yield Past(case, ticket, requests, customer)
        after = page[-1].case_id


def candidates(past: Iterable[Past]) -> Iterator[Candidate]:
    """A candidate for every case that a person decided about.

    The ticket ends with the message that the last answer is about. Accepted and edited: its intent stands. Refused: the
    intent is left for the reader to say, and the effects that were refused are forbidden. What depends on the store of
    that day (effects, facts, who signs) is no label: the samples meet the demo brand, and order numbers there are other
    people's.
    """
    for each in past:
        decided = _decided(each.requests)
        if decided is not None and each.case.classification is not None:
            how, request = decided
            yield Candidate(decided=how, decided_by=_by(request), sample=_sample(each, how, request))


def _decided(requests: Sequence[ApprovalRequest]) -> tuple[Decided, ApprovalRequest] | None:
    """The last answer, and whether anything was changed on the way to it."""
    answers = [(request, request.decision.kind) for request in requests if request.decision is not None]
    if not answers:
        return None
    newest, kind = answers[-1]
    if kind in (DecisionKind.REJECT, DecisionKind.ESCALATE):
        return Decided.REJECTED, newest
    same = (each for request, each in answers if answered(request) == answered(newest))
    return (Decided.EDITED if DecisionKind.MODIFY in same else Decided.ACCEPTED), newest


def answered(request: ApprovalRequest) -> str:
    """The id of the message that a request is about; empty when it holds no reply."""
    return next((effect.in_reply_to for effect in request.effects if isinstance(effect, SendReply)), "")


def _by(request: ApprovalRequest) -> str:
    return request.decision.by if request.decision else ""


def _sample(past: Past, how: Decided, request: ApprovalRequest) -> Sample:
    said, refused = past.case.classification, how is Decided.REJECTED
    messages = _until(past.ticket.messages, request)
    later = len(messages) < len(past.ticket.messages)
    expected = Expected(
        intent="" if refused else request.intent or (said.intent if said else ""),
        # What was understood last is about what was written last.
        language=said.language if said and not later else language_of(messages[-1].text),
        forbidden=_refused(request) if refused else (),
    )
    name = f"{DATASET}-{past.case.case_id}"
    reason = next((_reason(each) for each in reversed(past.requests) if _reason(each)), "")
    note = _masked(f"{how.value}: {reason}" if reason else how.value, _known(past))
    ticket = _ticket(past, name, messages)
    return Sample(id=name, dataset=DATASET, tags=(how.value,), ticket=ticket, expected=expected, note=note)


def _until(messages: Sequence[TicketMessage], request: ApprovalRequest) -> Sequence[TicketMessage]:
    """Up to the message that was decided about: what was written afterwards, nobody has answered for."""
    about = answered(request)
    end = next((number for number, message in enumerate(messages, 1) if message.id == about), len(messages))
    return messages[:end]


def _refused(request: ApprovalRequest) -> tuple[str, ...]:
    """What somebody said no to; a draft that was made anew afterwards is another request, and nobody refused it."""
    kinds = (effect.kind for effect in request.effects if effect.kind not in TICKET_ACTIONS)
    return tuple(dict.fromkeys(kinds))


def _reason(request: ApprovalRequest) -> str:
    return request.decision.reason if request.decision else ""


def _ticket(past: Past, name: str, messages: Sequence[TicketMessage]) -> Ticket:
    known, count = _known(past), len(messages)
    return Ticket(
        id=name,
        channel=past.ticket.channel,
        subject=_masked(past.ticket.subject, known),
        messages=tuple(
            _message(message, f"{name}-m{number}", count - number, known) for number, message in enumerate(messages, 1)
        ),
    )


def _message(message: TicketMessage, name: str, hours: int, known: KnownPeople) -> TicketMessage:
    """The message without its sender and its day: the samples have a clock of their own."""
    theirs = message.author is Author.CUSTOMER
    attachments = (
        Attachment(name=_masked(each.name, known), content_type=each.content_type, size=each.size)
        for each in message.attachments
    )
    return TicketMessage(
        id=name,
        author=message.author,
        sender=MASKED_SENDER if theirs else "",
        at=WRITTEN - timedelta(hours=hours),
        text=_masked(message.text, known),
        quoted=_masked(message.quoted, known),
        automatic=message.automatic,
        attachments=tuple(attachments),
    )


def _known(past: Past) -> KnownPeople:
    """Everybody who is known by name: the customer, and who the messages say they are from."""
    customer = past.customer
    theirs = [message for message in past.ticket.messages if message.author is Author.CUSTOMER]
    names = [customer.name if customer else "", *(message.sender_name for message in theirs)]
    emails = [*(customer.emails if customer else ()), *(m.sender for m in theirs if "@" in m.sender)]
    home = customer.default_address if customer else None
    lines = [] if home is None else [home.line1, home.line2, f"{home.postal_code} {home.city}"]
    phones = [customer.phone if customer else "", home.phone if home else ""]
    return KnownPeople(
        names=_each(names),
        addresses=_each([", ".join(line for line in lines if line.strip())]),
        emails=_each(emails),
        phones=_each(phones),
    )


def _each(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value.strip()))


def _masked(text: str, known: KnownPeople) -> str:
    return redact(text, known).text


def write_candidates(found: Iterable[Candidate], path: Path) -> int:
    """The candidates as JSONL for a person to read, `approved_by` first. Returns how many.

    Raises DatasetError when something is in the file, perhaps somebody's name and corrections. Raises OSError.
    """
    if path.exists() and path.stat().st_size:
        raise DatasetError(f"{path} is there already, perhaps with names and corrections in it; name another file")
    lines = [candidate.model_dump_json(exclude_defaults=False) for candidate in found]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    return len(lines)


def approved(path: Path, limits: PolicyLimits, may: Role = Role.LEAD) -> tuple[list[Sample], list[Problem]]:
    """The samples of a file of candidates that somebody of at least the role `may` stands for.

    A line without a name is left out silently: nobody has read it yet. A line that is no candidate, or that names
    somebody who is not in `people` of limits.yaml or has too small a role, is a problem.

    Raises DatasetError when the file cannot be read.
    """
    samples: list[Sample] = []
    problems: list[Problem] = []
    for number, line in enumerate(_lines(path), 1):
        if line.strip():
            found = _read(path, number, line, limits, may)
            if isinstance(found, Problem):
                problems.append(found)
            elif found is not None:
                samples.append(found)
    return samples, problems


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read ({error.strerror or error})") from None
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path}: not UTF-8 (byte {error.start + 1}); save the file as UTF-8") from None


def _read(path: Path, number: int, line: str, limits: PolicyLimits, may: Role) -> Sample | Problem | None:
    try:
        candidate = Candidate.model_validate_json(json.dumps(json.loads(line)))
    except json.JSONDecodeError as error:
        return Problem(path.name, number, "", f"not JSON at character {error.colno}")
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        column = ".".join(str(part) for part in first["loc"])
        return Problem(path.name, number, column, reason(first["type"], first["msg"]))
    if not candidate.approved_by.strip():
        return None
    person = limits.person(candidate.approved_by)
    if person is None:
        said = f"nobody in `people` of limits.yaml answers to `{candidate.approved_by}`"
        return Problem(path.name, number, "approved_by", said)
    if not person.role.covers(may):
        said = f"{person.name} is {person.role.value}; a sample takes the name of {may.value} or above"
        return Problem(path.name, number, "approved_by", said)
    return candidate.sample
