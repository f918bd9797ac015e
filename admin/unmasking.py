"""Showing the number behind a testimony, to who says why, and where that is the rule, once a second person agrees.

Who may, and for how long, is decided in ``storage.unmasking``; the number stands in the answer to one press alone.
"""

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from flask_login import current_user

from admin.desk import desk
from admin.filters import key_or_404
from admin.rights import WRITERS, Routes
from admin.testimony import ONE, Number, back, page
from storage import unmasking
from storage.unmasking import Request

UNUSABLE, REFUSED = 422, 403
NO_REASON = lazy_gettext("Say why you need the number; it is kept with the audit log.")
NOT_NOW = lazy_gettext(
    "This number cannot be shown on that request: it is older than a day, was refused, or waits for "
    "a second person."
)


def ask(interview_id: int) -> ResponseReturnValue:
    """Ask with a reason; where no second person is needed, the number is shown at once."""
    reason = " ".join(request.form.get("reason", "").replace("\0", "").split())
    if not reason:
        return page(interview_id, number=Number(trouble=NO_REASON)), UNUSABLE
    with desk().database.writing() as session:
        if not unmasking.possible(session, key_or_404(interview_id), desk().library):
            abort(404)
        mine = current_user.id
        asked = unmasking.ask(session, interview_id, mine, reason, desk().now())
        if asked is None:
            abort(404)
        shown = unmasking.reveal(session, asked, mine, desk().now())
    if shown is None:
        return back(interview_id, "number")
    return page(interview_id, number=Number(shown, opened=True))


def show(interview_id: int, asked_id: int) -> ResponseReturnValue:
    """Show the number to who asked, once it was agreed to."""
    with desk().database.writing() as session:
        shown = unmasking.reveal(
            session, _request(interview_id, asked_id), current_user.id, desk().now()
        )
    if shown is None:
        return page(interview_id, number=Number(trouble=NOT_NOW)), REFUSED
    return page(interview_id, number=Number(shown, opened=True))


def decide(interview_id: int, asked_id: int) -> ResponseReturnValue:
    """Agree or refuse, as the second person."""
    granted = request.form.get("granted") == "yes"
    with desk().database.writing() as session:
        unmasking.decide(
            session, _request(interview_id, asked_id), current_user.id, granted, desk().now()
        )
    return back(interview_id, "number")


def _request(interview_id: int, asked_id: int) -> Request:
    return Request(key_or_404(asked_id), key_or_404(interview_id))


ROUTES: Routes = (
    (f"{ONE}/unmask", "unmask", ask, ["POST"], WRITERS),
    (f"{ONE}/unmask/<int:asked_id>", "unmask_show", show, ["POST"], WRITERS),
    (f"{ONE}/unmask/<int:asked_id>/decide", "unmask_decide", decide, ["POST"], WRITERS),
)
