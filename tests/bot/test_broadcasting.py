"""A broadcast as people's phones see it: once, by day, and never after they said STOP, down to the last second."""

import random
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.sender import Sender
from bot.sending import SenderThreads
from storage import contacts, outbox, staff, suppressions, writing
from storage.broadcasts import feeding, handing, register, steering, trying
from storage.broadcasts.register import Facts, Purpose
from storage.broadcasts.trying import Try
from storage.broadcasts.wording import whole
from storage.models import Broadcast, Contact, InterviewRow, Job, MessageRow, Recipient
from storage.staff import Role
from storage.suppressions import BY_WORD
from tests.bot.conftest import ON_SQLITE, RESIDENT, Service
from tests.bot.test_looking_up import taken_but
from tests.bot.test_metrics import scraped, value
from tests.support.providers import CUT, TelegramServer, TwilioServer

FLOW = """
flow: street
title: Our street
languages: [en, es]
keywords: {en: [STREET], es: [CALLE]}
contact: The testers
consent: {label: May we ask?, declined: Good bye.}
questions:
  said: {type: text, label: What happened?}
  news: {type: consent, scope: updates, label: May we tell you news?}
  more: {type: consent, scope: follow_up, label: May we write again?}
closing: Thank you.
"""
OTHER = FLOW.replace("street", "park").replace("STREET", "PARK").replace("CALLE", "PARQUE")
NEWS = Facts("News", Purpose.INFORM, "Us", {"en": "The report is out.", "es": "El informe está."})
INVITE = Facts("Parks", Purpose.INVITE, "Us", {"en": "Tell us of your park."}, flow="park")
TEXT = "Us: The report is out.\nFor no more messages, send STOP."
BUSY = TwilioServer.refusal(503, 20503)
ORGANIZER = 1


@pytest.fixture
def street(service: Service) -> Service:
    """It is eight in the morning in Atlanta, and five in Seattle."""
    service.publish(FLOW)
    service.publish(OTHER)
    with service.database.writing() as session:
        staff.add_staff(
            session, "o@example.org", "a long password", Role.ORGANIZER, service.clock()
        )
    return service


def tell(service: Service, sender: str = RESIDENT, news: str = "yes") -> None:
    """Somebody tells all, and falls silent."""
    service.talk("STREET", "yes", "It rained", news, "yes", sender=sender)


def wait(service: Service, until: datetime | None = None, **delta: float) -> None:
    """Time passes; whenever something is due, it is done."""
    end = until or service.clock() + timedelta(**delta)
    while True:
        with service.database.reading() as session:
            due = outbox.next_due(session) or end
        if due >= end:
            break
        service.clock.time = max(service.clock(), due)
        service.sender.run_once()
    service.clock.time = end
    service.drain()


def begin(service: Service, facts: Facts = NEWS) -> int:
    """It begins two hours later, when nobody has just written: ten in the morning in Atlanta."""
    service.clock.forward(hours=2)
    now = service.clock()
    with service.database.writing() as session:
        number = register.make(session, facts, ORGANIZER, "t" * 20, now)
        steering.schedule(session, number, now, ORGANIZER, now)
    return number


def got(twilio: TwilioServer) -> list[str]:
    """Who got the news, by number."""
    return [call["To"] for call in twilio.sent if call["Body"] == TEXT]


def states(service: Service) -> list[str]:
    return [row.reason or row.status for row in service.rows(Recipient)]


def queue_up(service: Service, number: int) -> None:
    """Its messages stand in the outbox, and nobody has taken one."""
    while True:
        with service.database.writing() as session:
            due = feeding.step(session, number, service.services.library, service.clock())
        if due is None or due > service.clock():
            return


def test_everybody_who_agreed_gets_it_once_and_it_comes_to_its_end(
    street: Service, twilio: TwilioServer, telegram: TelegramServer
) -> None:
    people = [f"+1404555{number:04}" for number in range(23)]
    for who in people:
        tell(street, who)
    tell(street, "+14045559999", news="no")
    for text in ("STREET", "yes", "It rained", "yes", "yes"):
        street.telegram(text)
        street.drain()
    begin(street)
    wait(street, hours=3)  # of Telegram nobody knows where they live
    assert sorted(got(twilio)) == people
    assert [call["text"] for call in telegram.sent].count(TEXT) == 1
    assert set(states(street)) == {"sent"}
    assert street.rows(Broadcast)[0].status == "done"
    assert [job for job in street.rows(Job) if job.done_at is None] == []


def test_what_is_said_to_many_is_counted_apart(street: Service, twilio: TwilioServer) -> None:
    for number in range(3):
        tell(street, f"+1404555{number:04}")

    def counted() -> list[float]:
        told = scraped(street)
        return [
            value(told, "broadcast_messages_total", channel="sms", status=status) or 0
            for status in ("sent", "failed")
        ]

    before = counted()
    begin(street)
    twilio.answers.append(TwilioServer.refusal(400, 21211))
    wait(street, minutes=10)
    assert [now - then for now, then in zip(counted(), before, strict=True)] == [2, 1]


def test_it_comes_by_the_clock_of_each_number(street: Service, twilio: TwilioServer) -> None:
    tell(street, "+12065550123")
    tell(street, "+14045550123")
    begin(street)
    wait(street, minutes=10)
    assert got(twilio) == ["+14045550123"]
    wait(street, until=datetime(2026, 5, 31, 15, 30, tzinfo=UTC))
    assert got(twilio) == ["+14045550123", "+12065550123"]


def test_a_stop_after_it_was_queued_is_heeded(street: Service, twilio: TwilioServer) -> None:
    tell(street)
    queue_up(street, begin(street))
    assert states(street) == ["queued"]
    street.talk("STOP")
    wait(street, minutes=5)
    assert got(twilio) == []
    assert states(street) == ["stopped"]


def test_a_stop_that_comes_from_elsewhere_at_the_last_moment_is_heeded(
    street: Service, twilio: TwilioServer
) -> None:
    """Nothing has taken the message out of the outbox: whoever hands it over looks himself."""
    tell(street)
    queue_up(street, begin(street))
    with street.database.writing() as session:
        contacts.stop(session, session.scalars(select(Contact)).one(), "carrier", street.clock())
    wait(street, minutes=5)
    assert got(twilio) == []
    assert states(street) == ["stopped"]


def test_whoever_takes_their_consent_back_gets_nothing(
    street: Service, twilio: TwilioServer
) -> None:
    tell(street)
    queue_up(street, begin(street))
    street.talk("ANSWERS", "2", "no")
    wait(street, hours=3)
    assert got(twilio) == []
    assert states(street) == ["no consent"]


def test_whoever_is_erased_meanwhile_gets_nothing(street: Service, twilio: TwilioServer) -> None:
    tell(street)
    queue_up(street, begin(street))
    street.talk("DELETE", "DELETE")
    wait(street, hours=2)
    assert got(twilio) == []
    (row,) = street.rows(Recipient)
    assert (row.contact_id, row.message_id, row.reason) == (None, None, "erased")
    assert street.rows(Broadcast)[0].status == "done"


def test_what_was_held_up_until_the_night_waits_for_the_morning(
    street: Service, twilio: TwilioServer
) -> None:
    tell(street)
    wait(street, until=datetime(2026, 5, 31, 22, 50, tzinfo=UTC))
    begin(street)
    # it is ten to nine in the evening
    twilio.answers.extend([BUSY] * 9)
    wait(street, hours=3)
    assert len(got(twilio)) == 7
    twilio.answers.clear()
    wait(street, hours=9)
    assert len(got(twilio)) == 8
    assert states(street) == ["sent"]


def test_a_reply_does_not_wait_behind_a_broadcast(street: Service, twilio: TwilioServer) -> None:
    """Whoever writes while theirs is queued is answered, and gets it after an hour of silence."""
    tell(street)
    queue_up(street, begin(street))
    street.talk("PARK", "yes")
    assert twilio.sent[-1]["Body"].endswith("What happened?")
    assert got(twilio) == []
    wait(street, hours=2)
    assert len(got(twilio)) == 1


def test_whoever_changes_the_language_while_theirs_waits_reads_it_in_that(
    street: Service, twilio: TwilioServer
) -> None:
    """What was written in the old one goes no more, and is no message that was lost."""
    tell(street)
    queue_up(street, begin(street))
    street.talk("LANGUAGE", "2")
    wait(street, hours=2)
    said = whole("Us", NEWS.texts["es"], "es")
    assert (got(twilio), twilio.sent[-1]["Body"]) == ([], said)
    assert states(street) == ["sent"]
    old, new = [row for row in street.rows(MessageRow) if row.staff_id == ORGANIZER]
    assert (old.status, old.error) == ("failed", feeding.ANEW)
    assert new.status == "sent"


def test_a_pause_stops_what_is_queued_and_going_on_sends_it(
    street: Service, twilio: TwilioServer
) -> None:
    tell(street)
    number = begin(street)
    queue_up(street, number)
    with street.database.writing() as session:
        steering.pause(session, number, ORGANIZER, street.clock())
    wait(street, hours=1)
    assert (got(twilio), states(street)) == ([], ["waiting"])
    with street.database.writing() as session:
        steering.resume(session, number, ORGANIZER, street.clock())
    wait(street, hours=1)
    assert len(got(twilio)) == 1


def test_a_stop_by_staff_ends_what_is_queued(street: Service, twilio: TwilioServer) -> None:
    tell(street)
    number = begin(street)
    queue_up(street, number)
    with street.database.writing() as session:
        steering.stop(session, number, ORGANIZER, street.clock())
    wait(street, hours=1)
    assert (got(twilio), states(street)) == ([], ["ended"])


def test_a_stop_after_a_pause_leaves_nothing_that_seems_to_wait(
    street: Service, twilio: TwilioServer
) -> None:
    """Its message was written, and taken back by the pause."""
    tell(street)
    number = begin(street)
    queue_up(street, number)
    with street.database.writing() as session:
        steering.pause(session, number, ORGANIZER, street.clock())
    wait(street, hours=1)
    with street.database.writing() as session:
        steering.stop(session, number, ORGANIZER, street.clock())
    wait(street, hours=1)
    assert (got(twilio), states(street)) == ([], ["ended"])
    written = [row for row in street.rows(MessageRow) if row.direction == "out"][-1]
    assert (written.status, written.error) == ("failed", "ended")


def test_whom_a_stop_came_before_was_never_written_to(
    street: Service, twilio: TwilioServer
) -> None:
    """More than are in hand at once: who had no message yet has none now."""
    people = [f"+1404555{number:04}" for number in range(feeding.IN_HAND + 2)]
    for who in people:
        tell(street, who)
    number = begin(street)
    with street.database.writing() as session:
        feeding.step(session, number, street.services.library, street.clock())
        feeding.step(session, number, street.services.library, street.clock())
    with street.database.writing() as session:
        steering.stop(session, number, ORGANIZER, street.clock())
    wait(street, hours=1)
    assert got(twilio) == []
    assert Counter(states(street)) == {"ended": feeding.IN_HAND, "waiting": 2}


def test_an_invitation_begins_its_survey(street: Service, twilio: TwilioServer) -> None:
    tell(street)
    begin(street, INVITE)
    wait(street, minutes=5)
    said = "Us: Tell us of your park.\nTo begin, send PARK.\nFor no more messages, send STOP."
    assert twilio.sent[-1]["Body"] == said
    street.talk("PARK")
    assert "May we ask?" in twilio.sent[-1]["Body"]
    assert [row.flow for row in street.rows(InterviewRow)] == ["street", "park"]


def try_out(service: Service, number: str = RESIDENT) -> None:
    """A member of staff types a number, and the news go there if they may."""
    now = service.clock()
    with service.database.writing() as session:
        made = register.make(session, NEWS, ORGANIZER, "t" * 20, now)
        one = Try(made, "en", number, "k" * 20)
        trying.attempt(session, one, ORGANIZER, service.services.library, now)
    service.drain()


WHATSAPP = "whatsapp:" + RESIDENT


@pytest.mark.parametrize("sender", [RESIDENT, WHATSAPP])
def test_a_test_goes_to_a_resident_who_agreed_by_whichever_way_they_write(
    street: Service, twilio: TwilioServer, sender: str
) -> None:
    tell(street, sender)
    try_out(street)
    assert got(twilio) == [RESIDENT]


@pytest.mark.parametrize("sender", [RESIDENT, WHATSAPP])
def test_a_test_does_not_go_to_who_said_no_by_whichever_way_they_write(
    street: Service, twilio: TwilioServer, sender: str
) -> None:
    tell(street, sender, news="no")
    try_out(street)
    assert got(twilio) == []


@pytest.mark.parametrize("sender", [RESIDENT, WHATSAPP])
def test_a_test_does_not_go_to_who_left_quietly_by_whichever_way_they_write(
    street: Service, twilio: TwilioServer, sender: str
) -> None:
    tell(street, sender)
    street.talk("WRONG NUMBER", sender=sender)
    try_out(street)
    assert got(twilio) == []


def test_a_yes_by_one_way_is_none_by_another(street: Service, twilio: TwilioServer) -> None:
    tell(street, RESIDENT)
    tell(street, WHATSAPP, news="no")
    try_out(street)
    assert got(twilio) == []


def test_whom_a_test_does_not_go_to_is_not_kept(street: Service) -> None:
    stopped = "+14045550124"
    tell(street, WHATSAPP, news="no")
    with street.database.writing() as session:
        suppressions.add(session, stopped, BY_WORD, street.clock())
    for number in (RESIDENT, stopped):
        try_out(street, number)
    assert len(street.rows(Contact)) == 1


def test_what_is_said_after_it_is_kept(street: Service) -> None:
    tell(street)
    begin(street)
    wait(street, minutes=5)
    street.talk("Good to hear")
    message = next(row for row in reversed(street.rows(MessageRow)) if row.direction == "in")
    assert (message.heard, message.interview_id) == ("unasked", 1)


def take_in_hand(service: Service, twilio: TwilioServer) -> threading.Thread:
    """A sender hands the first over, and hears nothing of it until the provider's door is open."""
    twilio.open.clear()
    before = len(twilio.calls)
    sending = threading.Thread(target=Sender(service.services, outbox.SLOW).run_once)
    sending.start()
    twilio.wait_for(lambda: len(twilio.calls) > before)
    return sending


def test_a_sender_that_dies_with_it_in_hand_doubles_nobody(
    street: Service, twilio: TwilioServer
) -> None:
    tell(street)
    queue_up(street, begin(street))
    dying = take_in_hand(street, twilio)
    street.clock.forward(seconds=61)  # its lease is over: it is as good as dead
    wait(street, minutes=5)
    assert len(got(twilio)) == 1
    assert states(street) == [handing.UNKNOWN]
    twilio.open.set()
    dying.join()
    wait(street, minutes=5)
    assert len(got(twilio)) == 1


def unanswered(street: Service, twilio: TwilioServer) -> int:
    """It was sent to one person, and nobody says whether it was taken, which it was."""
    tell(street)
    number = begin(street)
    queue_up(street, number)
    twilio.clock = street.clock
    taken_but(twilio, CUT)
    street.sender.run_once()
    assert (len(got(twilio)), states(street)) == (1, ["queued"])
    return number


def test_whoever_answers_what_nobody_knows_to_have_gone_out_does_not_get_it_again(
    street: Service, twilio: TwilioServer
) -> None:
    """Their answer takes it out of the outbox; an hour later it is queued anew, and looked up all the same."""
    unanswered(street, twilio)
    street.talk("Thank you")
    wait(street, hours=4)
    assert (len(got(twilio)), states(street)) == (1, ["sent"])


def test_nor_does_anybody_after_a_pause(street: Service, twilio: TwilioServer) -> None:
    number = unanswered(street, twilio)
    with street.database.writing() as session:
        steering.pause(session, number, ORGANIZER, street.clock())
    wait(street, minutes=10)
    assert states(street) == ["waiting"]
    with street.database.writing() as session:
        steering.resume(session, number, ORGANIZER, street.clock())
    wait(street, minutes=10)
    assert (len(got(twilio)), states(street)) == (1, ["sent"])


@pytest.mark.parametrize("word", ["STOP", "WRONG NUMBER"])
def test_what_went_out_is_told_as_sent_whatever_came_meanwhile(
    street: Service, twilio: TwilioServer, word: str
) -> None:
    """The provider has it already, and has not told yet, as the person wants no more."""
    tell(street)
    number = begin(street)
    queue_up(street, number)
    sending = take_in_hand(street, twilio)
    street.sms(word)
    queue_up(street, number)
    assert states(street) == ["queued"]
    twilio.open.set()
    sending.join()
    wait(street, minutes=5)
    assert (len(got(twilio)), states(street)) == (1, ["sent"])
    assert street.rows(Broadcast)[0].status == "done"


def test_what_did_not_go_out_is_told_as_left_out_when_a_stop_came_meanwhile(
    street: Service, twilio: TwilioServer
) -> None:
    tell(street)
    queue_up(street, begin(street))
    twilio.answers.append(BUSY)
    sending = take_in_hand(street, twilio)
    street.sms("STOP")
    twilio.open.set()
    sending.join()
    wait(street, minutes=5)
    assert states(street) == ["stopped"]


def test_a_sender_that_dies_with_it_in_hand_as_a_stop_comes_leaves_no_end_open(
    street: Service, twilio: TwilioServer
) -> None:
    tell(street)
    number = begin(street)
    queue_up(street, number)
    sending = take_in_hand(street, twilio)
    street.sms("STOP")
    queue_up(street, number)
    assert states(street) == ["queued"]
    street.clock.forward(seconds=61)  # its lease is over: it is as good as dead
    queue_up(street, number)
    assert states(street) == [handing.UNKNOWN]
    twilio.open.set()
    sending.join()
    wait(street, minutes=5)
    assert (states(street), street.rows(Broadcast)[0].status) == ([handing.UNKNOWN], "done")


def test_several_senders_at_once_send_each_one_once(street: Service, twilio: TwilioServer) -> None:
    people = [f"+1404555{number:04}" for number in range(22)]
    for who in people:
        tell(street, who)
    begin(street)
    threads = SenderThreads(street.services, 4)
    threads.start()
    try:
        for number in range(len(people)):
            twilio.wait_for(lambda number=number: len(got(twilio)) > number)  # type: ignore[misc]
            street.clock.forward(seconds=3)
            street.services.wake.set()
    finally:
        threads.stop()
    street.drain()
    assert sorted(got(twilio)) == people


def must_not(service: Service, people: list[str]) -> list[str]:
    """Whoever may not get anything now."""
    with service.database.reading() as session:
        found = {who: contacts.find_contact(session, "sms", who) for who in people}
        return [
            who
            for who, one in found.items()
            if one is None
            or contacts.suppression_of(session, one)
            or not writing.agreed(session, one.id, "updates")
        ]


DEEDS = ("stop", "erase", "withdraw", "write", "pause", "resume", "night", "die")
DEEDS += ("pass", "send") * 4


@pytest.mark.parametrize("seed", range(2))
@ON_SQLITE
def test_whatever_happens_nobody_gets_it_twice_or_who_must_not(
    street: Service, twilio: TwilioServer, seed: int
) -> None:
    chance = random.Random(seed)
    people = [f"+1404555{number:04}" for number in range(8)]
    for who in people:
        tell(street, who)
    number = begin(street)
    barred: dict[str, int] = {}
    for _ in range(40):
        _do(street, chance.choice(DEEDS), chance.choice(people), number, twilio)
        hour = (street.clock() - timedelta(hours=4)).hour
        fresh = got(twilio)
        assert all(count == 1 for count in Counter(fresh).values())
        for who in must_not(street, people):
            barred.setdefault(who, fresh.count(who))
        for who, before in barred.items():
            assert fresh.count(who) == before, (seed, who)
        if not 8 <= hour < 21:
            street.drain()
            assert got(twilio) == fresh
    with street.database.writing() as session:
        steering.resume(session, number, ORGANIZER, street.clock())
    wait(street, days=2)
    ended = street.rows(Broadcast)[0].status
    assert ended == "done"
    unsure = handing.UNKNOWN in states(street)  # whoever had it in hand died
    for who in people if not unsure else ():
        assert got(twilio).count(who) == barred.get(who, 1)


def _do(
    service: Service,
    deed: str,
    who: str,
    number: int,
    twilio: TwilioServer,
) -> None:
    now = service.clock()
    if deed in ("stop", "erase", "withdraw", "write"):
        said = {"stop": ["STOP"], "erase": ["DELETE", "DELETE"], "write": ["hello"]}
        before = len(got(twilio))
        for text in said.get(deed, ["ANSWERS", "2", "no"]):
            service.sms(text, who)  # and nobody sends meanwhile
        assert len(got(twilio)) == before
    elif deed in ("pause", "resume"):
        with service.database.writing() as session:
            steering.DEEDS[deed](session, number, ORGANIZER, now)
    elif deed == "night":
        service.clock.time = now + timedelta(hours=9)
    elif deed == "pass":
        service.clock.time = now + timedelta(minutes=40)
    elif deed == "die":
        service.sender = Sender(service.services)
        with service.database.writing() as session:
            outbox.claim_jobs(session, "dead", now, timedelta(seconds=60), 1)
    else:
        for _ in range(3):
            service.sender.run_once()
