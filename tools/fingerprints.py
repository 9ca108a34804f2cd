"""The identity of what an action does: a hash of its content, remembered, because it is asked for again and again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable
from functools import lru_cache
from typing import cast

from pydantic import BaseModel


def fingerprint_of(content: BaseModel, without: frozenset[str]) -> str:
    """sha256 over the JSON of a frozen model without some of its fields. Equal content has equal fingerprints."""
    try:
        return _kept(cast("Hashable", content), without)  # frozen, so pydantic gives it a hash
    except TypeError:  # made without validation, and holding what has none
        return _computed(content, without)


def _computed(content: BaseModel, without: frozenset[str]) -> str:
    plain = content.model_dump(mode="json", exclude=set(without))
    return hashlib.sha256(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


_kept = lru_cache(maxsize=4_096)(_computed)
