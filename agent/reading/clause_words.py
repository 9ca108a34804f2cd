"""The words by which clauses of a message are told apart, in seven languages, folded (`agent.reading.words`)."""

from __future__ import annotations

import re

# What only joins, and denies or sets apart nothing.
IDIOM = re.compile(
    r",?\s*\b(?:on the other hand|other than(?: that)?|no (?:doubt|rush|hurry|pressure)"
    r"|not to mention|needless to say)\b,?",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"(?<=[.!?\n])\s+|\n+|;\s*")
OTHERS = r"others?|else|rest|remaining|ander\w*|ubrig\w*|otr[oa]s?|demas|resto|autres?|reste|altr\w+|outr\w+"
"""Alternatives of a pattern: what is not named by itself."""
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
    r"|in use|in (?:daily|constant) (?:use|service)|spoken for|moved in|survived|lovely"
    r"|flawless|an? (?:joy|delight|dream|treat))\b"
)
KEPT = re.compile(
    r"\b(?:stays?|staying|(?:has|have|had) (?:already )?stayed|keep|keeping|kept|remains?"
    r"|leave (?:the|it|them)|bleib\w*|behalte\w*|se quedan?|me quedo"
    r"|conservo|garde|gardons|reste(?:nt)?|tengo|tenere|rimane|fica|fico com|houd|hou ik|blijft|blijven)\b"
)
THERE = re.compile(
    r"\b(?:(?:was|were|is|are|had|has|found)\b(?!.{0,60}\bmissing\b).{0,60}\b(?:in|inside|there|included|present|here)\b|got"
    r"|received|arrived|came"
    r"|contained|held|holds|i find in it|(?:come|coming) out of|sacado"
    r"|dabei|drin|darin|enthalten|angekommen|erhalten|bekommen|gekommen|estaban?|venian?|llego"
    r"|llegaron|recibi"
    r"|(?:now |do |already )?(?:own|hold)|il y avait|habia|lag(?:en)? (?:drin|dabei|bei)"
    r"|etai(?:t|ent)|recue?s?|arrivee?s?|c'era|c'erano|arrivat[oaie]|ricevut\w+|vinha|vieram|recebi|chegou|chegaram"
    r"|zat|zaten|ontvangen|gekregen)\b"
)
ONLY = re.compile(
    r"\b(?:only|just|nothing but|nur|bloss|solo|solamente|unicamente|seulement|uniquement|apenas|alleen)\b"
)
# "I paid with a gift card": how it was paid is about no thing that was bought.
PAID = re.compile(
    r"\b(?:paid|payed|paying) (?:\w+ ){0,3}?(?:with|by|using|via)\b|\b(?:mit|per) (?:\w+ ){0,3}?bezahlt\b"
    r"|\bbezahlt (?:\w+ ){0,3}?(?:mit|per)\b|\b(?:pague|pagamos|pagad[oa]|pagando) (?:\w+ ){0,3}?con\b"
    r"|\b(?:paye|payee|regle|reglee) (?:\w+ ){0,3}?(?:avec|par)\b|\bpagat[oa] (?:\w+ ){0,3}?con\b"
    r"|\bpaguei (?:\w+ ){0,3}?com\b|\bbetaald (?:\w+ ){0,3}?met\b|\bmet (?:\w+ ){0,3}?betaald\b"
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
    r"|fits?|dont|doesnt|don['’]t|passt|passen|convien(?:t|nent)"
    r"|too (?:big|small|large|tight|long|short)|zu (?:gross|klein|eng|weit|lang|kurz)|trop \w+"
    r"|(?:me|nos) (?:quedan?|vienen?)"
    r"|fine|ok|okay|dabei|drin|recue?s?|livree?s?|recibid\w*|erhalten|angekommen|without|ohne|sin|sans"
    r"|senza|sem|zonder)\b"
)
# What a clause holds that says why somebody writes: a fault of the thing, or what is to be done about it.
WHY = re.compile(
    r"\b(?:miss(?:ing|es)|broke\w*|crack\w*|shatter\w*|smash\w*|damag\w*|torn|tear|ripp\w+|dent\w*"
    r"|chip\w*|scratch\w*|stain(?:s|ed|ing)?"
    r"|leak\w*|drip\w*|hole\w*|split|snapped|bent|faulty|defect\w*|wrong|other|another|different|without"
    r"|absent|left out|forg[oe]t\w*|nil|zilch|nada|nix|null|ni rastro|aucune trace|keine spur|no (?:sign|trace)"
    r"|never|not|no|nowhere|(?:is|are|was|were|did|does|do|wo|ca|has|have)n?['’]t|(?:do|does|did)nt|cannot"
    r"|must|should"
    r"|refund\w*|return\w*|back|exchange\w*|replac\w+|swap\w*|resend|money|instead"
    r"|too (?:big|small|large|tight|short|long|loose)|trop (?:grand|petit|large|serre|court|long)\w*"
    r"|(?:me|nos) (?:quedan?|vienen?) (?:muy |demasiado |un poco )?(?:grande|pequen|chic|cort|larg|ajustad|estrech)\w*"
    r"|fehl\w*|kaputt\w*|zerbroch\w*|gerissen|riss\w*|loch|locher|defekt\w*|beschadigt\w*|zerkratzt"
    r"|undicht|nicht|kein\w*|falsch\w*"
    r"|ohne|vergess\w*|statt|zuruck\w*|umtausch\w*|erstatt\w*|ersatz|zu (?:gross|klein|eng|weit|kurz|lang)"
    r"|falta\w*|rot[oa]s?|danad\w*|defectuos\w*|agujero\w*|equivocad\w*|no|sin|ningun\w*|devol\w*"
    r"|devuel\w*|cambi\w*|reembols\w*"
    r"|manque\w*|cass\w+|abim\w*|dechir\w*|trou\w*|fele\w*|pas|aucune?|sans|jamais|oubli\w*|renvo\w*"
    r"|retour\w*|echang\w*|rembours\w*"
    r"|manca\w*|rott[oaie]|sbagliat\w*|non|senza|rimandar\w*|rimbors\w*|partid[oa]s?|errad\w*|nao|sem"
    r"|trocar|faltou|faltava\w*"
    r"|stuck|jammed|soak\w*|soggy|wet|damp|drenched|ruin\w*|mou?ld\w*|mildew\w*|dirty|filthy|rust(?:y|ed)?|warped|fray\w*"
    r"|peel(?:s|ed|ing)|dead|unusable|useless|crush\w*|(?:fell|came|falls|falling|fallen|coming) apart"
    r"|(?:ver)?klemmt|(?:durch)?nass\w*|feucht\w*|(?:ver)?schimm\w*|fleck\w*|kratzer|ruinier\w*|schmutzig\w*|verrostet"
    r"|atascad\w*|mojad\w*|empapad\w*|humed[oa]s?|moho\w*|mancha\w*|aranad\w*|aranazo\w*|arruinad\w*"
    r"|estropead\w*|suci[oa]s?|oxidad\w*"
    r"|coince\w*|bloquee?s?|mouille\w*|trempe\w*|humides?|moisi\w*|tache\w*|griffee?s?|egratign\w+|ruine\w*|rouille\w*"
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
# "Exchange the flask. Not the sheets": a clause of its own that leaves a thing out.
NOT_THE = re.compile(
    r"\W*(?:(?:but|and|aber|und|pero|y|mais|et) )?(?:not|nicht|no|pas) "
    r"(?:the|my|die|der|das|den|el|la|los|las|le|les)(?: \w+){1,3}\W*$"
)
WITHOUT = re.compile(r"\b(?:without|ohne|sin|sans|senza|sem|zonder)\b")
# "mug to size M, rest stays": what is said of the rest is not said of what was named before.
REST = re.compile(
    r"\W*(?:(?:the|all|das|die|der|el|lo|los|le|les|o|os|de|il) )?(?:rest|others?|everything else|all else"
    r"|ubrig\w*|andere[nr]?|resto|demas|otros|reste|autres?|altro|overige|andere)\b"
)
# Of the words of WHY, those that only say what is to be done.
WISH = re.compile(
    r"\b(?:refund\w*|return\w*|back|exchange\w*|replac\w+|swap\w*|resend|money"
    r"|(?:zuruck|umtausch|erstatt|ersatz|ersetz)\w*|(?:devol|devuel|cambi|reembols|reemplaz)\w*"
    r"|(?:renvo|retour|echang|rembours|remplac)\w*|rimandar\w*|rimbors\w*|trocar|terug\w*|ruilen)\b"
)
# Something is wrong with a thing that did come.
DAMAGE = re.compile(
    r"\b(?:broke\w*|crack\w*|shatter\w*|smash\w*|damag\w*|torn|ripp\w+|dent(?:ed|s)?|chip\w*|scratch\w*|stain(?:s|ed)?|leak\w*"
    r"|holes?|snapped|bent|faulty|defect\w*|stuck|jammed|soak\w*|soggy|wet|ruin\w*|mou?ld\w*|dirty|rust(?:y|ed)?|warped|crush\w*"
    r"|kaputt\w*|zerbroch\w*|gerissen|zerriss\w*|riss|risse|loch|locher|defekt\w*|beschadigt\w*|zerkratzt|undicht"
    r"|(?:durch)?nass|(?:ver)?schimm\w*|fleck\w*|rot[oa]s?|danad\w*|defectuos\w*|agujero\w*|mojad\w*|empapad\w*|mancha\w*"
    r"|rajad\w*|estropead\w*|cassee?s?|abim\w*|dechir\w*|trou(?:e\w*|s)?|fele\w*|brise\w*|mouille\w*|trempe\w*|moisi\w*)\b"
)
_BOX = r"(?:box|parcel|package|packaging|carton|envelope|karton|paket|verpackung|umschlag|caja|paquete|embalaje|colis)"
# "came in a torn box": what holds the thing is no part of it.
PACKING = re.compile(
    rf"\b\w+(?:\s+\w+)?\s+{_BOX}\b|\b{_BOX}\s+(?:(?:is|was|came|arrived|war|ist|kam|estaba|llego|etait|est)\s+)?\w+"
)
# "I'd like to know if the mug is dishwasher safe": a question that may end in a full stop.
ASKS_BESIDE = re.compile(
    r"\b(?:(?:and|also|plus|oh|und|ausserdem|y|ademas|tambien|et|aussi)\W+)*"
    r"(?:(?:i(?:['’]d| would)?|we(?:['’]d| would)?) (?:also |just |really )?(?:like|love|want(?:ed)?|need(?:ed)?)"
    r" (?:also )?to (?:know|ask|find out|check)|(?:can|could|would) (?:i|you) (?:also |just )?"
    r"(?:ask|tell me|let me know)"
    r"|(?:i(?:['’]m| am| was)? |we(?:['’]re| are| were)? )?(?:also |just )?wonder(?:ing|ed)?"
    r"(?= (?:if|whether|about|what|how))"
    r"|(?:my|another|one more|a quick|quick|just a) question\b"
    r"|(?:ich|wir) (?:wusste|wussten|wurden?|mochten?|wollten?|hatten?)(?: \w+){0,3} (?=wissen|fragen|frage)"
    r"|(?:ich|wir) (?:wusste|wussten) (?:\w+ )?gerne?"
    r"|(?:ich|wir) (?:wollten?|mochten?|wurden?)(?: \w+){0,3} (?:fragen|wissen)"
    r"|(?:wurde|wollte|mochte) (?:ich )?(?:\w+ ){0,2}(?:fragen|wissen)|(?:konnen|konnten) sie mir sagen"
    r"|(?:me|nos) gustaria (?:tambien )?(?:saber|preguntar)|(?:quisiera|queria|quiero|querria)(?:mos)? (?:tambien )?"
    r"(?:saber|preguntar)|me pregunt(?:o|aba)|(?:podria|puede)[ns]? decirme"
    r"|(?:je|nous) (?:voudrai[st]|voudrions|souhaiterai[st]|voulai[st]|veux) (?:aussi |egalement )?(?:savoir|demander)"
    r"|j['’]aimerais (?:aussi |egalement )?(?:savoir|demander)|je me demand\w+|pou(?:vez|rriez)[- ]vous me dire)\b"
)
# What is asked for in the form of a question is an ask: where a thing is, that it is sent, that it broke or is missing.
NO_ASIDE = re.compile(
    r"\b(?:where|why|when|what happened|happen(?:s|ed)|(?:re)?send|ship|again|new ones?|coming|arriv\w*|still|miss\w*"
    r"|wrong|lost|cancel\w*|wo|warum|wieso|wann|schick\w*|senden|nochmal|fehl\w*|falsch\w*|verloren|stornier\w*"
    r"|donde|por que|cuando|enviar\w*|envien|mandar\w*|manden|falt\w*|equivocad\w*|cancel\w*"
    r"|ou est|ou sont|ou en|pourquoi|quand|envoy\w*|manqu\w*|erreur|annul\w*)\b"
)
# Wishes that make a fault good.
GOOD = re.compile(
    r"\b(?:refund\w*|money|replac\w+|resend|(?:erstatt|ersatz|ersetz)\w*|(?:reembols|reemplaz)\w*|(?:rembours|remplac)\w*)\b"
)
# Sent one thing, ordered another.
_BUT_ORDERED = (
    r"(?:sent|shipped|got|received|came|arrived)\b.{1,60}?\b(?:but|when|though|although|whereas|instead|not|and)\b.{0,25}"
    r"\b(?:ordered|asked for|wanted|bought|paid for)"
    r"|(?:ordered|asked for|wanted|bought|paid for)\b.{1,60}?\b(?:but|and)\b.{0,25}\b(?:sent|shipped|got|received|came)"
    r"|(?:geschickt|bekommen|erhalten|kam|kamen)\b.{1,60}?\b(?:aber|obwohl|statt|sondern|nicht|und)\b.{0,40}\bbestellt"
    r"|bestellt\b.{1,60}?\b(?:aber|und)\b.{0,60}\b(?:geschickt|bekommen|erhalten|kam|kamen|gekommen)"
    r"|(?:enviaron|mandaron|llego|llegaron|recibi)\b.{1,60}?\b(?:pero|cuando|y|no)\b.{0,25}\b(?:pedi|compre|queria)"
    r"|(?:pedi|compre|queria)\b.{1,60}?\b(?:pero|y)\b.{0,25}\b(?:enviaron|mandaron|llego|llegaron|recibi)"
    r"|(?:envoye|recu|livre)\w*\b.{1,60}?\b(?:mais|alors que|et|au lieu)\b.{0,25}\b(?:commande|demande|voulais)"
    r"|(?:commande|demande|voulais)\b.{1,60}?\b(?:mais|et)\b.{0,25}\b(?:envoye|recu|livre)"
)
SENT = re.compile(
    r"\b(?:sent|shipped|got|received|came|arrived|geschickt|bekommen|erhalten|kam|kamen|gekommen|enviaron|mandaron|llego|llegaron"
    r"|recibi|envoyee?s?|recue?s?|livree?s?)\b"
)
CONTRAST = re.compile(rf"\b(?:{_BUT_ORDERED})")
# A clause that begins like this goes on about what the one before it named.
PRONOUN = re.compile(
    r"\W*(?:(?:and|but|so|because|since|as|und|aber|denn|weil|da|y|pero|porque|et|mais|car)\W+)*"
    r"(?:it|they|that|this|these|those|which|both|one|i|we|es|er|sie|das|der|die|beide|ich|wir|lo|la|los|las|se|esta|este"
    r"|estan|tiene\w*|il|elle|ils|elles|ca|c['’]est|je|nous|les)\b"
)
# "the zip feels odd": more is said of a thing than that it was ordered.
SUBJECT = re.compile(
    r"^\W*(?:(?:and|also|und|auch|y|et|e)\W+)*(?:the|my|one|two|a|an|our|der|die|das|mein\w*|ein\w*|el|la|los|las|mi|mis|un\w*|le|les"
    r"|l['’]\w+|ma|mon|mes)\b(?:\W+\w+){1,5}?\W+(?:is|are|was|were|has|have|had|looks?|feels?|smells?|seems?|does|do"
    r"|ist|sind|war|waren|hat|haben|riecht|sieht|esta|estan|es|son|tiene|tienen|huele|est|sont|a|ont|sent)\b"
)
