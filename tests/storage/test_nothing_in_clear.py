"""Nothing in clear: who steals the database or its backup without the keys gets no words and no addresses."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from storage import audit, contacts, lately, messages, rotation
from storage.db import Database, open_database
from storage.engines import database_url
from storage.library import Library
from storage.suppressions import BY_WORD
from tests.conftest import KEY
from tests.storage.material import NOW, arrival, publish, source, tell

PHONE, CHAT = "+14045559876", "55598765432"
STORY = "Officer Quillfeather took my zither"
UNUSABLE = "when the jacarandas bloomed"
CORRECTED = "Officer Quillfeather broke my zither"
PHOTO = {"url": "https://media.example/zwieback.jpg", "content_type": "image/jpeg"}
PLANTED = (PHONE, PHONE[1:], CHAT, "Quillfeather", "zither", "jacarandas", "zwieback")


def play(database: Database) -> None:
    """A conversation whose replies repeat its words, an edit of one of them, and a change of keys."""
    publish(database, source())
    shelf = Library()
    for channel, address in (("sms", PHONE), ("telegram", CHAT)):
        tell(database, shelf, "SMALL", "yes", address=address, channel=channel)
        tell(database, shelf, STORY, address=address, channel=channel, media=(PHOTO,))
        answers = ("3", "950", *[UNUSABLE] * 3, "1", "1 2", "yes", f"P.S. {STORY}")
        tell(database, shelf, *answers, address=address, channel=channel)
    with database.writing() as session:
        who = contacts.lock_contact(session, "telegram", CHAT, NOW)
        messages.claim(session, arrival(who.id, CORRECTED, provider_ref="7"))
        contacts.stop(session, who, BY_WORD, NOW)
        audit.record(session, NOW, "export", "flow:small", rows=2)


def found_in(raw: bytes) -> list[str]:
    """The planted words that stand in these bytes, as they are or in one of the usual guises."""
    low = raw.lower()
    guises = {
        word: (
            word.lower().encode(),
            word.lower().encode("utf-16-le"),
            word.encode().hex().encode(),
        )
        for word in PLANTED
    }
    return [word for word, ways in guises.items() if any(way in low for way in ways)]


@pytest.fixture
def played(url: str) -> Iterator[Database]:
    with closing(open_database(url, [KEY])) as database:
        play(database)
        with database.reading() as session:
            rows = lately.latest(session, 1, 99)
            said = " ".join(messages.body_of(session, row) for row in rows)
        assert STORY in said
        assert f"You said {STORY}" in said
        yield database


def test_the_search_finds_what_is_there() -> None:
    assert found_in(b"...Zither") == ["zither"]
    assert found_in("zither".encode("utf-16-le")) == ["zither"]
    assert found_in(b"\\x7a6974686572") == ["zither"]
    assert found_in(b"nothing") == []


def files(url: str) -> dict[str, bytes]:
    """The bytes of an SQLite database: its file, its log and whatever lies beside it."""
    path = Path(database_url(url).database or "")
    return {file.name: file.read_bytes() for file in path.parent.glob(f"{path.name}*")}


def dump(url: str) -> dict[str, bytes]:
    """Every table of a PostgreSQL database as its own COPY writes it, and once more with bytes as they are."""
    with psycopg.connect(url) as connection:
        named = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        tables = [str(row[0]) for row in connection.execute(named)]
        return {table: copied(connection, table) for table in tables}


def copied(connection: psycopg.Connection, table: str) -> bytes:
    parts: list[bytes] = []
    for form in ("text", "binary"):
        command = sql.SQL("COPY {} TO STDOUT (FORMAT {})").format(
            sql.Identifier(table), sql.SQL(form)
        )
        with connection.cursor().copy(command) as lines:
            parts += [bytes(line) for line in lines]
    return b"".join(parts)


def assert_clean(url: str) -> None:
    parts = files(url) if url.startswith("sqlite") else dump(url)
    assert parts
    assert any(b"small" in raw for raw in parts.values())  # it is the database that was searched
    assert {name: found_in(raw) for name, raw in parts.items() if found_in(raw)} == {}


def test_no_word_and_no_address_stands_in_the_database(url: str, played: Database) -> None:
    assert_clean(url)
    played.close()
    assert_clean(url)


def test_nor_after_the_keys_were_changed(url: str, played: Database) -> None:
    with closing(open_database(url, [bytes(range(32, 64)), KEY])) as both:
        assert rotation.rotate(both)
    played.close()
    assert_clean(url)
