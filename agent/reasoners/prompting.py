"""Prompts: versioned Markdown templates filled with one case. What strangers wrote is only ever inside a fence."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from agent.case import CitedPassage, Evidence, ProposedResolution
from agent.reasoners.base import Brief
from agent.reasoners.fences import LONGEST, fence, fenced_data
from agent.reasoners.playbook import written
from knowledge.playbooks import Branch, FollowUp, Playbook, Voice
from tools.helpdesk import Author, Ticket, TicketMessage

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).resolve().parent.parent / "prompts"
NAMES = ("propose.system", "propose.case", "repair", "classify.system", "classify.case")
LANGUAGES = {"en": "English", "es": "Spanish (usted)", "fr": "French (vous)", "de": "German (Sie)"}
NEWEST, EARLIER, QUOTED = 6_000, 1_000, 300
"""Characters of the newest message, of each one before it, and of a quote."""
MOST_MESSAGES = 6
LONGEST_PASSAGE = 1_200

# Staff alone may know the first line; the second is of no use for a reply.
_UNSAID = frozenset(
    "fraud_hold over_value on_hold vip many_refunds refunds_90d lifetime_value orders_count value_threshold "
    "id product_id age_days is_replacement parcels has_final_sale days_since_scan customer_id default_address category "
    "shipping_country basis email".split()
)

Message = dict[str, JsonValue]


class PromptError(ValueError):
    """A prompt file cannot be used; the message names it."""


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """How the shop handles a case: its playbooks, the branch that the facts choose, and the standard draft."""

    playbooks: Sequence[Playbook]
    branch: Branch | None
    standard: ProposedResolution
    kinds: frozenset[str]
    """The actions that may be proposed here."""

    @property
    def follow_up(self) -> FollowUp | None:
        """What the branch does later."""
        return self.branch.follow_up if self.branch else None


@dataclass(frozen=True, kw_only=True)
class Prompts:
    """The templates of one folder, and the shop that speaks through them."""

    sources: Mapping[str, str]
    voice: Voice
    zone: ZoneInfo
    actions: Mapping[str, str]
    intents: Mapping[str, str]

    @cached_property
    def digest(self) -> str:
        """sha256 over every template: which words a proposal came from."""
        content = "\n".join(f"{name}\n{self.sources[name]}" for name in NAMES)
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def propose(self, brief: Brief, procedure: Procedure) -> list[Message]:
        """What is asked for a proposal."""
        language = written(brief.classification.language)
        system = self._fill(
            "propose.system",
            brand=self.voice.brand,
            actions=[(kind, about) for kind, about in self.actions.items() if kind in procedure.kinds],
            language=language,
            language_name=LANGUAGES[language],
            voice=list(_voice_rules(self.voice, language)),
        )
        return [_said("system", system), _said("user", self._case(brief, procedure, language))]

    def classify(self, ticket: Ticket, guess: str) -> list[Message]:
        """What is asked when the local classifier abstains."""
        message = fence(f"{ticket.subject}\n\n{ticket.latest.text}", NEWEST)
        system = self._fill("classify.system", brand=self.voice.brand, intents=list(self.intents.items()))
        return [_said("system", system), _said("user", self._fill("classify.case", guess=guess, message=message))]

    def repair(self, answer: str, problem: str) -> list[Message]:
        """The answer that could not be used, and why."""
        said = self._fill("repair", problem=fence(problem, 1_000))
        # Some endpoints refuse an empty message.
        return [_said("assistant", answer[:LONGEST] or "(nothing)"), _said("user", said)]

    def _case(self, brief: Brief, procedure: Procedure, language: str) -> str:
        known, standard = brief.investigation, procedure.standard
        said, follow_up = brief.classification, procedure.follow_up
        return self._fill(
            "propose.case",
            now=brief.now.astimezone(self.zone).strftime("%A, %d %B %Y, %H:%M %Z"),
            language=f"{LANGUAGES[language]} ({language})",
            sender="a verified customer" if known.identity.verified else "not verified: ask nothing of the records",
            intents=", ".join(said.intents),
            unsure=said.abstained,
            messages=[_shown(message, brief.ticket) for message in _newest(brief.ticket)],
            facts=fenced_data(_row(item) for item in known.evidence if item.kind != "policy"),
            passages=fenced_data(_quoted(passage) for passage in _passages(brief, procedure)),
            open_questions=fence("\n".join(known.open_questions), 600) if known.open_questions else "",
            procedure=[playbook.prose for playbook in procedure.playbooks if playbook.prose],
            branch=procedure.branch.name if procedure.branch else "",
            steps=", ".join(step.kind for step in procedure.branch.steps) if procedure.branch else "",
            follow_up=follow_up.in_days if follow_up else 0,
            standard=fence(standard.reply.text) if standard.reply and procedure.branch else "",
            feedback=fence(brief.feedback, 1_000) if brief.feedback else "",
            problems=fence("\n".join(brief.problems), 2_000) if brief.problems else "",
        )

    def _fill(self, name: str, **values: object) -> str:
        return self._environment.from_string(self.sources[name]).render(**values).strip() + "\n"

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import Environment, StrictUndefined

        # Prompts are plain text; escaping for HTML would garble them. The fence is what keeps strangers' text apart.
        return Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)  # noqa: S701


def load_prompts(
    voice: Voice, zone: ZoneInfo, actions: Mapping[str, str], intents: Mapping[str, str], folder: Path = FOLDER
) -> Prompts:
    """The templates in `folder`. Raises PromptError for one that is missing or says no version."""
    sources = {name: _read(folder / f"{name}.md") for name in NAMES}
    return Prompts(sources=sources, voice=voice, zone=zone, actions=actions, intents=intents)


def _read(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"{path}: cannot be read as a prompt ({error})") from error
    head, version, body = text.partition("---\nversion: ")
    number, _, rest = body.partition("\n---\n")
    if head or not version or not number.strip().isdecimal() or not rest.strip():
        raise PromptError(f"{path}:1: a prompt begins with `version: N` between two lines of ---, then its text")
    return rest


def _said(role: str, text: str) -> Message:
    return {"role": role, "content": text}


def _passages(brief: Brief, procedure: Procedure) -> Sequence[CitedPassage]:
    """What the branch rests on and what was found for the question; all there is, where no branch is known."""
    every, cites = brief.investigation.passages, set[str]()
    if procedure.branch is None:
        return every
    for playbook in procedure.playbooks:
        further = playbook.branches if playbook is not procedure.playbooks[0] else (procedure.branch,)
        cites.update(cite for branch in further for cite in playbook.citations(branch))
    found = brief.scope.get("passage_id")
    return [p for p in every if p.passage_id == found or f"{p.document_id}#{p.anchor.partition('~')[0]}" in cites]


def _quoted(passage: CitedPassage) -> Mapping[str, JsonValue]:
    return {"passage_id": passage.passage_id, "title": passage.title, "text": passage.text[:LONGEST_PASSAGE]}


def _voice_rules(voice: Voice, language: str) -> Iterator[str]:
    yield f"At most {voice.max_sentence_words} words in a sentence."
    yield from (f"{rule[0].upper()}{rule[1:]}." for rule in voice.must_say.values())
    form = voice.address_form.get(language)
    if form is not None:
        yield f"Address the customer as {form.polite}; never {', '.join(form.avoid)}."
    banned = voice.banned.get(language, [])
    if banned:
        yield f"Never write: {', '.join(banned)}."


def _newest(ticket: Ticket) -> Sequence[TicketMessage]:
    """The last messages; the one to answer is always among them."""
    last = ticket.messages[-MOST_MESSAGES:]
    return last if ticket.latest in last else (ticket.latest, *last)


def _shown(message: TicketMessage, ticket: Ticket) -> dict[str, str]:
    newest = message.id == ticket.latest.id
    files = ", ".join(f"{file.name} ({file.content_type})" for file in message.attachments)
    parts = [
        fence(f"Subject: {ticket.subject}", 300) if newest and ticket.subject else "",
        fence(message.text, NEWEST if newest else EARLIER),
        "It quotes:\n" + fence(message.quoted, QUOTED) if message.quoted else "",
        "Files, not opened:\n" + fence(files, 300) if files else "",
    ]
    return {"head": _head(message, newest), "body": "\n".join(part for part in parts if part)}


def _head(message: TicketMessage, newest: bool) -> str:
    who = "customer" if message.author is Author.CUSTOMER else "the shop"
    return f"{who}, {_minute(message.at)}{', the message to answer' if newest else ''}"


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")


def _row(item: Evidence) -> Mapping[str, JsonValue]:
    return {"fact": item.id, **_worth_saying(item.fields)}


def _worth_saying(fields: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: _leaf(value) for name, value in fields.items() if name not in _UNSAID and _says_something(value)}


def _says_something(value: JsonValue) -> bool:
    return value is not None and value is not False and value not in ("", [], {})


def _leaf(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return _worth_saying(value)
    return [_leaf(item) for item in value] if isinstance(value, list) else value


def spoken(messages: Iterable[Message]) -> str:
    """All words of a conversation, to estimate what sending it costs."""
    return "\n".join(str(message) for message in messages)
