"""The register of broadcasts: what is said, to whom, and where each stands. Nobody is looked up, and nothing begins.

Who may make one is asked here, where it is made.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import audit, permits
from storage.db import insert_into, vault_of
from storage.exports.extract import Order
from storage.exports.orders import WANTED, order_of, plain_of
from storage.models import Broadcast, StaffMember
from storage.narrowing import AnySelect, Filter
from storage.permits import Permit

TEXTS = "broadcast.texts"
MOST = {"name": 160, "sender": 160}  # letters
MOST_TEXT = 1000


class Purpose(StrEnum):
    """What a broadcast is for."""

    INFORM = "inform"
    INVITE = "invite"


SCOPES = {  # the consent that somebody must have given, and not taken back
    Purpose.INFORM: "updates",
    Purpose.INVITE: "follow_up",
}


class Standing(StrEnum):
    """Where a broadcast stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"


@dataclass(frozen=True)
class Facts:
    """What staff say of one. ``texts`` are their words by language; ``flow`` is the survey that an invitation begins;
    ``price`` is that of one segment, as it was typed, "" where nobody said.
    """

    name: str
    purpose: Purpose
    sender: str
    texts: Mapping[str, str]
    wanted: Filter = field(default_factory=Filter)
    flow: str | None = None
    price: str = ""

    @property
    def scope(self) -> str:
        return SCOPES[self.purpose]


@dataclass(frozen=True)
class Known:
    """One as it stands. ``made_by`` is an e-mail address; ``gathered``: all its recipients are written down."""

    id: int
    facts: Facts
    standing: Standing
    why: str
    starts_at: datetime | None
    gathered: bool
    made_by: str | None
    made_at: datetime
    ended_at: datetime | None


def make(session: Session, facts: Facts, staff_id: int, token: str, now: datetime) -> int:
    """Write a new one down, once for each ``token``; returns its id. Raises NotPermitted."""
    permits.require(session, staff_id, Permit.BROADCAST)
    values = {"status": Standing.DRAFT.value, "reached": 0, "token": token, "made_by": staff_id}
    made: int | None = session.scalar(
        insert_into(session, Broadcast)
        .values(**_columns(session, facts), **values, made_at=now)
        .on_conflict_do_nothing(index_elements=["token"])
        .returning(Broadcast.id)
    )
    if made is None:
        return session.scalars(select(Broadcast.id).where(Broadcast.token == token)).one()
    note(session, "broadcast made", made, staff_id, now)
    return made


def change(session: Session, broadcast_id: int, facts: Facts, staff_id: int, now: datetime) -> bool:
    """Say something else, as long as it is a draft; returns whether it was. Raises NotPermitted."""
    permits.require(session, staff_id, Permit.BROADCAST)
    row = by_id(session, broadcast_id)
    if row is None or row.status != Standing.DRAFT:
        return False
    for name, value in _columns(session, facts).items():
        setattr(row, name, value)
    note(session, "broadcast changed", broadcast_id, staff_id, now)
    return True


def by_id(session: Session, broadcast_id: int) -> Broadcast | None:
    """The row of one, to be changed by nobody else until this transaction ends."""
    return session.get(Broadcast, broadcast_id, with_for_update=True, populate_existing=True)


def get(session: Session, broadcast_id: int) -> Known | None:
    """The one with an id."""
    found = _known(session, _listing().where(Broadcast.id == broadcast_id))
    return found[0] if found else None


def page(session: Session, before: int | None, size: int) -> list[Known]:
    """``size`` of them with an id below ``before``, the newest first."""
    chosen = _listing().order_by(Broadcast.id.desc()).limit(size)
    return _known(session, chosen if before is None else chosen.where(Broadcast.id < before))


def newer_than(session: Session, after: int, size: int) -> int | None:
    """The key of the page before the one that begins below ``after``; None when that is the first."""
    ids = select(Broadcast.id).where(Broadcast.id >= after).order_by(Broadcast.id)
    newer = session.scalars(ids.limit(size + 1)).all()
    return newer[size] if len(newer) > size else None


def facts_of(session: Session, row: Broadcast) -> Facts:
    """What was said of one, its words in clear."""
    return Facts(
        name=row.name,
        purpose=Purpose(row.purpose),
        sender=row.sender,
        texts=json.loads(vault_of(session).open(row.texts, TEXTS)),
        wanted=order_of({WANTED: row.wanted}).wanted,
        flow=row.flow,
        price=row.price or "",
    )


def note(
    session: Session,
    action: str,
    number: int,
    staff_id: int | None,
    now: datetime,
    **detail: object,
) -> None:
    """Write down who did what with one."""
    audit.record(session, now, action, f"broadcast:{number}", staff_id, **detail)


def _columns(session: Session, facts: Facts) -> dict[str, object]:
    facts = replace(facts, flow=facts.flow if facts.purpose is Purpose.INVITE else None)
    return {
        "name": facts.name,
        "purpose": facts.purpose.value,
        "flow": facts.flow,
        "sender": facts.sender,
        "texts": vault_of(session).seal(json.dumps(dict(facts.texts)), TEXTS),
        "wanted": plain_of(Order(facts.wanted))[WANTED],
        "price": facts.price or None,
    }


def _listing() -> AnySelect:
    return select(Broadcast, StaffMember.email).outerjoin(
        StaffMember, StaffMember.id == Broadcast.made_by
    )


def _known(session: Session, chosen: AnySelect) -> list[Known]:
    return [
        Known(
            row.id,
            facts_of(session, row),
            Standing(row.status),
            row.why or "",
            row.starts_at,
            row.gathered_at is not None,
            email,
            row.made_at,
            row.ended_at,
        )
        for row, email in session.execute(chosen)
    ]
