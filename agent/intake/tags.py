"""Brings hostile HTML into a shape that a parser reads in linear time: closed tags, balanced, not too deep."""

import re
from collections.abc import Iterator

_MAX_DEPTH = 200
_MAX_TAGS = 60_000
_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:-]{0,30})(?P<rest>(?:[^<>\"']|\"[^\"<]{0,3000}\"|'[^'<]{0,3000}'){0,300}?)/?>"
)
_LOOSE = re.compile(r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:-]{0,30})[^<>]{0,5000}>")
_DECLARATION = re.compile(r"<[!?][^<>]{0,2000}>")
_RAW = frozenset({"script", "style", "title", "textarea", "xmp", "noembed", "iframe"})
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


def tidy(html: str) -> tuple[str, bool]:
    """The document with balanced tags only, and whether it was cut after 60,000 tags.

    Python's parser takes quadratic time on unclosed tags and comments, and its tree on deep or unbalanced ones.
    """
    pieces: list[str] = []
    open_tags: list[str] = []
    for count, piece in enumerate(_pieces(_without_comments(html))):
        if count > 2 * _MAX_TAGS:
            return "".join(pieces), True
        pieces.append(piece if isinstance(piece, str) else _balanced(piece, open_tags))
    return "".join(pieces), False


def _without_comments(html: str) -> str:
    """Comments are no text; one that never ends hides nothing."""
    pieces: list[str] = []
    position = 0
    while (start := html.find("<!--", position)) >= 0:
        end = html.find("-->", start + 4)
        if end < 0:
            break
        pieces.append(html[position:start])
        position = end + 3
    return "".join([*pieces, html[position:]]).replace("<!--", "")


def _pieces(html: str) -> Iterator[str | re.Match[str]]:
    """Text and tags in turn; what only looks like a tag is text."""
    position = 0
    without_end: set[str] = set()
    while (start := html.find("<", position)) >= 0:
        yield html[position:start]
        if declaration := _DECLARATION.match(html, start):
            position = declaration.end()
        elif tag := _TAG.match(html, start) or _LOOSE.match(html, start):
            position = _skip_raw(html, tag, without_end)
            if position == tag.end():
                yield tag
        else:
            yield "&lt;"
            position = start + 1
    yield html[position:]


def _skip_raw(html: str, tag: re.Match[str], without_end: set[str]) -> int:
    """Where reading goes on: behind a script or style as a whole, else behind the tag."""
    name = tag["name"].lower()
    if tag["close"] or name not in _RAW or name in without_end:
        return tag.end()
    end = re.compile(rf"</{name}[^<>]{{0,100}}>", re.IGNORECASE).search(html, tag.end())
    if end is None:
        without_end.add(name)
        return tag.end()
    return end.end()


def _balanced(tag: re.Match[str], open_tags: list[str]) -> str:
    """The tag as it may stand here; empty when it closes nothing or opens too deep."""
    name = tag["name"].lower()
    if tag["close"]:
        if name not in open_tags:
            return ""
        closed = ""
        while (inner := open_tags.pop()) != name:
            closed += f"</{inner}>"
        return f"{closed}</{name}>"
    if name in _VOID:
        return f"<{name}>"
    if len(open_tags) >= _MAX_DEPTH or name in _RAW:
        return ""
    open_tags.append(name)
    return f"<{name}{tag.groupdict().get('rest') or ''}>"
