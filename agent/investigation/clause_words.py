"""The words by which clauses of a message are told apart, in seven languages, folded (`agent.investigation.words`)."""

from __future__ import annotations

import re

SENTENCE = re.compile(r"(?<=[.!?\n])\s+|\n+|;\s*")
_AND = {"en": "and|n", "de": "und", "es": "y|e", "fr": "et", "it": "e|ed", "pt": "e", "nl": "en"}
_BUT = r"but|though|while|whereas|aber|jedoch|pero|mais|ma|mas|maar"


def joint(language: str) -> re.Pattern[str]:
    """Where the pieces of a sentence meet; "en" joins in Dutch and means something else in Spanish and French."""
    return _JOINTS.get(language, _JOINTS["en"])


# The word between the pieces is kept (`BUT`): what stands before a "but" belongs to what was said before.
_JOINTS = {
    language: re.compile(rf"(,\s+(?:(?:{_BUT})\s+)?|\s+[-–—=/]\s+|\s+(?:{_BUT}|{word}|&|\+)\s+)", re.IGNORECASE)
    for language, word in _AND.items()
}
BUT = re.compile(rf"[\s,]*(?:{_BUT})\s+$", re.IGNORECASE)
NO = r"(?:\bnot|n['’]t|\bnever|\bno|\bnicht|\bkein\w*|\bpas|\bsin|\bsans|\bnon|\bniet|\bnao)\b"
BEFORE = re.compile(rf"{NO}\W+(?:\w+\W+){{0,2}}$")
WITHIN = re.compile(NO)
# German and French deny behind the verb: "passt nicht", "convient pas".
BEHIND = re.compile(r"\W+(?:\w+\W+)?(?:nicht|pas|niet)\b")
FINE = re.compile(
    r"\b(?:fine|ok|okay|perfect|(?:is|are|was|were|all) (?:right|good|correct|great)|happy with|love the"
    r"|as (?:it )?is|unchanged|intact|unharmed|undamaged"
    r"|in ordnung|gut|passt|passen|perfekt|stimmen|stimmt|unversehrt|heil|einwandfrei|tadellos|wie bestellt"
    r"|esta\w* bien|bien|perfect[oa]s?|correct[oa]s?|impecables?|en buen estado|como (?:pedi|esperaba)"
    r"|me plai(?:t|sent)|me gusta\w*|gefall(?:t|en)|mi piac\w+|bevalt|bevallen"
    r"|va bene|vanno bene|tudo bem|estao bem|goed|in orde|parfaite?s?|convien(?:t|nent)|intact[eo]?s?|en bon etat"
    r"|impeccables?|comme (?:commande|prevu)|perfett[oaie]|intatt[oaie])\b"
)
NO_FAULT = re.compile(
    r"\b(?:nothing (?:is |was )?(?:wrong|missing)|no (?:complaints?|problems?|issues?|worries)"
    r"|nichts (?:auszusetzen|fehlt)"
    r"|keine? probleme?|sin (?:problemas?|quejas?)|aucun (?:probleme|souci)"
    r"|nessun problema|sem problemas?|geen problemen)\b"
)
# Said of what is in use: fine, unless the same clause tells of a fault.
IN_USE = re.compile(
    r"\b(?:(?:exactly|just) (?:as|what)|as (?:ordered|expected|described|it should)|check(?: too| as well)?\W*$"
    r"|on (?:my |the |his |her )?(?:head|feet|foot|sofa|couch|desk|shelf|table|bed|wall)"
    r"|in use|moved in|survived|lovely|flawless)\b"
)
KEPT = re.compile(
    r"\b(?:stays?|staying|(?:has|have|had) (?:already )?stayed|keep|keeping|kept|remains?"
    r"|leave (?:the|it|them)|bleib\w*|behalte\w*|se quedan?|me quedo"
    r"|conservo|garde|gardons|reste(?:nt)?|tengo|tenere|rimane|fica|fico com|houd|hou ik|blijft|blijven)\b"
)
THERE = re.compile(
    r"\b(?:(?:was|were|is|are|had|has|found)\b.{0,60}\b(?:in|inside|there|included|present|here)\b|got"
    r"|received|arrived|came"
    r"|contained|dabei|drin|darin|enthalten|angekommen|erhalten|bekommen|gekommen|estaban?|venian?|llego"
    r"|llegaron|recibi"
    r"|(?:now |do |already )?(?:own|hold)|il y avait|habia|lag(?:en)? (?:drin|dabei|bei)"
    r"|etai(?:t|ent)|recue?s?|arrivee?s?|c'era|c'erano|arrivat[oaie]|ricevut\w+|vinha|vieram|recebi|chegou|chegaram"
    r"|zat|zaten|ontvangen|gekregen)\b"
)
ONLY = re.compile(
    r"\b(?:only|just|nothing but|nur|bloss|solo|solamente|unicamente|seulement|uniquement|apenas|alleen)\b"
)
LATER = re.compile(
    r"\b(?:(?:write|ask|come back|return|get back) (?:again|later|next)|later|next time|another time|spater"
    r"|nachstes mal|mas tarde|luego|despues|plus tard|prochaine fois|piu tardi|mais tarde|depois)\b"
)
ASKING = re.compile(
    r"\W*(?:(?:and|also|plus|ps|p\.s\.|oh|by the way|btw|y|et|und|e|en)\W+)*"
    r"(?:what|how|which|when|is|are|does|do|wie|was|welche\w*|wann|ist|sind|que|como|cuanto|cual|cuando|hay|quel\w*|comment"
    r"|combien|quand|est|sont|qual\w*|quando|quanto|hoe|wat|wanneer|welke)\b"
)
# A piece with none of these is a name in a list and belongs to the piece behind it: "mug and cushion are fine".
SAYS = re.compile(
    r"\b(?:is|are|was|were|isn|aren|wasn|weren|didn|doesn|has|have|had|be|been|not|no|never|missing"
    r"|broken|wrong|torn|damaged|came|got"
    r"|arrived|received|refund\w*|return\w*|exchange\w*|replace\w*|send|sent|swap|change|cancel|want|need"
    r"|needs|keep|short|stays?"
    r"|ist|sind|war|waren|fehl\w*|kaputt|nicht|kein\w*|mochte|bitte|es|esta|estan|era|eran|falta\w*"
    r"|quiero|llego|llegaron|rot[oa]s?"
    r"|own|hold|(?:ca|wo|would)n?['’]t|cannot|must|check|lag(?:en)?|stayed|survived|moved|intact\w*|unversehrt|heil"
    r"|est|sont|avait|etai(?:t|ent)|manque\w*|cass\w+|veux|voudrais|manca\w*|sono|faltou|faltava\w*|sao"
    r"|zijn|ontbre\w*|mist|zat|zaten"
    r"|fine|ok|okay|dabei|drin|recue?s?|livree?s?|recibid\w*|erhalten|angekommen|without|ohne|sin|sans"
    r"|senza|sem|zonder)\b"
)
# What a clause holds that says why somebody writes: a fault of the thing, or what is to be done about it.
WHY = re.compile(
    r"\b(?:miss(?:ing|es)|broke\w*|crack\w*|shatter\w*|smash\w*|damag\w*|torn|tear|ripp\w+|dent\w*"
    r"|chip\w*|scratch\w*|stain\w*"
    r"|leak\w*|drip\w*|hole\w*|split|snapped|bent|faulty|defect\w*|wrong|other|another|different|without"
    r"|absent|left out|forg[oe]t\w*"
    r"|never|not|no|nowhere|(?:is|are|was|were|did|does|do|wo|ca|has|have)n?['’]t|cannot"
    r"|must|should"
    r"|refund\w*|return\w*|back|exchange\w*|replac\w+|swap\w*|resend|money|instead"
    r"|too (?:big|small|large|tight|short|long|loose)"
    r"|fehl\w*|kaputt\w*|zerbroch\w*|gerissen|riss\w*|loch|locher|defekt\w*|beschadigt\w*|zerkratzt"
    r"|undicht|nicht|kein\w*|falsch\w*"
    r"|ohne|vergess\w*|statt|zuruck\w*|umtausch\w*|erstatt\w*|ersatz|zu (?:gross|klein|eng|weit|kurz|lang)"
    r"|falta\w*|rot[oa]s?|danad\w*|defectuos\w*|agujero\w*|equivocad\w*|no|sin|ningun\w*|devol\w*"
    r"|devuel\w*|cambi\w*|reembols\w*"
    r"|manque\w*|cass\w+|abim\w*|dechir\w*|trou\w*|fele\w*|pas|aucune?|sans|jamais|oubli\w*|renvo\w*"
    r"|retour\w*|echang\w*|rembours\w*"
    r"|manca\w*|rott[oaie]|sbagliat\w*|non|senza|rimandar\w*|rimbors\w*|partid[oa]s?|errad\w*|nao|sem"
    r"|trocar|faltou|faltava\w*"
    r"|lost|gone|vanished|verloren|verschwunden|geblieben|perdi\w+|quedo|quedaron|perdue?s?|disparu\w*|pers[oaie]"
    r"|ontbre\w*|mist|kapot\w*|verkeerd\w*|niet|geen|zonder|terug\w*|ruilen)\b"
)
TOO = re.compile(
    r"\b(?:too|also|as well|likewise|same|either|both|auch|ebenfalls|tambien|aussi|egalement|anche|tambem|ook)\b"
)
GOES_ON = re.compile(r"\W*(?:and|und|y|et|e|en|plus|also|oh|nor|sowie)\b")
# "the cover was not with the mug": the mug is there.
BESIDE = re.compile(
    rf"^(?P<gone>.*?{NO}.{{0,30}}?\b(?:with|beside|alongside|next to|mit|bei|neben|con|junto a|avec|a cote d\w+))\b"
    r"(?P<there>.+)$"
)
LEADING_NO = re.compile(r"\W*(?:no|kein\w*|pas de|pas d|sin|ningun\w*|aucune?|nessun\w*|geen|sem|not a|not the)\b")
WITHOUT = re.compile(r"\b(?:without|ohne|sin|sans|senza|sem|zonder)\b")
# "mug to size M, rest stays": what is said of the rest is not said of what was named before.
REST = re.compile(
    r"\W*(?:(?:the|all|das|die|der|el|lo|los|le|les|o|os|de|il) )?(?:rest|others?|everything else|all else"
    r"|ubrig\w*|andere[nr]?|resto|demas|otros|reste|autres?|altro|overige|andere)\b"
)
