"""Templates and static files. Everything is escaped, and a name that is missing is an error."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from server.ui import words

HERE = Path(__file__).parent
STATIC = HERE / "static"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates, compiled once for each process."""
    found = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters.update(spoken=words.spoken, money=words.money, moment=words.moment, day=words.day, iso=words.iso)
    found.globals["asset"] = asset
    return found


@lru_cache(maxsize=256)
def asset(name: str) -> str:
    """The address of a static file; it changes with the content, so that a browser may keep it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def rendered(template: str, context: dict[str, object]) -> str:
    """A template with everything it needs. Raises UndefinedError for a name that nobody gave."""
    return environment().get_template(template).render(context)
