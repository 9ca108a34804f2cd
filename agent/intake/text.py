"""Bytes and characters of a message as plain text: charsets, control characters, line ends."""

import codecs
import re
import unicodedata

_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
# Zero-width, direction and tag characters: they hide words from people and from filters. The joiner of emoji stays.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e007f]|\u200d(?![\u2600-\u27bf\U0001f000-\U0001faff])"
)
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
# ASCII and Latin-1 in a header usually mean Windows-1252: the same letters plus the curly quotes and the euro sign.
_ALIASES = {
    **dict.fromkeys(("us-ascii", "ascii", "unknown-8bit", "x-unknown", "default", "utf8mb4"), "utf-8"),
    **dict.fromkeys(("iso-8859-1", "latin-1", "latin1", "ansi"), "cp1252"),
    "iso-8859-8-i": "iso-8859-8",
}
# Codecs of Python that interpret the bytes instead of reading them.
_NOT_FOR_MAIL = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"}


def decode(data: bytes, charset: str) -> tuple[str, bool]:
    """Bytes as text, and whether the named charset was the right one.

    Falls back to UTF-8 and then to Windows Western European, which reads nearly any byte as something.
    """
    name = charset.strip().lower()
    name = _ALIASES.get(name, name)
    for candidate in (name, "utf-8", "cp1252"):
        try:
            if codecs.lookup(candidate).name not in _NOT_FOR_MAIL:
                return data.decode(candidate), candidate == name
        except (LookupError, ValueError):
            continue
    return data.decode("cp1252", "replace"), False


def clean(text: str) -> str:
    """Unix line ends, ordinary spaces, composed letters; no control, zero-width or direction characters."""
    text = _SPACES.sub(" ", _LINE_ENDS.sub("\n", text))
    text = _INVISIBLE.sub("", _CONTROL.sub("", text))
    return unicodedata.normalize("NFC", "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text))


def oddities(text: str) -> list[str]:
    """What `clean` takes away that honest people rarely write, in plain words."""
    notes: list[str] = []
    if "\x00" in text:
        notes.append("NUL bytes were removed")
    if _BIDI.search(text):
        notes.append("direction-changing characters were removed: the text may have been shown in another order")
    if _INVISIBLE.search(_BIDI.sub("", text)):
        notes.append("invisible characters were removed")
    return notes
