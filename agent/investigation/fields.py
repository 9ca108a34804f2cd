"""Reading a scope: which of its values are objects, and which are lists of objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast


def fields_of(value: object) -> Mapping[str, object] | None:
    """The fields of a scope object; None for everything else."""
    if isinstance(value, dict):  # nearly always, and asked in a fraction of the time
        return cast("dict[str, object]", value)
    # A scope object is made in this package, from a dict with text keys: the checker cannot see that.
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else None


def members_of(value: object) -> Sequence[Mapping[str, object]]:
    """The objects of a scope list; nothing for everything else."""
    listed = cast("list[object]", value) if isinstance(value, list) else []
    return [fields for item in listed if (fields := fields_of(item)) is not None]


def texts_of(value: object) -> Sequence[str]:
    """The texts of a scope list; nothing for everything else."""
    listed = cast("list[object]", value) if isinstance(value, list) else []
    return [item for item in listed if isinstance(item, str)]
