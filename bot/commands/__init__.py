"""What the commands share: the settings, the database, and how a fault is told.

Exit codes: 0 good, 1 a finding, 2 wrong use or a wrong setting.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click
from sqlalchemy.exc import SQLAlchemyError

from bot import logs
from bot.settings import Settings, SettingsError, load_settings
from storage import schema
from storage.db import Database, open_database
from storage.vault import VaultError

FINDING, WRONG_USE = 1, 2
WRONG_KEYS = "TESTIMONY_KEYS (or instance/keys.env) does not open what is in the database. Put the right keys back."


def fail(message: str, code: int = FINDING) -> NoReturn:
    """End the command with a message on standard error."""
    click.echo(message, err=True)
    raise SystemExit(code)


def settings() -> Settings:
    """The settings of the environment, or the end of the command with a line for each fault."""
    try:
        found = load_settings(os.environ)
    except SettingsError as error:
        fail(str(error), WRONG_USE)
    except OSError as error:
        fail(f"instance/keys.env cannot be made or read: {error.strerror}", WRONG_USE)
    logs.set_up(found.log_level, found.log_format)
    return found


@contextmanager
def told(database: Database) -> Iterator[None]:
    """Say plainly that the database cannot be used, and never with an address or a password in it."""
    try:
        yield
    except VaultError:
        fail(WRONG_KEYS, WRONG_USE)
    except schema.Refused as refused:
        fail(str(refused))
    except SQLAlchemyError as error:
        url = database.engine.url.set(query={}).render_as_string(hide_password=True)
        reason = str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()[0]
        fail(f"The database {url} cannot be used: {reason}")


@contextmanager
def opened(found: Settings | None = None) -> Iterator[Database]:
    """The database of the settings, which must be migrated."""
    database = open_at(found or settings())
    try:
        with told(database):
            revision, head = schema.revision(database.engine), schema.head()
            if revision is None:
                fail("The database has no tables yet. Make them with: testimony db upgrade")
            if revision != head:
                fail(
                    f"The database is at {revision}, the program at {head}. Run: testimony db upgrade"
                )
            yield database
    finally:
        database.close()


def open_at(found: Settings) -> Database:
    """The database of the settings, as it is."""
    try:
        return open_database(found.database_url, list(found.keys))
    except OSError as error:
        fail(f"The database {found.database_url} cannot be made: {error.strerror}.")
