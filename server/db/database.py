"""The application's database: every port of `agent.repositories` on SQLite or Postgres."""

from __future__ import annotations

from typing import Self

from server.db.accounts import StoredAccounts
from server.db.api_keys import StoredApiKeys
from server.db.approvals import StoredApprovals
from server.db.attempts import StoredAttempts
from server.db.audit import StoredAudit
from server.db.audit_pages import AuditPages
from server.db.cases import StoredCases, StoredEvents
from server.db.deliveries import StoredDeliveries
from server.db.feedback import StoredFeedback
from server.db.inbox import StoredInbox
from server.db.incidents import StoredIncidents
from server.db.ledger import StoredLedger
from server.db.lives import StoredLives
from server.db.lookers import StoredLookers
from server.db.promises import StoredPromises
from server.db.queues import StoredQueues
from server.db.retention import StoredRetention
from server.db.runs import StoredRuns
from server.db.schema import is_newest, migrate
from server.db.secrets import StoredSecrets
from server.db.session import Session
from server.db.showings import StoredShowings
from server.db.sign_ins import StoredSignIns
from server.db.switches import StoredSwitches
from server.db.totals import StoredTotals
from server.db.weekly import StoredWeekly


class Database:
    """All repositories over one database. Safe to use from several threads and processes at once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.audit = StoredAudit(session)
        self.events = StoredEvents(session)
        self.cases = StoredCases(session)
        self.approvals = StoredApprovals(session)
        self.ledger = StoredLedger(session)
        self.switches = StoredSwitches(session)
        self.promises = StoredPromises(session)
        self.audit_pages = AuditPages(session)
        self.queues = StoredQueues(session)
        self.lives = StoredLives(session)
        self.runs = StoredRuns(session)
        self.retention = StoredRetention(session)
        self.inbox = StoredInbox(session)
        self.deliveries = StoredDeliveries(session)
        self.totals = StoredTotals(session)
        self.feedback = StoredFeedback(session)
        self.showings = StoredShowings(session)
        self.weekly = StoredWeekly(session)
        self.incidents = StoredIncidents(session)
        self.accounts = StoredAccounts(session)
        self.sign_ins = StoredSignIns(session)
        self.api_keys = StoredApiKeys(session)
        self.attempts = StoredAttempts(session)
        self.secrets = StoredSecrets(session)
        self.lookers = StoredLookers(session)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open `sqlite:///path/to/app.db` or `postgresql+psycopg://...`; tables are made or upgraded when needed.

        Raises StoreError when it cannot be used (says what to do) and Unavailable when the database does not answer.
        """
        session = Session(url)
        try:
            migrate(session.durable)
        except BaseException:
            session.close()
            raise
        return cls(session)

    @property
    def name(self) -> str:
        """The file or address, without a password."""
        return self._session.name

    def up_to_date(self) -> bool:
        """Whether the tables are those of this program. Raises Unavailable when the database does not answer."""
        return is_newest(self._session.durable)

    def close(self) -> None:
        """Close every connection; the database cannot be used afterwards."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
