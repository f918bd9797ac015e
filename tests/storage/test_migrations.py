"""The schema: what the migrations make is what the models say, there and back, empty and with data in it.

A new revision gets its rows in ``DATA``: what a database at that revision may hold, in its columns of that time.
"""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, func, inspect, select

from storage import engines, schema
from storage.db import open_database
from storage.engines import connect, database_url
from storage.models import Base
from tests.conftest import KEY, at, create, drop
from tests.storage.material import NOW, together

Rows = dict[str, list[dict[str, Any]]]

# rows that stand in many revisions: whatever a column of a later one needs is put beside them there
STAFF = {"id": 1, "email": "a@b.c", "password": "$", "role": "owner", "created_at": NOW}
BEFORE = {"id": 1, "channel": "sms", "pseudonym": "R-2345", "created_at": NOW}
CHOOSER, CONTACT = BEFORE | {"choosing": False}, BEFORE | {"menu": ""}
VERSION = {"id": 1, "flow": "small", "hash": "0" * 64, "source": "flow: x", "published_at": NOW}
BEGUN = {"id": 1, "contact_id": 1, "flow_version_id": 1, "flow": "small", "channel": "sms"}
BEGUN |= {"status": "waiting", "attempts": 0, "started_at": NOW, "moved_at": NOW}
INTERVIEW = BEGUN | {"menu": ""}
DRAFT = {"flow": "small", "source": "flow: x", "revision": 3, "saved_at": NOW, "saved_by": 1}
ANSWERS = [
    {"id": number, "interview_id": 1, "question": "when", "instance": number, "at": NOW}
    | {"given": "answered", "value": "2026-05-31", "language": "en", "aside": False}
    for number in (1, 2)
]
SAID = {"id": 1, "interview_id": 1, "question": "said", "given": "answered", "words": b"sealed"}
SAID |= {"language": "en", "aside": False, "veiled": False, "at": NOW}
AUDIT = {"id": 1, "at": NOW, "staff_id": 1, "action": "view", "subject": "interview:1"}
AUDIT |= {"detail": {"rows": 1}}
# what every revision from 0005 on may hold
INTERVIEWED: Rows = {
    "staff": [STAFF],
    "contacts": [CONTACT],
    "flow_versions": [VERSION],
    "interviews": [INTERVIEW | {"reminded": 0}],
}

# revision -> table -> rows that must survive every later migration
DATA: dict[str, Rows] = {
    "0001": {
        "contacts": [CHOOSER],
        "flow_versions": [VERSION],
        "interviews": [BEGUN | {"choosing": False}],
        "messages": [
            {"id": number, "contact_id": 1, "interview_id": 1, "direction": "in", "channel": "sms"}
            | {"body": b"sealed", "status": "received", "at": NOW, "edits_id": edits}
            for number, edits in ((1, None), (2, 1))
        ],
        "answers": [
            {"id": 1, "interview_id": 1, "question": "people", "given": "answered", "value": 3}
            | {"language": "en", "aside": False, "message_id": 2, "at": NOW}
        ],
        "outbox": [
            {"id": 1, "kind": "send", "message_id": 2, "run_at": NOW, "attempts": 0}
            | {"order_key": 1, "created_at": NOW}
        ],
        "staff": [STAFF],
        "rates": [{"key": "login", "full_at": NOW}],
        "audit": [AUDIT],
    },
    "0002": {
        "staff": [STAFF],
        "drafts": [DRAFT],
        "contacts": [CHOOSER],
        "flow_versions": [VERSION | {"published_by": 1}],
        "interviews": [BEGUN | {"asked": "when/2", "choosing": False}],
        "answers": ANSWERS,
    },
    "0003": {
        "consents": [
            {
                "id": 1,
                "interview_id": 1,
                "question": "consent",
                "scope": "testimony",
                "given": "yes",
            }
            | {"language": "en", "text": "0" * 64, "at": NOW}
        ],
        "erasures": [{"id": 1, "contact_id": 1, "receipt": "0" * 64, "at": NOW}],
        "staff": [STAFF],
        "drafts": [DRAFT],
        "contacts": [CONTACT | {"menu": "flows"}],
        "flow_versions": [VERSION | {"published_by": 1}],
        "interviews": [INTERVIEW | {"asked": "when/2", "menu": "answers"}],
        "answers": ANSWERS,
    },
    "0004": {
        "suppressions": [{"digest": b"0" * 32, "reason": "stop", "at": NOW}],
        "contacts": [CONTACT | {"timezone": "America/New_York"}],
        "staff": [STAFF],
        "flow_versions": [VERSION],
        "interviews": [
            INTERVIEW | {"due_at": NOW, "reminded": 1, "held_by": 1, "cared": ["danger"]}
        ],
        "messages": [
            {"id": 1, "contact_id": 1, "interview_id": 1, "direction": "in", "channel": "sms"}
            | {"body": b"sealed", "status": "received", "at": NOW, "heard": "answer"}
            | {"slot": "when/2", "album": "7", "staff_id": 1}
        ],
        "answers": [
            {"id": 1, "interview_id": 1, "question": "people", "given": "answered", "value": 3}
            | {"language": "en", "aside": False, "veiled": True, "message_id": 1, "at": NOW}
        ],
        "receipts": [{"id": 1, "digest": b"0" * 32, "interview_id": 1, "issued_at": NOW}],
        "attachments": [
            {"id": 1, "message_id": 1, "place": 0, "status": "kept", "kind": "photo", "at": NOW}
        ],
        "outbox": [
            {"id": 1, "kind": "fetch", "attachment_id": 1, "run_at": NOW, "attempts": 0}
            | {"target": "a-name", "created_at": NOW}
        ],
    },
    "0005": {
        **INTERVIEWED,
        "staff": [STAFF | {"totp": b"sealed", "totp_offered": b"sealed", "totp_step": 59_000_000}],
        "log_ins": [
            {"id": 1, "digest": b"0" * 32, "staff_id": 1, "half": False, "created_at": NOW}
            | {"seen_at": NOW, "expires_at": NOW}
        ],
        "staff_links": [
            {"id": 1, "digest": b"0" * 32, "email": "d@e.f", "role": "viewer", "made_by": 1}
            | {"made_at": NOW, "expires_at": NOW}
        ],
        "recovery_codes": [{"id": 1, "staff_id": 1, "digest": b"0" * 32, "used_at": NOW}],
        "house_rules": [{"name": "second_factor", "holds": True, "set_at": NOW, "set_by": 1}],
        "unmaskings": [
            {"id": 1, "interview_id": 1, "staff_id": 1, "reason": b"sealed", "asked_at": NOW}
            | {"granted": True, "decided_by": 1, "decided_at": NOW}
        ],
        "audit": [AUDIT],
    },
    "0006": {
        "contacts": [CONTACT],
        "flow_versions": [VERSION],
        "interviews": [INTERVIEW | {"reminded": 0, "source": "meeting:OAK"}],
    },
    "0007": {
        "staff": [STAFF],
        "exports": [
            {"id": 1, "staff_id": 1, "way": "kept", "flow": "small", "form": "csv"}
            | {"asked": {"wanted": {"flow": "small"}}, "reason": b"sealed", "status": "ready"}
            | {"done": 2, "total": 2, "files": [{"sha256": "0" * 64, "rows": {"": 2}}], "size": 9}
            | {"key": b"sealed", "name": "a-name", "parts": 1, "asked_at": NOW, "gone_at": NOW}
        ],
    },
    "0008": {
        "staff": [STAFF],
        "contacts": [CONTACT | {"channel": "paper"}],
        "flow_versions": [VERSION],
        "meetings": [
            {"id": 1, "code": "K4T7R", "flow": "small", "title": "Town hall", "place": "Library"}
            | {"host": "Us", "starts_at": NOW, "ends_at": NOW, "timezone": "UTC"}
            | {"languages": ["en"], "access": "", "days": 3, "opens_at": NOW, "closes_at": NOW}
            | {"made_by": 1, "made_at": NOW}
        ],
        "meeting_groups": [{"id": 1, "meeting_id": 1, "name": "Women", "total": 9}],
        "interviews": [
            INTERVIEW | {"channel": "paper", "status": "complete", "reminded": 0, "meeting_id": 1}
        ],
        "sittings": [
            {"interview_id": 1, "staff_id": 1, "said_by": "person", "token": "t" * 20, "at": NOW}
        ],
        "sheet_drafts": [
            {"id": 1, "meeting_id": 1, "staff_id": 1, "body": b"sealed", "saved_at": NOW}
        ],
    },
    "0009": {
        **INTERVIEWED,
        "messages": [
            {"id": 1, "contact_id": 1, "interview_id": 1, "direction": "in", "channel": "sms"}
            | {"body": b"sealed", "status": "received", "at": NOW, "attention": "care: danger"}
        ],
        "tags": [{"id": 1, "folded": "court", "name": "Court"}],
        "tagged": [{"interview_id": 1, "tag_id": 1, "staff_id": 1, "at": NOW}],
        "looks": [{"message_id": 1, "staff_id": 1, "at": NOW}],
        "saved_views": [
            {"id": 1, "staff_id": 1, "name": "Spring", "shared": True, "saved_at": NOW}
            | {"filters": {"status": "complete"}}
        ],
        "searches": [{"id": 1, "staff_id": 1, "text": b"sealed", "filters": {}, "at": NOW}],
    },
    "0010": {
        **INTERVIEWED,
        "answers": [SAID],
        "translations": [
            {
                "id": 1,
                "answer_id": 1,
                "language": "es",
                "words": b"sealed",
                "staff_id": 1,
                "at": NOW,
            }
        ],
        "masks": [
            {"id": 1, "answer_id": 1, "start": 3, "stop": 9, "words": b"sealed", "staff_id": 1}
            | {"reason": b"sealed", "at": NOW, "lifted_by": 1, "lifted_at": NOW}
        ],
    },
    "0011": {
        **INTERVIEWED,
        "answers": [SAID],
        "codings": [
            {"id": 1, "interview_id": 1, "kind": "theme", "code": "housing"},
            {"id": 2, "interview_id": 1, "kind": "group", "code": "poor", "staff_id": 1, "at": NOW},
        ],
        "quotations": [
            {"id": 1, "answer_id": 1, "start": 3, "stop": 9, "mark": b"sealed", "staff_id": 1}
            | {"assessment": "problem", "at": NOW}
        ],
        "quoted_themes": [{"quotation_id": 1, "theme": "housing"}],
    },
}
DATA["0012"] = DATA["0011"]  # indexes alone
DATA["0013"] = {
    **DATA["0012"],
    "answers": [
        {"id": 1, "interview_id": 1, "question": "said", "given": "answered", "value": "plains"}
        | {"language": "en", "aside": False, "veiled": False, "at": NOW}
    ],
}
DATA["0014_tallies"] = {
    **DATA["0013"],
    "tallies": [
        {"part": "begun", "grain": "year", "span": "2026", "flow": "small"}
        | {"marks": 1, "counts": {"all": 1}}
    ],
    "tally_looks": [{"id": 1, "at": NOW}],
}
DATA["0015_rates"] = {
    **DATA["0013"],
    "outbox": [
        {"id": 1, "kind": "broadcast", "lane": "sms", "rank": 3, "run_at": NOW, "attempts": 0}
        | {"created_at": NOW}
    ],
    "spending": [{"day": "2026-05-31", "segments": 7}],
    "heartbeats": [{"name": "here", "at": NOW}],
}
DATA["0016_broadcasts"] = {
    **INTERVIEWED,
    "broadcasts": [
        {"id": 1, "name": "News", "purpose": "invite", "flow": "small", "sender": "Us"}
        | {"texts": b"sealed", "wanted": {"flow": "small"}, "price": "0.01", "status": "done"}
        | {"starts_at": NOW, "reached": 1, "token": "t" * 20, "made_by": 1, "made_at": NOW}
    ],
    "broadcast_recipients": [
        {"id": 1, "broadcast_id": 1, "contact_id": 1, "status": "waiting", "due_at": NOW},
        {"id": 2, "broadcast_id": 1, "status": "left", "reason": "erased", "due_at": NOW},
    ],
}
DATA["0017_newcomers"] = DATA["0016_broadcasts"]  # an index alone
DATA["0018_one_way"] = DATA["0017_newcomers"]  # indexes alone


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables: the test runs once on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: str = request.getfixturevalue("postgres_server")
    create(server, "empty")
    yield at(server, "empty")
    drop(server, "empty")


@pytest.fixture
def engine(empty: str) -> Iterator[Engine]:
    made = connect(database_url(empty))
    yield made
    made.dispose()


def load(connection: Connection, rows: Rows) -> None:
    found = MetaData()
    found.reflect(connection)
    for table in found.sorted_tables:
        for row in rows.get(table.name, []):
            connection.execute(table.insert().values(**row))
        if (
            connection.dialect.name == "postgresql" and "id" in table.c
        ):  # as if it had numbered them
            counter = func.pg_get_serial_sequence(table.name, "id")
            highest = select(func.max(table.c.id)).scalar_subquery()
            connection.execute(select(func.setval(counter, highest)))


def tables(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})


def test_the_newest_revision_equals_the_models(engine: Engine) -> None:
    schema.upgrade(engine)
    assert schema.revision(engine) == schema.head()
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_there_and_back_and_there_again(engine: Engine) -> None:
    assert schema.revision(engine) is None
    schema.upgrade(engine)
    made = tables(engine)
    assert made == sorted(Base.metadata.tables)
    schema.downgrade(engine, "base")
    assert tables(engine) == []
    schema.upgrade(engine)
    assert tables(engine) == made


def test_upgrading_what_is_up_to_date_changes_nothing(engine: Engine) -> None:
    schema.upgrade(engine)
    schema.upgrade(engine)
    assert schema.revision(engine) == schema.head()


def test_every_revision_has_its_data_here() -> None:
    script = ScriptDirectory.from_config(schema.config())
    assert {revision.revision for revision in script.walk_revisions()} == set(DATA)


@pytest.mark.parametrize("revision", sorted(DATA))
def test_rows_of_every_revision_are_readable_after_the_upgrade(
    empty: str, engine: Engine, revision: str
) -> None:
    schema.upgrade(engine, revision)
    with engine.begin() as connection:
        load(connection, DATA[revision])
    schema.upgrade(engine)
    database = open_database(empty, [KEY])
    with database.reading() as session:
        for model in (mapper.class_ for mapper in Base.registry.mappers):
            rows = session.scalars(select(model)).all()
            assert len(rows) >= len(DATA[revision].get(model.__tablename__, [])), model
    database.close()


def test_every_table_has_a_row_in_the_data() -> None:
    assert {table for rows in DATA.values() for table in rows} >= set(Base.metadata.tables)


@pytest.mark.parametrize("revision", sorted(DATA))
def test_a_database_with_data_can_go_down(engine: Engine, revision: str) -> None:
    schema.upgrade(engine, revision)
    with engine.begin() as connection:
        load(connection, DATA[revision])
    schema.downgrade(engine, "base")
    assert tables(engine) == []


def test_the_choices_of_answers_are_found_there_and_back(engine: Engine) -> None:
    """Those that count alone: neither numbers, lists and words, nor what is set aside or sealed."""
    schema.upgrade(engine, "0012")
    values = ["plains", 7, ["a", "b"], {"sealed": True}, None, "x" * 64, "yes"]
    (like,) = DATA["0013"]["answers"]
    answers = [
        like | {"id": number, "question": f"q{number}", "value": value, "aside": value == "yes"}
        for number, value in enumerate(values, 1)
    ]
    with engine.begin() as connection:
        load(connection, {**DATA["0012"], "answers": answers})
    for revision in ("0013", "0012", "0013"):
        schema.upgrade(engine, revision)
        schema.downgrade(engine, revision)
    with engine.connect() as connection:
        chosen = people(connection, "id", "choice", table="answers", where="choice IS NOT NULL")
        assert chosen == [(1, "plains")]


def test_half_typed_sheets_that_are_there_will_be_looked_at(engine: Engine) -> None:
    schema.upgrade(engine, "0012")
    with engine.begin() as connection:
        load(connection, DATA["0008"])
    schema.upgrade(engine)
    with engine.connect() as connection:
        assert people(connection, "kind", "done_at", table="outbox") == [("tidy", None)]
    schema.downgrade(engine, "0012")
    with engine.connect() as connection:
        assert people(connection, "kind", table="outbox") == []


STOPPED, GONE, THERE = b"1" * 32, b"2" * 32, b"3" * 32


def people(
    connection: Connection, *columns: str, table: str = "contacts", where: str = "1 = 1"
) -> list[tuple[Any, ...]]:
    chosen = f"SELECT {', '.join(columns)} FROM {table} WHERE {where} ORDER BY 1"  # noqa: S608 - no input
    return [tuple(row) for row in connection.exec_driver_sql(chosen)]


def test_who_opted_out_stays_so_there_and_back(engine: Engine) -> None:
    """Erased people are among them: in the list they need no contact, and going back they get one again."""
    schema.upgrade(engine, "0003")
    known = {"channel": "sms", "menu": "", "created_at": NOW}
    stopped = {"stopped_at": NOW, "stop_reason": "stop"}
    with engine.begin() as connection:
        here = {"id": 1, "pseudonym": "R-2345", "address_digest": STOPPED, "address": b"sealed"}
        gone = {"id": 2, "pseudonym": "R-2346", "address_digest": GONE, "address": None}
        free = {"id": 3, "pseudonym": "R-2347", "address_digest": THERE, "address": b"sealed"}
        rows = [known | here | stopped, known | gone | stopped, known | free]
        load(connection, {"contacts": rows})
    schema.upgrade(engine)
    with engine.connect() as connection:
        listed = people(connection, "digest", "reason", table="suppressions")
        assert listed == [(STOPPED, "stop"), (GONE, "stop")]
        digests = people(connection, "id", "address_digest")
        assert digests == [(1, STOPPED), (2, None), (3, THERE)]
    schema.downgrade(engine, "0003")
    with engine.connect() as connection:
        columns = "address_digest", "stop_reason", "stopped_at"
        first, second = people(connection, *columns, where="stopped_at IS NOT NULL")
        assert (first[:2], second[:2]) == ((STOPPED, "stop"), (GONE, "stop"))
        assert first[2] == second[2]
    schema.upgrade(engine)
    with engine.connect() as connection:
        assert people(connection, "digest", "reason", table="suppressions") == listed


def test_whoever_was_under_way_is_looked_at_once_and_nobody_else(engine: Engine) -> None:
    schema.upgrade(engine, "0003")
    rows = DATA["0003"]
    (under_way,) = rows["interviews"]
    others = ("paused", "complete", "withdrawn")
    interviews = [under_way] + [
        under_way | {"id": number, "status": status} for number, status in enumerate(others, 2)
    ]
    with engine.begin() as connection:
        load(connection, {**rows, "interviews": interviews})
    schema.upgrade(engine)
    with engine.connect() as connection:
        due = people(
            connection, "id", table="interviews", where="due_at = moved_at AND reminded = 0"
        )
        assert due == [(1,), (2,)]
        rest = people(connection, "id", table="interviews", where="due_at IS NULL")
        assert rest == [(3,), (4,)]


def test_processes_that_upgrade_at_once_wait_for_each_other(empty: str) -> None:
    def upgrade(_: int) -> str | None:
        engine = connect(database_url(empty))
        try:
            schema.upgrade(engine)
            return schema.revision(engine)
        finally:
            engine.dispose()

    assert set(together(4, upgrade)) == {schema.head()}


def test_who_migrates_waits_for_who_has_the_file_and_who_only_looks_waits_for_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another may migrate for longer than a connection waits."""
    path = tmp_path / "taken.db"
    engine = connect(database_url(f"sqlite:///{path}"))
    assert schema.revision(engine) is None
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(engines, "BUSY_MILLISECONDS", 1)
    assert schema.revision(engine) is None
    waits = SimpleNamespace(monotonic=time.monotonic, sleep=lambda _: other.rollback())
    monkeypatch.setattr(schema, "time", waits)
    schema.upgrade(engine)
    assert schema.revision(engine) == schema.head()
    engine.dispose()
    other.close()


def test_a_migration_that_fails_leaves_the_database_as_it_was(engine: Engine) -> None:
    """All tables or none: here the last one exists already."""
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE outbox (id INTEGER)")
    with pytest.raises(Exception, match="already exists"):
        schema.upgrade(engine)
    assert tables(engine) == ["outbox"]
    assert schema.revision(engine) is None


@pytest.mark.parametrize("deed", ["UPDATE audit SET action = 'nothing'", "DELETE FROM audit"])
def test_the_database_itself_refuses_to_change_the_audit_log(engine: Engine, deed: str) -> None:
    schema.upgrade(engine)
    with engine.begin() as connection:
        load(connection, DATA["0005"])
    with pytest.raises(Exception, match="the audit log is never changed"), engine.begin() as again:
        again.exec_driver_sql(deed)
    with engine.connect() as connection:
        assert people(connection, "action", table="audit") == [("view",)]
