"""Exports in the audit log: who took what, with which filters, and the digest of every file that came of it.

Why, stands in the register, which the log names by the export's id.
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from storage import audit
from storage.exports import register
from storage.exports.extract import Order
from storage.exports.register import Wish
from storage.exports.single import Made
from storage.exports.whole import Written
from storage.models import ExportRow
from storage.narrowing import Filter

FILTERS = tuple(one.name for one in fields(Filter) if one.name != "flow")


def begun(order: Order) -> dict[str, Any]:
    """What is written of an order: only what differs from the table that everybody gets."""
    wanted = order.wanted
    named = {name: value for name in FILTERS if (value := getattr(wanted, name))}
    detail: dict[str, Any] = {
        name: value if isinstance(value, int) else _plain(value) for name, value in named.items()
    }
    if order.labels:
        detail["labels"] = order.language or True
    if order.scope:
        detail["scope"] = order.scope
    if order.codes:
        detail["codes"] = True
    if order.translation:
        detail["translation"] = order.translation
    opened = ("identified", "exact", "behind")
    return detail | {name: True for name in opened if getattr(order, name)}


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def note(session: Session, now: datetime, wish: Wish, written: Sequence[Written | Made]) -> None:
    """Write down an export that is there already, and each of its files."""
    finish(session, now, register.enter(session, wish, register.DONE, now), wish, written)


def finish(
    session: Session, now: datetime, row: ExportRow, wish: Wish, written: Sequence[Written | Made]
) -> None:
    """Write down what was exported, and what came of it."""
    rows = sum(one.rows.get("", 0) for one in written)
    detail = {"export": row.id, "rows": rows, "format": wish.form} | begun(wish.order)
    audit.record(session, now, "export", wish.subject, wish.staff_id, **detail)
    conclude(session, now, row, wish, written)


def conclude(
    session: Session, now: datetime, row: ExportRow, wish: Wish, written: Sequence[Written | Made]
) -> None:
    """Write down the files of an export, each with its digest and its rows."""
    files: list[dict[str, Any]] = [
        {"sha256": one.sha256, "rows": dict(one.rows)} for one in written
    ]
    row.files, row.ended_at = files, now
    for about in files:
        told = {"export": row.id, "format": wish.form} | about
        audit.record(session, now, "export_file", wish.subject, wish.staff_id, **told)
