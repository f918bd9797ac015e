"""The overview: the whole collection at a glance, which renews itself while it stands open. It reads and shows.

A viewer sees one table of counts in its place (``viewing``): no spans, no filters, nothing that renews itself.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from admin import marks
from admin.desk import desk
from admin.glance import asking, counts, drawing, leaving, reasons, viewing
from admin.glance.asking import SPANS, Asked
from admin.interface import tongue_of
from admin.rights import MEMBERS, READERS, Routes, may
from flows import Flow
from storage import attention, failures
from storage import glance as stored
from storage.attention import Calling
from storage.funnel import Reached
from storage.tallies import told
from storage.testimonies import Filter

ATTENTION = 8  # how many testimonies are named


@dataclass(frozen=True)
class Counted:
    """What is counted over the whole span, and when that was."""

    glance: stored.Glance
    funnel: dict[str, Reached]
    at: datetime


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
        shown = leaving.shown(asked, catalog)
        counted = desk().counts.get(
            ("glance", asked.wanted, shown and shown.version),
            lambda: _count(session, asked.wanted, shown, now),
        )
        found = counted.glance
        calling, called = attention.calling(session, asked.wanted, ATTENTION)
        plain = [replace(one, why=_why(session, one)) for one in calling]
        failed = failures.not_arrived(session, asked.wanted)
        left = leaving.leaving(shown, counted.funnel) if shown else None
    return render_template(
        template,
        asked=asked,
        now=counted.at,
        spans=SPANS,
        tiles=counts.tiles(found.whole),
        median=counts.lasting(found.median),
        days=drawing.days(found.days, asked),
        kinds=drawing.kinds(found.kinds, asked),
        heads=counts.HEADS,
        groups=counts.NAMES,
        stages=leaving.PARTS,
        number=counts.number,
        calling=plain,
        called=called,
        failed=[reasons.Told(one) for one in failed],
        left=left,
    )


def _why(session: Session, one: Calling) -> str:
    flow = desk().library.flow(session, one.version_id)
    return marks.plainly(one.why, flow, tongue_of(flow))


def _count(session: Session, wanted: Filter, shown: Flow | None, now: datetime) -> Counted:
    begun = told.Begun(session, wanted)
    return Counted(begun.glance(), begun.funnel(shown) if shown else {}, now)


__all__ = ["ROUTES", "Asked", "glance", "news"]

ROUTES: Routes = (
    ("/glance", "glance", glance, ["GET"], MEMBERS),
    ("/glance/news", "glance_news", news, ["GET"], READERS),
)
