"""Search in what people told: asked for by a form, so that no address and no proxy's log holds the words; then shown.

The page is sent while the search goes on: what is found stands there as soon as it is found. Each showing is audited
by the search's id; what it was for is kept sealed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import abort, redirect, render_template, request, stream_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from admin import filters, showing, trail
from admin.desk import desk
from admin.filters import Asked
from admin.interface import tongue_of
from admin.rights import READERS, Routes
from admin.showing import Head
from flows import slot_of
from storage import audit, searches
from storage.matching import MOST, Piece, Sought
from storage.searching import Hit, Search

PAGE = 50  # testimonies of one showing


@dataclass(frozen=True)
class Passage:
    """A place that was found: in the answer to ``question``, or, where that is "", in a message."""

    question: str
    message_id: int | None
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Found:
    """A testimony in which something was found."""

    head: Head
    passages: tuple[Passage, ...]
    more: int


def search() -> ResponseReturnValue:
    """Keep what is searched for, with the filters it is to be combined with, and go to what is found."""
    now, text = desk().now(), request.form.get("q", "")
    with desk().database.reading() as session:
        came = trail.read(session, request.form)
    if not Sought(text):
        return redirect(url_for("admin.testimonies", **came.values), 303)
    kept = dict(came.asked.values)
    with desk().database.writing() as session:
        number = searches.keep(session, current_user.id, text, kept, now)
    return redirect(url_for("admin.found", search_id=number), 303)


def found(search_id: int) -> ResponseReturnValue:
    """What a search finds, from the newest testimony back, or from ``after`` on."""
    if search_id > filters.MAX_KEY:
        abort(404)
    after = filters.read_key(request.args.get("after", ""))
    with desk().database.reading() as session:
        kept = searches.of(session, search_id, current_user.id)
        if kept is None:
            return _gone(), 404
        came = trail.read(session, kept.filters)
    sought = Sought(kept.text)
    _note(search_id, letters=len(kept.text), after=after or 0, **came.asked.values)
    going = Search(
        desk().database, desk().library, current_user.id, sought, came.asked.wanted, after
    )
    generate_csrf()  # before the first part is sent: then no cookie can be set any more
    page = stream_template(
        "admin/found.html",
        text=kept.text,
        search_id=search_id,
        found=_found(search_id, going),
        going=going,
        begun=after,
        came=came.asked.values,
        chosen=_chosen(came.asked, came.choices),
        mistaken=came.mistaken,
        most=MOST,
    )
    return page, {"X-Accel-Buffering": "no"}  # a proxy would hold it back until all is there


def _gone() -> str:
    text = _("What was searched for is kept for a season, and only for the one who searched.")
    return render_template("admin/error.html", heading=_("This search is gone"), text=text)


def _chosen(asked: Asked, choices: filters.Choices) -> list[tuple[str, str]]:
    """The filters that hold, in words."""
    return [
        (str(filters.LABELS[name]), str(choices.get(name, {}).get(value, value)))
        for name, value in asked.values.items()
    ]


def _found(search_id: int, going: Search) -> Iterator[Found]:
    shown: list[int] = []
    try:
        for hit in going.hits(PAGE):
            shown.append(hit.listed.id)
            yield _shown(hit)
    finally:  # also when the browser goes away in the middle of it
        if shown:
            _note(search_id, action="search found", interviews=shown)


def _shown(hit: Hit) -> Found:
    with desk().database.reading() as session:
        flow = desk().library.flow(session, hit.listed.version_id)
    passages = tuple(
        Passage(
            showing.label_of(flow, slot_of(one.question, one.instance), tongue_of(flow))
            if one.question
            else "",
            one.message_id,
            one.pieces,
        )
        for one in hit.passages
    )
    return Found(showing.head(hit.listed, flow), passages, hit.more)


def _note(search_id: int, action: str = "search", **detail: object) -> None:
    with desk().database.writing() as session:
        subject = f"search:{search_id}"
        audit.record(session, desk().now(), action, subject, current_user.id, **detail)


ROUTES: Routes = (
    ("/search", "search", search, ["POST"], READERS),
    ("/search/<int:search_id>", "found", found, ["GET"], READERS),
)
