"""The settings of backups: to which public keys, and if by themselves, where, how often, and how many are kept."""

from dataclasses import dataclass
from pathlib import Path

from bot.settings.reader import Reader

MOST_HOURS, MOST_KEPT = 24 * 31, 1000


@dataclass(frozen=True)
class BackupSettings:
    """``keys`` are public. Without a ``folder`` nothing happens by itself."""

    keys: tuple[str, ...] = ()
    folder: Path | None = None
    hours: int = 24
    keep: int = 14


def read(reader: Reader) -> BackupSettings:
    """The settings of backups; faults are told to the reader."""
    folder = reader.text("BACKUP_DIR")
    hours = reader.number("BACKUP_HOURS", 24, 1, MOST_HOURS)
    keep = reader.number("BACKUP_KEEP", 14, 1, MOST_KEPT)
    keys = _keys(reader)
    if folder and not reader.text("BACKUP_KEY"):
        reader.wrong(
            "BACKUP_KEY", "is not set, though BACKUP_DIR is; make one with: testimony keys backup"
        )
    if folder and not Path(folder).is_dir():
        reader.wrong("BACKUP_DIR", f"is “{folder}”, but there is no such folder")
    return BackupSettings(keys, Path(folder) if folder else None, hours, keep)


def _keys(reader: Reader) -> tuple[str, ...]:
    text = reader.text("BACKUP_KEY")
    if not text:
        return ()
    from storage.backups.envelope import public_keys  # it loads what only backups need

    try:
        return public_keys(text)
    except ValueError as error:
        reader.wrong("BACKUP_KEY", f"cannot be used: {error}")
        return ()
