"""The database's schema: brought up to date, and checked to be so."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, inspect, select, text, update
from sqlalchemy.exc import DBAPIError

from storage.engines import READING, is_locked
from storage.models import Base, Job

HEAD = "head"
MIGRATIONS = Path(__file__).parent / "migrations"
UPGRADE_LOCK = (
    7_303_014  # any number, the same for all processes that migrate one PostgreSQL database
)
OURS = {*Base.metadata.tables, "alembic_version"}
FIRST = "contacts"  # the table that a message holds before all others
AT_ONCE = "200ms"  # for which others wait for a migration that waits for them
LONGER = "1500ms"  # now and then: whoever waits a second has PostgreSQL end its own housekeeping
PATIENCE = 300.0  # seconds of trying: a backup that is under way may take minutes
PAUSE = 0.1  # seconds between two tries
IN_HAND = timedelta(minutes=1)
WAITED_ENOUGH = "57014"  # PostgreSQL's name for it
HELD = (
    "For five minutes somebody has held tables that are to be changed: a backup or an export that is under way, or "
    "another program. Nothing was changed. Try again when it has ended."
)


class Refused(Exception):
    """The tables stay as they are; why, for who runs the program."""


class _Held(Exception):
    """Others are at work in tables that are to be changed."""


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
    with engine.execution_options(**{READING: True}).connect() as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def knows(revision: str) -> bool:
    """Whether this program has the revision; one that it does not know is a newer program's."""
    script = ScriptDirectory.from_config(config())
    return revision in {one.revision for one in script.walk_revisions()}


def upgrade(engine: Engine, target: str = HEAD) -> None:
    """Migrate up to ``target``, beside those who work. Processes that do so at once wait for each other.

    Raises Refused where the tables are a newer program's, or others hold them for minutes.
    """
    at = revision(engine)
    if at is not None and not knows(at):
        raise Refused(
            f"The database is at {at}, which this version of the program does not know: a newer one has been here. "
            "Nothing was changed."
        )
    if target != HEAD or at != head():
        _migrate(engine, command.upgrade, target)


def upgrade_on(connection: Connection, target: str = HEAD) -> None:
    """Migrate up to ``target`` in a transaction of ``rebuilding``."""
    command.upgrade(config(connection), target)


def downgrade(engine: Engine, target: str) -> None:
    """Migrate down to ``target``."""
    _migrate(engine, command.downgrade, target)


def _migrate(engine: Engine, way: Callable[[Config, str], None], target: str) -> None:
    """Once more where others hold what it wants: nothing was done then."""
    until = time.monotonic() + PATIENCE
    for attempt in count(1):
        try:
            with rebuilding(engine) as connection:
                if target == HEAD and _revision(connection) == head():
                    return  # another was here first
                _have_all(connection, AT_ONCE if attempt % 20 else LONGER)
                way(config(connection), target)
                _lengthen_leases(connection)
            return
        except (_Held, DBAPIError) as error:
            if isinstance(error, DBAPIError) and not is_locked(error):
                raise
            if time.monotonic() >= until:
                raise Refused(HELD) from None
        time.sleep(PAUSE)


def _have_all(connection: Connection, patience: str) -> None:
    """Have all tables of PostgreSQL before anything is done, or let go of them again.

    Whoever works there takes them in another order, and would wait for us as we wait for them.
    """
    found = set(inspect(connection).get_table_names())
    if connection.dialect.name != "postgresql" or FIRST not in found:
        return
    tables = ", ".join([FIRST, *sorted(found & OURS - {FIRST})])
    connection.execute(text(f"SET LOCAL statement_timeout = '{patience}'"))
    try:
        connection.execute(text(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE"))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != WAITED_ENOUGH:
            raise
        raise _Held from None
    connection.execute(text("SET LOCAL statement_timeout TO DEFAULT"))


def _lengthen_leases(connection: Connection) -> None:
    """What is in hand stays so for a minute: who has sent a message could not say so meanwhile."""
    if inspect(connection).has_table(Job.__tablename__):
        until = _now(connection) + IN_HAND
        in_hand = (Job.owner.is_not(None), Job.done_at.is_(None), Job.run_at < until)
        connection.execute(update(Job).where(*in_hand).values(run_at=until))


def _now(connection: Connection) -> datetime:
    """By the clock that leases go by (``clock``)."""
    if connection.dialect.name != "postgresql":
        return datetime.now(UTC)
    told: datetime = connection.scalars(select(func.clock_timestamp())).one()
    return told.astimezone(UTC)


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
