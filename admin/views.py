"""The list of testimonies: it reads and shows."""

from datetime import timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from admin import filters, showing
from admin.desk import desk
from admin.glance import viewing
from admin.rights import may
from storage import testimonies as stored
from storage import unmasking

PAGE = 50
ATTENTION, ATTENTION_DAYS = 10, 7  # how many testimonies are named above the list, and for how long


def testimonies() -> ResponseReturnValue:
    """The newest first, a page at a time, by filters; for a viewer, how many there are."""
    if not may("admin.testimony"):
        return viewing.page()
    library = desk().library
    with desk().database.reading() as session:
        known = filters.choices(library.catalog(session))
        asked = filters.read(request.args, known)
        before = filters.read_key(request.args.get("before", ""))
        listed = stored.page(session, asked.wanted, before, PAGE + 1)
        newer = stored.newer_than(session, asked.wanted, before, PAGE) if before else None
        since = desk().now() - timedelta(days=ATTENTION_DAYS)
        attention = stored.needing_attention(session, since, ATTENTION)
        asked_for = []
        if may("admin.unmask_decide"):
            asked_for = unmasking.waiting(session, current_user.id, desk().now(), ATTENTION)
        heads = [showing.head(one, library.flow(session, one.version_id)) for one in listed[:PAGE]]
    return render_template(
        "admin/testimonies.html",
        heads=heads,
        attention=attention,
        asked_for=asked_for,
        choices=known,
        labels=filters.LABELS,
        asked=asked,
        paged=before is not None,
        newer=newer,
        older=listed[PAGE - 1].id if len(listed) > PAGE else None,
    )
