"""One case about order #1042, with everything that a reply may rest on, and a guard over its words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from agent.case import (
    CitedPassage,
    Classification,
    Draft,
    Evidence,
    Identity,
    IdentityLevel,
    Investigation,
    Promise,
    ProposedResolution,
)
from agent.guard.guard import TextCase, TextVerdict
from agent.guard.text import TextGuard
from tools.actions import Action

NOW = datetime(2026, 11, 16, 15, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
OWN = ("Alder & Wren", "The Alder & Wren team", "Ihr Team von Alder & Wren", "L'équipe Alder & Wren")
VERIFIED = Identity(level=IdentityLevel.VERIFIED, customer_id="cus_0001", how="login")
UNKNOWN = Identity(level=IdentityLevel.UNKNOWN, how="no customer has this address")
Fields = dict[str, JsonValue]

SENDER: Fields = {"first_name": "Mia", "full_name": "Mia Rossi", "email": "mia@inbox.example"}
CUSTOMER: Fields = {
    "id": "cus_0001",
    "name": "Mia Rossi",
    "orders_count": 2,
    "lifetime_value": "612.40 USD",
    "default_address": "Mia Rossi, 12 Elm Street, Portland, OR 97201, US",
}
ORDER: Fields = {
    "id": "ord_1042",
    "number": "#1042",
    "stage": "shipped",
    "placed_at": "2026-11-03T14:30:00+00:00",
    "total": "78.00 USD",
    "captured": "78.00 USD",
    "refunded": "0.00 USD",
    "left_to_refund": "78.00 USD",
    "titles": ["Wren Tote", "Espresso Cups, set of two"],
    "payment_label": "Visa ending in 4242",
    "shipping_address": "Mia Rossi, 12 Elm Street, Portland, OR 97201, US",
    "parcels": 1,
    "delivered": False,
    "fraud_hold": False,
}
SHIPMENT: Fields = {
    "id": "shp_1042-1",
    "carrier": "UPS",
    "tracking_number": "1Z999AA10123456784",
    "tracking_url": "https://track.alderandwren.example/1Z999AA10123456784",
    "shipped_at": "2026-11-05T15:00:00+00:00",
    "estimated_delivery": "2026-11-19T17:00:00+00:00",
    "delivered": False,
    "last_scan_at": "2026-11-14T14:10:00+00:00",
    "last_scan_text": "Arrived at facility",
    "last_scan_location": "Coventry",
    "days_since_scan": 2,
    "stalled": False,
}
ITEMS: Fields = {"title": "Wren Tote", "sku": "TOTE-OLV", "quantity": 1, "paid": "39.00 USD", "window_days": 60}
POLICY: Fields = {"return_days": 30, "refund_days_min": 5, "refund_days_max": 10, "value_threshold": "300.00 USD"}
QUEUE: Fields = {"hours": "Monday to Friday, 9:00 to 17:00", "opens_at": "2026-11-17T14:00:00+00:00"}
KINDS: dict[str, Fields] = {
    "sender": SENDER,
    "customer": CUSTOMER,
    "order": ORDER,
    "shipment": SHIPMENT,
    "items": ITEMS,
    "policy": POLICY,
    "queue": QUEUE,
}
RETURNS = CitedPassage(
    passage_id="returns@v3#window",
    document_id="returns",
    version=3,
    anchor="window",
    title="Return window",
    text="You can return most items within 30 days of delivery. Bags have 60 days. Coffee cannot be returned. "
    "The return label is free. Write to help@alderandwren.example.",
)
REFUNDS = CitedPassage(
    passage_id="refunds@v2#how-refunds-work",
    document_id="refunds",
    version=2,
    anchor="how-refunds-work",
    title="How refunds work",
    text="A refund goes to the original payment method and takes 5 to 10 business days after we receive and check the "
    "parcel. If a parcel is lost, you get a replacement or a refund.",
)
PASSAGES = (RETURNS, REFUNDS)


def evidence(kinds: dict[str, Fields]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(id=kind, kind=kind, source="store", as_of=NOW, fields=fields) for kind, fields in kinds.items()
    )


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a test changes about the usual case."""

    language: str = "en"
    effects: Sequence[Action] = ()
    promises: Sequence[Promise] = ()
    kinds: dict[str, Fields] | None = None
    passages: Sequence[CitedPassage] = PASSAGES
    citations: Sequence[str] | None = None
    identity: Identity = VERIFIED
    given: str = ""
    heard: str = ""

    def check(self, text: str) -> TextVerdict:
        investigation = Investigation(
            identity=self.identity,
            evidence=evidence(KINDS if self.kinds is None else self.kinds),
            passages=tuple(self.passages),
        )
        cited = self.citations if self.citations is not None else [p.passage_id for p in self.passages]
        guard = TextGuard(zone=ZONE, detect=lambda _: self.heard, own=OWN)
        return guard(
            TextCase(
                draft=Draft(text=text, language=self.language, in_reply_to="m-1"),
                classification=Classification(intent="other", confidence=1, language=self.language),
                investigation=investigation,
                proposal=ProposedResolution(
                    rationale="test", citations=tuple(cited), promises=tuple(self.promises), actions=tuple(self.effects)
                ),
                effects=tuple(self.effects),
                now=NOW,
                given=self.given,
            )
        )

    def rules(self, text: str) -> list[str]:
        return [violation.rule for violation in self.check(text).violations]


def rules(text: str, language: str = "en") -> list[str]:
    return Case(language=language).rules(text)


def without(*kinds: str) -> dict[str, Fields]:
    return {kind: fields for kind, fields in KINDS.items() if kind not in kinds}


def changed(kind: str, **fields: JsonValue) -> dict[str, Fields]:
    return {**KINDS, kind: {**KINDS[kind], **fields}}


def ids(rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [f"{row[0]}: {row[1][:40]}" for row in rows]
