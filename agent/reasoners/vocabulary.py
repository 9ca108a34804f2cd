"""The names a playbook may use, taken from the code that fills them, so that the two cannot drift apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from agent.case import Classification, Identity, IdentityLevel, References
from agent.guard.promise_kinds import PROMISES
from agent.investigation.fields import fields_of, members_of
from agent.investigation.found import Found
from agent.investigation.inquiry import NAMES
from agent.investigation.scope import scope_of
from agent.limits import PolicyLimits
from agent.reasoners.builders import BUILDABLE
from agent.triage.intents import Intent
from knowledge.documents import DocumentKind, DocumentStatus, Passage
from knowledge.playbooks import Vocabulary
from tools import commerce as shop
from tools.actions import ACTIONS
from tools.helpdesk import Ticket, TicketMessage
from tools.money import Money

_THEN = datetime(2026, 1, 5, 15, tzinfo=UTC)
_USD = Money.of("10.00", "USD")


def vocabulary(limits: PolicyLimits, anchors: Iterable[str] | None = None) -> Vocabulary:
    """Everything a playbook may name. `anchors` are the `document#anchor` of approved passages; None: not checked."""
    scope = scope_of(_sample(_with_a_country(limits)), _passage())
    objects, lists = _objects(scope), _lists(scope)
    return Vocabulary(
        lookups=NAMES | {"history"},
        actions={kind: frozenset(ACTIONS[kind].model_fields) - {"kind"} for kind in BUILDABLE},
        objects=objects,
        lists=lists,
        variables=frozenset(scope) - frozenset(objects) - frozenset(lists),
        promises=PROMISES,
        anchors=frozenset(anchors) if anchors is not None else None,
        intents=frozenset(intent.value for intent in Intent),
    )


def _objects(scope: Mapping[str, object]) -> dict[str, frozenset[str]]:
    found = {name: fields_of(value) for name, value in scope.items()}
    return {name: frozenset(fields) for name, fields in found.items() if fields is not None}


def _lists(scope: Mapping[str, object]) -> dict[str, frozenset[str]]:
    found = {name: members_of(value) for name, value in scope.items()}
    return {name: frozenset(members[0]) for name, members in found.items() if members}


def _with_a_country(limits: PolicyLimits) -> PolicyLimits:
    """The limits with one country at least, so that `estimate` has its fields in a shop without transit times too."""
    if limits.delivery.transit_days:
        return limits
    return limits.model_copy(update={"delivery": limits.delivery.model_copy(update={"transit_days": {"US": (1, 2)}})})


def _sample(limits: PolicyLimits) -> Found:
    """A case in which every lookup found something."""
    variants = tuple(
        shop.Variant(id=f"v{size}", sku=f"S-{size}", title=size, options={"Size": size}, price=_USD) for size in "ML"
    )
    product = shop.Product(id="p", title="Sample", category="c", attributes={"material": "wool"}, variants=variants)
    line = shop.LineItem(
        id="l", product_id="p", variant_id="vM", title="Sample", options={"Size": "M"},
        quantity=1, price=_USD, discount=_USD - _USD, tax=_USD - _USD,
    )  # fmt: skip
    order = _order(line, next(iter(limits.delivery.transit_days)))
    return Found(
        ticket=_ticket(),
        classification=Classification(intent="order_status", confidence=1, references=References(skus=("S-M",))),
        identity=Identity(level=IdentityLevel.VERIFIED, customer_id="c", how="sample"),
        limits=limits,
        now=_THEN,
        text="material? size L, PayPal, 48 Birch Lane, Portland, OR 97205",
        customer=shop.Customer(
            id="c", name="Sam Sample", default_address=order.shipping_address,
            payment_methods=(shop.PaymentMethod(id="pm", kind=shop.PaymentKind.PAYPAL),),
        ),
        orders=(order,),
        order=order,
        shipments=(shop.Shipment(id="s", order_id="o", carrier="UPS", status=shop.ParcelStatus.IN_TRANSIT),),
        returns=(
            shop.Return(
                id="r", order_id="o", status=shop.ReturnStatus.RECEIVED, requested_at=_THEN,
                lines=(shop.ReturnLine(line_id="l", quantity=1),),
            ),
        ),
        refunds=(shop.Refund(id="f", order_id="o", amount=_USD, at=_THEN),),
        lines=(line,),
        lines_meant=True,
        product=product,
        variant=variants[0],
        swap_line=line,
        swap=variants[1],
        stock={"vL": (shop.StockLevel(variant_id="vL", available=1, restock_at=_THEN + timedelta(days=1)),)},
        subscription=shop.Subscription(
            id="u", customer_id="c", title="Coffee", interval="month", price=_USD, status="active", next_renewal=_THEN
        ),
        code=shop.DiscountCode(code="TEN10", percent=10),
        code_named="TEN10",
    )  # fmt: skip


def _order(line: shop.LineItem, country: str) -> shop.Order:
    return shop.Order(
        id="o",
        number="#1",
        customer_id="c",
        placed_at=_THEN,
        stage=shop.OrderStage.SHIPPED,
        currency="USD",
        lines=(line,),
        shipping=_USD,
        shipping_tax=_USD,
        shipping_address=shop.Address(line1="1 A St", city="Portland", country=country),
    )


def _ticket() -> Ticket:
    return Ticket(id="t", messages=(TicketMessage(id="m", sender="sam@example.com", at=_THEN, text="hello"),))


def _passage() -> tuple[Passage, bool]:
    return (
        Passage(
            id="returns@v1#window",
            document_id="returns",
            version=1,
            anchor="window",
            title="Window",
            text="30 days",
            status=DocumentStatus.APPROVED,
            kind=DocumentKind.POLICY,
            effective_from=_THEN.date(),
            sha256="",
        ),
        True,
    )
