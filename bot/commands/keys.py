"""The keys that seal people's words: made, and changed for new ones."""

import os
from pathlib import Path

import click

from bot.commands import fail, opened
from bot.commands.placing import placed
from bot.services import utc_now
from storage import audit, rotation
from storage.vault import new_key


@click.group()
def keys() -> None:
    """Make and change the keys that seal people's words."""


@keys.command()
def new() -> None:
    """Print a fresh key for TESTIMONY_KEYS. Keep it apart from the database and its backups."""
    click.echo(new_key())


@keys.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Make a pair of keys for backups: the private one goes into FILE, the public one is printed.

    Do this on a machine of your own. The service needs the public key alone (BACKUP_KEY); whoever has FILE can open
    backups, and without it nobody can. Keep it in two places, far from the service.
    """
    placed(file)
    from storage.backups.envelope import new_pair  # it loads what only backups need

    private, public = new_pair(utc_now())
    try:
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        fail(f"{file} is there already, and may be the only key to old backups: name another file.")
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}")
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened_file:
        opened_file.write(private)
        opened_file.flush()
        os.fsync(descriptor)
    click.echo(f"BACKUP_KEY={public}")
    click.echo(
        f"The private key is in {file}. Without it no backup can be read: keep it in two places,"
        " away from the service.",
        err=True,
    )


@keys.command()
def rotate() -> None:
    """Seal everything anew under the first key of TESTIMONY_KEYS.

    Put the new key first, keep the old ones behind it, restart, run this, and only then take the old ones away.
    """
    with opened() as database:
        count = rotation.rotate(database)
        with database.writing() as session:
            audit.record(session, utc_now(), "keys rotate", "keys", sealed=count)
            left = rotation.unmovable(session)
    click.echo(f"{count} values are sealed under the new key.")
    if left:
        click.echo(
            f"Of those who want no messages, {left} may be known by the old keys alone: keep those keys to"
            " honour their STOP."
        )
