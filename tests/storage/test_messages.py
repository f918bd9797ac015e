"""Messages: each delivery taken once, each reply followed forward and never back, all words sealed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage import contacts, lately, messages, outgoing
from storage.db import Database
from storage.messages import RANK
from storage.models import MessageRow
from tests.storage.material import NOW, RESIDENT, arrival, contact, examples, together

PHOTO = {"url": "https://media.example/kitchen.jpg", "content_type": "image/jpeg"}


@pytest.fixture
def who(session: Session) -> int:
    return contacts.lock_contact(session, "sms", RESIDENT, NOW).id


def reply(session: Session, who: int, text: str = "Where do you live?") -> int:
    return outgoing.write(session, who, "sms", text, NOW)


def status(session: Session, message: int) -> str | None:
    return session.scalar(select(MessageRow.status).where(MessageRow.id == message))


def test_of_threads_with_one_delivery_one_claims_it(database: Database) -> None:
    delivery = arrival(contact(database), provider_id="SM1")

    def claim(_: int) -> int | None:
        with database.writing() as session:
            return messages.claim(session, delivery)

    claimed = together(8, claim)
    assert len([one for one in claimed if one is not None]) == 1
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(MessageRow)) == 1


def test_another_delivery_or_channel_is_another_message(session: Session, who: int) -> None:
    first = arrival(who, "hello", provider_id="1")
    assert messages.claim(session, first)
    assert messages.claim(session, replace(first, text="changed")) is None
    assert messages.claim(session, replace(first, provider_id="2"))
    assert messages.claim(session, replace(first, channel="telegram"))


def test_a_reply_that_carries_the_same_id_does_not_hinder_a_claim(
    session: Session, who: int
) -> None:
    """Telegram counts what it brings and what it takes with the same small numbers."""
    outgoing.advance(session, reply(session, who), messages.SENT, provider_id="1001")
    outgoing.advance(session, reply(session, who), messages.SENT, provider_id="1001")
    assert messages.claim(session, arrival(who, provider_id="1001"))


@given(st.lists(st.sampled_from(sorted(RANK)), max_size=8))
@examples(60)
def test_a_reply_moves_forward_in_whatever_order_its_stages_are_told(
    database: Database, statuses: list[str]
) -> None:
    who = contact(database)
    with database.writing() as session:
        message, reached = reply(session, who), messages.QUEUED
        for told in statuses:
            forward = RANK[told] > RANK[reached]
            assert outgoing.advance(session, message, told) is forward
            reached = told if forward else reached
            assert status(session, message) == reached


def test_the_provider_id_that_was_told_first_stays(session: Session, who: int) -> None:
    message = reply(session, who)
    outgoing.advance(session, message, messages.SENT, provider_id="SM1")
    outgoing.advance(session, message, messages.DELIVERED, provider_id="SM2")
    row = session.get_one(MessageRow, message)
    session.refresh(row)
    assert (row.provider_id, row.status) == ("SM1", messages.DELIVERED)


def test_an_inbound_message_has_no_stages(session: Session, who: int) -> None:
    taken = messages.claim(session, arrival(who))
    assert taken is not None
    assert not outgoing.advance(session, taken, messages.FAILED)
    assert status(session, taken) == messages.RECEIVED


def test_a_long_error_is_cut(session: Session, who: int) -> None:
    message = reply(session, who)
    outgoing.advance(session, message, messages.FAILED, error="e" * 500)
    messages.call_attention(session, message, "a" * 500)
    row = session.get_one(MessageRow, message)
    session.refresh(row)
    assert (row.error, row.attention) == ("e" * 200, "a" * 200)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (messages.QUEUED, messages.QUEUED),
        (messages.SENDING, messages.QUEUED),
        (messages.SENT, messages.SENT),
        (messages.DELIVERED, messages.DELIVERED),
        (messages.FAILED, messages.FAILED),
    ],
)
def test_only_what_was_being_sent_goes_back_to_the_queue(
    session: Session, who: int, before: str, after: str
) -> None:
    message = reply(session, who)
    outgoing.advance(session, message, before)
    outgoing.requeue(session, message, "Twilio 503")
    assert status(session, message) == after


def test_a_report_finds_the_reply_it_speaks_of(session: Session, who: int) -> None:
    named, other, fresh = (reply(session, who) for _ in range(3))
    outgoing.advance(session, named, messages.SENT, provider_id="SM1")
    outgoing.advance(session, other, messages.SENT, provider_id="SM2")
    taken = messages.claim(session, arrival(who, provider_id="SM3"))

    def found(ours: int | None, theirs: str) -> int | None:
        row = outgoing.find_sent(session, ours, theirs)
        return row.id if row else None

    assert found(None, "SM1") == named
    assert found(named, "SM1") == named
    assert found(fresh, "SM9") == fresh  # the report came before the answer to our request
    assert found(other, "SM1") is None  # ours and theirs do not belong together
    assert found(taken, "SM3") is None  # not a reply
    assert found(None, "SM3") is None
    assert found(None, "SM9") is None
    assert found(10**9, "SM1") is None


def test_an_edit_finds_the_first_version_of_its_message(session: Session, who: int) -> None:
    first = messages.claim(session, arrival(who, provider_ref="7"))
    messages.claim(session, arrival(who, "better", provider_ref="7", edits_id=first))
    found = messages.find_by_ref(session, who, "7")
    assert found is not None
    assert found.id == first
    assert messages.find_by_ref(session, who, "8") is None
    assert messages.find_by_ref(session, who + 1, "7") is None


@given(st.text())
@examples(40)
def test_any_words_come_back_as_they_were(database: Database, text: str) -> None:
    who = contact(database)
    with database.writing() as session:
        taken = messages.claim(session, arrival(who, text))
        written = outgoing.write(session, who, "sms", text, NOW)
        for message in (taken, written):
            assert messages.body_of(session, session.get_one(MessageRow, message)) == text


def test_words_and_attachments_are_sealed(session: Session, who: int) -> None:
    taken = messages.claim(session, arrival(who, "they came at night", media=[PHOTO]))
    row = session.get_one(MessageRow, taken)
    assert messages.media_of(session, row) == [PHOTO]
    assert row.media is not None
    assert b"kitchen" not in row.media
    assert b"night" not in row.body


def test_a_message_without_attachments_has_none(session: Session, who: int) -> None:
    row = session.get_one(MessageRow, messages.claim(session, arrival(who)))
    assert row.media is None
    assert messages.media_of(session, row) == []


def test_the_latest_messages_come_oldest_first(session: Session, who: int) -> None:
    written = [reply(session, who) for _ in range(5)]
    assert [row.id for row in lately.latest(session, who, 3)] == written[-3:]
    assert lately.latest(session, who + 1, 3) == []
