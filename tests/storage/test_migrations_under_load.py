"""A migration while messages come in, on PostgreSQL: whoever is under way goes on, and so does the migration."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, func, insert, select, text

from storage import schema
from storage.engines import connect, database_url
from storage.models import (
    AnswerRow,
    Coding,
    Contact,
    InterviewRow,
    Job,
    MessageRow,
    Recipient,
)
from tests.conftest import at, create, drop
from tests.storage.material import NOW
from tests.support.locks import PATIENCE, wait_until_held_up

CONTACT = {"id": 1, "channel": "sms", "pseudonym": "R-2345", "created_at": NOW}
MESSAGE = {"contact_id": 1, "direction": "in", "channel": "sms", "body": b"sealed", "at": NOW}
TWICE = """
CREATE FUNCTION ending() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
  IF nextval('tried') <= 2 THEN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END IF;
END $$
"""


@pytest.fixture
def engine(postgres_server: str) -> Iterator[Engine]:
    """A database as the version before left it, with somebody in it."""
    create(postgres_server, "behind")
    made = connect(database_url(at(postgres_server, "behind")))
    schema.upgrade(made)
    schema.downgrade(made, "-1")
    with made.begin() as connection:
        connection.execute(insert(Contact).values(**CONTACT))
    yield made
    made.dispose()
    drop(postgres_server, "behind")


def test_a_message_that_is_under_way_goes_on_and_the_migration_behind_it(engine: Engine) -> None:
    """It holds its contact, and only then writes to other tables."""
    with ThreadPoolExecutor(1) as pool, engine.connect() as message:
        message.execute(text("SELECT id FROM contacts FOR UPDATE"))
        migrating = pool.submit(schema.upgrade, engine)
        wait_until_held_up(engine)
        message.execute(insert(MessageRow).values(status="received", **MESSAGE))
        for kind in (InterviewRow, AnswerRow, Job, Coding, Recipient):
            message.execute(select(func.count()).select_from(kind))
        message.commit()
        migrating.result(PATIENCE)
    assert schema.revision(engine) == schema.head()


def test_who_holds_what_a_migration_wants_and_wants_what_it_holds_goes_first(
    engine: Engine,
) -> None:
    """Who sends looks at a message, and at its contact after that."""
    with ThreadPoolExecutor(1) as pool, engine.connect() as sending:
        sending.execute(text("SET LOCAL deadlock_timeout = '600ms'"))  # it would be ended first
        sending.execute(select(func.count()).select_from(MessageRow))
        migrating = pool.submit(schema.upgrade, engine)
        wait_until_held_up(engine)
        sending.execute(text("SELECT id FROM contacts FOR UPDATE"))
        sending.execute(insert(MessageRow).values(status="received", **MESSAGE))
        sending.commit()
        migrating.result(PATIENCE)
    assert schema.revision(engine) == schema.head()


def test_a_migration_that_is_ended_lest_two_wait_for_each_other_is_done_again(
    engine: Engine,
) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE SEQUENCE tried"))
        connection.execute(text(TWICE))
        connection.execute(
            text("CREATE EVENT TRIGGER ending ON ddl_command_start EXECUTE FUNCTION ending()")
        )
    schema.upgrade(engine)
    assert schema.revision(engine) == schema.head()


def test_what_is_up_to_date_is_left_alone(engine: Engine) -> None:
    """So nobody waits for who makes sure, nor they for anybody."""
    schema.upgrade(engine)
    turn = text("SELECT pg_advisory_xact_lock(:key)")
    with ThreadPoolExecutor(1) as pool, engine.connect() as message:
        message.execute(turn, {"key": schema.UPGRADE_LOCK})
        message.execute(text("SELECT id FROM contacts FOR UPDATE"))
        pool.submit(schema.upgrade, engine).result(PATIENCE)


def test_who_comes_second_leaves_alone_what_the_first_has_brought_up_to_date(
    engine: Engine,
) -> None:
    done = text("UPDATE alembic_version SET version_num = :head")
    with ThreadPoolExecutor(1) as pool, engine.connect() as message:
        message.execute(text("SELECT id FROM contacts FOR UPDATE"))
        with schema.rebuilding(engine) as first:
            second = pool.submit(schema.upgrade, engine)
            wait_until_held_up(engine)
            first.execute(done, {"head": schema.head()})
        second.result(PATIENCE)


def test_what_is_in_hand_stays_so_however_long_a_migration_takes(engine: Engine) -> None:
    """Whoever has sent something can say so only when the migration has ended: none sends it again meanwhile."""
    job = {"kind": "send", "run_at": NOW, "created_at": NOW, "attempts": 1, "lane": "", "rank": 1}
    with engine.begin() as connection:
        for number, owner, done in ((1, "a worker", None), (2, None, None), (3, "another", NOW)):
            connection.execute(insert(Job).values(id=number, owner=owner, done_at=done, **job))
    began = datetime.now(UTC)
    schema.upgrade(engine)
    with engine.connect() as connection:
        due = dict(connection.execute(select(Job.id, Job.run_at)).all())
    assert due.pop(1) > began
    assert set(due.values()) == {NOW}


def test_who_waits_in_vain_changes_nothing_and_is_told_why(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "PATIENCE", 0.2)
    before = schema.revision(engine)
    with engine.connect() as backup:
        backup.execute(select(func.count()).select_from(MessageRow))
        with pytest.raises(schema.Refused, match="Nothing was changed"):
            schema.upgrade(engine)
    assert schema.revision(engine) == before


def test_the_tables_of_other_programs_are_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text('CREATE TABLE "Somebody: Else" (id integer)'))
    with engine.connect() as other:
        other.execute(text('LOCK TABLE "Somebody: Else" IN ACCESS EXCLUSIVE MODE'))
        schema.upgrade(engine)
    assert schema.revision(engine) == schema.head()


def test_a_newer_programs_tables_are_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_later'"))
    with pytest.raises(schema.Refused, match="at 9999_later"):
        schema.upgrade(engine)
