"""The life of an export that is made in the background: asked for, made, kept for some days, taken away.

Whoever makes it has a name for the file that nobody else had: who died on the way, was cancelled or was overtaken finds
its name gone, and nothing of what it wrote is ever taken for the export.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from storage import audit, masks, outbox, permits
from storage.db import vault_of
from storage.exports import noting, register
from storage.exports.extract import Order
from storage.exports.orders import order_of
from storage.exports.parts import Kept, part_of
from storage.exports.register import Wish
from storage.exports.single import Made, called
from storage.files import new_file_key, new_name
from storage.models import AnswerRow, ExportRow, FlowVersion, InterviewRow, Mask
from storage.permits import NotPermitted, Permit

KEY = "export.key"
DAYS = timedelta(days=7)  # that a file is kept
IN_HAND = timedelta(minutes=10)  # within which one who was overtaken has put its last part
NO_RIGHT = "no right"


@dataclass(frozen=True)
class Work:
    """One export to be made, under a name that is this try's alone."""

    export_id: int
    wish: Wish
    name: str
    key: bytes = field(repr=False)

    @property
    def order(self) -> Order:
        return self.wish.order


@dataclass(frozen=True)
class Download:
    """A kept file: where it lies, and what it is."""

    kept: Kept
    called: str
    content_type: str
    size: int
    sha256: str


def ask(session: Session, wish: Wish, now: datetime, total: int) -> int:
    """Have an export made in the background; returns its id. Raises NotPermitted."""
    row = register.enter(session, wish, register.WAITING, now, total)
    _require(session, row)
    outbox.enqueue_export(session, outbox.EXPORT, row.id, now)
    _tell(session, row, "export asked", row.staff_id, now, **noting.begun(wish.order))
    return row.id


def take_up(session: Session, export_id: int, now: datetime) -> Work | None:
    """Begin, or begin again after one who did not come to an end; None when there is nothing to do any more."""
    flow = select(ExportRow.flow).where(ExportRow.id == export_id)
    # who is being erased at this moment is so before it is read
    session.execute(_versions(flow).with_for_update(read=True))
    row = register.by_id(session, export_id)
    if row is None or row.status not in register.UNDER_WAY:
        return None
    _let_go(session, row, register.RUNNING, now)
    try:
        _require(session, row)
    except NotPermitted:  # taken from them since they asked
        fail(session, export_id, NO_RIGHT, now)
        return None
    key = new_file_key()
    row.name, row.key = new_name(), vault_of(session).seal_bytes(key, KEY)
    row.done = 0
    session.flush()
    return Work(row.id, _wish(row), row.name, key)


def advance(session: Session, work: Work, **values: int) -> bool:
    """Note how far it is (``done``, ``total``, ``parts``); returns whether it is still wanted from this one."""
    moved = session.execute(
        update(ExportRow)
        .where(ExportRow.id == work.export_id, ExportRow.name == work.name)
        .values(**values)
        .returning(ExportRow.id)
        .execution_options(synchronize_session=False)
    )
    return moved.first() is not None


def settle(session: Session, work: Work, made: Made, now: datetime) -> bool:
    """Record that the store holds the whole file; returns whether it is still wanted from this one."""
    row = register.by_id(session, work.export_id)
    if row is None or row.name != work.name:
        return False
    row.status, row.size, row.gone_at = register.READY, made.size, now + DAYS
    row.done = row.total
    noting.finish(session, now, row, work.wish, [made])
    outbox.enqueue_export(session, outbox.EXPIRE, row.id, now, row.gone_at)
    return True


def fail(session: Session, export_id: int, error: str, now: datetime) -> None:
    """Give an export up, and say why."""
    row = register.by_id(session, export_id)
    if row is not None and row.status in register.UNDER_WAY:
        _let_go(session, row, register.FAILED, now)
        row.error, row.ended_at = error[:200], now
        _tell(session, row, "export failed", row.staff_id, now)


def cancel(session: Session, export_id: int, staff_id: int, now: datetime) -> bool:
    """End what is being made; returns whether it was. It is for whoever asked for it, whatever their role is now."""
    row = register.by_id(session, export_id)
    if row is None or row.status not in register.UNDER_WAY or row.staff_id != staff_id:
        return False
    _let_go(session, row, register.CANCELLED, now)
    row.ended_at = now
    _tell(session, row, "export cancelled", staff_id, now)
    return True


def expire(session: Session, export_id: int, now: datetime) -> None:
    """Take the file away that has had its days."""
    row = register.by_id(session, export_id)
    if row is not None and row.status == register.READY:
        _let_go(session, row, register.EXPIRED, now)


def download_for(session: Session, export_id: int, staff_id: int, now: datetime) -> Download | None:
    """The file for a member who may have it, written down; None where there is none. Raises NotPermitted.

    What tells who people are is only for who said why it is needed.
    """
    row = register.by_id(session, export_id)
    if row is None or row.status != register.READY or row.gone_at is None or row.gone_at <= now:
        return None
    register.require(session, staff_id, row.asked)
    if not permits.holds(session, staff_id, Permit.BEHIND) and _masked_since(session, row):
        raise NotPermitted(f"export:{export_id} is older than a mask, for staff:{staff_id}")
    if register.discloses(row.asked) and row.staff_id != staff_id:
        raise NotPermitted(f"export:{export_id} was not asked for by staff:{staff_id}")
    if row.key is None or row.name is None or row.ended_at is None:
        return None
    _tell(session, row, "export downloaded", staff_id, now)
    (file,) = row.files
    ending, content_type = called(row.form, len(file["rows"]))
    kept = Kept(row.name, row.parts, vault_of(session).open_bytes(row.key, KEY))
    name = f"{row.flow}-{row.ended_at:%Y-%m-%d}{ending}"
    return Download(kept, name, content_type, row.size or 0, file["sha256"])


def _masked_since(session: Session, row: ExportRow) -> bool:
    """Whether something was masked since an export began to be read: then it is not held back in the file."""
    answers = select(AnswerRow.id).join(InterviewRow, InterviewRow.id == AnswerRow.interview_id)
    theirs = masks.active().where(
        Mask.at >= row.asked_at, Mask.answer_id.in_(answers.where(InterviewRow.flow == row.flow))
    )
    return session.scalars(theirs.limit(1)).first() is not None


def again(session: Session, export_id: int, staff_id: int, reason: str) -> Wish | None:
    """The same order once more, for this member to make; None where there is none to repeat."""
    row = register.by_id(session, export_id)
    if row is None:
        return None
    wish = _wish(row)
    return Wish(wish.order, wish.form, register.KEPT, staff_id, reason, wish.table, repeats=row.id)


def withdraw(session: Session, contact_id: int, now: datetime) -> None:
    """Take away every kept file in which a contact may stand; what is being made begins again, without them.

    Until this transaction ends none is taken up of these flows, whenever it was asked for. Call it last.
    """
    flows = select(InterviewRow.flow).where(InterviewRow.contact_id == contact_id)
    session.execute(_versions(flows).with_for_update(key_share=True))
    rows = session.scalars(
        select(ExportRow)
        .where(ExportRow.flow.in_(flows), ExportRow.name.is_not(None))
        .order_by(ExportRow.id)
        .with_for_update()
    ).all()
    for row in rows:
        ready = row.status == register.READY
        _let_go(session, row, register.WITHDRAWN if ready else register.WAITING, now)


def _versions(flows: Select[str]) -> Select[int]:
    """The rows by which those who erase and those who begin to read wait for each other; interviews go on."""
    return select(FlowVersion.id).where(FlowVersion.flow.in_(flows)).order_by(FlowVersion.id)


def _let_go(session: Session, row: ExportRow, status: str, now: datetime) -> None:
    """The key goes now, and with it all that the file says; the parts as soon as nobody can put one any more."""
    later = IN_HAND if row.status in register.UNDER_WAY else timedelta()
    for number in range(row.parts if row.name else 0):
        part = part_of(row.name or "", number)
        outbox.enqueue_away(session, outbox.DISCARD, part, now, now + later)
    row.status, row.name, row.key, row.parts = status, None, None, 0
    session.flush()


def _require(session: Session, row: ExportRow) -> None:
    if row.staff_id is None:
        raise NotPermitted(f"export:{row.id} was asked for by nobody")
    register.require(session, row.staff_id, row.asked)


def _wish(row: ExportRow) -> Wish:
    table: Any = row.asked.get(register.TABLE)
    return Wish(
        order_of(row.asked), row.form, row.way, row.staff_id, "", table, repeats=row.repeats_id
    )


def _tell(
    session: Session,
    row: ExportRow,
    action: str,
    staff_id: int | None,
    now: datetime,
    **detail: Any,
) -> None:
    told = {"export": row.id, "format": row.form} | detail
    audit.record(session, now, action, f"flow:{row.flow}", staff_id, **told)
