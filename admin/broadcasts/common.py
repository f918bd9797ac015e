"""What the pages of broadcasts share: the one that is meant, and what its states are called."""

from typing import Any

from flask import abort
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from admin.filters import MAX_KEY
from storage.broadcasts import recipients, register, steering
from storage.broadcasts.bars import Bar
from storage.broadcasts.handing import UNKNOWN
from storage.broadcasts.register import Known, Purpose, Standing

PURPOSES = {
    Purpose.INFORM: lazy_gettext("To tell news, to those who agreed to get news"),
    Purpose.INVITE: lazy_gettext("To invite, those who agreed to be written to again"),
}
STANDINGS = {
    Standing.DRAFT: lazy_gettext("Draft"),
    Standing.SCHEDULED: lazy_gettext("Scheduled"),
    Standing.RUNNING: lazy_gettext("On its way"),
    Standing.PAUSED: lazy_gettext("Paused"),
    Standing.STOPPED: lazy_gettext("Stopped"),
    Standing.DONE: lazy_gettext("Done"),
}
BADGES = {
    Standing.SCHEDULED: "paused",
    Standing.RUNNING: "waiting",
    Standing.PAUSED: "paused",
    Standing.DONE: "complete",
}
STATES = {
    recipients.WAITING: lazy_gettext("Waiting"),
    recipients.QUEUED: lazy_gettext("In hand"),
    recipients.SENT: lazy_gettext("Sent"),
    recipients.FAILED: lazy_gettext("Failed"),
    recipients.LEFT: lazy_gettext("Left out"),
}
NOT_SENT = lazy_gettext("Not sent")
REASONS = {
    Bar.ERASED.value: lazy_gettext("erased since"),
    Bar.STOPPED.value: lazy_gettext("wants no messages"),
    Bar.UNREACHABLE.value: lazy_gettext("not reached by messages at the moment"),
    Bar.WAY.value: lazy_gettext("cannot be written to first on WhatsApp"),
    Bar.LEFT.value: lazy_gettext("sent the quiet word: somebody else may hold the phone"),
    Bar.NO_CONSENT.value: lazy_gettext("took their consent back"),
    Bar.LANGUAGE.value: lazy_gettext("no text in their language"),
    Bar.ENDED.value: lazy_gettext("stopped by staff"),
    UNKNOWN: lazy_gettext("may have gone out: a program that sent it died"),
}
WHY = {
    steering.RESTORED: lazy_gettext(
        "A backup was restored. Who got this since the backup was made is not known: if you go on, some may get "
        "it twice."
    )
}


def states_of(found: Known) -> dict[str, Any]:
    """The states of its recipients by name. Whoever still waits when it is stopped waits for nothing."""
    waiting = {recipients.WAITING: NOT_SENT} if found.standing is Standing.STOPPED else {}
    return {**STATES, **waiting}


def known(session: Session, broadcast_id: int) -> Known:
    """The broadcast of an id, or no page."""
    found = register.get(session, broadcast_id) if broadcast_id <= MAX_KEY else None
    return found or abort(404)
