"""Reading what arrived: e-mail files, automatic messages, the references in a text. All of it is untrusted."""

from agent.intake.automatic import is_automatic
from agent.intake.email import MAX_BYTES, MailProblem, read_email, read_mail_file, read_mbox
from agent.intake.markup import readable
from agent.intake.message import Attachment, Authentication, EarlierMessage, InboundMail, IntakeError
from agent.intake.quotes import Split, split
from agent.intake.references import Mention, References, extract

__all__ = [
    "MAX_BYTES",
    "Attachment",
    "Authentication",
    "EarlierMessage",
    "InboundMail",
    "IntakeError",
    "MailProblem",
    "Mention",
    "References",
    "Split",
    "extract",
    "is_automatic",
    "read_email",
    "read_mail_file",
    "read_mbox",
    "readable",
    "split",
]
