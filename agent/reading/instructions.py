# ruff: noqa: E501 - one phrase a line reads better than one phrase on three
"""Words in a text that talk to an assistant: found, never followed."""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge.hints import may_hold

_YOU = r"(?:assistant|chatbot|bot|AI|a\.i\.|language model|LLM|GPT|agent|system|asistente|assistante?|assistent|KI|IA)"
_SAYINGS: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("ignor|disregard|forget|overrid|bypass", "instruction|rule|polic|prompt|guideline|restriction|guardrail"),
        r"\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,40}\b(?:previous|prior|above|earlier|all|any|your|the|these)\b[^.\n]{0,30}"
        r"\b(?:instructions?|rules?|polic(?:y|ies)|prompts?|guidelines|restrictions|guardrails)\b",
    ),
    (("ignor|olvid|omit", "instrucciones|reglas|políticas"), r"\b(?:ignor[ae]|olvid[ae]|omit[ae])\b[^.\n]{0,40}\b(?:instrucciones|reglas|políticas)\b"),
    (("ignore|oublie", "instructions|règles|consignes"), r"\b(?:ignore[zr]?|oublie[zr]?)\b[^.\n]{0,40}\b(?:instructions|règles|consignes)\b"),
    (("ignorier|vergiss|vergessen", "anweisungen|regeln|vorgaben|richtlinien"), r"\b(?:ignorier\w*|vergiss|vergessen)\b[^.\n]{0,40}\b(?:anweisungen|regeln|vorgaben|richtlinien)\b"),
    ((":|]|>",), rf"(?:^|[\n\[(<*])\s{{0,3}}(?:to the )?{_YOU}\s{{0,2}}[:\]>]"),
    (("<",), r"<\|?(?:system|im_start|assistant|user)\b"),
    (("inst]",), r"\[/?INST\]"),
    (("you are no",), r"\byou are (?:now|no longer) (?:an?|the|in)\b"),
    (("new ", "instruction|prompt", ":"), r"\bnew (?:system )?(?:instructions?|prompt)\s?:"),
    (("developer mode|jailbreak",), r"\bdeveloper mode\b|\bjailbreak\b"),
    (
        ("must|shall|should|is to|has to|please", "refund|approve|credit|cancel|send|reveal|forward|verif"),
        rf"\b(?:{_YOU})[^.\n]{{0,30}}\b(?:must|shall|should|is to|has to|please)\b[^.\n]{{0,40}}\b(?:refund|approve|credit|cancel|send|reveal|forward|verif)",
    ),
    (
        ("reveal|print|show|repeat|output", "system prompt|your prompt|your instructions|hidden"),
        r"\b(?:reveal|print|show|repeat|output)\b[^.\n]{0,30}\b(?:system prompt|your (?:prompt|instructions)|hidden)\b",
    ),
    (
        ("tool|function|refund_order|issue_store_credit|cancel_order",),
        r"\b(?:call|use|run|execute|invoke)\b[^.\n]{0,20}\b(?:tool|function|refund_order|issue_store_credit|cancel_order)\b",
    ),
    (("customer is ",), r"\b(?:this|the) customer is (?:already )?verified\b"),
    (("approve ",), r"\bapprove (?:every|all|this|the) (?:refunds?|requests?)\b"),
    (("ignor|disregard|forget", "above|below|before|so far"), r"\b(?:ignore|disregard|forget)\b[^.\n]{0,20}\b(?:everything|all(?: of (?:it|this|that))?)\b[^.\n]{0,12}\b(?:above|below|before|so far)\b"),
    (
        # A fence or a bracket, and in it soon somebody who is no person at the shop.
        ("[|(|{|<|>|#|*|+|=|--|//", "assistant|model|override|console|agents|macro|hidden|inventory record"),
        r"(?:[\[({<>#*+=]{1,4}|--+|//)\s?(?:(?:begin|end|new|internal|admin|automat\w+) |(?:note|context|message) (?:for|to) (?:the )?)?"
        r"(?:operator override|(?:ai )?assistant\b(?! (?:manager|buyer))|model\b ?(?:only|:|,)|hidden\b|console\b|support (?:agents|macro)|inventory record"
        r"|(?:follow-?up )?(?:steps?|instructions?) for (?:support )?agents)",
    ),
    (
        ("note|context|message|reminder|instruction|p.s|ps", "assistant|model|bot|ai"),
        r"(?:\b(?:note|context|message|reminder|instructions?|ps)|\bp\.s\.?)[,:]? (?:for|to) (?:the |your )?(?:AI|(?:AI )?assistant|chat ?bot|language model|model|bot)\b",
    ),
    (("assistant |model |bot ", "directive|instruction|update"), r"\b(?:assistant|model|bot) (?:directive|instructions?|memory update|update)\b"),
    (("you are ",), r"\byou are \w{2,20}bot\b"),
    (("sudo",), r"\bsudo\b"),
    (("role",), r"\{?\s?[\"']role[\"']\s?:\s?[\"'](?:system|tool|assistant|developer)[\"']"),
    (
        ("systemhinweis|systemnachricht|systemmeldung|systemanweisung|sistema|système|systeme",),
        r"\bsystem(?:hinweis|nachricht|meldung|anweisung)\b|\b(?:mensaje|nota|aviso) del sistema\b|\b(?:note|message|consigne) (?:du )?syst[eè]me\b",
    ),
    (("refund_order|issue_store_credit|tool_call",), r"\brefund_order|issue_store_credit|tool_call\b"),
)  # fmt: skip
"""How an assistant is talked to, and before it words (in lower case) of which one of each group stands in all such."""
_SAYS = tuple(
    (tuple(tuple(group.split("|")) for group in groups), re.compile(shape, re.IGNORECASE | re.MULTILINE))
    for groups, shape in _SAYINGS
)
Groups = tuple[tuple[str, ...], ...]
# Pictures are joined by such letters, and flags end in them; there they hide nothing.
HIDDEN = re.compile(
    "[\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2069]|(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d"
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]"
)


def before_instructions(text: str) -> str:
    """The part of a text before the first words that talk to an assistant: what else it says may be theirs too."""
    found = talked_to(text)
    return text[: found.start()] if found is not None else text


@lru_cache(maxsize=64)
def talked_to(text: str) -> re.Match[str] | None:
    """The first words of a text that talk to an assistant, or a letter that hides such."""
    said = [match for match in (_said(groups, shape, text) for groups, shape in _SAYS) if match is not None]
    return min(said, key=lambda match: match.start()) if said else HIDDEN.search(text)


def _said(groups: Groups, shape: re.Pattern[str], text: str) -> re.Match[str] | None:
    for hints in groups:
        if not may_hold(text, hints):
            return None
    return shape.search(text)


@lru_cache(maxsize=4096)
def words_to_assistant(text: str) -> str:
    """The words that talk to an assistant, empty when none do. Most fields and all passages come again and again."""
    said = talked_to(text)
    return said[0] if said is not None else ""
