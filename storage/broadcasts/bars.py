"""Why somebody does not get a broadcast, or not yet: asked as a message is written, and again as it is handed over."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from flows.talking.channels import UNADDRESSED
from flows.talking.silence import A_DAY, opening, spread_of
from storage import contacts, interviews, messages, suppressions, timezones, writing
from storage.library import Library
from storage.models import Contact, MessageRow

APART = timedelta(hours=1)  # of silence: nobody is interrupted who is writing


class Bar(StrEnum):
    """Why not, the gravest first."""

    ERASED = "erased"
    STOPPED = "stopped"
    UNREACHABLE = "unreachable"
    WAY = "way"  # a channel on which nobody may be written to first
    LEFT = "left"  # the quiet word: somebody else may hold the phone
    NO_CONSENT = "no consent"
    LANGUAGE = "language"  # there is no text in theirs
    ENDED = "ended"  # staff stopped the broadcast


def bar(session: Session, contact: Contact, scope: str) -> Bar | None:
    """What forbids to write to somebody now; None when nothing does."""
    address = contacts.address_of(session, contact)
    if address is None:
        return Bar.ERASED
    held = suppressions.find(session, address)
    if held is not None:
        return Bar.STOPPED if held.willed else Bar.UNREACHABLE
    if contact.channel in UNADDRESSED or address.startswith(suppressions.PREFIXES):
        return Bar.WAY
    if interviews.is_left(session, contact.id):
        return Bar.LEFT
    return None if writing.agreed(session, contact.id, scope) else Bar.NO_CONSENT


def opens(session: Session, contact: Contact, library: Library, now: datetime) -> datetime:
    """When somebody may be written to: ``now``, unless they sleep, have just written, or staff write with them."""
    row = interviews.current(session, contact.id)
    if row is None:
        return now
    written = select(func.max(MessageRow.at)).where(
        MessageRow.contact_id == contact.id, MessageRow.direction == messages.IN
    )
    last = session.scalar(written)
    if last is not None and now < last + APART:
        return last + APART
    if row.held_by is not None:
        return now + APART
    flow = library.flow(session, row.flow_version_id)
    zones = timezones.zones_of(session, contact, flow, now)
    return opening(now, zones, spread_of(contact.id)) or now + A_DAY
