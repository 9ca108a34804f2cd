"""What a message says of each line: it came and is fine, or stays; or it is what the message is about.

Read beside the clauses (`kept`), and believed only as a whole picture: every line that is named has one status, some
are fine and some are not. "Mug yes, socks yes, cover no" is such a picture, "I got the mug" is none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from agent.investigation import status_words as marks
from agent.investigation.kept import tells_damage
from agent.investigation.naming import Said, lines_named
from agent.investigation.numbers import came, some_of
from agent.reading import clause_words as words
from agent.reading.words import fold
from tools.commerce import LineItem

LONGEST = 600
"""Characters of a sentence that are read."""
MOST_SENTENCES = 40
"""A longer message is no list of what came."""
_FEW = 2
"""Of so few lines the one that is not named is too easily forgotten."""
_BARE = 4
"""Words besides a name that a piece may have and still be a name in a list: "the other cushion cover"."""
_BARE_JOINED = 7
"""The same behind an "and": the mug and the cover for the red version."""


@dataclass(frozen=True)
class _Piece:
    """A piece of a sentence: the lines that it names, what it says of them, and how far that reaches."""

    lines: frozenset[str]
    fine: bool | None = None
    bare: bool = False
    none_of: bool = False
    """It denies the thing behind it and nothing before it: "no mug", "not the mug"."""
    only: bool = False
    turns: bool = False
    """A "but" stands before it."""
    same: bool = False
    """An "or" stands before it."""
    comma: bool = False
    """A comma stands before it, and no "and"."""
    stays: bool = False
    """It says that they stay, or do not go back; praise alone does not."""
    others: int = 0
    """So many other things are meant besides those that are named: "the other two"; -1 for the rest."""
    pronoun: bool = False
    """It speaks of what was named before: "I'd like to send them back"."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads a message about lines of one order."""

    lines: Sequence[LineItem]
    language: str
    missing: bool = False
    """It is about something that did not come: that a thing came is then all that counts."""
    sends: bool = False
    """It is about something that goes back or is swapped: what is fine is then what stays."""

    def concerned(self, text: str) -> frozenset[str]:
        """The ids of the lines that the message is about; empty where it does not give a whole picture."""
        told: dict[str, set[bool]] = {}
        mentioned, asked, alone = set[str](), set[str](), False
        others: list[_Piece] = []
        sentences = self._sentences(text)
        if any(map(self._counts_pieces, sentences)):
            return frozenset()
        for plain in sentences:
            pieces = self._all_but(plain) or self._pieces(plain)
            if self.sends and plain.rstrip().endswith("?") and not marks.BACK.search(plain):
                asked |= _lines_of(pieces)
                continue
            for piece in pieces:
                mentioned |= piece.lines
                alone = alone or piece.only
                others += [piece] if piece.others and not piece.lines and piece.fine is not None else []
                for line in piece.lines if piece.fine is not None else ():
                    told.setdefault(line, set()).add(bool(piece.fine))
            alone = alone or bool(marks.NOTHING_ELSE.search(plain))
        if any(len(each) > 1 for each in told.values()):
            return frozenset()
        one = {line: each.pop() for line, each in told.items()}
        if not all(one.values()):
            one |= dict.fromkeys(asked - set(one), True)  # "the mug goes back. Does the cover come in grey?"
        mentioned |= asked
        self._complete(one, mentioned, others, vague=bool(marks.SOMETHING.search(fold(text))))
        return self._whole(one, mentioned, alone=alone and self.missing)

    def _counts_pieces(self, plain: str) -> bool:
        """Whether pieces of one line are counted, which is read elsewhere."""
        if self.sends and all(line.quantity == 1 for line in self.lines):
            return False
        counted = marks.ONE_SIZE.sub(" ", plain) if self.sends else plain
        return bool(came(counted) or some_of(counted))

    def _complete(self, told: dict[str, bool], mentioned: set[str], others: Sequence[_Piece], *, vague: bool) -> None:
        """What is said of "the other two" is said of what is not named, and the contrary of what is."""
        rest = {line.id for line in self.lines} - mentioned
        for piece in others[:1]:
            if rest and mentioned and piece.others in (-1, len(rest)) and len({each.fine for each in others}) == 1:
                told.update(dict.fromkeys(rest, bool(piece.fine)))
                told.update({line: not piece.fine for line in mentioned if line not in told})
        wants = self.sends and not vague and len(self.lines) > _FEW
        if wants and not others and len(rest) == 1 and len(told) == len(mentioned) > 1 and all(told.values()):
            told.update(dict.fromkeys(rest, False))  # "swap them for M? The cover and the mug are lovely"

    def in_doubt(self, text: str, lines: Collection[str]) -> bool:
        """Whether what would go back is said to stay, or only praised while something else is meant."""
        plain = self._sentences(text)
        pieces = [piece for each in plain for piece in self._pieces(each)]
        stay = _lines_of(piece for piece in pieces if piece.stays)
        if not stay.difference(_lines_of(piece for piece in pieces if piece.fine is False)).isdisjoint(lines):
            return True
        unnamed = any(piece.fine is False and not (piece.lines or piece.pronoun) for piece in pieces)
        praised = _lines_of(piece for piece in pieces if piece.fine).issuperset(lines)
        return praised and (unnamed or any(map(marks.SOMETHING.search, plain)))

    def _sentences(self, text: str) -> list[str]:
        found = words.SENTENCE.split(words.IDIOM.sub(" ", text))
        plain = (fold(each)[:LONGEST] for each in found if len(found) <= MOST_SENTENCES)
        return [marks.DASHED.sub(" ", marks.BUT_NOT.sub(r" \g<no>", each)) for each in plain]

    def _whole(self, fine: dict[str, bool], mentioned: set[str], *, alone: bool) -> frozenset[str]:
        every = frozenset(line.id for line in self.lines)
        good = frozenset(line for line in fine if fine[line])
        bad = frozenset(line for line in fine if not fine[line])
        if alone and not bad:
            bad = every - good
        elif alone and good | bad != every:
            return frozenset()  # "the cover isn't there, mug only": nobody knows about the socks
        open_ = mentioned - good - bad
        if not good or (bad and open_):
            return frozenset()
        # All others are said to be fine, so what else is named is what is wrong.
        return frozenset(bad or (open_ if good | open_ == every else ()))

    def _all_but(self, plain: str) -> list[_Piece]:
        """Everything and what is set apart from it: "everything came but the mug", "all but the mug is broken"."""
        found = marks.ALL_BUT.search(plain)
        if found is None or (words.WISH.search(plain) and not self.sends):
            return []
        names = found["names"].split(",")[0]
        apart = frozenset(line.id for line in self._named(names))
        rest = frozenset(line.id for line in self.lines) - apart
        head = self._fine(f"{plain[: found.start()]} {found['head']}", only=False)
        fine = self._fine(self._behind(found["names"]), only=False) if head is None else head
        whole = bool(apart and rest) and fine is not None
        return [_Piece(apart, fine=not fine), _Piece(rest, fine=fine)] if whole else []

    def _behind(self, text: str) -> str:
        """What follows the last name: "all but the mug arrived"."""
        after = text
        for word in text.split():
            if self._named(word):
                after = text[text.index(word) + len(word) :]
        return after

    def _pieces(self, plain: str) -> list[_Piece]:
        pieces = marks.PIECES.get(self.language, marks.PIECES["en"])
        parts, links = pieces.split(plain), ["", *(hit.group().strip() for hit in pieces.finditer(plain))]
        both = zip(parts, links, strict=True)
        told = [(self._piece(part, link), part) for part, link in both if part.strip()]
        if not (self.sends or self.missing):
            return _shared([piece for piece, _ in told])
        return _spoken_of(_shared(_turned(told, missing=self.missing)))

    def _piece(self, part: str, link: str) -> _Piece:
        named = frozenset(line.id for line in self._named(part))
        if self.sends:
            return self._sent(part, link, named)
        none_of = bool(self.missing and marks.NONE_OF.search(f"{link} {part} "))
        only = self.missing and bool(marks.ONLY.search(part))
        there = self.missing and bool(marks.NOT_MISSING.search(part))
        fine = there or (False if none_of else self._fine(part, only=only))
        bare = fine is None and _is_bare(part, link)
        found = _Piece(named, fine, bare=bare, none_of=none_of, only=only and bool(named and fine))
        return self._linked(found, part, link)

    def _sent(self, part: str, link: str, named: frozenset[str]) -> _Piece:
        """A piece of a message about what goes back."""
        heading, colon, told_of_it = part.rpartition(":")
        if colon and marks.ANSWERS.search(part) and not self._named(heading):
            part = told_of_it  # "to be returned: mug no"
        back = [not _denies(part, hit) for hit in marks.BACK.finditer(part)]
        kept = [not _denies(part, hit) for hit in marks.STAYS.finditer(part)]
        left_out = not (back or kept) and any(
            self._named(hit.string[hit.start() :]) for hit in marks.NOT_THIS.finditer(f"{link} {part}")
        )
        stays = (bool(kept) and all(kept) and not any(back)) or (bool(back) and not any(back)) or left_out
        unfit = marks.THE_ONE_LEFT.search(part) or marks.YES.search(part) or marks.UNFIT.search(part)
        goes = any(back) or (bool(kept) and not any(kept)) or (bool(unfit) and not left_out)
        praises = list(marks.GOOD.finditer(part))
        praised = bool(marks.OPEN.search(part)) or (bool(praises) and not any(_denies(part, hit) for hit in praises))
        fine = None if stays and goes else stays or (False if goes else (praised or None))
        bare = fine is None and _is_bare(part, link)
        found = _Piece(named, fine, bare=bare, none_of=left_out, stays=stays and not goes)
        return self._linked(found, part, link)

    def _linked(self, piece: _Piece, part: str, link: str) -> _Piece:
        """The piece with what stands before it, and of what else it speaks."""
        other = marks.THE_OTHERS.search(part)
        names = {"one": 1, "third": 1, "two": 2, "three": 3}
        count = next((number for name, number in names.items() if other and other[name]), -1)
        return replace(
            piece,
            turns=bool(marks.BUT.search(link)),
            same=bool(marks.OR.search(link)),
            comma=link == ",",
            others=count if other else 0,
            pronoun=bool(marks.PRONOUN.search(part)) and not (piece.lines or other),
        )

    def _fine(self, part: str, *, only: bool) -> bool | None:
        if self.sends:
            return self._sent(part, "", frozenset()).fine
        if marks.NO_FAULT.search(part):
            return True
        if self._bad(part):
            return False
        good = marks.GOOD.search(part) or (self.missing and marks.CAME.search(part))
        return True if only or good else None

    def _bad(self, part: str) -> bool:
        if self.missing:
            return (
                tells_damage(part)
                or bool(marks.GONE.search(part))
                or any(_denies(part, hit) for hit in marks.CAME.finditer(part))
            )
        wrong = any(not _denies(part, hit) for hit in marks.WRONG.finditer(part))
        return wrong or any(_denies(part, hit) for hit in marks.GOOD.finditer(part))

    def _named(self, part: str) -> list[LineItem]:
        return lines_named(self.lines, Said.of(part, self.language))


def _lines_of(pieces: Iterable[_Piece]) -> frozenset[str]:
    return frozenset[str]().union(*(piece.lines for piece in pieces))


def _turned(told: Sequence[tuple[_Piece, str]], *, missing: bool) -> list[_Piece]:
    """The pieces, those that end in a bare denial saying the contrary of what was said before; alone it is a no."""
    found: list[_Piece] = []
    # "Mug no, cover yes" answers what goes back; "the mug, no" alone may mean either.
    before = False if not missing and any(marks.YES.search(part) for _, part in told) else None
    for piece, part in told:
        if piece.fine is None and piece.lines and before is not None and marks.NOT_SO.search(part):
            found.append(replace(piece, fine=not before, bare=False, stays=not before))
            continue
        before = before if piece.fine is None else piece.fine
        found.append(piece)
    return found


def _spoken_of(pieces: list[_Piece]) -> list[_Piece]:
    """What is said of "it" is said of what was named just before, unless that was said to stay."""
    last: int | None = None
    for at, piece in enumerate(pieces):
        last = at if piece.lines or piece.others else last
        if last is None or not piece.pronoun or piece.fine is None:
            continue
        if pieces[last].fine is None or not (pieces[last].stays or pieces[last].none_of):
            pieces[last] = replace(pieces[last], fine=piece.fine, stays=piece.stays)
    return pieces


def _shared(pieces: list[_Piece]) -> list[_Piece]:
    """What is said of one name of a list is said of all of it, unless both sides of a name say different things."""
    named = [at for at, piece in enumerate(pieces) if piece.lines or piece.fine is not None]
    before = [_onwards(pieces, named, at) for at in range(len(named))]
    behind = [_backwards(pieces, named, at) for at in range(len(named))]
    for number, (at, one, other) in enumerate(zip(named, before, behind, strict=True)):
        if pieces[at].bare and pieces[at].lines:
            after = pieces[named[number + 1]].comma if number + 1 < len(named) else True
            # "The socks are torn, mug and cover are fine": an "and" joins more closely than a comma.
            other = None if one is not None and after and not pieces[at].comma else other
            one = None if other is not None and pieces[at].comma and not after else one
            agreed = one is None or other is None or one == other
            pieces[at] = replace(pieces[at], fine=(other if one is None else one) if agreed else None)
    return pieces


def _onwards(pieces: Sequence[_Piece], named: Sequence[int], at: int) -> bool | None:
    """What the pieces before a name say of it."""
    for place in range(at, 0, -1):
        piece, before = pieces[named[place]], pieces[named[place - 1]]
        if before.fine and ((before.none_of and piece.comma) or (before.stays and piece.turns)):
            return False  # "not the mug, the socks", "not the mug but the socks"
        if piece.turns or (before.none_of and not piece.same):
            return None
        if before.fine is not None:
            return before.fine if before.lines else None
    return None


def _backwards(pieces: Sequence[_Piece], named: Sequence[int], at: int) -> bool | None:
    """What the pieces behind a name say of it; "mug, socks and no cover" says that the first two are there."""
    for place in range(at + 1, len(named)):
        piece = pieces[named[place]]
        if piece.none_of:
            return not piece.fine
        if piece.turns:
            return None
        if piece.fine is not None:
            return piece.fine
    return None


def _is_bare(part: str, link: str) -> bool:
    """Whether a piece is a name in a list and says nothing itself; behind an "and" it may have more words."""
    joined = bool(link) and link[0].isalpha()
    return len(part.split()) <= (_BARE_JOINED if joined else _BARE) and not marks.VERB.search(part)


def _denies(part: str, hit: re.Match[str]) -> bool:
    return bool(words.BEFORE.search(part[: hit.start()]) or words.BEHIND.match(part, hit.end()))
