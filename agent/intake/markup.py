"""The text of an HTML message as a person would read it; quotations become `> ` lines, hidden text is set aside."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from agent.intake.tags import tidy

_MAX_CHARACTERS = 500_000
_BLOCKS = frozenset(
    "address article aside blockquote body center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr html "
    "li main nav ol p pre section table tbody tfoot thead tr ul".split()
)
_SKIPPED = frozenset("head script style title template noscript object svg".split())
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px|pt|em"
    r"|%)?\s*(?:;|!|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)"
    r"|max-height\s*:\s*0(?:px)?\s*;[^\"]{0,200}overflow\s*:\s*hidden",
    re.IGNORECASE,
)

_IS_HTML = re.compile(
    r"\s*(?:<!doctype html|<html\b|<(?P<tag>p|div|span|table|body|blockquote|ul|ol|h[1-6]|b|strong|font)\b[^>]{0,2000}>"
    r"(?=.*</(?P=tag)>)|.{0,2000}?<br ?/?>)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class HtmlText:
    """Visible text, hidden text, and whether the document was cut."""

    text: str
    hidden: str
    cut: bool


def html_text(html: str) -> HtmlText:
    """Read an HTML document; at most half a million characters and 60,000 tags of it."""
    markup, cut = tidy(html[:_MAX_CHARACTERS])
    cut = cut or len(html) > _MAX_CHARACTERS
    if "<" not in markup:
        # The parser warns of a text without tags, in case it is the name of a file.
        return HtmlText(unescape(markup), "", cut)
    writer = _Writer()
    for event in _events(BeautifulSoup(markup, "html.parser")):
        writer.take(*event)
    return HtmlText(writer.text(), " ".join(" ".join(writer.hidden).split()), cut)


def readable(text: str) -> str:
    """A text that is an HTML document or a piece of one as a person would read it; any other stays as it is."""
    if not _IS_HTML.match(text):
        return text
    return html_text(text).text.strip() or text


Event = tuple[str, PageElement]


def _events(root: Tag) -> Iterator[Event]:
    """Each node when it opens, each tag also when it closes; no recursion: documents nest thousands deep."""
    stack: list[Iterator[PageElement]] = [iter(root.contents)]
    open_tags: list[Tag] = []
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
            if open_tags:
                yield "close", open_tags.pop()
        elif isinstance(node, Tag):
            yield "open", node
            open_tags.append(node)
            stack.append(iter(node.contents))
        else:
            yield "text", node


def _attribute(tag: Tag, name: str) -> str:
    value = tag.get(name)
    return value if isinstance(value, str) else ""


def _is_hidden(tag: Tag) -> bool:
    return tag.has_attr("hidden") or bool(_HIDDEN.search(_attribute(tag, "style")[:2000]))


class _Writer:
    """Collects lines; `depth` counts quotations, `muted` and `concealed` the skipped and hidden tags around."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, str]] = []
        self.hidden: list[str] = []
        self._line: list[str] = []
        self._depth = 0
        self._muted = 0
        self._concealed = 0
        self._preformatted = 0
        self._label_from = 0

    def take(self, kind: str, node: PageElement) -> None:
        if isinstance(node, Tag):
            (self._open if kind == "open" else self._close)(node)
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            self._text(str(node))

    def text(self) -> str:
        self._break()
        return "\n".join("> " * depth + line if line else ">" * depth for depth, line in self.lines).strip("\n")

    def _open(self, tag: Tag) -> None:
        self._muted += tag.name in _SKIPPED
        self._concealed += _is_hidden(tag)
        self._preformatted += tag.name == "pre"
        if tag.name == "br":
            self._break(always=True)
        elif tag.name in _BLOCKS:
            self._break()
        if tag.name in {"p", "blockquote", "h1", "h2", "h3", "table"}:
            self._blank()
        self._depth += tag.name == "blockquote"
        if tag.name == "li":
            self._line.append("- ")
        if tag.name == "a":
            self._label_from = len(self._line)

    def _close(self, tag: Tag) -> None:
        if tag.name == "a":
            self._link(tag)
        if tag.name in {"td", "th"}:
            self._line.append(" ")
        if tag.name in _BLOCKS:
            self._break()
        self._depth -= tag.name == "blockquote"
        if tag.name in {"p", "blockquote", "table"}:
            self._blank()
        self._muted -= tag.name in _SKIPPED
        self._concealed -= _is_hidden(tag)
        self._preformatted -= tag.name == "pre"

    def _text(self, text: str) -> None:
        if self._muted:
            return
        if self._concealed:
            self.hidden.append(text)
        elif self._preformatted:
            first, *rest = text.split("\n")
            self._line.append(first)
            for line in rest:
                self._break(always=True)
                self._line.append(line)
        else:
            self._line.append(re.sub(r"\s+", " ", text))

    def _link(self, tag: Tag) -> None:
        """Keep where a link leads when its words do not say so: it may be the product the customer means."""
        target, label = _attribute(tag, "href").strip(), "".join(self._line[self._label_from :])[:500].strip()
        if self._muted or self._concealed or not label or not target.lower().startswith(("http://", "https://")):
            return
        if len(target) <= 300 and target.rstrip("/") not in label and label not in target:
            self._line.append(f" <{target}>")

    def _break(self, *, always: bool = False) -> None:
        line = re.sub(r"  +", " ", "".join(self._line)).strip() if not self._preformatted else "".join(self._line)
        self._line = []
        if line or always:
            self.lines.append((self._depth, line))

    def _blank(self) -> None:
        if self.lines and self.lines[-1][1]:
            self.lines.append((self._depth, ""))
