"""Meetings' codes that come in: looked up while they are good, and credited to the interview that they began.

What such a code does in a conversation is decided in ``flows``.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.channels import Inbound
from flows import Outcome
from flows.talking.invitations import meeting_code
from storage import meetings
from storage.meetings import Known


def find(session: Session, inbound: Inbound, now: datetime) -> Known | None:
    """The meeting whose good code a message is, or brings by a link; None for most messages, without a look."""
    brought = inbound.flow if inbound.begin and inbound.flow else ""
    for written in (inbound.invite, brought, inbound.text):
        if code := meeting_code(written):
            found = meetings.by_code(session, code)
            return found if found and found.is_open(now) else None
    return None


def keep(
    session: Session, outcome: Outcome, meeting: Known | None, interview_id: int | None
) -> None:
    """Write down that an interview began by a meeting's code."""
    if meeting is not None and outcome.invited and interview_id is not None:
        meetings.credit(session, interview_id, meeting)
