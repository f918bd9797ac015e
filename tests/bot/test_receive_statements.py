"""How often a message goes to the database: few times, and no more often in a long interview or an old collection."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, text

from storage.behind import wire_of
from storage.models import Base
from tests.bot.conftest import ON_POSTGRESQL, ON_SQLITE, Service

TALK = ["RIGHTS", "yes", "Atlanta", "2", "food"]
MOST_IN, MOST_OUT = 19, 15  # BEGIN and COMMIT included
MOST_TRIPS = 4  # on PostgreSQL, where most of these go out together
FEW_ROWS = ("flow_versions",)  # tables that stay small, and may be read whole


@pytest.fixture
def said(service: Service) -> Iterator[list[str]]:
    """What the database is asked from now on; how long to wait for its lock (a PRAGMA) is told the driver alone."""
    heard: list[str] = []

    def hear(statement: str) -> None:
        if not statement.startswith("PRAGMA busy_timeout"):
            heard.append(statement)

    def listen(connection: Any, *_: object) -> None:
        connection.set_trace_callback(hear)

    event.listen(service.database.engine, "checkout", listen)
    yield heard
    event.remove(service.database.engine, "checkout", listen)


def spoken(said: list[str]) -> int:
    count = len(said)
    said.clear()
    return count


@ON_SQLITE  # whose driver tells of every statement; they are the same on PostgreSQL
def test_a_message_of_an_interview_is_a_handful_of_statements(
    service: Service, said: list[str]
) -> None:
    service.talk("RIGHTS", "yes")
    said.clear()
    counts = []
    for words in ("Atlanta", "2", "food"):
        service.sms(words)
        counts.append(spoken(said))
        service.drain()
        said.clear()
    assert max(counts) <= MOST_IN
    assert max(counts) - min(counts) <= 2, "a later message costs no more than an earlier one"


@ON_SQLITE
def test_a_reply_on_its_way_is_a_handful_too(service: Service, said: list[str]) -> None:
    service.talk("RIGHTS", "yes")
    service.sms("Atlanta")
    said.clear()
    assert service.sender.run_once() == 1
    assert spoken(said) <= MOST_OUT


@ON_SQLITE
def test_what_others_have_told_costs_nothing(service: Service, said: list[str]) -> None:
    counts = []
    for person in range(5):
        sender = f"+1404555{person:04d}"
        service.talk(*TALK[:2], sender=sender)
        said.clear()
        service.sms("Atlanta", sender=sender)
        counts.append(spoken(said))
        service.drain()
    assert len(set(counts)) == 1


def plan_of(service: Service, statement: str) -> list[str]:
    with service.database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
    return [str(step[-1]) for step in plan]


def read_whole(service: Service, statement: str) -> list[str]:
    """The tables that SQLite would read from end to end for a statement, small ones left out."""
    steps = plan_of(service, statement)
    scans = [
        step.split()[1] for step in steps if step.startswith("SCAN ") and " INDEX " not in step
    ]
    named = {table.name for table in Base.metadata.sorted_tables} - set(FEW_ROWS)
    return [table for table in scans if table in named]


@ON_SQLITE
def test_no_table_is_read_whole_for_a_message_or_its_reply(
    service: Service, said: list[str]
) -> None:
    """So a message costs the same beside a million interviews."""
    service.talk(*TALK)
    # of an INSERT the plan names tables that refer to its own, which are looked at for broken references only
    told = {one for one in said if one.split()[0] in ("SELECT", "UPDATE", "WITH")}
    assert len(told) > len(TALK) * 5
    assert {one: found for one in told if (found := read_whole(service, one))} == {}


@ON_SQLITE
def test_no_message_has_many_rows_sorted(service: Service, said: list[str]) -> None:
    """Nor that of a newcomer, whom a flood may have brought: their number is found in an index."""
    for words in TALK:
        service.sms(words)
    told = {one for one in said if one.split()[0] in ("SELECT", "UPDATE", "WITH")}
    assert any("contacts.created_at >" in one for one in told)
    assert [one for one in told if "USE TEMP B-TREE FOR ORDER BY" in plan_of(service, one)] == []


def trips(service: Service) -> int:
    """How often PostgreSQL was waited for by now, on the one connection that a service of one thread has."""
    with service.database.engine.connect() as connection:
        return wire_of(connection).trips


@ON_POSTGRESQL
def test_most_of_them_go_out_together(service: Service) -> None:
    service.talk("RIGHTS", "yes")
    for words in ("Atlanta", "2", "food"):
        before = trips(service)
        service.sms(words)
        assert trips(service) - before <= MOST_TRIPS
        service.drain()


# of the indexes that a question could use, the one that leads to its few rows
WAYS = {
    "WHERE contacts.channel": "uq_contacts_channel_address_digest",
    "WHERE messages.contact_id": "ix_messages_contact_id_id",
    "WHERE outbox.order_key": "ix_outbox_order",
    "WHERE interviews.contact_id": "ix_interviews_contact_id",
    "WHERE answers.interview_id": "uq_answers_interview_id_question_instance",
    "WHERE codings.interview_id": "uq_codings_standing",
}


@ON_POSTGRESQL
def test_what_was_planned_while_all_was_empty_stays_right(service: Service) -> None:
    """PostgreSQL keeps a plan, and in an empty table any index is as good as another."""
    service.talk("RIGHTS", "yes", "Atlanta")
    asked = text("SELECT name, statement, cardinality(parameter_types) FROM pg_prepared_statements")
    plans = dict[str, list[str]]()
    with service.database.engine.connect() as connection:
        connection.execute(text("SET plan_cache_mode = force_generic_plan"))
        for name, statement, count in connection.execute(asked).all():
            if count and statement.startswith("SELECT") and "created_at >" not in statement:
                told = f"EXPLAIN EXECUTE {name}({', '.join(['NULL'] * count)})"
                plans[statement] = list(connection.scalars(text(told)))
        assert connection.scalar(text("SELECT sum(custom_plans) FROM pg_prepared_statements")) == 0
    for asked_by, way in WAYS.items():
        found = [plan for told, plan in plans.items() if f"{asked_by} " in told]
        assert found, asked_by
        assert all(any(f"using {way} " in step for step in plan) for plan in found), found
