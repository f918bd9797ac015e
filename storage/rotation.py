"""Sealing everything anew under the newest key: in small transactions, safe to break off and to run again."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.answers import WORDS
from storage.base import Base
from storage.contacts import PURPOSE as ADDRESS
from storage.db import Database, vault_of
from storage.messages import BODY, MEDIA
from storage.models import AnswerRow, Contact, MessageRow

BATCH = 500

SEALED: tuple[
    tuple[type[Base], InstrumentedAttribute[bytes | None] | InstrumentedAttribute[bytes], str], ...
] = (
    (Contact, Contact.address, ADDRESS),
    (MessageRow, MessageRow.body, BODY),
    (MessageRow, MessageRow.media, MEDIA),
    (AnswerRow, AnswerRow.words, WORDS),
)


def rotate(database: Database) -> int:
    """Seal every value under the newest key; returns how many were under another."""
    return sum(_column(database, *place) for place in SEALED)


def _column(
    database: Database,
    table: type[Base],
    column: InstrumentedAttribute[bytes | None] | InstrumentedAttribute[bytes],
    purpose: str,
) -> int:
    changed, last = 0, 0
    while True:
        with database.writing() as session:
            number, last = _batch(session, table, column, purpose, last)
        changed += number
        if not last:
            return changed


def _batch(
    session: Session,
    table: type[Base],
    column: InstrumentedAttribute[bytes | None] | InstrumentedAttribute[bytes],
    purpose: str,
    last: int,
) -> tuple[int, int]:
    key = table.__table__.c.id
    rows = session.execute(
        select(key, column).where(key > last, column.is_not(None)).order_by(key).limit(BATCH)
    ).all()
    vault, changed = vault_of(session), 0
    for row_id, sealed in rows:
        if vault.is_current(sealed):
            continue
        text = vault.open(sealed, purpose)
        values: dict[str, object] = {column.key: vault.seal(text, purpose)}
        if table is Contact:
            values["address_digest"] = vault.digests(text)[0]
        moved = session.execute(
            update(table).where(key == row_id, column == sealed).values(**values).returning(key)
        )
        changed += (
            moved.first() is not None
        )  # what somebody changed meanwhile is under the newest key already
    return changed, rows[-1][0] if len(rows) == BATCH else 0


def unmovable(session: Session) -> int:
    """How many contacts have a look-up value but no address to make a new one from."""
    wanted = select(func.count()).where(
        Contact.address.is_(None), Contact.address_digest.is_not(None)
    )
    return session.scalar(wanted) or 0
