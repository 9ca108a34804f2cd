"""What a customer wants instead: in four languages, and never what they have."""

from __future__ import annotations

import pytest

from agent.investigation.fields import fields_of, members_of
from agent.investigation.options import named_variant
from agent.investigation.swaps import other_came, unknown_wanted, wanted_variant
from tests.agent.investigation.world import (
    CUSHION,
    MIA,
    MUG,
    SOCKS,
    SWEATER,
    TOTE,
    Shelf,
    about,
    letter,
    line,
    look,
    order,
    product,
    usd,
)
from tools.commerce import OrderStage, Product, StockLevel, Variant
from tools.money import Money

GREEN_L = 2
SHIRT = product("shirt", "Flannel Shirt", "apparel", *({"size": size} for size in ("40", "38", "42")))
SCARF = product("scarf", "Fern Scarf", "apparel", {"color": "Fern"}, {"color": "Grey"})


def wanted(text: str, of: Product = SWEATER, bought: int = GREEN_L) -> str | None:
    found = wanted_variant(text, line(of, bought), of)
    return " ".join(found.options.values()) if found else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("need XL instead of L", "XL Green"),
        ("M statt L bitte", "M Green"),
        ("swap L for M", "M Green"),
        ("from L to M", "M Green"),
        ("can I get M rather than L", "M Green"),
        ("It's L and I need M. What do I need to do?", "M Green"),
        ("change it for a M, I bought L and it's not right", "M Green"),
        ("too small, can I have XL", "XL Green"),
        ("it's too large, I need M", "M Green"),
        ("not M but S", "S Green"),
        ("the medium one", "M Green"),
        ("S", "S Green"),
        ("cambiar la L por la M", "M Green"),
        ("quiero la S en vez de la L", "S Green"),
        ("en talla mediana por favor", "M Green"),
        ("échanger taille L contre M", "M Green"),
        ("Je voudrais un M au lieu du L", "M Green"),
        ("ich hätte lieber M", "M Green"),
        ("statt L lieber S in Marineblau", "S Navy"),
        ("in navy please", "L Navy"),
        ("grün gegen marineblau tauschen", "L Navy"),
        ("bleu marine svp", "L Navy"),
        ("can I get it in navy and M", "M Navy"),
        ("KNIT-XL-NAV please", "XL Navy"),
    ],
)
def test_the_wanted_variant_is_found_and_keeps_what_was_not_mentioned(text: str, expected: str) -> None:
    assert wanted(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one size up please", "XL Green"),
        ("a size bigger", "XL Green"),
        ("next size down", "M Green"),
        ("una talla más", "XL Green"),
        ("una talla menos", "M Green"),
        ("une taille au-dessus", "XL Green"),
        ("une taille plus petite", "M Green"),
        ("eine Größe größer", "XL Green"),
        ("eine Nummer kleiner in navy", "M Navy"),
    ],
)
def test_a_step_goes_along_the_sizes(text: str, expected: str) -> None:
    assert wanted(text) == expected


def test_sizes_are_ordered_by_letters_by_numbers_or_as_the_catalogue_lists_them() -> None:
    assert wanted("one size up", SHIRT, 1) == "40"
    assert wanted("one size up", SHIRT, 2) is None
    odd = product("odd", "Blanket", "home", {"size": "Throw"}, {"size": "Double"}, {"size": "Family"})
    assert wanted("one size up", odd, 0) == "Double"


@pytest.mark.parametrize(
    "text",
    [
        "exchange please",
        "it's too small",
        "swap M for L",
        "L statt M",
        "I want M or S",
        "two sizes up",
        "Lieber Herr M. Schmidt, umtauschen bitte",
        "j'ai l'autre",
        "L",
        "",
    ],
)
def test_what_is_not_certain_is_asked_and_not_guessed(text: str) -> None:
    assert wanted(text) is None


def test_a_word_of_the_title_is_no_option() -> None:
    assert wanted("exchange my Fern Scarf", SCARF, 1) is None
    assert wanted("swap my Fern Scarf for the grey one", SCARF, 0) == "Grey"


def test_part_of_a_colours_name_is_enough_when_no_other_shares_it() -> None:
    assert wanted("den weißen bitte", MUG, 0) == "Speckled White"
    two = product("two", "Cup", "drinkware", {"color": "Sky Blue"}, {"color": "Slate Blue"}, {"color": "Red"})
    assert wanted("the blue one", two, 2) is None


def test_a_combination_that_is_not_sold_is_not_found() -> None:
    gappy = product("gap", "Vest", "apparel", {"size": "M", "color": "Red"}, {"size": "L", "color": "Blue"})
    assert wanted("in L", gappy, 0) is None


def test_the_swap_says_what_it_costs_and_whether_it_is_there() -> None:
    dear = SWEATER.variants[3].model_copy(update={"price": usd("95.00")})
    sold = SWEATER.model_copy(update={"variants": (*SWEATER.variants[:3], dear, *SWEATER.variants[4:])})
    bought = order("2145", line(SWEATER, GREEN_L))
    shelf = Shelf((MIA, sold, bought, StockLevel(variant_id=dear.id, available=2)))
    found = look(letter("XL instead of L"), about("exchange_request", numbers=("#2145",)), shelf=shelf)
    swap = fields_of(found.scope["swap"])
    assert swap is not None
    assert (swap["id"], swap["available"], swap["in_stock"]) == (dear.id, 2, True)
    assert (swap["difference"], swap["costs_more"], swap["even"]) == (usd("5.00"), True, False)
    assert found.scope["swap_missing"] is False


def test_prices_in_two_currencies_have_no_difference() -> None:
    euros = [each.model_copy(update={"price": Money.of("90.00", "EUR")}) for each in SWEATER.variants]
    shelf = Shelf((MIA, SWEATER.model_copy(update={"variants": tuple(euros)}), order("2145", line(SWEATER, GREEN_L))))
    found = look(letter("M instead of L"), about("exchange_request", numbers=("#2145",)), shelf=shelf)
    swap = fields_of(found.scope["swap"])
    assert swap is not None
    assert (swap["difference"], swap["even"], swap["costs_more"]) == (None, False, False)


def test_without_one_clear_line_there_is_no_swap() -> None:
    two = order("2145", line(SWEATER, GREEN_L), line(SOCKS, 1))
    found = look(letter("M instead of L"), about("exchange_request", numbers=("#2145",)), two)
    assert found.scope["swap"] is None
    assert found.scope["swap_missing"] is True


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("M instead of L", "exchange_request", "M, Green"),
        ("Nur die Größe, M statt L. Der Rest bleibt so.", "change_order", "M, Green"),
        ("Only the Rowan Sweater, to M. The mug: hands off, I want no other colour.", "exchange_request", "M, Green"),
        ("I'm keeping the mug. What I need is the Rowan Sweater in M rather than L.", "change_order", "M, Green"),
        ("Speckled white please, not slate blue", "exchange_request", "Speckled White"),
        ("a hat in M please", "exchange_request", None),
        ("the mug in M please", "exchange_request", None),
        ("XXS instead", "exchange_request", None),
    ],
)
def test_of_several_lines_the_one_that_comes_in_what_is_wanted_is_meant(
    text: str, intent: str, expected: str | None
) -> None:
    several = order("2145", line(SWEATER, GREEN_L), line(MUG), line(CUSHION))
    found = look(letter(text), about(intent, numbers=("#2145",)), several)
    swap = fields_of(found.scope["swap"])
    assert (swap["options"] if swap else None) == expected


def test_alternatives_are_other_variants_in_stock() -> None:
    stock = (
        StockLevel(variant_id=TOTE.variants[0].id, available=3),
        StockLevel(variant_id=TOTE.variants[1].id, available=1),
    )
    found = look(letter("exchange"), about("exchange_request", numbers=("#2145",)), order("2145", line(TOTE)), *stock)
    assert found.scope["alternatives_in_stock"] == ["Sand"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("in green size M?", "M Green"), ("size M?", None), ("in any?", None)],
)
def test_a_variant_is_named_by_its_options(text: str, expected: str | None) -> None:
    found = named_variant(text, SWEATER.variants)
    assert (" ".join(found.options.values()) if found else None) == expected


def test_the_only_variant_needs_no_name() -> None:
    only = Variant(id="v", price=usd("1.00"))
    assert named_variant("is it in stock?", (only,)) is only
    assert named_variant("is it in stock?", ()) is None


@pytest.mark.parametrize(
    ("text", "of", "bought", "came"),
    [
        ("I picked slate blue and this is speckled white", MUG, 0, True),
        ("the mug is white, I had clicked blue", MUG, 0, True),
        ("website said L, the tag says S", SWEATER, GREEN_L, True),
        ("der Becher ist wei\u00df, bestellt hatte ich blau", MUG, 0, True),
        ("bestellt war blau, der Becher ist wei\u00df", MUG, 0, True),
        ("I ordered the blue one, white please", MUG, 0, False),
        ("I ordered the blue one and would rather have the white", MUG, 0, False),
        ("I picked white, it should be blue", MUG, 0, False),
        ("I picked blue", MUG, 0, False),
        ("white is what stands here", MUG, 0, False),
    ],
)
def test_what_came_is_told_apart_from_what_was_ordered(text: str, of: Product, bought: int, came: bool) -> None:
    assert other_came(text, line(of, bought), of) is came
    found = look(letter(text), about("wrong_item", numbers=("#2145",)), order("2145", line(of, bought)))
    assert found.scope["other_variant_came"] is came
    assert not came or found.scope["swap"] is None


@pytest.mark.parametrize(
    ("text", "as_ordered"),
    [
        ("the mug is blue, I wanted white", True),
        ("I ordered white and they sent me blue", True),
        ("der Becher ist blau, ich wollte weiß", True),
        ("la taza es azul, yo pedí blanco", True),
        ("le mug est bleu, je voulais le blanc", True),
        ("I ordered blue and they sent me white", False),
        ("blue is not for me, I would like the white one", False),
        ("I wanted white", False),
        ("I ordered blue, I wanted blue", False),
    ],
)
def test_what_came_as_the_order_says_is_no_mistake_of_the_shop(text: str, as_ordered: bool) -> None:
    found = look(letter(f"#2145: {text}"), about("wrong_item", numbers=("#2145",)), order("2145", line(MUG, 0)))
    assert found.scope["came_as_ordered"] is as_ordered


@pytest.mark.parametrize(
    ("stage", "came", "wanted"), [(OrderStage.PENDING, False, "M"), (OrderStage.DELIVERED, True, "")]
)
def test_what_has_not_left_cannot_have_come_as_another_variant(stage: OrderStage, came: bool, wanted: str) -> None:
    bought = order("2145", line(SWEATER, GREEN_L), stage=stage)
    text = "In #2145 I asked for L; I ought to have asked for M."
    found = look(letter(text), about("change_order", numbers=("#2145",)), bought).scope
    swap = fields_of(found["swap"])
    assert found["other_variant_came"] is came
    assert (str(swap["options"]).split(",")[0] if swap else "") == wanted


@pytest.mark.parametrize(
    ("text", "intent", "has"),
    [
        ("another colour for the sweater of #2145, charge the same card", "change_order", True),
        ("the sweater of #2145 is too small, I paid by card", "exchange_request", True),
        ("is the gift card of 50 to be had? I have #2145 already", "stock_availability", False),
    ],
)
def test_what_can_be_had_instead_is_of_what_was_ordered(text: str, intent: str, has: bool) -> None:
    card = product("gift", "Gift Card", "gift cards", {"value": "25 USD"}, {"value": "50 USD"})
    stock = [StockLevel(variant_id=each.id, available=9) for of in (card, SWEATER) for each in of.variants]
    shelf = Shelf((MIA, card, SWEATER, *stock, order("2145", line(SWEATER, GREEN_L), stage=OrderStage.PENDING)))
    found = look(letter(text), about(intent, numbers=("#2145",)), shelf=shelf).scope
    other = found["alternatives_in_stock"]
    assert isinstance(other, list)
    assert ("M, Green" in other, "25 USD" in other) == (has, not has)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("M in navy please, if that is sold out L in green", "M Navy"),
        ("I want M, or S if M is gone", "M Green"),
        ("size M please, otherwise XL", "M Green"),
        ("swap for M navy. If navy is not available then S in green", "M Navy"),
        ("If M navy is in stock I'd like that, else XL", "M Navy"),
        ("M bitte, sonst S", "M Green"),
        ("talla M, si no hay la S", "M Green"),
        ("M, sinon S", "M Green"),
        ("the navy one in XL, or if that's sold out the green one in M", "XL Navy"),
        ("if it's not too late, M please", "M Green"),
    ],
)
def test_what_is_wanted_first_counts_and_what_comes_next_is_not_mixed_into_it(text: str, expected: str) -> None:
    assert wanted(text) == expected


@pytest.mark.parametrize(
    "text", ["XL navy or S navy", "I'd like XL instead, my sister has S in navy", "bigger size, S please"]
)
def test_of_two_wishes_that_nothing_tells_apart_neither_is_taken(text: str) -> None:
    assert wanted(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a bigger size", "XL Green"),
        ("eine größere Größe bitte", "XL Green"),
        ("a bigger size, XL please", "XL Green"),
        ("next to the navy one it looks odd, M please", "M Green"),
        ("exchange for one of these in M", "M Green"),
    ],
)
def test_a_bigger_size_and_a_comparison_are_read_for_what_they_are(text: str, expected: str) -> None:
    assert wanted(text) == expected


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("in red please", "red"),
        ("I want it in M but in orange", "orange"),
        ("Kann ich das in Rot haben?", "Rot"),
        ("lo quiero en morado", "morado"),
        ("je le voudrais en rouge", "rouge"),
        ("it's for a black tie dinner, M please", None),
        ("my kitchen is red", None),
        ("I paid in black Friday week, M please", None),
        ("M please", None),
    ],
)
def test_what_the_product_does_not_come_in_is_named_and_not_taken_for_something_else(
    text: str, unknown: str | None
) -> None:
    bought = line(SWEATER, GREEN_L)
    assert unknown_wanted(text, bought, SWEATER) == unknown
    assert unknown is None or wanted(text) is None
    found = look(letter(text), about("exchange_request", numbers=("#2145",)), order("2145", bought)).scope
    assert found["unknown_option"] == unknown


@pytest.mark.parametrize(
    ("text", "unknown"),
    [("do you have the Hearth Mug in pink?", "pink"), ("Is the Hearth Mug in slate blue in stock?", None)],
)
def test_a_colour_that_does_not_exist_is_not_called_in_stock(text: str, unknown: str | None) -> None:
    stock = [StockLevel(variant_id=each.id, available=9) for each in MUG.variants]
    found = look(letter(text), about("stock_availability"), shelf=Shelf((MIA, MUG, *stock))).scope
    assert found["unknown_option"] == unknown
    assert (found["variant"] is None) is (unknown is not None)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("one olive and one sand please", 1),
        ("einen in oliv und einen in sand", 1),
        ("uno en arena y uno en oliva", 1),
        ("un en olive et un en sable", 1),
        ("can I get one sand and keep one olive", 1),
        ("exchange one for sand", 1),
        ("swap one of them for sand", 1),
        ("both in sand", 2),
        ("change them to sand", 2),
        ("a sand one please", 2),
    ],
)
def test_of_several_pieces_only_as_many_are_changed_as_the_message_says(text: str, pieces: int) -> None:
    bought = order("2145", line(TOTE, quantity=2))
    found = look(letter(text), about("exchange_request", numbers=("#2145",)), bought).scope
    (item,) = members_of(found["items"])
    assert (item["left"], found["units_unclear"]) == (pieces, False)
    swap = fields_of(found["swap"])
    assert swap is not None
    assert swap["options"] == "Sand"


def test_more_pieces_than_were_bought_are_asked_about() -> None:
    bought = order("2145", line(TOTE, quantity=2))
    found = look(letter("3 in sand please"), about("exchange_request", numbers=("#2145",)), bought).scope
    assert found["units_unclear"] is True
