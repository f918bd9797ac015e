"""The outbox: background work as rows, written in the transaction that causes it.

A job is claimed by one UPDATE that sets its owner and pushes ``run_at`` past a lease; if the owner dies, the lease
ends and the job is claimed again. So everything here happens at least once. Jobs of one contact keep their order.
Which of several comes first stands in ``ranks``.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, true, update
from sqlalchemy.orm import Session

from storage import ranks
from storage.models import Job, MessageRow
from storage.prepared import Prepared

SEND, FORGET = "send", "forget"
CONFIRM = "confirm"  # to send too: what says that a STOP was heard, which goes out whatever waits
# to send too, but by day: a reminder, which is moot once the contact writes, and what a story led to, which is not
REMIND, TELL = "remind", "tell"
UNASKED = (REMIND, TELL)
BROADCAST, STEP = (
    "broadcast",
    "step",
)  # one of many, sent as well; and what feeds them, which is slow
BEGUN = (*UNASKED, BROADCAST)  # by us
SENDS = (CONFIRM, SEND, *BEGUN)
ANSWERS = (CONFIRM, SEND)  # what people wait for; all else may have to wait on purpose
# a file to fetch, a file in the store to take away, a message or file to clear at the provider
FETCH, DISCARD, CLEAR = "fetch", "discard", "clear"
# an export to be made, and one whose file has had its days
EXPORT, EXPIRE = "export", "expire"
TIDY = "tidy"  # half-typed sheets that have had their time
RECONCILE = "reconcile"  # what came in while nobody was here, asked of the provider
LET = "let"  # what a contact has in quarantine, to be answered
# nobody waits for these: replies go before
SLOW = (FETCH, DISCARD, CLEAR, EXPORT, EXPIRE, TIDY, RECONCILE, LET, STEP)


Claimed = ranks.Claimed
_NEW = ("kind", "message_id", "order_key", "lane", "rank", "run_at", "created_at")
_ENQUEUE = Prepared(lambda insert: insert(Job), *_NEW, inserts=True)
# in the order of the contact's index: PostgreSQL, while it knows nothing of the table, would take any other as well
WAITING = Prepared(
    lambda: (
        select(Job.id, Job.kind, Job.message_id)
        .where(Job.order_key == bindparam("contact"), Job.kind.in_(BEGUN), Job.done_at.is_(None))
        .order_by(Job.id)
    )
)
_HELD = (Job.id == bindparam("job"), Job.owner == bindparam("holder"), Job.done_at.is_(None))
_FINISH = Prepared(
    lambda: update(Job).where(*_HELD).returning(Job.id), "done_at", "owner", "target"
)


def enqueue_forget(session: Session, contact_id: int, now: datetime, run_at: datetime) -> None:
    """Queue the last step of an erasure, behind the contact's last message."""
    session.add(Job(kind=FORGET, order_key=contact_id, run_at=run_at, created_at=now))


def enqueue_send(
    session: Session,
    message_id: int,
    contact_id: int,
    now: datetime,
    kind: str = SEND,
    *,
    channel: str,
    run_at: datetime | None = None,
) -> None:
    """Queue an outbound message by ``channel``, behind the contact's earlier ones; ``kind`` is one of SENDS."""
    _ENQUEUE.run(
        session,
        kind=kind,
        message_id=message_id,
        order_key=contact_id,
        lane=ranks.lane_of(channel),
        rank=ranks.RANKS[kind],
        run_at=run_at or now,
        created_at=now,
    )


def wake(session: Session, contact_id: int, now: datetime) -> list[int]:
    """The contact is awake: let what waits for their morning go out now, and take reminders back.

    Returns the ids of the messages that are not to be sent any more.
    """
    waiting = WAITING.all(session, contact=contact_id)
    for job_id, kind, _ in waiting:
        asked = {"kind": SEND, "rank": ranks.ANSWERS}
        values = asked if kind == TELL else {"done_at": now}
        not_in_hand = Job.owner.is_(None) if kind == BROADCAST else true()
        _change(session, (Job.id == job_id) & not_in_hand, **values)
        if kind == TELL:
            _change(session, (Job.id == job_id) & Job.owner.is_(None), run_at=now)
    return [message_id for _, kind, message_id in waiting if kind == REMIND]


def _change(session: Session, which: ColumnElement[bool], **values: object) -> None:
    statement = update(Job).where(which).values(**values)
    session.execute(statement.execution_options(synchronize_session=False))


def enqueue_fetch(
    session: Session, attachment_id: int, now: datetime, target: str | None = None
) -> None:
    """Queue the fetching of a file, which the provider knows as ``target``. It holds up nothing."""
    add_slow(session, FETCH, now, attachment_id=attachment_id, target=target)


def add_slow(session: Session, kind: str, now: datetime, **values: Any) -> None:
    """Queue work that nobody waits for."""
    session.add(Job(**{"run_at": now, **values}, kind=kind, rank=ranks.RANKS[kind], created_at=now))


def enqueue_away(
    session: Session, kind: str, target: str, now: datetime, run_at: datetime | None = None
) -> None:
    """Queue that ``target`` be taken away: DISCARD names a file in the store, CLEAR a thing at the provider."""
    add_slow(session, kind, now, target=target, run_at=run_at or now)


def enqueue_export(
    session: Session, kind: str, export_id: int, now: datetime, run_at: datetime | None = None
) -> None:
    """Queue the making of an export, or (EXPIRE) its end."""
    add_slow(session, kind, now, target=str(export_id), run_at=run_at or now)


def enqueue_tidy(session: Session, now: datetime, run_at: datetime) -> None:
    """Queue a tidying, unless one is queued: that one sees to the next. It is held until this transaction ends."""
    queued = select(Job.id).where(Job.kind == TIDY, Job.done_at.is_(None)).limit(1)
    if session.scalar(queued.with_for_update()) is None:
        add_slow(session, TIDY, now, run_at=run_at)


def hasten(session: Session, kind: str, target: str, now: datetime) -> None:
    """Let what is queued for ``target`` run now, unless it is in hand."""
    session.execute(
        update(Job)
        .where(Job.kind == kind, Job.target == target, Job.owner.is_(None), Job.done_at.is_(None))
        .values(run_at=now)
        .execution_options(synchronize_session=False)
    )


def claim_jobs(
    session: Session,
    owner: str,
    now: datetime,
    lease: timedelta,
    limit: int,
    without: Collection[str] = (),
    shut: Collection[ranks.Queue] = (),
) -> list[Claimed]:
    """Take up to ``limit`` due jobs for ``owner``: at most one of each contact, those first that come first.

    Kinds ``without`` are left to others; queues that are ``shut`` wait.
    """
    found: list[Claimed] = []
    for head in ranks.due(session, now, without, shut):
        most = limit - len(found)
        found += ranks.claim(session, head.queue, owner, (now, now + lease), most, without)
        if len(found) >= limit:
            break
    return found


def finish(session: Session, job_id: int, owner: str, now: datetime) -> bool:
    """Mark a job as done, if it is still ``owner``'s; returns whether it was."""
    done = _FINISH.one(session, job=job_id, holder=owner, done_at=now, owner=None, target=None)
    return done is not None


def hold(session: Session, job_id: int, owner: str, until: datetime) -> bool:
    """Keep a job for longer than its lease, if it is still ``owner``'s; returns whether it was."""
    return _mine(session, job_id, owner, run_at=until)


def postpone(
    session: Session, job_id: int, owner: str, run_at: datetime, *, tried: bool = True
) -> bool:
    """Give a job back for a later try, if it is still ``owner``'s; returns whether it was."""
    values = {} if tried else {"attempts": Job.attempts - 1}
    return _mine(session, job_id, owner, run_at=run_at, owner=None, **values)


def _mine(session: Session, job_id: int, holder: str, /, **values: object) -> bool:
    changed = session.execute(
        update(Job)
        .where(Job.id == job_id, Job.owner == holder, Job.done_at.is_(None))
        .values(**values)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return changed.first() is not None


def cancel(
    session: Session, contact_id: int, now: datetime, interview_id: int | None = None
) -> list[int]:
    """Take all that is queued for a contact out of the outbox, or what belongs to one interview; returns the ids of the
    messages.

    What a sender has in hand at this moment may still go out; it will not be tried again.
    """
    queued: list[ColumnElement[bool]] = [
        Job.order_key == contact_id,
        Job.kind.in_(SENDS),
        Job.done_at.is_(None),
    ]
    if interview_id is not None:
        of_it = select(MessageRow.id).where(MessageRow.interview_id == interview_id)
        queued.append(Job.message_id.in_(of_it))
    taken = session.scalars(
        update(Job)
        .where(*queued)
        .values(done_at=now)
        .returning(Job.message_id)
        .execution_options(synchronize_session=False)
    )
    return [message_id for message_id in taken if message_id is not None]


def is_last(session: Session, job: Claimed) -> bool:
    """Whether nothing of the same contact is queued behind a job."""
    later = select(Job.id).where(
        Job.order_key == job.order_key, Job.id > job.id, Job.done_at.is_(None)
    )
    return session.scalar(later.limit(1)) is None


def is_done(session: Session, job_id: int) -> bool:
    """Whether a job was done or cancelled meanwhile."""
    return session.scalar(select(Job.done_at).where(Job.id == job_id)) is not None


def next_due(
    session: Session, without: Collection[str] = (), shut: Collection[ranks.Queue] = ()
) -> datetime | None:
    """When the next job may run, or was to run; None when there is none. Those behind another do not count."""
    return min((head.run_at for head in ranks.heads(session, without, shut)), default=None)
