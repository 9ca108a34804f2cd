"""The write ports: every effect is one transaction that claims its key, judges again, changes and records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from tools import actions as act
from tools.commerce import Noun
from tools.errors import ActionRefused, Refusal
from tools.facts import ActionFacts, CustomerAction, load_facts
from tools.ports import Receipt
from tools.preconditions import Code, check
from tools.store.changes.result import Changes, Effecting
from tools.store.changes.table import CHANGES
from tools.store.engine import Engines, transaction, translated
from tools.store.nouns import EFFECTS, Effect, row_of
from tools.store.reading import StoredEffects, readers_over
from tools.store.rows import claim, put, rows_within

_DEADLOCK = frozenset({"40P01", "40001"})
_ATTEMPTS = 5

Clock = Callable[[], datetime]


class Effects:
    """Applies actions to the store."""

    def __init__(self, engines: Engines, quick: Engines, clock: Clock) -> None:
        self._engines = engines
        self._quick = quick
        self._clock = clock

    def apply(self, action: act.Action, key: str) -> Receipt:
        """Do `action` once under `key`. Raises ActionRefused or Unavailable (nothing changed) or OutcomeUnknown."""
        with translated(self._engines.name):
            for _ in range(_ATTEMPTS - 1):
                try:
                    return self._once(action, key)
                except DBAPIError as error:
                    # Two effects that wait for each other's rows: Postgres ended this one, nothing was changed.
                    if getattr(error.orig, "sqlstate", None) not in _DEADLOCK:
                        raise
            return self._once(action, key)

    def _once(self, action: act.Action, key: str) -> Receipt:
        with transaction(self._quick if _light(action) else self._engines) as connection:
            rows = rows_within(connection)
            now = self._clock()
            effect = _effect(action, key, now)
            if not claim(connection, EFFECTS, row_of(effect)):
                return _repeated(StoredEffects(rows).effect(key), effect)
            changes = _judged(action, load_facts(action, readers_over(rows), now), key)
            done = effect.model_copy(update={"reference": changes.reference, "summary": changes.summary})
            _store(connection, (*changes.nouns, done))
            return done.receipt()


def _light(action: act.Action) -> bool:
    """Tags, queues and the like: no reason to wait for the disk. A killed process loses none of them."""
    return action.kind in act.TICKET_ACTIONS and type(action).reversible


def _effect(action: act.Action, key: str, now: datetime) -> Effect:
    return Effect(key=key, kind=action.kind, fingerprint=action.fingerprint(), reference="", summary="", at=now)


def _repeated(done: Effect | None, wanted: Effect) -> Receipt:
    if done is None or (done.kind, done.fingerprint) != (wanted.kind, wanted.fingerprint):
        message = f"The effect key {wanted.key} was used for another action before; nothing was done."
        raise ActionRefused([Refusal(code=str(Code.KEY_REUSED), message=message)])
    return done.receipt(repeated=True)


def _judged(action: act.Action, facts: ActionFacts, key: str) -> Changes:
    # Who asks was verified before the approval; here the owner stands in, so that all other rules hold now.
    refusals = check(action, facts, _owner(action, facts))
    if refusals:
        raise ActionRefused(refusals)
    return CHANGES[type(action)](action, Effecting(facts, key))


def _owner(action: act.Action, facts: ActionFacts) -> str:
    if isinstance(action, CustomerAction):
        return action.customer_id
    return facts.order.customer_id if facts.order is not None else ""


def _store(connection: Connection, nouns: tuple[Noun, ...]) -> None:
    for noun in nouns:
        put(connection, [row_of(noun)])


class StoreOrderWriter:
    """`ports.OrderWriter`."""

    def __init__(self, effects: Effects) -> None:
        self._effects = effects

    def create_return(self, action: act.CreateReturn, key: str) -> Receipt:  # noqa: D102 - the action's docstring
        return self._effects.apply(action, key)

    def exchange_items(self, action: act.ExchangeItems, key: str) -> Receipt:  # noqa: D102
        return self._effects.apply(action, key)

    def refund_order(self, action: act.RefundOrder, key: str) -> Receipt:  # noqa: D102
        return self._effects.apply(action, key)

    def replace_items(self, action: act.ReplaceItems, key: str) -> Receipt:  # noqa: D102
        return self._effects.apply(action, key)

    def cancel_order(self, action: act.CancelOrder, key: str) -> Receipt:  # noqa: D102
        return self._effects.apply(action, key)

    def change_order_items(self, action: act.ChangeOrderItems, key: str) -> Receipt:  # noqa: D102
        return self._effects.apply(action, key)

    def change_shipping_address(self, action: act.ChangeShippingAddress, key: str) -> Receipt:  # noqa: D102
        return self._effects.apply(action, key)

    def change_payment_method(self, action: act.ChangePaymentMethod, key: str) -> Receipt:  # noqa: D102
        return self._effects.apply(action, key)

    def hold_order(self, action: act.HoldOrder, key: str) -> Receipt:  # noqa: D102
        return self._effects.apply(action, key)

    def release_hold(self, action: act.ReleaseHold, key: str) -> Receipt:  # noqa: D102
        return self._effects.apply(action, key)

    def open_carrier_trace(self, action: act.OpenCarrierTrace, key: str) -> Receipt:  # noqa: D102
        return self._effects.apply(action, key)


class StoreCustomerWriter:
    """`ports.CustomerWriter`."""

    def __init__(self, effects: Effects) -> None:
        self._effects = effects

    def update_customer_address(self, action: act.UpdateCustomerAddress, key: str) -> Receipt:  # noqa: D102
        return self._effects.apply(action, key)

    def issue_store_credit(self, action: act.IssueStoreCredit, key: str) -> Receipt:  # noqa: D102
        return self._effects.apply(action, key)

    def issue_discount_code(self, action: act.IssueDiscountCode, key: str) -> Receipt:  # noqa: D102
        return self._effects.apply(action, key)

    def suppress_promotions(self, action: act.SuppressPromotions, key: str) -> Receipt:  # noqa: D102
        return self._effects.apply(action, key)


class StoreHelpdeskWriter:
    """`ports.HelpdeskWriter`."""

    def __init__(self, effects: Effects) -> None:
        self._effects = effects

    def send_reply(self, action: act.SendReply, key: str) -> Receipt:  # noqa: D102
        return self._effects.apply(action, key)

    def add_internal_note(self, action: act.AddInternalNote, key: str) -> Receipt:  # noqa: D102
        return self._effects.apply(action, key)

    def tag_ticket(self, action: act.TagTicket, key: str) -> Receipt:  # noqa: D102
        return self._effects.apply(action, key)

    def set_priority(self, action: act.SetPriority, key: str) -> Receipt:  # noqa: D102
        return self._effects.apply(action, key)

    def assign_ticket(self, action: act.AssignTicket, key: str) -> Receipt:  # noqa: D102
        return self._effects.apply(action, key)

    def escalate_to_human(self, action: act.EscalateToHuman, key: str) -> Receipt:  # noqa: D102
        return self._effects.apply(action, key)

    def close_ticket(self, action: act.CloseTicket, key: str) -> Receipt:  # noqa: D102
        return self._effects.apply(action, key)
