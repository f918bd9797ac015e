"""The list of broadcasts, and of those who get one. Reads only."""

from flask import abort, render_template, request

from admin import filters
from admin.broadcasts import common
from admin.desk import desk
from storage.broadcasts import register, telling
from storage.broadcasts.recipients import SENT

PAGE, LINES = 30, 50


def broadcasts() -> str:
    """The newest first."""
    before = filters.read_key(request.args.get("before", ""))
    with desk().database.reading() as session:
        found = register.page(session, before, PAGE + 1)
        newer = register.newer_than(session, before, PAGE) if before else None
    return render_template(
        "admin/broadcasts.html",
        broadcasts=found[:PAGE],
        standings=common.STANDINGS,
        badges=common.BADGES,
        paged=before is not None,
        newer=newer,
        older=found[PAGE - 1].id if len(found) > PAGE else None,
    )


def recipients(broadcast_id: int) -> str:
    """Those in one state, by pseudonym, in the order in which they were written down."""
    state = request.args.get("state", SENT)
    after = filters.read_key(request.args.get("after", ""))
    if state not in common.STATES:
        abort(404)
    with desk().database.reading() as session:
        found = common.known(session, broadcast_id)
        counts = telling.counts(session, broadcast_id)
        lines = telling.page(session, broadcast_id, state, after, LINES + 1)
    return render_template(
        "admin/broadcast_recipients.html",
        broadcast=found,
        state=state,
        states=common.states_of(found),
        reasons=common.REASONS,
        counts=counts,
        lines=lines[:LINES],
        after=after,
        more=lines[LINES - 1].id if len(lines) > LINES else None,
    )
