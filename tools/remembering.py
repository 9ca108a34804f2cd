"""What is asked or worked out once: readers for one judgement or investigation, which must see one moment."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from tools.ports import Readers

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


class _Once:
    """Passes every method on and keeps what it answered. Lives as long as one judgement, never longer."""

    def __init__(self, target: object) -> None:
        self._target = target
        self._answers: dict[Hashable, object] = {}

    def __getattr__(self, name: str) -> Callable[..., object]:
        method, answers = cast("Callable[..., object]", getattr(self._target, name)), self._answers

        def ask(*arguments: Hashable, **named: Hashable) -> object:
            key = (name, arguments, tuple(sorted(named.items())) if named else ())
            if key not in answers:
                answers[key] = method(*arguments, **named)
            return answers[key]

        self.__dict__[name] = ask  # from now on it is found without asking here
        return ask


def once(target: T) -> T:
    """`target`, asked each question only once. Errors are not kept."""
    # The proxy has every method that the target has; a protocol cannot say that of __getattr__.
    return cast("T", _Once(target))


def of_each(compute: Callable[[K], V], most: int) -> Callable[[K], V]:
    """`compute`, done once for each object that is met again; for frozen objects that have no hash.

    It goes by which object it is, not by what it equals, and forgets all when it has met `most`.
    """
    known: dict[int, tuple[K, V]] = {}

    def ask(about: K) -> V:
        found = known.get(id(about))
        # It is held on to, so that nothing else can have come to be where it was.
        if found is not None and found[0] is about:
            return found[1]
        value = compute(about)
        if len(known) >= most:
            known.clear()
        known[id(about)] = (about, value)
        return value

    return ask


def remembering(readers: Readers) -> Readers:
    """`readers` for one moment."""
    return Readers(
        orders=once(readers.orders),
        customers=once(readers.customers),
        catalog=once(readers.catalog),
        helpdesk=once(readers.helpdesk),
    )
