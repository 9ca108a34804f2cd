"""E-mail addresses (also spelled out), personal links, user names."""

import re
from collections.abc import Iterator
from re import Match

from agent.redaction.patterns import Lazy
from agent.redaction.spans import PiiType, Rule, Span, found_by

_TLD = (
    r"(?:com|net|org|edu|gov|info|biz|shop|store|app|dev|email|online|site|xyz|eu|de|fr|es|it|nl|be|at|ch"
    r"|ie|pt|pl|se|no|dk|fi"
    r"|us|ca|mx|ar|br|cl|co|io|me|uk|au|nz|in|jp|cn|ru|(?:co|com|org)\s?(?:\.|dot)\s?(?:uk|au|nz|br|mx|ar|in|jp))"
)
_MAIL_WORD = Lazy(
    r"e-?mail|\bmail\b|correo|courriel|write (?:me|to)|reach|contact|gmail|hotmail|outlook|yahoo|icloud|gmx|web\.de",
    re.I,
)

_EMAIL = Lazy(r"\w[\w.+%'-]{0,63}@(?:\w[\w-]{0,62}\.){1,6}[^\W\d_]{2,24}(?![\w-])")
_EMAIL_SPACED = Lazy(r"\b\w[\w.+-]{0,63} ?@ ?(?:\w[\w-]{0,62} ?\. ?){1,4}" + _TLD + r"\b", re.I)
_EMAIL_QUOTED = Lazy(r'"[^"\n@]{1,64}"@(?:\w[\w-]{0,62}\.){1,6}[^\W\d_]{2,24}\b')

_DOT_WORD = (
    r"(?:\s{1,2}(?:dot|punkt|punto|point)\s{1,2}|\s{0,2}[\[({<]\s?(?:dot|punkt|punto|point|\.)\s?[\])}>]\s{0,2})"
)
_DOT = rf"(?:{_DOT_WORD}|\.)"
_LOCAL_END = Lazy(
    rf"(?<![\w.+-])\w[\w+-]{{0,40}}(?:(?:{_DOT}|\s{{1,2}}(?:underscore|dash"
    rf"|hyphen)\s{{1,2}})\w[\w+-]{{0,40}}){{0,3}}\Z",
    re.I,
)
_AT = Lazy(
    r"\s{0,2}(?P<box>[\[({<])\s?(?:at|@|ät|arroba|arobase|chez)\s?[\])}>]\s{0,2}|\s{1,2}(?:at|ät|arroba"
    r"|arobase)\s{1,2}| ?@ ?",
    re.I,
)
_DOMAIN_PLAIN = Lazy(rf"\w[\w-]{{0,40}}(?:{_DOT}\w[\w-]{{0,40}}){{0,2}}{_DOT}{_TLD}\b", re.I)
_DOMAIN_SPELT = Lazy(rf"\w[\w-]{{0,40}}(?:{_DOT}\w[\w-]{{0,40}}){{0,2}}{_DOT_WORD}{_TLD}\b", re.I)

_NOT_A_MAILBOX = Lazy(
    r"^(?:shop|shopping|bought|buy|look|looking|order|ordered|ordering|available|me|us|you|it|now|store"
    r"|stock|sale|deals?|here"
    r"|support|team|purchase|purchased|everyone|people|prices?|items?|site|page|found|find|check|work|works)\b",
    re.I,
)


# A link is personal when it carries a sign-in, a token or a person's page; a link to a product or a parcel is not.
_URL_LOGIN = Lazy(r"\b[a-z][a-z0-9+.-]{1,15}://[^\s/@:]{1,64}:[^\s/@]{1,64}@[^\s<>\"')\]]{1,400}", re.I)
_URL_TOKEN = Lazy(
    r"\bhttps?://[^\s<>\"'?#]{1,300}[?#](?:[^\s<>\"'=]{1,60}=[^\s<>\"'&]{0,300}&){0,12}"
    r"(?:\w{0,20}token|\w{0,10}_?key|apikey|sig|signature|session\w{0,6}|sid|auth|email|e-?mail"
    r"|user(?:name)?|password|pwd"
    r"|passwd|otp|code|secret|jwt)=[^\s<>\"']{1,1000}",
    re.I,
)
_URL_RESET = Lazy(
    r"\bhttps?://[^\s<>\"'?#]{1,120}/(?:reset|activate|verify|invite|magic|unsubscribe"
    r"|confirm)[\w-]{0,20}/[\w.=-]{16,300}",
    re.I,
)
_URL_PROFILE = Lazy(
    r"\b(?:https?://)?(?:www\.|[a-z]{2}\.|m\.)?(?:linkedin\.com/in|facebook\.com|fb\.com|instagram\.com"
    r"|twitter\.com|x\.com"
    r"|tiktok\.com/@|t\.me|wa\.me|github\.com|vk\.com|pinterest\.com)/(?!(?:p|reel|groups|pages|watch"
    r"|share|hashtag|pin)/)"
    r"@?[\w.+-]{2,60}/?(?![\w/])",
    re.I,
)

_HANDLE = Lazy(
    r"\b(?:instagram|insta|ig|twitter|tiktok|snapchat|telegram|discord|handle|usuario de instagram"
    r"|pseudo)\b[^\n@]{0,24}?(?P<v>@[A-Za-z_]\w[\w.]{0,28}\w)",
    re.I,
)
_USERNAME = Lazy(
    r"\b(?:user(?= ?:)|user[ _-]?name|user[ _-]?id|userid|login(?: name)?|screen ?name|benutzer(?:name"
    r"|kennung)|anmeldename|nombre de usuario|usuario|gebruikersnaam|nome de usu[áa]rio|usu[áa]rio|nome utente"
    r"|nom d'utilisateur|identifiant|pseudo(?:nyme)?)(?:\s?[:=]\s?|(?P<bare>\s(?=\S*[\d_]))"
    r"|\s(?:is|lautet|ist|es|est|was|[éè]"
    r"|'s)[:]?\s)[\"'`]?(?P<v>@?\w[\w.@+-]{1,38}\w)",
    re.I,
)
_NOT_A_USERNAME = Lazy(
    r"^(?:not|no|the|my|your|our|his|her|still|already|also|always|wrong|incorrect|invalid|taken|locked"
    r"|unknown|missing|correct|required"
    r"|same|being|and|but|that|this|there|working|showing|blocked|disabled|failed|fails|error|page|screen"
    r"|problem|problems|issue|issues"
    r"|loop|nicht|falsch|gesperrt|das|die|der|noch|incorrecto|bloquead[oa]|pas|incorrecte?|bloqu[ée]e?|le"
    r"|la|el|mi|mon|help|please)$",
    re.I,
)


_PHRASE_END = Lazy(
    r"['\"`]?(?:[.,;!?)/|]|\s*(?:$|\n)|\s(?:and|und|y|et|but|pass\w*|pw\w*|e-?mail|mot|contrase\w*)\b)", re.I
)


def _is_username(match: Match[str]) -> bool:
    """`my username is mlopez.` ends there; `my username is wrong again` goes on."""
    value = match["v"]
    if match["bare"] is not None and not re.search(r"[a-z].*[\d_]|[\d_].*[a-z]", value, re.I):
        return False
    if _NOT_A_USERNAME.match(value) or "@" in value[1:]:
        return False
    return bool(re.search(r"[\d_.@-]", value)) or _PHRASE_END.match(match.string, match.end()) is not None


RULES = (
    Rule(PiiType.EMAIL, _EMAIL, hints="@"),
    Rule(PiiType.EMAIL, _EMAIL_SPACED, hints="@"),
    Rule(PiiType.EMAIL, _EMAIL_QUOTED, hints='"@'),
    Rule(PiiType.URL, _URL_LOGIN, hints="://"),
    Rule(PiiType.URL, _URL_TOKEN, hints="http"),
    Rule(PiiType.URL, _URL_RESET, hints="http"),
    Rule(
        PiiType.URL,
        _URL_PROFILE,
        hints=".com/ t.me/ wa.me/",
    ),
    Rule(PiiType.USERNAME, _HANDLE, hints="@"),
    Rule(
        PiiType.USERNAME,
        _USERNAME,
        _is_username,
        hints="user login screen benutzer anmelde usuario usuário identifiant pseudo gebruiker utente",
    ),
)


def find(text: str) -> Iterator[Span]:
    """Yield e-mail addresses, personal links and user names."""
    yield from found_by(RULES, text)
    for at in _AT.finditer(text):
        if span := _spelt_around(at):
            yield span


def _spelt_around(at: Match[str]) -> Span | None:
    """An address spelled out around an `at`: `name (at) example.com`, `name at example dot com`."""
    text = at.string
    spelt = _DOMAIN_SPELT.match(text, at.end())
    domain = spelt or _DOMAIN_PLAIN.match(text, at.end())
    left = max(0, at.start() - 64)
    local = _LOCAL_END.search(text[left : at.start()]) if domain else None
    if domain is None or local is None or _NOT_A_MAILBOX.match(local.group()):
        return None
    if not (spelt or at["box"] or _is_telling(local, text[max(0, left - 32) : domain.end()])):
        return None
    return Span(left + local.start(), domain.end(), PiiType.EMAIL)


def _is_telling(local: Match[str], around: str) -> bool:
    """`anna.k at gmail.com` is an address, `a sale at example.com` is prose."""
    return bool(re.search(r"[\d._+]", local.group()) and _MAIL_WORD.search(around)) or bool(
        re.search(
            r"(?:e-?mail (?:is|me at|address is)|correo es|courriel est)\s*:?\s*$",
            around[: around.rfind(local.group())],
            re.I,
        )
    )
