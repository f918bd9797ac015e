"""An export that is sent while it is read: unfinished in the register until it is whole, with its digest then."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain

from storage import audit
from storage.exports import noting, register
from storage.exports.columns import Table
from storage.exports.extract import Extract
from storage.exports.formats import Counted
from storage.exports.orders import plain_of
from storage.exports.register import DONE, UNFINISHED, Wish
from storage.exports.single import Made
from storage.tables import csv_parts, harmless

Clock = Callable[[], datetime]


def begin(extract: Extract, table: Table, wish: Wish, staff_id: int, now: Clock) -> Iterator[bytes]:
    """One table as CSV, a line at a time. Raises NotPermitted before anything is read."""
    with extract.database.writing() as session:
        register.require(session, staff_id, plain_of(wish.order))
        export_id = register.enter(session, wish, UNFINISHED, now()).id
        detail = {"export": export_id} | noting.begun(wish.order)
        audit.record(session, now(), "export", wish.subject, staff_id, **detail)
    return _lines(extract, table, wish, export_id, now)


def _lines(
    extract: Extract, table: Table, wish: Wish, export_id: int, now: Clock
) -> Iterator[bytes]:
    rows = Counted(chain.from_iterable(extract.batches(table, harmless)))
    digest, size = hashlib.sha256(), 0
    try:
        for line in csv_parts(extract.headings(table), ([row] for row in rows)):
            content = line.encode()
            digest.update(content)
            size += len(content)
            yield content
    except BaseException:  # it cannot be read any more, or nobody waits for it
        _break_off(extract, wish, export_id, rows.number, now())
        raise
    made = Made(digest.hexdigest(), {table.repeat: rows.number}, size)
    with extract.database.writing() as session:
        if row := register.by_id(session, export_id):
            row.status, row.size = DONE, size
            noting.conclude(session, now(), row, wish, [made])


def _break_off(extract: Extract, wish: Wish, export_id: int, rows: int, now: datetime) -> None:
    with extract.database.writing() as session:
        if row := register.by_id(session, export_id):
            row.done, row.ended_at = rows, now
        told = {"export": export_id, "rows": rows}
        audit.record(session, now, "export unfinished", wish.subject, wish.staff_id, **told)
