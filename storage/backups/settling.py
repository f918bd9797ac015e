"""What a restored database is told of the time since its backup, before anybody works with it.

What was about to be sent then has been sent since, or is too late: it is not sent again. Links that let somebody in
have had their day. Files that are nobody's any more are taken away.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from sqlalchemy import String, column, delete, insert, literal, select, table, text, union, update
from sqlalchemy.orm import Session

from flows import Status
from storage import messages, outbox, ranks, suppressions
from storage.attachments import GONE, LOST
from storage.backups.erased import erase_again
from storage.backups.kept_out import keep_out
from storage.backups.standing import AGREED, LEFTOVER, REMINDED, Carried
from storage.base import Moment
from storage.broadcasts import steering
from storage.exports import making, register
from storage.models import (
    Attachment,
    ExportRow,
    InterviewRow,
    Job,
    LogIn,
    MessageRow,
    StaffLink,
)

NOT_SENT = "not sent: it waited when the backup was made"
AT_ONCE = 500
# what was agreed to since, or not any more; of the message that said so nothing is known. Of who was erased before the
# backup was made, the database that is replaced may still have what it had from an older one
AGREE_AGAIN = f"""
INSERT INTO consents (interview_id, question, scope, given, language, text, at)
SELECT b.interview_id, b.question, b.scope, b.given, b.language, b.text, b.at FROM {AGREED} b
JOIN interviews i ON i.id = b.interview_id AND i.started_at = b.started_at AND i.status <> '{Status.ERASED.value}'
WHERE NOT EXISTS (
    SELECT 1 FROM consents c WHERE c.interview_id = b.interview_id AND c.scope = b.scope AND c.at = b.at
) ORDER BY b.id
"""  # noqa: S608 - no input


def settle(session: Session, carried: Carried, missing: list[str], now: datetime) -> int:
    """Do all of it; returns how many messages are not sent again."""
    unsent = _hold_back(session, now)
    steering.hold_after_restore(session)
    session.execute(delete(LogIn))
    session.execute(update(StaffLink).where(StaffLink.used_at.is_(None)).values(used_at=now))
    keep_out(session, carried.kept_out, now)
    _let_exports_go(session, now)
    _lose(session, missing)
    if carried.reminded:
        _remind_no_more(session)
    if carried.agreed:
        session.execute(text(AGREE_AGAIN))
    for one in carried.suppressed:
        suppressions.write(session, **one)
    for erased in carried.erased:
        erase_again(session, erased, now)
    return unsent


def _hold_back(session: Session, now: datetime) -> int:
    waiting = select(Job.message_id).where(Job.message_id.is_not(None), Job.done_at.is_(None))
    held = update(MessageRow).where(
        MessageRow.id.in_(waiting), MessageRow.status.in_((messages.QUEUED, messages.SENDING))
    )
    held = held.values(status=messages.FAILED, error=NOT_SENT)
    quietly = {"synchronize_session": False}
    number: int = session.execute(held, execution_options=quietly).rowcount  # type: ignore[attr-defined]
    sent_since = Job.message_id.is_not(None) | (Job.kind == outbox.LET)  # or left, or let again
    done = update(Job).where(sent_since, Job.done_at.is_(None))
    session.execute(done.values(done_at=now, owner=None), execution_options=quietly)
    free = update(Job).where(Job.done_at.is_(None), Job.owner.is_not(None))
    session.execute(free.values(owner=None, run_at=now), execution_options=quietly)
    return number


def _remind_no_more(session: Session) -> None:
    """Whoever was reminded since, and has not written, is not reminded of the same again."""
    moments = (column("moved_at", Moment), column("due_at", Moment))
    before = table(REMINDED, column("id"), column("reminded"), *moments).c
    same = (before.id == InterviewRow.id, before.moved_at == InterviewRow.moved_at)
    now_so = {"reminded": before.reminded, "due_at": before.due_at}
    changed = update(InterviewRow).where(*same, before.reminded > InterviewRow.reminded)
    session.execute(changed.values(now_so), execution_options={"synchronize_session": False})


def _let_exports_go(session: Session, now: datetime) -> None:
    """No backup holds the files of exports: whoever needs one makes it again."""
    rows = session.execute(select(ExportRow.id, ExportRow.status)).all()
    for number, status in rows:
        if status == register.READY:
            making.expire(session, number, now)
        elif status in register.UNDER_WAY:
            making.fail(session, number, "a backup was restored", now)


def _lose(session: Session, missing: list[str]) -> None:
    """Files that were gone when the backup was made."""
    for names in _batches(missing):
        lost = update(Attachment).where(Attachment.original.in_(names))
        none = {"key": None, "original": None, "cleaned": None, "cleaned_type": None}
        session.execute(lost.values(status=LOST, error=GONE, **none))
        plain = update(Attachment).where(Attachment.cleaned.in_(names))
        session.execute(plain.values(cleaned=None, cleaned_type=None))


def _batches(names: list[str]) -> Iterator[list[str]]:
    left = iter(names)
    while batch := list(islice(left, AT_ONCE)):
        yield batch


def discard_leftovers(session: Session, now: datetime) -> None:
    """Queue that the files go which only the replaced database named: their keys went with it."""
    names = table(LEFTOVER, column("name", String)).c.name
    named = [
        select(one).where(one.is_not(None)) for one in (Attachment.original, Attachment.cleaned)
    ]
    values = (
        literal(outbox.DISCARD),
        names,
        literal(now, Moment),
        literal(now, Moment),
        literal(0),
        literal(ranks.IS_SLOW),
    )
    left = select(*values).where(names.not_in(union(*named)))
    into = ("kind", "target", "run_at", "created_at", "attempts", "rank")
    session.execute(insert(Job).from_select(into, left))
