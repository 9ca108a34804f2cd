"""Who buys and how: customers, addresses, means of payment, and the frozen base of every noun."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from tools.money import Money

Quantity = Annotated[int, Field(ge=0, le=100_000)]
Identifier = Annotated[str, Field(min_length=1, max_length=200)]


class Noun(BaseModel):
    """Frozen data that refuses unknown fields, so that a misspelt column is an error and not a silent default."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Address(Noun):
    """A postal address. `country` is ISO 3166-1 alpha-2."""

    name: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    phone: str = ""

    def one_line(self) -> str:
        """The address as one readable line, without the phone."""
        parts = (
            self.name,
            self.line1,
            self.line2,
            self.city,
            f"{self.region} {self.postal_code}".strip(),
            self.country,
        )
        return ", ".join(part for part in parts if part)


class PaymentKind(StrEnum):
    """How a customer pays."""

    CARD = "card"
    PAYPAL = "paypal"
    GIFT_CARD = "gift_card"
    STORE_CREDIT = "store_credit"
    OTHER = "other"


class PaymentMethod(Noun):
    """A customer's means of payment. `balance` only for gift cards and store credit."""

    id: Identifier
    kind: PaymentKind
    brand: str = ""
    last4: str = ""
    balance: Money | None = None

    def label(self) -> str:
        """`Visa ·1881`, as cards and replies show it."""
        name = self.brand or self.kind.replace("_", " ")
        return f"{name} ·{self.last4}" if self.last4 else name


class Customer(Noun):
    """A person who buys. `emails` holds every address that the platform has verified for this customer."""

    id: Identifier
    name: str = ""
    emails: tuple[str, ...] = ()
    phone: str = ""
    language: str = ""
    default_address: Address | None = None
    payment_methods: tuple[PaymentMethod, ...] = ()
    tags: tuple[str, ...] = ()
    accepts_marketing: bool = False
    created_at: AwareDatetime | None = None
    note: str = ""
    version: int = 1

    def method(self, method_id: str) -> PaymentMethod | None:
        """The payment method with this id, if it is this customer's."""
        return next((method for method in self.payment_methods if method.id == method_id), None)
