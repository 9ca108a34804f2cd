"""What limits.yaml says about replies, identity, approvals, opening hours, delivery, VIPs and autonomy."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from agent.limits.people import Section
from agent.limits.rules import Count, Days, Hours, Percent


class ReplyMode(StrEnum):
    """Whether a reply may ever leave without a reader."""

    DRAFT_ONLY = "draft_only"
    LISTED_INTENTS = "listed_intents"


class AutoIntent(Section):
    """A person who answers for the replies of one intent going out unread."""

    owner: Annotated[str, Field(min_length=1)]


class Loop(Section):
    """The loop breaker: at most `replies` to one recipient within `minutes`."""

    replies: Count
    minutes: Annotated[int, Field(ge=1, le=10_080)]

    @property
    def window(self) -> timedelta:
        """How far back replies count."""
        return timedelta(minutes=self.minutes)


class Replies(Section):
    """Who reads a reply before it leaves."""

    mode: ReplyMode
    auto_intents: dict[str, AutoIntent]
    queue_notice: AutoIntent | None = None
    max_per_recipient: Loop
    first_response_hours: Hours

    def owner_of(self, intent: str) -> str:
        """Who answers for unread replies on this intent; empty when a person has to read them first."""
        listed = self.mode is ReplyMode.LISTED_INTENTS and intent in self.auto_intents
        return self.auto_intents[intent].owner if listed else ""


class EmailTrust(StrEnum):
    """What an e-mail address proves when the mail server could not."""

    ACCEPT = "accept"
    TWO_FACTS = "two_facts"
    REFUSE = "refuse"


class IdentityRule(Section):
    """How a sender becomes a verified customer."""

    unauthenticated_email: EmailTrust


class Approvals(Section):
    """How long a request for a signature is good for. After that the answer is no."""

    expire_after_hours: Hours
    by_action: dict[str, Hours]

    def hours_for(self, kind: str) -> int:
        """Hours until a request about this kind of action expires."""
        return self.by_action.get(kind, self.expire_after_hours)


class Weekday(StrEnum):
    """Days of the week, Monday first."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


WEEK = tuple(Weekday)


class BusinessHours(Section):
    """When people answer, in the shop's own time zone, which also decides where a day ends."""

    time_zone: str
    days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    opens: time
    closes: time
    holidays: Annotated[tuple[date, ...], Field(max_length=200)]

    @field_validator("time_zone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f'"{value}" is not a time zone; write one like "America/New_York"') from None
        return value

    @model_validator(mode="after")
    def _opens_first(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("`opens` must be before `closes`")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The shop's time zone."""
        return ZoneInfo(self.time_zone)

    def business_day(self, day: date) -> bool:
        """Whether people work on this day."""
        return WEEK[day.weekday()] in self.days and day not in self.holidays

    def open_at(self, now: datetime) -> bool:
        """Whether people are there at `now` (aware)."""
        here = now.astimezone(self.zone)
        return self.business_day(here.date()) and self.opens <= here.time() < self.closes

    def next_opening(self, now: datetime) -> datetime:
        """`now` when open, else the next moment people are there, in the shop's time zone."""
        here = now.astimezone(self.zone)
        if self.open_at(now):
            return here
        first = here.date() if here.time() < self.opens else here.date() + timedelta(days=1)
        day = next(day for day in (first + timedelta(days=n) for n in range(400)) if self.business_day(day))
        return datetime.combine(day, self.opens, self.zone)


class Delivery(Section):
    """How long things take, and from when on a parcel is worrying."""

    handling_days: Days
    order_cutoff: time
    transit_days: dict[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], tuple[Days, Days]]
    stalled_after_days: Annotated[int, Field(ge=1, le=365)]
    lost_after_days: Annotated[int, Field(ge=1, le=365)]
    look_around_hours: Hours
    trace_answer_days: Annotated[int, Field(ge=1, le=365)]

    @field_validator("transit_days")
    @classmethod
    def _least_first(cls, value: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
        for country, (least, most) in value.items():
            if least > most:
                raise ValueError(f"{country}: write the least number of days first, [{most}, {least}]")
        return value


class Vip(Section):
    """Repeat customers who wait less."""

    orders: Count
    queue: Annotated[str, Field(min_length=1)]
    first_response_hours: Hours


class Autonomy(Section):
    """What an intent has to prove on reviewed drafts before its replies may go out unread."""

    reviewed_samples: Count
    accuracy_percent: Percent
    lower_below_percent: Percent

    @model_validator(mode="after")
    def _lower_is_lower(self) -> Self:
        if self.lower_below_percent > self.accuracy_percent:
            raise ValueError("`lower_below_percent` must not be above `accuracy_percent`")
        return self
