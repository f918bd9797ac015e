"""Exports in the audit log: who took what, why, with which filters, and the digest of every file that came of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from storage import audit
from storage.exports.extract import Order
from storage.exports.whole import Written

FILTERS = ("status", "language", "channel", "since", "until")


def begun(order: Order, reason: str = "") -> dict[str, Any]:
    """What is written of an order: only what differs from the table that everybody gets."""
    wanted = order.wanted
    named = {name: value for name in FILTERS if (value := getattr(wanted, name))}
    detail: dict[str, Any] = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in named.items()
    }
    if order.labels:
        detail["labels"] = order.language or True
    if order.scope:
        detail["scope"] = order.scope
    if order.codes:
        detail["codes"] = True
    if order.translation:
        detail["translation"] = order.translation
    detail |= {name: True for name in ("identified", "exact", "behind") if getattr(order, name)}
    return detail | ({"reason": reason} if reason else {})


def note(
    session: Session,
    now: datetime,
    order: Order,
    form: str,
    written: Sequence[Written],
    *,
    staff_id: int | None = None,
    reason: str = "",
) -> None:
    """Write down an export, and each of its files."""
    subject = f"flow:{order.wanted.flow}"
    rows = sum(one.rows.get("", 0) for one in written)
    detail = {"rows": rows, "format": form} | begun(order, reason)
    audit.record(session, now, "export", subject, staff_id, **detail)
    for one in written:
        about: dict[str, Any] = {"format": form, "sha256": one.sha256, "rows": dict(one.rows)}
        audit.record(session, now, "export_file", subject, staff_id, **about)
