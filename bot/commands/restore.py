"""A backup brought back: into an empty database and store, or in place of what is there when that is said."""

from pathlib import Path

import click

from bot.commands import open_at, settings, told
from bot.commands.backup import KEY, failing, private, progress, to_read
from bot.services import utc_now
from storage.backups.restoring import Restored, Restorer
from storage.files import open_store

READINGS = 3  # once for the seal, once for files, once for rows
SINCE_UNKNOWN = (
    "Before you start the service: whoever was disabled or erased, or said STOP, after that time may be back. "
    "Look at People."
)
SINCE_AS_TOLD = (
    "Whoever was disabled or erased, or said STOP, after that time stays so, as far as the database that was here "
    "told. Before you start the service, look at People: a role or a password that was changed since is "
    "the old one."
)
RECONCILED = "What came in by Twilio since is fetched by “testimony reconcile”, or by itself when the service starts."


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--key", required=True, type=KEY, help="The file of the private key.")
@click.option("--replace", is_flag=True, help="Put it in the place of all that is there.")
def restore(file: Path, key: Path, replace: bool) -> None:
    """Bring back what is in FILE: all of it, or nothing. Stop the service first.

    DATABASE_URL and MEDIA_URL say where to; the database may be of the other kind. TESTIMONY_KEYS must be those of the
    time of the backup (newer ones before them do no harm). An older version's backup is migrated.
    """
    found = settings()
    identities = private(key)
    database = open_at(found)
    try:
        with (
            told(database),
            failing(),
            to_read(file) as (opened, size),
            progress("Restoring", READINGS * size) as bar,
        ):
            to = (database, open_store(found.media))
            restorer = Restorer(*to, opened, identities, replace=replace, step=bar.update)
            restored = restorer.restore(utc_now())
    finally:
        database.close()
    _say(restored)
    click.echo(SINCE_AS_TOLD if replace else SINCE_UNKNOWN)
    click.echo(RECONCILED)


def _say(restored: Restored) -> None:
    made = f"{restored.manifest.made_at:%Y-%m-%d %H:%M} UTC"
    click.echo(f"Restored: {restored.rows} rows and {restored.files} files, as of {made}.")
    if restored.manifest.revision != restored.revision:
        click.echo(f"The database went from {restored.manifest.revision} to {restored.revision}.")
    if restored.missing:
        click.echo(f"{restored.missing} files were gone already when the backup was made.")
    if restored.unsent:
        click.echo(
            f"{restored.unsent} messages waited then; they are not sent again, and marked as not sent."
        )
