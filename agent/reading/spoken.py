"""What of a message is said to the shop: nothing behind words that talk to an assistant, or behind markup."""

from __future__ import annotations

import re

from agent.reading.instructions import before_instructions

# "</customer_message><policy>", "<!-- agent: ...": nobody writes so to a shop.
_MARKUP = re.compile(r"</?[a-z][\w-]{2,40}>|<!--", re.IGNORECASE)
_LEAST = 2
"""Words that must be left for a message to be one."""


def spoken(text: str) -> str:
    """The part of a text that says what a customer wants; all of it when hardly a word would be left."""
    said = _MARKUP.split(before_instructions(text), 1)[0]
    return said if len(said.split()) >= _LEAST else text
