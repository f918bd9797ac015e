"""The list of testimonies: a page at a time, by key, in one of three orders. Reads only.

A page begins after a key, so that it stays what it is while testimonies come in, and costs the same at any depth.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import ColumnElement, literal, select, tuple_
from sqlalchemy.orm import Session

from storage.base import Moment
from storage.models import Contact, FlowVersion, InterviewRow, StaffMember
from storage.narrowing import AnySelect, Filter, narrowed

MAX_ID = 2**63 - 1
_KEY = re.compile(r"([1-9]\d{0,18})(?:-(\d{1,17}))?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


class Order(StrEnum):
    """In which order the list stands."""

    NEWEST = "newest"  # begun last
    OLDEST = "oldest"  # begun first
    MOVED = "moved"  # in which something happened last


@dataclass(frozen=True)
class Key:
    """A place in the list: that of one testimony. ``at``: when it moved, where the order goes by that."""

    id: int
    at: datetime | None = None

    def __str__(self) -> str:
        return f"{self.id}-{(self.at - _EPOCH) // _TICK}" if self.at else str(self.id)

    @classmethod
    def read(cls, text: str, order: Order) -> Self | None:
        """The key in an address; None for what is none in this order."""
        found = _KEY.fullmatch(text)
        if found is None or int(found[1]) > MAX_ID or bool(found[2]) != (order is Order.MOVED):
            return None
        try:
            return cls(int(found[1]), _EPOCH + int(found[2]) * _TICK if found[2] else None)
        except OverflowError:
            return None


@dataclass(frozen=True)
class Listed:
    """One interview in a list. ``holder``: the staff member who has taken the conversation over, by e-mail address."""

    id: int
    pseudonym: str
    flow: str
    version: str
    language: str | None
    channel: str
    status: str
    asked: str | None
    started_at: datetime
    moved_at: datetime
    completed_at: datetime | None
    version_id: int
    holder: str | None = None

    def key(self, order: Order) -> Key:
        """Where it stands in the list."""
        return Key(self.id, self.moved_at if order is Order.MOVED else None)


def page(
    session: Session,
    wanted: Filter,
    after: Key | None,
    size: int,
    order: Order = Order.NEWEST,
) -> list[Listed]:
    """``size`` interviews after a key. The ids are picked before anything is joined."""
    ids = narrowed(session, select(InterviewRow.id), wanted, moved=order is Order.MOVED)
    if after is not None:
        ids = ids.where(_beyond(after, order))
    picked = ids.order_by(*_sorted(order)).limit(size).subquery()
    chosen = listing().join(picked, picked.c.id == InterviewRow.id).order_by(*_sorted(order))
    return [Listed(*row) for row in session.execute(chosen)]


def page_before(
    session: Session, wanted: Filter, after: Key, size: int, order: Order = Order.NEWEST
) -> Key | None:
    """The key of the page before the one that begins after ``after``; None when that is the first."""
    keys = narrowed(
        session, select(InterviewRow.id, InterviewRow.moved_at), wanted, moved=order is Order.MOVED
    )
    keys = keys.where(~_beyond(after, order)).order_by(*_sorted(order, back=True)).limit(size + 1)
    rows = session.execute(keys).all()
    return _key(rows[size], order) if len(rows) > size else None


def beside(
    session: Session, wanted: Filter, here: Listed, order: Order = Order.NEWEST
) -> tuple[int | None, int | None]:
    """The ids of the interviews before and after one in the list, which itself need not be in it any more."""
    key, ids = (
        here.key(order),
        narrowed(session, select(InterviewRow.id), wanted, moved=order is Order.MOVED),
    )
    others = ids.where(InterviewRow.id != here.id)
    before = others.where(~_beyond(key, order)).order_by(*_sorted(order, back=True))
    after = others.where(_beyond(key, order)).order_by(*_sorted(order))
    return session.scalar(before.limit(1)), session.scalar(after.limit(1))


def of(session: Session, ids: Collection[int]) -> dict[int, Listed]:
    """These interviews, by id."""
    rows = session.execute(listing().where(InterviewRow.id.in_(ids)))
    return {row[0]: Listed(*row) for row in rows}


def listing() -> AnySelect:
    """What a Listed is made of."""
    return (
        select(
            InterviewRow.id,
            Contact.pseudonym,
            InterviewRow.flow,
            FlowVersion.hash,
            InterviewRow.language,
            InterviewRow.channel,
            InterviewRow.status,
            InterviewRow.asked,
            InterviewRow.started_at,
            InterviewRow.moved_at,
            InterviewRow.completed_at,
            InterviewRow.flow_version_id,
            StaffMember.email,
        )
        .join(Contact, Contact.id == InterviewRow.contact_id)
        .join(FlowVersion, FlowVersion.id == InterviewRow.flow_version_id)
        .outerjoin(StaffMember, StaffMember.id == InterviewRow.held_by)
    )


def _key(row: Any, order: Order) -> Key:
    return Key(row.id, row.moved_at if order is Order.MOVED else None)


def _sorted(order: Order, *, back: bool = False) -> list[ColumnElement[Any]]:
    columns = [InterviewRow.moved_at, InterviewRow.id]
    upward = (order is Order.OLDEST) != back
    chosen = columns if order is Order.MOVED else columns[1:]
    return [column.asc() if upward else column.desc() for column in chosen]


def _beyond(key: Key, order: Order) -> ColumnElement[bool]:
    """Which interviews come after the key. Written so that its opposite can use the same index."""
    if order is Order.OLDEST:
        return InterviewRow.id > key.id
    if order is Order.NEWEST:
        return InterviewRow.id < key.id
    place = tuple_(literal(key.at, Moment), literal(key.id))
    return tuple_(InterviewRow.moved_at, InterviewRow.id) < place
