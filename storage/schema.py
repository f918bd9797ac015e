"""The database's schema: brought up to date, and checked to be so."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from storage.engines import DEADLOCK

MIGRATIONS = Path(__file__).parent / "migrations"
UPGRADE_LOCK = (
    7_303_014  # any number, the same for all processes that migrate one PostgreSQL database
)
FIRST = "contacts"  # the table that a message holds before all others
AT_ONCE = "200ms"  # for which others wait for a migration that waits for them
LONGER = "1500ms"  # now and then: whoever waits a second has PostgreSQL end its own housekeeping
TRIES, PAUSE = 1000, 0.1  # seconds between two: a backup that is under way may take minutes
# PostgreSQL's names for two who wait for each other, and for who has waited long enough
ENDED = (DEADLOCK, "55P03")


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, bound to a connection where one is given."""
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


def head() -> str | None:
    """The newest revision that this program has."""
    return ScriptDirectory.from_config(config()).get_current_head()


def revision(engine: Engine) -> str | None:
    """The revision that the database is at; None when it has no tables."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def knows(revision: str) -> bool:
    """Whether this program has the revision; one that it does not know is a newer program's."""
    script = ScriptDirectory.from_config(config())
    return revision in {one.revision for one in script.walk_revisions()}


def upgrade(engine: Engine, target: str = "head") -> None:
    """Migrate up to ``target``, beside those who work. Processes that do so at once wait for each other."""
    if target != "head" or revision(engine) != head():
        _migrate(engine, command.upgrade, target)


def upgrade_on(connection: Connection, target: str = "head") -> None:
    """Migrate up to ``target`` in a transaction of ``rebuilding``."""
    command.upgrade(config(connection), target)


def downgrade(engine: Engine, target: str) -> None:
    """Migrate down to ``target``."""
    _migrate(engine, command.downgrade, target)


def _migrate(engine: Engine, way: Callable[[Config, str], None], target: str) -> None:
    """Once more where others hold what it wants: nothing was done then."""
    for left in reversed(range(TRIES)):
        try:
            with rebuilding(engine) as connection:
                _have_all(connection, AT_ONCE if left % 20 else LONGER)
                way(config(connection), target)
            return
        except DBAPIError as error:
            if not left or getattr(error.orig, "sqlstate", None) not in ENDED:
                raise
        time.sleep(PAUSE)


def _have_all(connection: Connection, patience: str) -> None:
    """Have all tables of PostgreSQL before anything is done, or let go of them again.

    Whoever works there takes them in another order, and would wait for us as we wait for them.
    """
    found = set(inspect(connection).get_table_names())
    if connection.dialect.name == "postgresql" and FIRST in found:
        tables = ", ".join([FIRST, *sorted(found - {FIRST})])
        connection.execute(text(f"SET LOCAL lock_timeout = '{patience}'"))
        connection.execute(text(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE"))
        connection.execute(text("SET LOCAL lock_timeout TO DEFAULT"))


@contextmanager
def rebuilding(engine: Engine) -> Iterator[Connection]:
    """One transaction in which tables may be made, changed and taken away: all of it happens, or nothing."""
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        driver = connection.connection.driver_connection
        if (
            sqlite and driver is not None
        ):  # a table made anew must not take the rows that refer to it along
            driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                if not sqlite:
                    connection.execute(
                        text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK}
                    )
                yield connection
                if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise RuntimeError("the migration would leave rows that refer to nothing")
        finally:
            if sqlite and driver is not None:
                driver.execute("PRAGMA foreign_keys = ON")
