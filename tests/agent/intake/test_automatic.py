"""Messages of programs are recognised, messages of people are not (U10)."""

import pytest

from agent.intake import InboundMail, is_automatic, read_email

OWN = ("help@shop.example", "Returns@shop.example")
pytestmark = pytest.mark.system("U10")


def _mail(**fields: object) -> InboundMail:
    return InboundMail.model_validate(
        {"from_address": "maria@example.org", "subject": "Order 1042", "text": "Where is it?", **fields}
    )


SUBJECTS = """Out of office
Out of Office: Re: Order 1042
OUT OF THE OFFICE AutoReply
Out of office until 12 May
Automatic reply: Order 1042
Auto: Order 1042
Autoreply: your message
Auto-Reply from Anna
Automated response
[EXTERNAL] Automatic reply: hello
I am out of the office
OOO: back on Monday
OOO until Monday
Abwesenheitsnotiz
Abwesenheit bis 12.05.
Automatische Antwort: Bestellung
Autoantwort: Ihre Nachricht
Abwesenheitsassistent
Nicht im Büro
Nicht im Büro bis Montag
Réponse automatique : commande
Message d'absence
Absence du bureau
Absent du bureau jusqu'au 12 mai
Hors du bureau
Respuesta automática: pedido
Fuera de la oficina
Fuera de oficina hasta el lunes
Aviso de ausencia
Mensaje de ausencia
Contestación automática""".split("\n")
BOUNCES = """Undeliverable: Your order
Undelivered Mail Returned to Sender
Mail delivery failed: returning message to sender
Delivery Status Notification (Failure)
Returned mail: see transcript for details
failure notice
Unzustellbar: Bestellung
Nachricht nicht zustellbar
Échec de remise
Non remis : commande
No se puede entregar: pedido
Message non distribué""".split("\n")


@pytest.mark.parametrize("subject", [*SUBJECTS, *BOUNCES])
def test_subjects(subject: str) -> None:
    assert is_automatic(_mail(subject=subject))


@pytest.mark.parametrize(
    "text",
    [
        "I am currently out of the office with limited access to email and will reply upon my return.",
        "Hi,\n\nI'm on annual leave until 12 May. For urgent matters please contact Tom.",
        "Thank you for your message. I am on vacation and will get back to you when I return.",
        "This is an automated reply. Please do not answer.",
        "Ich bin bis zum 12.05. nicht im Büro. Ihre E-Mails werden nicht weitergeleitet.",
        "Ich bin im Urlaub. In dringenden Fällen wenden Sie sich an Herrn Weber.",
        "Dies ist eine automatisch generierte Nachricht.",
        "Je suis absente jusqu'au 12 mai avec un accès limité à mes e-mails.",
        "Actuellement en congés, je répondrai à mon retour.",
        "Estoy fuera de la oficina hasta el lunes. Responderé a mi regreso.",
        "Estoy de vacaciones. Para asuntos urgentes, escriba a Ana.",
    ],
)
def test_texts(text: str) -> None:
    assert is_automatic(_mail(subject="Re: Order 1042", text=text))


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ("Auto-Submitted: auto-replied", "Auto-Submitted: auto-replied"),
        ("Auto-Submitted: auto-generated (vacation)", "Auto-Submitted"),
        ("Precedence: bulk", "Precedence: bulk"),
        ("Precedence: junk", "Precedence: junk"),
        ("Precedence: auto_reply", "Precedence: auto_reply"),
        ("X-Autoreply: yes", "X-Autoreply"),
        ("X-Autorespond: vacation", "X-Autorespond"),
        ("Return-Path: <>", "null return path"),
        ('Content-Type: multipart/report; report-type=delivery-status; boundary="b"', "delivery report"),
        ('Content-Type: multipart/report; report-type=disposition-notification; boundary="b"', "read receipt"),
    ],
)
def test_headers(headers: str, reason: str) -> None:
    found = is_automatic(read_email(f"From: a@b.example\nSubject: x\n{headers}\n\nhi".encode()))
    assert found
    assert found.startswith(reason)


@pytest.mark.parametrize(
    "address",
    [
        "mailer-daemon@mx.example",
        "MAILER-DAEMON@mx.example",
        "postmaster@mx.example",
        "bounces+12=a=b@news.example",
        "noreply@x.example",
        "no-reply@x.example",
        "do-not-reply@x.example",
        "donotreply@x.example",
        "orders-noreply@x.example",
        "no_reply+1@x.example",
        "nicht-antworten@x.example",
        "ne-pas-repondre@x.example",
        "no-responder@x.example",
        "help@shop.example",
        "HELP+x@shop.example",
        "returns@shop.example",
    ],
)
def test_senders(address: str) -> None:
    assert is_automatic(_mail(from_address=address.lower()), OWN)


def test_contact_form_speaks_for_the_customer() -> None:
    assert is_automatic(_mail(from_address="noreply@shop.example", reply_to="maria@example.org"), OWN) is None
    assert is_automatic(_mail(from_address="help@shop.example", reply_to="maria@example.org"), OWN) is None
    assert is_automatic(_mail(reply_to="help@shop.example"), OWN)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Order 1042", "Where is it?"),
        ("Re: Out of office chair", "One wheel broke."),
        ("Out of office chairs?", "When are they back?"),
        ("Order", "I'm out of the office until Monday, please deliver on Tuesday."),
        ("Address", "I am on vacation next week. Can you hold order 1042?"),
        ("On holiday - delay delivery", "Please deliver after 12 May."),
        ("Im Urlaub bis 12.05.", "Bitte später liefern, ich bin nicht erreichbar."),
        ("De vacaciones hasta el lunes", "¿Pueden entregar el martes?"),
        ("En vacances jusqu'au 12", "Merci de livrer ensuite."),
        ("Automatic cat feeder", "It does not work."),
        ("Automatic response vacuum", "The belt is torn."),
        ("Delivery failed", "The driver says nobody was home. I was."),
        ("Parcel returned to sender", "Why?"),
        ("Undelivered parcel", "It was never delivered."),
        ("Your failure to deliver", "Refund me."),
        ("Auto seat cover", "Does it fit?"),
        ("Absent parts", "Two screws are absent."),
        ("Fuera de plazo", "¿Puedo devolverlo?"),
        ("Re: No reply?", "You did not reply. Please reply when you can."),
        ("Returned mail order", "I sent it back."),
        ("Delivery failed - nobody rang", "I was at home."),
        ("Delivery delayed", "For a week now."),
        ("Delivery incomplete", "Two mugs are missing."),
        ("Zustellung fehlgeschlagen", "Das Paket kam nicht an."),
        ("Nicht zugestellt", "Wo ist das Paket?"),
        ("Devuelto al remitente", "¿Por qué ha vuelto mi paquete?"),
        ("No se pudo entregar mi pedido", "Estaba en casa."),
    ],
)
def test_people_are_not_programs(subject: str, text: str) -> None:
    assert is_automatic(_mail(subject=subject, text=text), OWN) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"auto_submitted": "no"},
        {"precedence": "list"},
        {"precedence": "normal"},
        {"return_path": "maria@example.org"},
        {"return_path": None},
        {"from_address": "nora.reply@example.org"},
        {"from_address": "postman@example.org"},
        {"from_address": "noah@example.org"},
        {"from_address": ""},
    ],
)
def test_ordinary_headers(fields: dict[str, object]) -> None:
    assert is_automatic(_mail(**fields), OWN) is None
