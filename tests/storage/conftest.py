"""A database that serves a whole module: each test works in one transaction, which is rolled back."""

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from storage.db import Database, open_database
from tests.conftest import KEY, at, create, drop


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def lasting(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """An open, migrated, empty database of each kind, for tests that leave it empty."""
    if request.param == "sqlite":
        migrated: Path = request.getfixturevalue("migrated_sqlite")
        path = shutil.copy(migrated, tmp_path_factory.mktemp("lasting") / "testimony.db")
        opened = open_database(f"sqlite:///{path}", [KEY])
        yield opened
        opened.close()
        return
    server: str = request.getfixturevalue("migrated_postgres")
    name = f"t{uuid.uuid4().hex}"
    create(server, name, "migrated")
    opened = open_database(at(server, name), [KEY])
    yield opened
    opened.close()
    drop(server, name)


@pytest.fixture
def session(lasting: Database) -> Iterator[Session]:
    """A writing transaction that never commits."""
    with lasting.writing() as opened:
        yield opened
        opened.rollback()
