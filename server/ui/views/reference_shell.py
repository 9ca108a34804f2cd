"""Examples of the API as commands for a shell, ready to copy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

_OPEN = ("/health", "/ready")
SIGNED = """SECRET=the-secret-of-COUNTERSIGN_WEBHOOK_SECRETS
BODY='{body}'
NOW=$(date +%s)
SIGNATURE=$(printf '%s.%s' "$NOW" "$BODY" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/.*= *//')
curl -sS {base}/webhooks/helpdesk \\
  -H "Content-Type: application/json" \\
  -H "X-Countersign-Timestamp: $NOW" \\
  -H "X-Countersign-Signature: v1=$SIGNATURE" \\
  -H "X-Countersign-Delivery: helpdesk-event-90125" \\
  --data-binary "$BODY\""""
_MESSAGE = '{"id": "m-1", "text": "Where is my order #1042?", "sender": "mia@example.com"}'
DELIVERED = f'{{"id": "5512", "subject": "Parcel", "message": {_MESSAGE}}}'


def command(method: str, path: str, base: str, given: Mapping[str, str], body: str) -> str:
    """A `curl` that makes this call. `given`: what has to be in the path, the query and the headers."""
    if path.startswith("/webhooks/"):
        return SIGNED.replace("{body}", DELIVERED).replace("{base}", base)
    inside = set(re.findall(r"{(\w+)}", path))
    address = re.sub(r"{(\w+)}", lambda found: quote(given.get(found[1], found[1]), safe=""), path)
    asked = {name: value for name, value in given.items() if name not in inside}
    query = "&".join(f"{name}={quote(value)}" for name, value in asked.items() if name.islower())
    lines = [f"curl -sS{'N' if path.endswith('stream') else ''}{_verb(method, body)} {_quoted(base, address, query)}"]
    lines += [] if path in _OPEN else ['-H "Authorization: Bearer $KEY"']
    lines += [f'-H "{name}: {value}"' for name, value in asked.items() if not name.islower()]
    lines += ['-H "Content-Type: application/json"', f"-d '{_in_quotes(body)}'"] if body else []
    return " \\\n  ".join(lines)


def _verb(method: str, body: str) -> str:
    said = {"get": "", "post": "" if body else " -X POST"}
    return said.get(method, f" -X {method.upper()}")


def _quoted(base: str, address: str, query: str) -> str:
    whole = f"{base}{address}{f'?{query}' if query else ''}"
    return f"'{whole}'" if query else whole


def _in_quotes(text: str) -> str:
    return text.replace("'", "'\\''")
