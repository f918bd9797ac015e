"""What the database says of the service itself, so that every process tells the same: counts and ages, never a person.

Each question costs the same however much is kept: it goes to an index over few rows, or to the newest rows alone.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from storage import outbox
from storage.db import vault_of
from storage.failures import NotArrived
from storage.messages import OUT
from storage.models import Contact, ExportRow, Job, MessageRow
from storage.models.interviewing import NOT_ARRIVED
from storage.narrowing import open_marks
from storage.ranks import Queue

NEWEST = 10_000  # messages that are counted
MOST_JOBS = 100_000  # that are looked at
MOST_MARKS = 10_000
EXPORTS = 1_000
REPLIES, SLOW = "replies", "slow"  # what people wait for, and what nobody does
PROMPT = [*outbox.SENDS, outbox.FORGET]
PATIENT = [*outbox.UNASKED, outbox.BROADCAST, *outbox.SLOW]


@dataclass(frozen=True)
class Count:
    """How many messages of the newest go this way, by this channel, and stand so."""

    direction: str
    channel: str
    status: str
    number: int


@dataclass(frozen=True)
class Waiting:
    """Jobs of one kind that are not done. ``again``: what failed before; ``oldest``: when the first was queued."""

    kind: str
    number: int
    again: int
    oldest: datetime


def newest(session: Session) -> list[Count]:
    """The newest messages, counted by direction, channel and status."""
    last = (
        select(MessageRow.direction, MessageRow.channel, MessageRow.status)
        .where(MessageRow.id > (session.scalar(select(func.max(MessageRow.id))) or 0) - NEWEST)
        .subquery()
    )
    kinds = (last.c.direction, last.c.channel, last.c.status)
    rows = session.execute(select(*kinds, func.count()).group_by(*kinds))
    return [Count(way, channel, status, number) for way, channel, status, number in rows]


def waiting(session: Session) -> list[Waiting]:
    """The outbox by kind; of a very long one, the part that is due first."""
    undone = (
        select(Job.kind, _failed_before().label("again"), Job.created_at)
        .where(Job.done_at.is_(None))
        .order_by(Job.run_at)
        .limit(MOST_JOBS)
        .subquery()
    )
    again = func.count().filter(undone.c.again)
    rows = session.execute(
        select(undone.c.kind, func.count(), again, func.min(undone.c.created_at)).group_by(
            undone.c.kind
        )
    )
    return [Waiting(*row) for row in rows]


def _failed_before() -> ColumnElement[bool]:
    """Of jobs: somebody has tried, and has given it back or died."""
    return (Job.attempts > 1) | ((Job.attempts == 1) & Job.owner.is_(None))


def late(session: Session, now: datetime, shut: Collection[Queue] = ()) -> dict[str, float]:
    """For how many seconds work has been due that nobody has done: what people wait for, and the slow work.

    What waits in a queue that is ``shut`` waits on purpose, and so may what nobody asked for.
    """
    due = {
        REPLIES: outbox.next_due(session, PATIENT, shut),
        SLOW: outbox.next_due(session, PROMPT),
    }
    return {work: max((now - at).total_seconds(), 0.0) if at else 0.0 for work, at in due.items()}


def trying(session: Session, most: int) -> list[NotArrived]:
    """What channels did not take yet and will be offered again, by reason, the commonest first."""
    failing = (
        select(Job.message_id)
        .where(Job.done_at.is_(None), _failed_before(), Job.message_id.is_not(None))
        .order_by(Job.run_at)
        .limit(MOST_JOBS)
        .subquery()
    )
    number = func.count().label("number")
    rows = session.execute(
        select(MessageRow.channel, MessageRow.error, number, func.max(MessageRow.at))
        .join(failing, failing.c.message_id == MessageRow.id)
        .where(MessageRow.error.is_not(None))
        .group_by(MessageRow.channel, MessageRow.error)
        .order_by(number.desc(), MessageRow.channel, MessageRow.error)
        .limit(most)
    )
    return [NotArrived(*row) for row in rows]


def not_arrived(session: Session, since: datetime) -> list[tuple[str, str, int]]:
    """How many messages written since then did not arrive: channel, status, number."""
    rows = session.execute(
        select(MessageRow.channel, MessageRow.status, func.count())
        .where(text(f"messages.{NOT_ARRIVED}"), MessageRow.direction == OUT, MessageRow.at >= since)
        .group_by(MessageRow.channel, MessageRow.status)
    )
    return [(channel, status, number) for channel, status, number in rows]


def marked(session: Session) -> int:
    """How many messages wait for a person to look at them; of very many, as many as are looked at here."""
    return _number(session, open_marks())


def failed_at(session: Session) -> int:
    """How many of those the program itself failed at: they are marked with the place of the fault."""
    return _number(session, open_marks() & MessageRow.attention.like("% in %, line %"))


def _number(session: Session, which: ColumnElement[bool]) -> int:
    some = select(MessageRow.id).where(which).limit(MOST_MARKS).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def under_an_old_key(session: Session) -> bool:
    """Whether the first address that is kept is still sealed by a key that is not the newest."""
    first = select(Contact.address).where(Contact.address.is_not(None)).order_by(Contact.id)
    sealed = session.scalar(first.limit(1))
    return sealed is not None and not vault_of(session).is_current(sealed)


def exports(session: Session, since: datetime | None = None) -> dict[str, int]:
    """The newest exports by where they stand; those that were asked for since then."""
    last = (
        select(ExportRow.status, ExportRow.asked_at)
        .order_by(ExportRow.id.desc())
        .limit(EXPORTS)
        .subquery()
    )
    statement = select(last.c.status, func.count()).group_by(last.c.status)
    if since is not None:
        statement = statement.where(last.c.asked_at >= since)
    rows = session.execute(statement)
    return {status: number for status, number in rows}  # noqa: C416 - a row is no pair to mypy


def size(session: Session) -> int:
    """How many bytes the database has on its disk."""
    asked: Sequence[str] = (
        ("SELECT pg_database_size(current_database())",)
        if session.get_bind().dialect.name == "postgresql"
        else ("PRAGMA page_count", "PRAGMA page_size")
    )
    found = 1
    for statement in asked:
        found *= session.scalar(text(statement)) or 0
    return found
