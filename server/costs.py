"""What a model costs, from the prices that are configured; exact decimals, because a case costs parts of a cent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from server.settings import PREFIX, Settings, SettingsError

_WRITTEN = re.compile(r"(?P<into>\d{1,6}(?:\.\d{1,6})?)/(?P<out>\d{1,6}(?:\.\d{1,6})?) (?P<currency>[A-Z]{3})")
_PER = Decimal(1_000_000)


@dataclass(frozen=True, kw_only=True)
class Prices:
    """Of a million tokens in and out, in a currency."""

    into: Decimal
    out: Decimal
    currency: str

    def cost(self, input_tokens: int, output_tokens: int) -> Decimal:
        """What that many tokens cost, to a millionth."""
        whole = (self.into * input_tokens + self.out * output_tokens) / _PER
        return whole.quantize(Decimal("0.000001"))

    def said(self, input_tokens: int, output_tokens: int) -> str:
        """The same for people: `0.001350 USD`."""
        return f"{self.cost(input_tokens, output_tokens)} {self.currency}"


def prices_of(settings: Settings) -> Prices | None:
    """The prices that are configured, or None. Raises SettingsError for what cannot be read."""
    if not settings.model_prices:
        return None
    found = _WRITTEN.fullmatch(settings.model_prices.strip())
    if found is None:
        raise SettingsError(f"{PREFIX}MODEL_PRICES: write what a million tokens cost in and out, as 0.15/0.60 USD")
    return Prices(into=Decimal(found["into"]), out=Decimal(found["out"]), currency=found["currency"])
