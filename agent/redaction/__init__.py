"""Finding and masking personal data: one redactor for logs, drafts, exports and the command line."""

from agent.redaction.batch import RedactionReport, redact_file
from agent.redaction.detect import find_pii, redact
from agent.redaction.people import KnownPeople
from agent.redaction.spans import PiiType, Redacted, Span

__all__ = ["KnownPeople", "PiiType", "Redacted", "RedactionReport", "Span", "find_pii", "redact", "redact_file"]
