"""Separates what a person wrote now from what was quoted, in the words that mail programs use in nine languages.

Nothing is thrown away: the lines that are not the new text are the quoted text, in their order.
"""

import re
from dataclasses import dataclass

from agent.intake.message import EarlierMessage

_MAX_LEVELS = 30
_MAX_LINE = 400
_QUOTE = re.compile(r"^\s{0,3}(?:>|\|(?=\s))")
_WROTE = re.compile(
    r"^\W{0,4}(?:on|am|le|el|il|op|em|den|dnia|w dniu)\b.{4,300}\b(?:wrote|schrieb(?: .{1,120})?|a [ée]crit|escribi[óo]"
    r"|ha scritto|schreef(?: .{1,120})?|het volgende geschreven|escreveu|skrev(?: .{1,120})?"
    r"|napisa[łl]\(?a?\)?)\s?:?\s*$"
    r"|^.{0,120}<[^<>\s]{3,100}@[^<>\s]{3,100}>.{0,40}(?:wrote|schrieb|a [ée]crit|escribi[óo]"
    r"|ha scritto|schreef|escreveu|skrev|napisa[łl]\(?a?\)?)\s?:\s*$"
    r"|^\d{4}-\d\d-\d\d.{0,40} (?:gmt|utc)[^:]{0,20}.{0,160}:\s*$",
    re.IGNORECASE,
)
_OPENS_WROTE = re.compile(
    r"^\W{0,4}(?:on|am|le|el|il|op|em|den|dnia)\b.{0,200}(?:\d{4}|\d{1,2}[:.]\d{2}|\d{1,2}[./]\d{1,2})", re.IGNORECASE
)
_DIVIDER = re.compile(
    r"^\W{0,3}-{2,}\s?(?:original message|original appointment|forwarded message|forwarded by .{1,80}"
    r"|urspr(?:ü|ue)ngliche (?:nachricht|e-?mail)|weitergeleitete nachricht"
    r"|originalnachricht|message (?:d'origine|original|transf[ée]r[ée])|mensaje (?:original|reenviado)"
    r"|oorspronkelijk bericht|doorgestuurd bericht|messaggio (?:originale|inoltrato)|mensagem (?:original|encaminhada)"
    r"|ursprungligt meddelande|vidarebefordrat meddelande|opprinnelig melding|oprindelig meddelelse)\s?-{2,}"
    r"|^\W{0,3}##- ?.{5,120} ?-##"
    r"|^(?:begin forwarded message|anfang der weitergeleiteten nachricht"
    r"|d[ée]but du message (?:transf[ée]r[ée]|r[ée]exp[ée]di[ée])|inicio del mensaje reenviado"
    r"|begin doorgestuurd bericht|inizio messaggio inoltrato|in[íi]cio da mensagem (?:re)?encaminhada)\s?:",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"^[*_\s]{0,4}(?:from|von|de|expéditeur|remitente|van|da|från|fra|od)\s?:[*_]{0,2}\s?\S", re.IGNORECASE
)
_FIELD = re.compile(
    r"^[*_\s]{0,4}(?:sent|date|to|cc|subject|reply-to|gesendet|datum|an|betreff|envoyé|date|à|objet|cc"
    r"|enviad[oa](?: el| em)?|fecha|para|asunto|importance|destinataire|verzonden|aan|onderwerp|inviato|data|a|oggetto"
    r"|assunto|skickat|till|ämne|sendt|til|emne|wysłano|do|temat)\s?:",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s*_{10,}\s*$|^\s*-{20,}\s*$")
_SIGNATURE = re.compile(r"^(?:--|—|__)\s?$")
_SENT_FROM = re.compile(
    r"^\W{0,2}(?:sent (?:from|with|via) (?:my |the |mail |outlook|yahoo|gmail|proton|aol|samsung)"
    r"|get outlook for|gesendet (?:von|mit) (?:mein|outlook|meiner|der)|von meinem .{1,30} gesendet"
    r"|envoyé (?:de|depuis) (?:mon|outlook|ma)|enviado desde (?:mi|outlook)|obtenir outlook"
    r"|obtener outlook|outlook für|diese nachricht wurde von meinem"
    r"|verzonden (?:vanaf|met|via|vanuit) (?:mijn|outlook|de)"
    r"|inviato da(?:l mio| iphone| ipad| outlook| samsung| smartphone| libero| yahoo)"
    r"|enviado d[oe] (?:meu|outlook|yahoo)"
    r"|skickat från (?:min|outlook)|sendt fra (?:min|outlook)|wysłan[eo] z |scarica outlook|download outlook)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Split:
    """The new text, the rest in its order, and the quoted messages, oldest first."""

    text: str
    quoted: str
    earlier: tuple[EarlierMessage, ...]


def split(text: str) -> Split:
    """Separate the new text of a message from what it quotes.

    When nothing would be left as new, the whole text counts as new: a wrong cut must not lose a customer's words.
    """
    lines = text.split("\n")
    written = _written_lines(lines)
    own = _without_signature(lines, written)
    if not any(lines[index].strip() for index in own):
        return Split(_tidy(lines), "", ())
    rest = _others(lines, own)
    return Split(_tidy([lines[index] for index in own]), _tidy(rest), tuple(reversed(_thread(_others(lines, written)))))


def _others(lines: list[str], indexes: list[int]) -> list[str]:
    taken = set(indexes)
    return [line for index, line in enumerate(lines) if index not in taken]


def _tidy(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n ")


def _written_lines(lines: list[str]) -> list[int]:
    """Indexes of the lines written now, signature included: above the cut, or around `>` lines."""
    end = _cut(lines)
    head = [index for index in range(end) if not _QUOTE.match(lines[index])]
    head = _without_introductions(lines, head)
    if not any(lines[index].strip() for index in head) and end < len(lines):
        head = _below_quotation(lines, end)
    return head


def _cut(lines: list[str]) -> int:
    """The line from which everything is quoted without `>` marks; the number of lines when there is none."""
    for index in range(len(lines)):
        size = introduction(lines, index)
        if size and not _marked_after(lines, index + size):
            return index
    return min(_cut_by_library(lines), len(lines))


def introduction(lines: list[str], at: int) -> int:
    """How many lines from `at` on introduce a quotation; 0 when none does."""
    line = lines[at].strip()[:_MAX_LINE]
    if not line or _QUOTE.match(line):
        return 0
    if _DIVIDER.match(line):
        return 1 + _header_block(lines, at + 1)
    if _RULE.match(line) and (block := _header_block(lines, at + 1)):
        return 1 + block
    return _header_block(lines, at) or _wrote(lines, at)


def _wrote(lines: list[str], at: int) -> int:
    """`On 3 March 2025, Maria <m@example.org> wrote:`, which mail programs break over up to three lines."""
    line = lines[at].strip()[:_MAX_LINE]
    if _WROTE.match(line):
        return 1
    if not _OPENS_WROTE.match(line):
        return 0
    for size in (2, 3):
        joined = " ".join(part.strip()[:_MAX_LINE] for part in lines[at : at + size])
        if len(lines) >= at + size and _WROTE.match(joined):
            return size
    return 0


def _header_block(lines: list[str], at: int) -> int:
    """`From: ... Sent: ... To: ... Subject: ...` as Outlook writes it, in any order that begins with the sender."""
    start = at
    while start < len(lines) and start < at + 2 and not lines[start].strip():
        start += 1
    if start >= len(lines) or not _FROM.match(lines[start][:_MAX_LINE]):
        return 0
    end, fields = start + 1, 0
    while end < min(len(lines), start + 8) and lines[end].strip():
        matched = bool(_FIELD.match(lines[end][:_MAX_LINE]))
        if not matched and fields >= 2 and not lines[end].startswith((" ", "\t")):
            break
        fields += matched
        end += 1
    return end - at if fields >= 2 else 0


def _marked_after(lines: list[str], at: int) -> bool:
    """Is the next line that says something marked with `>`?"""
    for line in lines[at : at + 4]:
        if line.strip():
            return bool(_QUOTE.match(line))
    return False


def _without_introductions(lines: list[str], head: list[int]) -> list[int]:
    """Drop `On ... wrote:` above a block of `>` lines."""
    dropped: set[int] = set()
    for index in head:
        if (size := introduction(lines, index)) and _marked_after(lines, index + size):
            dropped.update(range(index, index + size))
    return [index for index in head if index not in dropped]


def _below_quotation(lines: list[str], start: int) -> list[int]:
    """An answer written below an unmarked quotation cannot be told apart; below a marked one it can."""
    last = max((index for index in range(start, len(lines)) if _QUOTE.match(lines[index])), default=-1)
    return list(range(last + 1, len(lines))) if last >= 0 else []


def _without_signature(lines: list[str], own: list[int]) -> list[int]:
    """Cut at the signature mark or at `Sent from my phone`, unless that would leave nothing."""
    for place, index in enumerate(own):
        line = lines[index].strip()[:_MAX_LINE]
        if place and (_SIGNATURE.match(line) or _SENT_FROM.match(line)):
            tail = own[place:]
            kept = own[:place] + ([] if _SIGNATURE.match(line) else tail[1:])
            return kept if any(lines[i].strip() for i in kept) else own
    return own


def _cut_by_library(lines: list[str]) -> int:
    """Where mail-parser-reply sees the second message; it knows introductions that the patterns above do not.

    It gets a bounded beginning with bounded lines: its patterns take quadratic time on long ones.
    """
    from mailparser_reply import EmailReplyParser

    window = [line.strip()[:200] for line in lines[:150]]
    text = "\n".join(window)
    if len(text) > 8_000 or not re.search(r":\s*$", text, re.MULTILINE):
        return len(lines)
    replies = EmailReplyParser(languages=["en", "de", "fr", "es"]).read(text).replies
    header = next((reply.headers for reply in replies[1:] if reply.headers), None)
    first = (header or "").strip().split("\n")[0].strip()
    return window.index(first) if first and first in window and not _QUOTE.match(first) else len(lines)


def _thread(lines: list[str]) -> list[EarlierMessage]:
    """The quoted messages, newest first: each introduction begins one, and inside it the next level is older."""
    found: list[EarlierMessage] = []
    for _ in range(_MAX_LEVELS):
        lines = _unmarked(lines)
        start = next((i for i in range(len(lines)) if introduction(lines, i)), None)
        if start is None:
            unnamed = _tidy(lines)
            return [*found, EarlierMessage(header="", text=unnamed)] if unnamed and not found else found
        size = introduction(lines, start)
        body = _unmarked(lines[start + size :])
        following = next((i for i in range(len(body)) if introduction(body, i)), len(body))
        own = [line for line in body[:following] if not _QUOTE.match(line)]
        found.append(EarlierMessage(header=_tidy(lines[start : start + size]), text=_tidy(own)))
        lines = body[following:] if following < len(body) else [line for line in body if _QUOTE.match(line)]
    return found


def _unmarked(lines: list[str]) -> list[str]:
    """Take one level of `>` away when everything is marked."""
    said = [line for line in lines if line.strip()]
    if not said or not all(_QUOTE.match(line) for line in said):
        return lines
    return [re.sub(r"^\s{0,3}[>|] ?", "", line) for line in lines]
