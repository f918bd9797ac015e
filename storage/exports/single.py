"""One export as one file, written into whatever is open for it; how it is called, and how much work it is."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import exists, select

from storage.attachments import KEPT
from storage.exports.archive import archive
from storage.exports.bundle import tables as all_tables
from storage.exports.extract import Extract
from storage.exports.formats import FORMATS, ZIP, write_csv, writer
from storage.exports.whole import BYTES
from storage.models import Attachment, InterviewRow, MessageRow
from storage.testimonies import narrow

AT_ONCE = 2_000  # interviews that nobody waits long for


@dataclass(frozen=True)
class Made:
    """What became of an export. ``rows`` counts those of each table: "" are interviews, else a repeat's times."""

    sha256: str
    rows: Mapping[str, int]
    size: int


def make(extract: Extract, form: str, file: BYTES, table: str | None = None) -> Made:
    """Write an export as one file, and go back to its beginning. CSV with repeats is packed, unless one ``table`` of
    it is asked for.

    The same answers give the same bytes. Raises Unfit.
    """
    rows: Mapping[str, int]
    if form == "csv" and table is not None:
        wanted = next(one for one in extract.tables if one.repeat == table)
        rows = write_csv(extract, file, wanted)
    elif form == "csv" and len(extract.tables) > 1:
        with archive(file) as made:
            rows = all_tables(extract, made)
    else:
        rows = writer(form)(extract, file)
    size = file.seek(0, 2)
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return Made(digest, rows, size)


def called(form: str, tables: int) -> tuple[str, str]:
    """The ending and the content type of a file with so many tables."""
    if form == "csv" and tables > 1:
        return ".csv.zip", ZIP
    return FORMATS[form].ending, FORMATS[form].content_type


def steps(extract: Extract, form: str) -> int:
    """How many interviews will be read, counted again for every time that they are gone through."""
    tables = len(extract.tables)
    times = {"jsonl": 1, "zip": tables + 1}
    return extract.count() * times.get(form, tables)


def is_large(extract: Extract, form: str) -> bool:
    """Whether it takes too long to wait for: many interviews, or the files that people sent."""
    if extract.count() > AT_ONCE:
        return True
    if form != "zip":
        return False
    there = (
        narrow(select(InterviewRow.id), extract.order.wanted)
        .join(MessageRow, MessageRow.interview_id == InterviewRow.id)
        .join(Attachment, Attachment.message_id == MessageRow.id)
        .where(Attachment.status == KEPT)
    )
    with extract.database.reading() as session:
        return bool(session.scalar(select(exists(there))))
