"""What the parts of the service share: made once by ``app``, handed to whoever needs it."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from bot.channels import Channel
from bot.patience import Patience
from bot.settings import Settings
from storage.db import Database
from storage.files import Store, folder_of
from storage.library import Library

NAME = "testimony.services"


@dataclass(frozen=True)
class Services:
    """``now`` tells the time that all processes share.

    ``wake`` is set when the outbox has new work for the sender of this process.

    ``ending`` is set when the process is to end: what takes long is given back then.
    """

    settings: Settings
    database: Database
    channels: Mapping[str, Channel]
    now: Callable[[], datetime]
    files: Store
    library: Library
    wake: threading.Event = field(default_factory=threading.Event)
    ending: threading.Event = field(default_factory=threading.Event)
    patience: Patience = field(default_factory=Patience)  # with the database, of those who watch

    @property
    def places(self) -> dict[str, Path]:
        """The folders on this machine that hold the database and people's files, as far as they are here."""
        url, files = self.database.engine.url, folder_of(self.settings.media)
        path = Path(url.database) if url.database and self.database.dialect == "sqlite" else None
        found = {"database": path.parent if path else None, "files": files}
        return {name: place for name, place in found.items() if place}

    def today(self) -> date:
        """The day it is where the server stands."""
        return self.now().astimezone().date()

    def close(self) -> None:
        for channel in self.channels.values():
            channel.close()
        self.database.close()


def utc_now() -> datetime:
    return datetime.now(UTC)
