"""The words by which what a message says of a thing is told: that it came, is fine, is wrong, goes back, stays."""

from __future__ import annotations

import re

from agent.reading import clause_words as words

JOINTS = {
    "en": "and|but|nor|or|while|whereas|though|n", "de": "und|aber|noch|oder|sowie|sondern", "es": "y|e|pero|sino|ni|o",
    "fr": "et|mais|ni|ou", "it": "e|ed|ma|ne|o", "pt": "e|mas|nem|ou", "nl": "en|maar|of",
}  # fmt: skip
PIECES = {
    language: re.compile(
        rf",\s*(?:(?:{joint})\s+)*|\s[-–—/]\s|(?<=[✓✔✅✗✘❌])\s*|\s*[+&()]\s*|\s+(?:(?:{joint})\s+)+", re.IGNORECASE
    )
    for language, joint in JOINTS.items()
}
ALL_BUT = re.compile(
    r"\b(?:all|every\w*|rest|alles?|todo|todos|tout|tous|tutto|tudo)\b(?P<head>[^,.;]{0,40}?),?\s*\b(?:but"
    r"|except(?: for)?|apart from|aside from|other than|save for|ausser|bis auf|excepto|menos|salvo|sauf|hormis"
    r"|excepte|a part|tranne|eccetto|exceto|behalve)\s(?P<names>.+)"
)
ONLY = re.compile(
    rf"{words.ONLY.pattern}|\bn(?:['’]y a(?:vait)?|e \w+|['’]\w+)(?: \w+)? qu(?:e\b|['’])|\b(?:nothing but"
    r"|nichts ausser)\b"
)
NOTHING_ELSE = re.compile(
    r"\b(?:nothing (?:else|more)|not(?:hing)? the rest|nichts (?:anderes|weiter|sonst)|sonst nichts|nada mas"
    r"|rien d['’]autre|nient['’]altro|mais nada|niets anders|verder niets)\b"
)
# Denies the thing behind it and nothing before it.
NONE_OF = re.compile(
    r"\b(?:no|not (?:a|the|one)|neither|nor|without|minus|kein\w*|ohne|weder|noch|ni|sin|ningun\w*|pas d\w*|sans"
    r"|aucune?|nessun\w*|senza|nem|sem|nenhum\w*|geen|zonder)\s"
)
CAME = re.compile(
    rf"{words.THERE.pattern}|{words.IN_USE.pattern}|\b(?:da|vorhanden|hier|here|there|yes|yep|ja|oui|si|sim|check"
    r"|schon|inside|have|has|had|habe|hab|haben|tengo|tenemos|hay|ai|avons|ho|tenho|heb|in (?:it|there)|found"
    r"|unpacked|made it|arrive\w*|estan|esta|vino|vinieron|son|binnen|llegad\w*|was|were|waren?|(?:im|in (?:dem|der"
    r"|einem)) (?:paket|karton|schachtel|umschlag)|in the (?:box|parcel|package|carton)|dans (?:le|la) (?:colis"
    r"|carton|paquet|boite)|en (?:la|el) (?:caja|paquete))\b|[✓✔✅]"
)
GOOD = re.compile(
    rf"{words.FINE.pattern}|{words.IN_USE.pattern}|\b(?:great|good|super|top|nickel|lovely|beautiful|toll|wunderschon"
    r"|wunderbar|prima|klasse|genial|bien|bon|bonne|right|correct|richtig|korrekt|perfectos?|perfectas?|perfetto"
    r"|mooi|yes|ja|oui|love|loved|loves|excellent\w*|cert[oa]s?|wonderful|gorgeous|spotless|whole|in one piece|ganz"
    r"|magnifiques?|bellissim[oaie]|spot on|no problem|what i (?:ordered|bought|asked for|chose)|(?:l[oa]s?"
    r"|el) que (?:pedi|compre)|was ich bestellt habe|ce que j['’]ai commande|on (?:my|the|her|his"
    r"|our) (?:arm)?chair)\b|[✓✔✅]"
)
NO_FAULT = re.compile(
    rf"{words.NO_FAULT.pattern}|\b(?:nothing (?:to say|to report)|no (?:remarks?|comments?)|rien a (?:dire|signaler)"
    r"|nichts zu (?:meckern|sagen)|nada que (?:decir|objetar)|niente da dire)\b"
)
GONE = re.compile(
    r"\b(?:miss(?:ing|es|ed)|absent|left out|forg[oe]t\w*|gone|lost|nowhere|nil|zero|zilch|not|never|isnt|wasnt"
    r"|arent|werent|didnt|hasnt|havent|fehl\w*|vergess\w*|verschwunden|nicht|falta\w*|falto\w*|olvid\w*|manqu\w*"
    r"|oubli\w*|pas|manca\w*|dimenticat\w*|non|faltou|faltava\w*|nao|ontbre\w*|mist|niet|no sign|no trace"
    r"|keine spur)\b|n['’]t\b|[✗✘❌]|\b(?:no|nope|nein|non|nao|nee)\W*$"
)
WRONG = re.compile(
    rf"{words.DAMAGE.pattern}|\b(?:strappat|crepat|scheggiat|macchiat|bucat|danneggiat|partid|quebrad|rasgad|rachad"
    r"|estragad|kapot|gebroken|gescheurd|gebarsten|beschadigd)\w*|\brott[oaie]\b|\b(?:wrong|falsch\w*|mauvaise?"
    r"|equivocad\w*|sbagliat\w*|errad\w*|verkeerd\w*)\b"
)
BACK = re.compile(
    r"\b(?:return\w*|back|goes(?=\W*(?:$|back|please|pls|home))|refund\w*|money|labels?|(?:has|have|had) to go"
    r"|off my hands|not for (?:me|us)|regret\w*|exchang\w*|swap\w*|chang(?:e|ed|ing)|zuruck\w*|retour\w*|rucksend\w*"
    r"|etikett\w*|erstatt\w*|geld|(?:um)?tausch\w*|devuel\w*|devol\w*|reembols\w*|etiqueta\w*|cambi\w*|renvo\w*"
    r"|rend(?:s|re)|rembours\w*|etiquettes?|argent|echang\w*|restitu\w*|render\w*|rimand\w*|rimbors\w*|rend[oe]"
    r"|terug\w*|ruil\w*|troc\w*|repart\w*|revien\w*|vuelve\w*|se van|torna\w*|indietro|soldi|dinheiro|(?:nobody"
    r"|no one) (?:wants|needs|likes)|niemand (?:will|braucht)|nadie quiere|personne ne veut)\b"
)
STAYS = re.compile(
    rf"{words.KEPT.pattern}|\b(?:hands off|(?:no need to|don['’]?t) touch|grown on (?:me|us)|(?:has|have"
    r"|had) (?:taken|claimed|adopted|grabbed)|resta(?:no)?|(?:me|nos) l[oa]s? qued\w+|quedar(?:me|nos|se)|bei (?:mir"
    r"|uns)|chez (?:moi|nous)|l[oaie] tengo|gefallt|gefallen|mag ich|liebe ich)\b"
)
YES = re.compile(r"\b(?:yes|yep|y|ja|oui|si|sim)\W*$")
# "The mug goes back, the socks don't" (stays, the mug can): the other way round than what was said before.
NOT_SO = re.compile(
    r"\b(?:(?:do|does|did|is|are|was|were|will|would|can|has|have)n?['’]?t|not|no|n|nope|nicht|nein|non|pas|nao|niet"
    r"|nee|can|may|does|do|did|will|should)\W*$"
)
THE_OTHERS = re.compile(
    r"\b(?:(?:the |both )?other (?:(?P<one>one|thing|item|article)\b|(?P<two>two|2)|(?P<three>three|3))"
    r"|(?:the )?(?P<third>third) (?:one|thing|item|article)|both others|(?:the )?others|the rest|everything else"
    r"|all else|(?:die |den )?(?:(?:anderen|ubrigen) (?:beiden|zwei|2)|beiden anderen|zwei anderen)|das andere"
    r"|(?:der|den) rest|alles andere|die (?:anderen|ubrigen)|l[oa]s otr[oa]s dos|l[oa]s dos otr[oa]s|l[oa]s otr[oa]s"
    r"|lo demas|el resto|l[ea]s deux autres(?: articles)?|les autres|le reste|l'autre|gli altri due|le altre due"
    r"|gli altri|le altre|il resto|[oa]s outr[oa]s (?:dois|duas)|[oa]s outr[oa]s|o resto|de andere twee|de andere"
    r"|de rest)\b"
)
# "It's not the socks that are missing": they came.
NOT_MISSING = re.compile(
    r"\bnot (?:the|my) .{1,40}\bmissing\b|\bnicht (?:die|der|das) .{1,40}\bfehl|\bno (?:faltan?|son l[oa]s"
    r"|es l[oa]) .{1,40}\bfalta|\bce n['’]est pas .{1,40}\bmanqu"
)
# "mug - yes": the answer behind a dash.
DASHED = re.compile(r"\s[-–—=:]\s(?=(?:yes|no|y|n|ja|nein|oui|non|si|sim|nao|nee)\b)")
# "One size up" counts no things.
ONE_SIZE = re.compile(r"\b(?:one|a|eine|una|une|uma|een) (?:sizes?|grossen?|nummer|talla|taille|taglia|tamanho|maat)\b")
PRONOUN = re.compile(
    r"\b(?:it|they|them|that|this|those|these|ihn|ils|elles|quell[aoei]|quelli|sie|es|das|lo|la|los|las|le|les|l|li"
    r"|ne|os|as|hem|ze|het|\w+r(?:me|te|se|mi|ti|si|vi|ce|nos|os)?l[oaie]s?|\w+n(?:me|nos)l[oa]s?)\b"
)
# Why it goes back: it does not fit, or is not liked.
UNFIT = re.compile(
    r"\b(?:(?:too|bit|size|sizes) (?:small|big|large|tight|loose|long|short|wide|thin|thick)|(?:does|do"
    r"|did)n?['’]?t (?:\w+ )?(?:fit|suit)|not (?:to )?my (?:taste|style|thing)|zu (?:klein|gross|eng|weit|lang|kurz)"
    r"|pass(?:t|en) (?:\w+ )?nicht|no me (?:quedan?|valen?|gustan?)|trop (?:petit|grand|serre|large)\w*"
    r"|ne (?:me )?(?:va|vont|plai\w+) pas|troppo (?:piccol|grand|strett|larg)\w*|non mi (?:va|vanno|piac\w+)"
    r"|te (?:klein|groot|krap|wijd)|pas(?:t|sen) (?:\w+ )?niet|muito (?:pequen|grand)\w*)\b"
)
# "I'm undecided about the cover": it stays for now.
OPEN = re.compile(
    r"\b(?:undecided|not (?:yet )?(?:sure|decided)|unsure|haven['’]?t decided|unentschlossen|noch nicht (?:sicher"
    r"|entschieden)|no (?:lo )?se (?:aun|todavia)|indecis\w*|pas (?:encore )?(?:sure?|decidee?))\b"
)
SOMETHING = re.compile(
    r"\b(?:something|one (?:thing|item|of (?:the|them|these))|etwas|eine?[sn]? davon|algo|una cosa|quelque chose"
    r"|qualcosa)\b"
)
ANSWERS = re.compile(rf"{YES.pattern}|{NOT_SO.pattern}")
NOT_THIS = re.compile(
    r"\b(?:not|nor|neither|nicht|weder|noch|ni|no|pas|non|ne|nem|nao|niet)\s+(?:(?:even|for|of|fur|para|por|pour|per"
    r"|de)\s+)?(?:the|my|del?l?[aeo]?|dei|degli|du|des|d[oa]s?|der|die|das|den|el|la|los|las|le|les|il|lo|gli|i|o|a"
    r"|os|as|de|het)\b"
)
THE_ONE_LEFT = re.compile(r"\b(?:that|which|this) (?:only |just )?leaves\b")
# "Mug and cover came, the socks however not": said of the socks.
BUT_NOT = re.compile(
    r"\s+(?:aber|jedoch|dagegen|hingegen|pero|mais|ma|mas|but|however|though|allerdings)\s+(?P<no>nicht|no|pas|not"
    r"|non|nao|niet)(?=\s*(?:[.,;:!?]|$))"
)
BUT = re.compile(r"\b(?:but|while|whereas|though|aber|sondern|pero|sino|mais|ma|mas|maar)\b")
OR = re.compile(r"\b(?:or|nor|oder|noch|ni|ou|o)\b")
VERB = re.compile(
    rf"{words.SAYS.pattern}|\b(?:hat|haben|hatte\w*|tienen?|ont|a (?:un|une|des)|ha|hanno|tem|heeft|hebben)\b"
)
