"""The page where an export is chosen. What is small is sent at once, what is large is made in the background.

A filter that is not understood never makes an export larger than was asked for: the page asks again.
"""

from base64 import b64encode
from dataclasses import replace
from datetime import UTC
from typing import IO, Any

from flask import Response, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_login import current_user

from admin import filters, words
from admin.desk import desk
from admin.filters import Asked
from admin.layered import LANGUAGES
from admin.retelling import retold
from admin.rights import READERS, WRITERS, Routes
from admin.words import SCOPES, language_name, listed
from flows.language.shape import SCOPES as CONSENTS
from storage import permits
from storage.exports import Order, UnknownLanguage, making, register, sending, take
from storage.exports.extract import Extract
from storage.exports.formats import Unfit, available
from storage.exports.noting import note
from storage.exports.orders import plain_of
from storage.exports.reading import number_of
from storage.exports.register import AT_ONCE, KEPT, STREAM, Wish
from storage.exports.scratch import scratch
from storage.exports.single import Made, called, is_large, make, steps
from storage.permits import Permit

UNUSABLE = 422
FORMAT_NAMES = {  # whose names are more than names
    "spss": lazy_gettext("SPSS syntax and data (ZIP)"),
    "geojson": lazy_gettext("GeoJSON, places on a map"),
    "datapackage": lazy_gettext("Frictionless data package (ZIP)"),
    "zip": lazy_gettext("Tables and files (ZIP)"),
}


def export() -> ResponseReturnValue:
    """Choose a flow, filters and a format; the filters of the list come along."""
    known = _known()
    return _page(known, filters.read(request.args, known))


def export_count() -> ResponseReturnValue:
    """How many testimonies the choice would take out: the line alone for a script, else the page with the choice."""
    known = _known()
    asked = filters.read(request.form, known)
    if request.accept_mimetypes.best == "text/plain":
        return Response(_count(known, asked), content_type="text/plain; charset=utf-8")
    return _page(known, asked)


def _count(known: filters.Choices, asked: Asked) -> str:
    """The same in words; nothing where the choice is not understood, or there is no survey."""
    flow = asked.wanted.flow or next(iter(known["flow"]), None)
    if flow is None or asked.mistaken:
        return ""
    wanted = replace(asked.wanted, flow=flow)
    with desk().database.reading() as session:
        permits.require(session, current_user.id, Permit.WORDS)
        number = desk().counts.get(("export", wanted), lambda: number_of(session, wanted))
    if not number:
        return _("No testimony is like that.")
    told = words.number(number)
    return ngettext(
        "%(told)s testimony will be in it.",
        "%(told)s testimonies will be in it.",
        number,
        told=told,
    )


def _known() -> filters.Choices:
    with desk().database.reading() as session:
        return filters.known(session, desk().library, request.values)


def _page(known: filters.Choices, asked: Asked, problem: str = "") -> str:
    chosen = request.form if request.method == "POST" else {}
    return render_template(
        "admin/export.html",
        choices=known,
        labels=filters.LABELS,
        asked=asked,
        count=_count(known, asked),
        formats={name: FORMAT_NAMES.get(name, form.label) for name, form in available().items()},
        scopes={scope: SCOPES[scope] for scope in CONSENTS},
        translatable={code: language_name(code) for code in LANGUAGES},
        chosen=chosen,
        problem=problem,
        most=register.MOST,
    )


def export_csv() -> ResponseReturnValue:
    """The answers to one flow as CSV: a row an interview, or of the ``repeat`` that is asked for, a row a time."""
    flow, known = request.args.get("flow", ""), _known()
    asked = filters.read(request.args, known)
    order = Order(asked.wanted)
    _permitted(order)
    extract = take(desk().database, desk().library, order) if flow in known["flow"] else None
    repeat = request.args.get("repeat", "")
    found = extract.tables if extract else ()
    table = next((one for one in found if one.repeat == repeat), None)
    if extract is None or table is None:
        abort(404)
    if asked.mistaken:
        given: dict[str, Any] = {name: request.args.get(name) for name in filters.LABELS}
        return redirect(url_for("admin.export", **given))
    wish = Wish(order, "csv", STREAM, current_user.id, table=repeat)
    lines = sending.begin(extract, table, wish, current_user.id, desk().now)
    response = Response(lines, content_type="text/csv; charset=utf-8")
    name = _name(f"{flow}{repeat and '-'}{repeat}", ".csv")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def export_file() -> ResponseReturnValue:
    """The answers to one flow in the format that is chosen, without what tells who somebody is."""
    return _file(identified=False)


def export_identified() -> ResponseReturnValue:
    """The same with telephones, e-mail, sensitive answers and exact places: whoever asks says why."""
    return _file(identified=True)


def reason() -> str:
    """Why somebody wants an export, as the form has it."""
    return " ".join(request.form.get("reason", "").replace("\0", "").split())[: register.MOST]


def _permitted(order: Order) -> None:
    """Raise NotPermitted unless the role of who asks may take this out."""
    with desk().database.reading() as session:
        register.require(session, current_user.id, plain_of(order))


def _file(*, identified: bool) -> ResponseReturnValue:
    known, form, scope = _known(), request.form.get("format", ""), request.form.get("scope", "")
    asked = filters.read(request.form, known)
    labels, language = bool(request.form.get("labels")), request.form.get("label_language", "")
    translation, behind = request.form.get("translation", ""), bool(request.form.get("behind"))
    order = Order(
        asked.wanted,
        labels,
        language,
        scope,
        identified,
        exact=identified,
        behind=identified and behind,
        translation=translation,
        codes=bool(request.form.get("codes")),
    )
    _permitted(order)
    if asked.wanted.flow is None or form not in available() or scope not in ("", *CONSENTS):
        abort(404)
    if translation not in ("", *LANGUAGES):
        abort(404)
    if asked.mistaken:
        return _page(known, asked), UNUSABLE
    if identified and not reason():
        return _page(known, asked, _("Say why you need to know who people are.")), UNUSABLE
    try:
        extract = take(desk().database, desk().library, order, desk().files)
        if extract is None:
            abort(404)
        return _given(extract, form)
    except Unfit as error:
        return _page(known, asked, retold(error)), UNUSABLE
    except UnknownLanguage as error:
        names = listed(language_name(code) for code in error.known)
        told = _("This survey has labels in: %(languages)s.", languages=names)
        return _page(known, asked, told), UNUSABLE


def _given(extract: Extract, form: str) -> ResponseReturnValue:
    """The file, or where it will be."""
    staff_id, now = current_user.id, desk().now()
    if desk().files and is_large(extract, form):
        wish = Wish(extract.order, form, KEPT, staff_id, reason())
        with desk().database.writing() as session:
            number = making.ask(session, wish, now, steps(extract, form))
        return redirect(url_for("admin.exports", _anchor=f"e{number}"), 303)
    wish = Wish(extract.order, form, AT_ONCE, staff_id, reason())
    file, made = _made(extract, form)
    with desk().database.writing() as session:
        note(session, now, wish, [made])
    ending, content_type = called(form, len(made.rows))
    response = send_file(
        file,
        content_type,
        as_attachment=True,
        download_name=_name(extract.flow, ending),
        max_age=None,
    )
    return sealed(response, content_type, made.sha256)


def _made(extract: Extract, form: str) -> tuple[IO[bytes], Made]:
    """The export as a file that nobody can read on the disk, gone once it is sent."""
    file = scratch()  # the response closes it
    try:
        return file, make(extract, form, file)
    except BaseException:
        file.close()
        raise


def sealed(response: Response, content_type: str, sha256: str) -> Response:
    """A file as it is sent: of exactly this type, and with its digest."""
    digest = b64encode(bytes.fromhex(sha256)).decode()
    response.headers["Content-Type"] = content_type
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Repr-Digest"] = f"sha-256=:{digest}:"
    return response


def _name(stem: str, ending: str) -> str:
    return f"{stem}-{desk().now().astimezone(UTC):%Y-%m-%d}{ending}"


ROUTES: Routes = (
    ("/export", "export", export, ["GET"], READERS),
    ("/export/count", "export_count", export_count, ["POST"], READERS),
    ("/export.csv", "export_csv", export_csv, ["GET"], READERS),
    ("/export/file", "export_file", export_file, ["POST"], READERS),
    ("/export/identified", "export_identified", export_identified, ["POST"], WRITERS),
)
