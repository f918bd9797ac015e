"""The collection at a glance: every interview is counted once in each way, on its index, at the same price."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.orm import Session

from flows import Status
from storage import attention, failures, glance, looking, messages, outgoing, staff
from storage.db import Database
from storage.library import Library
from storage.messages import FAILED, UNDELIVERED
from storage.models import InterviewRow
from storage.testimonies import Filter
from tests.storage.material import NOW, publish, source, tell

MIDNIGHT = datetime(2026, 6, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def fill(database: Database, *rows: dict[str, Any]) -> None:
    """Interviews of one contact; what a row does not say is the same in all."""
    if not rows:
        return
    publish(database, source())
    publish(database, source(flow="other", keyword="OTHER"))
    tell(database, Library(), "SMALL")
    usual = {"contact_id": 1, "flow_version_id": 1, "flow": "small", "channel": "sms"}
    usual |= {"language": "en", "status": "waiting", "attempts": 0, "menu": "", "reminded": 0}
    usual |= {"started_at": MIDNIGHT, "moved_at": MIDNIGHT, "source": None, "completed_at": None}
    with database.writing() as session:
        session.execute(text("UPDATE messages SET interview_id = NULL"))
        session.execute(text("DELETE FROM interviews"))
        session.execute(insert(InterviewRow), [{**usual, **row} for row in rows])


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The reading statements that run meanwhile."""
    seen: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def looked(session: Session, wanted: Filter) -> glance.Glance:
    return glance.glance(session, wanted)


def test_the_day_is_that_of_utc_to_the_second(database: Database) -> None:
    fill(
        database,
        {"started_at": MIDNIGHT - SECOND / 1000},
        {"started_at": MIDNIGHT},
        {"started_at": MIDNIGHT + timedelta(days=1) - SECOND, "status": "complete"},
    )
    with database.reading() as session:
        if database.dialect == "postgresql":
            session.execute(text("SET TIME ZONE 'Asia/Tokyo'"))
        found = looked(session, Filter())
    assert found.days == {
        date(2026, 5, 31): Counter({Status.WAITING: 1}),
        date(2026, 6, 1): Counter({Status.WAITING: 1, Status.COMPLETE: 1}),
    }
    assert found.whole == Counter({Status.WAITING: 2, Status.COMPLETE: 1})


def test_every_kind_counts_each_interview_once(database: Database) -> None:
    fill(
        database,
        {"language": None, "source": "poster"},
        {"channel": "telegram", "language": "es", "source": "meeting:OAK", "status": "declined"},
        {"flow": "other", "status": "complete"},
        {"status": "erased"},
    )
    with database.reading() as session:
        kinds = looked(session, Filter()).kinds
        small = looked(session, Filter(flow="small")).kinds
    waiting, declined, complete = Status.WAITING, Status.DECLINED, Status.COMPLETE
    assert kinds["flow"] == {"small": {waiting: 1, declined: 1}, "other": {complete: 1}}
    assert kinds["channel"] == {"sms": {waiting: 1, complete: 1}, "telegram": {declined: 1}}
    assert kinds["language"] == {None: {waiting: 1}, "es": {declined: 1}, "en": {complete: 1}}
    assert set(kinds["source"]) == {"poster", "meeting:OAK", None}
    assert small["flow"] == {"small": {waiting: 1, declined: 1}}


@pytest.mark.parametrize(
    ("minutes", "middle"),
    [([], None), ([7], 7), ([5, 1], 3), ([60, 1, 4], 4), ([1, 1000, 2, 4], 3)],
)
def test_the_median_is_the_middle_one_s_time(
    database: Database, minutes: list[int], middle: int | None
) -> None:
    done = [
        {"status": "complete", "completed_at": MIDNIGHT + timedelta(minutes=one)} for one in minutes
    ]
    fill(database, {"status": "waiting"}, *done)
    with database.reading() as session:
        found = looked(session, Filter()).median
        nobody = looked(session, Filter(since=MIDNIGHT + SECOND)).median
    assert found == (timedelta(minutes=middle) if middle is not None else None)
    assert nobody is None


def test_it_costs_as_many_statements_for_a_thousand_as_for_ten(database: Database) -> None:
    prices = []
    for number in (10, 1000):
        fill(database, *[{"started_at": MIDNIGHT + one * SECOND} for one in range(number)])
        with database.reading() as session, counted(database) as statements:
            assert looked(session, Filter()).whole.total() == number
        prices.append(len(statements))
    assert prices == [3, 3]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "wanted", [Filter(), Filter(since=NOW), Filter(flow="small", since=NOW, until=MIDNIGHT)]
)
def test_counts_are_read_from_the_index_alone(database: Database, wanted: Filter) -> None:
    fill(database, *[{"started_at": MIDNIGHT + one * SECOND} for one in range(50)])
    with database.reading() as session, counted(database) as statements:
        looked(session, wanted)
    with database.engine.connect() as connection:
        for statement in statements:
            unknown = ("x",) * statement.count("?")
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", unknown)
            walked = [row[3] for row in plan if row[3].startswith(("SCAN i", "SEARCH i"))]
            assert walked
            assert all("COVERING INDEX ix_interviews_glance" in one for one in walked), walked


def fail(database: Database, interview: int | None, status: str, error: str | None) -> None:
    with database.writing() as session:
        number = outgoing.write(session, 1, "sms", "hello", NOW, interview_id=interview)
        outgoing.advance(session, number, status, error=error)


def test_what_did_not_arrive_is_told_by_reason_the_commonest_first(database: Database) -> None:
    fill(database, {"id": 71}, {"id": 72, "flow": "other"})
    fail(database, 71, UNDELIVERED, "Twilio 30003")
    fail(database, 71, UNDELIVERED, "Twilio 30007")
    fail(database, 72, FAILED, "Twilio 30007")
    fail(database, None, FAILED, None)
    fail(database, 71, messages.DELIVERED, None)
    with database.reading() as session:
        found = failures.not_arrived(session, Filter())
        small = failures.not_arrived(session, Filter(flow="small", since=NOW, until=MIDNIGHT))
        later = failures.not_arrived(session, Filter(since=MIDNIGHT))
    first, *rest = [(one.error, one.count) for one in found]
    assert first == ("Twilio 30007", 2)
    assert set(rest) == {("Twilio 30003", 1), (None, 1)}
    assert [(one.error, one.count, one.last) for one in small] == [
        ("Twilio 30003", 1, NOW),
        ("Twilio 30007", 1, NOW),
    ]
    assert later == []


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_what_did_not_arrive_is_found_without_reading_what_did(database: Database) -> None:
    with database.reading() as session, counted(database) as statements:
        failures.not_arrived(session, Filter(since=NOW))
    with database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statements[0]}", ("x",) * 4)
        assert "ix_messages_not_arrived" in plan.first()[3]  # type: ignore[index]


def test_a_testimony_calls_once_with_the_newest_reason(database: Database) -> None:
    fill(database, {"id": 71}, {"id": 72, "flow": "other"})
    with database.writing() as session:
        for number, (interview, why) in enumerate(
            [(71, "first"), (72, "other"), (71, "second"), (None, "nobody's")]
        ):
            row = outgoing.write(session, 1, "sms", "?", NOW, interview_id=interview)
            session.execute(
                text("UPDATE messages SET direction = 'in', provider_id = :p WHERE id = :i"),
                {"p": f"x{number}", "i": row},
            )
            messages.call_attention(session, row, why)
    with database.reading() as session:
        found, number = attention.calling(session, Filter(), 10)
        first, all_ = attention.calling(session, Filter(), 1)
        small, _ = attention.calling(session, Filter(flow="other"), 10)
        none = attention.calling(session, Filter(since=MIDNIGHT), 10)
    assert [(one.interview_id, one.why) for one in found] == [(71, "second"), (72, "other")]
    assert (number, all_, len(first)) == (2, 2, 1)
    assert [one.interview_id for one in small] == [72]
    assert none == ([], 0)
    with database.writing() as session:
        staff.add_staff(session, "a@example.org", "a long password", staff.Role.OWNER, NOW)
        looking.look(session, 71, 999, 1, NOW)
        assert [one.interview_id for one in attention.calling(session, Filter(), 10)[0]] == [72]
