"""The exports that were made: who took what and why, how far one is, and what is kept of it for some days.

Who may have a file is decided in ``storage.exports.making``, where it is opened. Nothing is chosen here.
"""

from collections.abc import Sequence
from itertools import chain

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from admin import exported, filters, rights
from admin.desk import desk
from admin.exported import Asker, Line
from admin.exporting import UNUSABLE, reason, sealed
from admin.filters import key_or_404
from admin.interface import tongue_of
from admin.rights import READERS, Routes
from storage.exports import making, parts, register, take
from storage.exports.orders import plain_of
from storage.exports.register import Entry, discloses
from storage.exports.single import steps
from storage.files import Store, StoreFailed
from storage.vault import VaultError

PAGE = 20
AWAY = 503
WATCHED = 50  # exports that one open page watches


def exports() -> ResponseReturnValue:
    """The newest first."""
    return _page()


def _page(problem: str = "") -> str:
    before = filters.read_key(request.args.get("before", ""))
    with desk().database.reading() as session:
        listed = register.page(session, current_user.id, before, PAGE + 1)
        newer = register.newer_than(session, before, PAGE) if before else None
        lines = _lines(session, listed[:PAGE])
    return render_template(
        "admin/exports.html",
        lines=lines,
        days=making.DAYS.days,
        most=register.MOST,
        paged=before is not None,
        newer=newer,
        older=listed[PAGE - 1].id if len(listed) > PAGE else None,
        problem=problem,
    )


def news() -> ResponseReturnValue:
    """The lines of these exports as they are now, for a page that stands open."""
    asked = {key for text in request.args.getlist("id") if (key := filters.read_key(text))}
    with desk().database.reading() as session:
        listed = register.some(session, current_user.id, sorted(asked)[:WATCHED])
        lines = _lines(session, listed)
    return render_template("admin/exports_news.html", lines=lines, most=register.MOST)


def _lines(session: Session, listed: Sequence[Entry]) -> list[Line]:
    catalog = desk().library.catalog(session)
    titles = {name: flow.say(flow.title, tongue_of(flow)) for name, flow in catalog.items()}
    choices = filters.known(session, desk().library, {})
    asker = Asker(current_user.id, rights.may("admin.export_identified"), desk().now(), choices)
    return [exported.line(entry, titles, asker) for entry in listed]


def cancel(export_id: int) -> ResponseReturnValue:
    """End what is being made."""
    with desk().database.writing() as session:
        making.cancel(session, key_or_404(export_id), current_user.id, desk().now())
    return redirect(url_for("admin.exports", _anchor=f"e{export_id}"), 303)


def repeat(export_id: int) -> ResponseReturnValue:
    """Make the same order again, and see whether the same comes of it."""
    _store()
    with desk().database.reading() as session:
        register.require(session, current_user.id, {})
        wish = making.again(session, key_or_404(export_id), current_user.id, reason())
    if wish is None:
        abort(404)
    if discloses(plain_of(wish.order)) and not wish.reason:
        return _page(_("Say why you need to know who people are.")), UNUSABLE
    extract = take(desk().database, desk().library, wish.order)
    if extract is None:
        abort(404)
    total = steps(extract, wish.form)
    with desk().database.writing() as session:
        number = making.ask(session, wish, desk().now(), total)
    return redirect(url_for("admin.exports", _anchor=f"e{number}"), 303)


def download(export_id: int) -> ResponseReturnValue:
    """A kept file, opened a part at a time."""
    store = _store()
    with desk().database.writing() as session:
        found = making.download_for(session, key_or_404(export_id), current_user.id, desk().now())
    if found is None:
        abort(404)
    content = parts.read(store, found.kept)
    try:
        first = next(content)
    except (StoreFailed, VaultError):
        return _page(_("The file cannot be read at the moment. Try again later.")), AWAY
    response = Response(chain((first,), content))
    response.headers.set("Content-Disposition", "attachment", filename=found.called)
    response.content_length = found.size
    return sealed(response, found.content_type, found.sha256)


def _store() -> Store:
    return desk().files or abort(404)


ROUTES: Routes = (
    ("/exports", "exports", exports, ["GET"], READERS),
    ("/exports/news", "exports_news", news, ["GET"], READERS),
    ("/exports/<int:export_id>/file", "exports_download", download, ["GET"], READERS),
    ("/exports/<int:export_id>/cancel", "exports_cancel", cancel, ["POST"], READERS),
    ("/exports/<int:export_id>/repeat", "exports_repeat", repeat, ["POST"], READERS),
)
