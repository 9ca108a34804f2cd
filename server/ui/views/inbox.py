"""The inbox: which cases a view holds, in which order, and what each line says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from agent.approvals import ApprovalRequest
from agent.case import CaseStatus
from agent.limits import PolicyLimits
from agent.priority import ranked
from agent.repositories import UNANSWERED, CaseRecord
from agent.switches import Switch
from agent.takeover import holder
from server.ui.views.case import name_of, title_of
from server.ui.views.status import Badge, badge_of, by_hand
from server.ui.words import age, language, money, spoken
from tools.actions import RefundOrder
from tools.helpdesk import Ticket
from tools.money import Money

S = CaseStatus
NEEDS = (S.AWAITING_APPROVAL, S.AWAITING_REVIEW)
HELD = (S.ESCALATED, S.REJECTED)
"""What a person has to see to: of a draft that was rejected the customer has heard nothing."""
FILTERS = ("intent", "queue", "language")
CARRIED = ("view", "order", *FILTERS, "q")
LONGEST = "waiting"
"""The order of whose customer waits longest; every view has another one of its own, which needs no name."""


@dataclass(frozen=True)
class View:
    """One way to look at the inbox."""

    key: str
    name: str
    statuses: tuple[CaseStatus, ...]
    empty: str
    waits: bool = field(default=False, kw_only=True)
    counted: bool = field(default=True, kw_only=True)
    first: str = field(default="Newest first", kw_only=True)
    """What its own order is called."""

    @property
    def ordered(self) -> bool:
        """Whether customers wait in it, so that those who wait longest may come first."""
        return not self.statuses or any(status in UNANSWERED for status in self.statuses)


IMPORTANT = "Most important first"
VIEWS = (
    View("needs", "Needs you", NEEDS, "Drafts to read and effects to sign appear here.", waits=True),
    View("sign", "To sign", NEEDS[:1], "Refunds, replacements and exceptions wait here.", waits=True),
    View("read", "To read", NEEDS[1:], "Drafted replies wait here until a person reads them."),
    View(
        "people",
        "With people",
        HELD,
        "What the assistant hands over, and what is rejected, appears here.",
        first=IMPORTANT,
    ),
    View("mine", "Mine", (S.ESCALATED,), "Cases that you take over appear here.", counted=False, first=IMPORTANT),
    View("late", "Late", UNANSWERED, "Nobody has waited longer than the shop promises.", counted=False),
    View("failed", "Failed", (S.FAILED,), "Runs that went wrong appear here, with a way to try again."),
    View("answered", "Answered", (S.ANSWERED, S.RESOLVED), "Cases with an answer appear here."),
    View("ignored", "Nothing to answer", (S.IGNORED,), "Automatic mail and plain thanks appear here."),
    View("all", "All", (), "Cases appear here as soon as a ticket arrives."),
)
_BY_KEY = {view.key: view for view in VIEWS}


def view_of(key: str) -> View:
    """The view of this name, else the first."""
    return _BY_KEY.get(key, VIEWS[0])


def in_order_of_waiting(view: View, given: Mapping[str, str]) -> bool:
    """Whether those who wait longest come first."""
    return view.ordered and given.get("order") == LONGEST


def list_title(view: View, given: Mapping[str, str]) -> str:
    """What the list is called beside one of its cases."""
    return f"{view.name}, longest wait first" if in_order_of_waiting(view, given) else view.name


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line. `late`: waits longer than the shop promises."""

    id: str
    name: str
    subject: str
    excerpt: str
    intent: str
    value: str
    status: Badge
    age: str
    late: bool
    vip: bool
    waits: bool


@dataclass(frozen=True, kw_only=True)
class ViewLink:
    """A view with how many it holds; None where counting would mean reading."""

    key: str
    name: str
    href: str
    here: bool
    waits: bool
    count: int | None


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A filter: value, name and count of each option; the count is -1 where there are too many to count."""

    name: str
    label: str
    chosen: str
    options: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, kw_only=True)
class Welcome:
    """What the first page explains."""

    title: str
    says: str
    steps: tuple[str, ...]
    href: str
    link: str


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """Everything that inbox.html shows."""

    view: str
    title: str
    says: str
    views: tuple[ViewLink, ...]
    orders: tuple[tuple[str, str, bool], ...]
    """Value and name of each order, and whether it is the one; none where nobody waits."""
    choices: tuple[Choice, ...]
    filtered: bool
    cleared: str
    """Where the same list is without filters."""
    rows: tuple[Row, ...]
    newest: str
    query: str
    carried: str
    next: str
    more: str
    """What the next page holds."""
    empty_title: str
    empty_says: str
    empty_href: str
    empty_link: str
    welcome: Welcome | None


def row_of(
    record: CaseRecord,
    ticket: Ticket | None,
    limits: PolicyLimits,
    now: datetime,
    back: Money | None = None,
    stop: Switch | None = None,
) -> Row:
    """The line of a case; `back`: what its cancellation pays back, `stop`: the switch at which it stands still."""
    waited = now - (ticket.latest.at if ticket else record.created_at)
    flat = " ".join(ticket.latest.text.split()) if ticket else ""
    subject = title_of(ticket) if ticket else record.ticket_id
    return Row(
        id=record.case_id,
        name=name_of(ticket) if ticket else "",
        subject=subject,
        excerpt=flat[:140] if ticket and ticket.subject else "",
        intent=spoken(record.intent),
        value=money(record.value or back),
        status=badge_of(record, ticket, stop),
        age=age(waited),
        late=is_late(record, ticket, limits, now),
        vip=record.queue == limits.vip.queue,
        waits=record.status in NEEDS,
    )


def is_late(record: CaseRecord, ticket: Ticket | None, limits: PolicyLimits, now: datetime) -> bool:
    """Whether nobody has answered within the hours that the shop promises; VIPs are promised fewer."""
    if record.status not in UNANSWERED or ticket is None or by_hand(record, ticket):
        return False
    vip = record.queue == limits.vip.queue
    hours = limits.vip.first_response_hours if vip else limits.replies.first_response_hours
    return now - max(ticket.latest.at, record.created_at) > timedelta(hours=hours)


def taken_by(who: str, records: Iterable[CaseRecord]) -> list[CaseRecord]:
    """Those that this person took over, in the same order."""
    return [record for record in records if holder(record) == who]


def important_first(records: Iterable[CaseRecord], ticket: Callable[[str], Ticket | None]) -> list[CaseRecord]:
    """The most important first. Those that somebody has answered by hand come last: they wait for the customer."""
    return sorted(ranked(records), key=lambda record: by_hand(record, ticket(record.ticket_id)))


def for_onlookers(found: Inbox) -> Inbox:
    """The inbox of somebody who answers nothing: no case needs them, and none can be theirs."""
    links = [replace(link, name=without_you(link.name)) for link in found.views if link.here or link.key != "mine"]
    return replace(found, title=without_you(found.title), views=tuple(links))


def without_you(title: str) -> str:
    """What a list is called for somebody who answers nothing."""
    return title.replace(VIEWS[0].name, "Needs somebody") if title.startswith(VIEWS[0].name) else title


def orders_of(view: View, given: Mapping[str, str]) -> tuple[tuple[str, str, bool], ...]:
    """The orders that a view can be in."""
    waiting = in_order_of_waiting(view, given)
    return (("", view.first, not waiting), (LONGEST, "Longest wait first", waiting)) if view.ordered else ()


def view_links(here: str, counts: Mapping[str, int] | None, given: Mapping[str, str]) -> tuple[ViewLink, ...]:
    """Every view with its count, under the same filters, and in the same order where it has it.

    `counts`: cases by status; a status that is not in it was not counted. A search leaves out what is no set of them.
    """
    return tuple(
        ViewLink(
            key=view.key,
            name=view.name,
            href=f"/{query_of({**given, 'view': view.key, 'order': given.get('order', '') if view.ordered else ''})}",
            here=view.key == here,
            waits=view.waits,
            count=count_of(view, counts),
        )
        for view in VIEWS
        if view.counted or not given.get("q")
    )


def count_of(view: View, counts: Mapping[str, int] | None) -> int | None:
    """How many cases a view holds; None where that was not counted."""
    statuses = [status.value for status in view.statuses or S]
    if counts is None or not view.counted or not all(status in counts for status in statuses):
        return None
    return sum(counts[status] for status in statuses)


def choice(name: str, label: str, chosen: str, counts: Mapping[str, int]) -> Choice:
    """A filter with what there is."""
    says = language if name == "language" else spoken
    there = counts if not chosen or chosen in counts else {**counts, chosen: 0}
    options = tuple((value, says(value), many) for value, many in there.items() if value)
    return Choice(name=name, label=label, chosen=chosen, options=options)


def query_of(given: Mapping[str, str]) -> str:
    """The filters as an address carries them; empty ones stay out."""
    kept = {name: given[name] for name in CARRIED if given.get(name)}
    return f"?{urlencode(kept)}" if kept else ""


def welcome(first: ApprovalRequest | None, customer: str, *, signs: bool = True) -> Welcome:
    """What a newcomer to the demo brand reads first; `first` is what they may sign, for this customer.

    `signs`: whether their role signs at all; who only looks waits for nothing.
    """
    refund = first is not None and any(isinstance(effect, RefundOrder) for effect in first.effects)
    what = "refund" if refund else "case that waits for a signature"
    steps = (
        f"Open a {what}. Every underlined fact in the reply shows where it comes from.",
        "Read what will happen: the exact call, who may sign, and what it leaves of your limit.",
        "Sign it. It happens once, however often you click; the case says what was done, and the audit log keeps it.",
    )
    if not signs:
        steps = (
            steps[0],
            steps[1].replace("your limit", "their limit"),
            "Signing is for the others: a viewer looks, and answers nothing.",
        )
    amount = f" of {money(first.amount)}" if first and first.amount else ""
    link = f"Open the refund{amount} for {customer or 'a customer'}" if refund else f"Open a case{amount} to sign"
    return Welcome(
        title="This is Alder & Wren, a made-up shop to try Countersign with",
        says="Its customers write while you watch. Each ticket is read, looked up and answered in draft; "
        "nothing leaves without a person.",
        steps=steps,
        href=f"/cases/{first.case_id}" if first else "" if signs else "/?view=sign",
        link=link if first else "" if signs else "See what waits for a signature",
    )
