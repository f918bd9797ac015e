"""The list of testimonies: it reads and shows."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from admin import filters, showing, trail
from admin.desk import desk
from admin.glance import viewing
from admin.rights import MEMBERS, Routes, may
from storage import listing, looking, saved_views, tags, unmasking
from storage.listing import Key

PAGE = 50
ATTENTION = 10  # how many testimonies are named above the list


def testimonies() -> ResponseReturnValue:
    """A page of them, by filters and in the order that is asked for; for a viewer, how many there are."""
    if not may("admin.testimony"):
        return viewing.page()
    library = desk().library
    with desk().database.reading() as session:
        came = trail.read(session)
        wanted, order = came.asked.wanted, came.order
        after = Key.read(request.args.get("before", ""), order)
        listed = listing.page(session, wanted, after, PAGE + 1, order)
        back = listing.page_before(session, wanted, after, PAGE, order) if after else None
        attention = looking.waiting(session, ATTENTION + 1)
        asked_for = []
        if may("admin.unmask_decide"):
            asked_for = unmasking.waiting(session, current_user.id, desk().now(), ATTENTION)
        heads = [showing.head(one, library.flow(session, one.version_id)) for one in listed[:PAGE]]
        worn = tags.of(session, [one.id for one in listed[:PAGE]])
        views = saved_views.visible(session, current_user.id)
    return render_template(
        "admin/testimonies.html",
        heads=heads,
        worn=worn,
        attention=attention[:ATTENTION],
        more_attention=len(attention) > ATTENTION,
        asked_for=asked_for,
        choices=came.choices,
        labels=filters.LABELS,
        first=filters.FIRST,
        asked=came.asked,
        mistaken=came.mistaken,
        came=came.values,
        order=came.order,
        orders=trail.ORDERS,
        views=views,
        paged=after is not None,
        newer=back,
        older=listed[PAGE - 1].key(order) if len(listed) > PAGE else None,
    )


ROUTES: Routes = (("/", "testimonies", testimonies, ["GET"], MEMBERS),)
