"""What a message says in so many words, in seven languages: "arrived broken", "Geld zurück", "annuler".

A statement is no classification: most messages ask in other words. But where a classifier is unsure, or two asks
contradict each other, what is said outright decides. The words are data: stated.csv, folded, a row for a statement
and a language. In a phrase `*` ends or stands for a word, `~` for up to four words, `_` for any of
the sentence, `#` for a number, `(a|b)` for either.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

from agent.reading.clause_words import OTHERS
from agent.reading.phrases import phrases_of
from agent.reading.words import fold

FILE = Path(__file__).with_name("stated.csv")
LONGEST = 10_000
"""Characters that are read."""
_NEAR = 30
"""Characters before and behind words in which what turns their meaning stands."""
OWN_MISTAKE, OTHER_SIZE, CAME, CHEAPER, REPLACEMENT = "own_mistake other_size came cheaper replacement".split()
"""What is no intent: chose wrongly, wants another size, has got something, saw a lower price, wants it once more."""
SHOP_RIGHT, NO_MONEY, RATHER_MONEY = "shop_right no_money rather_money".split()
"""The shop did nothing wrong; no money is wanted; money is wanted more than goods."""
WITHDRAWN, HYPOTHETICAL, ONE_MORE = "withdrawn hypothetical one_more".split()
"""An ask is taken back; it is only asked what would be; the ask is one more like an earlier one."""
NOT_CANCEL, NOT_RETURN, NO_FAULT = "not_cancel not_return no_fault".split()
"""The order is to go on; nothing is to go back; nothing is broken or wrong."""
AS_IT_IS, ADVISED, NO_GOODS = "as_it_is advised no_goods".split()
"""It is to stay as it is; somebody else says what should be done; nothing is to be sent once more."""
CAUTIONS = frozenset((WITHDRAWN, HYPOTHETICAL, ONE_MORE, NOT_CANCEL, NOT_RETURN, NO_FAULT, AS_IT_IS, ADVISED, NO_GOODS))
"""Why what looks like an ask may be none. Read only where it matters (`cautions`)."""
PART_MONEY, OTHER_METHOD, OWN_FAULT, WORN, RETURN_OFF = "part_money other_method own_fault worn return_off".split()
"""Only part of the money is wanted; it should go elsewhere; the customer broke it, wore it; a return is called off."""
NOT_ORDERED, SENT_BACK, ONLY_TELLING = "not_ordered sent_back only_telling".split()
"""Nobody here placed the order; the thing went back already, or its label is lost; a fault is only told of."""
WRONG_AMOUNT, HAND_IN, PROPERTY, PROMISE_BROKEN = "wrong_amount hand_in property promise_broken".split()
"""Too much or too little came back; somebody else, or a shop, shall take the return; whoever delivered broke what is no
goods of ours; what we said would happen has not."""
TERMS = frozenset(
    {PART_MONEY, OTHER_METHOD, OWN_FAULT, WORN, RETURN_OFF, NOT_ORDERED, SENT_BACK, ONLY_TELLING}
    | {WRONG_AMOUNT, HAND_IN, PROPERTY, PROMISE_BROKEN}
)
"""On what terms something is asked for. Read only where something is proposed (`terms`)."""
REFUNDED, SENDS_TOO, PARCEL_WISH = "refunded sends_too parcel_wish".split()
"""Asks why money came back; wants something sent besides; wants the parcel packed in some way."""
GRATEFUL = "grateful"
"""A word of thanks, praise or agreement."""
OF_AN_ACCOUNT = "of_an_account"
"""That it speaks of signing in, of a profile or of data: "our joint account" does not."""
UNUSED = "unused"
"""That the thing is as good as new: money for it is wanted because it is not needed, not because it broke."""
LOOKED_ALREADY = "looked_already"
"""That somebody has looked for a parcel already, or asked the neighbours."""
# "that's" is one word: an s alone is a size.
_APOSTROPHE = re.compile(r"(?<=n)['’´](?=t\b)|(?<=i)['’´](?=m\b)|(?<=\w)['’´](?=s\b)")
_BREAK = re.compile(r"[.!?;:\n]+")
# A line that goes on in lower case was only wrapped.
_WRAPPED = re.compile(r"(?<=[^\s.!?;:])[ \t]*\r?\n[ \t]*(?=[^\W\d_A-Z])")
_OTHER = re.compile(r"[^\w|#]+")
# What never came refuses nothing: "never arrived, refund please".
_REFUSES = r"(?! (?:came|come|arriv\w*|got|show\w*|turn\w*|reach\w*|deliver\w*|here|yet)\b)"
_DENIED = re.compile(
    r" (?:not|never|no|nothing|isnt|wasnt|arent|werent|nicht|nichts|kein\w*|pas|rien|sin|ningun\w*|nada|non|nao|niet)"
    rf"{_REFUSES}(?: (?!(?:i|we|ich|wir|je|nous)$)\w+)?$"
)
# What is denied and still said: "never arrived", "not in the box".
_SAYS_NO = frozenset(
    {"not_received", "missing_item", "wrong_item", "cancel_order", OWN_MISTAKE, SHOP_RIGHT, NO_MONEY, LOOKED_ALREADY}
    | {UNUSED, REFUNDED, SENDS_TOO, PARCEL_WISH}
    | CAUTIONS
    | (TERMS - {PART_MONEY, OWN_FAULT, WORN})
)
# "I haven't worn it", "nie getragen": read with the words themselves, which may stand around the denial.
_UNWORN = re.compile(
    r" (?:not|never|no|havent|hasnt|didnt|wasnt|werent|isnt|without|nicht|nie|niemals|nunca|sin|pas|jamais|ni)\b"
)
# "get the money on my Amex instead of the Visa" is about no article.
_OF_PAYMENT = re.compile(
    r" (?:instead of|in place of|rather than|statt|anstatt|au lieu d\w*|en (?:vez|lugar) de)(?: \w+){0,3}?"
    r" (?:card|visa|mastercard|amex|paypal|klarna|account|\w*karte|konto|tarjeta|cuenta|carte|compte)\b"
)
_OTHERS = re.compile(rf" (?:{OTHERS}|sonst|overige|\w*konto|account|profile?|cuenta|compte)\b")
# "If you don't have it, leave everything as it is": only then.
_IF_NOT = re.compile(
    r" (?:if (?:you |it |they |there |thats |that |)(?:dont|do not|cant|cannot|isnt|is not|arent|doesnt|not|none)"
    r"|otherwise|falls nicht|wenn nicht|ansonsten|andernfalls|si no|de lo contrario|sinon|autrement|altrimenti)\b"
)
# "The mug I keep. The socks go back": what is kept is another thing.
_KEEPS = re.compile(r" (?:keep\w*|kept|tengo|quedo|queda\w*|garde\w*|conserv\w*|behalt\w*|bleib\w*|fico|hou\w*)\b")
_NOUN = re.compile(
    r" (?:the|my|el|la|los|las|mis?|les?|l|ma|mon|mes|il|lo|gli|der|die|das|den|mein\w*|os?|as?|de|het) (\w{3,})"
)
_OF_OTHERS = re.compile(rf" (?:{OTHERS})\b")
# "My friend sends hers back. Mine I keep": the one thing that is the writer's.
_MINE = re.compile(r" (?:mine|ours|mein(?:e[ns]?|s)|mi[oa]s?|miens?|miennes?|nuestr[oa]s?|notres?|miei|mie)(?= )")
_SENDS_BACK = ("return_request", "exchange_request")
_REFUSABLE = frozenset({"refund_request", REPLACEMENT})
_ABOUT_ARTICLES = frozenset({"wrong_item", "exchange_request", "change_order"})
# "I do not want my money back", "instead of a refund": the ask behind it is refused.
_REFUSED = re.compile(
    r" (?:(?:dont|do not|didnt|not|no|without|never)"
    r" (?:want|need|wish|ask\w*|look\w*|after|insist\w*|require|refund|return|cancel)"
    rf"|(?:dont|do not|(?:never|not){_REFUSES})"
    r"(?: please)?"
    r"|instead of|rather than|(?:will|mochte|brauche|mag) (?:kein\w*|nicht)|statt|anstatt|no (?:quiero|necesito|pido)"
    r"|en (?:vez|lugar) de|(?:veux|souhaite|besoin) pas|au lieu d\w*|plutot qu\w*)"
    r"(?: (?!but|and|just|sondern|aber|sino|pero|mais)\w+){0,3}$"
)


def stated(text: str) -> frozenset[str]:
    """The statements of a message, by the name of the intent they are about, or OWN_MISTAKE and the like."""
    return _stated(text.strip())


def cautions(text: str) -> frozenset[str]:
    """Which of CAUTIONS a message gives."""
    return _cautions(text.strip())


def terms(text: str) -> frozenset[str]:
    """Which of TERMS a message names."""
    return _terms(text.strip())


def said_as(name: str, text: str) -> tuple[str, ...]:
    """The words of a message in which it says this."""
    hits = phrases_of(FILE).hits(plain_of(text.strip()), (name,))
    return tuple(hit.group() for _, hit in hits if _said(name, hit))


@lru_cache(maxsize=64)
def _terms(text: str) -> frozenset[str]:
    return _in(text, TERMS)


@lru_cache(maxsize=64)
def _stated(text: str) -> frozenset[str]:
    return _in(text, phrases_of(FILE).statements - CAUTIONS - TERMS)


@lru_cache(maxsize=64)
def _cautions(text: str) -> frozenset[str]:
    return _in(text, CAUTIONS)


def _in(text: str, wanted: Collection[str]) -> frozenset[str]:
    return frozenset(name for name, hit in phrases_of(FILE).hits(plain_of(text), wanted) if _said(name, hit))


def _said(name: str, hit: re.Match[str]) -> bool:
    before = hit.string[: hit.start()]
    if name == AS_IT_IS:
        # "M instead of L. The rest stays as it is": that is said of the rest.
        sentence, _ = _around(hit)
        return not (_OTHERS.search(sentence) or _IF_NOT.search(sentence))
    if name == WITHDRAWN and _IF_NOT.search(_around(hit)[0]):
        return False
    if name == NOT_RETURN and _KEEPS.search(hit.group()):
        return not _of_another(hit)
    if name in (WORN, PART_MONEY):
        return not (_UNWORN.search(before[-_NEAR:] + hit.group()) if name == WORN else _REFUSED.search(before))
    if name in _ABOUT_ARTICLES and _OF_PAYMENT.search(hit.string[hit.start() : hit.end() + _NEAR]):
        return False
    return name in _SAYS_NO or not (_DENIED.search(before) or (name in _REFUSABLE and _REFUSED.search(before)))


def _around(hit: re.Match[str]) -> tuple[str, str]:
    """The sentence of a hit, and all the others."""
    text, ends = hit.string, hit.string.find("|", hit.end())
    begins, ends = text.rfind("|", 0, hit.start()) + 1, ends if ends >= 0 else len(text)
    return text[begins:ends], f"{text[:begins]} {text[ends:]}"


def _of_another(hit: re.Match[str]) -> bool:
    """Whether what is kept is not what another sentence sends back: named in it, and not named there."""
    sentence, elsewhere = _around(hit)
    nouns = _NOUN.findall(sentence)
    if _MINE.search(sentence):
        return False
    another = bool(_OF_OTHERS.search(sentence)) or (bool(nouns) and not any(f" {noun} " in elsewhere for noun in nouns))
    return another and any(_said(name, each) for name, each in phrases_of(FILE).hits(elsewhere, _SENDS_BACK))


def plain_of(text: str) -> str:
    """Words with one blank between them, sentences apart by a bar: "isn't here. why?" is " isnt here | why | "."""
    joined = _APOSTROPHE.sub("", fold(_WRAPPED.sub(" ", text[:LONGEST])))
    return f" {_OTHER.sub(' ', _BREAK.sub(' | ', joined)).strip()} "
