"""Sealing everything anew under the newest key: in small transactions, safe to break off and to run again."""

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage import suppressions
from storage.answers import WORDS
from storage.attachments import KEY
from storage.base import Base
from storage.broadcasts.register import TEXTS as BROADCAST
from storage.contacts import PURPOSE as ADDRESS
from storage.db import Database, vault_of
from storage.exports.making import KEY as EXPORT_KEY
from storage.exports.register import REASON as EXPORT_REASON
from storage.masks import PASSAGE
from storage.masks import REASON as MASK_REASON
from storage.messages import BODY, MEDIA
from storage.models import (
    AnswerRow,
    Attachment,
    Broadcast,
    Contact,
    ExportRow,
    Mask,
    MessageRow,
    Quotation,
    Search,
    SheetDraft,
    StaffMember,
    Suppression,
    Translation,
    Unmasking,
)
from storage.quotations import PURPOSE as QUOTATION
from storage.searches import PURPOSE as SEARCH
from storage.second_factor import PURPOSE as TOTP
from storage.sheets import PURPOSE as SHEET
from storage.translations import PURPOSE as TRANSLATION
from storage.unmasking import PURPOSE as REASON

BATCH = 500

SEALED: tuple[
    tuple[type[Base], InstrumentedAttribute[bytes | None] | InstrumentedAttribute[bytes], str], ...
] = (
    (Contact, Contact.address, ADDRESS),
    (MessageRow, MessageRow.body, BODY),
    (MessageRow, MessageRow.media, MEDIA),
    (AnswerRow, AnswerRow.words, WORDS),
    (Attachment, Attachment.key, KEY),
    (StaffMember, StaffMember.totp, TOTP),
    (StaffMember, StaffMember.totp_offered, TOTP),
    (Unmasking, Unmasking.reason, REASON),
    (ExportRow, ExportRow.key, EXPORT_KEY),
    (ExportRow, ExportRow.reason, EXPORT_REASON),
    (SheetDraft, SheetDraft.body, SHEET),
    (Search, Search.text, SEARCH),
    (Translation, Translation.words, TRANSLATION),
    (Mask, Mask.words, PASSAGE),
    (Mask, Mask.reason, MASK_REASON),
    (Quotation, Quotation.mark, QUOTATION),
    (Broadcast, Broadcast.texts, BROADCAST),
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
        plain = vault.open_bytes(sealed, purpose)
        values: dict[str, object] = {column.key: vault.seal_bytes(plain, purpose)}
        if table is Contact:
            values["address_digest"] = vault.digests(plain.decode())[0]
        moved = session.execute(
            update(table).where(key == row_id, column == sealed).values(**values).returning(key)
        )
        changed += (
            moved.first() is not None
        )  # what somebody changed meanwhile is under the newest key already
    if table is Contact:
        suppressions.rekey(session, (vault.open(sealed, purpose) for _, sealed in rows))
    return changed, rows[-1][0] if len(rows) == BATCH else 0


def unmovable(session: Session) -> int:
    """How many people who want no messages are known by a digest alone: no address is left to make a new one from."""
    left = set(session.scalars(select(Suppression.digest)))
    if left:
        known = select(Contact.address).execution_options(yield_per=BATCH)
        for sealed in filter(None, session.scalars(known)):
            address = vault_of(session).open(sealed, ADDRESS)
            left.discard(suppressions.digests(session, address)[0])
    return len(left)
