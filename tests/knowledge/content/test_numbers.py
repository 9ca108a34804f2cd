"""Every number in a policy in force is one of limits.yaml or is the policy's own, and both are the ones that apply."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta

import pytest

from agent.limits import BusinessHours, PolicyLimits, load_limits, shipped_limits
from agent.limits.people import Section
from agent.limits.rules import Payments, Returns, Subscriptions
from agent.limits.service import Delivery
from knowledge.documents import DocumentStatus
from knowledge.ingest import load_folder
from knowledge.playbooks.formatting import format_country, format_listing
from knowledge.playbooks.loader import read_sources
from tests.knowledge.playbooks.contract import MACROS, NOW, PLAYBOOKS, SOURCES
from tools.commerce import Order
from tools.connectors.demo import DemoWorld
from tools.money import Money, total

LIMITS = load_limits(shipped_limits())
Said = Mapping[str, tuple[str, ...]]

OWN: Said = {
    "contact#complaints": ("within 2 business days",),
    "faq-coffee#club": ("250 g", "every 2 weeks", "every 4 weeks"),
    "faq-coffee#shelf-life": ("within 6 weeks of the roast date",),
    "faq-gift-cards#values": ("25.00 USD", "50.00 USD", "100.00 USD"),
    "privacy#account-access": ("valid for 60 minutes",),
    "privacy#account-deletion": ("within 30 days",),
    "privacy#data-request": ("within 30 days",),
    "promotions#welcome-code": ("WELCOME10", "10 %", "40.00 USD"),
    "returns#window": ("day of delivery is day 0", "1 June", "1 July"),
    "shipping#costs": ("6.00 USD", "75.00 USD", "14.00 USD", "18.00 USD"),
    "shipping#tracking": ("can take 1 business day",),
    "subscriptions#how-it-works": ("250 g", "every 2 weeks", "every 4 weeks", "15.00 USD"),
}
"""What only a policy says. A number that is new in a policy goes here, or better: into limits.yaml and `shared`."""
PRODUCT_PAGES = ("faq-apparel", "faq-bags", "faq-drinkware", "faq-home")
"""Measurements of goods, which are in the catalogue and in no rule."""


def in_force() -> dict[str, str]:
    """Place to text, of every approved passage in force; the parts of a long section are joined."""
    found: dict[str, str] = {}
    for passage in load_folder(SOURCES / "policies").passages:
        until = passage.effective_to or date.max
        if passage.status is DocumentStatus.APPROVED and passage.effective_from <= NOW.date() <= until:
            place = f"{passage.document_id}#{passage.section}"
            found[place] = f"{found.get(place, '')} {' '.join(passage.text.split())}".strip()
    return found


POLICIES = in_force()


def business(days: int) -> str:
    return f"{days} business day{'s' if days != 1 else ''}"


def span(days: tuple[int, int]) -> str:
    return f"{days[0]} to {days[1]} business days"


def written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def shared(limits: PolicyLimits) -> Said:
    """What each policy has to say, word for word, so that it says what the rules as data say."""
    hours = limits.business_hours
    week = f"{hours.days[0].value.capitalize()} to {hours.days[-1].value.capitalize()}"
    holidays = format_listing([written(day) for day in hours.holidays], "en")
    return {
        "contact#hours": (f"{week}, {clock(hours.opens)} to {clock(hours.closes)} New York time", f"on {holidays},"),
        "shipping#handling-time": (
            f"Packing takes {business(limits.delivery.handling_days)}.",
            f"before {limits.delivery.order_cutoff:%H:%M} New York time, {week},",
            f"Business days are {week} without our holidays: {holidays}.",
        ),
        **_parcels(limits),
        **_goods(limits),
        **_money(limits),
    }


def clock(at: time) -> str:
    return f"{at.hour}:{at:%M}"


def _parcels(limits: PolicyLimits) -> Said:
    rule = limits.delivery
    names = {code: format_country(code, "en") for code in rule.transit_days}
    groups: dict[tuple[int, int], list[str]] = {}
    for code, transit in rule.transit_days.items():
        groups.setdefault(transit, []).append(names[code])
    listed = format_listing([f"the {name}" if name.startswith("United") else name for name in names.values()], "en")
    around, stalled = rule.look_around_hours // 24, rule.stalled_after_days
    return {
        "shipping#delivery-times": tuple(f"- {format_listing(g, 'en')}: {span(days)}" for days, g in groups.items()),
        "shipping#international": (f"We ship to {listed}.",),
        "shipping#stalled-parcels": (
            f"no scan for {stalled} days, we treat it as stalled",
            f"answers within {business(rule.trace_answer_days)}.",
        ),
        "shipping#delivered-but-missing": (
            f"for {around} days after the delivery scan",
            f"has not turned up after {around} days, we open a trace",
        ),
        "shipping#lost-parcels": (f"no scan for {rule.lost_after_days} days after its expected delivery",),
    }


def _goods(limits: PolicyLimits) -> Said:
    rule = limits.returns
    usual, bags, report = rule.default_days, rule.days_for("bags"), f"within {rule.report_damage_days} days of delivery"
    notice = limits.subscriptions.renewal_notice_days
    return {
        "returns#window": (
            f"most items within {usual} days of delivery. Bags have {bags} days.",
            *(f"{name} cannot be returned" if not rule.days_for(key) else f"{name} can be returned"
              for key, name in (("coffee", "Coffee is perishable and"), ("gift cards", "Gift cards"))),
        ),
        "returns#final-sale": ("cannot be returned or exchanged" if not rule.final_sale else "can be returned",),
        "returns#exchanges": (f"{usual} days of delivery, {bags} days for bags.",),
        "refunds#damaged-items": (report,),
        "refunds#wrong-items": (report,),
        "refunds#missing-items": (report,),
        "faq-coffee#return": (report,),
        "products#warranty": (f"buckles of our bags are covered for {rule.warranty_of('bags')} years from delivery",),
        "subscriptions#pause-or-skip": (f"until {notice} days before the renewal",),
        "subscriptions#cancel": (f"until {notice} days before the renewal",),
        "subscriptions#renewal": (
            f"ships {business(limits.delivery.handling_days)} later",
            f"Less than {notice} days before the renewal",
        ),
    }  # fmt: skip


def _money(limits: PolicyLimits) -> Said:
    rule = limits.payments
    usual, charge = span(rule.refund_days), business(rule.double_charge_days)
    return {
        "orders#cancel-before-shipping": (f"within {usual}",),
        "refunds#how-refunds-work": (f"it takes {usual}", f"shows nothing after {business(rule.refund_days[1])}"),
        "returns#refund-timing": (f"takes {usual} after we receive and check",),
        "refunds#price-adjustments": (f"within the last {rule.price_adjustment_days} days",),
        "payments#double-charges": (f"disappears within {charge} of the order", f"still there after {charge}"),
    }


def faults(limits: PolicyLimits) -> list[str]:
    """Every rule that the policy in its place does not tell, and every number of a policy that nobody answers for."""
    wrong = [
        f"{place}: {text}" for place, texts in shared(limits).items() for text in texts if text not in POLICIES[place]
    ]
    return wrong + [f"{place}: {number}" for place in POLICIES for number in unclaimed(place, limits)]


def unclaimed(place: str, limits: PolicyLimits) -> Iterator[str]:
    left = POLICIES[place]
    if place.partition("#")[0] in PRODUCT_PAGES:
        return
    for text in (*shared(limits).get(place, ()), *OWN.get(place, ())):
        left = left.replace(text, " ")
    yield from re.findall(r"\S*\d\S*(?: \w+)?", left)


def test_policies_and_limits_say_the_same_numbers_and_nothing_is_left_over() -> None:
    assert faults(LIMITS) == []


def test_what_is_the_policys_own_is_in_it() -> None:
    assert [(place, text) for place, texts in OWN.items() for text in texts if text not in POLICIES[place]] == []


OTHERWISE: list[tuple[str, str, object]] = [
    ("returns", "default_days", 31),
    ("returns", "by_category", {"bags": 61, "coffee": 0, "gift cards": 0}),
    ("returns", "by_category", {"bags": 60, "coffee": 7, "gift cards": 0}),
    ("returns", "by_category", {"bags": 60, "coffee": 0, "gift cards": 7}),
    ("returns", "final_sale", True),
    ("returns", "report_damage_days", 15),
    ("returns", "warranty_years", {"bags": 3}),
    ("payments", "refund_days", (4, 10)),
    ("payments", "refund_days", (5, 11)),
    ("payments", "double_charge_days", 6),
    ("payments", "price_adjustment_days", 15),
    ("subscriptions", "renewal_notice_days", 4),
    ("business_hours", "opens", time(8)),
    ("business_hours", "closes", time(18)),
    ("business_hours", "holidays", (date(2026, 11, 26), date(2026, 12, 25))),
    ("business_hours", "days", LIMITS.business_hours.days[:4]),
    ("delivery", "handling_days", 2),
    ("delivery", "order_cutoff", time(15)),
    ("delivery", "transit_days", dict(LIMITS.delivery.transit_days) | {"US": (3, 6)}),
    ("delivery", "transit_days", dict(LIMITS.delivery.transit_days) | {"IT": (6, 10)}),
    ("delivery", "stalled_after_days", 6),
    ("delivery", "lost_after_days", 11),
    ("delivery", "look_around_hours", 72),
    ("delivery", "trace_answer_days", 9),
]


@pytest.mark.parametrize(("section", "field", "value"), OTHERWISE)
def test_a_rule_that_is_changed_alone_is_found_out(section: str, field: str, value: object) -> None:
    part = getattr(LIMITS, section)
    assert getattr(part, field) != value
    assert faults(LIMITS.model_copy(update={section: part.model_copy(update={field: value})}))


def test_every_number_of_these_sections_is_held_against_a_policy() -> None:
    """A new field of them has to be told to customers, or named here as one that they never hear of."""
    silent = {"exception_role", "unknown_delivery_role", "time_zone"}
    tried = {(section, field) for section, field, _ in OTHERWISE}
    sections: tuple[tuple[str, type[Section]], ...] = (
        ("returns", Returns), ("payments", Payments), ("subscriptions", Subscriptions),
        ("business_hours", BusinessHours), ("delivery", Delivery),
    )  # fmt: skip
    fields = {(name, field) for name, section in sections for field in section.model_fields}
    assert {(name, field) for name, field in fields if field not in silent} == tried


def test_the_example_of_the_return_window_is_right() -> None:
    assert date(2026, 6, 1) + timedelta(days=LIMITS.returns.default_days) == date(2026, 7, 1)


def test_a_complaint_is_followed_up_in_the_days_that_customers_are_told() -> None:
    (days,) = re.findall(r"within (\d+) business days", POLICIES["contact#complaints"])
    complaint = read_sources(PLAYBOOKS, MACROS).playbooks["complaint"].playbook
    assert complaint is not None
    branches = complaint.branches
    assert {branch.follow_up.in_days for branch in branches if branch.follow_up} == {int(days)}


def test_a_parcel_is_asked_about_again_when_the_time_to_look_around_is_over() -> None:
    found = read_sources(PLAYBOOKS, MACROS).playbooks["not_received"].playbook
    assert found is not None
    (waiting,) = [branch.follow_up for branch in found.branches if branch.name == "just_delivered"]
    assert waiting is not None
    assert waiting.in_days * 24 == LIMITS.delivery.look_around_hours


def test_the_code_that_a_reply_names_is_the_one_that_is_made() -> None:
    sources = read_sources(PLAYBOOKS, MACROS)
    found = sources.playbooks["cancel_order"].playbook
    assert found is not None
    steps = [step for branch in found.branches for choice in branch.alternatives for step in choice.actions]
    assert [step.arguments["percent"] for step in steps if step.kind == "issue_discount_code"] == ["10"]
    assert "a code for 10 % off" in sources.macros["cancel_order"]["cancelled_with_offer"].macro.text("en")


def test_the_examples_of_our_voice_have_the_numbers_in_force() -> None:
    voice = " ".join((SOURCES / "voice.md").read_text(encoding="utf-8").replace("\n> ", " ").split())
    assert f"answer within {business(LIMITS.delivery.trace_answer_days)}." in voice
    assert f"so the {LIMITS.returns.default_days} days for returns ended" in voice


def test_no_reply_has_a_number_written_into_it_that_a_rule_or_a_fact_could_give() -> None:
    """English stands for all: the numbers of the other languages are the same, and a test says so."""
    own = {text for texts in OWN.values() for text in texts} | {"10 % off your next order"}
    times = set(_parcels(LIMITS)["shipping#delivery-times"])
    for file, group in read_sources(PLAYBOOKS, MACROS).macros.items():
        for name, found in group.items():
            plain = " ".join(re.sub(r"\{[{%].*?[%}]\}", " ", found.macro.text("en"), flags=re.DOTALL).split())
            for text in own | times:
                plain = plain.replace(text, " ")
            assert not re.search(r"\d", plain), f"{file}: {name}: {plain}"


def test_nobody_is_told_what_a_colleague_may_sign() -> None:
    roles = (LIMITS.roles.agent, LIMITS.roles.lead)
    ceilings = {str(ceiling) for role in roles for ceiling in (role.each, role.per_day, role.store_credit)}
    secret = ceilings | {str(LIMITS.value.order_total_over)}
    told = " ".join(text for place, text in POLICIES.items() if place != "faq-gift-cards#values")
    assert [amount for amount in secret if amount in told] == []


def test_prices_of_a_policy_are_those_of_the_shop(demo_world: DemoWorld) -> None:
    (code,) = [each for each in demo_world.discount_codes if each.code == "WELCOME10"]
    assert (code.percent, code.minimum) == (10, Money.of("40.00", "USD"))
    assert {str(plan.price) for plan in demo_world.subscriptions} == {"15.00 USD"}
    assert {plan.interval for plan in demo_world.subscriptions} == {"every 2 weeks", "every 4 weeks"}
    cards = [each for each in demo_world.products if each.category == "gift cards"]
    assert sorted(v.price for each in cards for v in each.variants) == [Money.of(x, "USD") for x in ("25", "50", "100")]
    sold = [order for order in demo_world.orders if not order.replaces_order_id]
    assert [order.number for order in sold if order.shipping != postage(order)] == []


def postage(order: Order) -> Money:
    """What `shipping#costs` says."""
    goods = total((line.price * line.quantity - line.discount for line in order.lines), order.currency)
    if order.shipping_address.country == "US":
        return Money.of("0.00" if goods >= Money.of("75.00", "USD") else "6.00", "USD")
    return Money.of("14.00" if order.shipping_address.country == "CA" else "18.00", "USD")
