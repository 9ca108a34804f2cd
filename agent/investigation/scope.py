"""The scope: every variable that playbooks, macros and conditions may use. README.md lists them all."""

from __future__ import annotations

from agent.investigation import order_facts, shop_facts
from agent.investigation.charges import double_charge_said
from agent.investigation.data_rights import data_asked
from agent.investigation.details import own_detail
from agent.investigation.found import Found
from agent.investigation.identity import sender_of
from agent.investigation.lines import one_of_a_pair
from agent.investigation.owed import owed_facts
from agent.investigation.told import told_facts
from agent.reading.asked_about import only_about, part_meant
from agent.reading.stated import CHEAPER, stated
from knowledge.documents import Passage
from tools.money import Money

Fields = dict[str, object]


def scope_of(found: Found, best: tuple[Passage, bool] | None) -> Fields:
    """All facts of a case by name; what was not found is None."""
    return {
        **_message(found),
        **_order(found),
        **_catalogue(found),
        **_shop(found),
        "passage": best[0].text if best else None,
        "passage_title": best[0].title if best else None,
        "passage_id": best[0].id if best else None,
        "passage_confident": bool(best and best[1]),
    }


def _message(found: Found) -> Fields:
    ticket, said = found.ticket, found.classification
    name = found.customer.name if found.customer else ticket.latest.sender_name
    customer = shop_facts.customer_fields(found, found.customer) if found.customer else None
    return {
        "ticket": {
            "id": ticket.id,
            "channel": ticket.channel.value,
            "subject": ticket.subject,
            "has_attachments": any(message.attachments for message in ticket.messages),
            "messages": len(ticket.messages),
            "asks": list(said.intents),
        },
        "sender": {
            "first_name": shop_facts.first_name(name),
            "full_name": shop_facts.full_name(name),
            "email": sender_of(ticket),
        },
        "identity": {"level": found.identity.level.value, "verified": found.identity.verified},
        "classification": {
            "intent": said.intent,
            "language": said.language,
            "urgency": said.urgency.value,
            "sentiment": said.sentiment,
            "high_emotion": said.high_emotion,
            "legal_threat": said.legal_threat,
            "confidence": said.confidence,
            "abstained": said.abstained,
        },
        "customer": customer,
        "claimed_amount": _claimed(found),
        "lower_price_said": _says_price(found),
        "new_address": shop_facts.new_address_text(found),
        "country_not_served": shop_facts.country_not_served(found),
        "own_detail": own_detail(found),
        "data_asked": data_asked(found.text) if "account" in said.intents else None,
        "payment_method_named": shop_facts.payment_method_named(found),
        **told_facts(found),
        "one_of_a_pair": one_of_a_pair(found),
        **_about_the_end(found),
        "double_charge_said": double_charge_said(found),
        "payment_can_move": shop_facts.payment_can_move(found),
    }


def _claimed(found: Found) -> Money | None:
    for text in found.classification.references.amounts:
        amount, _, currency = text.partition(" ")
        return Money.of(amount, currency or found.limits.currency)
    return None


def _says_price(found: Found) -> bool:
    said = stated(found.text)
    # "My code for 10 dollars" names an amount and no lower price.
    amount = _claimed(found) is not None and "promotion" not in said
    return "promotion" in found.classification.intents and (amount or CHEAPER in said)


def _about_the_end(found: Found) -> Fields:
    """Whether a message that speaks of ending an order only asks about it, or wants to end part of it."""
    part = part_meant(found.text) or bool(found.units) or found.units_unclear
    return {"only_asked_about": only_about(found.text), "part_meant": part}


def _unclear(found: Found, items_value: object) -> bool:
    """Whether an amount is named that no item meant explains: somebody may have promised it."""
    claimed = _claimed(found)
    return claimed is not None and not found.lines_named and claimed != items_value


def _order(found: Found) -> Fields:
    order, parcel = found.order, found.shipment
    items = order_facts.items_facts(found)
    return {
        "orders": [order_facts.order_summary(each) for each in found.orders],
        "open_orders": shop_facts.open_orders(found),
        "order_ambiguous": found.order_ambiguous,
        "order_named": bool(found.classification.references.order_numbers or found.orders_named),
        "also_named": [order.number for order in found.orders_named[1:]],
        "not_own": list(found.not_own),
        "order_not_found": found.order_not_found,
        "order": order_facts.order_fields(found, order) if order else None,
        "shipment": order_facts.shipment_fields(found, parcel) if parcel else None,
        "return_": order_facts.return_fields(found),
        "refund": order_facts.refund_fields(found),
        "history": {
            "refunds_90d": found.refunds_recent,
            "many_refunds": found.refunds_recent >= found.limits.value.refunds,
        },
        **items,
        **owed_facts(found, items["items_value"]),
        "claim_unclear": _unclear(found, items["items_value"]),
    }


def _catalogue(found: Found) -> Fields:
    product = found.product
    title = found.swap_line.title if found.swap_line else ""
    return {
        "product": shop_facts.product_fields(found, product) if product else None,
        **shop_facts.attribute_facts(found),
        "variant": shop_facts.variant_fields(found, found.variant) if found.variant else None,
        **shop_facts.swap_facts(found, title),
        "unknown_option": found.unknown_option,
        "alternatives_in_stock": shop_facts.in_stock_options(found),
    }


def _shop(found: Found) -> Fields:
    plan = found.subscription
    return {
        "subscription": shop_facts.subscription_fields(found, plan) if plan else None,
        "code": shop_facts.code_fields(found),
        "estimate": shop_facts.estimate_fields(found),
        "policy": shop_facts.policy_fields(found),
        "queue": shop_facts.queue_fields(found),
        "today": found.now,
    }
