"""Which lines of an order a message means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from agent.investigation.differ import asks_differ
from agent.investigation.found import Found, read_stock
from agent.investigation.kept import Care, Clause, clauses, narrowed, tells_damage
from agent.investigation.naming import DOING, EXCEPT, WHOLE, Said, is_denied, lines_named
from agent.investigation.nouns import things_titled
from agent.investigation.numbers import PAIRED, came, count, counted, most_ordered, says_pairs
from agent.investigation.objects import unclear
from agent.investigation.status_words import SOMETHING
from agent.investigation.statuses import Reader
from agent.investigation.units import Units, units_said
from agent.reading.answers import asks
from agent.reading.asks import GOODS
from agent.reading.clause_words import OTHERS, SENTENCE, SUBJECT, WISH
from agent.reading.words import fold
from tools.commerce import LineItem, Order, OrderStage
from tools.helpdesk import Author
from tools.ports import Readers

_NOT_THERE = frozenset({"missing_item", "not_received"})
_SENDS = frozenset({"return_request", "refund_request", "exchange_request", "change_order"})
# Of a fault it says that everything has it; of what came, or of money, it says nothing.
_EVERYTHING = re.compile(
    r"\b(?:everything|all of (?:it|them)|all (?:two|three|four|five|six|\d)|alles|todo|tout|todos (?:llegaron|estan)"
    r"|todas (?:llegaron|estan)|alle (?:zwei|drei|vier|funf|\d)|l[oa]s (?:dos|tres|cuatro|cinco) cosas)\b"
)
# A parcel that came with nothing in it.
_EMPTY = re.compile(
    r"\b(?:(?<!mail )(?<!letter )(?:box|parcel|package|carton|envelope|mailer|shipment)"
    r" (?:was|is|came|arrived|turned up|showed up) (?:\w+ ){0,2}empty|(?:arrived|came|delivered) (?:\w+ )?empty"
    r"|empty (?:box|parcel|package|carton|envelope|mailer)"
    r"|nothing (?:was |is |at all )?(?:inside|in it|in the (?:box|parcel|package|carton|envelope))"
    r"|(?:paket|karton|schachtel|umschlag|packchen|sendung|verpackung) (?:war|ist|kam) (?:\w+ ){0,2}leer"
    r"|leere\w? (?:paket|karton|schachtel|umschlag|packchen)|nichts (?:war )?(?:drin|darin|im (?:paket|karton))"
    r"|(?:caja|paquete|sobre|carton) (?:\w+ ){0,2}vaci\w|no (?:habia|traia|venia|contenia) nada"
    r"|(?:boite(?! aux)|colis|carton|paquet|enveloppe) (?:\w+ ){0,2}vide"
    r"|rien (?:dedans|a l'interieur|dans (?:le|la) (?:colis|carton|paquet|boite)))\b"
)
_ALL = re.compile(
    r"\b(?:all|both|none|neither|nothing|everything|any|alle\w*|beide\w*|nichts|keine?s?|weder|tod[oa]s?|amb[oa]s|ningun\w*|nada|ni"
    r"|tou[ts]\w*|aucun\w*|rien|deux|tutt\w+|nessun\w*|ambos|nenhum\w*)\b"
)
_ELSE = re.compile(rf"\b(?:another|{OTHERS})\b")
_ASKED = frozenset({"return_policy", "product_question", "stock_availability", "promotion", "delivery_estimate"})
# "Just the first", "the second on your list": a thing by its place in what we asked.
_PLACES = [
    re.compile(rf"\b(?:{shape})\b(?! (?:time|mal|vez|fois|order|parcel|bestellung|paket|pedido|commande|colis)\b)")
    for shape in (
        "first|1st|erste[nrs]?|primer[oa]?|premier|premiere|prim[oa]|eerste",
        "second|2nd|zweite[nrs]?|segund[oa]|deuxieme|second[eoa]|tweede",
        "third|3rd|dritte[nrs]?|tercer[oa]?|troisieme|terz[oa]|terceir[oa]|derde",
    )
]
_DOES = re.compile(rf"\b{DOING}")
_BECAUSE = re.compile(r"\b(?:because|since|weil|denn|porque|ya que|parce qu|car|puisqu)\b")
_NOT_THAT = re.compile(
    r"\W*(?:(?:just|but|only|aber|nur|pero|mais) )?(?:not|nicht|no|pas)"
    r" (?:the|my|die|der|das|den|el|la|los|las|le|les)\b"
)


def look_up_lines(found: Found, readers: Readers) -> None:
    """The order lines that the message means, and their stock."""
    if found.order is None:
        return
    lines = found.order.lines
    found.named_before = _named_before(found, lines)
    said = Said.of(found.of_items, found.classification.language)
    told = _told(found)
    every = any(not said.excepting and _every(clause) for clause in told)
    found.lines_unclear = _unclear(found, found.order, readers)
    found.lines_named = not found.lines_unclear and (said.whole or every or bool(lines_named(lines, said)))
    named, certain = (lines, every and not found.lines_unclear) if every or found.lines_unclear else _meant(said, lines)
    certain = certain or (not found.lines_unclear and _all_of_it(found, said))
    whole = None if found.lines_unclear else _whole_asked(found, said, told)
    if whole is not None:
        found.lines_unclear = not whole[1]
        named, certain = [line for line in lines if not (whole[1] and line.id in whole[0])], whole[1]
    elif certain and len(lines) > 1:
        named, certain = _set_apart(found, said, lines, named, told)
    reader = _reader(found, lines)
    if reader is not None and (concerned := reader.concerned(found.of_items)):
        named, certain = [line for line in lines if line.id in concerned], True
        found.lines_told = True
    elif reader is not None and reader.sends:
        certain = certain and not reader.in_doubt(found.of_items, {line.id for line in named})
    if reader is not None and reader.sends and not certain and (_one_of_them(found, lines) or lines_named(lines, said)):
        found.lines_unclear = True  # what is not certain is asked about, and never all of it taken back
    found.lines, found.lines_meant = _not_made_good(found, named), certain
    _count(found, said, told)
    for line in found.lines:
        read_stock(found, readers, line.variant_id)


def _reader(found: Found, lines: Sequence[LineItem]) -> Reader | None:
    """Reads what the message says of each line; None where nothing is wrong with any, and none goes back."""
    lead, language = found.classification.intent, found.classification.language
    if len(lines) < 2 or found.lines_unclear or lead not in {*GOODS, *_SENDS}:
        return None
    if lead in _SENDS:
        return Reader(lines=lines, language=language, sends=True)
    missing = bool(set(found.classification.intents) & _NOT_THERE)
    return Reader(lines=_not_made_good(found, lines), language=language, missing=missing)


def _one_of_them(found: Found, lines: Sequence[LineItem]) -> bool:
    """Whether a conversation is about one of several things, and its newest message names none."""
    told = [each.text for each in found.ticket.earlier if each.author is Author.CUSTOMER]
    some = any(map(SOMETHING.search, (fold(text) for text in (found.text, *told))))
    return some and not lines_named(lines, Said.of(found.text, found.classification.language))


def _named_before(found: Found, lines: Sequence[LineItem]) -> str:
    """The customer's last earlier message that names lines, where the newest answers a question of ours and names none.

    "Then the money, please." Whoever speaks of something else or asks on means what nobody named yet.
    """
    language, earlier = found.classification.language, found.ticket.earlier
    if not earlier or earlier[-1].author is Author.CUSTOMER or not asks(earlier[-1].text):
        return ""
    said = Said.of(found.text, language)
    if len(lines) < 2 or said.whole or lines_named(lines, said) or _ELSE.search(said.plain) or "?" in found.text:
        return ""
    if placed := _by_place(found.text, Said.of(earlier[-1].text, language), lines):
        return placed
    told = [each.text for each in earlier if each.author is Author.CUSTOMER]
    return next((text for text in reversed(told) if lines_named(lines, Said.of(text, language))), "")


def _by_place(answer: str, question: Said, lines: Sequence[LineItem]) -> str:
    """The title of the line that an answer names by its place in our question: "just the first"; else empty."""
    told: list[list[int]] = [
        [at for at, shape in enumerate(_PLACES) if shape.search(each)] for each in SENTENCE.split(fold(answer))
    ]
    places = next((each for each in told if each), list[int]())
    words = {line.id: [question.plain.find(word) for word in question.naming(line)] for line in lines}
    listed = [line for line in lines if words[line.id] and min(words[line.id]) >= 0]
    if len(places) != 1 or len(listed) <= max(1, places[0]):
        return ""
    return sorted(listed, key=lambda line: min(words[line.id]))[places[0]].title


def _whole_asked(found: Found, said: Said, told: Sequence[Clause]) -> tuple[frozenset[str], bool] | None:
    """What stays of a whole order that is to come back or to end, and whether that is certain; None when it is not.

    A thing is named besides to say why ("the mug is ugly") or to leave it out ("not the mug").
    """
    if not said.whole or said.excepting or found.order is None or found.classification.intent in GOODS:
        return None
    lines, language = found.order.lines, found.classification.language
    pieces = [(_without_reason(fold(clause.text)), clause.care) for clause in told]
    named = [lines_named(lines, Said.of(plain, language)) for plain, _ in pieces]
    if not any(_DOES.search(plain) and WHOLE.search(plain) for plain, _ in pieces):
        return None
    read = [(group, _part_in_whole(plain, care)) for group, (plain, care) in zip(named, pieces, strict=True) if group]
    if any(part is None for _, part in read):
        return None
    stays = frozenset(line.id for group, part in read if part is not Care.WHY for line in group)
    certain = all(part is not Care.ASIDE for _, part in read) and len(stays) < len(lines)
    return stays, certain


def _part_in_whole(plain: str, care: Care) -> Care | None:
    """What a clause that names a thing says beside an ask about everything; None when it may ask for something else."""
    if care is Care.KEPT or _NOT_THAT.match(plain):
        return Care.KEPT
    asks = WISH.search(plain) or WHOLE.search(plain) or not (SUBJECT.search(plain) or not plain.strip())
    if care is Care.ASIDE:
        return care
    return None if asks or care not in (Care.MEANT, Care.WHY) else Care.WHY


def _without_reason(plain: str) -> str:
    return _BECAUSE.split(plain)[0]


def _unclear(found: Found, order: Order, readers: Readers) -> bool:
    said = found.classification
    return unclear(found.of_items, said.language, said.intents, order, readers.catalog.find_products)


def _told(found: Found) -> list[Clause]:
    intents, language = set(found.classification.intents), found.classification.language
    asides, missing = len(intents) > 1 and bool(intents & _ASKED), bool(intents & _NOT_THERE)
    fault = found.classification.intent in GOODS
    return clauses(found.of_items, missing=missing, asides=asides, language=language, fault=fault)


def _every(clause: Clause) -> bool:
    """Whether a clause tells a fault of all that was ordered."""
    plain = fold(clause.text)
    found = _EVERYTHING.search(plain) if clause.care is Care.WHY and tells_damage(plain) else None
    return bool(
        found and not is_denied(found) and not EXCEPT.search(plain) and not plain.startswith(" else", found.end())
    )


def _all_of_it(found: Found, said: Said) -> bool:
    """Whether nothing is singled out because the only parcel was empty: then all of the order is missing."""
    missing = "missing_item" in found.classification.intents
    return missing and len(found.shipments) < 2 and bool(_EMPTY.search(said.plain))


def _count(found: Found, said: Said, told: Sequence[Clause]) -> None:
    """How many pieces are meant where a line has several."""
    missing = bool(set(found.classification.intents) & _NOT_THERE)
    if found.classification.intent in GOODS and any(_beyond(found, said, line) for line in found.lines):
        found.units_unclear = True
        return
    several = [line for line in found.lines if line.left > 1]
    if said.whole or not several:
        return
    counted = {line.id: units_said(found.of_items, said.naming(line), line.left, missing=missing) for line in several}
    some = {line_id: units for line_id, units in counted.items() if isinstance(units, int)}
    # "One of the two" beside two lines of two: nobody knows which line it is said of.
    found.units_unclear = Units.UNCLEAR in counted.values() or (len(several) > 1 and bool(some))
    found.units = {} if found.units_unclear else some


def one_of_a_pair(found: Found) -> bool:
    """Whether one is missing of two that are sold as one piece, so that both are sent."""
    if "missing_item" not in found.classification.intents or len(found.lines) != 1 or not _paired(found.lines[0]):
        return False
    said = Said.of(found.of_items, found.classification.language)
    one = 1 in counted(said.plain, said.naming(found.lines[0])) or any(count(hit, 2) == 1 for hit in came(said.plain))
    return one and not says_pairs(said.plain)


def _beyond(found: Found, said: Said, line: LineItem) -> bool:
    """Whether the message says that more of a line was ordered than the order has."""
    name = said.naming(line)
    alike = sum(other.quantity for other in found.order.lines if said.naming(other) & name) if found.order else 0
    return bool(name) and most_ordered(found.of_items, name, paired=_paired(line)) > alike


def _paired(line: LineItem) -> bool:
    return bool((things_titled(line.title) | things_titled(line.category)) & PAIRED)


def _meant(said: Said, lines: Sequence[LineItem]) -> tuple[Sequence[LineItem], bool]:
    singled = lines_named(lines, said)
    if said.excepting and 0 < len(singled) < len(lines):
        return [line for line in lines if line not in singled], True
    if singled:
        return singled, True
    return lines, said.whole or len(lines) == 1


def _set_apart(
    found: Found, said: Said, lines: Sequence[LineItem], named: Sequence[LineItem], told: Sequence[Clause]
) -> tuple[Sequence[LineItem], bool]:
    """The lines meant, without those that the message leaves as they are."""
    language = found.classification.language
    groups = [lines if _every(each) else lines_named(named, Said.of(each.text, language)) for each in told]
    read = [_of_few(clause, group) for clause, group in zip(told, groups, strict=True)]
    keys = [frozenset(line.id for line in group) for group in groups]
    found.asks_differ = asks_differ(keys, read, found.classification.intent)
    few = frozenset[str]().union(*(ids for ids, clause in zip(keys, read, strict=True) if clause.care is Care.FEW))
    if few:
        claimed = [line for line in lines if line.id in few]
        return (claimed, True) if any(_beyond(found, said, line) for line in claimed) else (lines, False)
    apart = narrowed(keys, read)
    if apart is None:
        return named, not (_each_told_apart(keys, read) or _all_listed(found, said, lines, named))
    ids, certain = apart
    rest = [line for line in lines if (line.id in ids if ids else line not in named)]
    # All that is named is there or fine, and nothing else was ordered: what is wrong is not told.
    return (rest, certain) if rest else (named, False)


def _all_listed(found: Found, said: Said, lines: Sequence[LineItem], named: Sequence[LineItem]) -> bool:
    """Whether a message about something missing names all of its order, as a list of what came does, and not "all"."""
    names = [said.naming(line) for line in named]
    apart = sum(map(len, names)) == len(frozenset[str]().union(*names))
    listed = found.classification.intent == "missing_item" and len(named) == len(lines) > 1 and apart
    return listed and not (said.whole or _ALL.search(said.plain))


def _each_told_apart(keys: Sequence[frozenset[str]], read: Sequence[Clause]) -> bool:
    """Whether things stand in clauses of their own and no fault is told of some: nobody knows which ones have it."""
    told = frozenset[str]().union(*(ids for ids, each in zip(keys, read, strict=True) if each.care is Care.WHY))
    named = {ids for ids in keys if ids}
    return len(named) > 1 and not frozenset[str]().union(*named) <= told


def _of_few(clause: Clause, lines: Sequence[LineItem]) -> Clause:
    """What "only got one" means: of two, that one is missing; of one, everything else, unless it is half of it."""
    if clause.care is not Care.FEW or not lines:
        return clause
    plain, least = fold(clause.text), min(line.quantity for line in lines)
    number = max(count(hit, least) for hit in came(plain))
    half = number == least == 1 and all(_paired(line) for line in lines) and not says_pairs(plain)
    if number < least or half:
        return replace(clause, care=Care.WHY)
    return replace(clause, care=Care.ONLY_THERE) if least > 1 else clause


def _not_made_good(found: Found, lines: Sequence[LineItem]) -> Sequence[LineItem]:
    """Without lines that were refunded, come back or were sent again, as long as others are left: "after the mug"."""
    again = [
        line.id
        for order in found.orders
        if found.order is not None
        and order.replaces_order_id == found.order.id
        and order.stage is not OrderStage.CANCELLED
        for line in order.lines
    ]
    left = [line for line in lines if line.left - again.count(line.id) > 0]
    return left or lines


def look_up_prices(found: Found, readers: Readers) -> None:
    """What the catalogue asks today for the lines meant; nothing to one who was given credit since the order.

    That credit may have been for the same drop, and nothing is offered twice.
    """
    order = found.order
    credits_given = readers.customers.store_credits(order.customer_id) if order else ()
    if order is None or any(credit.at >= order.placed_at for credit in credits_given):
        return
    for line in found.lines:
        product = readers.catalog.product(line.product_id) if line.product_id else None
        variant = product.variant(line.variant_id) if product is not None and line.variant_id else None
        if variant is not None:
            found.prices[variant.id] = variant.price
