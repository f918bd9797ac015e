"""Consultation meetings: what is known of them, their codes, and how many testimonies came of each.

People who were there are known as totals alone; no row here leads from a group to anybody.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from flows import Status
from flows.talking.invitations import SHAPE, meeting_code
from storage import audit
from storage.models import InterviewRow, Meeting, MeetingGroup
from storage.small_counts import suppressed_list

EARLY = timedelta(hours=1)  # people come before the hour, and scan what hangs at the door
MOST_DAYS, MOST_GROUPS, MOST_PEOPLE = 90, 20, 100_000
SOURCE = "source"  # a column that interviews may have: how the person came to us


@dataclass(frozen=True)
class Facts:
    """What staff say of a meeting. Its times are aware; ``timezone`` names whose clock they are told by.

    ``groups``: how many counted themselves to each, in the group's own word. ``days``: how long after the end its
    code is good.
    """

    flow: str
    title: str
    place: str
    host: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    languages: tuple[str, ...]
    access: str = ""
    headcount: int | None = None
    groups: tuple[tuple[str, int], ...] = ()
    days: int = 3


@dataclass(frozen=True)
class Known:
    """A meeting as it is kept."""

    id: int
    code: str
    facts: Facts
    opens_at: datetime
    closes_at: datetime

    def is_open(self, now: datetime) -> bool:
        """Whether its code begins the survey at this moment."""
        return self.opens_at <= now < self.closes_at

    @property
    def hours(self) -> tuple[datetime, datetime]:
        """When it begins and ends, by its own clock."""
        zone = ZoneInfo(self.facts.timezone)
        return self.facts.starts_at.astimezone(zone), self.facts.ends_at.astimezone(zone)


def add(session: Session, facts: Facts, staff_id: int, now: datetime) -> int:
    """Keep a new meeting under a code that no other ever had; returns its id."""
    row = Meeting(code=_new_code(session), made_by=staff_id, made_at=now)
    _put(row, facts)
    session.add(row)
    session.flush()
    _count(session, row.id, facts.groups)
    audit.record(session, now, "meeting added", f"meeting:{row.id}", staff_id)
    return row.id


def change(session: Session, meeting_id: int, facts: Facts, staff_id: int, now: datetime) -> None:
    """Keep what is known of a meeting now. Its code stays, and its survey, for they may hang on walls."""
    # its groups are written anew
    row = session.get_one(Meeting, meeting_id, with_for_update=True, populate_existing=True)
    kept = row.flow
    _put(row, facts)
    row.flow = kept
    _count(session, meeting_id, facts.groups)
    audit.record(session, now, "meeting changed", f"meeting:{meeting_id}", staff_id)


def _put(row: Meeting, facts: Facts) -> None:
    for name in ("flow", "title", "place", "host", "starts_at", "ends_at", "timezone", "access"):
        setattr(row, name, getattr(facts, name))
    row.languages, row.headcount, row.days = list(facts.languages), facts.headcount, facts.days
    row.opens_at = facts.starts_at - EARLY
    row.closes_at = facts.ends_at + timedelta(days=facts.days)


def _count(session: Session, meeting_id: int, groups: Iterable[tuple[str, int]]) -> None:
    session.flush()
    session.execute(delete(MeetingGroup).where(MeetingGroup.meeting_id == meeting_id))
    for name, total in groups:
        session.add(MeetingGroup(meeting_id=meeting_id, name=name, total=total))
    session.flush()


def _new_code(session: Session) -> str:
    while True:
        code = "".join(secrets.choice(signs) for signs in SHAPE)
        if session.scalar(select(Meeting.id).where(Meeting.code == code)) is None:
            return code


def get(session: Session, meeting_id: int) -> Known | None:
    """One meeting, or None."""
    return next(iter(_known(session, [session.get(Meeting, meeting_id)])), None)


def by_code(session: Session, code: str) -> Known | None:
    """The meeting of a code, in whatever way it was typed; None where there is none."""
    plain = meeting_code(code)
    row = session.scalar(select(Meeting).where(Meeting.code == plain)) if plain else None
    return next(iter(_known(session, [row])), None)


def page(session: Session, before: int | None, size: int) -> list[Known]:
    """``size`` meetings with an id below ``before``, the one added last first."""
    wanted = select(Meeting).order_by(Meeting.id.desc()).limit(size)
    if before is not None:
        wanted = wanted.where(Meeting.id < before)
    return _known(session, session.scalars(wanted).all())


def newer_than(session: Session, after: int, size: int) -> int | None:
    """The key of the page before the one that begins below ``after``; None when that is the first."""
    ids = select(Meeting.id).where(Meeting.id >= after).order_by(Meeting.id).limit(size + 1)
    newer = session.scalars(ids).all()
    return newer[size] if len(newer) > size else None


def _known(session: Session, found: Sequence[Meeting | None]) -> list[Known]:
    rows = [row for row in found if row is not None]
    groups: dict[int, list[tuple[str, int]]] = {row.id: [] for row in rows}
    counted = select(MeetingGroup).where(MeetingGroup.meeting_id.in_(groups))
    for one in session.scalars(counted.order_by(MeetingGroup.id)) if rows else ():
        groups[one.meeting_id].append((one.name, one.total))
    return [_one(row, tuple(groups[row.id])) for row in rows]


def _one(row: Meeting, groups: tuple[tuple[str, int], ...]) -> Known:
    facts = Facts(
        flow=row.flow,
        title=row.title,
        place=row.place,
        host=row.host,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        timezone=row.timezone,
        languages=tuple(row.languages),
        access=row.access,
        headcount=row.headcount,
        groups=groups,
        days=row.days,
    )
    return Known(row.id, row.code, facts, row.opens_at, row.closes_at)


def provenance(meeting: Known) -> str:
    """How a person who came by a meeting came to us."""
    return f"meeting:{meeting.code}"


def credit(session: Session, interview_id: int, meeting: Known) -> None:
    """Write down that an interview was given at a meeting, or began by its code."""
    row = session.get_one(InterviewRow, interview_id)
    row.meeting_id = meeting.id
    if SOURCE in InterviewRow.__table__.c:  # where interviews tell how people came, they tell this
        setattr(row, SOURCE, provenance(meeting))
    session.flush()


def tally(session: Session, meeting_ids: Iterable[int]) -> Mapping[int, int]:
    """How many testimonies came of each of these meetings; erased ones are none."""
    rows = session.execute(
        select(InterviewRow.meeting_id, func.count())
        .where(InterviewRow.meeting_id.in_(list(meeting_ids)))
        .where(InterviewRow.status != Status.ERASED)
        .group_by(InterviewRow.meeting_id)
    )
    return {meeting: count for meeting, count in rows if meeting is not None}


def tally_shown(session: Session, flow: str) -> Mapping[int, int | None]:
    """The same for all meetings of a survey, as who may read no words may see it: None is not shown.

    Those who came by no meeting are counted along, lest they follow from the sum.
    """
    rows = session.execute(
        select(InterviewRow.meeting_id, func.count())
        .where(InterviewRow.flow == flow, InterviewRow.status != Status.ERASED)
        .group_by(InterviewRow.meeting_id)
        .order_by(InterviewRow.meeting_id)
    ).all()
    shown = suppressed_list([count for _, count in rows]) if rows else []
    return {
        meeting: count
        for (meeting, _), count in zip(rows, shown, strict=False)
        if meeting is not None
    }
