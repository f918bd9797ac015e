"""Backups that are taken by themselves: into a folder, as often as the settings say, the oldest taken away.

The folder itself tells when the last one was taken, so nothing is forgotten over a restart. One is taken away only
when a newer one was read back and found whole.
"""

import fcntl
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from sqlalchemy.exc import SQLAlchemyError

from bot.faults import fault
from bot.services import Services
from bot.settings.backups import BackupSettings
from storage import audit
from storage.backups.sealing import BackupFailed, Step, verify
from storage.backups.taking import Taken, take
from storage.db import Database
from storage.exports.whole import CannotWrite, drafts
from storage.files import Store

log = logging.getLogger(__name__)

NAME = "testimony-%Y%m%dT%H%M%SZ.backup"
LOOK = 60.0  # seconds between looks at the folder
AGAIN = 900.0  # seconds until another try, when one has failed


class Ended(Exception):
    """The process ends; what there is of a backup goes."""


def write(
    database: Database,
    files: Store,
    keys: tuple[str, ...],
    path: Path,
    now: datetime,
    step: Step = lambda _: None,
) -> Taken:
    """Take a backup into a file that is there whole or not at all, and write it down. Raises CannotWrite."""
    found: list[Taken] = []

    def work(file: IO[bytes]) -> dict[str, int]:
        found.append(take(database, files, keys, file, now, step))
        return {}

    with drafts() as made:
        made.write(path, work)
    settle_folder(path.absolute().parent)
    note(database, found[0])
    return found[0]


def settle_folder(folder: Path) -> None:
    """Have the entry of a new file on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def note(database: Database, taken: Taken) -> None:
    """Write down in the audit log that a backup was taken."""
    told = {"rows": taken.total, "files": taken.files, "lost": taken.lost}
    with database.writing() as session:
        audit.record(session, taken.made_at, "backup", "backup", None, **told)


def taken_in(folder: Path) -> dict[datetime, Path]:
    """The backups in a folder that were taken by themselves, the oldest first."""
    found = {}
    for path in folder.iterdir():
        try:
            found[datetime.strptime(path.name, NAME).replace(tzinfo=UTC)] = path
        except ValueError:
            continue
    return dict(sorted(found.items()))


def taken_until(folder: Path, now: datetime) -> dict[datetime, Path]:
    """The same without those from a time that is yet to come: a clock was ahead, and how old they are nobody knows."""
    return {at: path for at, path in taken_in(folder).items() if at <= now}


def is_due(settings: BackupSettings, now: datetime) -> bool:
    """Whether the newest one in the folder is too old."""
    if settings.folder is None:
        return False
    newest = next(reversed(taken_until(settings.folder, now)), None)
    return newest is None or now - newest >= timedelta(hours=settings.hours)


def take_due(services: Services) -> Path | None:
    """Take a backup if one is due and nobody else is at it; returns where it is. Raises BackupFailed and others."""
    settings, now = services.settings.backups, services.now()
    if settings.folder is None or not is_due(settings, now):
        return None
    with _alone(settings.folder) as alone:
        if not alone or not is_due(settings, now):
            return None
        path = settings.folder / now.astimezone(UTC).strftime(NAME)

        def step(_: int) -> None:
            if services.ending.is_set():
                raise Ended

        taken = write(services.database, services.files, settings.keys, path, now, step)
        with path.open("rb") as file:
            verify(file, services.database.vault, step)
        _prune(settings, settings.folder, now)
    log.info("a backup was taken: %s rows, %s files", taken.total, taken.files)
    if taken.lost:
        log.error("the store of files has lost %s files that the database names", taken.lost)
    return path


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether no other process takes one into this folder; it is so until the block ends."""
    handle = os.open(folder / ".testimony.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            _sweep(folder)
            yield True
    finally:
        os.close(handle)


def _sweep(folder: Path) -> None:
    """Take away what a process that was killed has left."""
    for path in folder.glob(".testimony-*.backup.*"):
        path.unlink(missing_ok=True)


def _prune(settings: BackupSettings, folder: Path, now: datetime) -> None:
    for path in list(taken_until(folder, now).values())[: -settings.keep]:
        path.unlink(missing_ok=True)


class BackupThread:
    """Backups that are due, taken by a thread of this process."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="backups")

    def start(self) -> None:
        if self._services.settings.backups.folder is not None:
            self._thread.start()

    def stop(self) -> None:
        """End, once ``services.ending`` is set; one that is being taken is given up."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        wait = 0.0
        while not self._stop.wait(wait):
            wait = LOOK if self._took() else AGAIN

    def _took(self) -> bool:
        try:
            take_due(self._services)
        except Ended:
            return True
        except (BackupFailed, CannotWrite) as error:
            log.error("no backup could be taken: %s", error)
        except SQLAlchemyError as error:
            log.error("no backup could be taken: the database, %s", type(error).__name__)
        except Exception as error:  # noqa: BLE001 - a bug here must not end the backups to come
            log.error("no backup could be taken: %s", fault(error))
        else:
            return True
        return False
