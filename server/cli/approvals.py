"""`countersign approvals`: list, show, approve, reject, modify, escalate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.output import JSON_OPTION, complain, complain_all, emit, next_command, say, show, table, typed

if TYPE_CHECKING:
    from agent.approvals import ApprovalRequest, DecisionKind
    from agent.approvals.names import Names
    from agent.limits import Person
    from agent.repositories import CaseRecord
    from agent.runner import Edit
    from server.container import Parts
    from tools.money import Money

Request = Annotated[str, typer.Argument(help="The request, such as ap-3f09c2d411.")]
As = Annotated[str, typer.Option("--as", help="Who you are: an id, name or e-mail of `people` in limits.yaml.")]
Reason = Annotated[str, typer.Option(help="Why, in a few words.")]
Change = Callable[[str], "Edit"]
"""The edit of a person, by the person's id."""
Digest = Annotated[str, typer.Option(help="Only if the card still has this digest.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="What waits for a person.", no_args_is_help=True)
    group.command("list", short_help="What waits: signatures first, then drafts to read.")(list_requests)
    group.command("show", short_help="The card: the exact calls, why, who may sign, until when.")(show_request)
    group.command("approve", short_help="Sign: exactly what the card shows happens, once.")(approve)
    group.command("reject", short_help="Say no, with a reason. Nothing happens.")(reject)
    group.command("modify", short_help="Change what is asked; it is checked and asked again.")(modify)
    group.command("escalate", short_help="Hand the case to a person.")(escalate)
    app.add_typer(group, name="approvals")


def list_requests(
    everything: Annotated[bool, typer.Option("--all", help="Decided ones too.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 30,
    as_json: bool = JSON_OPTION,
) -> None:
    """Requests that wait, oldest first; signatures before drafts to read."""
    from agent.approvals import ApprovalStatus
    from server.cli.folder import existing_database, people_of, speak_of_people
    from server.cli.switch import stopped_scopes
    from server.clock import clock_of
    from server.display.approval import run_out
    from server.settings import Settings

    settings = Settings.read()
    with existing_database(settings) as database:
        speak_of_people(people_of(settings), database)
        found = database.approvals.list(None if everything else ApprovalStatus.AWAITING, limit=100_000)
        stops, now = stopped_scopes(database), clock_of(settings.data, database.audit).now()
    ordered = sorted(found, key=lambda request: (run_out(request, now), request.kind != "sign"))[:limit]
    if as_json:
        emit([request.model_dump(mode="json") for request in ordered])
        return
    notices = [f"Stopped: {scope}. What is signed happens after countersign go." for scope in stops]
    late = sum(run_out(request, now) for request in found)
    if late:
        notices.append(f"{late:,} not answered in time, so the answer is no; ask anew: countersign cases again CASE")
    complain_all(notices)
    _tell_list(ordered, len(found), now, everything=everything)


def _tell_list(ordered: list[ApprovalRequest], count: int, now: datetime, *, everything: bool) -> None:
    from server.display.approval import row

    if not ordered:
        say("Nothing waits for a person." if not everything else "Nothing was ever asked.")
        next_command("countersign cases list")
        return
    columns = ("Request", "Ticket", "What", "Amount", "Role", "Until (UTC)", "Status")
    rows = [row(request, now) for request in ordered]
    show(table(columns if everything else columns[:-1], [r if everything else r[:-1] for r in rows], right=("Amount",)))
    say(f"{len(ordered)} of {count}." if len(ordered) < count else f"{count} in all.")
    next_command(f"countersign approvals show {ordered[0].id}")


def show_request(request: Request, as_json: bool = JSON_OPTION) -> None:
    """The card: the exact calls, the reasons, who may sign, until when."""
    from agent.approvals import UnknownRequest
    from server.cli.folder import existing_parts
    from server.settings import Settings

    with existing_parts(Settings.read()) as parts:
        found = parts.database.approvals.get(request)
        if found is None:
            raise UnknownRequest(request)
        if as_json:
            emit(_plain(found))
            return
        _show_card(found, parts)


def _show_card(found: ApprovalRequest, parts: Parts) -> None:
    from agent.approvals.names import names_of
    from server.display.approval import request_view

    show(request_view(found, _methods(found, parts), names_of(found.effects, parts.store.readers())))
    if not found.awaiting:
        next_command(f"countersign cases show {found.case_id}")
        return
    if found.expires_at <= parts.clock.now():
        complain(f"Its time has run out, so the answer is no; to ask anew: countersign cases again {found.case_id}")
    signers = _signers(found, parts)
    if not signers:
        complain(
            f"Nobody is {found.required_role.value} or above: let somebody in with `countersign people add`, "
            f"or add them to `people` of {parts.settings.limits}."
        )
        return
    say(f"May sign: {', '.join(_called(person) for person in signers)}")
    say(f'Or: {typed("countersign approvals reject")} {found.id} --as {signers[0].id} --reason "..."')
    next_command(f"countersign approvals approve {found.id} --as {signers[0].id}")


def _signers(request: ApprovalRequest, parts: Parts) -> list[Person]:
    """Who has the role for it here: by account, or in limits.yaml without one."""
    from server.auth.people import find_person

    accounts = parts.database.accounts
    person = find_person(parts.limits, accounts, command_line=True)
    ids = dict.fromkeys([*(each.id for each in parts.limits.people), *(each.id for each in accounts.list())])
    found = [someone for someone in map(person, ids) if someone and someone.role.covers(request.required_role)]
    return sorted(found, key=lambda each: each.role.rank)


def _called(person: Person) -> str:
    return f"{person.id} ({person.name}, {person.role.value})"


def _methods(request: ApprovalRequest, parts: Parts) -> dict[str, str]:
    """Where the money of each refund goes, as the customer knows it: `Visa ·1881`."""
    from tools.actions import RefundOrder

    readers, found = parts.store.readers(), dict[str, str]()
    for action in request.effects:
        if isinstance(action, RefundOrder) and (order := readers.orders.order(action.order_id)) is not None:
            customer = readers.customers.customer(order.customer_id) if order.customer_id else None
            wanted = action.method_id or order.payment_method_id
            methods = [method for method in (customer.payment_methods if customer else ()) if method.id == wanted]
            name = f"{methods[0].brand or methods[0].kind.value.replace('_', ' ')}" if methods else wanted
            last = f" ·{methods[0].last4}" if methods and methods[0].last4 else ""
            found[action.fingerprint()] = f"{name}{last}" if name else "the original payment method"
    return found


def approve(request: Request, by: As, digest: Digest = "", as_json: bool = JSON_OPTION) -> None:
    """Sign: exactly what the card shows happens, once."""
    from agent.approvals import DecisionKind

    _decide(request, DecisionKind.APPROVE, by, "", None, digest=digest, as_json=as_json)


def reject(request: Request, by: As, reason: Reason, as_json: bool = JSON_OPTION) -> None:
    """Say no, with a reason. Nothing happens."""
    from agent.approvals import DecisionKind

    _decide(request, DecisionKind.REJECT, by, reason, None, as_json=as_json)


def escalate(request: Request, by: As, reason: Reason = "", as_json: bool = JSON_OPTION) -> None:
    """Hand the case to a person; the assistant is silent on it afterwards."""
    from agent.approvals import DecisionKind

    _decide(request, DecisionKind.ESCALATE, by, reason, None, as_json=as_json)


def modify(
    request: Request,
    by: As,
    reply: Annotated[str, typer.Option(help="Another text for the reply, or @FILE.")] = "",
    amount: Annotated[str, typer.Option(help='Another amount, such as "20.00 USD".')] = "",
    alternative: Annotated[int, typer.Option(min=0, help="One of the alternatives, by number.")] = 0,
    reason: Reason = "",
    as_json: bool = JSON_OPTION,
) -> None:
    """Change what is asked. It is checked like everything else and then waits for a signature anew."""
    from agent.approvals import DecisionKind

    _decide(request, DecisionKind.MODIFY, by, reason, _change(reply, amount, alternative), as_json=as_json)


def _change(reply: str, amount: str, alternative: int) -> Change:
    """What the person asks for instead: other words, another amount, both, or an alternative. Raises CannotEdit."""
    from agent import edits
    from server.cli.folder import read_text

    if bool(alternative) == bool(reply or amount):
        raise edits.CannotEdit("say one change: --reply, --amount, both of them, or --alternative")
    if alternative:
        return lambda by: lambda proposal: edits.with_alternative(proposal, alternative, by)
    text = read_text(Path(reply[1:])) if reply.startswith("@") else reply
    if not amount:
        return lambda by: lambda proposal: edits.with_reply(proposal, text, by)
    worth = _money(amount)
    return lambda by: lambda proposal: edits.with_amount(proposal, worth, by, text)


def _money(amount: str) -> Money:
    from agent.edits import CannotEdit
    from tools.money import Money

    try:
        return Money.model_validate(amount)
    except ValueError:
        raise CannotEdit(f'"{amount}" is not money; write it like "39.00 USD"') from None


def _decide(
    request: str, kind: DecisionKind, by: str, reason: str, change: Change | None, *, digest: str = "", as_json: bool
) -> None:
    from server.cli.folder import existing_workshop, person_of
    from server.settings import Settings

    with existing_workshop(Settings.read()) as workshop:
        person = person_of(by, workshop.parts.limits, workshop.parts.database.accounts).id
        edit = change(person) if change else None
        record = workshop.runner.decide(request, kind, person, reason=reason[:2_000], digest=digest, edit=edit)
        approvals = workshop.parts.database.approvals
        decided = approvals.get(request)
        asked = approvals.get(record.approval_id) if record.approval_id != request else None
        if as_json:
            emit({"request": _plain(decided), "new": _plain(asked), "case": record.model_dump(mode="json")})
        else:
            _tell(record, asked if asked and asked.awaiting else None, workshop.parts)


def _plain(request: ApprovalRequest | None) -> object:
    return {**request.model_dump(mode="json"), "digest": request.digest} if request else None


def _to_do(record: CaseRecord, names: Names, parts: Parts) -> Iterator[str]:
    """What a person has to do in the shop besides: nothing carries a signed effect out of this store."""
    from agent.approvals.card import describe
    from agent.case import ExecutionStatus
    from server.brand import is_demo, moves_shop

    if is_demo(parts.settings):
        return
    for execution in record.executions:
        if execution.status is ExecutionStatus.SUCCEEDED and moves_shop(execution.action):
            yield f"  To do in your shop: {describe(execution.action, names)}"


def _tell(record: CaseRecord, asked: ApprovalRequest | None, parts: Parts) -> None:
    from agent.approvals.card import describe
    from agent.approvals.names import names_of
    from server.ui.people import named_in

    names = names_of([execution.action for execution in record.executions], parts.store.readers())
    say(f"{record.case_id} is {record.status.value.replace('_', ' ')}.", "bold")
    for execution in record.executions:
        say(f"  {execution.status.value}: {execution.detail or describe(execution.action, names)}")
    for line in _to_do(record, names, parts):
        say(line, "bold")
    if record.status.value in ("working", "failed", "escalated", "rejected") and record.outcome:
        say(f"  {named_in(record.outcome)}")
    if asked is not None:
        say("It was changed, or the world moved on, so it is asked again:\n")
        _show_card(asked, parts)
    elif record.status.value == "working":
        next_command("countersign go --as YOU")
    else:
        next_command("countersign approvals list")
