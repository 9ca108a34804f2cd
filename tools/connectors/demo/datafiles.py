"""Data files of this package: YAML read into typed rows, so that a slip in a file is an error with its place."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter

Shape = TypeVar("Shape")


class Row(BaseModel):
    """A row of a data file: frozen, and unknown fields are an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def read_yaml(path: Path, shape: type[Shape]) -> Shape:
    """The content of `path` as `shape`. Raises ValidationError naming the field that is wrong."""
    import yaml

    fast = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where PyYAML was built with libyaml
    return TypeAdapter(shape).validate_python(yaml.load(path.read_text(encoding="utf-8"), fast))  # noqa: S506 - both are safe
