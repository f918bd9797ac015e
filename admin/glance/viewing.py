"""What who may read no words sees: how many testimonies there are, small counts and what would reveal them left out.

It is one table, of each survey by how its testimonies stand, and always the same one. Two cuts of the same people tell
what each leaves out: a language that only one survey speaks, a channel that is its own source, the days between two
spans. So there is no filter here, no other table, and nothing that renews itself.
"""

from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from admin.desk import desk
from admin.glance.counts import COUNTED, number
from admin.glance.drawing import WIDTH
from admin.interface import tongue_of
from admin.words import STATUSES
from storage.glance import Tally
from storage.small_counts import THRESHOLD, suppressed
from storage.tallies import told
from storage.testimonies import Filter


@dataclass(frozen=True)
class Standing:
    """How many stand in one way, "" where that is not shown, and the bar of it."""

    name: object
    look: str
    number: str
    width: float


def surveys_told(session: Session) -> frozenset[str]:
    """The surveys of which the table says how many testimonies there are: of no other may a page tell a part."""
    flows, table = _table(session)
    shown = suppressed(table) if table else []
    return frozenset(flow for flow, row in zip(flows, shown, strict=False) if row[-1] is not None)


def _table(session: Session) -> tuple[list[str], list[list[int]]]:
    """The surveys, and of each how many testimonies stand in which way. One that has none has its row of zeros: the
    row alone would tell that somebody is there."""
    kinds = desk().counts.get("viewing", lambda: told.Begun(session, Filter()).by_kind())
    found = kinds["flow"]
    flows = sorted({name for name in found if name} | desk().library.catalog(session).keys())
    none: Tally = Tally()
    return flows, [[found.get(flow, none)[status] for status in COUNTED] for flow in flows]


def page() -> str:
    """A row for each survey, a column for each way in which its testimonies stand, and the sums."""
    with desk().database.reading() as session:
        catalog = desk().library.catalog(session)
        flows, table = _table(session)
    names = [
        catalog[flow].say(catalog[flow].title, tongue_of(catalog[flow]))
        if flow in catalog
        else flow
        for flow in flows
    ]
    shown = suppressed(table) if table else []
    return render_template(
        "admin/glance_viewer.html",
        rows=list(zip([*names, _("All surveys")], shown, strict=True)) if shown else [],
        columns=[*(STATUSES[status] for status in COUNTED), _("All")],
        standings=_standings(shown[-1]) if shown else [],
        number=number,
        threshold=THRESHOLD,
    )


def _standings(sums: list[int | None]) -> list[Standing]:
    """The last row as bars; what is not shown, zero among it, has none."""
    most = max((count for count in sums[:-1] if count), default=1)
    return [
        Standing(
            STATUSES[status],
            status.value,
            "" if count is None else number(count),
            round(WIDTH * (count or 0) / most, 2),
        )
        for status, count in zip(COUNTED, sums[:-1], strict=True)
    ]
