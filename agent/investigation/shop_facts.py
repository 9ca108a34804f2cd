"""Facts about the customer, the catalogue, codes, subscriptions and the shop's own rules."""

from __future__ import annotations

from agent.investigation.addresses import address_in
from agent.investigation.catalog import asked_concepts, attribute_of, concept_of
from agent.investigation.countries import country_named, not_served
from agent.investigation.estimates import delivery_window, open_hours_after
from agent.investigation.found import OPEN_STAGES, Found
from agent.investigation.nouns import LANGUAGES
from agent.investigation.options import values_of
from agent.investigation.order_facts import Fields, days_between
from agent.reading.words import mentions
from agent.triage.glossary import in_english
from tools.commerce import Customer, DiscountCode, OrderStage, PaymentMethod, Product, Subscription, Variant
from tools.money import Money, total


def customer_fields(found: Found, customer: Customer) -> Fields:
    """The verified customer."""
    spent = [order.captured - order.refunded for order in found.orders]
    currency = found.limits.currency
    return {
        "id": customer.id,
        "name": customer.name,
        "first_name": first_name(customer.name),
        "language": customer.language or None,
        "orders_count": len(found.orders),
        "lifetime_value": total((amount for amount in spent if amount.currency == currency), currency),
        "refunds_90d": found.refunds_recent,
        "vip": is_vip(found),
        "queue": found.limits.vip.queue if is_vip(found) else None,
        "default_address": customer.default_address.one_line() if customer.default_address else None,
    }


def is_vip(found: Found) -> bool:
    """Whether a verified customer has bought often enough to wait less (row B15)."""
    return found.customer is not None and len(found.orders) >= found.limits.vip.orders


def first_name(name: str) -> str:
    """The first word of a name, when it looks like one: a name is untrusted text."""
    word = name.strip().split(" ")[0] if name.strip() else ""
    return word if word.replace("-", "").replace("'", "").isalpha() and len(word) <= 20 else ""


def full_name(name: str) -> str:
    """The name, when every word of it looks like one and there are at most four."""
    parts = name.split()
    return " ".join(parts) if 0 < len(parts) <= 4 and all(first_name(part) for part in parts) else ""


def product_fields(found: Found, product: Product) -> Fields:
    """The product a message asks about; only the catalogue speaks."""
    prices = [variant.price for variant in product.variants]
    return {
        "id": product.id,
        "title": product.title,
        "category": product.category or None,
        "price_from": min(prices) if prices else None,
        "final_sale": product.final_sale,
        "options": [value for values in values_of(product.variants).values() for value in values],
    }


def attribute_facts(found: Found) -> Fields:
    """The attribute asked about, and whether one was asked about that the catalogue does not have."""
    if found.product is None:
        return {"attribute": None, "attribute_missing": bool(asked_concepts(_readable(found)))}
    text = _readable(found)
    hit = attribute_of(text, found.product)
    known = {concept_of(name) for name in found.product.attributes}
    missing = hit is None and bool(asked_concepts(text) - known)
    fields: Fields | None = {"name": hit[0].replace("_", " "), "value": hit[1]} if hit else None
    return {"attribute": fields, "attribute_missing": missing}


def _readable(found: Found) -> str:
    """What was written, and what it means in English when it is in a language without words of its own here."""
    language = found.classification.language
    return found.text if language in LANGUAGES else f"{found.text}\n{in_english(found.text, language)}"


def variant_fields(found: Found, variant: Variant) -> Fields:
    """One variant with its stock."""
    available = found.available(variant.id)
    levels = found.stock.get(variant.id, ())
    restock = min((level.restock_at for level in levels if level.restock_at), default=None)
    return {
        "id": variant.id,
        "sku": variant.sku or None,
        "title": variant.title or None,
        "options": ", ".join(variant.options.values()) or None,
        "price": variant.price,
        "available": available,
        "in_stock": available > 0,
        "restock_at": restock if restock and restock > found.now else None,
    }


def swap_facts(found: Found, product_title: str) -> Fields:
    """What is wanted instead of a line, and what it would cost."""
    if found.swap is None or found.swap_line is None:
        return {
            "swap": None,
            "swap_missing": True,
            "other_variant_came": found.other_came,
            "came_as_ordered": found.came_as_ordered,
        }
    wanted, bought = found.swap.price, found.swap_line.price
    # An order in another currency than the catalogue has no difference that anybody could compute.
    difference = wanted - bought if wanted.currency == bought.currency else None
    return {
        "swap": {
            **variant_fields(found, found.swap),
            "title": product_title,
            "difference": difference,
            "difference_abs": _unsigned(difference),
            "even": difference is not None and not difference,
            "costs_more": difference is not None and difference.minor > 0,
        },
        "swap_missing": False,
        "other_variant_came": False,
        "came_as_ordered": found.came_as_ordered,
    }


def _unsigned(difference: Money | None) -> Money | None:
    return -difference if difference is not None and difference.minor < 0 else difference


def in_stock_options(found: Found) -> list[str]:
    """Other variants of the product that can be had now, by their options."""
    product = found.product
    current = found.swap_line.variant_id if found.swap_line else (found.variant.id if found.variant else "")
    variants = [v for v in (product.variants if product else ()) if v.id != current and found.available(v.id) > 0]
    return [
        ", ".join(variant.options.values()) or variant.title for variant in variants if variant.options or variant.title
    ]


def subscription_fields(found: Found, plan: Subscription) -> Fields:
    """The recurring order."""
    left = days_between(found.now, plan.next_renewal, found) if plan.next_renewal else None
    return {
        "id": plan.id,
        "title": plan.title,
        "interval": plan.interval,
        "price": plan.price,
        "status": plan.status,
        "next_renewal": plan.next_renewal,
        "days_to_renewal": left,
        "changeable": left is not None and left >= found.limits.subscriptions.renewal_notice_days,
    }


def code_fields(found: Found) -> Fields | None:
    """The discount code that the message names; a personal code of somebody else counts as not found."""
    if not found.code_named:
        return None
    code = found.code
    if code is None or (code.customer_id and code.customer_id != found.identity.customer_id):
        return {
            "code": found.code_named,
            "found": False,
            "in_force": False,
            "expires_at": None,
            "minimum": None,
            "worth": None,
        }
    return {
        "code": code.code,
        "found": True,
        "in_force": code.in_force(found.now),
        "expires_at": code.expires_at,
        "minimum": code.minimum,
        "worth": _worth(code),
    }


def _worth(code: DiscountCode) -> str | Money | None:
    return f"{code.percent} %" if code.percent else code.amount


def estimate_fields(found: Found) -> Fields | None:
    """When a parcel should arrive: of the order, or of one placed now to the country named, else the customer's."""
    order = found.order
    address = order.shipping_address if order else (found.customer.default_address if found.customer else None)
    country = (None if order else _destination(found)) or (address.country if address else "")
    window = delivery_window(order.placed_at if order else found.now, country, found.limits)
    if window is None:
        return None
    return {"earliest": window[0], "latest": window[1], "basis": "order" if order else "general", "country": country}


def _destination(found: Found) -> str | None:
    said = found.classification
    return country_named(found.text, said.language) if "delivery_estimate" in said.intents else None


def policy_fields(found: Found) -> Fields:
    """The shop's own numbers, for replies and conditions."""
    limits = found.limits
    return {
        "return_days": limits.returns.default_days,
        "bag_return_days": limits.returns.days_for("bags"),
        "report_damage_days": limits.returns.report_damage_days,
        "stalled_after_days": limits.delivery.stalled_after_days,
        "lost_after_days": limits.delivery.lost_after_days,
        "handling_days": limits.delivery.handling_days,
        "look_around_hours": limits.delivery.look_around_hours,
        "trace_days": limits.delivery.trace_answer_days,
        "promo_pause_days": limits.offers.promo_pause_days,
        "value_threshold": limits.value.order_total_over,
        "refund_days_min": limits.payments.refund_days[0],
        "refund_days_max": limits.payments.refund_days[1],
        "double_charge_days": limits.payments.double_charge_days,
        "price_adjustment_days": limits.payments.price_adjustment_days,
        "renewal_notice_days": limits.subscriptions.renewal_notice_days,
    }


def queue_fields(found: Found) -> Fields:
    """When people answer: honest, with no promise of an outcome."""
    hours, limits = found.limits.business_hours, found.limits
    within = limits.vip.first_response_hours if is_vip(found) else limits.replies.first_response_hours
    names = [day.value.capitalize() for day in hours.days]
    days = f"{names[0]} to {names[-1]}" if len(names) > 1 else names[0]
    return {
        "open_now": hours.open_at(found.now),
        "opens_at": hours.next_opening(found.now),
        "answer_by": open_hours_after(found.now, within, hours),
        "time_zone": hours.time_zone,
        "hours": f"{days}, {hours.opens:%-H:%M} to {hours.closes:%-H:%M}",
    }


def new_address_text(found: Found) -> str | None:
    """The complete new address in the message, on one line."""
    address = address_in(found.ticket, found.customer.name if found.customer else "", addresses_on_record(found))
    return address.one_line() if address else None


def country_not_served(found: Found) -> str | None:
    """The country of the new address when we do not ship there."""
    said = found.classification
    if "change_address" not in said.intents:
        return None
    address = address_in(found.ticket, known=addresses_on_record(found))
    postal_code = address.postal_code if address else ""
    return not_served(found.text, said.language, found.limits.delivery.transit_days, postal_code)


def addresses_on_record(found: Found) -> list[str]:
    """Where the customer lives and where the order goes, as far as we know."""
    home = found.customer.default_address if found.customer else None
    order = found.order.shipping_address if found.order else None
    return [address.one_line() for address in (home, order) if address is not None]


def payment_method_named(found: Found) -> Fields | None:
    """The customer's own payment method that the message names, by its last digits or by what it is called.

    The one that the order is paid with is never meant: there is nothing to change.
    """
    methods = found.customer.payment_methods if found.customer else ()
    by_digits = [method for method in methods if method.last4 and mentions(found.text, method.last4)]
    called = [method for method in methods if any(mentions(found.text, name) for name in _names(method))]
    fits = by_digits or called
    paid = found.order.payment_method_id if found.order else ""
    others = [method for method in fits if method.id != paid]
    return {"id": others[0].id, "label": others[0].label()} if len(others) == 1 else None


def payment_can_move(found: Found) -> bool:
    """Whether the message names a pending order and another own method, so that it is clear what to do."""
    order = found.order
    named = bool(found.classification.references.order_numbers or found.orders_named)
    return named and order is not None and order.stage is OrderStage.PENDING and payment_method_named(found) is not None


def _names(method: PaymentMethod) -> list[str]:
    return [
        name for name in (method.brand, method.kind.value.replace("_", " ")) if name and name not in ("card", "other")
    ]


def open_orders(found: Found) -> int:
    """Orders that have not arrived yet."""
    return sum(1 for order in found.orders if order.stage in OPEN_STAGES)
