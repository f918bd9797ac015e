"""A message that came in is kept whatever follows, and concerns nobody but the one who sent it."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot import answering
from storage import outbox
from storage.messages import media_of
from storage.models import AnswerRow, Contact, InterviewRow, Job, MessageRow
from tests.bot.conftest import RESIDENT, Service, signature
from tests.support.providers import TelegramServer, TwilioServer

OTHER = "+14045550188"
MORNING = "RIGHTS", "yes"


@contextmanager
def bug(service: Service, contact_id: int = 1) -> Iterator[None]:
    """An answer of one contact is given as none can be: deciding must fail."""
    change = text(
        "UPDATE answers SET given = :given "
        "WHERE interview_id IN (SELECT id FROM interviews WHERE contact_id = :contact)"
    )
    with service.database.writing() as session:
        session.execute(change, {"given": "asleep", "contact": contact_id})
    yield
    with service.database.writing() as session:
        session.execute(change, {"given": "answered", "contact": contact_id})


def test_our_own_bug_loses_no_message_and_holds_up_nobody(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk(*MORNING)
    service.talk(*MORNING, sender=OTHER)
    with bug(service):
        service.talk("Atlanta, West End")
        service.talk("Decatur", sender=OTHER)

    assert service.heard[-2:] == ["Atlanta, West End", "Decatur"]
    apology, answer = twilio.sent[-2:]
    assert apology["To"] == RESIDENT
    assert apology["Body"].startswith("Sorry, something went wrong on our side.")
    assert answer["To"] == OTHER
    assert "problem for you" in answer["Body"]
    first, second = service.rows(InterviewRow)
    assert (first.asked, second.asked) == ("place", "issues")


def test_what_the_database_refuses_last_of_all_loses_no_newcomers_message(
    service: Service, twilio: TwilioServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL says what it thinks of a last statement when it is asked, and that must be before the commit."""

    def refused(session: Session, contact: Contact, *_: object) -> None:
        outbox.enqueue_send(session, 10**9, contact.id, service.clock(), channel="sms")

    with monkeypatch.context() as patched:
        patched.setattr(answering, "queue_reply", refused)
        service.talk("RIGHTS")
    assert service.heard == ["RIGHTS"]
    assert "IntegrityError" in (service.rows(MessageRow)[0].attention or "")
    (apology,) = twilio.sent
    assert apology["Body"].startswith("Sorry, something went wrong on our side.")


def test_a_message_that_could_not_be_handled_is_marked_without_words(service: Service) -> None:
    service.talk(*MORNING)
    with bug(service):
        service.talk("Atlanta, West End")
    marked = [row for row in service.rows(MessageRow) if row.attention]

    assert len(marked) == 1
    assert marked[0].direction == "in"
    assert re.search(r"\w+Error in \w+, line \d+", marked[0].attention)
    assert "Atlanta" not in marked[0].attention
    assert "asleep" not in marked[0].attention


def test_the_conversation_goes_on_once_the_bug_is_gone(service: Service) -> None:
    service.talk(*MORNING)
    with bug(service):
        service.talk("Atlanta", "Atlanta?")
    service.talk("Atlanta!")

    assert service.rows(InterviewRow)[0].asked == "issues"
    assert [row.question for row in service.rows(AnswerRow)] == ["consent", "place"]


def test_stop_works_through_a_bug(service: Service, twilio: TwilioServer) -> None:
    service.talk(*MORNING)
    with service.database.writing() as session:
        session.execute(text("UPDATE answers SET given = 'asleep'"))
    service.talk("Atlanta", "STOP", "hello?")

    assert "no more messages" in twilio.sent[-1]["Body"]
    assert service.stopped == ["stop"]
    assert service.rows(InterviewRow)[0].status == "withdrawn"


def test_one_address_on_two_channels_is_two_contacts(
    service: Service, twilio: TwilioServer, telegram: TelegramServer
) -> None:
    service.sms("RIGHTS", "whatsapp:+14045550123")
    service.sms("RIGHTS", "+14045550123")
    service.telegram("/start")
    service.drain()

    assert service.counts()["contacts"] == service.counts()["interviews"] == 3
    assert [message["To"] for message in twilio.sent] == ["whatsapp:+14045550123", "+14045550123"]
    assert len({contact.pseudonym for contact in service.rows(Contact)}) == 3


def test_contacts_who_write_in_turns_never_mix(service: Service, twilio: TwilioServer) -> None:
    people = {RESIDENT: ["Atlanta", "1"], OTHER: ["Decatur", "2"], "+14045550177": ["Macon", "3"]}
    for place in range(4):
        for person, (city, number) in people.items():
            service.sms(["RIGHTS", "yes", city, number][place], person)
    service.drain()

    with service.database.reading() as session:
        rows = session.scalars(select(AnswerRow).where(AnswerRow.question == "issues"))
        chosen = {row.interview_id: row.value for row in rows}
    assert chosen == {1: ["home"], 2: ["needs"], 3: ["work"]}
    for person in people:
        assert len([message for message in twilio.sent if message["To"] == person]) == 4


def test_two_texts_of_one_contact_at_once_are_taken_one_after_the_other(service: Service) -> None:
    service.talk(*MORNING)
    barrier = Barrier(2)

    def bring(number: int) -> int:
        form = {"MessageSid": f"SMx{number}", "From": RESIDENT, "Body": f"home {number}"}
        client = service.app.test_client()
        barrier.wait()
        headers = signature("/webhooks/twilio", form)
        return client.post("/webhooks/twilio", data=form, headers=headers).status_code

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(bring, range(2))) == [200, 200]

    assert sorted(service.heard[2:]) == ["home 0", "home 1"]
    interview = service.rows(InterviewRow)[0]
    assert interview.asked in ("home_parts", "issues")  # the second is an answer, or another try
    assert [row.question for row in service.rows(AnswerRow)][:2] == ["consent", "place"]
    assert len(service.rows(Job)) == 4


@pytest.mark.parametrize("at", ["place", "issues", "consent"])
def test_a_photo_without_words_is_kept_sealed_and_words_are_asked_for(
    service: Service, twilio: TwilioServer, at: str
) -> None:
    service.talk(*{"place": MORNING, "issues": (*MORNING, "Atlanta"), "consent": MORNING[:1]}[at])
    url = "https://api.twilio.com/2010-04-01/Accounts/AC0/Messages/MM1/Media/ME1"
    service.sms("", NumMedia="1", MediaUrl0=url, MediaContentType0="image/jpeg")
    service.drain()

    interview, row = service.rows(InterviewRow)[0], service.rows(MessageRow)[-2]
    assert (interview.asked, interview.attempts) == (at, 0)
    assert row.interview_id == interview.id
    assert b"twilio" not in row.media
    assert b"jpeg" not in row.media
    with service.database.reading() as session:
        kept = media_of(session, session.get_one(MessageRow, row.id))
    assert kept == [{"url": url, "content_type": "image/jpeg"}]
    assert "We have received what you sent." in twilio.sent[-1]["Body"]


def test_a_photo_with_words_is_an_answer_with_a_photo(service: Service) -> None:
    service.talk(*MORNING)
    service.sms("Atlanta", NumMedia="1", MediaUrl0="https://x/1", MediaContentType0="image/png")

    assert service.rows(InterviewRow)[0].asked == "issues"
    assert len([row for row in service.rows(MessageRow) if row.media]) == 1


def test_what_is_early_late_or_unasked_is_kept_with_the_interview(service: Service) -> None:
    service.talk("RIGHTS", "no", "why?", "and another thing")
    interview = service.rows(InterviewRow)[0]
    assert interview.status == "declined"
    assert {row.interview_id for row in service.rows(MessageRow) if row.direction == "in"} == {
        interview.id
    }


def test_words_are_sealed_wherever_they_are_kept(service: Service) -> None:
    service.talk(*MORNING, "Heron Street", "2", "food", "The cupboard is bare")
    with service.database.reading() as session:
        kept = [
            value
            for table in ("messages", "answers", "contacts", "interviews", "outbox")
            for row in session.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 - our own names
            for value in row
        ]
    everything = b"".join(v if isinstance(v, bytes) else str(v).encode() for v in map(plain, kept))
    for words in (b"Heron", b"cupboard", b"4045550123", b"May we ask you"):
        assert words not in everything


def plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value
