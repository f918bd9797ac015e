"""Codes on testimonies: put and taken back by coders, or following from the answers; and the questions that lists ask.

Codes of different coders stand side by side: nobody's changes another's. Which codes there are is not known here.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, exists, select, update
from sqlalchemy.orm import Session, aliased

from flows import Status
from flows.framework.precoding import Code
from storage import audit, permits, putting
from storage.db import insert_into
from storage.models import Coding, InterviewRow, StaffMember
from storage.permits import Permit
from storage.prepared import Prepared
from storage.tallies import marking
from storage.tallies.spans import CODED

THEME, GROUP, ASSESSMENT = "theme", "group", "assessment"
KINDS = (THEME, GROUP, ASSESSMENT)
STANDING = Coding.ended_at.is_(None)
_CODERS = Prepared(
    lambda: select(StaffMember.id, StaffMember.email).where(
        exists().where(Coding.staff_id == StaffMember.id)
    )
)


@dataclass(frozen=True)
class Coded:
    """One code as it was put. ``who``, ``staff_id`` and ``at`` are None where it follows from the answers."""

    kind: str
    code: str
    staff_id: int | None
    who: str | None
    at: datetime | None
    ended_at: datetime | None


def change(
    session: Session,
    interview_id: int,
    staff_id: int,
    put: Iterable[Code],
    take: Iterable[Code],
    now: datetime,
) -> int:
    """Put codes (kind and code) on a testimony for one coder and take others of theirs back; returns how many changed.

    Of one that was erased none. Raises NotPermitted for who does not read words.
    """
    permits.require(session, staff_id, Permit.WORDS)
    if not putting.stands(session, interview_id):
        return 0
    changed = sum(_take(session, interview_id, staff_id, one, now) for one in take)
    changed += sum(_put(session, interview_id, staff_id, one, now) for one in put)
    if changed:
        marking.mark(session, InterviewRow.id == interview_id, [CODED])
    return changed


def _put(session: Session, interview_id: int, staff_id: int, code: Code, now: datetime) -> bool:
    values = {"interview_id": interview_id, "staff_id": staff_id, "kind": code[0], "code": code[1]}
    made = session.execute(
        insert_into(session, Coding)
        .values(**values, at=now)
        .on_conflict_do_nothing(
            index_elements=["interview_id", "staff_id", "kind", "code"], index_where=STANDING
        )
        .returning(Coding.id)
    ).first()
    return _told(session, made is not None, "code", interview_id, staff_id, code, now)


def _take(session: Session, interview_id: int, staff_id: int, code: Code, now: datetime) -> bool:
    ended = session.execute(
        update(Coding)
        .where(
            Coding.interview_id == interview_id,
            Coding.staff_id == staff_id,
            Coding.kind == code[0],
            Coding.code == code[1],
            STANDING,
        )
        .values(ended_at=now)
        .returning(Coding.id)
        .execution_options(synchronize_session=False)
    ).first()
    return _told(session, ended is not None, "code taken back", interview_id, staff_id, code, now)


def _told(
    session: Session,
    done: bool,
    action: str,
    interview_id: int,
    staff_id: int,
    code: Code,
    now: datetime,
) -> bool:
    if done:
        subject, (kind, name) = f"interview:{interview_id}", code
        audit.record(session, now, action, subject, staff_id, kind=kind, code=name)
    return done


def of_interview(session: Session, interview_id: int) -> list[Coded]:
    """Every code that was ever put on a testimony, those that follow from its answers first, then as they were put."""
    rows = session.execute(
        select(
            Coding.kind,
            Coding.code,
            Coding.staff_id,
            StaffMember.email,
            Coding.at,
            Coding.ended_at,
        )
        .outerjoin(StaffMember, StaffMember.id == Coding.staff_id)
        .where(Coding.interview_id == interview_id)
        .order_by(Coding.staff_id.is_not(None), Coding.id)
    )
    return [Coded(*row) for row in rows]


def codable(session: Session, interview_id: int) -> bool:
    """Whether there is such a testimony, and it was not erased."""
    wanted = (InterviewRow.id == interview_id, InterviewRow.status != Status.ERASED)
    return session.scalar(select(InterviewRow.id).where(*wanted)) is not None


def union(
    session: Session, interview_ids: Collection[int]
) -> dict[int, dict[str, tuple[str, ...]]]:
    """Of each interview that has any: by kind its codes, whoever put them and whatever they follow from, in order."""
    rows = session.execute(
        select(Coding.interview_id, Coding.kind, Coding.code)
        .where(Coding.interview_id.in_(interview_ids), STANDING)
        .distinct()
        .order_by(Coding.interview_id, Coding.kind, Coding.code)
    )
    found: dict[int, dict[str, tuple[str, ...]]] = {}
    for interview, kind, code in rows:
        kinds = found.setdefault(interview, {})
        kinds[kind] = (*kinds.get(kind, ()), code)
    return found


def has_theme(code: str) -> ColumnElement[bool]:
    """Whether an interview has this theme, by whomever: a condition for a SELECT over InterviewRow."""
    return _has(THEME, code)


def has_group(code: str) -> ColumnElement[bool]:
    """Whether an interview is about this group of persons, by whomever."""
    return _has(GROUP, code)


def has_assessment(code: str) -> ColumnElement[bool]:
    """Whether an interview tells a problem, progress or a recommendation, by whomever."""
    return _has(ASSESSMENT, code)


def _has(kind: str, code: str) -> ColumnElement[bool]:
    one = aliased(Coding)  # the SELECT around it may be over codes itself
    return exists().where(
        one.interview_id == InterviewRow.id,
        one.kind == kind,
        one.code == code,
        one.ended_at.is_(None),
    )


def ids_with(kind: str, code: str) -> Select[int]:
    """The interviews that ever had a code, as an index knows them; some more than once."""
    one = aliased(Coding)
    return select(one.interview_id).where(one.kind == kind, one.code == code)


def coded_by(staff_id: int | None) -> ColumnElement[bool]:
    """Whether this member coded an interview; with None, whether nobody did. What follows from answers counts not."""
    one = aliased(Coding)
    ours = (one.interview_id == InterviewRow.id, one.ended_at.is_(None))
    if staff_id is None:
        return ~exists().where(*ours, one.staff_id.is_not(None))
    return exists().where(*ours, one.staff_id == staff_id)


def coders(session: Session) -> dict[int, str]:
    """The e-mail addresses of all who ever coded a testimony, by id."""
    return dict(_CODERS.all(session))


def shared_by(first: int, second: int) -> ColumnElement[bool]:
    """Whether both members coded an interview."""
    return coded_by(first) & coded_by(second)


def differ(first: int, second: int) -> ColumnElement[bool]:
    """Whether one of two members put a code on an interview that the other did not; both have coded it."""
    return shared_by(first, second) & (_alone(first, second) | _alone(second, first))


def _alone(one: int, other: int) -> ColumnElement[bool]:
    """Whether ``one`` put a code that ``other`` did not."""
    mine, theirs = aliased(Coding), aliased(Coding)
    matched = exists().where(
        theirs.interview_id == mine.interview_id,
        theirs.staff_id == other,
        theirs.kind == mine.kind,
        theirs.code == mine.code,
        theirs.ended_at.is_(None),
    )
    return exists().where(
        mine.interview_id == InterviewRow.id,
        mine.staff_id == one,
        mine.ended_at.is_(None),
        ~matched,
    )


def forget(session: Session, contact_id: int) -> None:
    """Take away every code on what a contact told."""
    theirs = select(InterviewRow.id).where(InterviewRow.contact_id == contact_id)
    session.execute(delete(Coding).where(Coding.interview_id.in_(theirs)))
