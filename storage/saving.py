"""What a message changes of an interview, written down; its answers apart."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import bindparam, case, null, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from flows import Heard, Interview, Outcome, Status
from flows.talking.silence import first_look
from storage import timezones
from storage.answers import save_answers
from storage.interviews import OPEN
from storage.library import Library
from storage.models import Contact, InterviewRow
from storage.prepared import Prepared, changing

_THIS = InterviewRow.id == bindparam("interview")
_STATE = ("language", "status", "asked", "attempts", "menu", "cared", "moved_at")
_SILENCE = ("completed_at", "due_at", "reminded")
_COLUMNS = (*_STATE, *_SILENCE)
_STANDS = Prepared(lambda: select(*(getattr(InterviewRow, name) for name in _COLUMNS)).where(_THIS))

_BEGIN = Prepared(
    lambda insert: insert(InterviewRow).returning(InterviewRow.id),
    *("contact_id", "flow", "flow_version_id", "channel", "source", "started_at"),
    *_COLUMNS,
    inserts=True,
)


def save(
    session: Session,
    contact: Contact,
    outcome: Outcome,
    library: Library,
    message_id: int,
    now: datetime,
    *,
    source: str | None = None,
) -> int | None:
    """Keep what an outcome changed; returns the id of the interview that the message belongs to.

    ``source``: how the contact came to an interview that begins with it, as ``storage.sources`` has it.
    """
    wrote = outcome.heard is not Heard.UNASKED  # a machine that answers us breaks no silence
    ids = [
        keep(session, contact, one, library, now, wrote, source=source)
        for one in outcome.interviews
    ]
    if outcome.turn is not None:
        timezones.learn(session, contact, outcome.turn)
        save_answers(session, ids[0], outcome, message_id, now)
    return ids[0] if ids else None


def keep(
    session: Session,
    contact: Contact,
    interview: Interview,
    library: Library,
    now: datetime,
    wrote: bool = True,
    *,
    source: str | None = None,
) -> int:
    """Keep how an interview stands, its answers apart; returns its id. ``wrote``: the silence begins anew.

    ``source``: how the contact came, if it begins now; how somebody came first is never written over.
    """
    state, values = interview.state, _columns(interview, now)
    if wrote or interview.id is None:
        values |= {"due_at": first_look(interview, now), "reminded": 0}
    if interview.id is None:
        values |= {"flow_version_id": library.id_of(interview.flow), "source": source}
        return _begin(session, contact, interview, values, now)
    known = _stands(session, interview.id)
    if known["completed_at"]:  # who looks again has finished all the same, and when they did
        values["due_at"] = None
        if state.status in (Status.EXPIRED, Status.PAUSED, Status.WITHDRAWN):
            values |= {"status": Status.COMPLETE.value, "asked": None}
    elif state.status is Status.COMPLETE:
        values["completed_at"] = now
    _change(session, interview.id, {key: one for key, one in values.items() if known[key] != one})
    return interview.id


def _stands(session: Session, interview_id: int) -> dict[str, Any]:
    """How an interview stands: as it was loaded for the deciding, else as it is read now."""
    held = session.identity_map.get(session.identity_key(InterviewRow, interview_id))
    if held is not None:
        return {name: getattr(held, name) for name in _COLUMNS}
    return dict(
        zip(_COLUMNS, cast(Any, _STANDS.first(session, interview=interview_id)), strict=True)
    )


def _change(session: Session, interview_id: int, values: dict[str, Any]) -> None:
    """Write what changed of an interview (an index is worth sparing), and let the session know, if it holds the row."""
    if values:
        changing(InterviewRow, tuple(values)).run(session, this=interview_id, **values)
    held = session.identity_map.get(session.identity_key(InterviewRow, interview_id))
    if held is not None:
        for name, value in values.items():
            set_committed_value(held, name, value)


def _begin(
    session: Session, contact: Contact, interview: Interview, values: dict[str, Any], now: datetime
) -> int:
    made: int = _BEGIN.one(
        session,
        contact_id=contact.id,
        flow=interview.flow.name,
        channel=contact.channel,
        started_at=now,
        completed_at=now if interview.state.status is Status.COMPLETE else None,
        **values,
    )
    return made


def _columns(interview: Interview, now: datetime) -> dict[str, object]:
    state = interview.state
    return {
        "language": state.language,
        "status": state.status.value,
        "asked": state.asked,
        "attempts": state.attempts,
        "menu": state.menu.value,
        "cared": sorted(interview.cared) or None,
        "moved_at": now,
    }


def withdraw(session: Session, contact_id: int, now: datetime) -> None:
    """End the open interviews of a contact who wants no more messages. What was finished before stays so."""
    finished = InterviewRow.completed_at.is_not(None)
    session.execute(
        update(InterviewRow)
        .where(InterviewRow.contact_id == contact_id, InterviewRow.status.in_(OPEN))
        .values(
            status=case((finished, Status.COMPLETE.value), else_=Status.WITHDRAWN.value),
            asked=case((finished, null()), else_=InterviewRow.asked),
            **{"moved_at": now, "due_at": None},
        )
    )
