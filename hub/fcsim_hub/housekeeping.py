"""Sweeps expired rows now and then, in short transactions."""

import logging
from dataclasses import dataclass, field
from threading import Event, Thread

from sqlalchemy.exc import SQLAlchemyError

from fcsim_hub.clock import Clock
from fcsim_hub.storage.accounts import purge_accounts
from fcsim_hub.storage.assertions import purge_assertions
from fcsim_hub.storage.database import Database
from fcsim_hub.storage.failures import purge_failures
from fcsim_hub.storage.grants import purge_grants
from fcsim_hub.storage.journeys import purge_sessions

log = logging.getLogger("fcsim.housekeeping")

EVERY_SECONDS = 60.0
KEPT_SECONDS = 3600.0
"""How long a spent code is remembered, so that its replay is told from a code never issued."""


@dataclass
class Housekeeper:
    """Sweeps in a thread of its own."""

    database: Database
    clock: Clock
    _stop: Event = field(default_factory=Event)
    _thread: Thread | None = field(default=None, repr=False)

    def start(self) -> None:
        """Begin the rounds."""
        self._thread = Thread(target=self._rounds, name="housekeeper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the round under way."""
        self._stop.set()
        if self._thread:
            self._thread.join(5)

    def _rounds(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            try:
                self.sweep()
            except SQLAlchemyError as failure:
                log.warning("sweep put off: %s", type(failure).__name__)

    def sweep(self) -> None:
        """One round."""
        now = self.clock.now()
        with self.database.write() as connection:
            purge_sessions(connection, now)
        with self.database.write() as connection:
            purge_grants(connection, now - KEPT_SECONDS)
        with self.database.write() as connection:
            purge_assertions(connection, now)
        with self.database.write() as connection:
            purge_failures(connection, now - KEPT_SECONDS)
        with self.database.write() as connection:
            purge_accounts(connection, now)
