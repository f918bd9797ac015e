"""Staff answer: they write to the person of a testimony, take the conversation over from the bot, and hand it back.

Whom it is right to write to is decided in ``storage.writing``; a refusal is told, with the words that were written.
"""

from dataclasses import replace

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from admin import letters
from admin.desk import desk
from admin.filters import key_or_404
from admin.letters import BARS, Sheet
from admin.rights import WRITERS, Routes
from admin.testimony import ONE, back, page
from storage import writing
from storage.writing import Bar, Letter, Reach

PLAIN = "text/plain"
UNUSABLE, REFUSED, CONFLICT = 422, 403, 409


def write(interview_id: int) -> ResponseReturnValue:
    """Queue what is written; or count it, say what is wrong with it, or ask whether it may be sent at night."""
    text, token = letters.text_of(request.form), request.form.get("token", "")
    reach = _reach(interview_id)
    told = letters.count(text, reach.channel)
    if not letters.TOKEN.fullmatch(token):
        return page(interview_id, Sheet(text, count=told, trouble=letters.BROKEN)), CONFLICT
    sheet = Sheet(text, token, told)
    if "count" in request.form:
        if request.accept_mimetypes.best == PLAIN:
            return told, {"Content-Type": f"{PLAIN}; charset=utf-8"}
        return page(interview_id, sheet)
    if trouble := letters.trouble_with(text):
        return page(interview_id, replace(sheet, trouble=trouble)), UNUSABLE
    if _asleep(reach):
        return page(interview_id, replace(sheet, ask=True)), UNUSABLE
    with desk().database.writing() as session:
        letter = Letter(interview_id, current_user.id, text, token)
        bar = writing.write(session, letter, desk().now())
    if bar is Bar.USED:
        return page(interview_id, Sheet(text, count=told, trouble=BARS[bar])), CONFLICT
    if bar is not None:
        return page(interview_id, replace(sheet, trouble=BARS[bar])), REFUSED
    return back(interview_id, "writing")


def hold(interview_id: int) -> ResponseReturnValue:
    """Take the conversation over; ``holder`` is who had it on the page that was pressed."""
    reach = _reach(interview_id)
    if reach.holder_id is None and _asleep(reach):  # the person is told at once
        return page(interview_id), UNUSABLE
    holder = request.form.get("holder", "")
    before = int(holder) if holder.isascii() and holder.isdigit() and len(holder) < 19 else None
    with desk().database.writing() as session:
        bar = writing.hold(
            session, interview_id, current_user.id, before, desk().library, desk().now()
        )
    if bar is not None:
        return page(interview_id, Sheet(trouble=BARS[bar])), REFUSED
    return back(interview_id, "writing")


def hand_back(interview_id: int) -> ResponseReturnValue:
    """Give the conversation back to the bot."""
    _reach(interview_id)
    now = desk().now()
    with desk().database.writing() as session:
        writing.hand_back(
            session,
            interview_id,
            current_user.id,
            desk().library,
            now,
            now.astimezone().date(),
        )
    return back(interview_id, "writing")


def _reach(interview_id: int) -> Reach:
    with desk().database.reading() as session:
        reach = writing.reach(session, key_or_404(interview_id), desk().library, desk().now())
    return reach or abort(404)


def _asleep(reach: Reach) -> bool:
    """Whether a message would come at night, and nobody has said that it shall."""
    quiet = letters.hour(reach, desk().now()).quiet
    return reach.bar is None and quiet and "anyway" not in request.form


ROUTES: Routes = (
    (f"{ONE}/write", "write", write, ["POST"], WRITERS),
    (f"{ONE}/hold", "hold", hold, ["POST"], WRITERS),
    (f"{ONE}/hand-back", "hand_back", hand_back, ["POST"], WRITERS),
)
