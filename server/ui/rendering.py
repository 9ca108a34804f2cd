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
        finalize=words.shown,
    )
    found.filters.update(spoken=words.spoken, money=words.money, moment=words.moment, day=words.day, iso=words.iso)
    found.filters.update(sentence=words.sentence)
    found.globals["asset"] = asset  # pyright: ignore[reportArgumentType] - typed by the defaults alone
    return found


@lru_cache(maxsize=1)
def version() -> str:
    """A name for the static files as they are: it changes with any of them, so that a browser may keep each."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return f"v-{digest.hexdigest()[:10]}"


def asset(name: str) -> str:
    """The address of a static file. The version is a folder, so that modules import each other in the same one."""
    if not (STATIC / name).is_file():
        raise FileNotFoundError(f"there is no {name} in {STATIC}")
    return f"/static/{version()}/{name}"


def rendered(template: str, context: dict[str, object]) -> str:
    """A template with everything it needs. Raises UndefinedError for a name that nobody gave."""
    return environment().get_template(template).render(context)
