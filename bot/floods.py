"""Bursts that look automated: what no person, and no meeting, would send. What is found so is kept, and not answered.

A whole meeting may begin within a minute, a city within an hour, and a quick person may tell a story in forty pieces:
all of them are far below.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.channels import WEB
from storage.lately import Recent
from storage.models import Contact
from storage.quarantine import TOO_MANY_NEW, TOO_QUICK, are_new, nth_before

QUICKLY, QUICK = timedelta(minutes=1), 60  # messages of one contact
AT_ONCE, NEWCOMERS = timedelta(minutes=10), 2000  # new contacts of one channel


def quarantined(
    session: Session, contact: Contact, message_id: int, recent: Sequence[Recent], now: datetime
) -> str:
    """Why a message is part of a burst that looks automated; "" when it is not. ``recent``: newest first.

    Nobody who writes as people do costs the database a question here, but for their very first message.
    """
    if contact.channel == WEB:  # it costs us nothing, and the page would seem broken
        return ""
    theirs = [one for one in recent if one.inbound]
    answered = len(theirs) < len(recent)
    if not answered and all(TOO_MANY_NEW in (one.attention or "") for one in theirs):
        return TOO_MANY_NEW if are_new(session, contact, now - AT_ONCE, NEWCOMERS) else ""
    if len(theirs) < QUICK // 2 or now - theirs[-1].at >= QUICKLY:
        return ""
    before = nth_before(session, contact.id, message_id, QUICK)
    return TOO_QUICK if before is not None and now - before < QUICKLY else ""
