"""The overview: the whole collection at a glance, which renews itself while it stands open. It reads and shows.

A viewer sees one table of counts in its place (``viewing``): no spans, no filters, nothing that renews itself.
"""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from admin import marks
from admin.desk import desk
from admin.glance import asking, counts, drawing, leaving, reasons, viewing
from admin.glance.asking import SPANS, Asked
from admin.rights import may
from storage import attention, failures
from storage import glance as stored

ATTENTION = 8  # how many testimonies are named


def glance() -> ResponseReturnValue:
    """The page; for who may read no words, the one table."""
    return _page("admin/glance.html") if may("admin.testimony") else viewing.page()


def news() -> ResponseReturnValue:
    """What the page shows, again, for a page that stands open."""
    return _page("admin/_glance.html")


def _page(template: str) -> str:
    now = desk().now()
    with desk().database.reading() as session:
        catalog = desk().library.catalog(session)
        asked = asking.read(request.args, catalog, now)
        found = stored.glance(session, asked.wanted)
        calling, called = attention.calling(session, asked.wanted, ATTENTION)
        failed = failures.not_arrived(session, asked.wanted)
        shown = leaving.shown(asked, catalog)
        left = leaving.leaving(session, shown, asked.wanted) if shown else None
    return render_template(
        template,
        asked=asked,
        now=now,
        spans=SPANS,
        tiles=counts.tiles(found.whole),
        median=counts.lasting(found.median),
        days=drawing.days(found.days, asked),
        kinds=drawing.kinds(found.kinds, asked),
        heads=counts.HEADS,
        groups=counts.NAMES,
        stages=leaving.PARTS,
        number=counts.number,
        calling=calling,
        plainly=marks.plainly,
        called=called,
        failed=[reasons.Told(one) for one in failed],
        left=left,
    )


__all__ = ["ROUTES", "Asked", "glance", "news"]

ROUTES = (
    ("/glance", "glance", glance, ["GET"]),
    ("/glance/news", "glance_news", news, ["GET"]),
)
