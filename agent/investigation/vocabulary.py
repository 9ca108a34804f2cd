"""Words customers use for options and product properties, in en, es, fr and de (folded)."""

from __future__ import annotations

from typing import NamedTuple

_SIZES = {
    "xxs": "xxs",
    "xs": "xs",
    "s": "s small klein kleine pequena pequeno petit petite",
    "m": "m medium med mittel mediana mediano moyen moyenne",
    "l": "l large gross grosse grande grand",
    "xl": "xl",
    "xxl": "xxl 2xl",
    "xxxl": "xxxl 3xl",
    "queen": "queen",
    "king": "king",
}
_COLOURS = {
    "beige": "beige",
    "black": "black schwarz schwarze schwarzen schwarzer negro negra noir noire",
    "blue": "blue blau blaue blauen blauer azul bleu bleue",
    "brown": "brown braun braune braunen brauner marron brun brune cafe",
    "burgundy": "burgundy bordeaux weinrot burdeos granate",
    "charcoal": "charcoal anthracite anthrazit antracita carbon",
    "clay": "clay argile arcilla lehm tonfarben tonfarbe terrakotta terracotta",
    "clear": "clear transparent transparente durchsichtig klar",
    "cream": "cream creme crema ecru",
    "fern": "fern fougere helecho farn farngrun",
    "gold": "gold golden dore dorado oro",
    "green": "green grun grune grunen gruner verde vert verte",
    "grey": "grey gray grau graue grauen grauer gris grise",
    "indigo": "indigo anil",
    "moss": "moss mousse musgo moos moosgrun",
    "natural": "natural natur naturelle naturel",
    "navy": "navy marineblau dunkelblau marino marine",
    "oat": "oat avoine avena hafer haferfarben",
    "olive": "olive oliv olivgrun oliva verde-oliva",
    "orange": "orange naranja",
    "pink": "pink rosa rose",
    "purple": "purple violet lila violett morado violeta",
    "red": "red rot rote roten roter rojo roja rouge",
    "rust": "rust rostrot rost oxido teja rouille",
    "sage": "sage salbei salvia sauge",
    "sand": "sand sable arena sandfarben",
    "silver": "silver silber plateado argent argente",
    "slate": "slate ardoise pizarra schiefer schieferblau schiefergrau schieferfarben",
    "speckled": "speckled gesprenkelt gesprenkelte moteado moteada mouchete mouchetee tachete",
    "tan": "tan cognac camel",
    "white": "white weiss weisse weissen weisser blanco blanca blanc blanche",
    "yellow": "yellow gelb gelbe gelben amarillo amarilla jaune",
}
_OTHER_OPTIONS = {
    "bean": "bean beans bohne bohnen grano grain grains",
    "ground": "ground molido moulu gemahlen gemahlener",
    "whole": "whole ganze ganzen entero entier entiers",
    "stripe": "stripe striped gestreift rayas raye rayures",
    "check": "check checked kariert cuadros carreaux",
    "inch": "inch inches zoll pouce pouces pulgada pulgadas",
}
OPTION_WORDS: dict[str, str] = {
    word: option
    for known in (_SIZES, _COLOURS, _OTHER_OPTIONS)
    for option, said in known.items()
    for word in said.split()
}
"""A word a customer writes -> the option as the catalogue has it."""
COLOURS: frozenset[str] = frozenset(_COLOURS)
"""The colours that `OPTION_WORDS` knows."""
SIZES = ("xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl")
"""Sizes that have letters, from the smallest on."""


class Behind(NamedTuple):
    """An option that a word is only right behind certain words."""

    option: str
    words: frozenset[str]


BEHIND: dict[str, Behind] = {
    "ton": Behind("clay", frozenset("in farbe lieber gegen auf statt oder und zu".split())),
}
"""Words that mean something else elsewhere: German Ton is clay, French ton is your."""

ATTRIBUTE_WORDS: dict[str, tuple[str, ...]] = {
    "dishwasher": ("dishwasher", "lavavajillas", "lave-vaisselle", "lave vaisselle", "spulmaschine", "geschirrspuler"),
    "microwave": ("microwave", "microondas", "micro-onde", "mikrowelle"),
    "care": (
        "wash",
        "care",
        "clean",
        "laundry",
        "lavar",
        "lavado",
        "laver",
        "lavage",
        "entretien",
        "wasch",
        "handwasch",
        "pflege",
        "reinig",
    ),
    "material": (
        "material",
        "made of",
        "made from",
        "fabric",
        "leather",
        "cotton",
        "wool",
        "hecho de",
        "hecha de",
        "tela",
        "matiere",
        "fabrique en",
        "tissu",
        "stoff",
        "woraus",
        "baumwolle",
        "wolle",
        "leder",
        "cuir",
        "cuero",
        "lana",
        "laine",
    ),
    "capacity": (
        "capacity",
        "volume",
        "how much does it hold",
        "litre",
        "liter",
        " ml",
        "oz",
        "capacidad",
        "capacite",
        "contenance",
        "fassungsvermogen",
        "wie viel passt",
    ),
    "dimensions": (
        "dimension",
        "how big",
        "how long is",
        "how wide",
        "measurements",
        "size of the",
        "inches",
        " cm",
        "medidas",
        "mesures",
        "taille du",
        "masse",
        "abmessung",
        "wie gross",
    ),
    "weight": ("weight", "how heavy", "weigh", "peso", "pesa", "poids", "pese", "gewicht", "wie schwer", "wiegt"),
    "laptop": ("laptop", "macbook", "notebook", "portatil", "ordinateur", "inch", "zoll"),
    "waterproof": (
        "waterproof",
        "water resistant",
        "water-resistant",
        "rain",
        "downpour",
        "get wet",
        "gets wet",
        "getting wet",
        "impermeable",
        "wasserdicht",
        "regen",
        "etanche",
    ),
    "origin": (
        "made in",
        "where is it made",
        "origin",
        "hecho en",
        "fabricado",
        "fabrique ou",
        "hergestellt",
        "herkunft",
    ),
    "roast": ("roast", "tueste", "torrefaction", "rostung"),
    "grind": ("grind", "ground", "whole bean", "molido", "moulu", "gemahlen", "bohnen"),
    "caffeine": ("caffeine", "decaf", "cafeina", "descafein", "cafeine", "decafein", "koffein", "entkoffein"),
    "vegan": ("vegan", "vegano", "vegane"),
    "fit": ("fit", "true to size", "runs small", "runs large", "tallaje", "coupe", "passform", "fallt"),
    "lid": ("lid", "leak", "spill", "tapa", "couvercle", "deckel", "auslauf"),
    "warranty": ("warranty", "guarantee", "garantia", "garantie"),
    "allergens": ("allergen", "nickel", "latex", "alergeno", "allergene"),
    "battery": ("battery", "bateria", "batterie", "akku"),
    "voltage": ("voltage", "volt", "110v", "220v", "voltaje", "spannung"),
}
"""A usual product property -> how customers ask about it (folded substrings)."""
