"""Customers, and who an order belongs to when the file only says an e-mail address."""

from __future__ import annotations

from dataclasses import dataclass, field

from tools.commerce import Customer
from tools.ports import CustomerReader
from tools.store.report import Problems
from tools.store.shopify_csv import fields
from tools.store.shopify_csv.sheet import BadRow, Sheet, SheetRow
from tools.store.words import folded

BY_EMAIL = "email:"
"""Begins the id of a customer whom only an order or a row without an id has named so far."""

GUEST = "guest:"
"""Begins the id of whoever placed an order without an e-mail address or a phone number that we know."""
_SHORTEST_PHONE = 7
"""Digits; fewer name nobody."""


@dataclass
class People:
    """Customers of this import, and behind them those that the store has."""

    stored: CustomerReader
    customers: dict[str, Customer] = field(default_factory=dict[str, Customer])
    _by_email: dict[str, str] = field(default_factory=dict[str, str])
    _by_phone: dict[str, set[str]] = field(default_factory=dict[str, set[str]])

    def add(self, customer: Customer, phone: str = "") -> None:
        """Make a customer findable by e-mail, and by the phone number of the account (not that of an address)."""
        self.customers[customer.id] = customer
        if _dialled(phone):
            self._by_phone.setdefault(_dialled(phone), set()).add(customer.id)
        for email in customer.emails:
            if not self._by_email.get(folded(email)):
                self._by_email[folded(email)] = customer.id

    def id_of(self, email: str) -> str:
        """The id of the customer with this address, empty when nobody has it."""
        known = self._by_email.get(folded(email))
        if known is not None:
            return known
        stored = self.stored.customer_by_email(email)
        self._by_email[folded(email)] = stored.id if stored is not None else ""
        return self._by_email[folded(email)]

    def newly(self, email: str) -> str:
        """The id of the customer of this import with this address, empty when none of them has it."""
        known = self._by_email.get(folded(email), "")
        return known if known in self.customers else ""

    def of_order(self, row: SheetRow, order_id: str) -> str:
        """Who placed an order; somebody new is made from what the order says."""
        email = row.get("Email")
        if not email:
            owners = self._by_phone.get(_dialled(row.get("Phone")), set[str]())
            return next(iter(owners)) if len(owners) == 1 else f"{GUEST}{order_id}"[:200]
        known = self.id_of(email)
        if known:
            return known
        new = Customer(
            id=f"{BY_EMAIL}{folded(email)}"[:200],
            name=row.get("Billing Name", "Shipping Name"),
            emails=(email,),
            phone=row.get("Phone", "Billing Phone"),
            accepts_marketing=fields.yes(row.get("Accepts Marketing")),
        )
        self.add(new)
        return new.id


def _dialled(phone: str) -> str:
    """A phone number as it is dialled: Shopify keeps it as +16175550123, people type spaces and brackets."""
    digits = "".join(letter for letter in phone if letter.isdecimal())
    return digits if len(digits) >= _SHORTEST_PHONE else ""


def read_customers(sheet: Sheet, people: People, problems: Problems) -> None:
    """Fill `people`. A bad row is left out and reported."""
    for row in sheet.rows:
        try:
            customer = _customer(row, people)
            if customer.id in people.customers:
                raise row.bad("Customer ID", f"{customer.id} appeared further up already")
            for other in (owner for email in customer.emails if (owner := people.newly(email))):
                raise row.bad("Email", f"is the address of customer {other} further up already")
        except BadRow as bad:
            problems.add(sheet.file, bad.line, bad.column, bad.reason)
            continue
        people.add(customer, row.get("Phone"))


def _customer(row: SheetRow, people: People) -> Customer:
    if row.fault:
        raise row.bad("", row.fault)
    email, phone = row.get("Email"), row.get("Phone")
    if email and "@" not in email:
        raise row.bad("Email", f'"{email[:60]}" is not an e-mail address')
    name = f"{row.get('First Name')} {row.get('Last Name')}".strip()
    home = fields.address(row, "Default Address").model_copy(update={"name": name})
    return Customer(
        id=_id(row, email, people),
        name=name,
        emails=(email,) if email else (),
        phone=phone or row.get("Default Address Phone"),
        default_address=home if home.line1 or home.city else None,
        tags=fields.listed(row.get("Tags")),
        accepts_marketing=fields.yes(row.get("Accepts Email Marketing", "Accepts Marketing")),
        note=row.get("Note"),
    )


def _id(row: SheetRow, email: str, people: People) -> str:
    known = people.id_of(email) if email else ""
    # Orders already belong to the id that was made from the e-mail address; a second customer would split them.
    if known.startswith(BY_EMAIL):
        return known
    given = fields.identifier(row, "Customer ID", "Id")
    if given:
        return given
    if not email:
        raise row.bad("Email", "has neither an id nor an e-mail address to know the customer by")
    return known or f"{BY_EMAIL}{folded(email)}"[:200]
