"""What staff note about testimonies and about the list: tags, marks that were looked at, saved views."""

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from admin import filters, trail
from admin.desk import desk
from admin.filters import key_or_404
from admin.rights import READERS, Routes
from admin.testimony import ONE
from storage import listing, looking, saved_views, tags


def tag(interview_id: int) -> ResponseReturnValue:
    """Put a tag on a testimony."""
    name = request.form.get("name", "")
    with desk().database.writing() as session:
        _there(session, interview_id)
        tags.put(session, interview_id, name, current_user.id, desk().now())
    return _back(interview_id, "tags")


def untag(interview_id: int, tag_id: int) -> ResponseReturnValue:
    """Take a tag off a testimony."""
    with desk().database.writing() as session:
        tags.take_off(
            session, key_or_404(interview_id), key_or_404(tag_id), current_user.id, desk().now()
        )
    return _back(interview_id, "tags")


def looked(interview_id: int) -> ResponseReturnValue:
    """Tick off the marks of a testimony, as far as the page showed them."""
    newest = filters.read_key(request.form.get("newest", "")) or 0
    with desk().database.writing() as session:
        _there(session, interview_id)
        looking.look(session, interview_id, newest, current_user.id, desk().now())
    return _back(interview_id, "main")


def save_view() -> ResponseReturnValue:
    """Save the filters of the list under a name."""
    with desk().database.reading() as session:
        came = trail.read(session, request.form).values
    shared, name = bool(request.form.get("shared")), request.form.get("name", "")
    with desk().database.writing() as session:
        saved_views.save(session, current_user.id, name, came, desk().now(), shared=shared)
    return redirect(url_for("admin.testimonies", **came), 303)


def remove_view(view_id: int) -> ResponseReturnValue:
    """Take a saved view away."""
    with desk().database.writing() as session:
        saved_views.remove(session, current_user.id, key_or_404(view_id), desk().now())
    return redirect(url_for("admin.testimonies"), 303)


def _there(session: Session, interview_id: int) -> None:
    """404 for what is no testimony, and for one that was erased: nothing is noted about those."""
    listed = listing.of(session, [key_or_404(interview_id)]).get(interview_id)
    if listed is None or listed.status == "erased":
        abort(404)


def _back(interview_id: int, part: str) -> ResponseReturnValue:
    """The page again, with the way back to the list."""
    with desk().database.reading() as session:
        came = trail.read(session).values
    address = url_for("admin.testimony", interview_id=interview_id, **came, _anchor=part)
    return redirect(address, 303)


ROUTES: Routes = (
    (f"{ONE}/tags", "tag", tag, ["POST"], READERS),
    (f"{ONE}/tags/<int:tag_id>/off", "untag", untag, ["POST"], READERS),
    (f"{ONE}/looked", "looked", looked, ["POST"], READERS),
    ("/views", "save_view", save_view, ["POST"], READERS),
    ("/views/<int:view_id>/off", "remove_view", remove_view, ["POST"], READERS),
)
