"""The admin view on a real SQLite file, in an app as small as can be."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browsing import browser as browser  # fixtures: whoever names them gets them
from browsing import cookies as cookies
from browsing import page as page
from browsing import staff_page as staff_page
from browsing import store as store
from browsing import who as who
from flask import Flask
from flask.testing import FlaskClient
from office import KEY, PASSWORD, Visitor, build_app, open_town
from sqlalchemy import select
from town import Clock, Town
from workshop import Organizer

from storage import schema, staff
from storage.db import open_database
from storage.models import AuditEvent


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with one staff member of each role, copied for every test."""
    path = tmp_path_factory.mktemp("admin") / "empty.db"
    database = open_database(f"sqlite:///{path}", [KEY])
    schema.upgrade(database.engine)
    with database.writing() as session:
        for role in staff.Role:
            staff.add_staff(session, f"{role}@example.org", PASSWORD, role, Clock()())
    database.close()
    return path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def town(empty_database: Path, tmp_path: Path, clock: Clock) -> Iterator[Town]:
    """Nobody has written yet, and nothing is published."""
    town = open_town(empty_database, tmp_path, clock)
    yield town
    town.database.close()


@pytest.fixture
def app(town: Town) -> Flask:
    return build_app(town)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app.test_client())


@pytest.fixture
def client_of(app: Flask) -> Callable[[str], FlaskClient]:
    """A client logged in with a role."""

    def client_of(role: str) -> FlaskClient:
        visitor = Visitor(app.test_client())
        assert visitor.log_in(f"{role}@example.org").status_code == 303
        return visitor.client

    return client_of


@pytest.fixture
def client(client_of: Callable[[str], FlaskClient]) -> FlaskClient:
    """A coordinator, who may read."""
    return client_of("coordinator")


@pytest.fixture
def audited(town: Town) -> Callable[[], list[tuple[int | None, str, str, dict[str, object]]]]:
    """The audit log: who (staff id), what, to which thing, and the detail."""

    def audited() -> list[tuple[int | None, str, str, dict[str, object]]]:
        with town.database.reading() as session:
            rows = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
            return [(row.staff_id, row.action, row.subject, row.detail) for row in rows]

    return audited


@pytest.fixture
def organizer(client_of: Callable[[str], FlaskClient], town: Town) -> Organizer:
    """An organizer at work; nothing is published yet."""
    return Organizer(client_of("organizer"), town.database)
