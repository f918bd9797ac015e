"""Who is in quarantine: bursts that look automated, which staff let through or leave. Nothing is deleted here.

Answering takes a while, and is done by who works through the outbox; here it is only asked for.
"""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from admin import words
from admin.desk import desk
from admin.filters import read_key
from admin.rights import ORGANIZERS, Routes
from storage import audit
from storage import quarantine as rooms
from storage.quarantine import Burst

SHOWN = 100  # people
LET, LEAVE = "let", "leave"
ALL = "all"
DEEDS = {LET: "quarantine let", LEAVE: "quarantine left"}  # in the audit log


def quarantine() -> ResponseReturnValue:
    """The page: who came first stands first."""
    with desk().database.reading() as session:
        bursts = rooms.bursts(session)
        being_let = rooms.being_let(session)
    waiting = [one for one in bursts if one.contact_id not in being_let]
    return render_template(
        "admin/quarantine.html",
        bursts=bursts[:SHOWN],
        more=len(bursts[SHOWN:]),
        being_let=being_let,
        people=len(waiting),
        number=sum(one.number for one in waiting),
        upto=max((one.newest for one in bursts), default=0),
        channels=words.CHANNELS,
    )


def decide() -> ResponseReturnValue:
    """Let somebody through, or leave what they wrote; or all who were there when the page was made."""
    deed, who = request.form.get("deed", ""), request.form.get("who", "")
    upto = read_key(request.form.get("upto", ""))
    if deed not in DEEDS or upto is None:
        abort(400)
    with desk().database.writing() as session:
        chosen = {
            one.contact_id: one
            for one in rooms.bursts(session, upto)
            if who in (ALL, str(one.contact_id))
        }
        for contact_id in _done(session, deed, chosen):
            _note(session, deed, chosen[contact_id])
    return redirect(url_for("admin.quarantine"), 303)


def _done(session: Session, deed: str, chosen: dict[int, Burst]) -> list[int]:
    """The contacts of whom it was not decided before."""
    if deed == LET:
        return rooms.let(session, chosen, desk().now())
    return [one for one in chosen if rooms.leave(session, one)]


def _note(session: Session, deed: str, burst: Burst) -> None:
    subject = f"contact:{burst.contact_id}"
    now, who = desk().now(), current_user.id
    audit.record(session, now, DEEDS[deed], subject, who, messages=burst.number)


ROUTES: Routes = (
    ("/quarantine", "quarantine", quarantine, ["GET"], ORGANIZERS),
    ("/quarantine", "quarantine_decide", decide, ["POST"], ORGANIZERS),
)
