"""Files that came with messages: expected, kept, refused, or lost; and their content for those who may see it.

Rows only: the bytes lie in a Store (``storage.files``), sealed under a key of their own. Who reads them asks for
their ``Whereabouts`` in a transaction, and opens them outside of it with ``read``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from storage import permits
from storage.db import vault_of
from storage.files import Store, open_file
from storage.models import Attachment, MessageRow
from storage.permits import Permit

KEY = "attachment.key"

WAITING, KEPT, REFUSED, LOST = "waiting", "kept", "refused", "lost"

# Why a file was refused; the phrases of the program begin with "file_".
TOO_LARGE, TOO_LONG, TOO_MANY = "too_large", "too_long", "too_many"
UNKNOWN, BROKEN, GONE = "unknown", "broken", "lost"


@dataclass(frozen=True)
class File:
    """One file as it is listed. ``kind``: photo, voice, video or file. ``status``: waiting, kept, refused or lost.

    ``content_type``, ``size`` (bytes), ``seconds`` and ``sha256`` are the original's, None until it is kept;
    ``cleaned_type`` is None where there is no cleaned copy. ``error`` says why it was refused.
    """

    id: int
    message_id: int
    kind: str
    status: str
    content_type: str | None
    cleaned_type: str | None
    size: int | None
    seconds: int | None
    sha256: str | None
    error: str | None
    at: datetime
    kept_at: datetime | None


@dataclass(frozen=True)
class Whereabouts:
    """Where a kept file lies, what it is, and the key to it: keep it in memory only."""

    attachment_id: int
    interview_id: int | None
    name: str
    content_type: str
    sha256: str
    key: bytes


_FILE = (
    Attachment.id,
    Attachment.message_id,
    Attachment.kind,
    Attachment.status,
    Attachment.content_type,
    Attachment.cleaned_type,
    Attachment.size,
    Attachment.seconds,
    Attachment.sha256,
    Attachment.error,
    Attachment.at,
    Attachment.kept_at,
)


def of_interview(session: Session, interview_id: int) -> list[File]:
    """The files of one interview, in the order in which they came."""
    rows: Iterable[Row[*tuple[Any, ...]]] = session.execute(
        select(*_FILE)
        .join(MessageRow, MessageRow.id == Attachment.message_id)
        .where(MessageRow.interview_id == interview_id)
        .order_by(Attachment.message_id, Attachment.place)
    )
    return [File(*row) for row in rows]


def locate_for(
    session: Session, staff_id: int, attachment_id: int, *, original: bool = False
) -> Whereabouts | None:
    """The same as ``locate``, for a staff member; raises NotPermitted when their role does not see files.

    An original may tell where somebody was: it is for those who may see numbers.
    """
    permits.require(session, staff_id, Permit.NUMBERS if original else Permit.WORDS)
    return locate(session, attachment_id, original=original)


def locate(session: Session, attachment_id: int, *, original: bool = False) -> Whereabouts | None:
    """Where the cleaned copy of a file lies, or its original; None when there is none. Rights are the caller's."""
    found = session.execute(
        select(Attachment, MessageRow.interview_id)
        .join(MessageRow, MessageRow.id == Attachment.message_id)
        .where(Attachment.id == attachment_id, Attachment.status == KEPT)
    ).first()
    if found is None:
        return None
    row, interview_id = found
    name = row.original if original else row.cleaned
    content_type = row.content_type if original else row.cleaned_type
    if name is None or content_type is None or row.key is None or row.sha256 is None:
        return None
    key = vault_of(session).open_bytes(row.key, KEY)
    return Whereabouts(row.id, interview_id, name, content_type, row.sha256, key)


def read(store: Store, there: Whereabouts) -> bytes:
    """The content of a file; raises StoreFailed or VaultError. It goes over the network: outside of transactions."""
    return open_file(there.key, there.name, store.get(there.name))


def names_of(rows: Sequence[Attachment]) -> list[str]:
    """Under which names the store may hold something of these attachments."""
    return [name for row in rows for name in (row.original, row.cleaned) if name is not None]
