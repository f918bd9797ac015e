"""The keys that seal people's words: made, and changed for new ones."""

import click

from bot.commands import opened
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
