"""What the parts of the service share: made once by ``app``, handed to whoever needs it."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from bot.channels import Channel
from bot.settings import Settings
from storage.db import Database
from storage.files import Store
from storage.library import Library

NAME = "testimony.services"


@dataclass(frozen=True)
class Services:
    """``wake`` is set when the outbox has new work for the sender of this process.

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

    def today(self) -> date:
        """The day it is where the server stands."""
        return self.now().astimezone().date()

    def close(self) -> None:
        for channel in self.channels.values():
            channel.close()
        self.database.close()


def utc_now() -> datetime:
    return datetime.now(UTC)
