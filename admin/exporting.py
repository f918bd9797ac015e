"""Exports: the page where one is chosen, and the file itself, sent while it is read.

A filter that is not understood never makes an export larger than was asked for: the page asks again.
"""

from datetime import UTC
from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from admin import filters
from admin.desk import desk
from storage import audit, exports, tables


def export() -> ResponseReturnValue:
    """Choose a flow and filters; those of the list come along."""
    with desk().database.reading() as session:
        known = filters.choices(desk().library.catalog(session))
    asked = filters.read(request.args, known)
    return render_template("admin/export.html", choices=known, labels=filters.LABELS, asked=asked)


def export_csv() -> ResponseReturnValue:
    """The answers to one flow as CSV: a row an interview, or of the ``repeat`` that is asked for, a row a time."""
    now, flow = desk().now(), request.args.get("flow", "")
    with desk().database.reading() as session:
        known = filters.choices(desk().library.catalog(session))
        found = exports.tables_of(session, flow, desk().library) if flow in known["flow"] else ()
    repeat = request.args.get("repeat", "")
    table = next((one for one in found if one.repeat == repeat), None)
    if table is None:
        abort(404)
    asked = filters.read(request.args, known)
    if asked.mistaken:
        given: dict[str, Any] = {name: request.args.get(name) for name in filters.LABELS}
        return redirect(url_for("admin.export", **given))
    rows = exports.rows_for(desk().database, current_user.id, table, asked.wanted, desk().library)
    detail = {name: value for name, value in asked.values.items() if name != "flow"}
    with desk().database.writing() as session:
        audit.record(session, now, "export", f"flow:{flow}", current_user.id, **detail)
    response = Response(
        tables.csv_lines(table.header, rows), content_type="text/csv; charset=utf-8"
    )
    name = f"{flow}{repeat and '-'}{repeat}-{now.astimezone(UTC):%Y-%m-%d}.csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
