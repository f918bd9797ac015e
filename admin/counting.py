"""What a viewer sees in place of testimonies: how many there are, small counts and what would reveal them left out."""

from flask import render_template
from flask_babel import gettext as _

from admin.desk import desk
from admin.interface import tongue_of
from admin.words import STATUSES
from flows import Status
from storage import counts
from storage.small_counts import THRESHOLD, suppressed

COLUMNS = tuple(status for status in STATUSES if status is not Status.ERASED)


def page() -> str:
    """A row for each survey, a column for each way in which its testimonies stand, and the sums."""
    with desk().database.reading() as session:
        catalog = desk().library.catalog(session)
        found = counts.by_status(session)
    flows = sorted(found)
    names = [
        catalog[flow].say(catalog[flow].title, tongue_of(catalog[flow]))
        if flow in catalog
        else flow
        for flow in flows
    ]
    table = [[found[flow].get(status, 0) for status in COLUMNS] for flow in flows]
    shown = suppressed(table) if table else []
    return render_template(
        "admin/counts.html",
        rows=list(zip([*names, _("All surveys")], shown, strict=True)) if shown else [],
        columns=[*(STATUSES[status] for status in COLUMNS), _("All")],
        threshold=THRESHOLD,
    )
