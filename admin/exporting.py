"""Exports: the page where one is chosen, CSV sent while it is read, and the other formats as whole files.

A filter that is not understood never makes an export larger than was asked for: the page asks again.
"""

import hashlib
import tempfile
from base64 import b64encode
from datetime import UTC
from pathlib import Path
from typing import IO, Any

from flask import Response, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user

from admin import filters
from admin.desk import desk
from admin.filters import Asked
from admin.retelling import retold
from admin.words import SCOPES, language_name, listed
from flows.language.shape import SCOPES as CONSENTS
from storage import audit, permits, tables
from storage.exports import Order, UnknownLanguage, take
from storage.exports.archive import archive
from storage.exports.bundle import tables as all_tables
from storage.exports.extract import Extract
from storage.exports.formats import FORMATS, Unfit, available, writer
from storage.exports.noting import note
from storage.exports.whole import Written
from storage.permits import Permit

FORMAT_NAMES = {  # whose names are more than names
    "spss": lazy_gettext("SPSS syntax and data (ZIP)"),
    "geojson": lazy_gettext("GeoJSON, places on a map"),
    "datapackage": lazy_gettext("Frictionless data package (ZIP)"),
    "zip": lazy_gettext("Tables and files (ZIP)"),
}
REASON = 500  # characters of why somebody wants to know who people are


def export() -> ResponseReturnValue:
    """Choose a flow, filters and a format; the filters of the list come along."""
    known = _known()
    return _page(known, filters.read(request.args, known))


def _known() -> filters.Choices:
    with desk().database.reading() as session:
        return filters.choices(desk().library.catalog(session))


def _page(known: filters.Choices, asked: Asked, problem: str = "") -> str:
    chosen = request.form if request.method == "POST" else {}
    return render_template(
        "admin/export.html",
        choices=known,
        labels=filters.LABELS,
        asked=asked,
        formats={name: FORMAT_NAMES.get(name, form.label) for name, form in available().items()},
        scopes={scope: SCOPES[scope] for scope in CONSENTS},
        chosen=chosen,
        problem=problem,
    )


def _permitted() -> None:
    """Raise NotPermitted unless the role of who asks may take words out."""
    with desk().database.reading() as session:
        permits.require(session, current_user.id, Permit.WORDS)


def export_csv() -> ResponseReturnValue:
    """The answers to one flow as CSV: a row an interview, or of the ``repeat`` that is asked for, a row a time."""
    _permitted()
    now, flow, known = desk().now(), request.args.get("flow", ""), _known()
    asked = filters.read(request.args, known)
    extract = None
    if flow in known["flow"]:
        extract = take(desk().database, desk().library, Order(asked.wanted))
    repeat = request.args.get("repeat", "")
    found = extract.tables if extract else ()
    table = next((one for one in found if one.repeat == repeat), None)
    if extract is None or table is None:
        abort(404)
    if asked.mistaken:
        given: dict[str, Any] = {name: request.args.get(name) for name in filters.LABELS}
        return redirect(url_for("admin.export", **given))
    detail = {name: value for name, value in asked.values.items() if name != "flow"}
    with desk().database.writing() as session:
        audit.record(session, now, "export", f"flow:{flow}", current_user.id, **detail)
    lines = tables.csv_lines(table.header, extract.rows(table))
    response = Response(lines, content_type="text/csv; charset=utf-8")
    name = _name(f"{flow}{repeat and '-'}{repeat}", ".csv")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def export_file() -> ResponseReturnValue:
    """The answers to one flow in the format that is chosen, without what tells who somebody is."""
    return _file(identified=False, exact=False, reason="")


def export_identified() -> ResponseReturnValue:
    """The same with telephones, e-mail, sensitive answers and exact places: whoever asks says why."""
    reason = " ".join(request.form.get("reason", "").split())[:REASON]
    return _file(identified=True, exact=True, reason=reason)


def _file(*, identified: bool, exact: bool, reason: str) -> ResponseReturnValue:
    _permitted()
    known, form = _known(), request.form.get("format", "")
    asked = filters.read(request.form, known)
    scope = request.form.get("scope", "")
    if asked.wanted.flow is None or form not in available() or scope not in ("", *CONSENTS):
        abort(404)
    if asked.mistaken:
        return _page(known, asked), 422
    if identified and not reason:
        return _page(known, asked, _("Say why you need to know who people are.")), 422
    labels, language = bool(request.form.get("labels")), request.form.get("label_language", "")
    order = Order(asked.wanted, labels, language, scope, identified, exact)
    try:
        extract = take(desk().database, desk().library, order, desk().files)
        if extract is None:
            abort(404)
        file, written = _made(extract, form)
    except Unfit as error:
        return _page(known, asked, retold(error)), 422
    except UnknownLanguage as error:
        names = listed(language_name(code) for code in error.known)
        told = _("This survey has labels in: %(languages)s.", languages=names)
        return _page(known, asked, told), 422
    with desk().database.writing() as session:
        who = current_user.id
        note(session, desk().now(), order, form, [written], staff_id=who, reason=reason)
    return _sent(file, written, form)


def _made(extract: Extract, form: str) -> tuple[IO[bytes], Written]:
    """The export as a file without a name on the disk, gone once it is sent; CSV with repeats is packed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    try:
        packed = form == "csv" and len(extract.tables) > 1
        if packed:
            with archive(file) as made:
                counts = all_tables(extract, made)
        else:
            counts = dict(writer(form)(extract, file))
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    ending = ".csv.zip" if packed else FORMATS[form].ending
    return file, Written(Path(_name(extract.flow, ending)), digest, counts)


def _sent(file: IO[bytes], written: Written, form: str) -> Response:
    packed = written.path.suffix == ".zip"
    content_type = "application/zip" if packed else FORMATS[form].content_type
    response = send_file(
        file, content_type, as_attachment=True, download_name=written.path.name, max_age=None
    )
    response.headers["Content-Type"] = content_type
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Repr-Digest"] = f"sha-256=:{_base64(written.sha256)}:"
    return response


def _base64(digest: str) -> str:
    return b64encode(bytes.fromhex(digest)).decode()


def _name(stem: str, ending: str) -> str:
    return f"{stem}-{desk().now().astimezone(UTC):%Y-%m-%d}{ending}"
