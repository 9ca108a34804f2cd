"""Does a text sound like the brand? Rules of `voice.yaml`, applied to any draft from any channel."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from knowledge.playbooks.voice import Voice, sentences

_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\u203c\u2049\ufe0f\u20e3]")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LINK = re.compile(r"\b(?:https?://|www\.)\S+")
_VOWELS = re.compile(r"[aeiouy]+")
_MIN_WORDS_FOR_GRADE = 40
"""The grade of a shorter text says more about one long name than about the writing."""


class VoiceProblem(NamedTuple):
    """One breach: the rule's name, what is wrong, and the words that show it."""

    rule: str
    message: str
    words: str


def check_voice(text: str, language: str, voice: Voice, letter: bool = True) -> list[VoiceProblem]:
    """Everything in a text that is not in the brand's voice. A `letter` also needs greeting and sign-off."""
    body = text
    problems: list[VoiceProblem] = []
    if letter:
        body, problems = _unwrapped(text, language, voice)
    rules: tuple[Callable[[str, str, Voice], Iterator[VoiceProblem]], ...] = (
        _marks, _banned, _familiar, _preferred, _long_sentences, _long_paragraphs, _hard_to_read,
    )  # fmt: skip
    return problems + [problem for rule in rules for problem in rule(body, language, voice)]


def _unwrapped(text: str, language: str, voice: Voice) -> tuple[str, list[VoiceProblem]]:
    """The body between greeting and sign-off, and what is wrong with the two."""
    problems: list[VoiceProblem] = []
    lines = text.strip().split("\n")
    first, last = lines[0].strip(), lines[-1].strip()
    forms = [form[language] for form in (voice.greeting, voice.greeting_without_name) if language in form]
    if any(_form(form).fullmatch(first) for form in forms):
        lines = lines[1:]
    else:
        problems.append(VoiceProblem("greeting", f"begin with {' or '.join(forms) or 'a greeting'}", first[:60]))
    if last == voice.sign_off.get(language):
        lines = lines[:-1]
    else:
        problems.append(VoiceProblem("sign_off", f"end with {voice.sign_off.get(language, 'a sign-off')}", last[:60]))
    return "\n".join(lines).strip(), problems


@lru_cache(maxsize=64)
def _form(greeting: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", r"[^,:\\n]{1,60}", re.escape(greeting)))


def _marks(text: str, language: str, voice: Voice) -> Iterator[VoiceProblem]:
    del language
    emoji = None if voice.emoji else _EMOJI.search(text)
    if emoji:
        yield VoiceProblem("emoji", "no emoji", emoji[0])
    at = -1 if voice.exclamation_marks else max(text.find("!"), text.find("¡"))
    if at >= 0:
        yield VoiceProblem("exclamation", "no exclamation marks", text[max(at - 30, 0) : at + 1])


def _banned(text: str, language: str, voice: Voice) -> Iterator[VoiceProblem]:
    for phrase in voice.banned.get(language, ()):
        found = _phrase(phrase).search(text)
        if found:
            yield VoiceProblem("banned", f"we do not write “{phrase}”", found[0])


def _familiar(text: str, language: str, voice: Voice) -> Iterator[VoiceProblem]:
    form = voice.address_form.get(language)
    for word in form.avoid if form else ():
        found = _phrase(word).search(text)
        if found:
            yield VoiceProblem("address_form", f"write {form.polite if form else ''}, not “{word}”", found[0])


def _preferred(text: str, language: str, voice: Voice) -> Iterator[VoiceProblem]:
    for instead_of, word in voice.prefer.get(language, {}).items():
        found = _phrase(instead_of).search(text)
        if found:
            yield VoiceProblem("prefer", f"instead of “{instead_of}”: {word}", found[0])


def _long_sentences(text: str, language: str, voice: Voice) -> Iterator[VoiceProblem]:
    del language
    lengths = [(len(words(sentence)), sentence) for sentence in sentences(text)]
    for length, sentence in lengths:
        if length > voice.max_sentence_words:
            message = f"{length} words in a sentence, more than {voice.max_sentence_words}"
            yield VoiceProblem("sentence_length", message, sentence[:60])
    average = sum(length for length, _ in lengths) / max(len(lengths), 1)
    if average > voice.max_average_sentence_words:
        message = f"{average:.0f} words a sentence on average, more than {voice.max_average_sentence_words}"
        yield VoiceProblem("sentence_length", message, text[:60])


def _long_paragraphs(text: str, language: str, voice: Voice) -> Iterator[VoiceProblem]:
    del language
    for paragraph in text.split("\n\n"):
        prose = "\n".join(line for line in paragraph.split("\n") if not line.startswith("- "))
        count = len(sentences(prose))
        if count > voice.max_paragraph_sentences:
            message = f"{count} sentences in a paragraph, more than {voice.max_paragraph_sentences}"
            yield VoiceProblem("paragraph_length", message, paragraph[:60])


def _hard_to_read(text: str, language: str, voice: Voice) -> Iterator[VoiceProblem]:
    if language == "en" and len(words(text)) >= _MIN_WORDS_FOR_GRADE:
        grade = reading_grade(text)
        if grade > voice.max_reading_grade:
            message = f"reads at school grade {grade:.0f}, above {voice.max_reading_grade}: use shorter words"
            yield VoiceProblem("reading_level", message, text[:60])


def reading_grade(text: str) -> float:
    """The Flesch-Kincaid school grade of an English text; 0.0 for one without words."""
    found = words(text)
    if not found:
        return 0.0
    syllables = sum(_syllables(word) for word in found)
    count = max(len(sentences(text)), 1)
    return 0.39 * len(found) / count + 11.8 * syllables / len(found) - 15.59


def words(text: str) -> list[str]:
    """The words of a text; numbers and links are none."""
    return _WORD.findall(_LINK.sub(" ", text))


def _syllables(word: str) -> int:
    lower = word.lower()
    count = len(_VOWELS.findall(lower))
    is_silent = lower.endswith("e") and not lower.endswith(("le", "ee")) and count > 1
    return max(count - is_silent, 1)


@lru_cache(maxsize=1024)
def _phrase(phrase: str) -> re.Pattern[str]:
    flags = re.NOFLAG if phrase.isupper() else re.IGNORECASE
    spaced = r"\s+".join(re.escape(word) for word in phrase.split())
    return re.compile(rf"(?<!\w){spaced}(?!\w)", flags)
