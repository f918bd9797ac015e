"""After a restore Twilio's log is asked what came since: it goes on as if nothing had happened, and nobody comes back.

Whoever is erased stays so; nobody hears the same twice.
"""

import pytest
from sqlalchemy import delete, select

from bot.reconciling import default_since, reconcile
from storage import erasure
from storage.contacts import address_of
from storage.models import Contact, Erasure
from storage.receipts import new_receipt
from tests.bot.conftest import ON_SQLITE, RESIDENT, Service
from tests.bot.test_reconciling import sid
from tests.storage.backups import backup, restore
from tests.support.providers import TwilioServer

REMINDING = """
flow: street
title: Our street
languages: [en]
keywords: {en: [STREET]}
contact: The testers
consent: {label: May we ask?, declined: Good bye.}
remind: [2 days]
questions:
  wish: {type: text, label: What do you wish?}
closing: Thank you.
"""


def text(service: Service, twilio: TwilioServer, *texts: str) -> None:
    """Texts come by the webhook and are answered; both stand in Twilio's log, with their dates."""
    twilio.clock = service.clock
    for one in texts:
        service.clock.forward(minutes=1)
        number = 700 + len(twilio.log)
        twilio.receives(sid(number), one, RESIDENT, service.clock())
        assert service.sms(one, MessageSid=sid(number)) == 200
        service.drain()
        for row in twilio.log:
            row["date_sent"] = row["date_sent"] or row["date_created"]


def start_again(service: Service, data: bytes) -> None:
    """The backup is restored in the place of the database, and what came since is brought in."""
    restore(service.database, service.services.files, data, replace=True)
    service.clock.forward(minutes=10)
    with service.database.reading() as session:
        since = default_since(session, service.clock())
    reconcile(service.services, since)
    service.drain()
    service.clock.forward(hours=2)
    service.drain()


def addresses(service: Service) -> list[str | None]:
    with service.database.reading() as session:
        known = session.scalars(select(Contact).where(Contact.address.is_not(None)))
        return [address_of(session, one) for one in known]


@ON_SQLITE
@pytest.mark.parametrize("way", ["staff", "DELETE"])
@pytest.mark.parametrize("since", [["Atlanta"], []])
def test_who_was_erased_since_the_backup_does_not_come_back_by_the_log(
    service: Service, twilio: TwilioServer, way: str, since: list[str]
) -> None:
    text(service, twilio, "RIGHTS", "yes")
    data, _ = backup(service.database, service.services.files)
    text(service, twilio, *since)
    if way == "staff":
        with service.database.writing() as session:
            contact = session.scalars(select(Contact)).one()
            erasure.erase(session, contact, new_receipt(), service.clock())
            erasure.forget(session, contact.id, service.clock())
    else:
        text(service, twilio, "DELETE", "DELETE")
    assert addresses(service) == []
    start_again(service, data)
    assert addresses(service) == []
    assert "Atlanta" not in service.heard


@ON_SQLITE
@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("began", ["before", "since"])
def test_a_delete_that_was_confirmed_since_the_backup_holds(
    service: Service, twilio: TwilioServer, began: str, lost: bool
) -> None:
    """Where the database was lost, Twilio's log tells of it; and that they had read what they confirmed."""
    story = ["RIGHTS", "yes", "Atlanta"]
    if began == "before":
        text(service, twilio, *story)
    data, _ = backup(service.database, service.services.files)
    if began == "since":
        text(service, twilio, *story)
    text(service, twilio, "DELETE", "DELETE")
    assert addresses(service) == []
    if lost:
        with service.database.writing() as session:
            session.execute(delete(Erasure))
    start_again(service, data)
    assert addresses(service) == []
    assert "Atlanta" not in service.heard


@ON_SQLITE
def test_the_same_answer_to_two_questions_is_two_answers_in_the_log_too(
    service: Service, twilio: TwilioServer
) -> None:
    data, _ = backup(service.database, service.services.files)
    text(service, twilio, "RIGHTS", "yes", "Atlanta", "2", "2")
    before = service.told
    start_again(service, data)
    assert service.told == before
    assert service.heard == ["RIGHTS", "yes", "Atlanta", "2", "2"]


@ON_SQLITE
def test_a_delete_that_was_sent_twice_without_an_answer_is_asked_about(
    service: Service, twilio: TwilioServer
) -> None:
    """Nobody was here, so nobody had asked them whether they mean it."""
    text(service, twilio, "RIGHTS", "yes", "Atlanta")
    for _ in range(2):
        service.clock.forward(minutes=1)
        twilio.receives(sid(700 + len(twilio.log)), "DELETE", RESIDENT, service.clock())
    with service.database.reading() as session:
        since = default_since(session, service.clock())
    reconcile(service.services, since)
    service.drain()
    assert addresses(service) == [RESIDENT]
    text(service, twilio, "DELETE")
    assert addresses(service) == []


@ON_SQLITE
def test_a_reminder_that_went_out_since_the_backup_does_not_go_again(
    service: Service, twilio: TwilioServer
) -> None:
    service.publish(REMINDING)
    service.talk("STREET", "yes")
    service.clock.forward(days=2, hours=-1)
    data, _ = backup(service.database, service.services.files)
    service.clock.forward(hours=3)
    service.drain()
    sent = len(twilio.sent)
    assert twilio.sent[-1]["Body"].startswith("Hello. You can go on")
    service.clock.forward(hours=5)
    restore(service.database, service.services.files, data, replace=True)
    service.drain()
    assert len(twilio.sent) == sent
