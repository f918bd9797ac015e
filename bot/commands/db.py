"""The database's own commands."""

import click

from bot.commands import open_at, settings, told
from storage import schema


@click.group()
def db() -> None:
    """Bring the database up to date."""


@db.command()
def upgrade() -> None:
    """Make the tables, or change them to what this version of the program needs."""
    database = open_at(settings())
    with told(database):
        before = schema.revision(database.engine)
        schema.upgrade(database.engine)
        after = schema.revision(database.engine)
    database.close()
    click.echo(
        f"The database is at {after}." if before == after else f"The database went to {after}."
    )
