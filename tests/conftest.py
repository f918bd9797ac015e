"""Real databases for every test that asks for one: a fresh SQLite file or PostgreSQL database, migrated."""

import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from storage import schema
from storage.db import Database, open_database
from storage.engines import connect, database_url
from tests.support import postgres

KEY = bytes(range(32))


class Clock:
    """A clock that tests move by hand."""

    def __init__(self) -> None:
        self.time = datetime(2026, 5, 31, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **delta: float) -> None:
        self.time += timedelta(**delta)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    engine = connect(database_url(f"sqlite:///{path}"))
    schema.upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> str:
    create(postgres_server, "migrated")
    engine = connect(database_url(at(postgres_server, "migrated")))
    schema.upgrade(engine)
    engine.dispose()
    return postgres_server


def at(url: str, name: str) -> str:
    """The same server, another database."""
    return database_url(url).set(drivername="postgresql", database=name).render_as_string(False)


def create(url: str, name: str, template: str = "template0") -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')


def drop(url: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    shutil.copy(migrated_sqlite, tmp_path / "testimony.db")
    return f"sqlite:///{tmp_path / 'testimony.db'}"


@pytest.fixture
def postgres_url(migrated_postgres: str) -> Iterator[str]:
    name = f"t{uuid.uuid4().hex}"
    create(migrated_postgres, name, "migrated")
    yield at(migrated_postgres, name)
    drop(migrated_postgres, name)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated, empty database: the test runs once on each kind."""
    fixture = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    found: str = request.getfixturevalue(fixture)
    return found


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """An open, migrated, empty database: the test runs once on each kind."""
    opened = open_database(url, [KEY])
    yield opened
    opened.close()
