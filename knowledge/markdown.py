"""Cutting a Markdown body into citable sections: one per heading, long ones at paragraph ends."""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from knowledge.errors import DocumentError

PREAMBLE = "overview"
# About 200 tokens: the embedding model reads 256, and a title goes in front.
MAX_PART_CHARS = 1000

_HEADING = re.compile(r"(?P<level>#{1,6})[ \t]+(?P<title>.*?)(?:[ \t]+#+)?[ \t]*")
_ANCHOR = re.compile(r"[\w-]+")
_CODE_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})")
_BREAK = re.compile(r"\n[ \t]*\n\s*")
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+|\n")


class Section(BaseModel):
    """One heading and the text under it, up to the next heading."""

    model_config = ConfigDict(frozen=True)

    anchor: str
    title: str
    text: str
    line: int


def split_sections(body: str, first_line: int, path: Path) -> list[Section]:
    """Cut a body at its headings; headings without text of their own are left out.

    Raises:
        DocumentError: Two sections share an anchor, an anchor is malformed, or a code block is never closed.
    """
    seen: dict[str, int] = {}
    sections: list[Section] = []
    for section in _sections(_without_comments(body, first_line, path), first_line, path):
        if not _ANCHOR.fullmatch(section.anchor):
            raise DocumentError(path, section.line, f"anchor {section.anchor!r}: use letters, digits and hyphens")
        if section.anchor in seen:
            where = seen[section.anchor]
            reason = f"anchor {section.anchor!r} is already used in line {where}: add another one, such as {{#name}}"
            raise DocumentError(path, section.line, reason)
        seen[section.anchor] = section.line
        if section.text:
            sections.append(section)
    return sections


def headed_texts(body: str) -> list[tuple[str, str]]:
    """Headings with their texts, from any Markdown: nothing is refused. The heading of a preamble is empty."""
    sections = _sections(_without_comments(body, 1, None), 1, None)
    return [(section.title, section.text) for section in sections if section.text]


def split_parts(text: str, limit: int = MAX_PART_CHARS) -> list[str]:
    """Cut a long text at paragraph ends, then sentence ends, then words; short ones stay whole."""
    parts: list[str] = []
    for piece in _pieces(text, limit):
        if parts and len(parts[-1]) + len(piece) + 2 <= limit:
            parts[-1] = f"{parts[-1]}\n\n{piece}"
        else:
            parts.append(piece)
    return parts


def slug(heading: str) -> str:
    """`Parcel says "delivered"` -> `parcel-says-delivered`; any alphabet."""
    return re.sub(r"[\W_]+", "-", heading.lower()).strip("-")


def _sections(body: str, first_line: int, path: Path | None) -> Iterator[Section]:
    anchor, title, start = PREAMBLE, "", first_line
    lines: list[str] = []
    for number, line, is_code in _lines(body, first_line, path):
        heading = None if is_code else _HEADING.fullmatch(line)
        if heading is None:
            lines.append(line)
            continue
        if anchor != PREAMBLE or "".join(lines).strip():
            yield Section(anchor=anchor, title=title, text="\n".join(lines).strip(), line=start)
        anchor, title = _name(heading["title"])
        lines, start = [], number
    yield Section(anchor=anchor, title=title, text="\n".join(lines).strip(), line=start)


def _name(heading: str) -> tuple[str, str]:
    title, mark, anchor = heading.rpartition("{#")
    if mark and anchor.endswith("}"):
        return anchor[:-1], title.rstrip()
    return slug(heading), heading


def _lines(body: str, first_line: int, path: Path | None) -> Iterator[tuple[int, str, bool]]:
    """Each line with its number and whether a fenced block holds it (a `#` there is no heading).

    A block that is never closed is an error only where there is a path to name.
    """
    fence, opened = "", 0
    for number, line in enumerate(body.splitlines(), first_line):
        mark = _CODE_FENCE.match(line)
        yield number, line, bool(fence) or mark is not None
        if mark and not fence:
            fence, opened = mark["fence"], number
        elif mark and mark["fence"].startswith(fence) and not line.strip(" `~"):
            fence = ""
    if fence and path is not None:
        raise DocumentError(path, opened, "this code block is never closed: is the file truncated?")


def _without_comments(body: str, first_line: int, path: Path | None) -> str:
    """Comments are for the authors, never for customers; the newlines stay so that lines still count."""
    kept: list[str] = []
    at = 0
    while (start := body.find("<!--", at)) >= 0:
        end = body.find("-->", start)
        if end < 0:
            if path is not None:
                line = first_line + body.count("\n", 0, start)
                raise DocumentError(path, line, "this comment is never closed: is the file truncated?")
            break
        kept += body[at:start], "\n" * body.count("\n", start, end)
        at = end + len("-->")
    return "".join(kept) + body[at:]


def _pieces(text: str, limit: int) -> Iterator[str]:
    """Paragraphs no longer than `limit`."""
    for paragraph in _BREAK.split(text):
        yield from [paragraph] if len(paragraph) <= limit else _cut(paragraph, limit)


def _cut(paragraph: str, limit: int) -> Iterator[str]:
    current = ""
    for chunk in (chunk for sentence in _SENTENCE.split(paragraph) for chunk in textwrap.wrap(sentence, limit)):
        if current and len(current) + len(chunk) + 1 > limit:
            yield current
            current = chunk
        else:
            current = f"{current} {chunk}".strip()
    if current:
        yield current
