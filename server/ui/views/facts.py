"""What is true: customer, order, parcel and policy, as the right column of a case shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.case import CitedPassage, Evidence, Identity
from agent.repositories import CaseRecord
from server.ui.views.sources import evidence_anchor, passage_href, plain_fields
from server.ui.words import age, day, flowing, moment, money, spoken
from tools.commerce import Customer, LineItem, Order, Refund, Return, Shipment
from tools.money import Money, total

_LATE = ("exception", "returned_to_sender")


@dataclass(frozen=True, kw_only=True)
class Step:
    """One scan of a parcel. `state`: done, now or wrong."""

    at: datetime
    says: str
    place: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A parcel with its scans, newest first."""

    carrier: str
    number: str
    href: str
    status: str
    estimate: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of an order: `1 × Hearth Mug (Speckled White)`, and its price before discount and tax."""

    says: str
    price: str
    note: str


@dataclass(frozen=True, kw_only=True)
class OrderView:
    """An order as the platform has it now. `proven`: whether the sender showed that it is theirs."""

    number: str
    stage: str
    placed: str
    total: str
    sums: tuple[tuple[str, str], ...]
    """What makes the lines the total: discount, shipping, tax."""
    tax_inside: str
    """The tax that prices and shipping include already."""
    refunded: str
    left: str
    paid_with: str
    to: str
    lines: tuple[Line, ...]
    warnings: tuple[str, ...]
    history: tuple[str, ...]
    proven: bool


@dataclass(frozen=True, kw_only=True)
class CustomerView:
    """Who writes, when that is `verified`; else the owner of the order that a stranger names. `how`: what is proven.

    `as_of`: when orders, spending and refunds were counted, which goes on while the case waits.
    """

    name: str
    verified: bool
    how: str
    rows: tuple[tuple[str, str], ...]
    vip: bool
    note: str
    as_of: str = ""


@dataclass(frozen=True, kw_only=True)
class PassageView:
    """A passage of an in-force document."""

    title: str
    version: int
    href: str
    text: str
    cited: bool


@dataclass(frozen=True, kw_only=True)
class FactView:
    """One fact as it was read, with every single value."""

    anchor: str
    id: str
    kind: str
    source: str
    as_of: datetime
    rows: tuple[tuple[str, str], ...]


def customer_view(customer: Customer | None, known: Identity | None, fact: Evidence | None) -> CustomerView | None:
    """The customer; None when nobody is known."""
    if customer is None:
        return None
    fields = fact.fields if fact else {}
    rows = (
        ("orders", str(fields.get("orders_count", ""))),
        ("spent", money(str(fields["lifetime_value"])) if fields.get("lifetime_value") else ""),
        ("refunds in 90 days", str(fields.get("refunds_90d", ""))),
        ("e-mail", customer.emails[0] if customer.emails else ""),
        ("since", day(customer.created_at)),
    )
    return CustomerView(
        name=customer.name or customer.id,
        verified=bool(known and known.verified),
        how=known.how if known else "",
        rows=tuple((name, value) for name, value in rows if value),
        vip=fields.get("vip") is True,
        note=customer.note,
        as_of=moment(fact.as_of) if fact else "",
    )


def orders_named(record: CaseRecord) -> tuple[str, ...]:
    """The numbers of orders that the messages name."""
    return record.classification.references.order_numbers if record.classification else ()


def order_view(
    order: Order | None,
    customer: Customer | None,
    refunds: Sequence[Refund],
    returns: Sequence[Return],
    identity: Identity | None,
    named: Sequence[str] = (),
) -> OrderView | None:
    """The order; None when the case is about none. `named`: every order that the messages name."""
    if order is None:
        return None
    method = customer.method(order.payment_method_id) if customer else None
    return OrderView(
        number=order.number,
        stage=spoken(order.stage.value),
        placed=moment(order.placed_at),
        total=money(order.total),
        sums=_sums(order),
        tax_inside=money(_tax(order)) if order.taxes_included and _tax(order) else "",
        refunded=money(order.refunded) if order.refunded.minor else "",
        left=money(order.left_to_refund) if order.refunded.minor else "",
        paid_with=method.label() if method else "",
        to=order.shipping_address.one_line(),
        lines=tuple(_line(line, refunds) for line in order.lines),
        warnings=(*_warnings(order), *_beside(order, named)),
        history=tuple(_history(refunds, returns)),
        proven=bool(identity and identity.verified),
    )


def _sums(order: Order) -> tuple[tuple[str, str], ...]:
    """Lines less discount plus the rest is the total."""
    off, tax = total((line.discount for line in order.lines), order.currency), _tax(order)
    code = f" {', '.join(order.discount_codes)}" if order.discount_codes else ""
    found = [(f"Discount{code}", f"\N{MINUS SIGN}{money(off)}")] if off else []
    found += [("Shipping", money(order.shipping))] if order.shipping else []
    found += [("Tax", money(tax))] if tax and not order.taxes_included else []
    return tuple(found)


def _tax(order: Order) -> Money:
    return total((line.tax for line in order.lines), order.currency) + order.shipping_tax


def _line(line: LineItem, refunds: Sequence[Refund]) -> Line:
    options = f" ({', '.join(line.options.values())})" if line.options else ""
    notes = [_refunded(line, refunds)] if line.refunded else []
    notes += [f"{line.returning} coming back"] if line.returning else []
    notes += ["final sale"] if line.final_sale else []
    price = money(line.price * line.quantity)
    return Line(says=f"{line.quantity} × {line.title}{options}", price=price, note=", ".join(notes))


def _refunded(line: LineItem, refunds: Sequence[Refund]) -> str:
    """`1 refunded, $13.50 back`: without the sum where one refund was for other lines or for shipping as well."""
    own = [each for each in refunds if any(part.line_id == line.id for part in each.lines)]
    plain = own and all(len(each.lines) == 1 and not each.shipping for each in own)
    back = f", {money(total((each.amount for each in own), line.price.currency))} back" if plain else ""
    return f"{line.refunded} refunded{back}"


def _warnings(order: Order) -> list[str]:
    found = [f"On hold: {order.hold.reason}"] if order.hold else []
    found += [f"Fraud risk {order.fraud.value}"] if order.fraud.value != "low" else []
    found += [f"Cancelled {moment(order.cancelled_at)}"] if order.cancelled_at else []
    return found


def _beside(order: Order, named: Sequence[str]) -> list[str]:
    """One card shows one order; whoever reads it has to know that the message is about more."""
    others = [each for each in dict.fromkeys(named) if each.lstrip("#") != order.number.lstrip("#")]
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    return [f"Also named: {', '.join(others[:3])}{more}"] if others else []


def _history(refunds: Sequence[Refund], returns: Sequence[Return]) -> list[str]:
    paid = [(each.at, f"{money(each.amount)} refunded, {day(each.at)}") for each in refunds]
    back = [(each.requested_at, f"Return {spoken(each.status.value)}, {day(each.requested_at)}") for each in returns]
    return [says for _, says in sorted([*paid, *back])]


def parcel_view(shipment: Shipment) -> Parcel:
    """A parcel with its scans, newest first; feeds deliver them out of order."""
    ordered = sorted(shipment.events, key=lambda event: event.at, reverse=True)
    steps = tuple(
        Step(
            at=event.at,
            says=event.description or spoken(event.status.value).capitalize(),
            place=event.location,
            state="wrong" if event.status.value in _LATE else "now" if number == 0 else "done",
        )
        for number, event in enumerate(ordered)
    )
    estimate = "" if shipment.delivered_at else day(shipment.estimated_delivery)
    return Parcel(
        carrier=shipment.carrier,
        number=shipment.tracking_number,
        href=shipment.tracking_url if shipment.tracking_url.startswith("https://") else "",
        status=spoken(shipment.status.value),
        estimate=estimate,
        steps=steps,
    )


def passage_views(passages: Sequence[CitedPassage], cited: Sequence[str]) -> tuple[PassageView, ...]:
    """What the reply rests on first, then what else was found."""
    order = {identifier: number for number, identifier in enumerate(cited)}
    ranked = sorted(passages, key=lambda item: order.get(item.passage_id, len(order)))
    return tuple(
        PassageView(
            title=item.title.partition(" › ")[2] or item.title,
            version=item.version,
            href=passage_href(item.document_id, item.version, item.anchor),
            text=flowing(item.text),
            cited=item.passage_id in order,
        )
        for item in ranked
    )


def fact_views(evidence: Sequence[Evidence]) -> tuple[FactView, ...]:
    """Every fact of the case, as it was read."""
    return tuple(
        FactView(
            anchor=evidence_anchor(item.id),
            id=item.id,
            kind=spoken(item.kind),
            source=item.source,
            as_of=item.as_of,
            rows=plain_fields(item),
        )
        for item in evidence
    )


@dataclass(frozen=True, kw_only=True)
class EarlierCase:
    """A case that the same customer had before."""

    href: str
    says: str
    when: str


def earlier_views(cases: Sequence[CaseRecord], now: datetime) -> tuple[EarlierCase, ...]:
    """Newest first."""
    return tuple(
        EarlierCase(
            href=f"/cases/{case.case_id}",
            says=f"{spoken(case.intent) or 'not read yet'}, {spoken(case.status.value)}",
            when=age(now - case.created_at),
        )
        for case in cases
    )
