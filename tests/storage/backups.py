"""What the tests of backups start from: a service with people in it, keys, and databases of both kinds to go to."""

import io
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, select, text

from storage import keeping
from storage.backups.envelope import new_pair, private_keys
from storage.backups.restoring import Restored, Restorer
from storage.backups.taking import Taken, take
from storage.db import Database, open_database
from storage.files import Place, Store, open_store, seal_file
from storage.keeping import Expected, Found
from storage.library import Library
from storage.models import MessageRow
from tests.conftest import KEY, at, create, drop
from tests.storage.material import NOW, publish, source, tell

PRIVATE, PUBLIC = new_pair(NOW)
SURVEYS = Path(__file__).parents[2] / "flows" / "surveys"
UNTOLD = {"log_ins", "alembic_version"}
PLANTED = "Quillfeather fears the landlord of Maple Street"


def backup(database: Database, store: Store, to: str = PUBLIC) -> tuple[bytes, Taken]:
    file = io.BytesIO()
    taken = take(database, store, [to], file, NOW)
    return file.getvalue(), taken


def restore(
    database: Database, store: Store, data: bytes, key: str = PRIVATE, *, replace: bool = False
) -> Restored:
    file = io.BytesIO(data)
    return Restorer(database, store, file, private_keys(key), replace=replace).restore(NOW)


def folder(path: Path) -> Store:
    return open_store(Place(path.as_uri()))


def live(database: Database, store: Store, people: int = 3) -> None:
    """People who have told something, each with a photo that is kept."""
    publish(database, source())
    shelf = Library(SURVEYS)
    for number in range(people):
        address = f"+1404555{number:04}"
        tell(database, shelf, "SMALL", "yes", PLANTED, "3", address=address)
        with database.writing() as session:
            message = session.scalars(
                select(MessageRow.id)
                .where(MessageRow.direction == "in")
                .order_by(MessageRow.id.desc())
            ).first()
            assert message is not None
            keeping.expect(session, message, [Expected(0, "photo")], NOW)
        photo(database, store, f"photo {number} of {PLANTED}".encode())


def photo(database: Database, store: Store, data: bytes) -> None:
    """The newest file that is awaited comes."""
    with database.writing() as session:
        number = session.execute(text("SELECT max(id) FROM attachments")).scalar_one()
        message = session.scalars(select(MessageRow).order_by(MessageRow.id.desc())).first()
        assert message is not None
        with_media = session.scalars(
            select(MessageRow).where(
                MessageRow.id
                == session.execute(
                    text("SELECT message_id FROM attachments WHERE id = :id"), {"id": number}
                ).scalar_one()
            )
        ).one()
        with_media.media = database.vault.seal('[{"url": "x"}]', "message.media")
        session.flush()
        errand = keeping.take_up(session, number)
        assert errand is not None
        keeping.keep(
            session,
            number,
            Found("photo", "image/jpeg", len(data), "0" * 64, None, "image/jpeg"),
            NOW,
        )
    for name in (errand.original, errand.cleaned):
        store.put(name, seal_file(errand.key, name, data))


def everything(database: Database, *without: str) -> dict[str, list[Any]]:
    """All rows of all tables, as either database gives them."""
    found = MetaData()
    told: dict[str, list[Any]] = {}
    with database.engine.connect() as connection:
        found.reflect(connection)
        for table in found.sorted_tables:
            if table.name not in UNTOLD | set(without):
                rows = connection.execute(select(table).order_by(*table.primary_key.columns))
                told[table.name] = [tuple(_plain(value) for value in row) for row in rows]
    return told


def _plain(value: Any) -> Any:
    if hasattr(value, "tzinfo"):
        return value.replace(tzinfo=None)
    return value


@contextmanager
def fresh(kind: str, request: Any, tmp_path: Path) -> Iterator[Database]:
    """A database of a kind, without tables."""
    if kind == "sqlite":
        opened = open_database(f"sqlite:///{tmp_path / uuid.uuid4().hex}.db", [KEY])
        yield opened
        opened.close()
        return
    server: str = request.getfixturevalue("postgres_server")
    name = f"b{uuid.uuid4().hex}"
    create(server, name)
    opened = open_database(at(server, name), [KEY])
    yield opened
    opened.close()
    drop(server, name)


Fresh = Callable[[str], Database]
