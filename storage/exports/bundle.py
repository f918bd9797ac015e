"""ZIP: every table as CSV, and the files that people sent, as cleaned copies. The originals never leave this way."""

from collections.abc import Iterator
from mimetypes import guess_extension

from sqlalchemy import select

from flows import Status, parts_of
from storage import attachments, consents
from storage.attachments import KEPT, Whereabouts
from storage.exports.archive import Archive, archive
from storage.exports.cells import Row
from storage.exports.extract import CONSENTS, Extract
from storage.exports.formats import Counts, Unfit, write_csv
from storage.exports.reading import BATCH, ids_after
from storage.exports.whole import BYTES
from storage.files import Store, StoreFailed
from storage.models import Attachment, InterviewRow, MessageRow
from storage.vault import VaultError

FILES = ("interview", "attachment", "question", "index", "file", "type", "note")
AWAY = "not readable at the moment"


def write(extract: Extract, file: BYTES) -> Counts:
    """answers.csv, one table a repeat, codebook.csv, consents.csv, files.csv and the files themselves."""
    if extract.files is None:
        raise Unfit("There is no store of files here.")
    with archive(file) as made:
        counts = tables(extract, made)
        listed = list(_files(extract, extract.files, made))
        made.table("files.csv", FILES, listed)
    return counts | {"files": sum(row["note"] is None for row in listed)}


def tables(extract: Extract, made: Archive) -> dict[str, int]:
    """The tables of an export, as CSV."""
    counts: dict[str, int] = {}
    for table in extract.tables:
        with made.entry(file_of(table.repeat)) as entry:
            counts |= write_csv(extract, entry, table)
    made.table("codebook.csv", extract.labels.codebook_header, extract.labels.codebook())
    made.table("consents.csv", CONSENTS, extract.consents())
    return counts


def file_of(repeat: str) -> str:
    """The file of a table: a repeat's cannot be mistaken for another."""
    return f"answers-{repeat}.csv" if repeat else "answers.csv"


def _files(extract: Extract, store: Store, made: Archive) -> Iterator[Row]:
    """Put the files in, one at a time; yields what is listed of each."""
    for interview, slot, there in _located(extract):
        question, index = parts_of(slot or "")
        name = f"files/{interview}-{there.attachment_id}{guess_extension(there.content_type) or ''}"
        row: Row = {
            "interview": interview,
            "attachment": there.attachment_id,
            "question": question or None,
            "index": index or None,
            "file": name,
            "type": there.content_type,
            "note": None,
        }
        try:
            content = attachments.read(store, there)
        except (StoreFailed, VaultError):
            yield row | {"file": None, "note": AWAY}
            continue
        with made.entry(name, packed=False) as entry:
            entry.write(content)
        extract.step(0)
        yield row


def _located(extract: Extract) -> Iterator[tuple[int, str | None, Whereabouts]]:
    """Where the cleaned copies lie that may leave, interview by interview; keys are opened a batch at a time."""
    last = 0
    while True:
        with extract.database.reading() as session:
            ids = ids_after(session, extract.order.wanted, last)
            scope = extract.rule.scope
            may = consents.agreed(session, ids, scope) if scope else frozenset(ids)
            rows = session.execute(
                select(MessageRow.interview_id, MessageRow.slot, Attachment.id)
                .join(Attachment, Attachment.message_id == MessageRow.id)
                .join(InterviewRow, InterviewRow.id == MessageRow.interview_id)
                .where(
                    MessageRow.interview_id.in_(may),
                    InterviewRow.status != Status.DECLINED,
                    Attachment.status == KEPT,
                    Attachment.cleaned.is_not(None),
                )
                .order_by(MessageRow.interview_id, Attachment.id)
            ).all()
            found = [
                (interview, slot, there)
                for interview, slot, number in rows
                if interview is not None
                and parts_of(slot or "")[0] not in extract.rule.withheld
                and (there := attachments.locate(session, number)) is not None
            ]
        yield from found
        extract.step(len(ids))
        if len(ids) < BATCH:
            return
        last = ids[-1]
