"""Recognises messages that a program sent: answering them starts a loop or reaches nobody."""

import re
from collections.abc import Collection

from agent.intake.message import InboundMail

_SYSTEM_SENDER = re.compile(
    r"^(?:mailer-daemon|postmaster|mail-daemon|bounces?|abuse-noverify)(?:[+=.-].*)?@|^(?:bounce"
    r"|bounces)[+=-]",
    re.IGNORECASE,
)
_NO_REPLY = re.compile(
    r"^(?:[\w.+-]*[._+-])?(?:no|not|do[._-]?not|dont|never|ne[._-]?pas|nicht|keine?|sin)[._-]?(?:reply"
    r"|respond|response|responder|r[ée]pon(?:dre|se)|antwort(?:en)?|respuesta)"
    r"(?:[._+-][\w.+-]*)?@",
    re.IGNORECASE,
)
_PREFIX = r"^\s*(?:\[[^\]]{1,30}\]\s*)?"
_END = r"\s*(?:$|[:\-–—,(!.|\[])"
_AWAY_SUBJECT = re.compile(
    _PREFIX
    + "(?:"
    + "|".join(
        (
            rf"auto(?:matic(?:ally)?|mated)?[\s-]*(?:generated )?(?:reply|response|answer)(?:{_END}|\s+(?:to|from"
            r"|re:))",
            r"auto:|auto-?responder\b|automatisch antwoord|risposta automatica",
            r"auto-?antwort|automatische (?:antwort|e-?mail-?antwort|r[üu]ckantwort)",
            r"(?:respuesta|contestaci[óo]n) autom[áa]tica|r[ée]ponse automatique",
            rf"out[\s-]+of[\s-]+(?:the[\s-]+)?office(?:{_END}|\s+(?:auto|reply|re:|noti|message|until|till|from"
            r"|response|today|this))",
            rf"(?:i am|i'm|we are)\s+(?:currently\s+)?out of (?:the )?office|ooo(?:{_END}|\s+(?:until|till|from|auto))",
            r"abwesenheits(?:notiz|nachricht|meldung|assistent|agent|info\w*)",
            rf"abwesenheit(?:{_END}|\s+(?:bis|vom|von|im))|(?:ich bin |derzeit )?nicht im b[üu]ro(?:{_END}"
            r"|\s+(?:bis|vom|von|ab))",
            rf"fuera de (?:la )?oficina(?:{_END}|\s+(?:hasta|del|desde))|(?:aviso|mensaje|notificaci[óo]n) de ausencia",
            r"(?:message|avis|notification) d['’]absence|absence du bureau|absente? du bureau"
            rf"|hors du bureau(?:{_END}|\s+jusqu)",
        )
    )
    + ")",
    re.IGNORECASE,
)
# Customers write these too ("Im Urlaub bis 3.5., bitte später liefern"): they count with a body that speaks of mail.
_HOLIDAY_SUBJECT = re.compile(
    _PREFIX + r"(?:(?:i am |i'm |we are |currently )?(?:on (?:vacation|annual leave|parental leave|maternity leave"
    r"|leave|holiday)"
    r"|away)|(?:ich bin )?(?:im urlaub|au(?:ß|ss)er haus)|(?:estoy )?(?:de vacaciones|ausente)"
    r"|(?:je suis )?(?:en (?:cong[ée]s?"
    r"|vacances)|absente?))\b",
    re.IGNORECASE,
)
# Only what mail systems write: "Delivery failed" and "Devuelto al remitente" are what customers write about parcels.
_BOUNCE_SUBJECT = re.compile(
    _PREFIX
    + "(?:"
    + "|".join(
        (
            r"undeliverable(?: mail| message)?\s*(?:returned to sender|:|$)",
            r"undelivered mail returned to sender",
            r"(?:mail|message) delivery (?:failed|failure|subsystem|status)|delivery status notification",
            r"failure notice\s*$",
            r"returned mail(?:\s*:|\s*$)|(?:your )?message (?:was |could )?not (?:be )?delivered",
            r"unzustellbar\s*:|(?:nachricht|e-?mail|mail) (?:nicht zustellbar|unzustellbar|konnte nicht zugestellt)",
            r"no se (?:puede|pudo) entregar\s*:|(?:mensaje|correo) no entregado",
            r"non remis\s*:|[ée]chec de (?:la )?remise",
            r"message non (?:remis|distribu[ée])",
        )
    )
    + ")",
    re.IGNORECASE,
)
# In the body both must be said in the first lines: that the sender is away, and what that means for mail. A customer
# who is away on Monday and wants the parcel on Tuesday says only the first.
_AWAY = re.compile(
    r"out of (?:the )?office|on (?:annual |parental |maternity |paternity |sick )?leave\b|on (?:vacation"
    r"|holidays?)|away from (?:my|the) (?:office|desk|computer|e-?mail)"
    r"|nicht im (?:b[üu]ro|haus)|im urlaub|au(?:ß|ss)er haus|abwesend|nicht erreichbar"
    r"|fuera de (?:la )?oficina|de vacaciones|ausente"
    r"|absent(?:e)?\b|en (?:cong[ée]s?|vacances)|hors du bureau",
    re.IGNORECASE,
)
_MAIL_WAITS = re.compile(
    r"limited access to (?:my )?e-?mails?|(?:no|without|not have|intermittent) access to (?:my )?e-?mails?"
    r"|(?:will|shall) (?:respond|reply|answer|get back|return your)[^.]{0,60}(?:when|upon|after|once"
    r"|on my return|as soon as|my return)"
    r"|(?:e-?mails?|messages?|inbox)[^.]{0,40}(?:not be (?:read|forwarded|monitored)|unmonitored)"
    r"|in (?:urgent|dringenden) (?:cases|matters|f[äa]llen)|for urgent (?:matters|requests|issues|queries)"
    r"|e-?mails? (?:werden|wird) nicht (?:weitergeleitet|gelesen)|(?:nach meiner r[üu]ckkehr"
    r"|sobald ich zur[üu]ck|ab dem \d[^.]{0,40} wieder (?:erreichbar|f[üu]r sie))"
    r"|acceso limitado (?:a mi|al) (?:correo|e-?mail)|(?:responder[ée]"
    r"|contestar[ée])[^.]{0,50}(?:a mi (?:vuelta|regreso)|cuando (?:vuelva|regrese)|lo antes posible)"
    r"|para (?:asuntos|temas|cuestiones) urgentes"
    r"|acc[èe]s limit[ée] [àa] (?:mes|ma|mon|la) (?:messagerie|e-?mails?|mails|courriels?)|(?:r[ée]pondrai"
    r"|traiterai)[^.]{0,60}(?:[àa] mon retour|d[èe]s)|en cas d['’]urgence",
    re.IGNORECASE,
)
_MACHINE_BODY = re.compile(
    r"^\W{0,5}(?:this is an auto(?:mated|matic(?:ally)?)(?: generated)? (?:reply|response|message|e-?mail)"
    r"|dies ist eine automatisch(?: generierte| erstellte|e)? (?:antwort|nachricht|e-?mail)"
    r"|(?:esta|este) es (?:una respuesta|un mensaje) autom[áa]tic[oa]|ceci est (?:une r[ée]ponse"
    r"|un message) automatique)",
    re.IGNORECASE,
)
_REPORTS = {
    "delivery-status": "delivery report",
    "disposition-notification": "read receipt",
    "feedback-report": "complaint report",
}


def is_automatic(mail: InboundMail, own_addresses: Collection[str] = ()) -> str | None:
    """Why the mail must not be answered, or None when a person wrote it.

    A form on the store's own site that sends from `noreply@` or the store's address and names the customer in Reply-To
    counts as the customer's mail.
    """
    return _by_headers(mail) or _by_sender(mail, own_addresses) or _by_words(mail)


def _by_headers(mail: InboundMail) -> str | None:
    if mail.report_type:
        return _REPORTS.get(mail.report_type, f"automatic report ({mail.report_type})")
    kind = mail.auto_submitted.partition(";")[0].strip().lower()
    if kind and kind != "no":
        return f"Auto-Submitted: {kind}"
    # Not `list`: a shop that receives its mail through a group address gets every message with it.
    if mail.precedence.strip().lower() in {"bulk", "junk", "auto_reply", "auto-reply"}:
        return f"Precedence: {mail.precedence.strip().lower()}"
    return f"{mail.auto_response} header" if mail.auto_response else None


def _by_sender(mail: InboundMail, own_addresses: Collection[str]) -> str | None:
    if mail.return_path == "":
        return "null return path: a bounce or an automatic reply"
    if _SYSTEM_SENDER.match(mail.from_address):
        return f"sent by the mail system ({mail.from_address})"
    own = {_plain(address) for address in own_addresses}
    answer_to = mail.reply_to or mail.from_address
    if _plain(answer_to) in own:
        return f"sent from our own address ({answer_to})"
    return f"sent from an address that reads no replies ({answer_to})" if _NO_REPLY.match(answer_to) else None


def _by_words(mail: InboundMail) -> str | None:
    if _BOUNCE_SUBJECT.search(mail.subject):
        return "the subject is that of a bounce"
    if _AWAY_SUBJECT.search(mail.subject):
        return "the subject is that of an out-of-office reply"
    beginning = mail.text[:700]
    if _MACHINE_BODY.match(beginning):
        return "the text says that it is automatic"
    away = _AWAY.search(beginning[:350]) or _HOLIDAY_SUBJECT.search(mail.subject)
    if away and _MAIL_WAITS.search(beginning):
        return "the text is that of an out-of-office reply"
    return None


def _plain(address: str) -> str:
    """Lower case, without a `+tag`."""
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
