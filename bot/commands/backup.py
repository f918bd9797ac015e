"""A backup, taken while the service runs; and the check that one can be read."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click

from bot.backing_up import note, write
from bot.commands import WRONG_USE, fail, open_at, settings, told
from bot.commands.placing import placed
from bot.services import utc_now
from bot.settings import Settings
from storage import schema
from storage.backups.envelope import private_keys, public_keys
from storage.backups.reading import check as read_all
from storage.backups.sealing import BackupFailed, OtherKeys, seal_of, verify
from storage.backups.taking import Taken, take
from storage.exports.whole import CannotWrite
from storage.files import open_store
from storage.vault import Vault

KEY = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--to", help="Public keys (age1…), comma between. Default: BACKUP_KEY.")
@click.option("--check", is_flag=True, help="Take none: see whether FILE is a whole backup.")
@click.option(
    "--key", type=KEY, help="With --check: the file of the private key, to read all of it."
)
def backup(file: Path, to: str | None, check: bool, key: Path | None) -> None:
    """Write database and files into FILE, encrypted, while the service runs. "-" is standard output.

    Only the private key opens it, and this machine has none: testimony keys backup makes a pair. TESTIMONY_KEYS are
    not in it, and are needed to restore it: keep them elsewhere too.
    """
    if check:
        _check(file, key)
    elif key is not None:
        fail("--key goes with --check: a backup is taken with the public key.", WRONG_USE)
    else:
        _take(file, to)


def _take(file: Path, to: str | None) -> None:
    found = settings()
    keys = _public(found, to)
    if str(file) != "-":
        if file.exists():
            fail(f"{file} is there already: name another file.", WRONG_USE)
        placed(file)
    database = open_at(found)
    try:
        with told(database), failing():
            if schema.revision(database.engine) is None:
                fail("The database has no tables yet: there is nothing to back up.")
            store, now = open_store(found.media), utc_now()
            if str(file) == "-":
                out = sys.stdout.buffer
                taken = take(database, store, keys, getattr(out, "raw", out), now)
                note(database, taken)
            else:
                taken = write(database, store, keys, file, now)
    finally:
        database.close()
    _say(taken)


def _public(found: Settings, to: str | None) -> tuple[str, ...]:
    try:
        keys = public_keys(to) if to else found.backups.keys
    except ValueError as error:
        fail(f"--to cannot be used: {error}.", WRONG_USE)
    if not keys:
        fail(
            "There is no public key to encrypt to. On a machine of your own: testimony keys backup FILE."
            " Then set BACKUP_KEY here to what it prints.",
            WRONG_USE,
        )
    return keys


def _say(taken: Taken) -> None:
    size = f"{taken.size / 1_000_000:.1f} MB"
    click.echo(f"Backed up: {taken.total} rows, {taken.files} files, {size}.", err=True)
    if taken.lost:
        fail(
            f"The store of files (MEDIA_URL) has lost {taken.lost} files that the database names."
            " The backup is whole but for them."
        )


@contextmanager
def failing() -> Iterator[None]:
    """Say in a line what hinders a backup."""
    try:
        yield
    except (BackupFailed, CannotWrite) as error:
        fail(str(error))
    except OSError as error:
        fail(f"It cannot be written or read: {error.strerror or type(error).__name__}.")


@contextmanager
def to_read(path: Path) -> Iterator[tuple[IO[bytes], int]]:
    """A backup to be read, and its size."""
    try:
        file = path.open("rb")
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}", WRONG_USE)
    with file:
        yield file, path.stat().st_size


def private(path: Path) -> list[Any]:
    """The private keys of a key file."""
    try:
        return private_keys(path.read_text(encoding="utf-8"))
    except BackupFailed as error:
        fail(f"{path}: {error}", WRONG_USE)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        fail(f"{path} cannot be read: {reason}", WRONG_USE)


def progress(label: str, length: int) -> Any:
    """A bar on a terminal, nothing elsewhere."""
    return click.progressbar(
        length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()
    )


def _check(path: Path, key: Path | None) -> None:
    identities = private(key) if key else []
    vault = Vault(list(settings().keys))
    with to_read(path) as (file, size), failing():
        ours = _verified(file, vault, size, alone=not identities)
        if not identities:
            click.echo("Whole, ours, and unchanged since it was made.")
            click.echo("Whether it opens, only the private key can tell: add --key FILE.", err=True)
            return
        with progress("Reading", size) as bar:
            report = read_all(file, identities, bar.update)
    made = f"{report.manifest.made_at:%Y-%m-%d %H:%M} UTC by version {report.manifest.program}"
    click.echo(f"Can be restored: made {made}, {report.rows} rows, {report.files} files.")
    if report.missing:
        click.echo(f"{report.missing} files were gone already when it was made.")
    if not ours:
        click.echo(
            "Who made it is not proven here: the key of its seal is not in TESTIMONY_KEYS, and a restore needs it."
        )


def _verified(file: IO[bytes], vault: Vault, size: int, *, alone: bool) -> bool:
    """Whether the seal is ours. ``alone``: it is all that can be looked at, so another's is a finding."""
    try:
        with progress("Checking", size) as bar:
            step: Callable[[int], None] = bar.update
            verify(file, vault, step)
    except OtherKeys:
        if alone:
            raise
        seal_of(file)
        return False
    return True
