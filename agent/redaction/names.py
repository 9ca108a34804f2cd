"""Person names without a record: in greetings, sign-offs and "my name is", or a given name and a surname."""

import re
from collections.abc import Iterable, Iterator
from re import Match

from agent.redaction.lexicon import words
from agent.redaction.patterns import Lazy
from agent.redaction.spans import PiiType, Rule, Span, found_by

_UP = "A-ZÀ-ÖØ-ÞĀ-ŽȘȚΑ-ΩА-ЯЁ"
_LOW = "a-zß-öø-ÿĀ-žșțα-ωά-ώа-яё"
_CAP = (
    rf"[{_UP}](?:[{_LOW}]{{1,25}}|[{_UP}]{{1,25}})?(?:['-][{_UP}][{_UP}{_LOW}]{{1,25}}|-[{_LOW}]{{2,8}})?"
    r"(?:[A-Z][a-z]{2,20})?"
)
_SMALL = (
    r"(?:de la|de los|del|de|da|dos|di|van de[rn]?|van|de[rn]|ter|ten|op de[rn]?|von der|von|zu|du|le|la"
    r"|bin|ibn|y|el|al)"
)
_INITIAL = r"[A-Z]\."
_NEXT = rf"(?: (?:{_SMALL} |[dD]['’])?(?:{_CAP}\b|{_INITIAL}))"
_NAME = rf"(?:(?:{_INITIAL} ?){{1,2}}(?:{_SMALL} )?)?{_CAP}\b{_NEXT}{{0,3}}"
_FULL = rf"(?:{_CAP}\b|{_INITIAL}){_NEXT}{{1,3}}"

_HONORIFIC = (
    r"(?:Mr|Mrs|Ms|Mx|Miss|Mister|Dr|Prof|Professor|Herrn?|Frau|Sr|Sra|Srta|Señora?|Señorita|Don|Doña"
    r"|Fam|Familie|Monsieur|Madame|Mme|Mlle|M|[Dd]e heer|[Hh]eer|[Mm]evrouw|[Mm]evr|[Dd]hr|Sig\.?(?:ra|na)?|Signora?"
    r"|Dott\.?(?:ssa)?"
    r"|Senhora?)\b\.?"
)
_TITLED = Lazy(rf"\b{_HONORIFIC} (?P<v>(?!{_HONORIFIC} ){_NAME})")
_GREETING = Lazy(
    rf"(?:^|[\n.!>] {{0,3}})(?i:dear|hi|hello|hey|hiya|good (?:morning|afternoon|evening)|hallo|liebe[rs]?"
    r"|guten (?:tag|morgen)|sehr geehrter? (?:herr|frau)|moin|servus|hola|estimad[oa]|querid[oa]"
    r"|buen(?:os|as) (?:d[ií]as|tardes)|bonjour|bonsoir|cher|ch[èe]re|salut"
    r"|coucou|hoi|hai|dag|beste|lieve|geachte|goede(?:morgen|middag|avond)|ol[áa]|oi|car[oa]|prezad[oa]|bom dia"
    r"|boa tarde"
    r"|boa noite|ciao|buon ?giorno|buonasera|salve|gentile|egregi[oa]|hej|hei|kj?ære|cze[śs][ćc]|witam"
    rf"),? (?:{_HONORIFIC} ){{0,2}}(?P<v>{_NAME})(?= ?[,!:.;-]| ?\n| {{0,2}}$| (?:and|&|und|y|et) [A-Z])"
)
_CLOSING = (
    r"(?:(?:best|kind(?:est)?|warm(?:est)?|many|with)? ?(?:kind |best )?(?:regards|wishes|thanks)"
    r"|thank you(?: (?:so|very) much)?|thanks(?: (?:again|so much|in advance|a lot))?|thx|cheers|best"
    r"|sincerely(?: yours)?|yours(?: (?:truly|sincerely|faithfully))?"
    r"|all the best|respectfully|signed|take care|love|warmly|mit (?:freundlichen|besten|lieben"
    r"|herzlichen) gr(?:ü|ue)(?:ß|ss)en|(?:(?:viele|liebe|beste|schöne|freundliche|herzliche) ){1,2}gr(?:ü|ue)(?:ß"
    r"|ss)e(?: von)?|gru(?:ß|ss)|mfg|lg|vg|(?:vielen |herzlichen |besten )?dank(?:e)?(?: (?:im voraus|schön))?"
    r"|(?:un |muchos |cordiales )?(?:cordial )?saludos?(?: cordiales| cordial)?|atentamente|atte"
    r"|(?:muchas |mil )?gracias(?: de antemano| y un saludo| por su ayuda)?|un abrazo|cordialmente"
    r"|(?:bien |tr[èe]s )?cordialement|(?:meilleures |sinc[èe]res )?salutations(?: distingu[ée]es)?"
    r"|bien [àa] vous|merci(?: (?:beaucoup|d'avance|par avance|bien))?|bonne (?:journ[ée]e|soir[ée]e)"
    r"|amicalement|(?:met )?(?:vriendelijke|hartelijke|beste) groet(?:en)?|groet(?:jes|en)?|mvg|gr\.?|(?:alvast "
    r"|heel erg )?bedankt"
    r"|dank (?:je|u) ?wel|hoogachtend|atenciosamente|att|(?:um )?abra[çc]os?|obrigad[oa]|grat[oa]|beijos?"
    r"|(?:com os melhores )?cumprimentos|(?:cordiali |distinti |cari |un caro )?salut[io]|grazie(?: mille)?"
    r"|(?:med )?v[äe]nlig(?:a|e)? h[äi]ls(?:en|ning(?:ar)?)|(?:hjertelig )?hilsen|h[äa]lsning(?:ar)?|mvh|tack"
    r"|takk|tak"
    r"|pozdrawiam|z powa[żz]aniem|dzi[ęe]kuj[ęe])"
)
_SIGNED = Lazy(
    rf"(?:^|[\n.!?,] {{0,3}})(?i:{_CLOSING})\s?[,.!-]{{0,3}} {{0,3}}(?:\n\s{{0,4}}){{1,2}}[-~ ]{{0,3}}"
    rf"(?:{_HONORIFIC} ){{0,2}}(?P<v>{_NAME})(?=[ .!,]{{0,3}}(?:\n|$))"
)
_SIGNED_LINE = Lazy(
    rf"(?:^|[\n.!?] {{0,3}})(?!(?i:best|love) )(?i:{_CLOSING}),? {{1,2}}(?:[-~] ?)?(?:{_HONORIFIC} ){{0,2}}"
    rf"(?P<v>{_NAME})"
    rf"(?=[ .!]{{0,3}}(?:\n|$))"
)
_SIGNED_SMALL = Lazy(
    rf"(?:^|[\n.!?,] {{0,3}})(?i:{_CLOSING})[,.!]{{0,3}}(?: {{0,3}}\n\s{{0,4}}"
    rf"| {{1,2}})(?P<v>[{_LOW}]{{2,20}}(?: [{_LOW}]{{2,20}}){{0,2}})(?=[ .!]{{0,3}}(?:\n|$))"
)
_DASHED = Lazy(rf"\n[ ]{{0,2}}(?:--?|~|—) ?(?:{_HONORIFIC} ){{0,2}}(?P<v>{_NAME})(?=[ .]{{0,2}}(?:\n|$))")
_SAYS = Lazy(
    r"\b(?i:(?:my |the )?(?:full |last |first |customer )?name is|name'?s|i am called|call me"
    r"|under the name(?: of)?|in the name of|mi nombre es|me llamo|a nombre de|je m'appelle|mon nom est"
    r"|au nom de"
    r"|ich hei(?:ß|ss)e|mein name ist|auf den namen|unter dem namen|the account (?:is )?(?:under"
    r"|belongs to)|account holder|signed (?:for )?by|kontoinhaber(?:in)?|mijn naam is|ik heet|op naam van"
    r"|t\.?n\.?v\.?"
    r"|rekeninghouder|meu nome [ée]|me chamo|chamo-me|em nome de|mi chiamo|il mio nome [èe]|a nome di|intestat[oa] a"
    r"|jag heter|mitt namn är|jeg heter|jeg hedder|mit navn er|nazywam si[ęe]"
    rf"|titular)[: ]{{1,2}}(?:{_HONORIFIC} ){{0,2}}(?P<v>{_NAME})"
)
_SAYS_SMALL = Lazy(
    r"\b(?:my (?:full )?name is|mi nombre es|me llamo|je m'appelle|ich hei(?:ß|ss)e|mijn naam is|ik heet"
    r"|meu nome [ée]"
    r"|me chamo|mi chiamo"
    rf"|mein name ist) (?P<v>[{_LOW}]{{2,20}}(?: [{_LOW}]{{2,20}}){{0,2}}?)(?=[,.!;\n]|$| (?:and|und|y|et|en|e|i"
    r"|ich|je|from|aus|de|uit)\b)"
)
_THIS_IS = Lazy(
    r"\b(?i:this is|i am|i'm|it'?s me,?|hier ist|ich bin|hier schreibt|soy|le habla|habla|je suis|c'est"
    rf"|ici|ik ben|dit is|sou [oa]|aqui (?:[ée]|fala)(?: [oa])?|sono|jag är"
    rf"|jeg er) (?:{_HONORIFIC} ){{0,2}}(?P<v>{_NAME})"
)
_THIS_IS_SMALL = Lazy(
    rf"\b(?i:this is|i am|i'm|ich bin|soy|je suis) (?P<v>[{_LOW}]{{2,20}}(?: [{_LOW}]{{2,20}})?)(?=[,.!\n]"
    r"|$)"
)
_GREETING_SMALL = Lazy(
    rf"(?:^|\n {{0,3}})(?i:dear|hi|hello|hey|hallo|hola|bonjour|salut) (?P<v>[{_LOW}]{{2,20}})(?= ?[,!]| ?\n"
    rf"| {{0,2}}$)"
)
_SECOND = Lazy(
    rf"(?:^|\n {{0,3}})(?i:dear|hi|hello|hey|hallo|hola|bonjour) {_CAP} (?:and|&|und|y"
    rf"|et) (?P<v>{_CAP})(?= ?[,!]| ?\n)"
)
_ASKED = Lazy(
    r"\b(?i:ask(?:ed)? for|sp(?:eak|oke|oken) (?:to|with)|talked to|care of|it'?s me again,?|emailed with"
    r"|chatted with)"
    rf" (?:{_HONORIFIC} )?(?P<v>{_NAME})"
)
_LABEL = Lazy(
    rf"(?:^|[\n,;|(] {{0,3}})(?i:(?:full |customer |first |last |billing |shipping |recipient )?name"
    r"|recipient|ship(?:ped)? to|bill(?:ed)? to|deliver(?:ed)? to|attn\.?|attention|c/o|contact|customer"
    r"|from|signed"
    r"|(?:vor- und nach|nach|vor)?name|(?:voor|achter)?naam|ontvanger|klant(?:naam)?|nome(?: completo)?"
    r"|sobrenome|cognome"
    r"|destinat[áa]rio|namn|navn|kunde|empf[äa]nger(?:in)?|nombre(?: completo)?|destinatario|apellidos?"
    rf"|nom|pr[ée]nom|destinataire)\s?:\s{{0,3}}(?:{_HONORIFIC} ){{0,2}}"
    rf"(?P<v>{_CAP}, {_CAP}(?: {_CAP})?(?=[ ]{{0,3}}(?:\n|$))|{_NAME})"
)
_LABEL_SMALL = Lazy(
    rf"(?:^|[\n,;|(] {{0,3}})(?i:(?:full |customer |recipient )?name|nombre(?: completo)?|nom|recipient)\s?:\s{{0,3}}"
    rf"(?P<v>[{_LOW}]{{2,20}}(?: [{_LOW}]{{2,20}}){{1,2}})(?=[ .,]{{0,3}}(?:\n|$))"
)
_BRACKETED = Lazy(rf"(?P<v>{_FULL}) ?(?=[<(\[][\w.+-]{{1,64}}@)")
_PAIR = Lazy(
    rf"(?<![\w'-])(?P<v>(?:{_CAP}) (?:{_INITIAL} )?(?:{_SMALL} |[dD]['’])?{_CAP}\b"
    rf"(?: (?:de la |de los |de las |del )?{_CAP}\b)?)"
)


_NEXT_WORD = Lazy(r" ([a-z]{3,20})")
_PAUSE = Lazy(r" ?(?:[,.!;:(\n-]|$)| (?:from|again|here|and|writing|calling|aus|de|von|und|y|et|en|e|uit)\b")


def _parts(match: Match[str]) -> list[str]:
    return [word.lower() for word in re.findall(r"[^\W\d_]{2,}", match["v"])]


_FAMILIES = frozenset("black brown green grey white small english french german good best friend day love".split())
"""No names by themselves, and family names after another one."""


def _is_name(match: Match[str]) -> bool:
    """Nothing in it is a word that cannot be a name, but `Keisha Brown` is one; a single letter is not a name."""
    parts = [part for part in _parts(match) if part not in words("particles")] or _parts(match)
    family = len(parts) > 1 and parts[-1] in _FAMILIES
    return not words("not_names").intersection(parts[:-1] if family else parts) and len(match["v"]) > 2


def _is_given(match: Match[str]) -> bool:
    parts = _parts(match)
    own = [part for part in parts if part not in words("particles")]
    return bool(parts) and parts[0] in words("given_names") and not words("not_names").intersection(own)


def _is_introduced(match: Match[str]) -> bool:
    """`This is Tom Becker` and `this is Tom`, not `This is Ridiculous`: a given name, or two words and a pause."""
    if not _is_name(match):
        return False
    pause = _PAUSE.match(match.string, match.end())
    return _is_given(match) or (" " in match["v"] and pause is not None)


def _is_pair(match: Match[str]) -> bool:
    following = _NEXT_WORD.match(match.string, match.end())
    if following is not None and following[1].removesuffix("s") in words("not_surnames"):
        return False
    family = [part for part in _parts(match)[1:] if part not in words("particles")]
    return _is_given(match) and not (words("not_surnames") | words("not_names")).intersection(family)


_ADDRESSEE = Lazy(
    rf"(?:^|\n|[:;] ?|\b(?i:to|an|bei|naar|aan|bij|para|a|à|chez"
    rf"|da)[ ]) {{0,3}}(?:{_HONORIFIC} ){{0,2}}(?P<v>{_FULL})"
    r" ?(?:,|\n|,\n) {0,3}\Z"
)
_ENVELOPE = 80
_STATED = Lazy(r":\s{0,3}\w")
_CLOSING_HINTS = (
    "regards wishes thank thx cheers best sincerely yours respectfully signed care love warmly gr mfg lg vg dank "
    "saludo atentamente atte gracias abrazo cordial salutations vous merci bonne amicalement "
    "hoogachtend atenciosa att mv "
    "abraço abraco obrigad grat beijo cumprimento salut grazie hilsen hels häls tack tak pozdrawiam powa dzi"
)
_RULES = (
    Rule(PiiType.PERSON_NAME, _TITLED, _is_name),
    Rule(
        PiiType.PERSON_NAME,
        _GREETING,
        _is_name,
        hints="dear hi he good hallo lieb guten geehrt moin servus hola estimad querid buen bon cher ch salut coucou "
        "hoi hai dag beste lieve geachte goede ol oi car prezad bom boa ciao salve gentile egregi re cze witam",
    ),
    Rule(PiiType.PERSON_NAME, _SIGNED, _is_name, hints=_CLOSING_HINTS),
    Rule(PiiType.PERSON_NAME, _SIGNED_LINE, _is_name, hints=_CLOSING_HINTS),
    Rule(PiiType.PERSON_NAME, _SIGNED_SMALL, _is_given, hints=_CLOSING_HINTS),
    Rule(PiiType.PERSON_NAME, _DASHED, _is_name, first=Lazy(r"\n {0,2}[-~—]")),
    Rule(
        PiiType.PERSON_NAME,
        _SAYS,
        _is_name,
        hints="name under call nombre llam appel nom hei signed holder inhaber titular naam "
        "tnv t.n.v tn.v t.nv rekening cham "
        "chiamo intestat heter hedder namn navn nazywam",
    ),
    Rule(PiiType.PERSON_NAME, _SAYS_SMALL, _is_name, hints="name nombre llam appel hei naam heet nome cham chiamo"),
    Rule(
        PiiType.PERSON_NAME,
        _THIS_IS,
        _is_introduced,
        hints="this_is_ i_am_ i'm_ s_me hier_ist_ ich_bin_ schreibt_ soy_ habla_ je_suis_ c'est_ ici_ "
        "ik_ben_ dit_is_ sou_ "
        "aqui_ sono_ jag_är_ jeg_er_",
    ),
    Rule(
        PiiType.PERSON_NAME,
        _LABEL,
        _is_name,
        hints="name recipient to attn attention c/o contact customer from signed empf nombre destinat apellido nom "
        "naam "
        "ontvanger klant kunde namn navn",
        first=_STATED,
    ),
    Rule(PiiType.PERSON_NAME, _LABEL_SMALL, _is_name, hints="name nombre nom recipient", first=_STATED),
    Rule(PiiType.PERSON_NAME, _THIS_IS_SMALL, _is_given, hints="this_is_ i_am_ i'm_ ich_bin_ soy_ je_suis_"),
    Rule(PiiType.PERSON_NAME, _BRACKETED, _is_name, hints="@"),
    Rule(PiiType.PERSON_NAME, _GREETING_SMALL, _is_given, hints="dear hi hello hey hallo hola bonjour salut"),
    Rule(PiiType.PERSON_NAME, _SECOND, _is_name, hints="dear hi hello hey hallo hola bonjour"),
    Rule(
        PiiType.PERSON_NAME,
        _ASKED,
        _is_given,
        hints="k_for_ d_for_ k_to_ k_with_ e_to_ e_with_ n_to_ n_with_ d_to_ d_with_ e_of_ again",
    ),
    Rule(PiiType.PERSON_NAME, _PAIR, _is_pair),
)


def find(text: str) -> Iterator[Span]:
    """Yield the names of persons."""
    return found_by(_RULES, text)


def above(text: str, addresses: Iterable[Span]) -> Iterator[Span]:
    """Yield the names that stand before an address, as on an envelope."""
    for address in addresses:
        match = _ADDRESSEE.compiled.search(text, max(0, address.start - _ENVELOPE), address.start)
        if match is not None and _is_name(match) and not words("roads").intersection(_parts(match)):
            yield Span(match.start("v"), match.end("v"), PiiType.PERSON_NAME)
