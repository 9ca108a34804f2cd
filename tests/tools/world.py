"""A small shop for the tests: two customers, two products, orders in every stage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tools.commerce import (
    Address,
    Customer,
    LineItem,
    Noun,
    Order,
    OrderStage,
    ParcelStatus,
    PaymentKind,
    PaymentMethod,
    Product,
    Shipment,
    StockLevel,
    Transaction,
    TransactionKind,
    Variant,
)
from tools.helpdesk import Ticket, TicketMessage
from tools.money import Money

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
HOME = Address(name="Ada Byron", line1="1 Mill Lane", city="Leeds", postal_code="LS1 4AP", country="GB")


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


MUG = Product(
    id="p-mug",
    title="Stone mug",
    category="mugs",
    attributes={"capacity": "350 ml"},
    variants=(
        Variant(id="v-mug-grey", sku="MUG-GREY", title="Grey", options={"Color": "Grey"}, price=usd("20.00")),
        Variant(id="v-mug-blue", sku="MUG-BLUE", title="Blue", options={"Color": "Blue"}, price=usd("24.00")),
        Variant(id="v-mug-red", sku="MUG-RED", title="Red", options={"Color": "Red"}, price=usd("15.00")),
    ),
)
LAMP = Product(
    id="p-lamp",
    title="Desk lamp",
    category="lamps",
    variants=(Variant(id="v-lamp", sku="LAMP", title="Brass", options={"Finish": "Brass"}, price=usd("75.00")),),
)
ADA = Customer(
    id="c-ada",
    name="Ada Byron",
    emails=("ada@example.com",),
    default_address=HOME,
    payment_methods=(
        PaymentMethod(id="card-ada", kind=PaymentKind.CARD, brand="Visa", last4="1881"),
        PaymentMethod(id="gift-ada", kind=PaymentKind.GIFT_CARD, balance=usd("10.00")),
        PaymentMethod(id="paypal-ada", kind=PaymentKind.PAYPAL),
    ),
)
BOB = Customer(
    id="c-bob",
    name="Bob Hale",
    emails=("bob@example.com",),
    payment_methods=(PaymentMethod(id="card-bob", kind=PaymentKind.CARD, brand="Visa", last4="4242"),),
)


def mug_line(quantity: int = 2, discount: str = "0.00", tax: str = "0.00", line_id: str = "l-mug") -> LineItem:
    return LineItem(
        id=line_id,
        product_id="p-mug",
        variant_id="v-mug-grey",
        sku="MUG-GREY",
        title="Stone mug",
        options={"Color": "Grey"},
        quantity=quantity,
        price=usd("20.00"),
        discount=usd(discount),
        tax=usd(tax),
    )


def lamp_line() -> LineItem:
    return LineItem(
        id="l-lamp",
        product_id="p-lamp",
        variant_id="v-lamp",
        sku="LAMP",
        title="Desk lamp",
        quantity=1,
        price=usd("75.00"),
        discount=usd("7.50"),
        tax=usd("5.40"),
    )


def paid_order(
    number: str,
    stage: OrderStage,
    lines: Sequence[LineItem] | None = None,
    *,
    shipping: str = "5.00",
    customer: Customer = ADA,
    method: str = "card-ada",
    captured: bool = True,
) -> Order:
    order = Order(
        id=f"o-{number}",
        number=f"#{number}",
        customer_id=customer.id,
        email=customer.emails[0],
        placed_at=NOW - timedelta(days=9),
        stage=stage,
        currency="USD",
        lines=tuple(lines) if lines is not None else (mug_line(), lamp_line()),
        shipping=usd(shipping),
        shipping_tax=usd("0.00"),
        shipping_address=HOME,
        payment_method_id=method,
    )
    if not captured:
        return order
    paid = Transaction(
        id=f"t-{number}", kind=TransactionKind.CAPTURE, amount=order.total, method_id=method, at=order.placed_at
    )
    return order.model_copy(update={"transactions": (paid,)})


def shipment(order: Order, status: ParcelStatus = ParcelStatus.DELIVERED) -> Shipment:
    shipped = NOW - timedelta(days=7)
    return Shipment(
        id=f"s-{order.id}",
        order_id=order.id,
        carrier="Royal Mail",
        tracking_number="RM1",
        status=status,
        shipped_at=shipped,
    )


PENDING = paid_order("1001", OrderStage.PENDING)
DELIVERED = paid_order("1002", OrderStage.DELIVERED)
SHIPPED = paid_order("1003", OrderStage.SHIPPED)
BOBS = paid_order("1004", OrderStage.PENDING, customer=BOB, method="card-bob")
TICKET = Ticket(id="t-1", subject="Hello", messages=(TicketMessage(id="m-1", at=NOW, text="Where is my order?"),))
STOCK = (
    StockLevel(variant_id="v-mug-grey", location="leeds", available=3),
    StockLevel(variant_id="v-mug-grey", location="york", available=2),
    StockLevel(variant_id="v-mug-blue", available=5),
    StockLevel(variant_id="v-mug-red", available=1),
    StockLevel(variant_id="v-lamp", available=2),
)
WORLD: tuple[Noun, ...] = (
    ADA,
    BOB,
    MUG,
    LAMP,
    *STOCK,
    PENDING,
    DELIVERED,
    SHIPPED,
    BOBS,
    shipment(DELIVERED),
    shipment(SHIPPED, ParcelStatus.IN_TRANSIT),
    TICKET,
)
