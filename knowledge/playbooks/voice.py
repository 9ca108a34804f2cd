"""The brand's voice as data, and the letter it makes of reply bodies: one greeting, no sentence twice, one sign-off."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.errors import DocumentError
from knowledge.ingest import read_text
from knowledge.plainly import said
from knowledge.playbooks.errors import PlaybookProblem, PlaybooksInvalid
from knowledge.playbooks.yaml_tree import Tree, find, plain, read_tree

_MONTHS = "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
# "am 3. November" is one sentence.
_SENTENCE_END = re.compile(rf"(?<=[.?!…])\s+(?!(?:{_MONTHS})\b)|\n+")
_SPACES = re.compile(r"\s+")


class AddressForm(BaseModel):
    """How a language says "you": the polite word, and the familiar ones that we do not use."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    polite: str
    avoid: list[str]


class Voice(BaseModel):
    """One brand's voice. Every mapping is by language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int
    brand: str
    emoji: bool = False
    exclamation_marks: bool = False
    max_sentence_words: Annotated[int, Field(ge=5)]
    max_average_sentence_words: Annotated[int, Field(ge=5)]
    max_reading_grade: Annotated[int, Field(ge=1)]
    max_paragraph_sentences: Annotated[int, Field(ge=1)]
    greeting: dict[str, str]
    """With `{first_name}` or `{full_name}`."""
    greeting_without_name: dict[str, str]
    sign_off: dict[str, str]
    address_form: dict[str, AddressForm] = Field(default_factory=dict[str, AddressForm])
    banned: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    """Whole words and phrases in any case; an entry in capitals matches capitals only."""
    prefer: dict[str, dict[str, str]] = Field(default_factory=dict[str, dict[str, str]])
    """What not to write -> what to write instead."""
    must_say: dict[str, str] = Field(default_factory=dict[str, str])
    """Rules for people and language models; no checker can apply them."""


def load_voice(path: Path) -> Voice:
    """Read a voice file.

    Raises:
        PlaybooksInvalid: Listing what is wrong, with lines.
    """
    try:
        tree = read_tree(read_text(path), path)
    except DocumentError as error:
        raise PlaybooksInvalid([PlaybookProblem(error.path, error.line, error.reason)]) from error
    try:
        voice = Voice.model_validate(plain(tree))
    except ValidationError as error:
        raise PlaybooksInvalid(
            PlaybookProblem(
                str(path), find(tree, detail["loc"])[1], f"{_key(detail['loc'])}: {said(detail['type'], detail['msg'])}"
            )
            for detail in error.errors()
        ) from error
    problems = [
        PlaybookProblem(str(path), find(tree, (key,))[1], f"{key} lacks {language}: every language needs one")
        for key, texts in (("greeting_without_name", voice.greeting_without_name), ("sign_off", voice.sign_off))
        for language in sorted(voice.greeting.keys() - texts.keys())
    ]
    problems += _blanks(voice, tree, path)
    if problems:
        raise PlaybooksInvalid(problems)
    return voice


_BLANK = re.compile(r"\{[^{}]*\}?|\}")
_FILLED = {"greeting": ("{first_name}", "{full_name}"), "greeting_without_name": (), "sign_off": ()}
"""The blanks of each kind of line; any other would stand in the letter, and the guard would stop every reply."""


def _blanks(voice: Voice, tree: Tree, path: Path) -> Iterator[PlaybookProblem]:
    for key, filled in _FILLED.items():
        for language, text in cast("dict[str, str]", getattr(voice, key)).items():
            for blank in (found for found in _BLANK.findall(text) if found not in filled):
                there = f"there are {' and '.join(filled)}" if filled else "none is filled here"
                line = find(tree, (key, language))[1]
                yield PlaybookProblem(str(path), line, f"{key}.{language} holds {blank}; {there}")


def compose(bodies: list[str], language: str, first_name: str, voice: Voice, full_name: str = "") -> str:
    """The whole letter: greeting, the bodies as paragraphs, sign-off. A sentence that a body repeats is said once.

    A greeting that needs a name we do not have falls back to the one without; a language without a voice to English.
    """
    spoken = language if language in voice.greeting else "en"
    greeting = greet(spoken, first_name, full_name, voice)
    return "\n\n".join([greeting, *_without_repeats(bodies), voice.sign_off[spoken]])


def greet(language: str, first_name: str, full_name: str, voice: Voice) -> str:
    """The first line of a letter."""
    template = voice.greeting[language]
    names = {"{first_name}": first_name.strip(), "{full_name}": full_name.strip()}
    for placeholder, name in names.items():
        if placeholder in template and not name:
            return voice.greeting_without_name[language]
        template = template.replace(placeholder, name)
    return template


def sentences(text: str) -> list[str]:
    """The sentences and list entries of a text."""
    return [sentence for part in _SENTENCE_END.split(text) if (sentence := part.strip())]


def _without_repeats(bodies: list[str]) -> list[str]:
    said: set[str] = set()
    kept: list[str] = []
    for body in bodies:
        new = "\n\n".join(_paragraphs(body, said))
        said |= {_folded(sentence) for sentence in sentences(body)}
        kept += [new] if new else []
    return kept


def _paragraphs(body: str, said: set[str]) -> Iterator[str]:
    headed = False
    for paragraph in body.strip().split("\n\n"):
        # A heading without its list says nothing, so the entries that another body named stand here as well.
        new = paragraph if headed and paragraph.startswith("- ") else _fresh(paragraph, said)
        headed = new.endswith(":")
        if new:
            yield new


def _fresh(paragraph: str, said: set[str]) -> str:
    """The paragraph without what was said before."""
    lines = (
        " ".join(sentence for sentence in sentences(line) if _folded(sentence) not in said)
        for line in paragraph.split("\n")
    )
    return "\n".join(line for line in lines if line)


def _folded(sentence: str) -> str:
    return _SPACES.sub(" ", sentence).casefold()


def _key(place: tuple[str | int, ...]) -> str:
    return ".".join(str(step) for step in place)
