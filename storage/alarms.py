"""Words of danger that nobody texted: said aloud or written on a sheet, and kept as a marked message like any other.

What words tell of danger is not known here, nor which help is named. Marks hold topics, never words.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from flows import Heard, Slot, Turn
from flows.talking.care import topics_of
from storage import messages, permits
from storage.models import MessageRow
from storage.permits import Permit


@dataclass(frozen=True)
class Alarm:
    """Words that tell of danger, and the mark that they are kept with; ``slot``: what they were to answer."""

    slot: Slot
    text: str
    mark: str


def keep(
    session: Session,
    contact_id: int,
    interview_id: int,
    turn: Turn,
    told: Sequence[Alarm],
    now: datetime,
) -> None:
    """Keep each as a message of the person's: that is what is marked, and what staff look at."""
    for one in told:
        token = secrets.token_urlsafe(18)
        came = messages.Arrival(contact_id, turn.interview.channel, token, one.text, now)
        number = messages.claim(session, came)
        heard = Heard.ANSWER if one.slot in turn.changed else Heard.TRY
        if number is not None:
            filed = messages.Filed(interview_id, heard, one.slot, one.mark)
            messages.file(session, number, filed)


def topics(session: Session, staff_id: int, interview_id: int) -> tuple[str, ...]:
    """The dangers that a testimony tells of, for who may read it."""
    permits.require(session, staff_id, Permit.WORDS)
    marks = select(MessageRow.attention).where(
        MessageRow.interview_id == interview_id, MessageRow.attention.is_not(None)
    )
    found = [topic for mark in session.scalars(marks) for topic in topics_of(mark or "")]
    return tuple(dict.fromkeys(found))
