"""Facts about the order, its lines, parcel, returns and refunds, as the playbooks and the evidence have them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from agent.investigation.charges import charge_fields
from agent.investigation.estimates import business_days_after, ships_by
from agent.investigation.found import Found
from tools.commerce import (
    FraudBand,
    LineItem,
    Order,
    OrderStage,
    ParcelStatus,
    Refund,
    Return,
    ReturnStatus,
    Shipment,
    arrived,
    untracked,
)
from tools.money import Money, total

Fields = dict[str, object]
_RISK = re.compile(
    r"fraud|risk|avs|cvv|velocity|chargeback|mismatch|suspicio|stolen|screening|verif|identity|kyc|3-?d ?secure|betrug"
    r"|fraude|riesgo|risque|risiko",
    re.I,
)


def days_between(earlier: datetime | None, later: datetime, found: Found) -> int | None:
    """Whole days between two moments on the shop's calendar; None when the first is not known."""
    if earlier is None:
        return None
    zone = found.limits.business_hours.zone
    return (later.astimezone(zone).date() - earlier.astimezone(zone).date()).days


def delivered_at(found: Found) -> datetime | None:
    """When the last parcel of the order arrived; None while one is on its way."""
    times = [parcel.delivered_at for parcel in found.shipments]
    known = [time for time in times if time is not None]
    return max(known) if known and len(known) == len(times) else None


def order_summary(order: Order) -> Fields:
    """An order in a list."""
    return {"number": order.number, "stage": order.stage.value, "placed_at": order.placed_at, "total": order.total}


def order_fields(found: Found, order: Order) -> Fields:
    """The order that the message means."""
    method = found.customer.method(order.payment_method_id) if found.customer else None
    came = delivered_at(found)
    return {
        "id": order.id,
        **order_summary(order),
        "age_days": days_between(order.placed_at, found.now, found),
        "captured": order.captured,
        "refunded": order.refunded,
        "left_to_refund": order.left_to_refund,
        "shipping_paid": order.shipping_paid,
        "on_hold": order.hold is not None,
        "fraud_hold": is_risky(order),
        "items_modified": order.items_modified,
        "titles": [line.title for line in order.lines],
        "payment_label": method.label() if method else None,
        "shipping_address": order.shipping_address.one_line() or None,
        "shipping_country": order.shipping_address.country or None,
        **_stages(found, order),
        "partially_shipped": _partially_shipped(found, order),
        "parcels": len(found.shipments),
        "delivered_at": came,
        "days_since_delivered": days_between(came, found.now, found),
        "arrival_unknown": _arrival_unknown(found, order),
        "has_final_sale": any(line.final_sale for line in order.lines),
        "over_value": _over_value(found, order),
        "cancelled_at": order.cancelled_at,
        "is_replacement": bool(order.replaces_order_id),
        "late_to_ship": _late_to_ship(found, order),
        **charge_fields(found, order),
    }


def _late_to_ship(found: Found, order: Order) -> bool:
    """Whether the day by which the shipping policy says that it leaves has passed, and nothing has left."""
    waiting = order.stage in (OrderStage.PENDING, OrderStage.PROCESSING) and not found.shipments
    today = found.now.astimezone(found.limits.business_hours.zone).date()
    return waiting and today > ships_by(order.placed_at, found.limits).date()


def is_risky(order: Order) -> bool:
    """Whether the platform's screening wants a person to look before anything happens (row B5)."""
    hold = order.hold
    return order.fraud is FraudBand.HIGH or (hold is not None and bool(_RISK.search(f"{hold.reason} {hold.by}")))


def _stages(found: Found, order: Order) -> Fields:
    now = OrderStage.DELIVERED if arrived(order, found.shipments) else order.stage
    return {stage.value: now is stage for stage in OrderStage}


def _arrival_unknown(found: Found, order: Order) -> bool:
    """Whether it has left us, and nothing on record says when it arrived; a platform's order files never do."""
    return untracked(order, found.shipments) or (arrived(order, found.shipments) and delivered_at(found) is None)


def _over_value(found: Found, order: Order) -> bool:
    threshold = found.limits.value.order_total_over
    return order.currency == threshold.currency and order.total > threshold


def _partially_shipped(found: Found, order: Order) -> bool:
    packed = {line_id for parcel in found.shipments for line_id in parcel.line_ids}
    return bool(packed) and packed != {line.id for line in order.lines}


def line_fields(found: Found, order: Order, line: LineItem) -> Fields:
    """One order line, with what may be done about it."""
    window = (
        0 if line.final_sale and not found.limits.returns.final_sale else found.limits.returns.days_for(line.category)
    )
    since = days_between(delivered_at(found), found.now, found)
    available = found.available(line.variant_id)
    meant = found.units.get(line.id)
    left = line.left if meant is None else min(meant, line.left)
    in_window = since is not None and since <= window
    return {
        "line_id": line.id,
        "product_id": line.product_id or None,
        "variant_id": line.variant_id or None,
        "title": line.title,
        "sku": line.sku or None,
        "options": ", ".join(line.options.values()) or None,
        "quantity": line.quantity,
        "left": left,
        "category": line.category or None,
        "final_sale": line.final_sale,
        "window_days": window,
        "in_window": in_window,
        "days_left": window - since if since is not None and in_window else None,
        "returnable": in_window and window > 0 and left > 0,
        "paid": line.paid(order.taxes_included),
        "refundable": line.refundable(left, order.taxes_included),
        "available": available,
        "in_stock": available >= (line.quantity if meant is None else left),
        "price_drop": price_drop(found, order, line),
    }


def price_drop(found: Found, order: Order, line: LineItem) -> Money | None:
    """How much less the catalogue asks today for one unit than was paid, before tax that is added; None when not less.

    Known only after the `prices` lookup, and only as long as a lower price is made up for.
    """
    now, age = found.prices.get(line.variant_id), days_between(order.placed_at, found.now, found) or 0
    if now is None or now.currency != order.currency or age > found.limits.payments.price_adjustment_days:
        return None
    paid = (line.price * line.quantity - line.discount).share(1, line.quantity)
    return paid - now if now < paid else None


def items_facts(found: Found) -> Fields:
    """The lines meant and what they add up to."""
    order = found.order
    items = [line_fields(found, order, line) for line in found.lines] if order else []
    windows = [int(str(item["window_days"])) for item in items]
    # What can never come back has no window of its own to speak of beside items that can.
    days = min((window for window in windows if window), default=0 if windows else found.limits.returns.default_days)
    came = delivered_at(found)
    return {
        "items": items,
        "item": items[0] if len(items) == 1 and not found.lines_unclear else None,
        "items_meant": found.lines_meant,
        "items_named": found.lines_named,
        "lines_unclear": found.lines_unclear,
        "units_unclear": found.units_unclear,
        "asks_differ": found.asks_differ,
        "items_value": _worth(items, order),
        "price_drop": _price_drop(found, order) if order else None,
        "all_returnable": bool(items) and all(item["returnable"] for item in items),
        "all_returnable_in_time": bool(items) and all(item["window_days"] and item["left"] for item in items),
        "none_returnable": bool(items) and not any(item["returnable"] for item in items),
        "any_final_sale": any(item["final_sale"] for item in items),
        "any_not_returnable_category": any(item["window_days"] == 0 and not item["final_sale"] for item in items),
        "all_in_stock": bool(items) and all(item["in_stock"] for item in items),
        "window_days": days,
        "window_ended_at": came + timedelta(days=days) if came else None,
        "warranty_years": _warranty(found),
    }


def _warranty(found: Found) -> int:
    """Years of the shortest warranty of the lines meant; 0 unless all of them are covered today."""
    came, zone = delivered_at(found), found.limits.business_hours.zone
    years = min((found.limits.returns.warranty_of(line.category) for line in found.lines), default=0)
    if came is None or not years:
        return 0
    start, today = came.astimezone(zone).date(), found.now.astimezone(zone).date()
    return years if (today.year - years, today.month, today.day) <= (start.year, start.month, start.day) else 0


def _worth(items: Sequence[Fields], order: Order | None) -> Money | None:
    if order is None:
        return None
    worth = [value for item in items if isinstance(value := item["refundable"], Money)]
    return min(total(worth, order.currency), order.left_to_refund)


def _price_drop(found: Found, order: Order) -> Money | None:
    drops = [drop * line.quantity for line in found.lines if (drop := price_drop(found, order, line)) is not None]
    return total(drops, order.currency) if drops else None


def shipment_fields(found: Found, parcel: Shipment) -> Fields:
    """The parcel that matters, and how worrying it is."""
    scan, rule, delivered = parcel.last_scan, found.limits.delivery, parcel.status is ParcelStatus.DELIVERED
    quiet = days_between(scan.at if scan else parcel.shipped_at, found.now, found)
    late = days_between(parcel.estimated_delivery, found.now, found)
    moving = parcel.status in (ParcelStatus.IN_TRANSIT, ParcelStatus.LABEL_CREATED, ParcelStatus.OUT_FOR_DELIVERY)
    return {
        "id": parcel.id,
        "carrier": parcel.carrier,
        "tracking_number": parcel.tracking_number or None,
        "tracking_url": parcel.tracking_url or None,
        "status": parcel.status.value,
        "shipped_at": parcel.shipped_at,
        "estimated_delivery": parcel.estimated_delivery,
        "delivered": delivered,
        "delivered_at": parcel.delivered_at,
        "days_since_delivered": days_between(parcel.delivered_at, found.now, found),
        "hours_since_delivered": (found.now - parcel.delivered_at) // timedelta(hours=1)
        if parcel.delivered_at
        else None,
        "last_scan_at": scan.at if scan else None,
        "last_scan_text": scan.description or None if scan else None,
        "last_scan_location": scan.location or None if scan else None,
        "days_since_scan": quiet,
        "stalled": moving and quiet is not None and quiet >= rule.stalled_after_days,
        # No scan for so long, all of it after the expected delivery.
        "lost": moving and late is not None and min(late, quiet or 0) >= rule.lost_after_days,
        "overdue": not delivered and late is not None and late > 0,
        "exception": parcel.status is ParcelStatus.EXCEPTION,
        "out_for_delivery": parcel.status is ParcelStatus.OUT_FOR_DELIVERY,
        "returned_to_sender": parcel.status is ParcelStatus.RETURNED_TO_SENDER,
        "trace_open": found.trace is not None,
        "trace_due_at": _trace_due(found),
    }


def _trace_due(found: Found) -> datetime | None:
    """When the carrier answers: what is on record, never sooner than customers are told in the shop's own days."""
    if found.trace is None:
        return None
    limits = found.limits
    opened = found.trace.opened_at.astimezone(limits.business_hours.zone)
    return max(
        found.trace.due_at, business_days_after(opened, limits.delivery.trace_answer_days, limits.business_hours)
    )


def return_fields(found: Found) -> Fields | None:
    """The latest return of the order."""
    if not found.returns:
        return None
    latest = found.returns[-1]
    return {
        "id": latest.id,
        "status": latest.status.value,
        "requested_at": latest.requested_at,
        "received_at": latest.received_at,
        "label_url": latest.label_url or None,
        "is_exchange": any(line.exchange_variant_id for line in latest.lines),
        "received": latest.received_at is not None,
        "closed": latest.status in (ReturnStatus.CLOSED, ReturnStatus.REJECTED),
        "worth": _return_worth(found, latest),
    }


def _return_worth(found: Found, latest: Return) -> Money | None:
    """What is paid back for the goods of an open return; None when it is another thing that comes for them."""
    order = found.order
    open_ = latest.status not in (ReturnStatus.CLOSED, ReturnStatus.REJECTED)
    if order is None or not open_ or any(line.exchange_variant_id for line in latest.lines):
        return None
    back = {line.line_id: line.quantity for line in latest.lines}
    worth = [line.refundable(back[line.id], order.taxes_included) for line in order.lines if line.id in back]
    return min(total(worth, order.currency), order.left_to_refund) or None


def refund_fields(found: Found) -> Fields | None:
    """The latest refund of the order."""
    if not found.refunds:
        return None
    latest: Refund = found.refunds[-1]
    method = found.customer.method(latest.method_id) if found.customer else None
    hours = found.limits.business_hours
    expected = business_days_after(latest.at.astimezone(hours.zone), found.limits.payments.refund_days[1], hours)
    return {
        "id": latest.id,
        "amount": latest.amount,
        "at": latest.at,
        "method_label": method.label() if method else None,
        "days_ago": days_between(latest.at, found.now, found),
        "expected_by": expected,
        "late": found.now > expected,
    }
