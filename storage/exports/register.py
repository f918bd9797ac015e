"""The register of exports: who took what, why, with which filters, and what came of it. Files are not touched here.

The reason is sealed here, where keys are changed; the audit log names the export.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from storage import permits
from storage.db import vault_of
from storage.exports.extract import Order
from storage.exports.orders import plain_of
from storage.models import ExportRow, StaffMember
from storage.permits import Permit

REASON = "export.reason"
MOST = 500  # characters of a reason
TABLE = "table"

# ways: made and sent at once, sent while it was read, made in the background, written by a command
AT_ONCE, STREAM, KEPT, COMMAND = "at_once", "stream", "kept", "command"
# where it stands; WITHDRAWN: somebody in the file was erased, so the file went before its time
WAITING, RUNNING, READY, DONE = "waiting", "running", "ready", "done"
UNFINISHED, CANCELLED, FAILED = "unfinished", "cancelled", "failed"
EXPIRED, WITHDRAWN = "expired", "withdrawn"
UNDER_WAY = (WAITING, RUNNING)


@dataclass(frozen=True)
class Wish:
    """Who wants which export, in which way. ``table``: of CSV this one alone; ``repeats``: the export it repeats."""

    order: Order
    form: str
    way: str
    staff_id: int | None = None
    reason: str = ""
    table: str | None = None
    repeats: int | None = None

    @property
    def subject(self) -> str:
        """What the audit log calls it."""
        return f"flow:{self.order.wanted.flow}"


@dataclass(frozen=True)
class Entry:
    """One export as it is listed. ``who`` is an e-mail address, None for the command line; ``same``: whether the
    digests are those of the export that it repeats, None where that cannot be said.
    """

    id: int
    staff_id: int | None
    who: str | None
    way: str
    flow: str
    form: str
    asked: dict[str, Any]
    reason: str
    status: str
    error: str | None
    done: int
    total: int
    files: tuple[dict[str, Any], ...]
    size: int | None
    repeats: int | None
    same: bool | None
    asked_at: datetime
    ended_at: datetime | None
    gone_at: datetime | None

    @property
    def tells_who(self) -> bool:
        """Whether it tells who people are, or where exactly."""
        return discloses(self.asked)

    @property
    def under_way(self) -> bool:
        return self.status in UNDER_WAY

    @property
    def rows(self) -> int | None:
        """How many interviews are in it; None while nobody knows."""
        counted = [one["rows"].get("") for one in self.files]
        return next((number for number in counted if number is not None), None)


def require(session: Session, staff_id: int, asked: dict[str, Any]) -> None:
    """Raise NotPermitted unless the member may take this out, as the database has them now."""
    permits.require(session, staff_id, Permit.WORDS)
    if discloses(asked):
        permits.require(session, staff_id, Permit.NUMBERS)
    if asked.get("behind"):
        permits.require(session, staff_id, Permit.BEHIND)


def discloses(asked: dict[str, Any]) -> bool:
    """Whether an order asks for what tells who people are, or where exactly."""
    return any(asked.get(name) for name in ("identified", "exact", "behind"))


def enter(session: Session, wish: Wish, status: str, now: datetime, total: int = 0) -> ExportRow:
    """Write an export down."""
    asked = plain_of(wish.order)
    if wish.table is not None:
        asked[TABLE] = wish.table
    row = ExportRow(
        staff_id=wish.staff_id,
        way=wish.way,
        flow=wish.order.wanted.flow,
        form=wish.form,
        asked=asked,
        reason=vault_of(session).seal(wish.reason[:MOST], REASON) if wish.reason else None,
        status=status,
        total=total,
        repeats_id=wish.repeats,
        asked_at=now,
        ended_at=now if status == DONE else None,
    )
    session.add(row)
    session.flush()
    return row


def by_id(session: Session, export_id: int) -> ExportRow | None:
    """The row of an export, to be changed by nobody else until this transaction ends."""
    return session.get(ExportRow, export_id, with_for_update=True, populate_existing=True)


def page(session: Session, staff_id: int, before: int | None, size: int) -> list[Entry]:
    """``size`` exports with an id below ``before``, the newest first, for a member who may read words.

    Why somebody wanted to know who people are is told to who may know it.
    """
    chosen = _listing().order_by(ExportRow.id.desc()).limit(size)
    if before is not None:
        chosen = chosen.where(ExportRow.id < before)
    return _entries(session, staff_id, chosen)


def some(session: Session, staff_id: int, ids: Collection[int]) -> list[Entry]:
    """These exports, the newest first."""
    chosen = _listing().where(ExportRow.id.in_(ids)).order_by(ExportRow.id.desc())
    return _entries(session, staff_id, chosen)


def newer_than(session: Session, after: int, size: int) -> int | None:
    """The key of the page before the one that begins below ``after``; None when that is the first."""
    ids = select(ExportRow.id).where(ExportRow.id >= after).order_by(ExportRow.id)
    newer = session.scalars(ids.limit(size + 1)).all()
    return newer[size] if len(newer) > size else None


def reasons(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Why these exports were made, by id, as far as somebody said; for the page of the audit log."""
    rows = session.execute(select(ExportRow.id, ExportRow.reason).where(ExportRow.id.in_(ids)))
    return {number: why for number, sealed in rows if (why := _reason(session, sealed))}


_repeated = aliased(ExportRow)


def _listing() -> Select[ExportRow, str, list[Any]]:
    return (
        select(ExportRow, StaffMember.email, _repeated.files)
        .outerjoin(StaffMember, StaffMember.id == ExportRow.staff_id)
        .outerjoin(_repeated, _repeated.id == ExportRow.repeats_id)
    )


def _entries(
    session: Session, staff_id: int, chosen: Select[ExportRow, str, list[Any]]
) -> list[Entry]:
    permits.require(session, staff_id, Permit.WORDS)
    knows = permits.holds(session, staff_id, Permit.NUMBERS)
    rows: Iterable[Row[ExportRow, str, list[Any]]] = session.execute(chosen)
    return [_entry(session, *row, knows=knows) for row in rows]


def _entry(
    session: Session, row: ExportRow, who: str | None, before: Sequence[Any] | None, *, knows: bool
) -> Entry:
    told = knows or not discloses(row.asked)
    return Entry(
        id=row.id,
        staff_id=row.staff_id,
        who=who,
        way=row.way,
        flow=row.flow,
        form=row.form,
        asked=row.asked,
        reason=_reason(session, row.reason) if told else "",
        status=row.status,
        error=row.error,
        done=row.done,
        total=row.total,
        files=tuple(row.files),
        size=row.size,
        repeats=row.repeats_id,
        same=_same(row.files, before),
        asked_at=row.asked_at,
        ended_at=row.ended_at,
        gone_at=row.gone_at,
    )


def _same(files: Sequence[Any], before: Sequence[Any] | None) -> bool | None:
    """Whether two exports are the same files; None where one was not made, or they are not packed alike."""
    if not files or not before or len(files) != len(before):
        return None
    return [one["sha256"] for one in files] == [one["sha256"] for one in before]


def _reason(session: Session, sealed: bytes | None) -> str:
    return vault_of(session).open(sealed, REASON) if sealed is not None else ""
