"""Settings: the only reader of the environment. Each default works on a laptop; `.env.example` lists them all."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

SOURCES = Path(__file__).resolve().parent.parent / "knowledge" / "sources"
PREFIX = "COUNTERSIGN_"
SHORTEST_SECRET = 16
_SOURCE = re.compile(r"[a-z][a-z0-9_]{0,31}")
_OURS = ("local", "api")
"""Names of tickets that come by other ways."""
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")
_POSTGRES = re.compile(r"(postgres[^:]*://(?:[^:/@]*(?::[^@]*)?@)?[^?]*)(?:\?(.*))?")
"""What stands before the parameters of an address, and they; a password may hold any sign but @."""
_WAITING = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "2",
    "tcp_user_timeout": "20000",
}
"""Seconds, and at the end milliseconds, after which a database that vanished without a word is given up."""


class SettingsError(Exception):
    """A setting cannot be used; the message says which and what to write instead."""


def _setting(default: str, said: str) -> str:
    return field(default=default, metadata={"said": said})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What can be configured. Every field is the variable COUNTERSIGN_<FIELD>; an empty value means the default."""

    data_dir: str = _setting("./var", "the one folder that holds all data")
    database_url: str = _setting("", "postgresql+psycopg://... ; empty: SQLite in the data folder")
    limits_file: str = _setting(
        "", "limits.yaml of your shop; empty: the one in the data folder, else the demo brand's"
    )
    playbooks_dir: str = _setting(
        "", "folder of your playbooks; empty: playbooks/ in the data folder, else the shipped"
    )
    macros_dir: str = _setting("", "folder of your macros; empty: macros/ in the data folder, else the shipped")
    voice_file: str = _setting("", "voice.yaml of your brand; empty: the one in the data folder, else the demo brand's")
    mail_server: str = _setting(
        "", "name your mail server signs its Authentication-Results with, such as mx.google.com"
    )
    shop_addresses: str = _setting("", "the shop's own e-mail addresses, with commas between; they are never answered")
    reasoner: str = _setting("playbook", "playbook (offline), llm or hybrid, which send tickets to the model")
    model: str = _setting("", "name of the model behind an OpenAI-compatible endpoint")
    model_base_url: str = _setting("", "address of that endpoint, such as http://127.0.0.1:11434/v1")
    model_api_key: str = _setting("", "its key, when it needs one")
    model_timeout_seconds: str = _setting("30", "give up on the model after this long and use the playbook")
    max_tokens_per_ticket: str = _setting("12000", "stop a run that spends more")
    chroma_url: str = _setting(
        "", "a Chroma server, such as http://127.0.0.1:8000; empty: the index in the data folder"
    )
    role: str = _setting("all", "all, or on Postgres: web (pages and API) or worker (works on cases)")
    worker: str = _setting("worker-0", "this worker's own name, the same after every start; two may not share one")
    worker_threads: str = _setting("2", "cases that one worker works on at a time")
    queue_look_milliseconds: str = _setting("50", "how often a worker looks for new work")
    queue_quick_look_milliseconds: str = _setting("12", "the same for a minute after it had some, when alone")
    checkpoint_days: str = _setting("30", "forget where the graph of a closed case stood after this long")
    event_days: str = _setting("90", "forget the events of closed cases, and finished runs, after this long")
    public_url: str = _setting("", "the address people reach the service under, such as https://support.example.com")
    trusted_proxies: str = _setting(
        "", "proxies in front, as addresses or networks with commas between; what they say about who asks is believed"
    )
    session_idle_minutes: str = _setting("480", "sign people out who did nothing for this long")
    session_hours: str = _setting("168", "sign people in again after this long, whatever they do")
    max_body_kilobytes: str = _setting("2048", "refuse requests that are larger")
    oidc_issuer: str = _setting("", "your identity provider, such as https://login.example.com; empty: passwords alone")
    oidc_client_id: str = _setting("", "the name Countersign has there")
    oidc_client_secret: str = _setting("", "its secret there")
    oidc_domains: str = _setting("", "e-mail domains that may come in through it, with commas between; empty: none new")
    oidc_role_claim: str = _setting("", "the claim that names groups, such as groups")
    oidc_roles: str = _setting("", "what groups become, such as support=agent,leads=lead; others come in as nobody")
    embed_origins: str = _setting(
        "", "who may show the sidecar, such as gorgias:https://shop.gorgias.com; with commas between"
    )
    calibration_percent: str = _setting(
        "0", "share of drafts shown to readers with a planted fault, to measure reading"
    )
    weekly_sample: str = _setting(
        "20", "cases of a week that are drawn for a lead to look at, besides what was flagged"
    )
    webhook_secrets: str = _setting(
        "", "who may deliver to /webhooks/NAME, as NAME:SECRET with commas between; two of one name while you change it"
    )
    webhook_proving: str = _setting(
        "", "the names among them that prove who wrote, with commas between; others may say so and are not believed"
    )
    rate_limit: str = _setting("1200/minute", "requests of one key, session or address")
    webhook_rate_limit: str = _setting("6000/minute", "deliveries of one source")
    metrics: str = _setting("signed-in", "who may read /metrics: signed-in (a key with the scope read) or open")
    ready_queue_seconds: str = _setting("300", "/ready says no when work has waited longer than this")
    model_prices: str = _setting("", "of the model, per million tokens in and out, such as 0.15/0.60 USD")
    otel_endpoint: str = _setting(
        "", "where traces go by OTLP over HTTP, such as http://127.0.0.1:4318; empty: nowhere"
    )
    otel_content: str = _setting("no", "yes: traces also hold what was asked and answered, redacted")

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")) -> Settings:
        """From the environment, else from `.env` in the working folder. Raises SettingsError for an unknown name."""
        given = {**_from_file(env_file), **(os.environ if environment is None else environment)}
        named = {name.removeprefix(PREFIX).lower(): value for name, value in given.items() if name.startswith(PREFIX)}
        known = {each.name for each in fields(cls)}
        unknown = sorted(set(named) - known)
        if unknown:
            names = ", ".join(f"{PREFIX}{name.upper()}" for name in unknown)
            raise SettingsError(f"unknown setting {names}; `countersign doctor` lists those that exist")
        return cls(**{name: value for name, value in named.items() if value.strip()})

    @property
    def data(self) -> Path:
        """The data folder, absolute."""
        return Path(self.data_dir).expanduser().resolve()

    @property
    def database(self) -> str:
        """The database address: Postgres when one is set, and how long it is waited for; else SQLite."""
        return _impatient(self.database_url) or f"sqlite:///{self.data / 'countersign.db'}"

    @property
    def alone(self) -> bool:
        """Whether one process does everything, because the database is a file."""
        return self.database.startswith("sqlite")

    @property
    def prepared(self) -> Path:
        """Where `countersign doctor --prepare` puts models: beside the environment, for every data folder."""
        import sys

        return Path(sys.prefix) / "share" / "countersign"

    @property
    def models(self) -> Path:
        """Where models are kept: where they were prepared, else in the data folder when that may not be written."""
        return self.prepared if os.access(self.prepared.parents[1], os.W_OK) else self.data / "models"

    @property
    def limits(self) -> Path:
        """The limits file in force."""
        return self._own(self.limits_file, "limits.yaml")

    @property
    def playbooks(self) -> Path:
        """The folder of playbooks in force."""
        return self._own(self.playbooks_dir, "playbooks")

    @property
    def macros(self) -> Path:
        """The folder of macros in force."""
        return self._own(self.macros_dir, "macros")

    @property
    def voice(self) -> Path:
        """The brand voice in force."""
        return self._own(self.voice_file, "voice.yaml")

    def _own(self, named: str, file: str) -> Path:
        """What the setting names, else the file in the data folder, else the demo brand's."""
        own = self.data / file
        if named:
            return Path(named)
        return own if own.exists() else SOURCES / file

    @property
    def own_addresses(self) -> frozenset[str]:
        """The shop's addresses, lower case."""
        return frozenset(part.strip().lower() for part in self.shop_addresses.split(",") if part.strip())

    @property
    def public_address(self) -> str:
        """Scheme and host under which people reach the service; empty: whatever they typed. Raises SettingsError."""
        address = self.public_url.strip().rstrip("/").lower()
        if address and not _ORIGIN.fullmatch(address):
            raise SettingsError(f'{PREFIX}PUBLIC_URL must be like https://support.example.com, not "{self.public_url}"')
        return address

    @property
    def embedding(self) -> dict[str, tuple[str, ...]]:
        """The origins that may show the sidecar, by helpdesk. Raises SettingsError for anything else."""
        found: dict[str, tuple[str, ...]] = {}
        for part in (part.strip() for part in self.embed_origins.split(",") if part.strip()):
            helpdesk, colon, origin = part.partition(":")
            if not colon or not _ORIGIN.fullmatch(origin):
                raise SettingsError(f'{PREFIX}EMBED_ORIGINS: "{part}" must be helpdesk:https://host, without a path')
            found[helpdesk] = (*found.get(helpdesk, ()), origin)
        return found

    @property
    def webhook_sources(self) -> dict[str, tuple[str, ...]]:
        """The secrets of each webhook source. Raises SettingsError for what is no NAME:SECRET."""
        found: dict[str, tuple[str, ...]] = {}
        for pair in _listed(self.webhook_secrets):
            name, _, secret = pair.partition(":")
            if not _SOURCE.fullmatch(name) or name in _OURS or len(secret) < SHORTEST_SECRET:
                raise SettingsError(
                    f"{PREFIX}WEBHOOK_SECRETS: write NAME:SECRET; the name begins with a letter and has small letters, "
                    f"digits and _ (not local or api), the secret has at least {SHORTEST_SECRET} characters"
                )
            found[name] = (*found.get(name, ()), secret)
        return found

    @property
    def proving(self) -> frozenset[str]:
        """The sources whose word about senders is believed. Raises SettingsError for one that does not sign."""
        named = frozenset(_listed(self.webhook_proving))
        unsigned = sorted(named - self.webhook_sources.keys())
        if unsigned:
            raise SettingsError(f"{PREFIX}WEBHOOK_PROVING names {', '.join(unsigned)}, which has no webhook secret")
        return named

    def number(self, name: str) -> int:
        """A setting that is a whole number. Raises SettingsError when it is not one."""
        value = str(getattr(self, name))
        if not value.isdecimal():
            raise SettingsError(f'{PREFIX}{name.upper()} must be a whole number, not "{value}"')
        return int(value)


def _impatient(address: str) -> str:
    """Without these, a connection to a machine that is gone is waited on for a quarter of an hour, and for two hours.

    Whoever names one of them decides; what is no address of Postgres stays as it is.
    """
    parts = _POSTGRES.fullmatch(address)
    if parts is None:
        return address
    given = parts[2].split("&") if parts[2] else []
    named = {each.partition("=")[0] for each in given}
    ours = [f"{name}={value}" for name, value in _WAITING.items() if name not in named]
    return f"{parts[1]}?{'&'.join([*given, *ours])}"


def _listed(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _from_file(path: Path | None) -> dict[str, str]:
    if path is None or not path.is_file():
        return {}
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    pairs = (line.removeprefix("export ").split("=", 1) for line in lines if _is_setting(line))
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs}


def _is_setting(line: str) -> bool:
    return "=" in line and not line.lstrip().startswith("#")


def harden() -> None:
    """Before libraries are imported: plain data alone is loaded from checkpoints, and nobody is told what we do."""
    os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")
    # Products of one message are small: threads that wait for each other make them several times slower.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    # Not a default: a tracer switched on in somebody's shell would send customers' data away.
    os.environ["LANGSMITH_TRACING"] = os.environ["LANGCHAIN_TRACING_V2"] = "false"
    os.environ["ANONYMIZED_TELEMETRY"] = "False"
    # Unless this is set when it is loaded, onnxruntime reports to its maker, with an id that it gives this machine.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
