"""What a message says of each line: it came and is fine, or stays; or it is what the message is about.

Read beside the clauses (`kept`), and believed only as a whole picture: every line that is named has one status, some
are fine and some are not. "Mug yes, socks yes, cover no" is such a picture, "I got the mug" is none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from agent.investigation.kept import tells_damage
from agent.investigation.naming import Said, lines_named
from agent.investigation.numbers import came, some_of
from agent.reading import clause_words as words
from agent.reading.words import fold
from tools.commerce import LineItem

_JOINTS = {
    "en": "and|but|nor|or|while|whereas|though|n", "de": "und|aber|noch|oder|sowie", "es": "y|e|pero|ni|o",
    "fr": "et|mais|ni|ou", "it": "e|ed|ma|ne|o", "pt": "e|mas|nem|ou", "nl": "en|maar|of",
}  # fmt: skip
_PIECES = {
    language: re.compile(
        rf",\s*(?:(?:{joint})\s+)*|\s[-–—/]\s|(?<=[✓✔✅✗✘❌])\s*|\s*[+&()]\s*|\s+(?:(?:{joint})\s+)+", re.IGNORECASE
    )
    for language, joint in _JOINTS.items()
}
_ALL_BUT = re.compile(
    r"\b(?:all|every\w*|rest|alles?|todo|todos|tout|tous|tutto|tudo)\b(?P<head>[^,.;]{0,40}?),?\s*"
    r"\b(?:but|except(?: for)?"
    r"|apart from|aside from|other than|save for|ausser|bis auf|excepto|menos|salvo|sauf|hormis|excepte|a part"
    r"|tranne|eccetto|exceto|behalve)\s(?P<names>.+)"
)
_ONLY = re.compile(
    rf"{words.ONLY.pattern}"
    r"|\bn(?:['’]y a(?:vait)?|e \w+|['’]\w+)(?: \w+)? qu(?:e\b|['’])"
    r"|\b(?:nothing but|nichts ausser)\b"
)
_NOTHING_ELSE = re.compile(
    r"\b(?:nothing (?:else|more)|not(?:hing)? the rest|nichts (?:anderes|weiter|sonst)|sonst nichts|nada mas"
    r"|rien d['’]autre|nient['’]altro|mais nada|niets anders|verder niets)\b"
)
# Denies the thing behind it and nothing before it.
_NONE_OF = re.compile(
    r"\b(?:no|not (?:a|the|one)|neither|nor|without|minus|kein\w*|ohne|weder|noch|ni|sin|ningun\w*|pas d\w*|sans"
    r"|aucune?|nessun\w*|senza|nem|sem|nenhum\w*|geen|zonder)\s"
)
_CAME = re.compile(
    rf"{words.THERE.pattern}|{words.IN_USE.pattern}|\b(?:da|vorhanden|hier|here|there|yes|yep|ja|oui|si|sim|check|schon|inside|have|has|had|habe|hab"
    r"|haben|tengo|tenemos|hay|ai|avons|ho|tenho|heb|in (?:it|there)|found|unpacked|made it|arrive\w*"
    r"|estan|esta|vino|vinieron|son|binnen|llegad\w*|was|were|waren?|(?:im|in (?:dem|der|einem))"
    r" (?:paket|karton|schachtel|umschlag)|in the (?:box|parcel|package|carton)"
    r"|dans (?:le|la) (?:colis|carton|paquet|boite)|en (?:la|el) (?:caja|paquete))\b"
    r"|[✓✔✅]"
)
_GOOD = re.compile(
    rf"{words.FINE.pattern}|{words.IN_USE.pattern}|\b(?:great|good|super|top|nickel|lovely|beautiful|toll|wunderschon|wunderbar"
    r"|prima|klasse|genial|bien|bon|bonne|right|correct|richtig|korrekt|perfectos?|perfectas?|perfetto|mooi|yes|ja|oui|love|loved|excellent\w*"
    r"|wonderful|gorgeous|spotless|whole|in one piece|ganz)\b|[✓✔✅]"
)
_NO_FAULT = re.compile(
    rf"{words.NO_FAULT.pattern}|\b(?:nothing (?:to say|to report)|no (?:remarks?|comments?)|rien a (?:dire|signaler)"
    r"|nichts zu (?:meckern|sagen)|nada que (?:decir|objetar)|niente da dire)\b"
)
_GONE = re.compile(
    r"\b(?:miss(?:ing|es|ed)|absent|left out|forg[oe]t\w*|gone|lost|nowhere|nil|zero|zilch|not|never|isnt|wasnt|arent"
    r"|werent|didnt|hasnt|havent|fehl\w*|vergess\w*|verschwunden|nicht|falta\w*|falto\w*|olvid\w*|manqu\w*|oubli\w*|pas"
    r"|manca\w*|dimenticat\w*|non|faltou|faltava\w*|nao|ontbre\w*|mist|niet|no sign|no trace|keine spur)\b"
    r"|n['’]t\b|[✗✘❌]|\b(?:no|nope|nein|non|nao|nee)\W*$"
)
_WRONG = re.compile(
    rf"{words.DAMAGE.pattern}|\b(?:wrong|falsch\w*|mauvaise?|equivocad\w*|sbagliat\w*|errad\w*|verkeerd\w*)\b"
)
_BACK = re.compile(
    r"\b(?:return\w*|back|refund\w*|money|labels?|(?:has|have|had) to go|off my hands|not for (?:me|us)|regret\w*"
    r"|exchang\w*|swap\w*|zuruck\w*|retour\w*|rucksend\w*|etikett\w*|erstatt\w*|geld|(?:um)?tausch\w*|devuel\w*|devol\w*"
    r"|reembols\w*|etiqueta\w*|cambi\w*|renvo\w*|rend(?:s|re)|rembours\w*|etiquettes?|argent|echang\w*|restitu\w*|rimand\w*"
    r"|rimbors\w*|rend[oe]|terug\w*|ruil\w*|troc\w*|repart\w*|revien\w*|vuelve\w*|se van|torna\w*"
    r"|(?:nobody|no one) (?:wants|needs|likes)|niemand (?:will|braucht)|nadie quiere|personne ne veut)\b"
)
_STAYS = re.compile(
    rf"{words.KEPT.pattern}|\b(?:hands off|(?:me|nos) l[oa]s? qued\w+|quedar(?:me|nos|se)|bei (?:mir|uns)"
    r"|chez (?:moi|nous)|l[oaie] tengo"
    r"|gefallt|gefallen|mag ich|liebe ich)\b"
)
_YES = re.compile(r"\b(?:yes|yep|ja|oui|si|sim)\W*$")
# "The mug goes back, the socks don't" (stays, the mug can): the other way round than what was said before.
_NOT_SO = re.compile(
    r"\b(?:(?:do|does|did|is|are|was|were|will|would|can|has|have)n?['’]?t|not|no|nope|nicht|nein|non|pas|nao|niet|nee"
    r"|can|may|does|do|did|will|should)\W*$"
)
# "I'm undecided about the cover": it stays for now.
_OPEN = re.compile(
    r"\b(?:undecided|not (?:yet )?(?:sure|decided)|unsure|haven['’]?t decided|unentschlossen"
    r"|noch nicht (?:sicher|entschieden)"
    r"|no (?:lo )?se (?:aun|todavia)|indecis\w*|pas (?:encore )?(?:sure?|decidee?))\b"
)
_SOMETHING = re.compile(
    r"\b(?:something|one (?:thing|item|of (?:the|them|these))|etwas|eine?[sn]? davon|algo|una cosa|quelque chose"
    r"|qualcosa)\b"
)
_ANSWERS = re.compile(rf"{_YES.pattern}|{_NOT_SO.pattern}")
_NOT_THIS = re.compile(
    r"\b(?:not|nor|neither|nicht|weder|noch|ni|no|pas|non|ne|nem|nao|niet)\s+(?:(?:even|for|of|fur|para|por|pour|per)\s+)?(?:the|my|der|die|das|den|el|la"
    r"|los|las|le|les|il|lo|gli|i|o|a|os|as|de|het)\b"
)
_THE_ONE_LEFT = re.compile(r"\b(?:that|which|this) (?:only |just )?leaves\b")
# "Mug and cover came, the socks however not": said of the socks.
_BUT_NOT = re.compile(
    r"\s+(?:aber|jedoch|dagegen|hingegen|pero|mais|ma|mas|but|however|though|allerdings)\s+(?P<no>nicht|no|pas|not|non|nao|niet)"
    r"(?=\s*(?:[.,;:!?]|$))"
)
_BUT = re.compile(r"\b(?:but|while|whereas|though|aber|pero|mais|ma|mas|maar)\b")
_OR = re.compile(r"\b(?:or|nor|oder|noch|ni|ou|o)\b")
_VERB = re.compile(
    rf"{words.SAYS.pattern}|\b(?:hat|haben|hatte\w*|tienen?|ont|a (?:un|une|des)|ha|hanno|tem|heeft|hebben)\b"
)
LONGEST = 600
"""Characters of a sentence that are read."""
MOST_SENTENCES = 40
"""A longer message is no list of what came."""
_BARE = 4
"""Words besides a name that a piece may have and still be a name in a list: "the other cushion cover"."""


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
        mentioned, alone = set[str](), False
        for plain in self._sentences(text):
            if came(plain) or some_of(plain):
                return frozenset()  # pieces of one line are counted elsewhere
            aside = self.sends and plain.rstrip().endswith("?") and not _BACK.search(plain)
            for piece in self._all_but(plain) or self._pieces(plain):
                if aside:
                    piece = replace(piece, fine=True)
                mentioned |= piece.lines
                alone = alone or piece.only
                for line in piece.lines if piece.fine is not None else ():
                    told.setdefault(line, set()).add(bool(piece.fine))
            alone = alone or bool(_NOTHING_ELSE.search(plain))
        if any(len(each) > 1 for each in told.values()):
            return frozenset()
        return self._whole({line: each.pop() for line, each in told.items()}, mentioned, alone=alone and self.missing)

    def staying(self, text: str) -> frozenset[str]:
        """The ids of the lines of which a message says in so many words that they stay, and nothing else."""
        pieces = [piece for plain in self._sentences(text) for piece in self._pieces(plain)]
        stay = [piece for piece in pieces if piece.stays]
        return (
            frozenset[str]()
            .union(*(piece.lines for piece in stay))
            .difference(*(piece.lines for piece in pieces if piece.fine is False))
        )

    def only_praised(self, text: str, lines: Collection[str]) -> bool:
        """Whether these are only said to be good, by who wants something changed that is not named."""
        plain = self._sentences(text)
        pieces = [piece for each in plain for piece in self._pieces(each)]
        good = frozenset[str]().union(*(piece.lines for piece in pieces if piece.fine))
        return any(map(_SOMETHING.search, plain)) and good.issuperset(lines)

    def _sentences(self, text: str) -> list[str]:
        found = words.SENTENCE.split(words.IDIOM.sub(" ", text))
        return (
            [_BUT_NOT.sub(r" \g<no>", fold(each)[:LONGEST]) for each in found] if len(found) <= MOST_SENTENCES else []
        )

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
        found = _ALL_BUT.search(plain)
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
        pieces = _PIECES.get(self.language, _PIECES["en"])
        parts, links = pieces.split(plain), ["", *(hit.group().strip() for hit in pieces.finditer(plain))]
        both = zip(parts, links, strict=True)
        told = [(self._piece(part, link), part) for part, link in both if part.strip()]
        return _shared(_turned(told) if self.sends else [piece for piece, _ in told])

    def _piece(self, part: str, link: str) -> _Piece:
        named = frozenset(line.id for line in self._named(part))
        if self.sends:
            return self._sent(part, link, named)
        none_of = bool(self.missing and _NONE_OF.search(f"{link} {part} "))
        only = self.missing and bool(_ONLY.search(part))
        fine = False if none_of else self._fine(part, only=only)
        bare = fine is None and len(part.split()) <= _BARE and not _VERB.search(part)
        told = _Piece(named, fine, bare=bare, none_of=none_of, only=only and bool(named and fine))
        return replace(told, turns=bool(_BUT.search(link)), same=bool(_OR.search(link)), comma=link == ",")

    def _sent(self, part: str, link: str, named: frozenset[str]) -> _Piece:
        """A piece of a message about what goes back."""
        heading, colon, told_of_it = part.rpartition(":")
        if colon and _ANSWERS.search(part) and not self._named(heading):
            part = told_of_it  # "to be returned: mug no"
        back = [not _denies(part, hit) for hit in _BACK.finditer(part)]
        kept = [not _denies(part, hit) for hit in _STAYS.finditer(part)]
        left_out = not (back or kept) and any(
            self._named(hit.string[hit.start() :]) for hit in _NOT_THIS.finditer(f"{link} {part}")
        )
        stays = (bool(kept) and all(kept) and not any(back)) or (bool(back) and not any(back)) or left_out
        goes = any(back) or (bool(kept) and not any(kept)) or bool(_THE_ONE_LEFT.search(part) or _YES.search(part))
        praises = list(_GOOD.finditer(part))
        praised = bool(_OPEN.search(part)) or (bool(praises) and not any(_denies(part, hit) for hit in praises))
        fine = None if stays and goes else stays or (False if goes else (praised or None))
        bare = fine is None and len(part.split()) <= _BARE and not _VERB.search(part)
        told = _Piece(named, fine, bare=bare, none_of=left_out, stays=stays and not goes)
        return replace(told, turns=bool(_BUT.search(link)), same=bool(_OR.search(link)), comma=link == ",")

    def _fine(self, part: str, *, only: bool) -> bool | None:
        if self.sends:
            return self._sent(part, "", frozenset()).fine
        if _NO_FAULT.search(part):
            return True
        if self._bad(part):
            return False
        return True if only or (_CAME if self.missing else _GOOD).search(part) else None

    def _bad(self, part: str) -> bool:
        if self.missing:
            return (
                tells_damage(part)
                or bool(_GONE.search(part))
                or any(_denies(part, hit) for hit in _CAME.finditer(part))
            )
        wrong = any(not _denies(part, hit) for hit in _WRONG.finditer(part))
        return wrong or any(_denies(part, hit) for hit in _GOOD.finditer(part))

    def _named(self, part: str) -> list[LineItem]:
        return lines_named(self.lines, Said.of(part, self.language))


def _turned(told: Sequence[tuple[_Piece, str]]) -> list[_Piece]:
    """The pieces, those that end in a bare denial saying the contrary of what was said before; alone it is a no."""
    found: list[_Piece] = []
    before = False
    for piece, part in told:
        if piece.fine is None and piece.lines and _NOT_SO.search(part):
            found.append(replace(piece, fine=not before, bare=False, stays=not before))
            continue
        before = before if piece.fine is None else piece.fine
        found.append(piece)
    return found


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
        if before.none_of and before.fine and piece.comma:
            return False  # "not the mug, the socks"
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


def _denies(part: str, hit: re.Match[str]) -> bool:
    return bool(words.BEFORE.search(part[: hit.start()]) or words.BEHIND.match(part, hit.end()))
