"""The files of a testimony: the copy that we cleaned, to look at in the page, and the original, to download.

What people send is never shown as it came: only a cleaned copy of a type that we make ourselves is. Each is audited.
"""

from mimetypes import guess_extension

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from admin.desk import desk
from admin.filters import key_or_404
from admin.rights import READERS, WRITERS, Routes
from admin.testimony import ONE
from admin.words import SHOWN
from storage import attachments, audit
from storage.attachments import Whereabouts
from storage.files import StoreFailed
from storage.vault import VaultError

UNKNOWN = "application/octet-stream"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def file(interview_id: int, file_id: int) -> ResponseReturnValue:
    """The cleaned copy of a file: shown in place, or to keep where no browser shows its type."""
    there = _locate(interview_id, file_id, original=False)
    inline = there.content_type in SHOWN
    begins = request.headers.get("Range", "bytes=0-").startswith("bytes=0-")
    if begins:  # a player asks for the rest in pieces
        _note("view_file", there)
    return _served(there, there.content_type if inline else UNKNOWN, inline=inline)


def original(interview_id: int, file_id: int) -> ResponseReturnValue:
    """The file as it came, to keep: it may hold where it was taken, and what harms a computer."""
    there = _locate(interview_id, file_id, original=True)
    _note("download_file", there)
    return _served(there, UNKNOWN, inline=False)


def _locate(interview_id: int, file_id: int, *, original: bool) -> Whereabouts:
    with desk().database.reading() as session:
        there = attachments.locate_for(
            session, current_user.id, key_or_404(file_id), original=original
        )
    if there is None or there.interview_id != interview_id:
        abort(404)
    return there


def _served(there: Whereabouts, content_type: str, *, inline: bool) -> ResponseReturnValue:
    files = desk().files or abort(404)
    try:
        content = attachments.read(files, there)
    except (StoreFailed, VaultError):
        text = _(
            "It is kept, but the store of files does not give it at the moment. Please try again later."
        )
        return render_template("admin/error.html", heading=_("This file is away"), text=text), 503
    response = Response(content, content_type=content_type, headers=HEADERS)
    name = f"file-{there.attachment_id}{guess_extension(there.content_type) or ''}"
    way = "inline" if inline else "attachment"
    response.headers.set("Content-Disposition", way, filename=name)
    response.make_conditional(request, accept_ranges=True, complete_length=len(content))
    return response


def _note(action: str, there: Whereabouts) -> None:
    with desk().database.writing() as session:
        subject = f"attachment:{there.attachment_id}"
        detail = {"interview": there.interview_id}
        audit.record(session, desk().now(), action, subject, current_user.id, **detail)


ROUTES: Routes = (
    (f"{ONE}/files/<int:file_id>", "file", file, ["GET"], READERS),
    (f"{ONE}/files/<int:file_id>/original", "original", original, ["GET"], WRITERS),
)
