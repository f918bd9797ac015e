"""Silences that are due: one interview is looked at in one transaction, and what is to be said goes to the outbox.

A crash in between loses nothing and doubles nothing. What a silence leads to is decided in ``flows``.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.channels import Inbound, SendFailed
from bot.faults import fault
from bot.services import Services
from flows.talking.channels import BESIDE, UNADDRESSED
from flows.talking.silence import A_DAY, Silence, look, opening, spread_of
from storage import contacts, interviews, outbox, outgoing, silences, timezones
from storage.models import Contact, InterviewRow, MessageRow
from storage.replies import queue_reply

log = logging.getLogger(__name__)

NOT_SOON = timedelta(
    hours=6
)  # when an interview is looked at again that a bug of ours has kept us from


def look_at_one(services: Services) -> int:
    """Look at the interview that has been due for longest; returns how many there were: none, or one."""
    now = services.now()
    with services.database.writing() as session:
        found = silences.claim(session, now)
        if found is None:
            return 0
        interview_id = found[1].id
        try:
            with session.begin_nested():
                _look(session, services, *found, now)
        except SQLAlchemyError:
            raise  # the database's trouble: it is due still
        except Exception as error:  # noqa: BLE001 - a bug with one interview must not block those behind it
            told = {"interview": interview_id, "reason": fault(error)}
            log.error("interview %(interview)s could not be looked at: %(reason)s", told)
            silences.put_off(session, interview_id, now + NOT_SOON)
    return 1


def _look(
    session: Session, services: Services, contact: Contact, row: InterviewRow, now: datetime
) -> None:
    (interview,) = interviews.load_interviews(session, [row], services.library)
    silence = Silence(
        now=now,
        since=silences.last_wrote(session, row),
        today=services.today(),
        zones=timezones.zones_of(session, contact, interview.flow, now),
        reminded=row.reminded,
        spread=spread_of(contact.id),
        hushed=contacts.suppression_of(session, contact) is not None,
        called=contact.channel not in UNADDRESSED,
    )
    seen = look(interview, silence)
    silences.keep(session, row, seen, now)
    if seen.reply is not None and contact.channel not in BESIDE:
        kind = outbox.TELL if seen.turn else outbox.REMIND
        queue_reply(session, contact, seen.reply, now, row.id, kind)


def let_sleep(session: Session, services: Services, contact: Contact, message: MessageRow) -> None:
    """Raise SendFailed where a message that nobody asked for was held up until the contact sleeps."""
    now = services.now()
    row = session.get_one(InterviewRow, message.interview_id)
    flow = services.library.flow(session, row.flow_version_id)
    zones = timezones.zones_of(session, contact, flow, now)
    opens = opening(now, zones, spread_of(contact.id)) or now + A_DAY
    if opens > now:
        wait = (opens - now).total_seconds()
        raise SendFailed("the contact sleeps", permanent=False, retry_after=wait)


def break_silence(session: Session, contact: Contact, inbound: Inbound, now: datetime) -> None:
    """A contact writes, so is awake: nothing waits for the morning any more, and no reply behind it."""
    timezones.learn_from_carrier(session, contact, inbound.postcode)
    outgoing.give_up(session, outbox.wake(session, contact.id, now), "the contact has written")
