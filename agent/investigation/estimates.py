"""When a parcel should arrive: handling and transit in business days, from the shop's own rules."""

from __future__ import annotations

from datetime import datetime, timedelta

from agent.limits import PolicyLimits
from agent.limits.service import BusinessHours


def business_days_after(start: datetime, days: int, hours: BusinessHours) -> datetime:
    """`start` (in the shop's zone) plus business days."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= hours.business_day(day.date())
    return day


def open_hours_after(start: datetime, hours: int, business: BusinessHours) -> datetime:
    """When people have been at work for `hours` hours since `start`, in the shop's zone."""
    at, left = business.next_opening(start), timedelta(hours=hours)
    while True:
        closes = datetime.combine(at.date(), business.closes, business.zone)
        if at + left <= closes:
            return at + left
        left -= closes - at
        at = business.next_opening(closes)


def ships_by(placed_at: datetime, limits: PolicyLimits) -> datetime:
    """The business day on which an order leaves at the latest, in the shop's zone."""
    hours = limits.business_hours
    start = placed_at.astimezone(hours.zone)
    # An order after the cut-off, or on a day off, counts as placed on the next business day.
    if not hours.business_day(start.date()) or start.time() >= limits.delivery.order_cutoff:
        start = business_days_after(start, 1, hours)
    return business_days_after(start, limits.delivery.handling_days, hours)


def delivery_window(placed_at: datetime, country: str, limits: PolicyLimits) -> tuple[datetime, datetime] | None:
    """(earliest, latest) arrival of an order placed at a moment; None when we have no transit time for the country."""
    transit = limits.delivery.transit_days.get(country)
    if transit is None:
        return None
    hours, handed_over = limits.business_hours, ships_by(placed_at, limits)
    return business_days_after(handed_over, transit[0], hours), business_days_after(handed_over, transit[1], hours)
