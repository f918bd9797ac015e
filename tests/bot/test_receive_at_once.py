"""On PostgreSQL too messages of many share a commit; but whoever must wait, waits alone."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import codes
from bot.channels import Inbound
from storage import messages
from storage.models import Contact, MessageRow
from storage.together import SHARED, NotAtOnce
from tests.bot.conftest import ON_POSTGRESQL, RESIDENT, Service, signature
from tests.support.locks import PATIENCE, wait_until_held_up

PATH = "/webhooks/twilio"
OTHERS = [f"+1404555{number:04d}" for number in range(3)]


class Street:
    """Residents who write at the same time."""

    def __init__(self, service: Service) -> None:
        self.service, self.pool = service, ThreadPoolExecutor(8)

    def say(self, sender: str, words: str, sid: str) -> "Future[int]":
        form = {"MessageSid": sid, "From": sender, "To": "+15005550006", "Body": words}
        return self.pool.submit(self._post, form)

    def _post(self, form: dict[str, str]) -> int:
        client = self.service.app.test_client()
        return client.post(PATH, data=form, headers=signature(PATH, form)).status_code


@pytest.fixture
def street(service: Service) -> Iterator[Street]:
    for sender in (RESIDENT, *OTHERS):
        service.talk("RIGHTS", "yes", sender=sender)
    made = Street(service)
    yield made
    made.pool.shutdown()


@ON_POSTGRESQL
def test_who_waits_for_a_contact_in_hand_holds_up_nobody_else(street: Street) -> None:
    with street.service.database.writing() as session:
        wanted = select(Contact).join(MessageRow).where(MessageRow.provider_id.like("SM%1"))
        session.scalars(wanted.order_by(Contact.id).limit(1).with_for_update(of=Contact)).one()
        late = [street.say(RESIDENT, words, f"SM{words}") for words in ("Atlanta", "2")]
        wait_until_held_up(street.service.database.engine, len(late))
        others = [street.say(sender, "Atlanta", f"SM{sender}") for sender in OTHERS]
        assert [one.result(PATIENCE) for one in others] == [200] * len(OTHERS)
        assert not any(one.done() for one in late)
    assert [one.result(PATIENCE) for one in late] == [200, 200]
    assert street.service.heard.count("Atlanta") == 1 + len(OTHERS)


@ON_POSTGRESQL
def test_a_message_that_the_database_refuses_spoils_no_other(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused when others have been taken, for nobody waits for what is written: yet it alone is marked."""
    filed = messages.file

    def refuse(session: Session, message_id: int, told: messages.Filed) -> None:
        if session.get_one(MessageRow, message_id).contact_id == first:
            told = replace(told, interview_id=0)  # there is none such
        filed(session, message_id, told)

    with street.service.database.reading() as session:
        first = session.scalars(select(Contact.id).order_by(Contact.id)).first()
    monkeypatch.setattr(messages, "file", refuse)
    said = [street.say(sender, "Atlanta", f"SM{sender}") for sender in (RESIDENT, *OTHERS)]
    assert [one.result(PATIENCE) for one in said] == [200] * (1 + len(OTHERS))
    rows = [row for row in street.service.rows(MessageRow) if row.attention]
    assert [row.contact_id for row in rows] == [first]
    assert "IntegrityError" in str(rows[0].attention)


@ON_POSTGRESQL
def test_a_code_is_taken_by_itself(street: Street) -> None:
    """It counts against what all may try, in a row that nobody must hold for company."""
    inbound = Inbound(channel="sms", provider_id="SM1", address=RESIDENT, text="ABCD-2345")
    now = street.service.clock()
    with street.service.database.writing() as session:
        session.info[SHARED] = True
        with pytest.raises(NotAtOnce):
            codes.lock_contact(session, inbound, now)
        assert codes.lock_contact(session, replace(inbound, text="Atlanta"), now)
