"""A shop on a shelf: a handful of nouns that readers answer from, counting what they are asked. No database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from agent.case import Classification, RankedIntent, References
from agent.investigation import Inquiry, investigate
from agent.investigation.needs import Needs
from agent.limits import PolicyLimits, load_limits, shipped_limits
from knowledge.documents import DocumentKind, DocumentStatus, Hit, IngestReport, Passage
from tools import commerce as shop
from tools.errors import Unavailable
from tools.helpdesk import Author, SentMessage, Ticket, TicketMessage
from tools.money import Money
from tools.ports import Readers

T = TypeVar("T", bound=shop.Noun)
LIMITS = load_limits(shipped_limits())
NOW = datetime(2026, 11, 2, 17, tzinfo=UTC)
"""A Monday noon in New York."""
EVERY_LOOKUP = frozenset(
    "customer orders order prices shipment returns refunds history product stock subscription discount_code "
    "knowledge estimate".split()
)


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


HOME = shop.Address(
    name="Mia Lund", line1="12 Elm Street", city="Portland", region="OR", postal_code="97205", country="US"
)
MIA = shop.Customer(
    id="mia",
    name="Mia Lund",
    emails=("mia@example.com",),
    language="en",
    default_address=HOME,
    payment_methods=(
        shop.PaymentMethod(id="visa", kind=shop.PaymentKind.CARD, brand="Visa", last4="1881"),
        shop.PaymentMethod(id="master", kind=shop.PaymentKind.CARD, brand="Mastercard", last4="4444"),
        shop.PaymentMethod(id="paypal", kind=shop.PaymentKind.PAYPAL),
    ),
)
BEN = shop.Customer(id="ben", name="Ben Ode", emails=("ben@example.com",))


def product(key: str, title: str, category: str, *options: dict[str, str], price: str = "20.00") -> shop.Product:
    variants = (
        shop.Variant(
            id=f"v-{key}-{'-'.join(each.values()).lower() or 'one'}".replace(" ", ""),
            sku=f"{key.upper()}-{'-'.join(value[:3].upper() for value in each.values()) or 'ONE'}",
            options=each,
            price=usd(price),
        )
        for each in options
    )
    return shop.Product(id=f"p-{key}", title=title, category=category, variants=tuple(variants))


SIZES_AND_COLOURS = [{"size": size, "color": color} for color in ("Green", "Navy") for size in ("S", "M", "L", "XL")]
SWEATER = product("knit", "Rowan Sweater", "apparel", *SIZES_AND_COLOURS, price="90.00")
MUG = product("mug", "Hearth Mug", "drinkware", {"color": "Slate Blue"}, {"color": "Speckled White"}, price="26.00")
SOCKS = product("sock", "Bramble Socks", "apparel", {"size": "M"}, {"size": "L"}, price="14.00")
CUSHION = product("cush", "Linen Cushion Cover", "home textiles", {"color": "Natural"}, price="38.00")
TOTE = product("tote", "Wren Tote", "bags", {"color": "Olive"}, {"color": "Sand"}, price="120.00")
PRODUCTS = (SWEATER, MUG, SOCKS, CUSHION, TOTE)


def line(
    of: shop.Product,
    variant: int = 0,
    *,
    quantity: int = 1,
    price: str = "",
    discount: str = "0.00",
    tax: str = "0.00",
    final_sale: bool = False,
    refunded: int = 0,
    key: str = "",
) -> shop.LineItem:
    bought = of.variants[variant]
    return shop.LineItem(
        id=key or f"l-{of.id}",
        product_id=of.id,
        variant_id=bought.id,
        sku=bought.sku,
        title=of.title,
        category=of.category,
        options=bought.options,
        quantity=quantity,
        price=usd(price) if price else bought.price,
        discount=usd(discount),
        tax=usd(tax),
        final_sale=final_sale,
        refunded=refunded,
    )


def order(
    number: str,
    *lines: shop.LineItem,
    stage: shop.OrderStage = shop.OrderStage.DELIVERED,
    days_ago: int = 9,
    customer: shop.Customer = MIA,
    hold: str = "",
    fraud: shop.FraudBand = shop.FraudBand.LOW,
) -> shop.Order:
    placed = NOW - timedelta(days=days_ago)
    made = shop.Order(
        id=f"o-{number}",
        number=f"#{number}",
        customer_id=customer.id,
        placed_at=placed,
        stage=stage,
        currency="USD",
        lines=lines or (line(MUG),),
        shipping=usd("5.00"),
        shipping_tax=usd("0.00"),
        shipping_address=HOME,
        payment_method_id="visa",
        hold=shop.Hold(reason=hold, at=placed) if hold else None,
        fraud=fraud,
    )
    paid = shop.Transaction(
        id=f"t-{number}", kind=shop.TransactionKind.CAPTURE, amount=made.total, method_id="visa", at=placed
    )
    return made.model_copy(update={"transactions": (paid,)})


def parcel(
    of: shop.Order,
    status: shop.ParcelStatus = shop.ParcelStatus.DELIVERED,
    *,
    delivered_at: datetime | None = None,
    scanned_at: datetime | None = None,
    expected: datetime | None = None,
) -> shop.Shipment:
    scans = () if scanned_at is None else (shop.TrackingEvent(at=scanned_at, status=status, location="Reno, NV"),)
    return shop.Shipment(
        id=f"s-{of.id}",
        order_id=of.id,
        carrier="UPS",
        status=status,
        shipped_at=of.placed_at,
        delivered_at=delivered_at,
        estimated_delivery=expected,
        events=scans,
    )


@dataclass
class Shelf:
    """All readers in one. `asked` counts the questions; those in `down` are not answered."""

    nouns: Sequence[shop.Noun]
    down: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list[str])

    def readers(self) -> Readers:
        return Readers(orders=self, customers=self, catalog=self, helpdesk=self)

    def _of(self, kind: type[T], question: str) -> list[T]:
        self.asked.append(question)
        if question in self.down:
            raise Unavailable(f"{question} is down")
        return [noun for noun in self.nouns if isinstance(noun, kind)]

    def order(self, order_id: str) -> shop.Order | None:
        return next((each for each in self._of(shop.Order, "order") if each.id == order_id), None)

    def order_by_number(self, number: str) -> shop.Order | None:
        plain = number.lstrip("#").casefold()
        found = self._of(shop.Order, "order_by_number")
        return next((each for each in found if each.number.lstrip("#").casefold() == plain), None)

    def orders_of(self, customer_id: str, limit: int = 20) -> Sequence[shop.Order]:
        own = [each for each in self._of(shop.Order, "orders_of") if each.customer_id == customer_id]
        return sorted(own, key=lambda each: each.placed_at, reverse=True)[:limit]

    def shipments(self, order_id: str) -> Sequence[shop.Shipment]:
        return [each for each in self._of(shop.Shipment, "shipments") if each.order_id == order_id]

    def shipment(self, shipment_id: str) -> shop.Shipment | None:
        return next((each for each in self._of(shop.Shipment, "shipment") if each.id == shipment_id), None)

    def returns(self, order_id: str) -> Sequence[shop.Return]:
        return [each for each in self._of(shop.Return, "returns") if each.order_id == order_id]

    def refunds(self, order_id: str) -> Sequence[shop.Refund]:
        return [each for each in self._of(shop.Refund, "refunds") if each.order_id == order_id]

    def refunds_of(self, customer_id: str, since: datetime) -> Sequence[shop.Refund]:
        own = {each.id for each in self._of(shop.Order, "refunds_of") if each.customer_id == customer_id}
        return [each for each in self._of(shop.Refund, "refunds_of") if each.order_id in own and each.at >= since]

    def replacements(self, order_id: str) -> Sequence[shop.Order]:
        return [each for each in self._of(shop.Order, "replacements") if each.replaces_order_id == order_id]

    def trace(self, shipment_id: str) -> shop.CarrierTrace | None:
        return next((each for each in self._of(shop.CarrierTrace, "trace") if each.shipment_id == shipment_id), None)

    def customer(self, customer_id: str) -> shop.Customer | None:
        return next((each for each in self._of(shop.Customer, "customer") if each.id == customer_id), None)

    def customer_by_email(self, email: str) -> shop.Customer | None:
        found = [each for each in self._of(shop.Customer, "customer_by_email") if email in each.emails]
        return found[0] if len(found) == 1 else None

    def customers_by_email(self, email: str) -> Sequence[shop.Customer]:
        found = [each for each in self._of(shop.Customer, "customers_by_email") if email in each.emails]
        return sorted(found, key=lambda each: each.id)

    def subscriptions(self, customer_id: str) -> Sequence[shop.Subscription]:
        return [each for each in self._of(shop.Subscription, "subscriptions") if each.customer_id == customer_id]

    def store_credits(self, customer_id: str) -> Sequence[shop.StoreCredit]:
        return [each for each in self._of(shop.StoreCredit, "store_credits") if each.customer_id == customer_id]

    def suppression(self, customer_id: str) -> shop.Suppression | None:
        return next(
            (each for each in self._of(shop.Suppression, "suppression") if each.customer_id == customer_id), None
        )

    def product(self, product_id: str) -> shop.Product | None:
        return next((each for each in self._of(shop.Product, "product") if each.id == product_id), None)

    def variant(self, variant_id: str) -> tuple[shop.Product, shop.Variant] | None:
        found = ((each, each.variant(variant_id)) for each in self._of(shop.Product, "variant"))
        return next(((each, variant) for each, variant in found if variant is not None), None)

    def find_products(self, words: str, limit: int = 5) -> Sequence[shop.Product]:
        said = set(words.casefold().split())
        shared = [
            (len(said & set(each.title.casefold().split())), each) for each in self._of(shop.Product, "find_products")
        ]
        return [each for count, each in sorted(shared, key=lambda pair: -pair[0]) if count][:limit]

    def stock(self, variant_id: str) -> Sequence[shop.StockLevel]:
        return [each for each in self._of(shop.StockLevel, "stock") if each.variant_id == variant_id]

    def discount_code(self, code: str) -> shop.DiscountCode | None:
        found = self._of(shop.DiscountCode, "discount_code")
        return next((each for each in found if each.code.casefold() == code.casefold()), None)

    def ticket(self, ticket_id: str) -> Ticket | None:
        return next((each for each in self._of(Ticket, "ticket") if each.id == ticket_id), None)

    def sent(self, ticket_id: str) -> Sequence[SentMessage]:
        return [each for each in self._of(SentMessage, "sent") if each.ticket_id == ticket_id]


@dataclass
class Library:
    """A knowledge index with a few passages; `best` is what every question finds, with its score."""

    passages: Sequence[Passage] = ()
    best: Hit | None = None
    questions: list[str] = field(default_factory=list[str])

    def ingest(self, passages: object) -> IngestReport:
        raise AssertionError("an investigation writes nothing")

    def search(self, question: str, k: int, now: datetime, kinds: object = None) -> list[Hit]:
        self.questions.append(question)
        return [self.best] if self.best else []

    def passage(self, passage_id: str) -> Passage | None:
        return next((each for each in self.passages if each.id == passage_id), None)

    def cite(self, document_id: str, anchor: str, now: datetime) -> Passage | None:
        found = (each for each in self.passages if (each.document_id, each.anchor) == (document_id, anchor))
        return next(found, None)

    def cite_all(self, wanted: Iterable[tuple[str, str]], now: datetime) -> list[Passage | None]:
        return [self.cite(document_id, anchor, now) for document_id, anchor in wanted]


def passage(document: str, anchor: str, text: str, kind: DocumentKind = DocumentKind.POLICY) -> Passage:
    return Passage(
        id=f"{document}@v1#{anchor}",
        document_id=document,
        version=1,
        anchor=anchor,
        title=anchor.title(),
        text=text,
        status=DocumentStatus.APPROVED,
        kind=kind,
        effective_from=date(2026, 1, 1),
        sha256=f"{document}{anchor}",
    )


def letter(
    text: str, *earlier: str, sender: str = "mia@example.com", verified: bool | None = True, subject: str = ""
) -> Ticket:
    """A ticket whose newest message is `text`."""
    messages = [
        TicketMessage(id=f"m-{at}", author=Author.CUSTOMER, sender=sender, sender_verified=verified, at=NOW, text=each)
        for at, each in enumerate((*earlier, text), start=1)
    ]
    return Ticket(id="t-1", subject=subject, messages=tuple(messages))


def about(
    intent: str, *secondary: str, numbers: Sequence[str] = (), language: str = "en", confidence: float = 0.9
) -> Classification:
    return Classification(
        intent=intent,
        confidence=confidence,
        secondary=tuple(RankedIntent(intent=each, confidence=0.6) for each in secondary),
        language=language,
        references=References(order_numbers=tuple(numbers)),
        reason="told",
    )


def look(
    ticket: Ticket,
    said: Classification,
    *nouns: shop.Noun,
    lookups: frozenset[str] = EVERY_LOOKUP,
    limits: PolicyLimits = LIMITS,
    library: Library | None = None,
    shelf: Shelf | None = None,
    now: datetime = NOW,
    cites: Sequence[str] = (),
) -> Inquiry:
    """An investigation in a shop that holds Mia, Ben, the products and `nouns`."""
    readers = (shelf or Shelf((MIA, BEN, *PRODUCTS, *nouns))).readers()
    needs = Needs(lookups=lookups, cites=tuple(cites))
    return investigate(ticket, said, needs, readers=readers, knowledge=library or Library(), limits=limits, now=now)
