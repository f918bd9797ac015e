"""The life of an attachment: expected with its message, fetched, then kept, refused or lost; and taken away.

The names under which the store will hold it are fixed before it is fetched: who dies on the way and begins again writes
over his own, and the names of what is erased meanwhile are known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from storage import outbox
from storage.attachments import KEPT, KEY, TOO_MANY, WAITING, names_of
from storage.db import vault_of
from storage.files import new_file_key, new_name
from storage.messages import media_of, told_by
from storage.models import Attachment, Job, MessageRow

IN_HAND = timedelta(minutes=10)  # within which a fetch that was under way has come to its end


@dataclass(frozen=True)
class Expected:
    """A file among the media of a message, counted from 0. ``target`` is what the provider clears it by, if it can."""

    place: int
    kind: str
    target: str | None = None


@dataclass(frozen=True)
class Errand:
    """One file to fetch: ``item`` is what the provider said of it, ``key`` what it is to be sealed under."""

    attachment_id: int
    contact_id: int
    channel: str
    item: dict[str, Any]
    original: str
    cleaned: str
    key: bytes


@dataclass(frozen=True)
class Found:
    """What a fetched file is, by its content. ``cleaned_type`` is None where no cleaned copy could be made."""

    kind: str
    content_type: str
    size: int
    sha256: str
    seconds: int | None = None
    cleaned_type: str | None = None


def expect(session: Session, message_id: int, files: Sequence[Expected], now: datetime) -> None:
    """Expect the files of a message, and queue their fetching."""
    for file in files:
        row = Attachment(
            message_id=message_id, place=file.place, status=WAITING, kind=file.kind, at=now
        )
        session.add(row)
        session.flush()
        outbox.enqueue_fetch(session, row.id, now, file.target)


def take_up(session: Session, attachment_id: int) -> Errand | None:
    """The errand of a file that still waits, its names and key fixed; None when there is nothing to do any more."""
    row = session.get(Attachment, attachment_id, with_for_update=True, populate_existing=True)
    if row is None or row.status != WAITING:
        return None
    message = session.get_one(MessageRow, row.message_id)
    vault = vault_of(session)
    if row.key is None:
        row.key = vault.seal_bytes(new_file_key(), KEY)
        row.original, row.cleaned = new_name(), new_name()
        session.flush()
    media, key = media_of(session, message), vault.open_bytes(row.key, KEY)
    return Errand(
        row.id,
        message.contact_id,
        message.channel,
        media[row.place],
        row.original or "",
        row.cleaned or "",
        key,
    )


def keep(session: Session, attachment_id: int, found: Found, now: datetime) -> bool:
    """Record that the store holds a file; returns False when it was erased, or settled by another, meanwhile."""
    values: dict[str, Any] = {
        "status": KEPT,
        "kind": found.kind,
        "content_type": found.content_type,
        "size": found.size,
        "seconds": found.seconds,
        "sha256": found.sha256,
        "cleaned_type": found.cleaned_type,
        "kept_at": now,
    }
    if found.cleaned_type is None:
        values["cleaned"] = None
    return _settle(session, attachment_id, values)


def let_go(session: Session, attachment_id: int, status: str, error: str, now: datetime) -> bool:
    """Record that a file is refused or lost, and why; its key goes, and what the store may hold. False when it was
    settled already.
    """
    names = names_of([session.get_one(Attachment, attachment_id)])
    gone = {"key": None, "original": None, "cleaned": None}
    settled = _settle(session, attachment_id, {"status": status, "error": error, **gone})
    for name in names if settled else ():
        outbox.enqueue_away(session, outbox.DISCARD, name, now)
    return settled


def is_kept(session: Session, attachment_id: int) -> bool:
    """Whether a file is recorded as kept, by whomever."""
    kept = select(Attachment.id).where(Attachment.id == attachment_id, Attachment.status == KEPT)
    return session.scalar(kept) is not None


def _settle(session: Session, attachment_id: int, values: dict[str, Any]) -> bool:
    settled = session.execute(
        update(Attachment)
        .where(Attachment.id == attachment_id, Attachment.status == WAITING)
        .values(**values)
        .returning(Attachment.id)
        .execution_options(synchronize_session=False)
    )
    return settled.first() is not None


def too_many(session: Session, attachment_id: int, most: int) -> bool:
    """Whether ``most`` files of the same answer came before this one, and are kept or may be yet."""
    row = session.get_one(Attachment, attachment_id)
    message = session.get_one(MessageRow, row.message_id)
    before = (
        select(func.count())
        .select_from(Attachment)
        .join(MessageRow, MessageRow.id == Attachment.message_id)
        .where(
            _same_answer(message),
            Attachment.id < row.id,
            Attachment.status.in_((WAITING, KEPT)),
        )
    )
    return (session.scalar(before) or 0) >= most


def told_already(session: Session, attachment_id: int) -> bool:
    """Whether the person has heard of another file of the same message or album, or of too many in one answer."""
    row = session.get_one(Attachment, attachment_id)
    message = session.get_one(MessageRow, row.message_id)
    together = MessageRow.id == message.id
    if message.album is not None:
        together = (MessageRow.contact_id == message.contact_id) & (
            MessageRow.album == message.album
        )
    if row.error == TOO_MANY:
        together |= _same_answer(message) & (Attachment.error == TOO_MANY)
    others = (
        select(Attachment.id)
        .join(MessageRow, MessageRow.id == Attachment.message_id)
        .where(together, Attachment.error.is_not(None), Attachment.id != row.id)
    )
    return session.scalar(others.limit(1)) is not None


def _same_answer(message: MessageRow) -> ColumnElement[bool]:
    """Messages that belong to the same place of the same interview; None is a place too."""
    return (
        (MessageRow.contact_id == message.contact_id)
        & MessageRow.interview_id.is_not_distinct_from(message.interview_id)
        & MessageRow.slot.is_not_distinct_from(message.slot)
    )


def discard(session: Session, contact_id: int, now: datetime) -> None:
    """Take away all files of a contact: the rows now, what the store holds by the outbox, which forgets nothing.

    What was being fetched at this moment may come to the store a little later: its names are looked at after that.
    """
    rows = session.scalars(
        select(Attachment)
        .join(MessageRow, MessageRow.id == Attachment.message_id)
        .where(told_by(contact_id))
        .with_for_update(of=Attachment)  # then the jobs: the order in which all lock them
    ).all()
    for row in rows:
        later = IN_HAND if row.status == WAITING else timedelta()
        for name in names_of([row]):
            outbox.enqueue_away(session, outbox.DISCARD, name, now, now + later)
    ids = [row.id for row in rows]
    _release(session, ids, now)
    session.execute(
        delete(Attachment)
        .where(Attachment.id.in_(ids))
        .execution_options(synchronize_session=False)
    )


def _release(session: Session, ids: Sequence[int], now: datetime) -> None:
    """Let go of the jobs of these attachments: what was not fetched yet is only to be cleared at the provider."""
    jobs = update(Job).where(Job.attachment_id.in_(ids))
    known = (Job.done_at.is_(None), Job.target.is_not(None))
    for statement in (
        jobs.where(*known).values(kind=outbox.CLEAR, attachment_id=None, owner=None, run_at=now),
        jobs.values(attachment_id=None, done_at=func.coalesce(Job.done_at, now)),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
