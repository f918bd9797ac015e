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
AT_ONCE = 100  # people of one transaction: others want to write, too
LET, LEAVE = "let", "leave"
ALL = "all"
DEEDS = {LET: rooms.LET, LEAVE: rooms.LEFT}


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
    with desk().database.reading() as session:
        bursts = rooms.bursts(session, upto)
    chosen = [one for one in bursts if who in (ALL, str(one.contact_id))]
    for start in range(0, len(chosen), AT_ONCE):
        with desk().database.writing() as session:
            being_let = rooms.in_turn(session)
            for one in chosen[start : start + AT_ONCE]:
                if one.contact_id not in being_let:
                    _do(session, deed, one, upto)
    return redirect(url_for("admin.quarantine"), 303)


def _do(session: Session, deed: str, burst: Burst, upto: int) -> None:
    now, number = desk().now(), burst.number
    if deed == LET:
        rooms.let(session, burst.contact_id, now)
    else:
        number = rooms.leave(session, burst.contact_id, upto)
    if number:
        subject = f"contact:{burst.contact_id}"
        audit.record(session, now, DEEDS[deed], subject, current_user.id, messages=number)


ROUTES: Routes = (
    ("/quarantine", "quarantine", quarantine, ["GET"], ORGANIZERS),
    ("/quarantine", "quarantine_decide", decide, ["POST"], ORGANIZERS),
)
