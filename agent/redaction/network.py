"""Addresses of machines and places on the globe, and what opens a door: keys, tokens, passwords, codes."""

import ipaddress
import re
from collections.abc import Iterator
from re import Match

from agent.redaction.context import before, near
from agent.redaction.patterns import Lazy
from agent.redaction.spans import PiiType, Rule, Span, found_by

_VERSION_WORD = Lazy(
    r"(?:version|release|firmware|build|update|\bv|\bver\.?|app|ios|android|section|§|chapter"
    r"|driver)[ :]{0,2}$|\w/$",
    re.I,
)
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_MAC_WORD = Lazy(r"\bmac\b", re.I)
_DOTTED = Lazy(r"\d\.\d{1,3}\.\d")
_IPV4 = Lazy(rf"(?<![\w.-])(?:{_OCTET}\.){{3}}{_OCTET}(?![\w-]|\.\d)")
_IS_VERSION = Lazy(r" (?:is|was) (?:the|a|my|our) (?:\w+ )?(?:version|release|build|firmware)", re.I)


def _is_ipv4(match: Match[str]) -> bool:
    return not (_VERSION_WORD.search(before(match, 16)) or _IS_VERSION.match(match.string, match.end()))


_IPV6 = Lazy(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}(?:[0-9a-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])", re.I)


def _is_ipv6(match: Match[str]) -> bool:
    groups = re.findall(r"[0-9a-f]+", match.group(), re.I)
    if len(groups) < 3 and not match.group().lower().startswith(("fe80:", "2001:", "::ffff")):
        return False
    try:
        ipaddress.IPv6Address(match.group())
    except ValueError:
        return False
    return any(char.isdigit() for char in match.group())


_MAC = Lazy(
    r"(?<![\w:.-])(?:[0-9a-f]{2}(?P<s>[:-])(?:[0-9a-f]{2}(?P=s)){4}[0-9a-f]{2}"
    r"|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})(?![\w:-]|\.\w)",
    re.I,
)


def _is_mac(match: Match[str]) -> bool:
    return bool(re.search(r"[a-f]", match.group(), re.I)) or near(_MAC_WORD, match) or ":" in match.group()


_GEO = Lazy(
    r"(?<![\w.,-])[-+]?(?:[1-8]?\d(?:\.\d{4,15})|90\.0{4,15})°?(?: ?[NS])?,? ?/? ?[-+]?(?:1[0-7]\d"
    r"|[1-9]?\d)\.\d{4,15}°?(?: ?[EWO])?(?![\w.])"
)
_GEO_DMS = Lazy(
    r"(?<!\w)\d{1,2}° ?\d{1,2}[′'] ?\d{1,2}"
    r"(?:\.\d{1,4})?[\"″]? ?[NS],? {0,2}\d{1,3}° ?\d{1,2}[′'] ?\d{1,2}(?:\.\d{1,4})?[\"″]? ?[EWO](?!\w)"
)

_GEO_WORD = Lazy(
    r"\b(?:lat|latitude|lon|long|longitude|gps|coord\w{0,9}|koordinaten|location|ubicaci[óo]n|position)\b", re.I
)


def _is_place(match: Match[str]) -> bool:
    """Two numbers with four decimals are a place when one of them leaves the tens, or the words say so."""
    return bool(re.search(r"\d\d\.|[°NSEW]", match.group())) or near(_GEO_WORD, match)


_PRIVATE_KEY = Lazy(
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----"
    r"(?:[A-Za-z0-9+/=\s:,-]{0,8000}-----END [A-Z ]{0,30}PRIVATE KEY-----|[A-Za-z0-9+/=\s]{0,8000})"
)
_KEY = Lazy(
    r"(?<![\w-])(?:[srp]k_(?:live|test)_[A-Za-z0-9]{10,250}|sk-[A-Za-z0-9_-]{20,250}"
    r"|whsec_[A-Za-z0-9]{16,100}|gh[pousr]_[A-Za-z0-9]{30,255}"
    r"|github_pat_\w{40,255}|glpat-[\w-]{20,64}|xox[abeprs]-[A-Za-z0-9-]{10,250}|xapp-[A-Za-z0-9-]{20,250}"
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}"
    r"|AIza[\w-]{35}|shp(?:at|ss|ca|pa)_[a-fA-F0-9]{32}|SG\.[\w-]{16,32}\.[\w-]{32,64}|npm_[A-Za-z0-9]{36}"
    r"|dop_v1_[a-f0-9]{64}"
    r"|key-[a-f0-9]{32}|EZ[AT]K[a-f0-9A-Z]{20,80}|pk_[a-f0-9]{34}"
    r"|eyJ[\w-]{8,2000}\.eyJ[\w-]{8,4000}\.[\w-]{8,1000})(?![\w-])"
)
_BEARER = Lazy(r"\b(?:Bearer|Basic)\s{1,2}(?P<v>[A-Za-z0-9._~+/-]{16,2000}={0,2})")
_SECRET_WORDED = Lazy(
    r"\b(?:api[ _-]?(?:key|token|secret)|(?:access|auth|refresh|secret|client|private)[ _-]?(?:key|token"
    r"|secret)|secret|token|clave (?:api|secreta)|cl[ée] (?:api|secr[èe]te))"
    r"(?:\s?[:=]\s?|\s(?:is|ist|es|est)\s?:?\s)[\"'`]?(?P<v>[A-Za-z0-9_./+~=-]{8,400})",
    re.I,
)
_CODE = Lazy(
    r"\b(?:pin|cvv2?|cvc2?|csc|security code|(?:verification|confirmation|one[ -]time|2fa|otp|login|sms"
    r"|authentication) ?(?:code|pass(?:code|word))|otp|passcode|prüfziffer|cryptogramme|digicode|(?:door|gate"
    r"|entry) code|code porte|türcode|toegangscode)"
    r"(?: ?(?:number|code|no))?\.?(?:\s?[:=#]\s?|\s(?:is|was|ist|es|est)\s?:?\s"
    r"|\s)(?P<v>[A-Z]?\d{3,8}[A-Z]?)(?![\w-])(?![.,]\d)",
    re.I,
)
_PASSWORD = Lazy(
    r"\b(?:pass(?= ?:)|pass ?(?:word|code|phrase)|passwd|pwd|pw|kennwort|passwor[td]|contrase[ñn]a"
    r"|mot de passe|mdp|clave|wachtwoord|senha|palavra-passe|l[öo]senord|adgangskode|has[łl]o)(?: (?:for|to|de"
    r"|del|f[üu]r)(?: \w{2,12}){1,3})?(?P<glue>\s?[:=]\s?|\s(?:is"
    r"|was|lautet|ist|es|est|to|[éè]|är|er)\s?:?\s)"
    r"(?P<q>[\"'`]?)(?P<v>[^\s\"'`<>]{3,63}[^\s\"'`<>.,;?)])",
    re.I,
)
_NOT_A_PASSWORD = Lazy(
    r"(?:reset|forgot(?:ten)?|help|please|incorrect|wrong|invalid|expired|change[ds]?|correct|working"
    r"|required|nicht|falsch|incorrect[oa]|olvidad[oa]|oubli[ée]e?|vergeten|verkeerd|niet|errad[ao]|incorreta"
    r"|n[ãa]o|sbagliata|non|http\S*|\[\w+\]|\*+|\.+|(?:the|this"
    r"|that|your)\W?)[.,!?;:]*",
    re.I,
)


def _looks_random(value: str) -> bool:
    kinds = (r"[a-z]", r"[A-Z]", r"\d", r"[^\w.,!?;:'-]")
    return sum(bool(re.search(kind, value)) for kind in kinds) >= 2 and not re.fullmatch(r"[A-Z][a-z]+[.,!?;:]?", value)


def _is_password(match: Match[str]) -> bool:
    value = match["v"]
    if _NOT_A_PASSWORD.fullmatch(value):
        return False
    stated = bool(re.search(r"[:=]", match["glue"]))
    return (
        _looks_random(value)
        or bool(match["q"])
        or (stated and bool(re.match(r"[.,;!?)]?\s*(?:\n|$)", match.string[match.end() :][:8])))
    )


def _is_secret(match: Match[str]) -> bool:
    return bool(re.search(r"\d", match["v"])) and len(set(match["v"])) > 4


_RULES = (
    Rule(PiiType.IP_ADDRESS, _IPV4, _is_ipv4, digits=4, first=_DOTTED),
    Rule(PiiType.IP_ADDRESS, _IPV6, _is_ipv6, hints=":"),
    Rule(PiiType.MAC_ADDRESS, _MAC, _is_mac, run=14),
    Rule(PiiType.GEO_COORDINATES, _GEO, _is_place, digits=5),
    Rule(PiiType.GEO_COORDINATES, _GEO_DMS, hints="°"),
    Rule(PiiType.PRIVATE_KEY, _PRIVATE_KEY, hints="-----begin"),
    Rule(PiiType.SECRET, _KEY, run=18),
    Rule(
        PiiType.SECRET,
        _BEARER,
        _is_secret,
        hints="bearer basic",
    ),
    Rule(
        PiiType.SECRET,
        _SECRET_WORDED,
        _is_secret,
        hints="key token secret clave clé cle",
    ),
    Rule(
        PiiType.SECRET,
        _CODE,
        hints="pin cv csc code otp pass prüf crypt",
    ),
    Rule(
        PiiType.PASSWORD,
        _PASSWORD,
        _is_password,
        hints="pass pwd pw kennwort contrase mdp clave wachtwoord senha senord adgangskode has",
    ),
)


def find(text: str) -> Iterator[Span]:
    """Yield addresses of machines, coordinates, keys, passwords and codes."""
    return found_by(_RULES, text)
